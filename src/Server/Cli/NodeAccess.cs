using System.Net;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Cli;

/// <summary>The node of a data folder for the length of one command: the running one, or one of our own behind the same socket.</summary>
internal sealed class NodeAccess : IAsyncDisposable
{
    private const string DatabaseVariable = "RINGWRIGHT_DATABASE";

    private readonly IAsyncDisposable? _own;
    private readonly ILoggerFactory? _loggers;

    private NodeAccess(AdminClient client, IAsyncDisposable? own, ILoggerFactory? loggers) =>
        (Client, _own, _loggers) = (client, own, loggers);

    public AdminClient Client { get; }

    /// <summary>For what needs only the database.</summary>
    public static Task<NodeAccess> OpenAsync(string data, CancellationToken stop) => OpenAsync(data, Console.Out, stop);

    /// <param name="secrets">Where the secrets of the first account are shown when this is the folder's first command.</param>
    public static Task<NodeAccess> OpenAsync(string data, TextWriter secrets, CancellationToken stop) =>
        OpenAsync(data, async loggers => await OfflineNode.StartAsync(Settings(data, IPAddress.Loopback), loggers, secrets, stop), stop);

    /// <summary>For what is only of use where a node has run: a mistyped folder is told and not made, and neither is an account.</summary>
    public static Task<NodeAccess> OpenExistingAsync(string data, CancellationToken stop) => OpenAsync(data, async loggers =>
    {
        var settings = Settings(data, IPAddress.Loopback);
        RefuseNew(data);
        return await OfflineNode.StartAsync(settings, loggers, output: null, stop);
    }, stop);

    /// <summary>For what brings accounts of its own: in an empty folder none is made.</summary>
    public static Task<NodeAccess> OpenBareAsync(string data, CancellationToken stop) =>
        OpenAsync(data,
            async loggers => await OfflineNode.StartAsync(Settings(data, IPAddress.Loopback), loggers, output: null, stop), stop);

    /// <summary>For what needs a telephone line too: without a running node, one on free ports.</summary>
    /// <param name="isLocal">False listens on all addresses, so that the outside can answer.</param>
    /// <param name="mayBeNew">False for what is only of use where a node has run.</param>
    public static Task<NodeAccess> OpenWithEngineAsync(string data, bool isLocal, bool mayBeNew, CancellationToken stop) =>
        OpenAsync(data, async loggers =>
        {
            if (!mayBeNew) RefuseNew(data);
            return await Node.StartAsync(Settings(data, isLocal ? IPAddress.Loopback : IPAddress.Any), loggers,
                metrics: null, Console.Out, stop);
        }, stop);

    private static void RefuseNew(string data)
    {
        if (!Databases.HasRunOn(data)) throw new StartRefused($"no node has run on {data}: name its folder with --data");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (_own is not null) await _own.DisposeAsync();
        _loggers?.Dispose();
    }

    private static async Task<NodeAccess> OpenAsync(string data, Func<ILoggerFactory, Task<IAsyncDisposable>> start, CancellationToken stop)
    {
        var client = new AdminClient(data);
        if (await client.FindNodeAsync(stop) is not null) return new(client, null, null);
        if (IsShut(data))
        {
            client.Dispose();
            throw new StartRefused(
                $"{data} is another user's, and not yours to look into: type this as the user that runs the node (sudo -u USER …)");
        }
        var loggers = Logs.Create(Settings(data, IPAddress.Loopback));
        try
        {
            return new(client, await start(loggers), loggers);
        }
        catch
        {
            client.Dispose();
            loggers.Dispose();
            throw;
        }
    }

    /// <summary>What has run on a folder that may not be looked into, and whether anything runs there now, nobody can tell.</summary>
    private static bool IsShut(string data)
    {
        try
        {
            if (Directory.Exists(data)) _ = Directory.GetFileSystemEntries(data);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static ServeSettings Settings(string data, IPAddress line) => new()
    {
        Data = data,
        Database = EnvironmentText.Find(DatabaseVariable) is { } set ? new SettingText(DatabaseVariable, set).Database() : null,
        Http = new(IPAddress.Loopback, 0),
        Admin = new(IPAddress.Loopback, 0),
        Sip = new(line, 0),
        Rtp = new(line, 16_384, 32_767),
        ApiRate = 200,
        // The person at the terminal chose where to call; nobody else reaches this node.
        AllowTargets = [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")],
        LogLevel = LogLevel.Error,      // that a line to the outside is open for a moment is no news
    };
}
