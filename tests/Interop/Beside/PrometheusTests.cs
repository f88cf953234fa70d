using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Interop.Beside;

/// <summary>The dashboard and the alert rules of <c>deploy/</c>, by a real Prometheus that scrapes a node with calls.</summary>
[Depth("the gate holds each metric of these files against those of a node")]
public sealed partial class PrometheusTests
{
    private const string OperatorKey = "opk_prometheus_reads_metrics_0123456789";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Its_own_tool_finds_nothing_wrong_with_rules_and_settings()
    {
        Tool.Require("promtool");
        string rules = Repository.PathOf("deploy", "prometheus", "alerts.yml");
        var (status, said) = await Daemon.RunAsync("promtool", "check", "rules", rules);
        Assert.True(status == 0, said);
        Assert.Contains($"{AlertsIn(rules)} rules found", said, StringComparison.Ordinal);

        using var folder = new TempFolder();
        File.Copy(rules, folder.File("alerts.yml"));
        await File.WriteAllTextAsync(folder.File("key"), OperatorKey, Stop);
        string settings = await File.ReadAllTextAsync(Repository.PathOf("deploy", "container", "prometheus.yml"), Stop);
        await File.WriteAllTextAsync(folder.File("prometheus.yml"),
            settings.Replace("/run/secrets/operator_key", folder.File("key"), StringComparison.Ordinal), Stop);
        (status, said) = await Daemon.RunAsync("promtool", "check", "config", folder.File("prometheus.yml"));
        Assert.True(status == 0, said);
    }

    [Fact]
    public async Task Each_query_of_the_dashboard_has_an_answer_and_a_node_that_is_gone_is_told()
    {
        Tool.Require("prometheus");
        await using var node = new RunningNode("--api-rate", "100000", "--operator-key", OperatorKey);
        await node.InitializeAsync();
        await using var customer = await Customer.CreateAsync(node, 0);
        await CallAsync(node, customer.Number);
        // A call that is refused, and nonsense.
        await using (var stranger = new Phone(node, 500)) await RefusedAsync(stranger);
        using (var nonsense = new UdpClient())
            await nonsense.SendAsync("INVITE nonsense\r\n\r\n"u8.ToArray(), new IPEndPoint(IPAddress.Loopback, node.SipPort), Stop);

        string rules = Repository.PathOf("deploy", "prometheus", "alerts.yml");
        var folder = new TempFolder();
        await File.WriteAllTextAsync(folder.File("key"), OperatorKey, Stop);
        string scrape = (await File.ReadAllTextAsync(Repository.PathOf("deploy", "prometheus", "scrape.yml"), Stop))
            .Replace("127.0.0.1:8081", node.Admin.Authority, StringComparison.Ordinal)
            .Replace("/etc/prometheus/ringwright-operator-key", folder.File("key"), StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("prometheus.yml"), $$"""
            global: { scrape_interval: 1s, evaluation_interval: 1s }
            rule_files: ["{{rules}}"]
            scrape_configs:
            """ + '\n' + scrape, Stop);
        using var asked = new HttpClient { BaseAddress = new($"http://127.0.0.1:{FreePort.Tcp()}") };
        await using var prometheus = new Daemon(folder, "prometheus", "--config.file=" + folder.File("prometheus.yml"),
            "--storage.tsdb.path=" + folder.File("data"), "--web.listen-address=" + asked.BaseAddress.Authority);
        await prometheus.AnswersAsync(asked, "/-/ready");

        var dashboard = JsonNode.Parse(await File.ReadAllTextAsync(Repository.PathOf("deploy", "grafana", "ringwright.json"), Stop))!;
        string[] queries = [.. dashboard["panels"]!.AsArray().SelectMany(panel => panel!["targets"]!.AsArray())
            .Select(target => (string)target!["expr"]!)];
        Assert.InRange(queries.Length, 20, int.MaxValue);
        foreach (string query in queries)
        {
            JsonNode? last = null;
            await Eventually.SomeAsync(async () =>
            {
                last = await AskAsync(asked, "query?query=" + Uri.EscapeDataString(query));
                return last["result"]!.AsArray().Count > 0 ? last : null;
            }, () => $"{query} has a series: {last}\n{prometheus.Output}");
        }

        var loaded = (await AskAsync(asked, "rules"))["groups"]!.AsArray().SelectMany(group => group!["rules"]!.AsArray()).ToList();
        Assert.Equal(AlertsIn(rules), loaded.Count);
        Assert.All(loaded, rule => Assert.Equal(("ok", "inactive"), ((string?)rule!["health"], (string?)rule["state"])));
        await node.KillAsync();
        await Eventually.SomeAsync(async () =>
            (await AskAsync(asked, "alerts"))["alerts"]!.AsArray()
                .FirstOrDefault(alert => (string?)alert!["labels"]!["alertname"] is "RingwrightDown"), "its end is told");
    }

    private static async Task CallAsync(RunningNode node, string number)
    {
        await using var phone = new Phone(node, 450);
        phone.Call(number);
        await Task.Delay(500, Stop);
        await using var echo = new Phone(node, 400);
        echo.Call(RunningNode.EchoNumber);
        await Eventually.TrueAsync(() => echo.IsUp, "the echo answers");
        echo.Hangup();
    }

    private static async Task RefusedAsync(Phone phone)
    {
        phone.Call("+15559999999");
        await Task.Delay(500, Stop);
        Assert.False(phone.IsUp);
    }

    private static int AlertsIn(string rules) => Alert().Count(File.ReadAllText(rules));

    private static async Task<JsonNode> AskAsync(HttpClient http, string what) =>
        JsonNode.Parse(await http.GetStringAsync("/api/v1/" + what, Stop))!["data"]!;

    [GeneratedRegex(@"- alert: ")]
    private static partial Regex Alert();
}
