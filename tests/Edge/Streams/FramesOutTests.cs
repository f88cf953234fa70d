using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Edge.Telnyx;
using Ringwright.Media;
using Ringwright.Server.Modules;
using Ringwright.Streams;
using Ringwright.Testing;
using Ringwright.Texml.Twiml;

namespace Ringwright.Edge.Streams;

/// <summary>What a customer's server gets, byte by byte.</summary>
public sealed class FramesOutTests
{
    [Fact]
    public async Task The_first_frames_say_whose_audio_it_is()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var order = rig.Order(customer.Url);
        await rig.OpenAsync(order with
        {
            Terms = order.Terms with
            {
                AuthToken = "sesame-open",
                Headers = [new("x-signature", "c2lnbmVk")],
                CustomParameters = [new("zebra", "1"), new("ape", "2 \"quoted\" ü"), new("zebra", "3")],
            },
        });

        var connected = customer.Next("connected");
        Assert.Equal("1.0.0", connected.GetProperty("version").GetString());
        Assert.Equal("sesame-open", connected.GetProperty("connected").GetProperty("x-telnyx-streaming-auth-token").GetString());
        Assert.Equal(("sesame-open", "c2lnbmVk"), (customer.Headers["x-telnyx-streaming-auth-token"], customer.Headers["x-signature"]));
        Assert.Equal("ringwright", customer.Headers["user-agent"]);
        var frame = customer.Next("start");
        Assert.Equal("1", frame.GetProperty("sequence_number").GetString());
        Assert.Equal(rig.Id, frame.GetProperty("stream_id").GetGuid());
        var start = frame.GetProperty("start");
        Assert.Equal(Samples.Tenant.ToString(), start.GetProperty("user_id").GetString());
        Assert.Equal(Samples.Ids().CallControl(Samples.Tenant, Samples.Leg), start.GetProperty("call_control_id").GetString());
        Assert.Equal("428c2e78-7af4-11ef-b7f5-5013ef9657c1", start.GetProperty("call_session_id").GetString());
        Assert.Equal(("+13125550100", "+15550100000"), (start.GetProperty("from").GetString(), start.GetProperty("to").GetString()));
        Assert.Equal("c3RhdGU=", start.GetProperty("client_state").GetString());
        Assert.Equal("""["support"]""", start.GetProperty("tags").GetRawText());
        Assert.Equal([("zebra", "3"), ("ape", "2 \"quoted\" ü")],
            start.GetProperty("custom_parameters").EnumerateObject().Select(p => (p.Name, p.Value.GetString()!)));
        Assert.Equal("""{"encoding":"PCMU","sample_rate":8000,"channels":1}""", start.GetProperty("media_format").GetRawText());
        Assert.DoesNotContain(rig.Logged, line => line.Contains("sesame", StringComparison.Ordinal)
            || line.Contains("in-the-query", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_user_in_the_url_goes_as_Basic_authentication_and_is_in_no_log()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        await rig.OpenAsync(rig.Order(customer.Url.Replace("ws://", "ws://ann:sesame@", StringComparison.Ordinal)));

        customer.Begin();
        Assert.Equal("Basic YW5uOnNlc2FtZQ==", customer.Headers["authorization"]);
        Assert.DoesNotContain(rig.Logged, line => line.Contains("sesame", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Each_20_ms_of_each_track_is_a_numbered_frame()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url, tracks: TapTracks.Said | TapTracks.Heard));
        Assert.Equal(new TapPlan(rig.Id, TapTracks.Said | TapTracks.Heard, 8_000) { InjectionRate = 8_000 }, tap.Plan);
        customer.Begin();
        for (int n = 0; n < 30; n++)
        {
            tap.Say(TapTracks.Said, Waves.Sine(440, 8_000, 20, fromMilliseconds: n * 20));
            if (n >= 10) tap.Say(TapTracks.Heard, Waves.Sine(1_000, 8_000, 20, fromMilliseconds: n * 20));
            tap.Pass(20);
        }
        var last = new Dictionary<string, int> { ["inbound"] = 0, ["outbound"] = 0 };
        for (int n = 0; n < 50; n++)
        {
            var frame = customer.Next("media");
            Assert.Equal($"{n + 2}", frame.GetProperty("sequence_number").GetString());
            var media = frame.GetProperty("media");
            string track = media.GetProperty("track").GetString()!;
            int chunk = ++last[track];
            Assert.Equal($"{chunk}", media.GetProperty("chunk").GetString());
            int at = (chunk - 1 + (track == "outbound" ? 10 : 0)) * 20;
            Assert.Equal($"{at}", media.GetProperty("timestamp").GetString());
            var expected = Waves.Sine(track == "inbound" ? 440 : 1_000, 8_000, 20, fromMilliseconds: at)
                .Select(s => Waves.Nearest(Waves.MuLaw, s));
            Assert.All(media.GetProperty("payload").GetBytesFromBase64().Zip(expected), IsNearly);
        }
        Assert.Equal((30, 20), (last["inbound"], last["outbound"]));

        static void IsNearly((byte Sent, byte Nearest) pair) =>
            Assert.InRange(Math.Abs(Waves.MuLaw(pair.Sent) - Waves.MuLaw(pair.Nearest)), 0, Math.Abs(Waves.MuLaw(pair.Nearest)) / 16 + 8);
    }

    [Theory]
    [InlineData("PCMU", 8_000, 8_000, false), InlineData("pcma", 8_000, 8_000, false)]
    [InlineData("L16", 8_000, 8_000, false), InlineData("L16", 16_000, 16_000, false), InlineData("L16", 24_000, 24_000, true)]
    [InlineData("L16", 48_000, 48_000, false), InlineData("L16", 16_000, 16_000, true)]
    public async Task Payloads_are_the_codecs_bytes(string encoding, int rate, int told, bool isLittleEndian)
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig(change: o => o with { IsLittleEndian = isLittleEndian });
        var tap = await rig.OpenAsync(rig.Order(customer.Url, format: new(encoding, rate)));
        customer.Next("connected");
        var format = customer.Next("start").GetProperty("start").GetProperty("media_format");
        Assert.Equal(encoding.ToUpperInvariant(), format.GetProperty("encoding").GetString());
        Assert.Equal(told, format.GetProperty("sample_rate").GetInt32());
        Assert.Equal(rate, tap.Plan.SampleRate);
        var sine = Waves.Sine(440, rate, 20);
        tap.Say(TapTracks.Said, sine);
        byte[] payload = customer.Next("media").GetProperty("media").GetProperty("payload").GetBytesFromBase64();
        if (encoding == "L16")
        {
            Assert.Equal(Waves.Linear(sine, isLittleEndian), payload);
            return;
        }
        Func<byte, int> law = encoding == "PCMU" ? Waves.MuLaw : Waves.ALaw;
        Assert.Equal(160, payload.Length);
        Assert.All(payload.Zip(sine),
            pair => Assert.InRange(Math.Abs(law(pair.First) - pair.Second), 0, Math.Abs((int)pair.Second) / 16 + 16));
    }

    [Theory]
    [InlineData("G722", 16_000, 8_000), InlineData("G722", 8_000, 8_000)]
    [InlineData("OPUS", 16_000, 16_000), InlineData("OPUS", 8_000, 8_000)]
    public async Task Wide_audio_keeps_its_pitch(string encoding, int rate, int told)
    {
        if (encoding == "OPUS") Assert.SkipUnless(Codecs.HasOpus, "libopus is not installed");
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var tap = await rig.OpenAsync(rig.Order(customer.Url, format: new(encoding, rate)));
        Assert.Equal(16_000, tap.Plan.SampleRate);
        customer.Next("connected");
        Assert.Equal(told, customer.Next("start").GetProperty("start").GetProperty("media_format").GetProperty("sample_rate").GetInt32());
        var decoder = Codecs.Find(encoding)!.CreateDecoder();
        var heard = new List<short>();
        for (int n = 0; n < 40; n++)
        {
            tap.Say(TapTracks.Said, Waves.Sine(2_500, 16_000, 20, fromMilliseconds: n * 20));
            var samples = new short[320];
            byte[] payload = customer.Next("media").GetProperty("media").GetProperty("payload").GetBytesFromBase64();
            Assert.Equal(320, decoder.Decode(payload, samples));
            heard.AddRange(samples);
        }
        Assert.InRange(Waves.Share(heard.ToArray().AsSpan(3_200), 2_500, 16_000), 0.9, 1.01);
    }

    [Fact]
    public async Task Keys_are_told()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        await rig.OpenAsync(rig.Order(customer.Url));
        rig.Host.Press(rig.Id, '#');
        rig.Host.Press(Guid.NewGuid(), '1');
        customer.Begin();
        var frame = customer.Next("dtmf");
        Assert.Equal(("#", "2", rig.Id.ToString()), (frame.GetProperty("dtmf").GetProperty("digit").GetString(),
            frame.GetProperty("sequence_number").GetString(), frame.GetProperty("stream_id").GetString()));
        var at = frame.GetProperty("occurred_at").GetDateTimeOffset();
        Assert.InRange(at, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddMinutes(1));
    }

    [Fact]
    public async Task Programs_for_TwiML_read_the_frames_that_they_know()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig(change: options => StreamRig.Polite(options) with { Identify = TwimlFrames.Of });
        var order = rig.Order(customer.Url, tracks: TapTracks.Said | TapTracks.Heard);
        var tap = await rig.OpenAsync(order with { Terms = order.Terms with { CustomParameters = [new("plan", "007")] } });
        tap.Say(TapTracks.Said, Waves.Sine(440, 8_000, 20));
        string account = TwimlNames.Account(Samples.Tenant), call = TwimlNames.Call(Samples.Leg), stream = TwimlNames.Stream(rig.Id);
        Assert.Equal("""{"event":"connected","protocol":"Call","version":"1.0.0"}""", customer.Next("connected").GetRawText());
        var start = customer.Next("start");
        Assert.Equal((stream, "1"), (start.GetProperty("streamSid").GetString(), start.GetProperty("sequenceNumber").GetString()));
        Assert.Equal(string.Concat(
                $$"""{"accountSid":"{{account}}","streamSid":"{{stream}}","callSid":"{{call}}","tracks":["inbound","outbound"]""",
                ""","customParameters":{"plan":"007"},"mediaFormat":{"encoding":"audio/x-mulaw","sampleRate":8000,"channels":1}}"""),
            start.GetProperty("start").GetRawText());
        var frame = customer.Next("media");
        var media = frame.GetProperty("media");
        Assert.Equal((stream, "2", "inbound", "1"), (frame.GetProperty("streamSid").GetString(),
            frame.GetProperty("sequenceNumber").GetString(), media.GetProperty("track").GetString(),
            media.GetProperty("chunk").GetString()));
        rig.Host.Press(rig.Id, '#');
        Assert.Equal("""{"track":"inbound_track","digit":"#"}""", customer.Next("dtmf").GetProperty("dtmf").GetRawText());
        rig.Host.Close(rig.Id);
        Assert.Equal($$"""{"accountSid":"{{account}}","callSid":"{{call}}"}""", customer.Next("stop").GetProperty("stop").GetRawText());
    }

    [Fact]
    public async Task A_closed_stream_says_goodbye_behind_all_that_was_said_and_tells_nothing_more()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig(change: StreamRig.Polite);
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        tap.Say(TapTracks.Said, Waves.Sine(440, 8_000, 20));
        customer.Begin();
        customer.Next("media");
        rig.Host.Close(rig.Id);
        rig.Host.Close(rig.Id);
        var stop = customer.Next("stop");
        Assert.Equal("3", stop.GetProperty("sequence_number").GetString());
        Assert.Equal(["user_id", "call_control_id"], stop.GetProperty("stop").EnumerateObject().Select(p => p.Name));
        await customer.Over;
        Assert.Equal(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, customer.CloseStatus);
        await Eventually.TrueAsync(() => rig.Host.Count == 0 && tap.IsDisposed, "the end");
        Assert.IsType<LiveAudioNews.Connected>(Assert.Single(rig.News));
    }

    [Fact]
    public async Task A_node_that_stops_says_goodbye_on_every_stream()
    {
        await using var first = await Customer.StartAsync();
        await using var second = await Customer.StartAsync();
        await using var rig = new StreamRig(change: StreamRig.Polite);
        await rig.OpenAsync(rig.Order(first.Url));
        var other = rig.Order(second.Url);
        rig.Host.Open(other with { Id = Guid.NewGuid() }, _ => { });
        second.Begin();
        first.Begin();
        await rig.Host.DisposeAsync();
        first.Next("stop");
        second.Next("stop");
        rig.Host.Open(other with { Id = Guid.NewGuid() }, rig.News.Enqueue);
        Assert.Equal("the node is stopping", await rig.EndAsync());
    }

    [Fact, Depth("the gate has connections that are made again, and readers of taps that fall behind")]
    public async Task A_slow_reader_loses_the_oldest_audio_and_is_told_once_of_each_loss()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig(change: o => o with { SendTimeout = TimeSpan.FromMinutes(1) });
        rig.Host.Open(rig.Order(peer.Url, format: new("L16", 48_000)), rig.News.Enqueue);
        await peer.OpenAsync();
        await Eventually.TrueAsync(() => !rig.Taps.Opened.IsEmpty, "a tap");
        var tap = rig.Taps.Only;
        var frame = new short[960];
        // More than any buffer between the two holds.
        for (int n = 0; n < 8_000; n++)
        {
            tap.Say(TapTracks.Said, frame);
            tap.Pass(20);
            // What the tap loses would be a loss of its own.
            while (n % 25 == 24 && tap.Unread > 0)
            {
                Assert.DoesNotContain(rig.News, news => news is LiveAudioNews.Ended);
                await Task.Delay(1, TestContext.Current.CancellationToken);
            }
        }
        rig.Host.Press(rig.Id, '9');
        var frames = new List<JsonElement>();
        while (frames.Count == 0 || frames[^1].GetProperty("event").GetString() != "dtmf")
            frames.Add(JsonDocument.Parse((await peer.ReadAsync()).Payload).RootElement);
        rig.Host.Close(rig.Id);

        var chunks = frames.Where(f => f.GetProperty("event").GetString() == "media")
            .Select(f => int.Parse(f.GetProperty("media").GetProperty("chunk").GetString()!, null)).ToList();
        Assert.Equal(chunks.Order(), chunks);
        Assert.True(chunks.Count < chunks[^1], $"nothing was dropped of {chunks[^1]}");
        // One, but where the node's own writer was late before the socket was full: then that was a loss too.
        int losses = chunks.Prepend(0).Zip(chunks, (before, next) => next - before).Count(step => step > 1);
        var errors = frames.Where(f => f.GetProperty("event").GetString() == "error").ToList();
        Assert.InRange(errors.Count, 1, losses);
        Assert.All(errors, error => Assert.Equal(100002, error.GetProperty("payload").GetProperty("code").GetInt32()));
        // Numbers of frames have no gap, whatever was dropped before it got one.
        var numbers = frames.Where(f => f.TryGetProperty("sequence_number", out _))
            .Select(f => f.GetProperty("sequence_number").GetString());
        Assert.Equal(Enumerable.Range(1, frames.Count - 1 - errors.Count).Select(n => $"{n}"), numbers);
    }
}
