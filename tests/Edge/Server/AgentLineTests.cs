using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Threading.Channels;
using Ringwright.Core;
using Ringwright.Edge.Net;
using Ringwright.Edge.Speech;
using Ringwright.Edge.Streams;
using Ringwright.Server;
using Ringwright.Server.Settings;
using Ringwright.Speech.Recognition;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>
/// A caller talks with an agent of a whole node: what the agent says is a tone of 50 ms a character from a server, what the caller says
/// are tones that the test's recogniser names from the audio.
/// </summary>
public sealed class AgentLineTests : IDisposable
{
    private const string Number = "+15550100077";
    private const int Yes = 440, No = 1_000;

    private const string Script = """
        {
          "transcript": true, "greeting": "Welcome.", "start": "menu", "turns": {"on_no_punctuation_seconds": 0.4},
          "steps": {
            "menu": {
              "say": "Do you want to order?",
              "ask": {
                "choices": [{"words": ["yes"], "digits": "1", "go": "done"}, {"words": ["no"], "digits": "2", "go": "desk"}],
                "seconds": 30, "otherwise": "bye"
              }
            },
            "done": {"say": "You said yes.", "outcome": "ordered", "hangup": true},
            "desk": {"say": "One moment.", "transfer": {"to": "+15550100078", "failed": "bye"}},
            "bye": {"say": "Nobody is there.", "outcome": "lost", "hangup": true}
          }
        }
        """;

    private static readonly string Long = Script.Replace("\"Do you want to order?\"",
        "\"Would you like to order one of our many fine things, of which there are so many that nobody hears this to its end?\"",
        StringComparison.Ordinal);

    private readonly TempFolder _folder = new();
    private LegId? _leg;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_question_is_answered_by_a_word_and_the_call_ends_with_what_that_came_to()
    {
        await using var voice = await VoiceAsync();
        await using var node = await StartAsync(voice, Script);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new Caller(await CallAsync(peer));

        await LinesAsync(node, 1);
        await caller.SayAsync(Yes);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));

        Assert.Equal(["assistant: Welcome. Do you want to order?", "user: yes", "assistant: You said yes."], await LinesAsync(node, 3));
        await Eventually.SomeAsync(async () => (await TraceAsync(node)).ToJsonString() is var trace
            && trace.Contains("The agent order has ended the call: assistant_hangup.", StringComparison.Ordinal) ? trace : null,
            "the reason in the verdict");
    }

    [Fact]
    public async Task Another_answer_is_another_branch_and_a_transfer_that_reaches_nobody_goes_on()
    {
        await using var voice = await VoiceAsync();
        await using var node = await StartAsync(voice, Script);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new Caller(await CallAsync(peer));

        await LinesAsync(node, 1);
        await caller.SayAsync(No);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));

        Assert.Equal(["assistant: Welcome. Do you want to order?", "user: no", "assistant: One moment.", "assistant: Nobody is there."],
            await LinesAsync(node, 4));
    }

    [Fact]
    public async Task Whoever_interrupts_is_answered_and_the_transcript_has_only_what_was_heard()
    {
        await using var voice = await VoiceAsync();
        await using var node = await StartAsync(voice, Long);
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new Caller(await CallAsync(peer));

        await Eventually.SomeAsync(async () =>
            (await TraceAsync(node)).ToJsonString().Split("speak_started").Length > 2 ? "the question" : null, "the question has begun");
        await Task.Delay(500, Stop);
        await caller.SayAsync(Yes);
        string bye = await peer.HearAsync("BYE");
        peer.Send(peer.Response(bye, "200 OK"));

        var lines = await LinesAsync(node, 3);
        Assert.StartsWith("assistant: Welcome. Would", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" (interrupted)", lines[0], StringComparison.Ordinal);
        Assert.DoesNotContain("its end", lines[0], StringComparison.Ordinal);
        Assert.Equal(["user: yes", "assistant: You said yes."], lines.Skip(1));
    }

    [Fact]
    public async Task Without_a_transcript_the_trace_has_no_words()
    {
        await using var voice = await VoiceAsync();
        await using var node = await StartAsync(voice, Script.Replace("\"transcript\": true, ", "", StringComparison.Ordinal));
        using var peer = new SipPeer(node.Node.Settings.Sip);
        using var caller = new Caller(await CallAsync(peer));
        Assert.Equal(["assistant: 30 characters"], await LinesAsync(node, 1));
    }

    [Theory]
    [InlineData("", "--agent-lines needs --agents")]
    [InlineData("{}", "order.json: steps: must be there")]
    public void A_script_that_is_none_is_found_before_the_node_starts(string script, string refusal)
    {
        if (script.Length > 0) File.WriteAllText(Path.Combine(_folder.Path, "order.json"), script);
        var refused = Assert.Throws<StartRefused>(() => ServeFlags.Read(
            name => name switch
            {
                "--agents" => script.Length > 0 ? _folder.Path : null,
                "--agent-lines" => $"{Number}=order",
                _ => null,
            }, _ => null));
        Assert.Contains(refusal, refused.Message, StringComparison.Ordinal);
    }

    private async Task<RunningNode> StartAsync(TestServer voice, string script)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "order.json"), script, Stop);
        return await RunningNode.StartAsync(
            settings => settings with { SpeechUrl = new($"{voice.Url}/v1"), Agents = _folder.Path, AgentLines = [(Number, "order")] },
            recognisers: name => name is null ? new ToneWords() : null);
    }

    private static async Task<string> CallAsync(SipPeer peer)
    {
        peer.Send(peer.Invite(Number));
        string ok = await peer.HearAsync("SIP/2.0 200");
        peer.Send(peer.Inside(ok, Number, "ACK", 1));
        return ok;
    }

    /// <summary>Asked for the first time while the caller's leg is the only one.</summary>
    private async Task<JsonNode> TraceAsync(RunningNode node)
    {
        var database = node.Node.Database;
        _leg ??= (await database.Legs.ListLiveAsync((await database.Tenants.ListAsync(Stop))[0].Id, Stop))[0];
        return (await node.Socket.SendAsync(HttpMethod.Get, $"operator/v1/calls/{_leg}/trace", null, Stop))["data"]!;
    }

    /// <summary>The transcript, when it has so many entries.</summary>
    private Task<List<string>> LinesAsync(RunningNode node, int count) => Eventually.SomeAsync(async () =>
    {
        var lines = (await TraceAsync(node))["legs"]![0]!["entries"]!.AsArray()
            .Where(entry => (string?)entry!["kind"] == "event").Select(entry => (string?)entry!["detail"]).OfType<string>()
            .Where(detail => Regex.IsMatch(detail, "^(assistant|user): ")).ToList();
        return lines.Count >= count ? lines : null;
    }, $"{count} lines");

    /// <summary>Says each text as a tone that lasts as long as it has characters.</summary>
    private static Task<TestServer> VoiceAsync() => TestServer.StartAsync(async c =>
    {
        var asked = await JsonNode.ParseAsync(c.Request.Body);
        short[] tone = Waves.Sine(700, 8_000, 50 * ((string)asked!["input"]!).Length);
        await c.Response.Body.WriteAsync(WavFile.Make(tone.Length, 8_000, n => tone[n]));
    });

    /// <summary>Sends RTP of silence, and of a tone while it says something.</summary>
    private sealed class Caller : IDisposable
    {
        private static readonly TimeSpan Word = TimeSpan.FromMilliseconds(600);

        private readonly CancellationTokenSource _stop = new();
        private volatile int _hertz;

        public Caller(string ok)
        {
            int port = int.Parse(Regex.Match(ok, "m=audio ([0-9]+)").Groups[1].Value, CultureInfo.InvariantCulture);
            _ = Task.Run(() => SendAsync(new(IPAddress.Loopback, port)));
        }

        public async Task SayAsync(int hertz)
        {
            _hertz = hertz;
            await Task.Delay(Word, Stop);
            _hertz = 0;
        }

        public void Dispose() => _stop.Cancel();

        private async Task SendAsync(IPEndPoint to)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            var tones = new[] { Yes, No }.ToDictionary(hertz => hertz,
                hertz => Waves.Sine(hertz, 8_000, 1_000).Select(sample => Waves.Nearest(Waves.MuLaw, sample)).ToArray());
            byte[] packet = new byte[172];
            try
            {
                for (int i = 0; await timer.WaitForNextTickAsync(_stop.Token); i++)
                {
                    (packet[0], packet[2], packet[3], packet[11]) = (0x80, (byte)(i >> 8), (byte)i, 7);
                    System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(4), i * 160);
                    if (tones.TryGetValue(_hertz, out byte[]? tone)) tone.AsSpan(i % 50 * 160, 160).CopyTo(packet.AsSpan(12));
                    else packet.AsSpan(12).Fill(0xFF);
                    await socket.SendToAsync(packet, to, _stop.Token);
                }
            }
            catch (OperationCanceledException)
            {
                // The test is over.
            }
        }
    }

    /// <summary>Names the tone of each quarter of a second, once as long as it lasts.</summary>
    private sealed class ToneWords : IRecogniser
    {
        public string Name => "tones";
        public int SampleRate => 16_000;

        public bool Knows(string language) => true;

        public Task<IRecognition> OpenAsync(RecognitionTerms terms, CancellationToken stop) =>
            Task.FromResult<IRecognition>(new Listening());

        private sealed class Listening : IRecognition
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
                int tone = Array.Find([Yes, No], hertz => Waves.Share(span, hertz, 16_000) > 0.9);
                if (tone != 0 && tone != _last) _results.Writer.TryWrite(new(tone == Yes ? "yes" : "no", IsFinal: true, 0.9));
                _last = tone;
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
