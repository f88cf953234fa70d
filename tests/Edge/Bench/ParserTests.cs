using System.Text;
using Ringwright.Bench.Driving;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Nodes;
using Ringwright.Bench.Workloads;

namespace Ringwright.Edge.Bench;

/// <summary>What the load driver and its master read: SIP, /proc, metrics, streams of packets.</summary>
public sealed class ParserTests
{
    private const string Ok =
        "SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1\r\nv: SIP/2.0/UDP 10.0.0.1\r\nf: "
        + "<sip:+15553000007@127.0.0.1>;tag=a\r\nTo: <sip:b@c>;tag=b\r\nCall-ID: x-7\r\nCSeq: 1 INVITE\r\n" +
        "Contact: \"Node\" <sip:leg@127.0.0.1:5060;transport=udp>;q=1\r\nContent-Length: 70\r\n\r\nv=0\r\nc=IN IP4 127.0.0.9\r\n"
        + "m=audio 17000 RTP/AVP 0 101\r\na=sendrecv\r\n";

    [Fact]
    public void A_sip_response_is_read()
    {
        Assert.True(SipView.TryParse(Encoding.ASCII.GetBytes(Ok), out var message));
        Assert.True(message.IsResponse);
        Assert.Equal(200, message.Status);
        Assert.Equal("INVITE", Encoding.ASCII.GetString(message.Method));
        Assert.Equal("x-7", message.Header("call-id", "i"));
        Assert.Equal("+15553000007", SipView.UserOf(message.Header("From", "f")));
        Assert.Equal("sip:leg@127.0.0.1:5060;transport=udp", SipView.UriOf(message.Header("Contact", "m")));
        Assert.Equal("Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bK1\r\nVia: SIP/2.0/UDP 10.0.0.1\r\n", message.Lines("Via", "v"));
        Assert.True(message.TryReadAudio(out string address, out ushort port));
        Assert.Equal(("127.0.0.9", (ushort)17000), (address, port));
    }

    [Fact]
    public void A_sip_request_is_read()
    {
        Assert.True(SipView.TryParse("INVITE sip:+15553000012@127.0.0.2:40000 SIP/2.0\r\nCSeq: 1 INVITE\r\n\r\n"u8, out var message));
        Assert.False(message.IsResponse);
        Assert.Equal(0, message.Status);
        Assert.Equal("INVITE", Encoding.ASCII.GetString(message.Method));
        Assert.Equal(12, NumberPlan.IndexOf(message.RequestUser));
        Assert.False(message.TryReadAudio(out _, out _));
        Assert.Equal("", message.Header("Contact", "m"));
    }

    [Fact]
    public void Half_a_message_is_none() => Assert.False(SipView.TryParse("SIP/2.0 200 OK\r\nVia: x\r\n"u8, out _));

    [Fact]
    public void A_calls_number_says_which_call_it_is()
    {
        Assert.Equal(41, NumberPlan.IndexOf(NumberPlan.Of(41)));
        Assert.Null(NumberPlan.IndexOf("+15550100000"));
        Assert.Null(NumberPlan.IndexOf("driver"));
    }

    [Fact]
    public void A_process_is_read_whatever_its_name_is()
    {
        var stat = ProcessStat.Parse("4711 (my (odd) name) S 12 4711 1 0 -1 4194560 1 2 3 4 150 50 7 3 20 0 9 0 100 1 2");
        Assert.Equal(new ProcessStat(4711, "my (odd) name", 12, 200, 10, 9), stat);
        Assert.Null(ProcessStat.Parse("no such line"));
    }

    [Fact]
    public void This_process_is_found_and_has_used_time()
    {
        var tree = new ProcessTree(Environment.ProcessId);
        Assert.Equal(Environment.ProcessId, tree.Members()[0].Id);
        Assert.True(CpuClock.NanosOf(Environment.ProcessId) > 0);
        Assert.True(CpuClock.OwnNanos > 0);
        Assert.True(tree.ResidentBytes() > 1_000_000);
        Assert.True(tree.OpenFiles() > 0);
    }

    [Fact]
    public void What_a_process_that_began_meanwhile_has_used_counts_in_full()
    {
        CpuReading before = new([(1, 5_000_000)]), after = new([(1, 9_000_000), (2, 1_000_000)]);
        Assert.Equal(5.0, after.MillisecondsSince(before));
        Assert.Equal(4.0, after.MillisecondsSince(before, 1));
    }

    [Fact]
    public void Metrics_are_summed_over_their_labels()
    {
        var reading = MetricReading.Parse("# TYPE a counter\na{x=\"1\"} 2\na{x=\"2\"} 3\nab 7\n");
        Assert.Equal(5, reading["a"]);
        Assert.Equal(7, reading["ab"]);
        Assert.Null(reading["b"]);
    }

    [Fact]
    public void Percentiles_come_from_what_a_histogram_gained()
    {
        var before = MetricReading.Parse("t_bucket{le=\"0.001\"} 10\nt_bucket{le=\"0.002\"} 10\nt_bucket{le=\"+Inf\"} 10\n");
        var after = MetricReading.Parse("t_bucket{le=\"0.001\"} 100\nt_bucket{le=\"0.002\"} 109\nt_bucket{le=\"+Inf\"} 110\n");
        var late = Lateness.FromBuckets(after.BucketsSince(before, "t"), most: 0.005);
        Assert.NotNull(late);
        var (p50, p99, max, count) = late.Value;
        Assert.Equal(100, count);
        Assert.Equal(0.5556, p50, 3);
        Assert.Equal(2.0, p99, 3);
        Assert.Equal(5.0, max);
        Assert.Null(Lateness.FromBuckets(before.BucketsSince(before, "t"), null));
    }

    [Fact]
    public void Times_are_spread_by_rank()
    {
        Assert.Equal(new Spread(100, 50, 99, 100), Spread.Of(Enumerable.Range(1, 100).Select(n => (double)n)));
        Assert.Null(Spread.Of([]));
    }

    [Fact]
    public void Loss_gaps_and_frames_lost_on_the_way_are_counted()
    {
        const long frame = 20_000_000;
        var heard = new AudioCount();
        heard.Add(1, 65_534, 0, frame, isLoud: true, number: 10);
        heard.Add(1, 65_535, 160, 2 * frame, isLoud: true, number: 11);
        heard.Add(1, 1, 480, 4 * frame, isLoud: false, number: 13);        // 0 is missing
        heard.Add(1, 2, 640, 5 * frame, isLoud: false, number: null);
        Assert.Equal(4, heard.Packets);
        Assert.Equal(1, heard.Lost);
        Assert.Equal(1, heard.LostOnTheWay);
        Assert.Equal(2, heard.Loud);
        Assert.Equal(2 * frame, heard.LongestGap);
        Assert.Equal(0, heard.Jitter);
    }

    [Fact]
    public void What_comes_out_of_order_is_not_lost()
    {
        var heard = new AudioCount();
        foreach (ushort sequence in (ushort[])[1, 3, 2, 4])
            heard.Add(1, sequence, sequence * 160u, sequence * 20_000_000L, isLoud: true, number: sequence);
        Assert.Equal(0, heard.Lost);
        Assert.Equal(0, heard.LostOnTheWay);
    }

    [Fact]
    public void Calls_that_follow_each_other_on_one_phone_are_streams_of_their_own()
    {
        const long frame = 20_000_000;
        var heard = new AudioCount();
        for (int i = 0; i < 5; i++) heard.Add(1, (ushort)(60_000 + i), (uint)i * 160, i * frame, isLoud: false, number: null);
        for (int i = 0; i < 5; i++)
            heard.Add(2, (ushort)(17 + 2 * i), (uint)(90_000 + i * 320), (500 + 2 * i) * frame, isLoud: false, number: null);
        heard.Add(1, 60_006, 960, 6 * frame, isLoud: false, number: null);     // a late one of the first, and one missing before it
        Assert.Equal(11, heard.Packets);
        Assert.Equal(1 + 4, heard.Lost);
        Assert.Equal(2 * frame, heard.LongestGap);
    }

    [Fact]
    public void The_median_of_an_even_number_is_in_the_middle() => Assert.Equal(2.5, WorkloadFigures.MedianOf([4, 1, 3, 2]));
}
