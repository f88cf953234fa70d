using System.Net;
using Ringwright.Server.Nodes;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Roles;

/// <summary>The lab beside a node: its process, and what the node must know of it.</summary>
internal sealed class LabRole : IAsyncDisposable
{
    /// <summary>The hidden command that the lab's process runs.</summary>
    public const string CommandName = "lab-role";

    /// <summary>How the process says where it listens.</summary>
    public const string ReadyPrefix = "lab listens on ", TlsInfix = " and by TLS on ";

    /// <summary>Of the lab's files in <c>DATA/ca</c>.</summary>
    private const string CertificateName = "lab";

    /// <summary>Before that, one line for each carrier with a habit: its name and address.</summary>
    public const string CarrierPrefix = "lab carrier ";

    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    private readonly ChildProgram _process;
    private bool _isStopping;

    private LabRole(ChildProgram process) => _process = process;

    public static string SocketFor(string data) => AdminSocket.PathFor(data, "lab.sock");

    /// <exception cref="StartRefused">The lab did not come up; the sentence ends with what it said.</exception>
    public static async Task<LabRole> StartAsync(Node node, ILoggerFactory loggers, CancellationToken stop)
    {
        var logger = loggers.CreateLogger("Ringwright.Server");
        var ready = new TaskCompletionSource<LabPlace>(TaskCreationOptions.RunContinuationsAsynchronously);
        string lastLine = "nothing";
        var carriers = new Dictionary<string, IPEndPoint>();
        var settings = node.Settings;       // with a place for the lab: without one they are refused
        var authority = LocalAuthority.Open(settings.Data, TimeProvider.System);
        authority.Issue(CertificateName, ["localhost", IPAddress.Loopback.ToString()]).Dispose();
        AdminSocket.Prepare(SocketFor(settings.Data));
        var process = ChildProgram.Start(
            [CommandName, "--tls-cert", authority.CertificatePath(CertificateName), "--tls-key", authority.KeyPath(CertificateName),
                "--node", settings.ForLab!.ToString(), "--seed", $"{settings.LabSeed}", "--socket", SocketFor(settings.Data),
                "--folder", Path.Combine(settings.Data, "lab")],
            line =>
            {
                lastLine = line;
                if (line.StartsWith(CarrierPrefix, StringComparison.Ordinal)
                    && line[CarrierPrefix.Length..].Split(' ') is [var name, var address]) carriers[name] = IPEndPoint.Parse(address);
                else if (line.StartsWith(ReadyPrefix, StringComparison.Ordinal))
                    ready.TrySetResult(Place(line[ReadyPrefix.Length..], authority.AuthorityPem));
                else logger.LabSays(line);
            });
        var lab = new LabRole(process);
        try
        {
            await Task.WhenAny(ready.Task, process.Exited, Task.Delay(StartLimit, stop));
            stop.ThrowIfCancellationRequested();
            if (!ready.Task.IsCompleted)
                throw new StartRefused(process.HasExited ? $"the lab did not start; its last words: {lastLine}"
                    : $"the lab did not start within {StartLimit.TotalSeconds:0} s; its last words: {lastLine}");
            lab.PhoneWords = Words(await LabProvisioning.RunAsync(node.Database, await ready.Task, carriers, TimeProvider.System, stop),
                settings.ForLab!);
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
        _ = lab.WatchAsync(logger);
        return lab;
    }

    /// <summary>What a softphone needs to hear the lab, for people; null where the lab made no SIP user.</summary>
    public string? PhoneWords { get; private set; }

    private static string? Words(SipUserPlace? phone, IPEndPoint sip) => phone is null ? null : $"""
        For a softphone: user {phone.User}, password {phone.Password}, domain {sip}; its number is {phone.Number}.
          baresip account: <sip:{phone.User}@{sip}>;auth_pass={phone.Password}
          Then call +15550000000, a person who says hello.
        """;

    private static LabPlace Place(string text, string authority)
    {
        string[] places = text.Split(TlsInfix);
        return new(IPEndPoint.Parse(places[0]), IPEndPoint.Parse(places[1]), authority);
    }

    private async Task WatchAsync(ILogger logger)
    {
        await _process.Exited;
        if (!_isStopping) logger.RoleEnded("lab", _process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        await _process.DisposeAsync();
    }
}
