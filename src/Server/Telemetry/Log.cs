using System.Net;

namespace Ringwright.Server.Telemetry;

/// <summary>Ids 1000 to 1099.</summary>
internal static partial class Log
{
    [LoggerMessage(1000, LogLevel.Information,
        "Ringwright {Version} is up: API on {Http}, SIP on {Sip}, RTP on {Rtp}, operator on {Admin}, data in {Data}")]
    public static partial void Started(this ILogger logger, string version, string http, string sip, string rtp,
        string admin, string data);

    [LoggerMessage(1001, LogLevel.Warning, "Open beyond this machine: {Listener} on {EndPoint}")]
    public static partial void Open(this ILogger logger, string listener, IPEndPoint endPoint);

    [LoggerMessage(1002, LogLevel.Information, "Stopping: no new calls; {Legs} live ones have {Seconds} s to end")]
    public static partial void Draining(this ILogger logger, int legs, double seconds);

    [LoggerMessage(1016, LogLevel.Warning,
        "The clock is virtual: it is {Now:O} for calls, retries and windows, and time goes on when nothing is open; the lab and its "
            + "network are in this process")]
    public static partial void VirtualClock(this ILogger logger, DateTimeOffset now);

    [LoggerMessage(1004, LogLevel.Information, "Stopped")]
    public static partial void Stopped(this ILogger logger);

    [LoggerMessage(1005, LogLevel.Error, "{Part} did not stop cleanly; going on")]
    public static partial void StopFailed(this ILogger logger, string part, Exception cause);

    [LoggerMessage(1017, LogLevel.Error, "{Part} waits for a database that does not answer, and is left behind: the node ends without it")]
    public static partial void PartLeft(this ILogger logger, string part);

    [LoggerMessage(1006, LogLevel.Warning, "The {Role} process ended with code {ExitCode}; its calls are gone")]
    public static partial void RoleEnded(this ILogger logger, string role, int exitCode);

    [LoggerMessage(1008, LogLevel.Error, "{Evidence} {Legs} calls end with it; it is started again, and until then no call can begin")]
    public static partial void MediaProcessEnded(this ILogger logger, string evidence, int legs);

    [LoggerMessage(1009, LogLevel.Error, "Media is away still: {Reason}")]
    public static partial void MediaProcessRefused(this ILogger logger, string reason);

    [LoggerMessage(1010, LogLevel.Warning, "Media process {ProcessId} was left by a node that was killed; it has been ended")]
    public static partial void MediaOrphanEnded(this ILogger logger, int processId);

    [LoggerMessage(1011, LogLevel.Warning, "The node's own test {Test} failed")]
    public static partial void SelfTestFailed(this ILogger logger, string test, Exception cause);

    [LoggerMessage(1012, LogLevel.Warning,
        "{Times} connections to the listener {Listener} were refused or closed since the last such line; "
            + "the latest was of {Source}: {Reason}")]
    public static partial void ConnectionsRefused(this ILogger logger, string listener, long times, IPAddress source, string reason);

    [LoggerMessage(1013, LogLevel.Warning,
        "Of the addresses that accounts list for their equipment, {Contested} are listed by several: each is the first one's until you "
            + "share it, and {Taken} are a trunk's (ringwright address list)")]
    public static partial void AddressesInDispute(this ILogger logger, int contested, int taken);

    [LoggerMessage(1014, LogLevel.Warning, "Others on this machine may read what is in {Folder}, passwords of calls among it: {Reason}")]
    public static partial void NotPrivate(this ILogger logger, string folder, string reason);

    [LoggerMessage(1015, LogLevel.Warning,
        "Neither /dev/shm nor the temporary folder may be written to: audio of live calls cannot be streamed, and streams fail")]
    public static partial void NoTaps(this ILogger logger);

    [LoggerMessage(1018, LogLevel.Information,
        "SIP by TLS shows another certificate from now on, of {Subject}, good until {Until:yyyy-MM-dd}")]
    public static partial void CertificateRenewed(this ILogger logger, string subject, DateTime until);

    [LoggerMessage(1019, LogLevel.Warning,
        "The certificate of SIP by TLS cannot be read anew; the one before, good until {Until:yyyy-MM-dd}, is shown still: {Reason}")]
    public static partial void CertificateNotRenewed(this ILogger logger, DateTime until, string reason);

    [LoggerMessage(1020, LogLevel.Warning,
        "The certificate {Subject} of {Flag} ends on {Until:yyyy-MM-dd}, {Days} from now, and no newer one is in {File}: renew it")]
    public static partial void CertificateEndsSoon(this ILogger logger, string subject, string flag, DateTimeOffset until, string days,
        string file);

    [LoggerMessage(1021, LogLevel.Error,
        "The certificate {Subject} of {Flag} ended on {Until:yyyy-MM-dd}: who connects by TLS is refused, or refuses. Renew {File}")]
    public static partial void CertificateEnded(this ILogger logger, string subject, string flag, DateTimeOffset until, string file);

    [LoggerMessage(1022, LogLevel.Information,
        "A SIGHUP changes nothing: certificates and files of keys are read anew by themselves, the log is stderr, settings are those of "
            + "the start")]
    public static partial void NothingToReadAnew(this ILogger logger);

    [LoggerMessage(1023, LogLevel.Warning, "{Variable} of the environment is no setting, and does nothing: {Advice}")]
    public static partial void VariableUnknown(this ILogger logger, string variable, string advice);

    [LoggerMessage(1007, LogLevel.Information, "Lab: {Line}")]
    public static partial void LabSays(this ILogger logger, string line);
}
