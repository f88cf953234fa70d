using Ringwright.Core;
using Ringwright.Media.Graph;

namespace Ringwright.Pure.Media;

/// <summary>Where sounds lie on a recording's line of time, against the moments when they were captured.</summary>
public sealed class TimelineTests
{
    private const int Rate = 8_000, Frame = 160;
    private static readonly Instant Zero = new(5_000_000_000);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(8, -8)]
    [InlineData(-8, 8)]
    [InlineData(3, 1)]
    [InlineData(30, -30)]
    public void Two_tracks_whose_moments_turn_out_otherwise_lie_together_soon_after(int firstOff, int secondOff)
    {
        double apart = Math.Abs(OnsetAfter(firstOff, 100) - firstOff - (OnsetAfter(secondOff, 100) - secondOff));
        Assert.True(apart <= 4, $"{apart} ms");
    }

    [Theory]
    [InlineData(9, -9)]
    [InlineData(-9, 9)]
    [InlineData(10, -10)]
    public void At_no_moment_are_they_a_tick_apart(int firstOff, int secondOff)
    {
        double apart = Math.Abs(OnsetAfter(firstOff, 1) - firstOff - (OnsetAfter(secondOff, 1) - secondOff));
        Assert.True(apart < 20, $"{apart} ms");
    }

    [Theory]
    [InlineData(3), InlineData(8), InlineData(-3), InlineData(-8), InlineData(30)]
    public void Another_stream_lies_at_its_moment_from_its_first_tick_on(int off) =>
        Assert.InRange(OnsetAfter(off, 1, isAnew: true) - off, -0.13, 0.13);

    [Fact]
    public void Sound_that_comes_in_its_time_is_left_as_it_is()
    {
        var line = new Timeline(1, Rate);
        line.Begin(Zero);
        short[] said = [.. Enumerable.Range(0, 20 * Frame).Select(i => (short)(i % 1_000 + 1))], taken = new short[Frame];
        var heard = new List<short>();
        for (int tick = 0; tick < 20; tick++)
        {
            // Known to a millisecond and a half, as moments are.
            line.Put(0, Zero + TimeSpan.FromMilliseconds(20 * tick + (tick % 2 == 0 ? 0 : 1.5)), said.AsSpan(tick * Frame, Frame));
            if (line.TryTake(long.MaxValue, taken, default)) heard.AddRange(taken);
        }
        Assert.Equal(said, heard);
    }

    [Fact]
    public void A_pause_is_silence_of_its_length()
    {
        var line = new Timeline(1, Rate);
        line.Begin(Zero);
        short[] loud = [.. Enumerable.Repeat((short)1_000, Frame)], taken = new short[Frame];
        line.Put(0, Zero, loud);
        line.Put(0, Zero + TimeSpan.FromMilliseconds(100), loud);
        int[] levels = [.. Enumerable.Range(0, 6).Select(_ => line.TryTake(6 * Frame, taken, default) ? taken[0] : -1)];
        Assert.Equal([1_000, 0, 0, 0, 0, 1_000], levels);
    }

    /// <summary>A track runs for a second, then its moments are off by so much; so many ticks later it grows loud.</summary>
    /// <param name="isAnew">It is another stream by then.</param>
    /// <returns>Milliseconds from the moment when, by the moments that it began with, it grew loud.</returns>
    private static double OnsetAfter(int offMilliseconds, int ticks, bool isAnew = false)
    {
        const int steady = 50;
        var line = new Timeline(1, Rate);
        line.Begin(Zero);
        short[] quiet = new short[Frame], loud = [.. Enumerable.Repeat((short)10_000, Frame)], taken = new short[Frame];
        var heard = new List<short>();
        for (int tick = 0; tick < steady + ticks + 5; tick++)
        {
            int off = tick < steady ? 0 : offMilliseconds;
            line.Put(0, Zero + TimeSpan.FromMilliseconds(20 * tick + off), tick < steady + ticks ? quiet : loud, isAnew && tick == steady);
            if (tick >= 10 && line.TryTake((tick - 10) * Frame, taken, default)) heard.AddRange(taken);
        }
        for (int i = 0; i < 20; i++)
            if (line.TryTake(long.MaxValue, taken, default)) heard.AddRange(taken);
        return heard.FindIndex(sample => sample > 5_000) * 1_000.0 / Rate - 20.0 * (steady + ticks);
    }
}
