using Ringwright.Calls;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Telnyx;

public sealed class WebhookDeliveryTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static readonly CustomSipHeader[] Headers = [new("content-type", "application/json")];

    /// <summary>An event of a leg, delivered at the second attempt or given up after it.</summary>
    private async Task<string> DeliverAsync(uint counter, bool isDelivered)
    {
        string application = await host.ApplicationAsync($"deliver-{counter}");
        await host.LegAsync(application, counter);
        var stop = TestContext.Current.CancellationToken;
        var entry = (await host.Store.Outbox.ListPendingAsync(0, 100, stop))[^1];
        var at = host.Time.GetUtcNow();
        var failed = new DeliveryAttempt
        {
            Number = 1, Url = entry.Url, IsDelivered = false, StartedAt = at, FinishedAt = at.AddSeconds(1), Errors = [75500],
            RequestHeaders = Headers, ResponseStatus = 500, ResponseHeaders = Headers, ResponseBody = "oops"
        };
        await host.Store.Outbox.RecordAsync(entry.Tenant, entry.Id, failed, new OutboxStep.Again(at.AddSeconds(2), false, 1), stop);
        var last = failed with
        {
            Number = 2,
            IsDelivered = isDelivered,
            StartedAt = at.AddSeconds(2),
            FinishedAt = at.AddSeconds(3),
            Errors = isDelivered ? [] : [75002],
            ResponseStatus = isDelivered ? 200 : null
        };
        await host.Store.Outbox.RecordAsync(entry.Tenant, entry.Id, last,
            isDelivered ? new OutboxStep.Delivered() : new OutboxStep.GivenUp(), stop);
        return entry.Id.ToString();
    }

    [Fact]
    public async Task A_delivery_shows_its_event_and_its_attempts_newest_first()
    {
        string id = await DeliverAsync(1, isDelivered: true);
        var list = await host.SendAsync("GET", $"/v2/webhook_deliveries?filter[webhook][contains]={id}");
        Assert.True(list.Status == 200, list.Text);
        var delivery = Assert.Single(list.List)!;
        Assert.Equal(("webhook_delivery", "delivered", host.Tenant.ToString()),
            ((string?)delivery["record_type"], (string?)delivery["status"], (string?)delivery["user_id"]));
        Assert.Equal((id, "call.initiated", "event"), ((string?)delivery["webhook"]!["id"], (string?)delivery["webhook"]!["event_type"],
            (string?)delivery["webhook"]!["record_type"]));

        var attempts = delivery["attempts"]!.AsArray();
        Assert.Equal(["delivered", "failed"], attempts.Select(a => (string?)a!["status"]));
        Assert.Equal("[75500]", attempts[1]!["errors"]!.ToJsonString());
        Assert.Equal("""[["content-type","application/json"]]""", attempts[1]!["http"]!["request"]!["headers"]!.ToJsonString());
        Assert.Equal((500, "oops"),
            ((int?)attempts[1]!["http"]!["response"]!["status"], (string?)attempts[1]!["http"]!["response"]!["body"]));

        var one = await host.SendAsync("GET", $"/v2/webhook_deliveries/{delivery["id"]}");
        Assert.Equal(delivery.ToJsonString(), one.Data.ToJsonString());
        (await host.SendAsync("GET", $"/v2/webhook_deliveries/{delivery["id"]}", key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
    }

    [Fact]
    public async Task Deliveries_are_filtered()
    {
        string good = await DeliverAsync(2, isDelivered: true), bad = await DeliverAsync(3, isDelivered: false);
        var failed = await host.SendAsync("GET", "/v2/webhook_deliveries?filter[status][eq]=failed");
        Assert.Equal(bad, (string?)Assert.Single(failed.List)!["webhook"]!["id"]);
        Assert.Null(failed.List[0]!["attempts"]![0]!["http"]!["response"]);
        Assert.Equal(bad, (string?)Assert.Single(
            (await host.SendAsync("GET", "/v2/webhook_deliveries?filter[attempts][contains]=75002")).List)!["webhook"]!["id"]);
        Assert.Contains(good, (await host.SendAsync("GET", "/v2/webhook_deliveries?filter[event_type]=call.initiated")).Text);
        Assert.Empty((await host.SendAsync("GET", "/v2/webhook_deliveries?filter[event_type]=call.hangup")).List);
        Assert.Empty((await host.SendAsync("GET", "/v2/webhook_deliveries?filter[started_at][gte]=2030-01-01T00:00:00Z")).List);
        Assert.Empty((await host.SendAsync("GET", "/v2/webhook_deliveries?filter[finished_at][lte]=2020-01-01T00:00:00Z")).List);
        Assert.Equal(400, (await host.SendAsync("GET", "/v2/webhook_deliveries?filter[started_at][gte]=soon")).Status);
        // As programs in .NET and Java write that there is no end.
        Assert.NotEmpty((await host.SendAsync("GET",
            "/v2/webhook_deliveries?filter[started_at][lte]=9999-12-31T23:59:59.9999999Z")).List);
    }

    [Fact]
    public async Task A_delivery_that_is_not_there_is_not_found()
    {
        (await host.SendAsync("GET", "/v2/webhook_deliveries/00000000-0000-4000-8000-000000000000")).Refuses(404, "10005");
        (await host.SendAsync("GET", "/v2/webhook_deliveries/nonsense")).Refuses(404, "10005");
    }

    [Fact]
    public async Task A_replay_is_asked_for_by_the_delivery_or_the_event_and_by_its_own_account_alone()
    {
        string first = await DeliverAsync(4, isDelivered: true), second = await DeliverAsync(5, isDelivered: true);
        string delivery =
            (string)(await host.SendAsync("GET", $"/v2/webhook_deliveries?filter[webhook][contains]={first}")).List[0]!["id"]!;
        (await host.SendAsync("POST", $"/v2/webhook_deliveries/{delivery}/actions/replay", key: TelnyxHost.OtherTenantKey))
            .Refuses(404, "10005");
        (await host.SendAsync("POST", "/v2/webhook_deliveries/00000000-0000-4000-8000-000000000000/actions/replay")).Refuses(404, "10005");

        var begun = await host.SendAsync("POST", $"/v2/webhook_deliveries/{delivery}/actions/replay");
        Assert.True(begun.Status == 200, begun.Text);
        Assert.Equal(delivery, (string?)begun.Data["id"]);
        Assert.Equal(second,
            (string?)(await host.SendAsync("POST", $"/v2/webhook_deliveries/{second}/actions/replay")).Data["webhook"]!["id"]);
        (await host.SendAsync("POST", $"/v2/webhook_deliveries/{delivery}/actions/replay")).Refuses(422, "10015");

        var entry = (await host.Store.Outbox.ListPendingAsync(0, 100, TestContext.Current.CancellationToken))
            .Single(e => e.Id.ToString() == first);
        Assert.Equal((2, "https://93.184.216.34/hooks"), (entry.Attempts, entry.Url));
    }
}
