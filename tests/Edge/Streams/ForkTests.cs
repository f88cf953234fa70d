using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Telnyx;
using Ringwright.Media;
using Ringwright.MediaHost;
using Ringwright.Streams.Forks;
using Ringwright.Testing;

namespace Ringwright.Edge.Streams;

/// <summary>What forks send to real sockets, read by formulas that share nothing with the product.</summary>
public sealed class ForkTests : IAsyncDisposable
{
    private readonly FakeTaps _taps = new();
    private readonly ConcurrentQueue<LiveAudioNews> _news = new();
    private readonly Guid _id = Guid.NewGuid();
    private readonly Receiver _one = new(), _other = new();
    private ForkHost? _host;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private ForkHost Host => _host ??= new(_taps, StreamRig.Laptop, new(), TimeProvider.System, NullLogger.Instance);

    private void Open(ForkTerms terms, StreamFormat? codec = null, ForkHost? host = null) =>
        (host ?? Host).Open(new(_id, Samples.Facts(), terms, codec ?? StreamFormat.Pcmu), _news.Enqueue);

    private async Task<FakeTap> OpenedAsync(ForkTerms terms, StreamFormat? codec = null)
    {
        Open(terms, codec);
        await Eventually.TrueAsync(() => !_news.IsEmpty, "news");
        Assert.IsType<LiveAudioNews.Connected>(_news.First());
        return _taps.Only;
    }

    private async Task<string?> EndAsync()
    {
        await Eventually.TrueAsync(() => HasEnded, "its end");
        return Assert.IsType<LiveAudioNews.Ended>(Assert.Single(_news, n => n is LiveAudioNews.Ended)).Failure;
    }

    [Fact]
    public async Task Each_track_goes_to_its_own_address_as_a_stream_of_20_ms_packets()
    {
        var tap = await OpenedAsync(new(_one.Address, _other.Address));
        Assert.Equal(new(_id, TapTracks.Said | TapTracks.Heard, 8_000), tap.Plan);
        for (int n = 0; n < 40; n++)
        {
            tap.Say(TapTracks.Said, Waves.Sine(440, 8_000, 20, fromMilliseconds: n * 20));
            tap.Say(TapTracks.Heard, Waves.Sine(1_000, 8_000, 20, fromMilliseconds: n * 20));
            tap.Pass(20);
        }
        var (said, heard) = (await _one.TakeAsync(40), await _other.TakeAsync(40));
        AssertStream(said, type: 0, step: 160);
        AssertStream(heard, type: 0, step: 160);
        Assert.InRange(Waves.Share([.. said.SelectMany(p => p.Payload).Select(b => (short)Waves.MuLaw(b))], 440, 8_000), 0.98, 1.01);
        Assert.InRange(Waves.Share([.. heard.SelectMany(p => p.Payload).Select(b => (short)Waves.MuLaw(b))], 1_000, 8_000), 0.98, 1.01);
        Assert.Equal((0u, 1u), (said[0].Source % 2, heard[0].Source % 2));
    }

    [Theory, InlineData("PCMU", 8_000, false), InlineData("G722", 16_000, false), InlineData("PCMU", 8_000, true)]
    public void Coding_and_sending_a_packet_allocates_nothing(string name, int rate, bool isEncrypted)
    {
        const int packets = 1_000;
        var codec = Codecs.Find(name, 0)!;      // of the theory's rows
        var key = isEncrypted ? (MediaKey?)Ringwright.Streams.Siprec.SiprecOffer.NewKey() : null;
        var watch = new RefusalWatch(TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(5), TimeProvider.System);
        using var track = new RtpTrack(IPEndPoint.Parse(_one.Address), codec, isHeard: false, watch, key: key);
        short[] samples = Waves.Sine(440, rate, 20);
        long at = 0;
        track.Send(new(TapFrameKind.Audio, TapTracks.Said, at, samples.Length, 0), samples);
        AllocationBudget.Holds("fork: packet coded and sent", packets, () =>
        {
            for (int n = 0; n < packets; n++)
                track.Send(new(TapFrameKind.Audio, TapTracks.Said, at += 20, samples.Length, 0), samples);
        });
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task One_to_a_port_of_the_nodes_own_is_none_and_ends_when_its_port_becomes_one(bool isOwnBefore)
    {
        var own = new OwnPorts();
        var policy = TargetPolicy.For([IPEndPoint.Parse("127.0.0.1:1")], [], [], own: own);
        await using var host = new ForkHost(_taps, policy, new(), TimeProvider.System, NullLogger.Instance);
        var taken = IPEndPoint.Parse(_one.Address);
        if (isOwnBefore) own.Add(taken.Address, taken.Port);
        Open(new(_one.Address, _other.Address), host: host);
        if (!isOwnBefore)
        {
            await Eventually.TrueAsync(() => !_news.IsEmpty, "news");
            Assert.IsType<LiveAudioNews.Connected>(_news.First());
            own.Add(taken.Address, taken.Port + 1);
            Assert.Single(_news);
            own.Add(taken.Address, taken.Port);
        }
        Assert.Contains("a port of the node's own", await EndAsync(), StringComparison.Ordinal);
        Assert.Equal(isOwnBefore, _news.First() is LiveAudioNews.Ended);
    }

    [Fact]
    public async Task Both_tracks_at_one_address_are_two_streams()
    {
        var tap = await OpenedAsync(new(_one.Address, _one.Address), new("PCMA", 8_000));
        for (int n = 0; n < 20; n++)
        {
            tap.Say(TapTracks.Said, Waves.Sine(440, 8_000, 20, fromMilliseconds: n * 20));
            tap.Say(TapTracks.Heard, Waves.Sine(1_000, 8_000, 20, fromMilliseconds: n * 20));
            tap.Pass(20);
        }
        var streams = (await _one.TakeAsync(40)).GroupBy(p => p.Source % 2).ToDictionary(g => g.Key, g => g.ToList());
        foreach (var stream in streams.Values) AssertStream(stream, type: 8, step: 160);
        Assert.InRange(Waves.Share([.. streams[0].SelectMany(p => p.Payload).Select(b => (short)Waves.ALaw(b))], 440, 8_000), 0.98, 1.01);
        Assert.InRange(Waves.Share([.. streams[1].SelectMany(p => p.Payload).Select(b => (short)Waves.ALaw(b))], 1_000, 8_000), 0.98, 1.01);
    }

    [Theory]
    [InlineData("G722", 16_000, 9, 160, 160)]
    [InlineData("L16", 8_000, null, 320, 160)]
    [InlineData("L16", 16_000, null, 640, 320)]
    public async Task The_calls_codec_is_kept(string name, int rate, int? type, int bytes, int step)
    {
        var tap = await OpenedAsync(new(_one.Address, null), new(name, rate));
        Assert.Equal(rate, tap.Plan.SampleRate);
        for (int n = 0; n < 3; n++)
        {
            tap.Say(TapTracks.Said, Waves.Sine(440, rate, 20));
            tap.Pass(20);
        }
        var packets = await _one.TakeAsync(3);
        AssertStream(packets, type ?? packets[0].Type, step);
        Assert.All(packets, p => Assert.Equal(bytes, p.Payload.Length));
        if (name is "L16") Assert.Equal(Waves.Linear(Waves.Sine(440, rate, 20), isLittleEndian: false), packets[0].Payload);
    }

    [Fact]
    public async Task A_gap_of_the_tap_is_a_gap_of_the_timestamps_with_a_marker_behind_it()
    {
        var tap = await OpenedAsync(new(_one.Address, null));
        foreach (int pass in new[] { 20, 120, 20 })
        {
            tap.Say(TapTracks.Said, new short[160]);
            tap.Pass(pass);
        }
        var packets = await _one.TakeAsync(3);
        Assert.Equal([true, false, true], packets.Select(p => p.HasMarker));
        Assert.Equal([160u, 960u], packets.Zip(packets.Skip(1), (a, b) => b.Timestamp - a.Timestamp));
        Assert.Equal([1, 1], packets.Zip(packets.Skip(1), (a, b) => (ushort)(b.Sequence - a.Sequence)));
    }

    [Fact]
    public async Task One_that_is_closed_sends_and_tells_nothing_more()
    {
        var tap = await OpenedAsync(new(_one.Address, null));
        Host.Close(_id);
        await Eventually.TrueAsync(() => Host.Count == 0 && tap.IsDisposed, "its end");
        tap.Say(TapTracks.Said, new short[160]);
        await Task.Delay(100, Stop);
        Assert.Equal(0, _one.Waiting);
        Assert.Single(_news);
    }

    [Fact]
    public async Task Where_nobody_listens_any_more_it_ends_and_a_receiver_that_comes_back_is_found()
    {
        var time = new FakeTimeProvider();
        _host = new(_taps, StreamRig.Laptop, new() { Patience = TimeSpan.FromSeconds(1) }, time, NullLogger.Instance);
        // Nobody else is given it while nobody listens there.
        int port = FreePort.Udp();
        var tap = await OpenedAsync(new($"127.0.0.1:{port}", null));
        await SayAsync(tap, time, 20);                              // 400 ms of refusals
        using (var again = new Receiver(port))
        {
            await SayAsync(tap, time, 10);
            await again.TakeAsync(8);
            Assert.Single(_news);
        }
        for (int n = 0; n < 500 && !HasEnded; n++) await SayAsync(tap, time, 1);
        Assert.Contains($"127.0.0.1:{port} takes nothing", await EndAsync(), StringComparison.Ordinal);
        Assert.True(tap.IsDisposed);
    }

    [Theory]
    [InlineData("10.0.0.1:4000", "private addresses need the operator's permission")]
    [InlineData("127.0.0.1:5060", "the node's own listeners are not a target")]
    [InlineData("nonsense", "is no address")]
    public async Task An_address_that_is_refused_now_gets_nothing_though_it_was_allowed_when_it_was_ordered(string target, string why)
    {
        var policy = new TargetPolicy { IsLoopbackAllowed = true, OwnListeners = [new(IPAddress.Loopback, 5060)] };
        await using var host = new ForkHost(_taps, policy, new(), TimeProvider.System, NullLogger.Instance);
        Open(new(_one.Address, target), host: host);
        Assert.Contains(why, await EndAsync(), StringComparison.Ordinal);
        Assert.Empty(_taps.Opened);
    }

    [Fact]
    public async Task One_more_than_may_run_fails_and_so_does_one_without_room_for_its_audio()
    {
        await using var host = new ForkHost(_taps, StreamRig.Laptop, new() { Forks = 1 }, TimeProvider.System, NullLogger.Instance);
        await OpenedAsync(new(_one.Address, null));
        _news.Clear();
        host.Open(new(Guid.NewGuid(), Samples.Facts(), new(_one.Address, null), StreamFormat.Pcmu), _ => { });
        Open(new(_one.Address, null), host: host);
        Assert.Equal("1 forks run, and the node carries no more", await EndAsync());
        _news.Clear();
        _taps.IsFull = true;
        await using var full = new ForkHost(_taps, StreamRig.Laptop, new(), TimeProvider.System, NullLogger.Instance);
        Open(new(_one.Address, null), host: full);
        Assert.Equal("the node has no room for one more call's audio", await EndAsync());
    }

    [Fact]
    public async Task A_call_whose_audio_has_gone_and_that_does_not_end_ends_its_fork()
    {
        _host = new(_taps, StreamRig.Laptop, new() { TapGrace = TimeSpan.FromMilliseconds(50) }, TimeProvider.System, NullLogger.Instance);
        (await OpenedAsync(new(_one.Address, null))).End();
        Assert.Equal("the call's audio has gone", await EndAsync());
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null) await _host.DisposeAsync();
        _one.Dispose();
        _other.Dispose();
    }

    private bool HasEnded => _news.Any(n => n is LiveAudioNews.Ended);

    /// <summary>As many frames of 20 ms, each of which the fork has read when its time is over.</summary>
    private async Task SayAsync(FakeTap tap, FakeTimeProvider time, int frames)
    {
        for (int n = 0; n < frames; n++)
        {
            tap.Say(TapTracks.Said, new short[160]);
            tap.Pass(20);
            await Eventually.TrueAsync(() => tap.Unread == 0 || HasEnded, "the fork reads on");
            time.Advance(TimeSpan.FromMilliseconds(20));
        }
    }

    private static void AssertStream(List<Packet> packets, int type, int step)
    {
        for (int n = 0; n < packets.Count; n++)
        {
            Assert.Equal((n == 0, type, packets[0].Source), (packets[n].HasMarker, packets[n].Type, packets[n].Source));
            Assert.Equal((ushort)(packets[0].Sequence + n), packets[n].Sequence);
            Assert.Equal(packets[0].Timestamp + (uint)(n * step), packets[n].Timestamp);
        }
    }

    /// <summary>RFC 3550 section 5.1, without options.</summary>
    private sealed record Packet(bool HasMarker, int Type, ushort Sequence, uint Timestamp, uint Source, byte[] Payload)
    {
        public static Packet Of(byte[] bytes)
        {
            Assert.Equal(0x80, bytes[0]);
            return new(bytes[1] > 127, bytes[1] % 128, BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(2)),
                BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(4)), BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(8)), bytes[12..]);
        }
    }

    private sealed class Receiver : IDisposable
    {
        private readonly UdpClient _socket;

        public Receiver(int port = 0)
        {
            _socket = new(new IPEndPoint(IPAddress.Loopback, port));
            Port = ((IPEndPoint)_socket.Client.LocalEndPoint!).Port;
        }

        public int Port { get; }
        public string Address => $"127.0.0.1:{Port}";
        public int Waiting => _socket.Available;

        public async Task<List<Packet>> TakeAsync(int count)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
            limit.CancelAfter(Eventually.Deadline);
            var packets = new List<Packet>();
            while (packets.Count < count) packets.Add(Packet.Of((await _socket.ReceiveAsync(limit.Token)).Buffer));
            return packets;
        }

        public void Dispose() => _socket.Dispose();
    }
}
