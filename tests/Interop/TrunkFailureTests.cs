using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>Trunks that are other programs, one of which dies and comes back.</summary>
public sealed class TrunkFailureTests(RunningNode node)
{
    private const string Prefix = "+1555967";
    private static readonly TimeSpan TimeOut = TimeSpan.FromSeconds(4);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_trunk_that_has_died_costs_one_call_its_time_out_and_has_calls_again_when_it_answers()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        var (first, second) = (FreePort.Udp(), FreePort.Udp());
        string dying = await AddAsync("dying", first, priority: 1);
        await AddAsync("lasting", second, priority: 2);

        // Each takes one call and is gone.
        using (var carrier = Sipp.ListenAt(first, "uas-busy"))
        {
            await DialAsync(customer);
            await carrier.SucceedsAsync();
        }
        Assert.True(await TakesCallAsync(customer, second) >= TimeOut, "the dead trunk was not tried");
        Assert.True(await TakesCallAsync(customer, second) < TimeOut, "the dead trunk has cost a second call its time-out");

        string explained = (await OperateAsync(HttpMethod.Get,
            $"routes/explain?from={Uri.EscapeDataString(customer.Number)}&to={Uri.EscapeDataString(Prefix + "1234")}")).ToJsonString();
        Assert.Contains("Trunk dying has failed calls and is passed over for", explained, StringComparison.Ordinal);
        Assert.Contains("passed over until", await node.RunAsync("trunk", "list"), StringComparison.Ordinal);

        await OperateAsync(HttpMethod.Patch, $"trunks/{dying}", new() { ["probe_seconds"] = 1 });
        using (var carrier = Sipp.ListenAt(first, "uas-options")) await carrier.SucceedsAsync();
        await Eventually.SomeAsync(async () =>
        {
            var shown = await OperateAsync(HttpMethod.Get, $"trunks/{dying}");
            return (string?)shown["targets"]![0]!["state"] is "up" ? "up" : null;
        }, "the trunk is up again");
        await OperateAsync(HttpMethod.Patch, $"trunks/{dying}", new() { ["probe_seconds"] = 0 });
        Assert.True(await TakesCallAsync(customer, first) < TimeOut, "the trunk that is back has no call");
    }

    private async Task<TimeSpan> TakesCallAsync(Customer customer, int port)
    {
        using var carrier = Sipp.ListenAt(port, "uas-busy");
        var watch = Stopwatch.StartNew();
        await DialAsync(customer);
        await carrier.SucceedsAsync();
        return watch.Elapsed;
    }

    private static async Task DialAsync(Customer customer)
    {
        await customer.SendAsync(HttpMethod.Post, "calls",
            new() { ["connection_id"] = customer.Application, ["to"] = Prefix + "1234", ["from"] = customer.Number });
        Assert.Equal("user_busy", (string?)(await customer.NextAsync("call.hangup"))["hangup_cause"]);
    }

    private async Task<string> AddAsync(string name, int port, int priority)
    {
        var trunk = await OperateAsync(HttpMethod.Post, "trunks", new()
        {
            ["name"] = name, ["host"] = "127.0.0.1", ["port"] = port, ["probe_seconds"] = 0, ["sources"] = new JsonArray("127.9.9.9"),
        });
        string id = (string)trunk["id"]!;
        await OperateAsync(HttpMethod.Post, "routes", new() { ["trunk_id"] = id, ["prefix"] = Prefix, ["priority"] = priority });
        return id;
    }

    private async Task<JsonNode> OperateAsync(HttpMethod method, string path, JsonObject? body = null)
    {
        using var http = new HttpClient();
        using var asked = new HttpRequestMessage(method, new Uri(node.Admin, "operator/v1/" + path));
        if (body is not null)
            asked.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var answer = await http.SendAsync(asked, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }
}
