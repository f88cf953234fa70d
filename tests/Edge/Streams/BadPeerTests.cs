using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Egress;
using Ringwright.Streams;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>A server that refuses, hangs, floods, breaks or dies ends in its failure, in time, and its call does not notice.</summary>
public sealed class BadPeerTests
{
    private const string Frame = """{"event":"mark","mark":{"name":"whole"}}""";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>What a peer is that does nothing of it is noticed soon; one that does its part has time for it.</summary>
    private static MediaStreamOptions Hasty(MediaStreamOptions options) => options with
    {
        MessageTimeout = TimeSpan.FromSeconds(1),
        PingInterval = TimeSpan.FromMilliseconds(500),
        PongTimeout = TimeSpan.FromMilliseconds(500),
        FarewellTimeout = TimeSpan.FromMilliseconds(500),
    };

    [Fact]
    public async Task Nobody_there()
    {
        await using var rig = new StreamRig();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        int port = ((IPEndPoint)taken.LocalEndpoint).Port;
        taken.Stop();
        rig.Host.Open(rig.Order($"ws://127.0.0.1:{port}/"), rig.News.Enqueue);
        Assert.Contains("refused", await rig.EndAsync());
        Assert.Single(rig.News);
        Assert.Empty(rig.Taps.Opened);
    }

    [Theory]
    [InlineData("ws://127.0.0.1:9/", "loopback addresses are allowed only")]
    [InlineData("ws://localhost:9/", "loopback addresses are allowed only")]
    [InlineData("ws://169.254.169.254/", "link-local addresses are never a target")]
    [InlineData("ws://[::ffff:10.1.1.1]/", "private addresses")]
    [InlineData("http://example.com/", "ws or wss"), InlineData("not a url", "ws or wss")]
    public async Task A_target_that_is_forbidden(string url, string why)
    {
        await using var rig = new StreamRig(TargetPolicy.Strict);
        rig.Host.Open(rig.Order(url), rig.News.Enqueue);
        Assert.Contains(why, await rig.EndAsync());
    }

    [Theory]
    [InlineData(302, "302"), InlineData(404, "404"), InlineData(200, "200"), InlineData(500, "500")]
    public async Task A_server_that_answers_otherwise(int status, string why)
    {
        await using var second = await Customer.StartAsync();
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = second.Url.Replace("ws:", "http:", StringComparison.Ordinal);
            return Task.CompletedTask;
        });
        await using var rig = new StreamRig();
        rig.Host.Open(rig.Order(sink.Url.Replace("http", "ws", StringComparison.Ordinal)), rig.News.Enqueue);
        Assert.Contains(why, await rig.EndAsync());
        Assert.Empty(second.Headers);
    }

    [Theory, Failure("stream-fails")]
    [InlineData(false), InlineData(true)]
    public async Task A_server_that_never_answers(bool isTls)
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig(change: o => o with { ConnectTimeout = TimeSpan.FromMilliseconds(500) });
        rig.Host.Open(rig.Order(isTls ? peer.Url.Replace("ws:", "wss:", StringComparison.Ordinal) : peer.Url), rig.News.Enqueue);
        Assert.Contains("within 0.5 s", await rig.EndAsync());
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
        await using var customer = await Customer.StartAsync(certificate);
        await using var rig = new StreamRig();
        var order = rig.Order(customer.Url);
        rig.Host.Open(order with { Terms = order.Terms with { AuthToken = "sesame-open" } }, rig.News.Enqueue);
        Assert.Contains("certificate", await rig.EndAsync());
        Assert.Empty(customer.Headers);
    }

    [Fact]
    public async Task A_token_that_no_header_can_have()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        var order = rig.Order(customer.Url);
        rig.Host.Open(order with { Terms = order.Terms with { AuthToken = "sesame\r\nHost: other" } }, rig.News.Enqueue);
        string? failure = await rig.EndAsync();
        Assert.Contains("token", failure);
        Assert.DoesNotContain(rig.Logged.Append(failure!), line => line.Contains("sesame", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("AMR-WB", 16_000), InlineData("OPUS", 48_000), InlineData("L16", 44_100), InlineData("PCMU", 16_000), InlineData("", 0)]
    public async Task A_format_that_is_not_built(string encoding, int rate)
    {
        Assert.False(StreamFormats.IsSupported(new(encoding, rate)));
        await using var rig = new StreamRig();
        rig.Host.Open(rig.Order("ws://127.0.0.1:9/", into: new(encoding, rate)), rig.News.Enqueue);
        Assert.Contains("is not built", await rig.EndAsync());
        Assert.Empty(rig.Taps.Opened);
    }

    [Fact]
    public async Task A_close_in_order_is_no_failure()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        await customer.CloseAsync();
        Assert.Null(await rig.EndAsync());
        await customer.Over;
        Assert.Empty(customer.Drain());
    }

    [Fact, Failure("stream-fails")]
    public async Task A_server_that_dies()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        await customer.AbortAsync();
        Assert.NotNull(await rig.EndAsync());
    }

    [Fact]
    public async Task A_connection_that_is_closed_for_one_way()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig();
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        peer.Stream.Socket.Shutdown(SocketShutdown.Send);
        Assert.Equal("the application dropped the connection without closing it", await rig.EndAsync());
    }

    [Fact]
    public async Task Bytes_that_are_no_frames()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig();
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        await peer.SendRawAsync("hello?");
        Assert.NotNull(await rig.EndAsync());
    }

    [Theory]
    [InlineData("a reserved bit"), InlineData("no such opcode"), InlineData("a masked frame"), InlineData("a long ping"),
        InlineData("a part of nothing"), InlineData("a close that says nothing known")]
    public async Task A_frame_that_breaks_the_protocol_is_named_while_audio_goes_out(string what)
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig();
        var tap = rig.Taps;
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        var reading = peer.ReadToEndAsync();
        await Eventually.TrueAsync(() => !tap.Opened.IsEmpty, "a tap");
        for (int n = 0; n < 50; n++) tap.Only.Say(TapTracks.Said, new short[160]);
        await peer.SendRawAsync(what switch
        {
            "a reserved bit" => [0xC1, 0x02, (byte)'{', (byte)'}'],
            "no such opcode" => RawPeer.Frame(3, "{}"u8.ToArray()),
            "a masked frame" => [0x81, 0x82, 0, 0, 0, 0, (byte)'{', (byte)'}'],
            "a long ping" => RawPeer.Frame(RawPeer.Ping, new byte[200]),
            "a part of nothing" => RawPeer.Frame(RawPeer.Continuation, "{}"u8.ToArray()),
            _ => RawPeer.Frame(RawPeer.Close, [0x00, 0x01]),
        });
        // Whoever writes meanwhile has no word in it.
        for (int n = 0; n < 50; n++) tap.Only.Say(TapTracks.Said, new short[160]);
        Assert.Equal("the application sent what is no WebSocket frame", await rig.EndAsync());
        await reading;
        Assert.DoesNotContain(rig.Logged, line => line.Contains("was cut", StringComparison.Ordinal));
    }

    /// <summary>In the gate the one that has the most of them.</summary>
    public static TheoryData<string> Styles =>
        Depth.Rows(gate: ["byte by byte"], deep: ["in one", "in two", "with pings and empty parts between"]);

    [Depth("the gate has a frame that never ends, a flood of pings, and mistakes that are answered")]
    [Theory, MemberData(nameof(Styles))]
    public async Task Fragments_are_one_message(string style)
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig();
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        byte[] bytes = Encoding.UTF8.GetBytes(Frame);
        switch (style)
        {
            case "in one":
                await peer.SendAsync(RawPeer.Text, bytes);
                break;
            case "in two":
                await peer.SendAsync(RawPeer.Text, bytes[..10], isFinal: false);
                await peer.SendAsync(RawPeer.Continuation, bytes[10..]);
                break;
            case "byte by byte":
                for (int n = 0; n < bytes.Length; n++)
                {
                    await peer.SendAsync(n == 0 ? RawPeer.Text : RawPeer.Continuation, [bytes[n]], isFinal: n == bytes.Length - 1);
                    await Task.Yield();
                }
                break;
            default:
                await peer.SendAsync(RawPeer.Text, [], isFinal: false);
                await peer.SendAsync(RawPeer.Ping, "there?"u8.ToArray());
                await peer.SendAsync(RawPeer.Continuation, bytes, isFinal: false);
                await peer.SendAsync(RawPeer.Ping, []);
                await peer.SendAsync(RawPeer.Continuation, []);
                break;
        }
        string text;
        do text = Encoding.UTF8.GetString((await peer.ReadAsync()).Payload);
        while (!text.Contains("\"mark\"", StringComparison.Ordinal));
        Assert.Equal("whole", JsonDocument.Parse(text).RootElement.GetProperty("mark").GetProperty("name").GetString());
    }

    [Fact, Depth("the gate has a frame that never ends, a flood of pings, and mistakes that are answered")]
    public async Task A_message_that_never_ends()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig(change: o => Hasty(o) with { PongTimeout = TimeSpan.FromSeconds(20) });
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        await peer.SendAsync(RawPeer.Text, "{"u8.ToArray(), isFinal: false);
        var dripping = DripAsync(peer, () => RawPeer.Frame(RawPeer.Continuation, " "u8.ToArray(), isFinal: false));
        Assert.Equal("the application did not end a message within 1 s", await rig.EndAsync());
        await dripping;
    }

    [Fact]
    public async Task A_frame_that_never_ends()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig(change: o => Hasty(o) with { PongTimeout = TimeSpan.FromSeconds(20) });
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        await peer.SendRawAsync(RawPeer.Frame(RawPeer.Text, new byte[5_000])[..4]);
        var dripping = DripAsync(peer, () => " "u8.ToArray());
        Assert.Equal("the application did not end a message within 1 s", await rig.EndAsync());
        await dripping;
    }

    [Fact, Depth("the gate has a frame that never ends, a flood of pings, and mistakes that are answered")]
    public async Task A_large_frame_that_comes_slowly_is_no_flood()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig(change: o => o with { MessageTimeout = TimeSpan.FromMinutes(1) });
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        // All but its end, for longer than the watch looks away: more than may come beside messages.
        byte[] frame = RawPeer.Frame(RawPeer.Text, [.. Encoding.UTF8.GetBytes(Frame), .. Enumerable.Repeat((byte)' ', 3_900_000)]);
        await peer.SendRawAsync(frame[..^10]);
        await Task.Delay(TimeSpan.FromSeconds(2.2), Stop);
        Assert.IsType<LiveAudioNews.Connected>(Assert.Single(rig.News));
        await peer.SendRawAsync(frame[^10..]);
        string text;
        do text = Encoding.UTF8.GetString((await peer.ReadAsync()).Payload);
        while (!text.Contains("\"mark\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_message_that_is_too_large()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig(change: StreamRig.Polite);
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        var reading = peer.ReadToEndAsync();
        await peer.SendAsync(RawPeer.Text, [.. Enumerable.Repeat((byte)' ', Limits.MessageBytes + 1)]);
        var frames = await reading;
        peer.Stream.Socket.Shutdown(SocketShutdown.Send);
        Assert.Contains("more than", await rig.EndAsync());
        Assert.Contains("100003", frames[^2]);
        Assert.Contains("\"stop\"", frames[^1]);
    }

    [Fact, Failure("stream-fails")]
    public async Task A_flood_of_frames()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig(change: StreamRig.Polite);
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        var reading = peer.ReadToEndAsync();
        byte[] many = [.. Enumerable.Repeat(RawPeer.Frame(RawPeer.Text, """{"event":"clear"}"""u8.ToArray()), 1_000).SelectMany(f => f)];
        var flooding = DripAsync(peer, () => many, TimeSpan.Zero);
        var frames = await reading;
        peer.Stream.Socket.Shutdown(SocketShutdown.Send);
        await flooding;
        Assert.Equal("the application sent more than a stream may", await rig.EndAsync());
        Assert.Contains("100005", frames[^2]);
    }

    /// <summary>And of pongs that nobody asked for: with little time a machine answers fewer pings a second than may come.</summary>
    [Fact]
    public async Task A_flood_of_pings()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig();
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        var reading = peer.ReadToEndAsync();
        byte[][] frames =
            [RawPeer.Frame(RawPeer.Ping, new byte[125]), .. Enumerable.Repeat(RawPeer.Frame(RawPeer.Pong, new byte[125]), 19)];
        byte[] many = [.. Enumerable.Repeat(frames, 5).SelectMany(f => f).SelectMany(f => f)];
        var flooding = DripAsync(peer, () => many, TimeSpan.Zero);
        Assert.Equal("the application sent more than a stream may", await rig.EndAsync());
        await flooding;
        await reading;
    }

    [Fact, Depth("the gate has a frame that never ends, a flood of pings, and mistakes that are answered")]
    public async Task A_flood_of_mistakes_waits_for_who_reads_slowly_and_drops_no_answer()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig();
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        byte[] wrong = RawPeer.Frame(RawPeer.Text, "{}"u8.ToArray());
        var sending = peer.SendRawAsync([.. Enumerable.Repeat(wrong, 10_000).SelectMany(f => f)]);
        int errors = 0;
        while (errors < 10_000)
            if (Encoding.UTF8.GetString((await peer.ReadAsync()).Payload).Contains("100003", StringComparison.Ordinal)) errors++;
        await sending;
        Assert.IsType<LiveAudioNews.Connected>(Assert.Single(rig.News));
    }

    [Fact, Failure("stream-fails")]
    public async Task A_server_that_reads_nothing()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig(change: o => o with { SendTimeout = TimeSpan.FromSeconds(1) });
        rig.Host.Open(rig.Order(peer.Url, format: new("L16", 48_000)), rig.News.Enqueue);
        await peer.OpenAsync();
        await Eventually.TrueAsync(() => !rig.Taps.Opened.IsEmpty, "a tap");
        while (!rig.News.Any(n => n is LiveAudioNews.Ended))
        {
            for (int n = 0; n < 25; n++) rig.Taps.Only.Say(TapTracks.Said, new short[960]);
            await Task.Delay(1, Stop);
        }
        Assert.Equal("the application read nothing for 1 s", await rig.EndAsync());
    }

    [Fact]
    public async Task A_server_that_gives_no_sign_of_life()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig(change: Hasty);
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.OpenAsync();
        Assert.Equal("the application gave no sign of life for 1 s", await rig.EndAsync());
    }

    [Fact]
    public async Task No_room_for_a_tap()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig();
        rig.Taps.IsFull = true;
        rig.Host.Open(rig.Order(customer.Url), rig.News.Enqueue);
        Assert.Contains("no room", await rig.EndAsync());
        Assert.Single(rig.News);
        Assert.Contains(rig.Logged, line => line.Contains("shared memory", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tap_that_ends()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig(change: o => StreamRig.Polite(o) with { TapGrace = TimeSpan.FromMilliseconds(300) });
        var tap = await rig.OpenAsync(rig.Order(customer.Url));
        customer.Begin();
        tap.Say(TapTracks.Said, new short[160]);
        tap.End();
        customer.Next("media");
        customer.Next("stop");
        Assert.Equal("the call's audio has gone", await rig.EndAsync());
    }

    [Fact]
    public async Task More_streams_than_the_node_carries()
    {
        await using var customer = await Customer.StartAsync();
        await using var rig = new StreamRig(change: o => o with { Streams = 1 });
        await rig.OpenAsync(rig.Order(customer.Url));
        var refused = new List<LiveAudioNews>();
        rig.Host.Open(rig.Order(customer.Url) with { Id = Guid.NewGuid() }, refused.Add);
        await Eventually.TrueAsync(() => refused.Count == 1, "news");
        Assert.Contains("carries no more", Assert.IsType<LiveAudioNews.Ended>(refused[0]).Failure);
        rig.Host.Close(rig.Id);
        await Eventually.TrueAsync(() => rig.Host.Count == 0, "room");
        rig.Host.Open(rig.Order(customer.Url), refused.Add);
    }

    [Fact]
    public async Task A_stream_that_is_closed_before_it_is_open_tells_nothing()
    {
        using var peer = new RawPeer();
        await using var rig = new StreamRig();
        rig.Host.Open(rig.Order(peer.Url), rig.News.Enqueue);
        await peer.AcceptAsync();
        rig.Host.Close(rig.Id);
        rig.Host.Press(rig.Id, '1');
        await Eventually.TrueAsync(() => rig.Host.Count == 0, "its end");
        Assert.Empty(rig.News);
        Assert.Empty(rig.Taps.Opened);
    }

    /// <summary>Again and again, until the other side has had enough.</summary>
    private static async Task DripAsync(RawPeer peer, Func<byte[]> bytes, TimeSpan? pause = null)
    {
        try
        {
            while (true)
            {
                await peer.SendRawAsync(bytes());
                await Task.Delay(pause ?? TimeSpan.FromMilliseconds(50), Stop);
            }
        }
        catch (IOException)
        {
            // It has.
        }
    }
}
