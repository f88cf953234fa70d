using System.Diagnostics.Metrics;
using Ringwright.Server.Telemetry;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed class MetricStoreTests : IDisposable
{
    private readonly MetricStore _store = new();
    private readonly Meter _meter = new("Ringwright.Tests." + Guid.NewGuid());

    public void Dispose()
    {
        _store.Dispose();
        _meter.Dispose();
    }

    private string[] Lines(string name) =>
        [.. PrometheusText.Write(_store.Collect()).Split('\n').Where(l => l.Contains(name, StringComparison.Ordinal))];

    [Fact]
    public void An_instrument_whose_owner_is_gone_does_not_hide_the_others()
    {
        _meter.CreateObservableGauge("ringwright.test.gone", (Func<int>)(() => throw new ObjectDisposedException("the owner")));
        _meter.CreateObservableGauge("ringwright.test.there", () => 7);
        Assert.Contains("ringwright_test_there 7", Lines("test_there"));
    }

    [Fact]
    public void A_counter_sums_per_tag_set()
    {
        var counter = _meter.CreateCounter<long>("ringwright.test.counted", description: "what was counted");
        counter.Add(2);
        counter.Add(1, new KeyValuePair<string, object?>("cause", "busy"));
        counter.Add(3, new KeyValuePair<string, object?>("cause", "busy"));
        Assert.Equal(
        [
            "# HELP ringwright_test_counted_total what was counted",
            "# TYPE ringwright_test_counted_total counter",
            "ringwright_test_counted_total 2",
            "ringwright_test_counted_total{cause=\"busy\"} 4",
        ], Lines("test_counted"));
    }

    [Fact]
    public void A_sum_stands_at_nothing_before_its_first_event_and_one_of_the_framework_does_not()
    {
        var counter = _meter.CreateCounter<long>("ringwright.test.rare");
        Assert.Contains("ringwright_test_rare_total 0", Lines("test_rare"));
        counter.Add(1);
        Assert.Contains("ringwright_test_rare_total 1", Lines("test_rare"));
        var refused = _meter.CreateCounter<long>("ringwright.test.told");
        refused.Add(1, new KeyValuePair<string, object?>("cause", "busy"));
        Assert.Equal(["# TYPE ringwright_test_told_total counter", "ringwright_test_told_total{cause=\"busy\"} 1"], Lines("test_told"));
        using var others = new Meter("Microsoft.Tests");
        others.CreateCounter<long>("others.test.rare");
        Assert.Equal(["# TYPE others_test_rare_total counter"], Lines("others_test_rare"));
    }

    [Fact]
    public void An_up_down_counter_is_a_gauge_that_goes_back()
    {
        var active = _meter.CreateUpDownCounter<int>("ringwright.test.active");
        active.Add(3);
        active.Add(-1);
        Assert.Equal(["# TYPE ringwright_test_active gauge", "ringwright_test_active 2"], Lines("test_active"));
    }

    [Fact]
    public void An_observable_gauge_is_asked_at_each_scrape()
    {
        int now = 1;
        _meter.CreateObservableGauge("ringwright.test.observed", () => now);
        Assert.Contains("ringwright_test_observed 1", Lines("test_observed"));
        now = 7;
        Assert.Contains("ringwright_test_observed 7", Lines("test_observed"));
    }

    [Fact]
    public void A_histogram_has_cumulative_buckets_that_end_in_infinity()
    {
        var took = _meter.CreateHistogram("ringwright.test.took", unit: "s",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] });
        took.Record(0.1);
        took.Record(0.5);
        took.Record(9);
        Assert.Equal(
        [
            "# TYPE ringwright_test_took_seconds histogram",
            "ringwright_test_took_seconds_bucket{le=\"0.1\"} 1",
            "ringwright_test_took_seconds_bucket{le=\"1\"} 2",
            "ringwright_test_took_seconds_bucket{le=\"+Inf\"} 3",
            "ringwright_test_took_seconds_sum 9.6",
            "ringwright_test_took_seconds_count 3",
        ], Lines("test_took"));
    }

    /// <summary>As the instruments of the framework are where several web servers run.</summary>
    [Fact]
    public void What_several_web_servers_count_with_the_same_labels_is_one_series()
    {
        using Meter one = new("Microsoft.Tests"), other = new("Microsoft.Tests");
        foreach (var (meter, value) in new[] { (one, 2), (other, 3) })
        {
            meter.CreateUpDownCounter<int>("others.test.open").Add(value, new KeyValuePair<string, object?>("method", "GET"));
            meter.CreateHistogram("others.test.lasted", unit: "s",
                advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [2, 10] }).Record(value);
        }
        Assert.Equal(["# TYPE others_test_open gauge", "others_test_open{method=\"GET\"} 5"], Lines("others_test_open"));
        Assert.Equal(
        [
            "# TYPE others_test_lasted_seconds histogram",
            "others_test_lasted_seconds_bucket{le=\"2\"} 1",
            "others_test_lasted_seconds_bucket{le=\"10\"} 2",
            "others_test_lasted_seconds_bucket{le=\"+Inf\"} 2",
            "others_test_lasted_seconds_sum 5",
            "others_test_lasted_seconds_count 2",
        ], Lines("others_test_lasted"));
    }

    [Fact]
    public void Label_values_are_escaped()
    {
        _meter.CreateCounter<int>("ringwright.test.escaped").Add(1, new KeyValuePair<string, object?>("why.not", "a \"b\" \\ c\nd"));
        Assert.Contains("ringwright_test_escaped_total{why_not=\"a \\\"b\\\" \\\\ c\\nd\"} 1", Lines("test_escaped"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public void Tag_sets_beyond_the_limit_are_counted_as_one(int beyond)
    {
        var counter = _meter.CreateCounter<int>("ringwright.test.many");
        var gauge = _meter.CreateGauge<int>("ringwright.test.levels");
        for (int i = 0; i < MetricStore.MaximumSeries + beyond; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("leg", i));
            gauge.Record(1, new KeyValuePair<string, object?>("leg", i));
        }
        string[] lines = Lines("test_many");
        Assert.Equal(MetricStore.MaximumSeries, lines.Count(line => line.Contains("{leg=", StringComparison.Ordinal)));
        string[] rest = beyond == 0 ? [] : [$"ringwright_test_many_total{{overflow=\"true\"}} {beyond}"];
        Assert.Equal(rest, lines.Where(line => line.Contains("overflow", StringComparison.Ordinal)));
        // What stands at some value is no sum.
        Assert.Equal(MetricStore.MaximumSeries, Lines("test_levels").Length - 1);
    }

    [Fact]
    public void Tags_that_are_written_alike_are_one_series()
    {
        var counter = _meter.CreateCounter<int>("ringwright.test.alike");
        counter.Add(1, new KeyValuePair<string, object?>("status", 200));
        counter.Add(1, new KeyValuePair<string, object?>("status", "200"));
        counter.Add(1, new KeyValuePair<string, object?>("state", 200));
        Assert.Equal(["ringwright_test_alike_total{state=\"200\"} 1", "ringwright_test_alike_total{status=\"200\"} 2"],
            Lines("test_alike_total{"));
    }

    [Fact]
    public void Requests_to_customers_are_not_counted_a_second_time_by_the_framework()
    {
        using var meter = new Meter("System.Net.Http");
        // Named as no metric of ours: those of the process are listed by others at the same time.
        meter.CreateCounter<int>("test.unheard").Add(1);
        Assert.Empty(Lines("test_unheard"));
    }

    [Fact]
    public void A_measurement_with_tags_that_are_known_keeps_to_its_budget()
    {
        var counter = _meter.CreateCounter<long>("ringwright.test.tagged");
        object busy = "busy", status = 486;
        void Count()
        {
            for (int i = 0; i < 1_000; i++) counter.Add(1, new("cause", busy), new KeyValuePair<string, object?>("status", status));
        }
        Count();
        AllocationBudget.Holds("metric: with tags", 1_000, Count);
    }

    [Fact]
    public void A_measurement_without_tags_keeps_to_its_budget()
    {
        var counter = _meter.CreateCounter<long>("ringwright.test.hot");
        for (int i = 0; i < 1_000; i++) counter.Add(1);
        AllocationBudget.Holds("metric: without tags", 1_000, () =>
        {
            for (int i = 0; i < 1_000; i++) counter.Add(1);
        });
    }
}
