using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Signatures, retries, failover and order of webhooks. Cases 10 to 12.</summary>
public sealed class WebhookTests(RunningNode node) : CallCase(node)
{
    [Fact] // case 10
    public async Task A_signature_holds_for_exactly_these_bytes_and_this_stamp()
    {
        var customer = await CustomerAsync();
        await RejectedCallAsync(customer);
        foreach (var webhook in customer.Events)
        {
            Assert.True(webhook.IsSignedBy(customer.PublicKey));
            byte[] changed = [.. webhook.Raw];
            changed[^3] ^= 1;
            Assert.False(webhook.IsSignedBy(customer.PublicKey, changed, $"{webhook.Stamp}"));
            Assert.False(webhook.IsSignedBy(customer.PublicKey, webhook.Raw, $"{webhook.Stamp + 1}"));
            Assert.StartsWith("v1,", webhook.Headers["webhook-signature"].ToString(), StringComparison.Ordinal);
            Assert.NotEmpty(webhook.Headers["webhook-id"].ToString());
            Assert.NotEmpty(webhook.Headers["webhook-timestamp"].ToString());
        }
    }

    [Fact] // case 11
    public async Task A_failing_sink_gets_three_attempts_and_then_the_failover_gets_the_event()
    {
        var customer = await CustomerAsync(sink => Patient(new() { ["webhook_event_failover_url"] = sink.Root + "failover" }));
        customer.Sink.React("hooks", 500);
        await RejectedCallAsync(customer);

        var last = await customer.WebhookAsync(w => w.Type == "call.initiated" && w.Url.EndsWith("/failover", StringComparison.Ordinal),
            "the event at the failover URL");
        var attempts = customer.Sink.Taken.Where(w => w.Id == last.Id).ToList();
        Assert.Equal([1, 2, 3, 4], attempts.Select(w => w.Attempt));
        Assert.Equal(["hooks", "hooks", "hooks", "failover"], attempts.Select(w => w.Url[customer.Sink.Root.Length..]));
        Assert.Single(attempts.Select(w => w.Data.ToJsonString()).Distinct());
        // Each attempt is stamped and signed anew: the waits of 1 s and 2 s lie between.
        Assert.True(attempts[2].Stamp > attempts[0].Stamp, "the third attempt has the first one's stamp");

        var delivery = await DeliveryAsync(customer, last.Id, 4);
        Assert.Equal("delivered", (string?)delivery["status"]);
        Assert.Equal("webhook_delivery", (string?)delivery["record_type"]);
        Assert.Equal(last.Id, (string?)delivery["webhook"]!["id"]);
        var listed = delivery["attempts"]!.AsArray();
        Assert.Equal(["[]", "[75500]", "[75500]", "[75500]"], listed.Select(a => a!["errors"]!.ToJsonString()));     // newest first
        Assert.Equal(["delivered", "failed", "failed", "failed"], listed.Select(a => (string?)a!["status"]));
        Assert.Equal(last.Url, (string?)listed[0]!["http"]!["request"]!["url"]);
        Assert.Equal(500, (int)listed[1]!["http"]!["response"]!["status"]!);

        // The single delivery says the same.
        Assert.Equal(4, (await customer.GetAsync($"webhook_deliveries/{delivery["id"]}")).Succeeds().Data["attempts"]!.AsArray().Count);
    }

    [Depth("the gate has a failover behind three attempts, and a sink that never answers")]
    [Fact] // case 11
    public async Task Without_a_failover_three_attempts_are_all()
    {
        var customer = await CustomerAsync(_ => Patient([]));
        customer.Sink.React("hooks", 503);
        await RejectedCallAsync(customer);
        string id = customer.Events.First().Id;
        var delivery = await DeliveryAsync(customer, id, 3);
        Assert.Equal("failed", (string?)delivery["status"]);
        Assert.Equal(["[75599]", "[75599]", "[75599]"], delivery["attempts"]!.AsArray().Select(a => a!["errors"]!.ToJsonString()));
        Assert.Equal([1, 2, 3], customer.Sink.Taken.Where(w => w.Id == id).Select(w => w.Attempt));
    }

    [Theory] // case 11
    [InlineData(404, 75404)]
    [InlineData(302, 75300)]
    public async Task An_answer_that_no_retry_would_change_goes_to_the_failover_at_once(int status, int code)
    {
        var customer = await CustomerAsync(sink => Patient(new() { ["webhook_event_failover_url"] = sink.Root + "failover" }));
        customer.Sink.React("hooks", status);
        await RejectedCallAsync(customer);
        var last = await customer.WebhookAsync(w => w.Type == "call.initiated" && w.Url.EndsWith("/failover", StringComparison.Ordinal),
            "the event at the failover URL");
        Assert.Equal([1, 2], customer.Sink.Taken.Where(w => w.Id == last.Id).Select(w => w.Attempt));
        var delivery = await DeliveryAsync(customer, last.Id, 2);
        Assert.Equal($"[{code}]", delivery["attempts"]![1]!["errors"]!.ToJsonString());
    }

    [Depth("WebhookDispatcherTests in Edge take a late answer for none; three attempts and a failover are here")]
    [Fact] // cases 11 and 12
    public async Task A_sink_that_never_answers_is_tried_again_and_holds_up_nobody_else()
    {
        var slow = await CustomerAsync();
        var release = new TaskCompletionSource<int>(TaskCreationOptions.RunContinuationsAsynchronously);
        slow.Sink.React("hooks", webhook => webhook.Attempt == 1 && webhook.Type == "call.initiated" ? release.Task : Task.FromResult(200));
        var waiting = NewPhone().Call(slow.Number);
        var held = await slow.WebhookAsync(w => w.Type == "call.initiated", "the event that hangs");

        // Another customer's call runs from beginning to end meanwhile.
        var other = await CustomerAsync();
        await RejectedCallAsync(other);
        Assert.Single(slow.Sink.Taken, w => w.Id == held.Id && w.Attempt == 1);

        var again = await slow.WebhookAsync(w => w.Id == held.Id && w.Attempt == 2, "the second attempt");
        Assert.True(again.Stamp > held.Stamp, "the second attempt has the first one's stamp");
        release.SetResult(200);
        waiting.Cancel();
        await slow.NextAsync("call.hangup");
    }

    [Fact] // case 12
    public async Task Events_of_a_call_come_in_order_even_when_the_sink_is_slow_and_other_calls_overtake()
    {
        var customer = await CustomerAsync();
        var gates = new Dictionary<string, TaskCompletionSource<int>> { ["call.initiated"] = new(), ["call.answered"] = new() };
        customer.Sink.React("slow", webhook => gates.TryGetValue(webhook.Type, out var gate) ? gate.Task : Task.FromResult(200));
        var phone = NewPhone();
        var call = await customer.DialAsync(phone.Uri, new() { ["webhook_url"] = customer.Sink.Root + "slow" });
        var ringing = await phone.RingsAsync();
        await ringing.AcceptAsync();
        string token = (string)call["call_control_id"]!;

        // The first event is under way and unanswered: a call with its own URL is not delayed, nor is one of the application's.
        await customer.WebhookAsync(w => w.Call == token && w.Type == "call.initiated", "the first event");
        var (quick, _) = await DialledAsync(customer);
        await customer.ActAsync(quick, "hangup");
        await customer.WebhookAsync(w => w.Call == (string)quick["call_control_id"]! && w.Type == "call.hangup", "the other call's end");

        gates["call.initiated"].SetResult(200);
        await customer.WebhookAsync(w => w.Call == token && w.Type == "call.answered", "the second event");
        gates["call.answered"].SetResult(200);
        ringing.Bye();
        await customer.WebhookAsync(w => w.Call == token && w.Type == "call.hangup", "the last event");
        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], customer.Events.Where(w => w.Call == token).Select(w => w.Type));
        Assert.All(customer.Events.Where(w => w.Call == token), w => Assert.EndsWith("/slow", w.Url, StringComparison.Ordinal));
    }

    [Fact] // case 12
    public async Task Twenty_calls_at_once_each_have_their_events_complete_and_in_order()
    {
        var customer = await CustomerAsync();
        customer.Sink.React("hooks", async webhook =>
        {
            // a customer's server that takes its time, unevenly
            await Task.Delay(Random.Shared.Next(60), TestContext.Current.CancellationToken);
            return 200;
        });
        var phone = NewPhone();
        var calls = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => customer.DialAsync(phone.Uri)));
        for (int i = 0; i < calls.Length; i++)
        {
            var ringing = await phone.RingsAsync();
            ringing.Accept();
            ringing.Bye();
        }
        foreach (var call in calls)
        {
            string token = (string)call["call_control_id"]!;
            await customer.WebhookAsync(w => w.Call == token && w.Type == "call.hangup", "the call's end");
            Assert.Equal(["call.initiated", "call.answered", "call.hangup"],
                customer.Events.Where(w => w.Call == token).Select(w => w.Type));
        }
    }

    [Fact] // case 12
    public async Task A_webhook_url_of_the_answer_command_takes_over_from_the_application()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone().Call(customer.Number);
        var call = await customer.NextAsync("call.initiated");
        await customer.ActAsync(call, "answer", new() { ["webhook_url"] = customer.Sink.Root + "elsewhere" });
        await phone.ReachesAsync(200);
        phone.Bye();
        await customer.NextAsync("call.hangup");
        Assert.Equal(["hooks", "elsewhere", "elsewhere"], customer.Events.Select(w => w.Url[customer.Sink.Root.Length..]));
    }

    [Fact] // case 12
    public async Task A_webhook_url_that_may_not_be_reached_is_refused()
    {
        var customer = await CustomerAsync();
        foreach (string url in new[] { "ftp://example.com/", "not a url", "http://169.254.169.254/latest" })
        {
            var answer = await customer.TryAsync(HttpMethod.Post, "calls",
                customer.DialBody(NewPhone().Uri, new() { ["webhook_url"] = url }));
            answer.Refuses(422, "10003");
            Assert.Equal("/webhook_url", answer.Pointer);
        }
    }

    /// <summary>Where attempts are counted, none may be cut off because this process was too slow to answer.</summary>
    private static JsonObject Patient(JsonObject settings)
    {
        settings["webhook_timeout_secs"] = 20;
        return settings;
    }

    /// <summary>A short call with two events.</summary>
    private async Task RejectedCallAsync(Customer customer)
    {
        NewPhone().Call(customer.Number);
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "reject", new() { ["cause"] = "USER_BUSY" });
        await customer.NextAsync("call.hangup");
    }

    private static Task<JsonNode> DeliveryAsync(Customer customer, string eventId, int attempts) =>
        Eventually.SomeAsync<JsonNode>(async () =>
        {
            var answer = await customer.GetAsync($"webhook_deliveries?filter[webhook][contains]={eventId}");
            return answer.Succeeds().Data.AsArray().FirstOrDefault(d => d!["attempts"]!.AsArray().Count == attempts);
        }, $"a logged delivery of {eventId} with {attempts} attempts");
}
