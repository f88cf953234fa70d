using System.Net;
using System.Net.Http.Headers;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Edge.Store;
using Ringwright.Server.Modules;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;
using Ringwright.Server.Telemetry;
using Ringwright.Speech.Recognition;
using Ringwright.Store.Blobs;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A node inside the test's process, on free loopback ports and a folder of its own.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    public const string Key = "KEY-of-the-tests";

    private readonly TempFolder _folder;
    private readonly MetricStore _metrics;

    private RunningNode(TempFolder folder, MetricStore metrics) => (_folder, _metrics) = (folder, metrics);

    public required Node Node { get; init; }
    public required string Output { get; init; }
    public required HttpClient Api { get; init; }
    public required HttpClient Admin { get; init; }
    public required AdminClient Socket { get; init; }

    public static async Task<RunningNode> StartAsync(Func<ServeSettings, ServeSettings>? change = null, IBlobs? blobs = null,
        Func<string?, IRecogniser?>? recognisers = null, IReadOnlyList<Module>? modules = null)
    {
        var folder = TempFolder.Quick();
        var settings = SettingsIn(folder.Path);
        settings = change?.Invoke(settings) ?? settings;
        if (settings.Database is null) Migrated.CopyTo(settings.Data, ofNode: true);
        var metrics = new MetricStore();
        var output = new StringWriter();
        var node = await Node.StartAsync(settings, blobs, NullLoggerFactory.Instance, metrics, output,
            TestContext.Current.CancellationToken, recognisers, modules);
        node.Open();
        return new(folder, metrics)
        {
            Node = node,
            Output = output.ToString(),
            Api = new HttpClient
            {
                BaseAddress = new($"http://{node.Settings.Http}"),
                DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", Key) }
            },
            Admin = new HttpClient { BaseAddress = new($"http://{node.Settings.Admin}") },
            Socket = new AdminClient(settings.Data),
        };
    }

    public static ServeSettings SettingsIn(string data)
    {
        int rtp = FreePort.UdpRange(64);
        return new()
        {
            Data = data,
            // None that the kernel gives: a far end's UDP port may have the same number, and the node then takes it for itself.
            Http = new(IPAddress.Loopback, FreePort.Tcp()),
            Admin = new(IPAddress.Loopback, FreePort.Tcp()),
            Sip = new(IPAddress.Loopback, 0),
            Rtp = new(IPAddress.Loopback, rtp, rtp + 63),
            ApiRate = 1_000,
            ApiKey = Key,
            HasCheckedReplies = true,
        };
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        Admin.Dispose();
        Socket.Dispose();
        await Node.DisposeAsync();
        _metrics.Dispose();
        _folder.Dispose();
    }
}
