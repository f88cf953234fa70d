using System.Net;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>
/// Ids 2100 to 2199. A call writes three lines: begun, answered, ended. {Leg} is the UUID by which the API shows the leg.
/// </summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Information,
        "SIP listens on {Local} by UDP and TCP and calls itself {Advertised}; {Shards} signalling threads")]
    public static partial void Listening(this ILogger logger, IPEndPoint local, IPEndPoint advertised, int shards);

    [LoggerMessage(2101, LogLevel.Information, "Leg {Leg} begun: {Direction} from {From} to {To}")]
    public static partial void LegInitiated(this ILogger logger, Guid leg, Direction direction, string from, string to);

    [LoggerMessage(2102, LogLevel.Information, "Leg {Leg} answered with {Codec}")]
    public static partial void LegAnswered(this ILogger logger, Guid leg, string codec);

    [LoggerMessage(2103, LogLevel.Information, "Leg {Leg} ended after {Seconds:F1} s: {Cause}. {Evidence}")]
    public static partial void LegEnded(this ILogger logger, Guid leg, double seconds, HangupCause cause, string? evidence);

    [LoggerMessage(2104, LogLevel.Error, "A turn of leg {Leg} failed; the leg was ended, the others go on")]
    public static partial void TurnFailed(this ILogger logger, Guid? leg, Exception error);

    [LoggerMessage(2105, LogLevel.Error, "The ledger did not take an event of {Subject}; its record is incomplete")]
    public static partial void AppendFailed(this ILogger logger, string subject);

    [LoggerMessage(2106, LogLevel.Warning, "A prompt for leg {Leg} failed unexpectedly; the caller hears nothing")]
    public static partial void PromptFailed(this ILogger logger, Guid leg, Exception error);

    [LoggerMessage(2107, LogLevel.Debug, "Dropped {Bytes} bytes from {Source} by {Transport}: {Reason}")]
    public static partial void Dropped(this ILogger logger, int bytes, SipTransport transport, IPEndPoint source, string reason);

    [LoggerMessage(2108, LogLevel.Warning, "The media plane does not take commands; leg {Leg} is silent")]
    public static partial void MediaRefused(this ILogger logger, Guid? leg);

    [LoggerMessage(2109, LogLevel.Warning,
        "SIP is open beyond this machine on {Local}: INVITEs are taken from the networks of enabled trunks only")]
    public static partial void ListeningBeyondLoopback(this ILogger logger, IPEndPoint local);

    [LoggerMessage(2110, LogLevel.Critical, "A signalling thread stopped; its calls are lost")]
    public static partial void ShardStopped(this ILogger logger, Exception error);

    [LoggerMessage(2111, LogLevel.Debug, "The name {Host} could not be looked up: {Reason}")]
    public static partial void LookupFailed(this ILogger logger, string host, string reason);

    [LoggerMessage(2112, LogLevel.Warning, "{Rows} rows of call traces could not be written; traces of these calls have gaps")]
    public static partial void TraceLost(this ILogger logger, int rows, Exception error);

    [LoggerMessage(2120, LogLevel.Information,
        "SIP listens on {Local} by TLS with a certificate of {Subject}, good until {Until:yyyy-MM-dd}")]
    public static partial void ListeningByTls(this ILogger logger, IPEndPoint local, string subject, DateTime until);

    [LoggerMessage(2121, LogLevel.Debug, "A {Transport} connection with {Remote} is closed: {Reason}")]
    public static partial void ConnectionClosed(this ILogger logger, SipTransport transport, IPEndPoint remote, string reason);

    [LoggerMessage(2122, LogLevel.Warning, "No {Transport} connection with {Remote}: {Reason}")]
    public static partial void ConnectionFailed(this ILogger logger, SipTransport transport, IPEndPoint remote, string reason);

    [LoggerMessage(2123, LogLevel.Warning,
        "{Times} SIP connections were refused or closed since the last such line; the latest was of {Source}: {Reason}")]
    public static partial void ConnectionsRefused(this ILogger logger, long times, IPAddress source, string reason);

    [LoggerMessage(2115, LogLevel.Warning,
        "The wall clock was set by {Seconds:F1} s: calls that are up keep the time they began with, later ones have the new time")]
    public static partial void ClockStepped(this ILogger logger, double seconds);

    [LoggerMessage(2129, LogLevel.Warning,
        "The process stood still for {Seconds:F1} s: stopped, starved, or its machine paused. "
            + "Dials whose client has gone since are not placed")]
    public static partial void Stalled(this ILogger logger, double seconds);

    [LoggerMessage(2130, LogLevel.Warning,
        "A call from {From} to {To} was not placed: its client had closed the connection while the process stood still")]
    public static partial void DialWithdrawn(this ILogger logger, string from, string to);

    [LoggerMessage(2131, LogLevel.Warning, "The dial gate has not answered within {Seconds:F0} s: the call that waited for it is refused")]
    public static partial void GateSilent(this ILogger logger, double seconds);

    [LoggerMessage(2132, LogLevel.Error, "The dial gate has failed: the call that it was asked about is refused")]
    public static partial void GateFailed(this ILogger logger, Exception error);

    [LoggerMessage(2116, LogLevel.Information, "{Legs} far ends of calls that the last process left are told now that these are over")]
    public static partial void SayingRecoveryBye(this ILogger logger, int legs);

    [LoggerMessage(2117, LogLevel.Debug, "The far end of leg {Leg}, which the last process left, knows that the call is over")]
    public static partial void RecoveryByeSaid(this ILogger logger, Guid leg);

    [LoggerMessage(2118, LogLevel.Warning,
        "The far end of leg {Leg}, which the last process left, may not know that the call is over: {Reason}")]
    public static partial void RecoveryByeUnheard(this ILogger logger, Guid leg, string reason);

    [LoggerMessage(2114, LogLevel.Debug, "The registration of {User} at {Remote} was refreshed")]
    public static partial void RegistrationRefreshed(this ILogger logger, string user, IPEndPoint remote);

    [LoggerMessage(2124, LogLevel.Information, "{User} is registered at {Remote}")]
    public static partial void Registered(this ILogger logger, string user, IPEndPoint remote);

    [LoggerMessage(2125, LogLevel.Information, "{User} is registered at {Remote} no longer: {Reason}")]
    public static partial void Unregistered(this ILogger logger, string user, IPEndPoint remote, string reason);

    [LoggerMessage(2126, LogLevel.Warning,
        "REGISTER of '{User}' from {Source} was refused: {Reason}; {Times} such from there since the last such line")]
    public static partial void RegisterRefused(this ILogger logger, string user, IPAddress source, string reason, long times);

    [LoggerMessage(2136, LogLevel.Warning,
        "A call of '{From}' at {Source} to '{To}' was refused: {Reason} (SIP status {Status}); "
        + "{Times} such from there since the last such line")]
    public static partial void CallRefused(this ILogger logger, string from, IPEndPoint source, string to, string reason, int? status,
        long times);

    [LoggerMessage(2139, LogLevel.Information,
        "A call from {From} to {To} that account {Tenant} asked for was refused: {Reason}; "
        + "{Times} such of it since the last such line")]
    public static partial void DialRefused(this ILogger logger, TenantId tenant, string from, string to, string reason, long times);

    [LoggerMessage(2142, LogLevel.Information,
        "{Method} of phone '{User}' to '{To}' was refused: {Reason} (SIP status {Status}); {Times} such of it since the last such line")]
    public static partial void RequestRefused(this ILogger logger, string method, string user, string to, string reason, int status,
        long times);

    [LoggerMessage(2127, LogLevel.Information, "We are registered with trunk {Trunk}")]
    public static partial void TrunkRegistered(this ILogger logger, string trunk);

    [LoggerMessage(2128, LogLevel.Warning, "We are not registered with trunk {Trunk} (SIP status {Status}): {Reason}; it is tried again")]
    public static partial void TrunkUnregistered(this ILogger logger, string trunk, int? status, string reason);

    [LoggerMessage(2134, LogLevel.Warning, "Trunk {Trunk} at {Remote} is passed over for a while where calls have another route: {Reason}")]
    public static partial void TrunkPassedOver(this ILogger logger, string trunk, string remote, string reason);

    [LoggerMessage(2135, LogLevel.Information, "Trunk {Trunk} at {Remote} takes calls again")]
    public static partial void TrunkBack(this ILogger logger, string trunk, string remote);

    [LoggerMessage(2133, LogLevel.Warning, "Which phones are registered at other nodes cannot be read at the moment")]
    public static partial void RegistrationsNotHeard(this ILogger logger, Exception why);

    [LoggerMessage(2137, LogLevel.Warning, "A text of '{User}' was not judged within {Seconds:0} s")]
    public static partial void TextOfPhoneSilent(this ILogger logger, string user, double seconds);

    [LoggerMessage(2138, LogLevel.Error, "A text of '{User}' could not be judged")]
    public static partial void TextOfPhoneFailed(this ILogger logger, Exception failed, string user);

    [LoggerMessage(2140, LogLevel.Error, "What a call asked for failed ({Effect}); the others go on")]
    public static partial void EffectFailed(this ILogger logger, string effect, Exception error);

    [LoggerMessage(2141, LogLevel.Error, "A message of {Bytes} bytes from {Source} was dropped over a fault of ours")]
    public static partial void DatagramFailed(this ILogger logger, int bytes, IPEndPoint source, Exception error);
}
