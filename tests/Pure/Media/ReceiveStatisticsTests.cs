using Ringwright.Core;
using Ringwright.Media.Rtp;

namespace Ringwright.Pure.Media;

public sealed class ReceiveStatisticsTests
{
    [Fact]
    public void Numbers_wrap_without_loss()
    {
        var statistics = new ReceiveStatistics();
        for (int i = 0; i < 1000; i++) Assert.True(statistics.Count((ushort)(65_000 + i)));

        Assert.Equal((1000, 0), (statistics.Received, statistics.Lost));
        Assert.Equal(65_999u, statistics.ExtendedHighest);
    }

    [Fact]
    public void Loss_is_what_is_missing_and_late_packets_are_not_lost()
    {
        var statistics = new ReceiveStatistics();
        foreach (int sequence in (int[])[10, 11, 13, 12, 16]) statistics.Count((ushort)sequence);

        Assert.Equal((5, 2), (statistics.Received, statistics.Lost));
        Assert.Equal((byte)(2 * 256 / 7), statistics.Report().Fraction);
        statistics.Count(17);
        Assert.Equal((0, 2), statistics.Report());
    }

    [Fact]
    public void Duplicates_never_make_loss_negative()
    {
        var statistics = new ReceiveStatistics();
        for (int i = 0; i < 10; i++) statistics.Count(5);
        Assert.Equal(0, statistics.Lost);
        Assert.Equal((0, -9), statistics.Report());
    }

    [Fact]
    public void A_far_jump_counts_only_when_the_next_packet_agrees()
    {
        var statistics = new ReceiveStatistics();
        statistics.Count(100);
        Assert.False(statistics.Count(40_000));
        Assert.True(statistics.Count(101));
        Assert.False(statistics.Count(50_000));
        Assert.True(statistics.Count(50_001));
        Assert.Equal((3, 0), (statistics.Received, statistics.Lost));
    }

    /// <summary>RFC 3550 section 6.4.1: J = J + (|D| - J) / 16.</summary>
    [Fact]
    public void Jitter_follows_the_formula()
    {
        var statistics = new ReceiveStatistics();
        double expected = 0;
        var random = new Rng(3);
        long last = 0;
        for (int i = 0; i < 200; i++)
        {
            long late = random.Next(200) * 125_000L;       // whole units of 8 kHz
            statistics.Time((uint)(0xFFFF_F000 + 160 * i), new(1_000_000_000L + i * 20_000_000L + late), 8000);
            if (i > 0) expected += (Math.Abs(late - last) / 125_000.0 - expected) / 16;
            last = late;
        }
        Assert.Equal(expected, statistics.Jitter, 1e-6);
        Assert.True(statistics.JitterMaxMilliseconds >= expected / 8);
    }

    [Fact]
    public void An_even_stream_has_no_jitter()
    {
        var statistics = new ReceiveStatistics();
        for (int i = 0; i < 100; i++) statistics.Time((uint)(160 * i), new(i * 20_000_000L), 8000);
        Assert.Equal(0, statistics.Jitter);
    }

    [Fact]
    public void The_widest_clock_difference_does_no_harm()
    {
        var statistics = new ReceiveStatistics();
        statistics.Time(0, new(0), 8000);
        statistics.Time(0x8000_0000, new(0), 8000);
        Assert.Equal(0, statistics.Jitter);
    }
}
