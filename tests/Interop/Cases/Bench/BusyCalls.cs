using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>
/// Eleven calls, each of which does one thing that goes on until it is ended. In a run of everything there are two more, of which one
/// leaves a message and one is spoken to in a room of its own, and what is recorded goes to a bucket.
/// </summary>
internal sealed class BusyCalls(RunningNode node, Customer customer) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<Phone> _phones = [];
    private readonly List<PhoneCall> _calls = [];
    private readonly HashSet<PhoneCall> _left = [];
    private readonly UdpClient _said = new(new IPEndPoint(IPAddress.Loopback, 0)), _heard = new(new IPEndPoint(IPAddress.Loopback, 0)),
        _fork = new(new IPEndPoint(IPAddress.Loopback, 0));
    private SocketServer? _sockets;
    private Sipp? _recorder;
    /// <summary>Null in the gate, and so is the mailbox.</summary>
    private Bucket? _bucket;
    private string? _mailbox;

    public async Task BeginAsync()
    {
        if (Depth.IsAll) await SendRecordingsAwayAsync();
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
        if (!Depth.IsAll) return;
        await SpeakInRoomAsync();
        await LeaveMessageAsync();
    }

    private async Task SendRecordingsAwayAsync()
    {
        _bucket = await Bucket.StartAsync();
        await customer.SendAsync(HttpMethod.Post, $"custom_storage_credentials/{customer.Application}", new()
        {
            ["backend"] = "s3",
            ["configuration"] = new JsonObject
            {
                ["bucket"] = "kept", ["region"] = "us-east-1", ["endpoint"] = _bucket.Url, ["aws_access_key_id"] = "AKIDEXAMPLE",
                ["aws_secret_access_key"] = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
            },
        });
    }

    private async Task SpeakInRoomAsync()
    {
        var room = await customer.SendAsync(HttpMethod.Post, "conferences",
            new() { ["call_control_id"] = await AnsweredAsync(), ["name"] = $"room {Guid.NewGuid():N}" });
        await customer.CountAsync("conference.participant.joined", 3);
        await customer.SendAsync(HttpMethod.Post, $"conferences/{Uri.EscapeDataString((string)room["id"]!)}/actions/speak",
            new() { ["payload"] = Long, ["voice"] = "female", ["language"] = "en-US" });
        await customer.NextAsync("conference.speak.started");
    }

    /// <summary>For a number whose phone is not there.</summary>
    private async Task LeaveMessageAsync()
    {
        _mailbox = node.NextNumber();
        string connection = (string)(await customer.SendAsync(HttpMethod.Post, "credential_connections", new()
        {
            ["connection_name"] = "desk", ["user_name"] = "deskofnobody", ["password"] = "correct-horse-1",
        }))["id"]!;
        string number = $"phone_numbers/{Uri.EscapeDataString(_mailbox)}";
        await customer.SendAsync(HttpMethod.Patch, number, new() { ["connection_id"] = connection });
        await customer.SendAsync(HttpMethod.Post, number + "/voicemail", new() { ["enabled"] = true, ["pin"] = "4815" });
        var phone = new Phone(node);
        _phones.Add(phone);
        var call = phone.Call(_mailbox);
        _calls.Add(call);
        await call.ReachesAsync(200);
        await call.Audio.HearsSomethingAsync();
        call.Audio.Press("1");      // past the greeting
        await Eventually.TrueAsync(() => call.Audio.Heard().Tones.Any(tone => tone is { Hertz: 1_000, Millis: >= 360 }),
            "the beep is heard");
        call.Audio.Say(600, 10_000);
    }

    /// <summary>Once the calls are over: the message is in its mailbox, and the recording in the bucket, each once and whole.</summary>
    public async Task AreKeptAsync()
    {
        if (_bucket is not { } bucket || _mailbox is not { } mailbox) return;
        int messages = 0;
        await Eventually.SomeAsync(async () =>
        {
            var listed = JsonNode.Parse(await node.RunAsync("voicemail", "messages", mailbox, "--json"))!.AsArray();
            return (messages = listed.Count) > 0 ? "some" : null;
        }, "the message is in its mailbox", Patience);
        Assert.Equal(1, messages);
        await Eventually.TrueAsync(() => !bucket.Objects.IsEmpty, "the recording is in the bucket", Patience);
        var (_, file) = Assert.Single(bucket.Objects);
        Assert.Equal(file.Length, BitConverter.ToInt32(file, 4) + 8);       // as its head says
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
        if (_bucket is not null) await _bucket.DisposeAsync();
        foreach (var socket in new[] { _said, _heard, _fork }) socket.Dispose();
    }
}
