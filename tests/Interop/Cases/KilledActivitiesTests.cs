using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

[Depth("the gate kills them on PostgreSQL")]
public sealed class KilledActivitiesOnSqlite : KilledActivitiesTests
{
    private protected override Way[] Ways => [Way.Node, Way.Media];

    private protected override Task<PostgresServer?> DatabaseAsync() => Task.FromResult<PostgresServer?>(null);
}

public sealed class KilledActivitiesOnPostgres : KilledActivitiesTests
{
    private protected override Way[] Ways => [Way.Node, Way.DatabaseCrashes, Way.Media, Way.DatabaseStandsStill];

    private protected override async Task<PostgresServer?> DatabaseAsync() => await PostgresServer.StartAsync();
}

/// <summary>
/// Calls that do all that a call can do, and a process that goes away in the middle: whatever was told to have begun is told to have
/// ended, once.
/// </summary>
public abstract class KilledActivitiesTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60), IsAway = TimeSpan.FromSeconds(2);
    /// <summary>So long recorded, a call has a recording whatever happens.</summary>
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(2.5);

    private static readonly (string Begin, string[] Ends)[] Edges =
    [
        ("call.initiated", ["call.hangup"]), ("call.enqueued", ["call.dequeued"]), ("call.speak.started", ["call.speak.ended"]),
        ("call.playback.started", ["call.playback.ended"]), ("streaming.started", ["streaming.stopped", "streaming.failed"]),
        ("call.fork.started", ["call.fork.stopped"]), ("siprec.started", ["siprec.stopped", "siprec.failed"]),
        ("conference.participant.joined", ["conference.participant.left"]),
        ("conference.playback.started", ["conference.playback.ended"]),
    ];

    private protected enum Way { Node, Media, DatabaseCrashes, DatabaseStandsStill }

    private protected abstract Way[] Ways { get; }

    private protected abstract Task<PostgresServer?> DatabaseAsync();

    /// <summary>One in the gate, five in a run of everything, fifty in a long one.</summary>
    public static TheoryData<int> Kills => [.. Enumerable.Range(0, LongRun.Times(Depth.Times(1, 5), 50))];

    [Theory, MemberData(nameof(Kills))]
    [Failure("process-killed")]
    public async Task What_had_begun_is_told_to_have_ended_once(int kill)
    {
        Tool.Require("sipp");
        var way = Ways[kill % Ways.Length];
        await using var server = await DatabaseAsync();
        string[] database = server is null ? [] : ["--database", await server.CreateDatabaseAsync()];
        await using var node = new RunningNode(["--api-rate", "100000", .. database]);
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var calls = new BusyCalls(node, customer);
        await calls.BeginAsync();
        await Task.Delay(LongEnough, TestContext.Current.CancellationToken);

        switch (way)
        {
            case Way.Node:
                await node.KillAsync();
                await node.StartAgainAsync();
                break;
            case Way.Media:
                using (var media = Process.GetProcessById(node.MediaProcess)) media.Kill();
                break;
            case Way.DatabaseCrashes:
                await server!.StopAsync("immediate");       // the ways with a database have a server
                calls.HangUp(which: i => i % 2 == 0);
                await Task.Delay(IsAway, TestContext.Current.CancellationToken);
                await server.StartAgainAsync();
                break;
            case Way.DatabaseStandsStill:
                await using (await server!.FreezeAsync())
                {
                    calls.HangUp(which: i => i % 2 == 0);
                    await Task.Delay(IsAway, TestContext.Current.CancellationToken);
                }
                break;
        }
        if (way is Way.DatabaseCrashes or Way.DatabaseStandsStill) calls.HangUp(which: _ => true);

        await Eventually.TrueAsync(() => Missing(customer).Count == 0, () => $"{way}: {string.Join(", ", Missing(customer))}", Patience);
        await calls.RecorderIsToldAsync();
        Check(customer, way);
    }

    /// <summary>Calls of which something began, or was asked for, that has not ended.</summary>
    private static List<string> Missing(Customer customer)
    {
        var missing = new List<string>();
        foreach (var (begin, ends) in Edges)
        {
            var ended = Of(customer, ends).Select(w => w.Call).ToHashSet();
            missing.AddRange(Of(customer, begin).Where(w => !ended.Contains(w.Call)).Select(w => $"{begin} of {w.Call} has no end"));
        }
        if (!Of(customer, "call.recording.saved").Any()) missing.Add("call.recording.saved");
        if (!Of(customer, "call.gather.ended").Any()) missing.Add("call.gather.ended");
        return missing;
    }

    private static void Check(Customer customer, Way way)
    {
        foreach (var (begin, ends) in Edges)
        {
            foreach (var call in Of(customer, [begin, .. ends]).GroupBy(w => w.Call))
                Assert.True(call.Count() == 2, $"{way}: {string.Join(", ", call.Select(w => w.Type))} of one call");
        }
        Assert.Single(Of(customer, "call.recording.saved"));
        Assert.Single(Of(customer, "call.gather.ended"));
        string[] ofCalls = [.. Edges.SelectMany(edge => edge.Ends).Where(end => !end.StartsWith("conference.", StringComparison.Ordinal))];
        foreach (var call in Of(customer, ofCalls).GroupBy(w => w.Call))
            Assert.True(call.Last().Type == "call.hangup", $"{way}: {string.Join(", ", call.Select(w => w.Type))}");
    }

    /// <summary>Each event once, however often it was attempted, in the order of the first attempts.</summary>
    private static IEnumerable<Webhook> Of(Customer customer, params string[] types) =>
        customer.Sink.Taken.Where(w => types.Contains(w.Type)).DistinctBy(w => w.Id);

    /// <summary>Eleven calls, each of which does one thing that goes on until it is ended.</summary>
    private sealed class BusyCalls(RunningNode node, Customer customer) : IAsyncDisposable
    {
        private readonly List<Phone> _phones = [];
        private readonly List<PhoneCall> _calls = [];
        private readonly HashSet<PhoneCall> _left = [];
        private readonly UdpClient _said = new(new IPEndPoint(IPAddress.Loopback, 0)), _heard = new(new IPEndPoint(IPAddress.Loopback, 0)),
            _fork = new(new IPEndPoint(IPAddress.Loopback, 0));
        private SocketServer? _sockets;
        private Sipp? _recorder;

        public async Task BeginAsync()
        {
            await DoAsync("enqueue", new() { ["queue_name"] = "waiting" }, "call.enqueued");
            string music = customer.Sink.Serve("music.wav", Wav.Tone(440, 1_000));
            await DoAsync("playback_start", new() { ["audio_url"] = music, ["loop"] = "infinity" }, "call.playback.started");
            await DoAsync("speak", new() { ["payload"] = Long, ["voice"] = "female", ["language"] = "en-US" }, "call.speak.started");
            await DoAsync("gather", new() { ["maximum_digits"] = 9, ["timeout_millis"] = 60_000 }, begun: null);
            await DoAsync("record_start", new() { ["format"] = "wav", ["channels"] = "single" }, begun: null);
            _sockets = await SocketServer.StartAsync();
            await DoAsync("streaming_start", new() { ["stream_url"] = _sockets.Url, ["stream_track"] = "inbound_track" },
                "streaming.started");
            await DoAsync("fork_start", new() { ["target"] = $"udp:127.0.0.1:{Port(_fork)}" }, "call.fork.started");
            _recorder = Sipp.Listen("uas-siprec", "-key", "said", $"{Port(_said)}", "-key", "heard", $"{Port(_heard)}");
            await customer.SendAsync(HttpMethod.Post, "siprec_connectors",
                new() { ["name"] = "recorder", ["host"] = "127.0.0.1", ["port"] = _recorder.Port });
            await DoAsync("siprec_start", new() { ["connector_name"] = "recorder" }, "siprec.started");

            var ringing = new Phone(node);
            _phones.Add(ringing);
            await DoAsync("transfer", new() { ["to"] = ringing.Uri }, begun: null);
            (await ringing.RingsAsync()).Ring();

            string first = await AnsweredAsync(), second = await AnsweredAsync();
            var room = await customer.SendAsync(HttpMethod.Post, "conferences",
                new() { ["call_control_id"] = first, ["name"] = $"room {Guid.NewGuid():N}" });
            string actions = $"conferences/{Uri.EscapeDataString((string)room["id"]!)}/actions/";
            await customer.SendAsync(HttpMethod.Post, actions + "join", new() { ["call_control_id"] = second });
            await customer.CountAsync("conference.participant.joined", 2);
            await customer.SendAsync(HttpMethod.Post, actions + "play", new() { ["audio_url"] = music, ["loop"] = "infinity" });
            await customer.NextAsync("conference.playback.started");
        }

        /// <summary>The recording server is told that its session is over.</summary>
        public Task RecorderIsToldAsync() => _recorder!.SucceedsAsync();        // the calls have begun

        public void HangUp(Func<int, bool> which)
        {
            foreach (var (i, call) in _calls.Index())
                if (which(i) && call.Received("BYE").Count == 0 && _left.Add(call)) call.Bye();
        }

        private const string Long = "This is a long announcement, which nobody shall hear to its end: one, two, three, four, five, six, "
            + "seven, eight, nine, ten, eleven, twelve, thirteen, fourteen, fifteen, sixteen, seventeen, eighteen, nineteen, twenty, and "
            + "now once more, slowly: one, two, three, four, five, six, seven, eight, nine, ten, eleven, twelve, thirteen, fourteen.";

        private static int Port(UdpClient socket) => ((IPEndPoint)socket.Client.LocalEndPoint!).Port;        // bound

        private async Task DoAsync(string action, JsonObject body, string? begun)
        {
            (await customer.TryActAsync(await AnsweredAsync(), action, body)).IsOk();
            if (begun is not null) await customer.NextAsync(begun);
        }

        private async Task<string> AnsweredAsync()
        {
            var phone = new Phone(node);
            _phones.Add(phone);
            string from = $"+1312555{_phones.Count:D4}";
            var call = phone.Call(customer.Number, from);
            _calls.Add(call);
            var begun = await customer.WebhookAsync(w => w.Type == "call.initiated" && (string?)w.Payload["from"] == from,
                "the call begins");
            (await customer.TryActAsync(begun.Call, "answer")).IsOk();
            await call.ReachesAsync(200);
            call.Audio.Say(600, 10_000);
            return begun.Call;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (var phone in _phones) phone.Dispose();
            _recorder?.Dispose();
            if (_sockets is not null) await _sockets.DisposeAsync();
            foreach (var socket in new[] { _said, _heard, _fork }) socket.Dispose();
        }
    }
}
