using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Edge.Telnyx;

/// <summary>Queues that an account makes before anybody waits in them.</summary>
public sealed class KeptQueueTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private Task<Answer> MakeAsync(string name, string more = "") =>
        host.SendAsync("POST", "/v2/queues", $$"""{"queue_name":"{{name}}"{{more}}}""");

    [Fact]
    public async Task A_queue_is_made_listed_resized_and_deleted()
    {
        var made = await MakeAsync("tier_1", ""","max_size":5""");
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(("tier_1", 5, 0, "queue"), ((string?)made.Data["name"], (int)made.Data["max_size"]!,
            (int)made.Data["current_size"]!, (string?)made.Data["record_type"]));
        (await MakeAsync("tier_1")).Refuses(422, "10012", "/queue_name");
        Assert.Equal(QueueFacts.UsualMaxSize, (int)(await MakeAsync("as usual")).Data["max_size"]!);

        Assert.Equal(7, (int)(await host.SendAsync("POST", "/v2/queues/tier_1", """{"max_size":7}""")).Data["max_size"]!);
        var read = await host.SendAsync("GET", "/v2/queues/tier_1");
        Assert.Equal(((string?)made.Data["id"], 7), ((string?)read.Data["id"], (int)read.Data["max_size"]!));
        Assert.Empty((await host.SendAsync("GET", "/v2/queues/tier_1/calls")).List);
        var listed = await host.SendAsync("GET", "/v2/queues?page[size]=250");
        Assert.True(listed.Status == 200, listed.Text);
        Assert.Contains(listed.List, queue => (string?)queue!["name"] == "tier_1");
        Assert.Equal(listed.List.Count, (int)listed.Body["meta"]!["total_results"]!);

        (await host.SendAsync("GET", "/v2/queues/tier_1", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", "/v2/queues/tier_1", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        Assert.Equal(204, (await host.SendAsync("DELETE", "/v2/queues/tier_1")).Status);
        (await host.SendAsync("GET", "/v2/queues/tier_1")).Refuses(404, "10005");
        (await host.SendAsync("POST", "/v2/queues/tier_1", """{"max_size":7}""")).Refuses(404, "10005");
    }

    [Theory]
    [InlineData("{}", "10004", "/queue_name"), InlineData("""{"queue_name":""}""", "10025", "/queue_name")]
    [InlineData("""{"queue_name":"q","max_size":0}""", "10033", "/max_size")]
    [InlineData("""{"queue_name":"q","max_size":10001}""", "10033", "/max_size")]
    public async Task A_queue_that_cannot_be_is_refused(string body, string code, string pointer) =>
        (await host.SendAsync("POST", "/v2/queues", body)).Refuses(422, code, pointer);

    [Fact]
    public async Task A_call_is_put_in_by_the_size_that_the_queue_was_made_with()
    {
        Assert.Equal(200, (await MakeAsync("tier_2", ""","max_size":5""")).Status);
        string path = $"/v2/calls/{host.Ids.CallControl(host.Tenant, Samples.Leg)}/actions/enqueue";
        foreach (string size in (string[])["", ""","max_size":5"""])
        {
            var put = await host.SendAsync("POST", path, $$"""{"queue_name":"tier_2"{{size}}}""");
            Assert.True(put.Status == 200, put.Text);
            Assert.Equal(5, Assert.IsType<LegCommand.Enqueue>(host.Calls.Last).MaxSize);
        }
        (await host.SendAsync("POST", path, """{"queue_name":"tier_2","max_size":6}""")).Refuses(422, "90037", "/max_size");
    }

    [Fact]
    public async Task One_in_which_calls_wait_stays_as_it_is()
    {
        Assert.Equal(200, (await MakeAsync("tier_3", ""","max_size":5""")).Status);
        var (caller, _) = await host.LegAsync(await host.ApplicationAsync("tier 3"), 660);
        var queue = new QueueFacts(new(LegId.Compose(1, 0, 1, 660, 9).Value), Guid.NewGuid(), host.Tenant, "tier_3", 5, host.Now);
        Assert.True(await host.Ledger.AppendAsync(new QueueEvent.QueueBegan { Queue = queue, At = host.Now }));
        Assert.True(await host.Ledger.AppendAsync(new CallEvent.LegEnqueued(queue.Id, queue.Name, 1)
        {
            Leg = caller, At = host.Now, Position = 1, AverageWait = TimeSpan.Zero,
        }));
        Assert.Equal(1, (int)(await host.SendAsync("GET", "/v2/queues/tier_3")).Data["current_size"]!);
        (await host.SendAsync("POST", "/v2/queues/tier_3", """{"max_size":9}""")).Refuses(422, "90037", "/max_size");
        (await host.SendAsync("DELETE", "/v2/queues/tier_3")).Refuses(422, "10021");
    }
}
