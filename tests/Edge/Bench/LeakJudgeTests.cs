using Ringwright.Bench.Soak.Judging;

namespace Ringwright.Edge.Bench;

public sealed class LeakJudgeTests
{
    private static readonly Dictionary<string, double> Empty = Bounds.Empty.ToDictionary(name => name, _ => 0.0);

    private static Sample Look(double seconds, long calls, double resident = 200, double heap = 40, int id = 1, int threads = 30,
        int files = 50, int ports = 100) =>
        new(TimeSpan.FromSeconds(seconds), calls,
            new Dictionary<string, ProcessLevels> { ["api"] = new(id, resident, threads, files, ports, heap) }, Empty);

    /// <summary>Half an hour with two looks a minute and four calls a second.</summary>
    private static List<Sample> Run(Func<long, double> resident, Func<long, double>? heap = null) =>
        [.. Enumerable.Range(0, 60).Select(i => Look(30 * i, 120 * i, resident(120 * i), heap?.Invoke(120 * i) ?? 40))];

    [Fact]
    public void A_line_is_found_by_least_squares()
    {
        var line = Trend.Of([(0, 1), (1, 3), (2, 5), (3, 7)]);
        Assert.Equal((2, 1, 21), (line.Slope, line.Start, line.At(10)));
        Assert.Equal(0, Trend.Of([(5, 7)]).Slope);
        Assert.Equal(default, Trend.Of([]));
    }

    [Fact]
    public void Of_each_stretch_the_lowest_point_counts()
    {
        (double, double)[] points = [(0, 9), (1, 4), (2, 8), (3, 6), (4, 5), (5, 9)];
        Assert.Equal([(1, 4), (4, 5)], Trend.Lows(points, 2));
        Assert.Equal(points, Trend.Lows(points, 6));
    }

    [Fact]
    public void A_node_that_is_empty_again_has_kept_nothing() =>
        Assert.Empty(LeakJudge.Judge(Look(0, 0), Run(_ => 200), Look(1_900, 7_200)));

    [Theory]
    [InlineData("ringwright_legs_active", 1)]
    [InlineData("ringwright_media_ports_open", 2)]
    [InlineData("ringwright_gate_legs", -1)]
    [InlineData("ringwright_timers_queued", 5_000)]
    public void A_gauge_that_has_not_come_back_is_a_leak(string name, double value)
    {
        var end = Look(1_900, 7_200) with { Gauges = new Dictionary<string, double>(Empty) { [name] = value } };
        Assert.Equal(name, Assert.Single(LeakJudge.Judge(Look(0, 0), Run(_ => 200), end)).What);
    }

    [Fact]
    public void Handles_may_grow_by_a_few_and_no_more()
    {
        Assert.Empty(LeakJudge.Handles(Look(0, 0),
            Look(1, 0, threads: 30 + Bounds.Threads, files: 50 + Bounds.Files, ports: Bounds.Ports)));
        Assert.Equal(["UDP sockets", "threads", "open files"], LeakJudge.Handles(Look(0, 0),
            Look(1, 0, threads: 31 + Bounds.Threads, files: 51 + Bounds.Files, ports: Bounds.Ports + 1)).Select(l => l.What));
    }

    [Fact]
    public void Ten_kilobytes_a_call_are_a_leak()
    {
        var found = LeakJudge.Memory("api", Run(calls => 200 + calls * 0.010));
        Assert.Equal("resident memory", Assert.Single(found).What);
        Assert.Equal("heap", Assert.Single(LeakJudge.Memory("api", Run(_ => 200, calls => 40 + calls * 0.010))).What);
    }

    [Fact]
    public void Waves_between_collections_are_none()
    {
        var luck = new Random(5);
        Assert.Empty(LeakJudge.Memory("api", Run(_ => 200 + luck.Next(80), _ => 30 + luck.Next(60))));
    }

    [Fact]
    public void A_short_run_tells_nothing_about_growth()
    {
        var run = Run(calls => 200 + calls * 0.1).Take(3).ToList();
        Assert.Empty(LeakJudge.Memory("api", run));
    }

    [Fact]
    public void A_process_that_was_started_anew_is_judged_by_its_longest_life()
    {
        // The second life fills its caches from nothing: no leak.
        List<Sample> run = [.. Run(_ => 200),
            .. Enumerable.Range(60, 20).Select(i => Look(30 * i, 120 * i, resident: 60 + 5 * (i - 60), id: 2))];
        Assert.Empty(LeakJudge.Memory("api", run));
        Assert.Equal(60, LeakJudge.LongestLife("api", run).Count);
    }
}
