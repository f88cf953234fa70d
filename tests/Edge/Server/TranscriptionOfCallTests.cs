using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Ringwright.Edge.Net;
using Ringwright.Edge.Streams;
using Ringwright.Speech.Recognition;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// A call that a whole node has transcribed (case 79): the party's voice comes by RTP as a tone, and the recogniser of the test names it.
/// </summary>
public sealed class TranscriptionOfCallTests
{
    private const string Number = "+15550100000";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_either_party_says_is_told_by_track_until_it_is_stopped()
    {
        await using var node = await RunningNode.StartAsync(recognisers: name => name is null ? new ToneNames() : null);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        using var voice = new Voice(ok, 440);

        await ActAsync(node, call, "transcription_start", new() { ["transcription_tracks"] = "both" });
        Assert.Equal("90054", await RefusedAsync(node, call, "transcription_start", []));
        Assert.Equal("90053", await RefusedAsync(node, call, "record_start",
            new() { ["format"] = "wav", ["channels"] = "single", ["timeout_secs"] = 5 }));
        Assert.Equal("10015", await RefusedAsync(node, call, "transcription_start", new() { ["transcription_engine"] = "Deepgram" }));
        await SaidAsync(node, call, "inbound", "440 hertz");
        // Over and over: a tap that nobody reads for a while keeps its last second alone.
        await ActAsync(node, call, "playback_start",
            new() { ["playback_content"] = Convert.ToBase64String(WaveFile(1_000)), ["loop"] = "infinity" });
        await SaidAsync(node, call, "outbound", "1000 hertz");

        await ActAsync(node, call, "transcription_stop", []);
        Assert.Equal("90055", await RefusedAsync(node, call, "transcription_stop", []));
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
    }

    [Fact, Depth("RecordingTranscriptionTests have a recogniser that dies; both parties are heard here")]
    public async Task A_recogniser_that_dies_costs_the_transcription_and_not_the_call()
    {
        await using var node = await RunningNode.StartAsync(recognisers: _ => new ToneNames { DiesOf = "it had heard enough" });
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer, new() { ["transcription"] = true });
        using var voice = new Voice(ok, 440);
        await Eventually.SomeAsync(async () =>
        {
            string path = $"operator/v1/calls/{Uri.EscapeDataString(call)}/trace";
            string trace = (await node.Socket.SendAsync(HttpMethod.Get, path, null, Stop)).ToJsonString();
            return trace.Contains("it had heard enough", StringComparison.Ordinal) ? trace : null;
        }, "the reason in the trace");
        await ActAsync(node, call, "transcription_start", []);
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
    }

    [Fact]
    public async Task A_node_without_a_recogniser_says_so()
    {
        await using var node = await RunningNode.StartAsync();
        using var peer = new SipPeer(node.Node.Settings.Sip);
        var (call, ok) = await AnsweredAsync(node, peer);
        using var answer = await PostAsync(node, call, "transcription_start", []);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.Contains("no recogniser is configured on this node", await answer.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        peer.Send(peer.Inside(ok, Number, "BYE", 2));
        await EventAsync(node, "call.hangup");
    }

    private static async Task<(string Call, string Ok)> AnsweredAsync(RunningNode node, SipPeer peer, JsonObject? answer = null)
    {
        string application = (string)(await SendAsync(node, HttpMethod.Post, "/v2/call_control_applications",
            new() { ["application_name"] = "transcribed", ["webhook_event_url"] = "http://127.0.0.1:9/hooks" }))["data"]!["id"]!;
        await node.Socket.SendAsync(HttpMethod.Post, "node/numbers",
            new JsonObject { ["numbers"] = new JsonArray(new JsonObject { ["number"] = Number, ["connection"] = application }) }, Stop);
        peer.Send(peer.Invite(Number));
        await peer.HearAsync("SIP/2.0 180");
        string call = (string)(await EventAsync(node, "call.initiated"))["call_control_id"]!;
        await ActAsync(node, call, "answer", answer ?? []);
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1));
        return (call, ok);
    }

    /// <summary>Waits for a result, and looks at all of it.</summary>
    private static async Task SaidAsync(RunningNode node, string call, string track, string text)
    {
        var payload = await Eventually.SomeAsync(async () =>
            (await SendAsync(node, HttpMethod.Get, "/v2/call_events?filter[name]=call.transcription"))["data"]!.AsArray()
            .Select(e => e!["metadata"]!["event"]!["payload"]!)
            .FirstOrDefault(p => (string)p["transcription_data"]!["transcription_track"]! == track), $"a result of {track}");
        Assert.Equal(call, (string)payload["call_control_id"]!);
        var data = payload["transcription_data"]!;
        Assert.Equal((text, true, 0.5), ((string)data["transcript"]!, (bool)data["is_final"]!, (double)data["confidence"]!));
    }

    private static async Task<string> RefusedAsync(RunningNode node, string call, string action, JsonObject body)
    {
        using var answer = await PostAsync(node, call, action, body);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        return (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["errors"]![0]!["code"]!;
    }

    private static Task<HttpResponseMessage> PostAsync(RunningNode node, string call, string action, JsonObject body) =>
        node.Api.PostAsync($"/v2/calls/{Uri.EscapeDataString(call)}/actions/{action}",
            new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), Stop);

    private static Task<JsonNode> ActAsync(RunningNode node, string call, string action, JsonObject body) =>
        SendAsync(node, HttpMethod.Post, $"/v2/calls/{Uri.EscapeDataString(call)}/actions/{action}", body);

    private static async Task<JsonNode> EventAsync(RunningNode node, string name) => await Eventually.SomeAsync(async () =>
        (await SendAsync(node, HttpMethod.Get, $"/v2/call_events?filter[name]={name}"))["data"]!.AsArray()
            .FirstOrDefault()?["metadata"]!["event"]!["payload"], name);

    private static async Task<JsonNode> SendAsync(RunningNode node, HttpMethod method, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!;
    }

    /// <summary>Two seconds of a tone.</summary>
    private static byte[] WaveFile(int hertz)
    {
        short[] tone = Waves.Sine(hertz, 8_000, 2_000);
        return WavFile.Make(tone.Length, 8_000, n => tone[n]);
    }

    /// <summary>A party that hums: RTP packets of 20 ms to where the answer's description says, until it is disposed.</summary>
    private sealed class Voice : IDisposable
    {
        private readonly CancellationTokenSource _stop = new();

        public Voice(string ok, int hertz)
        {
            int port = int.Parse(Regex.Match(ok, "m=audio ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
            _ = Task.Run(() => HumAsync(new(IPAddress.Loopback, port), hertz));
        }

        private async Task HumAsync(IPEndPoint to, int hertz)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            byte[] packet = new byte[172];
            byte[] second = [.. Waves.Sine(hertz, 8_000, 1_000).Select(sample => Waves.Nearest(Waves.MuLaw, sample))];
            try
            {
                for (int i = 0; await timer.WaitForNextTickAsync(_stop.Token); i++)
                {
                    (packet[0], packet[2], packet[3], packet[11]) = (0x80, (byte)(i >> 8), (byte)i, 7);
                    System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4), i * 160);
                    second.AsSpan(i % 50 * 160, 160).CopyTo(packet.AsSpan(12));
                    await socket.SendToAsync(packet, to, _stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }

        public void Dispose() => _stop.Cancel();
    }

    /// <summary>Names the tone of each quarter of a second, when it is another one than before.</summary>
    private sealed class ToneNames : IRecogniser
    {
        public string Name => "tones";
        public int SampleRate => 16_000;
        public string? DiesOf { get; init; }

        public bool Knows(string language) => true;

        public Task<IRecognition> OpenAsync(RecognitionTerms terms, CancellationToken stop) =>
            Task.FromResult<IRecognition>(new Listening(DiesOf));

        private sealed class Listening(string? diesOf) : IRecognition
        {
            private readonly Channel<Recognised> _results = Channel.CreateUnbounded<Recognised>();
            private readonly List<short> _heard = [];
            private int _last;

            public void Write(ReadOnlySpan<short> samples)
            {
                _heard.AddRange(samples);
                if (_heard.Count < 4_000) return;
                short[] span = [.. _heard];
                _heard.Clear();
                int tone = Array.Find([440, 1_000], hertz => Waves.Share(span, hertz, 16_000) > 0.9);
                if (tone == 0 || tone == _last) return;
                _last = tone;
                if (diesOf is not null) _results.Writer.TryComplete(new RecognitionException(diesOf));
                else _results.Writer.TryWrite(new($"{tone} hertz", IsFinal: true, 0.5));
            }

            public ValueTask WaitForRoomAsync(CancellationToken stop) => default;

            public void Finish() => _results.Writer.TryComplete();

            public async IAsyncEnumerable<Recognised> ReadAsync([EnumeratorCancellation] CancellationToken stop)
            {
                await foreach (var result in _results.Reader.ReadAllAsync(stop)) yield return result;
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
