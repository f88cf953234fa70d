using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

/// <summary>Many webhooks once more, and how an account's webhooks are tried again.</summary>
public sealed class WebhookReplayTests(TelnyxHost host) : IClassFixture<TelnyxHost>
{
    private static readonly DateTimeOffset Day = new(2025, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>A delivery that was finished so many minutes into the day.</summary>
    private async Task<Guid> FinishAsync(int minute, bool isDelivered = true, string url = "https://93.184.216.34/a",
        string type = "call.answered")
    {
        var at = Day.AddMinutes(minute);
        var message = new OutboxMessage
        {
            Id = Guid.NewGuid(), Tenant = host.Tenant, OrderKey = $"leg {minute}", Format = "telnyx", EventType = type, Url = url,
            OccurredAt = at, Body = "{}", Retries = RetrySchedule.Long,
        };
        await host.Store.Outbox.AddAsync([message], Stop);
        var attempt = new DeliveryAttempt
        {
            Number = 1, Url = url, IsDelivered = isDelivered, StartedAt = at, FinishedAt = at, ResponseStatus = isDelivered ? 200 : 404
        };
        await host.Store.Outbox.RecordAsync(host.Tenant, message.Id, attempt,
            isDelivered ? new OutboxStep.Delivered() : new OutboxStep.GivenUp(), Stop);
        return message.Id;
    }

    private async Task<JsonObject> ReplayAsync(string filter)
    {
        var made = await host.SendAsync("POST", "/v2/webhook_replays", filter);
        Assert.True(made.Status == 200, made.Text);
        Assert.Equal(("webhook_replay", "pending"), ((string?)made.Data["record_type"], (string?)made.Data["status"]));
        return await Eventually.SomeAsync(async () =>
            (await host.SendAsync("GET", $"/v2/webhook_replays/{made.Data["id"]}")).Data is var now
            && (string?)now["status"] is not ("pending" or "running") ? now : null, "the replay is over");
    }

    private async Task<Guid[]> PendingAsync() =>
        [.. (await host.Store.Outbox.ListPendingAsync(0, 1_000, Stop)).Where(e => e.Attempts > 0).OrderBy(e => e.Seq).Select(e => e.Id)];

    [Fact]
    public async Task Deliveries_are_sent_again_by_time_status_url_and_event_type()
    {
        Guid first = await FinishAsync(1), failed = await FinishAsync(2, isDelivered: false),
            elsewhere = await FinishAsync(3, url: "https://93.184.216.34/b?x=1"), hangup = await FinishAsync(4, type: "call.hangup");

        var one = await ReplayAsync("""{"finished_at":{"gte":"2025-03-01T12:00:00Z","lte":"2025-03-01T12:01:00Z"}}""");
        Assert.Equal(("complete", 1, 0, 1, 1),
            ((string?)one["status"], (int?)one["replayed"], (int?)one["skipped"], (int?)one["done"], (int?)one["total"]));
        Assert.Equal([first], await PendingAsync());
        Assert.Equal(RetrySchedule.Long, (await host.Store.Outbox.FindAsync(host.Tenant, first, Stop))!.Retries);

        await ReplayAsync("""{"status":"failed"}""");
        Assert.Equal([first, failed], await PendingAsync());
        await ReplayAsync("""{"url":"https://93.184.216.34/B*"}""");
        Assert.Equal([first, failed, elsewhere], await PendingAsync());
        Assert.Equal(0, (int?)(await ReplayAsync("""{"url":"https://93.184.216.34/b"}"""))["total"]);
        Assert.Equal(0, (int?)(await ReplayAsync("""{"event_type":"call%"}"""))["total"]);
        await ReplayAsync("""{"event_type":"call.h*","started_at":{"gte":"2025-03-01T12:04:00Z"}}""");
        Assert.Equal([first, failed, elsewhere, hangup], await PendingAsync());

        // All of them again: what is under way stays as it is.
        var all = await ReplayAsync("{}");
        Assert.Equal((0, 4), ((int?)all["replayed"], (int?)all["skipped"]));
        var list = await host.SendAsync("GET", "/v2/webhook_replays?page[size]=2");
        Assert.Equal(2, list.List.Count);
        Assert.Contains((string?)all["id"], (await host.SendAsync("GET", "/v2/webhook_replays?page[size]=250")).List
            .Select(r => (string?)r!["id"]));
    }

    [Theory]
    [InlineData("""{"status":"lost"}""", 422)]
    [InlineData("""{"finished_at":{"gte":"soon"}}""", 422)]
    [InlineData("""{"finished_at":"2025-03-01T12:00:00Z"}""", 422)]
    [InlineData("""{"finished_at":{"after":"2025-03-01T12:00:00Z"}}""", 422)]
    [InlineData("""{"leg":"x"}""", 422)]
    public async Task What_cannot_be_meant_is_refused(string filter, int status)
    {
        var answer = await host.SendAsync("POST", "/v2/webhook_replays", filter);
        Assert.True(answer.Status == status, answer.Text);
    }

    [Fact]
    public async Task A_replay_is_its_accounts_own_and_over_when_it_is_over()
    {
        var made = await host.SendAsync("POST", "/v2/webhook_replays", """{"event_type":"none.such"}""");
        string path = $"/v2/webhook_replays/{made.Data["id"]}";
        (await host.SendAsync("GET", path, key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("DELETE", path, key: TelnyxHost.OtherTenantKey)).Refuses(404, "10005");
        (await host.SendAsync("GET", "/v2/webhook_replays/nonsense")).Refuses(404, "10005");
        await Eventually.SomeAsync(async () => (string?)(await host.SendAsync("GET", path)).Data["status"] is "complete" ? path : null,
            "it is over");
        (await host.SendAsync("DELETE", path)).Refuses(422, "10015");
    }

    [Fact]
    public async Task The_account_chooses_the_schedule_and_an_application_may_choose_another()
    {
        Assert.Equal("short", (string?)(await host.SendAsync("GET", "/v2/webhook_settings")).Data["retry_schedule"]);
        Assert.Equal(422, (await host.SendAsync("PATCH", "/v2/webhook_settings", """{"retry_schedule":"never"}""")).Status);
        Assert.Equal(422, (await host.SendAsync("PATCH", "/v2/webhook_settings", "{}")).Status);
        Assert.Equal("long",
            (string?)(await host.SendAsync("PATCH", "/v2/webhook_settings", """{"retry_schedule":"long"}""")).Data["retry_schedule"]);
        Assert.Equal("long", (string?)(await host.SendAsync("GET", "/v2/webhook_settings")).Data["retry_schedule"]);
        Assert.Equal("short",
            (string?)(await host.SendAsync("GET", "/v2/webhook_settings", key: TelnyxHost.OtherTenantKey)).Data["retry_schedule"]);

        Assert.Equal(RetrySchedule.Long, await ScheduleAsync("silent", "", 901));
        Assert.Equal(RetrySchedule.Short, await ScheduleAsync("brief", ""","webhook_retry_schedule":"short" """, 902));
        await host.SendAsync("PATCH", "/v2/webhook_settings", """{"retry_schedule":"short"}""");
        Assert.Equal(RetrySchedule.Short, await ScheduleAsync("silent again", ""","webhook_retry_schedule":null""", 903));
        Assert.Equal(RetrySchedule.Long, await ScheduleAsync("patient", ""","webhook_retry_schedule":"long" """, 904));
        (await host.SendAsync("POST", "/v2/call_control_applications",
            """{"application_name":"odd","webhook_event_url":"https://93.184.216.34/h","webhook_retry_schedule":"often"}"""))
            .Refuses(422, "10032", "/webhook_retry_schedule");
    }

    /// <summary>By which the first webhook of an application's call is tried again.</summary>
    private async Task<RetrySchedule> ScheduleAsync(string name, string more, uint counter)
    {
        await host.LegAsync(await host.ApplicationAsync(name, more), counter);
        return (await host.Store.Outbox.ListPendingAsync(0, 1_000, Stop))[^1].Retries;
    }
}
