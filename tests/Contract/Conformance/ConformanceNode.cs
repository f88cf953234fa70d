using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Contract.Conformance.Dialects;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;
using Ringwright.Testing;

namespace Ringwright.Contract.Conformance;

/// <summary>
/// The whole program in this process, on free loopback ports and a folder of its own, with two accounts, a far end for calls and a web
/// server of a customer. Each reply is held against the contract.
/// </summary>
public sealed class ConformanceNode : IAsyncLifetime
{
    private const int NumberCount = 900, RtpPorts = 240, MostCalls = 20;
    private const string OwnerKey = "KEY-of-the-conformance-walk";
    internal const string OperatorKey = "operator-key-of-the-walk";

    /// <summary>So much memory, or it is on the disk. A few MB are used; a call that waits for a disk is refused in the end.</summary>
    internal const long Room = 1L << 30;

    private readonly TempFolder _folder = TempFolder.Quick(Room);
    private readonly Dictionary<string, string> _kept = new(StringComparer.Ordinal);
    private Node _node = null!;             // started before any test
    private readonly Queue<string> _calls = [];
    private DialectWorld? _dialects;
    private int _numbersTaken;

    internal Account Owner { get; private set; } = null!;          // made before any test
    /// <summary>Another account, with nothing of its own but its key.</summary>
    internal Account Stranger { get; private set; } = null!;       // made before any test
    internal Account Nobody { get; private set; } = null!;         // made before any test
    internal Sink Sink { get; private set; } = null!;              // made before any test
    internal FarEnd FarEnd { get; private set; } = null!;          // made before any test
    /// <summary>Another far end, which is a trunk of the node: no SIP URI is dialled there.</summary>
    internal FarEnd Carrier { get; private set; } = null!;         // made before any test
    internal AdminClient Commands { get; private set; } = null!;   // made before any test
    internal Arrangement Arrangement { get; }

    public ConformanceNode() => Arrangement = new(this);

    public async ValueTask InitializeAsync()
    {
        Sink = await Sink.StartAsync();
        int rtp = FreePort.UdpRange(RtpPorts);
        var settings = new ServeSettings
        {
            Data = _folder.Path,
            // None that the kernel gives: a far end's UDP port may have the same number, and the node then takes it for itself.
            Http = new(IPAddress.Loopback, FreePort.Tcp()),
            Admin = new(IPAddress.Loopback, FreePort.Tcp()),
            Sip = new(IPAddress.Loopback, 0),
            Rtp = new(IPAddress.Loopback, rtp, rtp + RtpPorts - 1),
            ApiRate = 1_000_000,
            ApiKey = OwnerKey,
            OperatorKey = OperatorKey,
            HasCheckedReplies = true,
            SpeechUrl = new(Sink.UrlOf("speech")),
            Llm = new(Sink.UrlOf("model")),
            FlashCallers = new("+15550199000", 1_000),
        };
        _node = await Node.StartAsync(settings, blobs: null, NullLoggerFactory.Instance, metrics: null, TextWriter.Null,
            TestContext.Current.CancellationToken, static name => name is null ? new Listener() : null);
        _node.Open();
        Commands = new(_folder.Path);
        var stranger = await CommandAsync("node/tenants", new() { ["name"] = "stranger", ["request_rate"] = null, ["channels"] = null });
        (Owner, Stranger, Nobody) = (new(Root, OwnerKey), new(Root, (string)stranger["telnyx_key"]!), new(Root, null));
        foreach (var account in new[] { Owner, Stranger })
            Assert.Equal(200, (await account.SendAsync("POST", "/v2/access_ip_ranges",
                new StringContent("""{"cidr_block": "127.0.0.0/8"}""", System.Text.Encoding.UTF8, "application/json"))).Status);
        (FarEnd, Carrier) = (new(_node.Settings.Sip), new(_node.Settings.Sip));
        await CommandAsync("node/numbers", new()
        {
            ["numbers"] = new JsonArray([.. Enumerable.Range(0, NumberCount).Select(i => new JsonObject { ["number"] = NumberOf(i) })])
        });
    }

    internal Uri Root => new($"http://{_node.Settings.Http}");

    /// <summary>The folder that it keeps everything in.</summary>
    internal string Data => _folder.Path;

    /// <summary>Where the operator is asked, by his key.</summary>
    internal Uri OperatorRoot => new($"http://{_node.Settings.Admin}");

    /// <summary>For who walks all dialects; made when it is first asked for.</summary>
    internal async Task<DialectWorld> DialectsAsync() => _dialects ??= await DialectWorld.MakeAsync(this);

    /// <summary>What the program's commands ask of a node, on its socket.</summary>
    internal Task<JsonNode> CommandAsync(string path, JsonObject body) =>
        Commands.SendAsync(HttpMethod.Post, path, body, TestContext.Current.CancellationToken);

    /// <summary>Keeps a call that a request needs, and ends the oldest one when there are many: they share a range of ports.</summary>
    internal async Task HoldAsync(string call)
    {
        _calls.Enqueue(call);
        if (_calls.Count <= MostCalls) return;
        await Owner.SendAsync("POST", $"/v2/calls/{Uri.EscapeDataString(_calls.Dequeue())}/actions/hangup", Ask.Json(new JsonObject()));
    }

    /// <inheritdoc cref="SampleMessages.LeaveAsync"/>
    internal Task<string> LeaveMessageAsync(string number) => SampleMessages.LeaveAsync(_node.Database, number);

    internal string NextNumber() => NumberOf(Interlocked.Increment(ref _numbersTaken) - 1);

    private static string NumberOf(int index) => index < NumberCount ? string.Create(CultureInfo.InvariantCulture, $"+1212555{index:D4}")
        : throw new InvalidOperationException("import more numbers");

    /// <summary>Made once for all rows: what is dear, and what nothing changes.</summary>
    internal async Task<string> KeepAsync(string name, Func<Task<string>> make) =>
        _kept.TryGetValue(name, out var kept) ? kept : _kept[name] = await make();

    public async ValueTask DisposeAsync()
    {
        foreach (var account in new[] { Owner, Stranger, Nobody }) account?.Dispose();
        _dialects?.Dispose();
        Commands?.Dispose();
        if (_node is not null) await _node.DisposeAsync();
        if (FarEnd is not null) await FarEnd.DisposeAsync();
        if (Carrier is not null) await Carrier.DisposeAsync();
        if (Sink is not null) await Sink.DisposeAsync();
        _folder.Dispose();
    }
}
