using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Server.Telemetry;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

public sealed partial class MetricsReferenceTests
{
    [Fact]
    public async Task The_page_lists_every_metric_of_the_product()
    {
        string page = File.ReadAllText(Repository.PathOf("docs", "reference", "metrics.md"));
        var names = await ListAsync();
        Assert.Contains("ringwright_gate_legs", names);
        Assert.All(names, name => Assert.Contains($"`{name}`", page));
    }

    [Theory, InlineData("deploy/grafana/ringwright.json", 20), InlineData("deploy/prometheus/alerts.yml", 10)]
    public async Task What_is_deployed_beside_a_node_asks_for_metrics_that_it_has(string file, int least)
    {
        var asked = Asked().Matches(await File.ReadAllTextAsync(Repository.PathOf(file), TestContext.Current.CancellationToken))
            .Select(found => found.Value).ToHashSet(StringComparer.Ordinal);
        Assert.True(asked.Count >= least, $"{file} asks for {asked.Count} metrics");
        var there = await ListAsync();
        Assert.All(asked, name => Assert.True(there.Contains(Suffix().Replace(name, "")) || there.Contains(name), name));
    }

    [Fact]
    public async Task The_first_scrape_has_each_metric_that_an_alert_watches()
    {
        await using var node = await RunningNode.StartAsync();
        var stop = TestContext.Current.CancellationToken;
        string scrape = await node.Admin.GetStringAsync("/metrics", stop);
        string alerts = await File.ReadAllTextAsync(Repository.PathOf("deploy/prometheus/alerts.yml"), stop);
        Assert.All(Asked().Matches(alerts).Select(found => found.Value), name => Assert.Contains($"\n{name}", scrape));
    }

    [Fact]
    public void Each_panel_of_the_dashboard_has_a_title_a_place_of_its_own_and_a_query()
    {
        var panels = JsonNode.Parse(File.ReadAllText(Repository.PathOf("deploy", "grafana", "ringwright.json")))!["panels"]!.AsArray();
        Assert.NotEmpty(panels);
        Assert.Equal(panels.Count, panels.Select(panel => (int)panel!["id"]!).Distinct().Count());
        Assert.Equal(panels.Count, panels.Select(panel => panel!["gridPos"]!.ToJsonString()).Distinct().Count());
        foreach (var panel in panels)
        {
            Assert.NotEmpty((string)panel!["title"]!);
            foreach (string query in panel["targets"]!.AsArray().Select(target => (string)target!["expr"]!))
                foreach (var (open, close) in new[] { ('(', ')'), ('[', ']'), ('{', '}') })
                    Assert.Equal(query.Count(c => c == open), query.Count(c => c == close));
        }
    }

    [GeneratedRegex(@"ringwright_[a-z_]+[a-z](?=[\[{ )\\""<>=\n])")]
    private static partial Regex Asked();

    /// <summary>What a histogram is made of.</summary>
    [GeneratedRegex("_(bucket|sum|count)$")]
    private static partial Regex Suffix();

    /// <summary>The metrics of a whole node and of all projects, under the names that a scrape has.</summary>
    private static async Task<HashSet<string>> ListAsync()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Name.StartsWith("ringwright.", StringComparison.Ordinal)
                    && !instrument.Meter.Name.Contains("Tests", StringComparison.Ordinal))
                lock (names) names.Add(new MetricFamily(instrument).Name);
        };
        listener.Start();
        // A whole node has those too that belong to its parts.
        await using var node = await RunningNode.StartAsync();
        lock (names) return [.. names];
    }
}
