using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Media.Dsp;
using Ringwright.Media.Graph;
using Ringwright.Media.Protocol;
using Ringwright.Media.Rtp;
using Ringwright.MediaHost;
using Ringwright.MediaHost.Taps;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost;

/// <summary>Real sockets on the loopback. Counts and contents are checked, never lateness: the machine is shared.</summary>
public sealed class InlineMediaHostTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly LegId Leg = new(7);

    private readonly BlockingCollection<MediaEvent> _events = [];
    private readonly string _folder = Directory.CreateTempSubdirectory("rw-media-").FullName;
    private InlineMediaHost? _host;

    public void Dispose()
    {
        _host?.Dispose();
        _events.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory, Depth("RemoteMediaHostTests hear and record a prompt in the gate")]
    [InlineData("PCMU", 8000), InlineData("PCMA", 8000), InlineData("G722", 16_000)]
    public void A_prompt_arrives_whole_and_in_one_stream(string codec, int rate)
    {
        var host = Host();
        using var phone = new RawPhone();
        var lease = Lease(host);
        var id = Guid.NewGuid();
        host.Post(new MediaCommand.Connect(lease.Port, phone.Plan(codec)));
        byte[] file = new PromptEncoder().Encode(ToneGenerator.Render(1000, 0, 2000, 0, 2000, 16_000), 16_000, codec);
        host.Post(new MediaCommand.Play(lease.Port, id, Save(file), 1));
        Assert.False(Next<MediaEvent.PlayEnded>().IsFailed);
        host.Post(new MediaCommand.Close(lease.Port));
        long sent = Next<MediaEvent.Closed>().Statistics.PacketsSent;

        var heard = phone.WaitFor((int)sent).Select(Parse).ToArray();
        Assert.True(sent >= 100);
        Assert.Equal(sent, heard.Length);
        for (int i = 1; i < heard.Length; i++)
        {
            Assert.Equal((ushort)(heard[0].Sequence + i), heard[i].Sequence);
            Assert.Equal(heard[0].Timestamp + (uint)(160 * i), heard[i].Timestamp);
        }
        byte[] all = [.. heard.SelectMany(p => p.Payload)];
        Assert.True(all.AsSpan().IndexOf(file) >= 0, "the file is in the stream byte by byte");
        var samples = Decode(codec, file);
        Assert.InRange(Level(1000, rate, samples), 10_500, 12_500);
    }

    [Fact]
    public void Pairs_that_are_bound_are_the_nodes_own_and_one_that_another_program_has_is_not()
    {
        var options = Range(pairs: 4);
        var (first, own) = (options.Networks[0].FirstPort, new OwnPorts());
        using var phone = new UdpClient(new IPEndPoint(IPAddress.Loopback, first));
        using (var host = new InlineMediaHost(options with { WarmPairs = 2, OwnPorts = own }, _ => { }, NullLogger.Instance))
        {
            host.Start();
            Assert.False(own.Has(IPAddress.Loopback, first));
            Assert.Equal(4, Enumerable.Range(first, 8).Count(port => own.Has(IPAddress.Loopback, port)));
            for (int n = 0; n < 3; n++)
            {
                var local = Lease(host).Local;
                Assert.True(own.Has(local.Address, local.Port) && own.Has(local.Address, local.Port + 1));
            }
            Assert.False(host.TryLease(Leg, 0, out _));
            Assert.False(own.Has(IPAddress.Loopback, first));
        }
        Assert.DoesNotContain(Enumerable.Range(first, 8), port => own.Has(IPAddress.Loopback, port));
    }

    [Fact]
    public void What_went_to_whoever_had_a_port_ends_when_the_port_is_leased()
    {
        var host = Host(pairs: 2, warm: 1);
        var talking = Lease(host);
        // A phone that has gone: the next lease binds the very port that it had.
        var gone = new IPEndPoint(IPAddress.Loopback, talking.Local.Port + 2);
        using var phone = new RawPhone();
        host.Post(new MediaCommand.Connect(talking.Port, phone.Plan() with { Remote = gone }));
        byte[] file = new PromptEncoder().Encode(ToneGenerator.Render(1000, 0, 2000, 0, 2000, 16_000), 16_000, "PCMU");
        host.Post(new MediaCommand.Play(talking.Port, Guid.NewGuid(), Save(file), 1));
        Thread.Sleep(200);
        var next = Lease(host);
        Assert.Equal(gone.Port, next.Local.Port);
        // It would hear whoever sends first.
        host.Post(new MediaCommand.Connect(next.Port, phone.Plan() with
        {
            Remote = new(new RemoteCandidate(phone.Plan().Remote.Default.Address) { IsTrusted = false }),
            Signalling = talking.Local,
            AdjustsRtp = true,
        }));
        Thread.Sleep(400);
        host.Post(new MediaCommand.Close(next.Port));
        Assert.Equal(0, Next<MediaEvent.Closed>().Statistics.PacketsReceived);
        host.Post(new MediaCommand.Close(talking.Port));
        Assert.True(Next<MediaEvent.Closed>().Statistics.PacketsSent > 0);
    }

    [Fact]
    public void A_port_is_closed_also_when_its_thread_takes_no_more_commands()
    {
        var host = Host();
        var lease = Lease(host);
        // A tick takes all that is there; until the next one the mailbox fills.
        while (host.Post(new MediaCommand.Echo(lease.Port, IsOn: true)))
        {
        }
        Assert.True(host.Post(new MediaCommand.Close(lease.Port)));
        Next<MediaEvent.Closed>();
    }

    [Fact]
    public void A_stranger_on_the_wire_takes_no_call_whose_phone_speaks_and_hears_nothing()
    {
        var host = Host();
        // A phone that this thread leaves alone for a second is silent, and then the thief is right: such a run shows nothing.
        for (int run = 1; ; run++)
        {
            Assert.True(run <= 10, "this thread has never a processor for as long as it takes");
            var lease = Lease(host);
            bool isWhole = TryStealFrom(host, lease);
            host.Post(new MediaCommand.Close(lease.Port));
            var closed = Next<MediaEvent.Closed>();
            if (!isWhole) continue;
            Assert.InRange(closed.Statistics.PacketsReceived, 1, 75);
            return;
        }
    }

    /// <summary>Two phones at one address, of which one is the call's.</summary>
    /// <returns>False when the call's was silent for longer than a source may be.</returns>
    private static bool TryStealFrom(InlineMediaHost host, PortLease lease)
    {
        using var phone = new RawPhone();
        using var thief = new RawPhone { Source = 0xBAD };
        host.Post(new MediaCommand.Connect(lease.Port, phone.Plan() with { Signalling = phone.Address, AdjustsRtp = true }));
        host.Post(new MediaCommand.Echo(lease.Port, IsOn: true));
        // The thief's is loud and of the other sign: nothing that stands in for a late packet of the phone's, and fades, sounds like it.
        byte[] sound = [.. Enumerable.Repeat((byte)0x21, 160)], noise = [.. Enumerable.Repeat((byte)0x90, 160)];
        // Long enough for permission to count, had the phone fallen silent.
        long spokeAt = Stopwatch.GetTimestamp();
        for (int i = 0; i < 75; i++)
        {
            phone.Say(lease.Local, sound);
            // Since it spoke before this: what two sockets send need not arrive in its order.
            long before = spokeAt;
            spokeAt = Stopwatch.GetTimestamp();
            for (int j = 0; j < 5; j++) thief.Say(lease.Local, noise);
            if (Stopwatch.GetElapsedTime(before) > TimeSpan.FromSeconds(0.9)) return false;
            // The host's ticks are the clock: a phone that speaks more slowly than it is played has holes.
            phone.WaitForNext();
        }
        // The first of a packet behind a hole is blended into what filled it.
        Assert.Contains(phone.Heard, packet => packet.AsSpan(12 + 80).SequenceEqual(sound.AsSpan(80)));
        Assert.DoesNotContain(phone.Heard, packet => packet.AsSpan(12).ContainsAnyInRange((byte)0x80, (byte)0xC0));
        Assert.Empty(thief.Heard);
        return true;
    }

    [Fact, Depth("the gate has three parties of a room that hear each other, in RoomHostTests")]
    public async Task Two_ports_hear_each_other()
    {
        // Removed with the host.
        var host = Host(taps: TapFolder.Create());
        var (a, b) = (Lease(host), Lease(host));
        host.Post(new MediaCommand.Connect(a.Port, Plan(b.Local)));
        host.Post(new MediaCommand.Connect(b.Port, Plan(a.Local)));
        var plan = new TapPlan(Guid.NewGuid(), TapTracks.Said, 8_000);
        using var tap = host.Taps.Open(plan);
        host.Post(new MediaCommand.OpenTap(b.Port, plan));
        host.Post(new MediaCommand.Play(a.Port, Guid.NewGuid(),
            Save(new PromptEncoder().Encode(ToneGenerator.Render(1000, 0, 3000, 0, 3000, 8000), 8000, "PCMU")), 0));

        // Half a second of it in one piece, behind two. What this thread is too late for is lost, and ticks that nobody had a processor for
        // are skipped: so what has come is counted, and not the time.
        short[] heard = new short[4000], one = new short[160];
        long start = Stopwatch.GetTimestamp();
        int come = 0;
        while (come < 125 || Level(1000, 8000, heard) is < 8000 or > 12_500)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"{come} frames have come, tone {Level(1000, 8000, heard):F0}");
            Assert.True(await tap.WaitAsync(TestContext.Current.CancellationToken).AsTask()
                .WaitAsync(Patience, TestContext.Current.CancellationToken));
            while (tap.TryRead(one, out var frame))
            {
                heard = [.. heard[frame.Samples..], .. one[..frame.Samples]];
                come++;
            }
        }
        foreach (var lease in (PortLease[])[a, b]) host.Post(new MediaCommand.Close(lease.Port));
        var closed = new[] { Next<MediaEvent.Closed>(), Next<MediaEvent.Closed>() };
        Assert.All(closed, c => Assert.True(c.Statistics.PacketsReceived > 100 && c.Statistics.PacketsLost == 0));
    }

    [Fact]
    public void What_is_said_comes_back_from_an_echo_and_digits_are_heard_once()
    {
        var host = Host();
        using var phone = new RawPhone();
        var lease = Lease(host);
        host.Post(new MediaCommand.Connect(lease.Port, phone.Plan()));
        host.Post(new MediaCommand.Echo(lease.Port, true));
        byte[] tone = new PromptEncoder().Encode(ToneGenerator.Render(600, 0, 1000, 0, 1000, 8000), 8000, "PCMU");
        // The host's own packets are the clock of this conversation. A thread that stands falls silent: it speaks until it was heard.
        long start = Stopwatch.GetTimestamp();
        uint said = 0;
        for (bool isHeard = false; !isHeard; said++)
        {
            Assert.True(Stopwatch.GetElapsedTime(start) < Patience, $"the tone did not come back in {said} packets");
            phone.WaitForNext();
            phone.Say(lease.Local, tone.AsSpan((int)(said % 50) * 160, 160));
            var last = phone.Heard.TakeLast(30).Select(Parse).Where(p => p.PayloadType == 0).SelectMany(p => p.Payload).ToArray();
            isHeard = said >= 50 && Level(600, 8000, Decode("PCMU", last)) > 6000;
        }
        for (int i = 0; i < 5; i++)
            phone.Say(lease.Local, [9, (byte)(i >= 2 ? 0x80 : 0), 3, 0x20], 101, i == 0, (said + 1) * 160);
        Assert.Equal('9', Next<MediaEvent.Digit>().Key);

        phone.WaitFor(phone.Heard.Length + 10);
        Assert.DoesNotContain(_events.ToArray(), e => e is MediaEvent.Digit);
    }

    [Fact]
    public void Digits_go_out_as_events()
    {
        var host = Host();
        using var phone = new RawPhone();
        var lease = Lease(host);
        host.Post(new MediaCommand.Connect(lease.Port, phone.Plan()));
        host.Post(new MediaCommand.SendDigits(lease.Port, Guid.NewGuid(), "4*", 80));
        Next<MediaEvent.DigitsSent>();
        host.Post(new MediaCommand.Close(lease.Port));
        var heard = phone.WaitFor((int)Next<MediaEvent.Closed>().Statistics.PacketsSent).Select(Parse)
            .Where(p => p.PayloadType == 101).ToArray();
        Assert.Equal([4, 4, 4, 4, 4, 4, 10, 10, 10, 10, 10, 10], heard.Select(p => p.Payload[0]));
        Assert.Equal(2, heard.Select(p => p.Timestamp).Distinct().Count());
    }

    [Fact]
    public void A_missing_file_fails_its_playback_and_nothing_else()
    {
        var host = Host();
        using var phone = new RawPhone();
        var lease = Lease(host);
        host.Post(new MediaCommand.Connect(lease.Port, phone.Plan()));
        host.Post(new MediaCommand.Play(lease.Port, Guid.NewGuid(), Path.Combine(_folder, "none"), 1));
        Assert.True(Next<MediaEvent.PlayEnded>().IsFailed);
        host.Post(new MediaCommand.Play(lease.Port, Guid.NewGuid(), Save(new byte[320]), 1));
        Assert.False(Next<MediaEvent.PlayEnded>().IsFailed);
    }

    [Fact]
    public void Packets_for_an_earlier_lease_do_not_reach_the_next()
    {
        var host = Host(pairs: 1);
        using var phone = new RawPhone();
        var first = Lease(host);
        host.Post(new MediaCommand.Connect(first.Port, phone.Plan()));
        phone.WaitFor(2);
        host.Post(new MediaCommand.Close(first.Port));
        Next<MediaEvent.Closed>();
        for (int i = 0; i < 100; i++) phone.Say(first.Local, new byte[160]);

        var second = Lease(host);
        Assert.Equal(first.Local, second.Local);
        Assert.NotEqual(first.Port, second.Port);
        int before = phone.Heard.Length;
        host.Post(new MediaCommand.Connect(second.Port, phone.Plan()));
        phone.WaitFor(before + 5);
        host.Post(new MediaCommand.Close(first.Port));
        host.Post(new MediaCommand.Close(second.Port));
        var closed = Next<MediaEvent.Closed>();
        Assert.Equal((second.Port, 0), (closed.Port, closed.Statistics.PacketsReceived));
    }

    [Fact]
    public void All_pairs_of_the_range_can_be_leased_and_not_one_more()
    {
        var host = Host(pairs: 8, warm: 2);
        var leases = new List<PortLease>();
        while (host.TryLease(Leg, 0, out var lease)) leases.Add(lease);
        Assert.InRange(leases.Count, 1, 8);
        Assert.Equal(leases.Count, leases.Select(l => l.Local.Port).Distinct().Count());
        Assert.All(leases, l => Assert.Equal(0, l.Local.Port % 2));

        host.Post(new MediaCommand.Close(leases[0].Port));
        Next<MediaEvent.Closed>();
        Assert.Equal(leases[0].Local, Lease(host).Local);
    }

    [Fact]
    public void No_more_pairs_are_open_than_the_process_has_descriptors_for()
    {
        var host = Host(pairs: 8, warm: 8, most: 3);
        var leases = new List<PortLease>();
        while (host.TryLease(Leg, 0, out var lease)) leases.Add(lease);
        Assert.Equal(3, leases.Count);
        host.Post(new MediaCommand.Close(leases[0].Port));
        Next<MediaEvent.Closed>();
        Assert.Equal(leases[0].Local, Lease(host).Local);
    }

    [Fact]
    public void Each_network_has_its_own_ports_and_one_that_is_full_takes_none_of_another()
    {
        var (one, two) = (Range(4).Networks[0], Range(2).Networks[0] with { Address = IPAddress.IPv6Loopback, Advertise = null });
        using var host = new InlineMediaHost(Range(4) with { Networks = [one, two] }, _ => { }, NullLogger.Instance);
        host.Start();
        PortLease[] second = [.. Enumerable.Range(0, 2).Select(_ => host.TryLease(Leg, 1, out var lease) ? lease : default)];
        Assert.All(second, lease => Assert.Equal((IPAddress.IPv6Loopback, 1), (lease.Local.Address, lease.Network)));
        Assert.Equal([two.FirstPort, two.FirstPort + 2], second.Select(lease => lease.Local.Port).Order());
        Assert.False(host.TryLease(Leg, 1, out _));
        Assert.True(host.TryLease(Leg, 0, out var first));
        Assert.Equal((IPAddress.Loopback, 0), (first.Local.Address, first.Network));
        Assert.InRange(first.Local.Port, one.FirstPort, one.LastPort);
    }

    [Fact]
    public void Ports_that_others_hold_are_stepped_over_and_a_range_without_any_is_refused_in_one_line()
    {
        var options = Range(4);
        var range = options.Networks[0];
        var others = new List<Socket>();
        for (int port = range.FirstPort; port < range.FirstPort + 4; port++)
        {
            var other = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            other.Bind(new IPEndPoint(IPAddress.Loopback, port));
            others.Add(other);
        }
        using var host = new InlineMediaHost(options, _ => { }, NullLogger.Instance);
        host.Start();
        Assert.True(host.TryLease(Leg, 0, out var lease));
        Assert.True(lease.Local.Port >= range.FirstPort + 4);

        options = options with { Networks = [range with { LastPort = range.FirstPort + 3 }] };
        using var none = new InlineMediaHost(options, _ => { }, NullLogger.Instance);
        var refused = Assert.Throws<IOException>(none.Start);
        Assert.Contains($"127.0.0.1:{range.FirstPort}-{range.FirstPort + 3}", refused.Message);
        Assert.DoesNotContain('\n', refused.Message);
        foreach (var other in others) other.Dispose();
    }

    [Fact]
    public void The_advertised_address_is_the_one_in_the_lease()
    {
        var host = Host(advertise: IPAddress.Parse("203.0.113.5"));
        Assert.Equal(IPAddress.Parse("203.0.113.5"), Lease(host).Local.Address);
    }

    [Fact]
    public void Stopping_closes_every_port_and_tells_it()
    {
        var host = Host();
        using var phone = new RawPhone();
        var leases = Enumerable.Range(0, 10).Select(_ => Lease(host)).ToArray();
        foreach (var lease in leases) host.Post(new MediaCommand.Connect(lease.Port, phone.Plan()));
        phone.WaitFor(10);
        host.Dispose();
        Assert.Equal(10, _events.OfType<MediaEvent.Closed>().Select(c => c.Port).Distinct().Count());
        Assert.False(host.TryLease(Leg, 0, out _));
        Assert.False(host.Post(new MediaCommand.Close(leases[0].Port)));
        host.Dispose();
    }

    [Fact]
    public void A_taker_that_throws_does_not_silence_the_host()
    {
        int told = 0;
        using var done = new ManualResetEventSlim();
        using var host = new InlineMediaHost(Range(8), _ =>
        {
            if (++told == 3) done.Set();
            throw new InvalidOperationException("a bug of the taker");
        }, NullLogger.Instance);
        host.Start();
        for (int i = 0; i < 3; i++)
        {
            Assert.True(host.TryLease(Leg, 0, out var lease));
            host.Post(new MediaCommand.Close(lease.Port));
        }
        Assert.True(done.Wait(Patience, TestContext.Current.CancellationToken));
    }

    [Fact, Depth("ANodeKilledOnPostgres has a hundred calls at once in the gate")]
    public void A_hundred_calls_at_once_all_get_their_prompt()
    {
        var host = Host(pairs: 120, warm: 16);
        using var phone = new RawPhone();
        string file = Save(new PromptEncoder().Encode(ToneGenerator.Render(1000, 0, 1000, 0, 1000, 8000), 8000, "PCMU"));
        var leases = Enumerable.Range(0, 100).Select(_ => Lease(host)).ToArray();
        foreach (var lease in leases)
        {
            host.Post(new MediaCommand.Connect(lease.Port, phone.Plan()));
            host.Post(new MediaCommand.Play(lease.Port, Guid.NewGuid(), file, 1));
        }
        foreach (var _ in leases) Assert.False(Next<MediaEvent.PlayEnded>().IsFailed);
        foreach (var lease in leases) host.Post(new MediaCommand.Close(lease.Port));
        foreach (var _ in leases) Assert.True(Next<MediaEvent.Closed>().Statistics.PacketsSent >= 50);
    }

    private InlineMediaHost Host(int pairs = 32, int warm = 4, IPAddress? advertise = null, int most = int.MaxValue, string? taps = null)
    {
        _host = new(Range(pairs, advertise) with { WarmPairs = warm, MostPairs = most, TapFolder = taps }, happened =>
        {
            if (!_events.IsAddingCompleted) _events.Add(happened);
        }, NullLogger.Instance);
        _host.Start();
        return _host;
    }

    private static MediaHostOptions Range(int pairs, IPAddress? advertise = null)
    {
        int first = FreePort.UdpRange(2 * pairs);
        var range = new MediaNetwork { FirstPort = first, LastPort = first + 2 * pairs - 1, Advertise = advertise };
        return new() { Networks = [range], WarmPairs = 4, Epoch = 9 };
    }

    private static PortLease Lease(InlineMediaHost host)
    {
        Assert.True(host.TryLease(Leg, 0, out var lease));
        return lease;
    }

    private T Next<T>() where T : MediaEvent
    {
        while (_events.TryTake(out var happened, Patience))
        {
            if (happened is T wanted) return wanted;
        }
        throw new TimeoutException($"No {typeof(T).Name} came.");
    }

    private static StreamPlan Plan(IPEndPoint remote) =>
        new() { Codec = new("PCMU", 0, 8000, 8000), TelephoneEventType = 101, Remote = remote };

    private string Save(byte[] bytes)
    {
        string file = Path.Combine(_folder, Guid.NewGuid().ToString());
        File.WriteAllBytes(file, bytes);
        return file;
    }

    private static (ushort Sequence, uint Timestamp, byte PayloadType, byte[] Payload) Parse(byte[] bytes)
    {
        Assert.Equal(RtpStatus.Ok, RtpPacket.TryParse(bytes, out var packet));
        return (packet.Sequence, packet.Timestamp, packet.PayloadType, packet.Payload.ToArray());
    }

    private static short[] Decode(string codec, byte[] bytes)
    {
        var found = Codecs.Find(codec)!;
        var samples = new short[found.Samples(bytes)];
        found.CreateDecoder().Decode(bytes, samples);
        return samples;
    }

    /// <summary>Amplitude of one frequency (Goertzel).</summary>
    private static double Level(double hertz, int rate, ReadOnlySpan<short> samples)
    {
        double factor = 2 * Math.Cos(2 * Math.PI * hertz / rate), before = 0, last = 0;
        foreach (short sample in samples) (before, last) = (last, sample + factor * last - before);
        return 2 * Math.Sqrt(Math.Max(0, last * last + before * before - factor * last * before)) / samples.Length;
    }
}
