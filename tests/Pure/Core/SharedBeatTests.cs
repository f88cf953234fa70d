using Ringwright.Core;

namespace Ringwright.Pure.Core;

public sealed class SharedBeatTests
{
    [Theory, InlineData(1_000), InlineData(3_000), InlineData(5_000), InlineData(500), InlineData(1), InlineData(3_600_000)]
    public void Whoever_begins_whenever_wakes_with_the_others(int every)
    {
        var span = TimeSpan.FromMilliseconds(every);
        var moments = new HashSet<long>();
        foreach (long begun in (long[])[0, 1, 17, 499, 500, 999, 1_234_567, 86_400_000_003])
        {
            long now = begun;
            for (int round = 0; round < 4; round++)
            {
                long wait = (long)SharedBeat.Wait(span, now, 4_711).TotalMilliseconds;
                Assert.InRange(wait, Math.Max(1, every - 999), every);
                if (round > 0) Assert.Equal(every, wait);
                now += wait;
                moments.Add(now % Math.Min(every, 1_000));
            }
            // One that wakes late is with the others again the next time.
            now += every / 3;
            moments.Add((now + (long)SharedBeat.Wait(span, now, 4_711).TotalMilliseconds) % Math.Min(every, 1_000));
        }
        Assert.Single(moments);
    }

    [Fact]
    public void What_is_no_beat_stays_as_it_is()
    {
        foreach (double every in (double[])[1_500, 300, 0.5, 7, 1_000.5])
            Assert.Equal(TimeSpan.FromMilliseconds(every), SharedBeat.Wait(TimeSpan.FromMilliseconds(every), 123, 9));
        Assert.Equal(Timeout.InfiniteTimeSpan, SharedBeat.Wait(Timeout.InfiniteTimeSpan, 123, 9));
        Assert.Equal(TimeSpan.Zero, SharedBeat.Wait(TimeSpan.Zero, 123, 9));
    }

    [Fact]
    public void Processes_side_by_side_have_moments_of_their_own() => Assert.Equal(100,
        Enumerable.Range(1_000, 100).Select(process => SharedBeat.Wait(TimeSpan.FromSeconds(1), 0, process)).Distinct().Count());
}
