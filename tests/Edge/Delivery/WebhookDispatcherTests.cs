using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Delivery;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Egress;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

public abstract class WebhookDispatcherTests(Product product)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_is_signed_over_the_bytes_that_are_sent()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message($"{sink.Url}/hook", """{"text":"ü\u0000 </script>"}""");
        await node.SendAsync(message);
        var delivery = await node.FinishedAsync(message);

        var received = Assert.Single(sink.All);
        Assert.Equal(("POST", "/hook", "application/json", "plain/1"),
            (received.Method, received.Path, received["content-type"], received["user-agent"]));
        using var json = JsonDocument.Parse(received.Body);
        Assert.Equal((1, $"{sink.Url}/hook"),
            (json.RootElement.GetProperty("attempt").GetInt32(), json.RootElement.GetProperty("to").GetString()));

        string timestamp = received["plain-timestamp"];
        Assert.InRange(long.Parse(timestamp), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        var key = (await node.Test.Database.SigningKeys.FindAsync(node.Tenant, Stop))!;
        Assert.True(Signer.Verify(Signer.PublicKeyOf(key.Seed.Span),
            [.. Encoding.ASCII.GetBytes(timestamp + "|"), .. received.Body], Convert.FromBase64String(received["plain-signature"])));

        Assert.Equal((message.Id.ToString(), timestamp), (received["webhook-id"], received["webhook-timestamp"]));
        byte[] mac = HMACSHA256.HashData(Convert.FromBase64String(key.WebhookSecret["whsec_".Length..]),
            (byte[])[.. Encoding.ASCII.GetBytes($"{message.Id}.{timestamp}."), .. received.Body]);
        Assert.Equal("v1," + Convert.ToBase64String(mac), received["webhook-signature"]);

        Assert.True(delivery.IsDelivered);
        var attempt = Assert.Single(delivery.Attempts);
        Assert.Equal((1, 200, true), (attempt.Number, attempt.ResponseStatus, attempt.IsDelivered));
        Assert.Empty(attempt.Errors);
        Assert.Contains(attempt.RequestHeaders, h => h.Name == "plain-signature" && h.Value == received["plain-signature"]);
        // Databases of receivers take no zero: it is replaced before anything is signed.
        Assert.Equal(message.Body.Replace("\\u0000", "\\uFFFD", StringComparison.Ordinal), delivery.Body);
        Assert.Equal(0, await node.Test.Database.Outbox.CountAsync(Stop));
    }

    [Fact]
    public async Task Get_carries_the_payload_in_the_query_and_signs_an_empty_body()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message($"{sink.Url}/hook?own=1", """{"a b":"c&d","list":[1,null]}""") with { Method = "GET" };
        await node.SendAsync(message);
        await node.FinishedAsync(message);

        var received = Assert.Single(sink.All);
        Assert.Equal(("GET", 0), (received.Method, received.Body.Length));
        Assert.DoesNotContain(received.Headers.Keys, name => name is "content-length" or "content-type");
        Assert.StartsWith("?own=1&", received.Query);
        Assert.Contains("&data%5Ba%20b%5D=c%26d&data%5Blist%5D%5B0%5D=1&data%5Blist%5D%5B1%5D=&", received.Query);
        var key = (await node.Test.Database.SigningKeys.FindAsync(node.Tenant, Stop))!;
        Assert.True(Signer.Verify(Signer.PublicKeyOf(key.Seed.Span), Encoding.ASCII.GetBytes(received["plain-timestamp"] + "|"),
            Convert.FromBase64String(received["plain-signature"])));
    }

    [Fact]
    public async Task A_failing_primary_gets_three_attempts_and_then_the_failover_gets_its_own()
    {
        await using var primary = await Sink.StartAsync(500);
        await using var failover = await Sink.StartAsync(r => Number(r) < 5 ? 503 : 202);
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(primary.Url) with { FailoverUrl = $"{failover.Url}/second" };
        await node.SendAsync(message);
        var delivery = await node.FinishedAsync(message);

        Assert.True(delivery.IsDelivered);
        Assert.Equal([1, 2, 3], primary.All.Select(Number));
        Assert.Equal([4, 5], failover.All.Select(Number));
        Assert.All(primary.All.Concat(failover.All), r => Assert.Equal(message.Id.ToString(), r["webhook-id"]));
        Assert.Equal([5, 4, 3, 2, 1], delivery.Attempts.Select(a => a.Number));
        Assert.Equal(["", "75599", "75500", "75500", "75500"], delivery.Attempts.Select(a => string.Join(',', a.Errors)));
        Assert.Equal($"{failover.Url}/second", delivery.Attempts[0].Url);
        Assert.Equal(delivery.StartedAt, delivery.Attempts[^1].StartedAt);
        Assert.Equal(delivery.FinishedAt, delivery.Attempts[0].FinishedAt);
    }

    [Fact]
    public async Task What_nobody_takes_is_given_up_after_six_attempts()
    {
        await using var primary = await Sink.StartAsync(500);
        await using var failover = await Sink.StartAsync(429);
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(primary.Url) with { FailoverUrl = failover.Url };
        await node.SendAsync(message);
        var delivery = await node.FinishedAsync(message);
        Assert.Equal((false, 6, 3, 3), (delivery.IsDelivered, delivery.Attempts.Count, primary.All.Count, failover.All.Count));
    }

    [Theory, InlineData(404, 75404), InlineData(302, 75300)]
    public async Task A_final_answer_is_not_asked_again(int status, int code)
    {
        await using var elsewhere = await Sink.StartAsync();
        await using var sink = await Sink.StartAsync((_, context) =>
        {
            context.Response.StatusCode = status;
            context.Response.Headers.Location = elsewhere.Url;
            return context.Response.WriteAsync("no");
        });
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(sink.Url);
        await node.SendAsync(message);
        var attempt = Assert.Single((await node.FinishedAsync(message)).Attempts);
        Assert.Equal((status, "no", code), (attempt.ResponseStatus, attempt.ResponseBody, Assert.Single(attempt.Errors)));
        Assert.Contains(attempt.ResponseHeaders, h => h.Name == "location");
        Assert.Empty(elsewhere.All);
    }

    [Fact]
    public async Task A_forbidden_address_is_given_up_at_once()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message("http://169.254.169.254/latest");
        await node.SendAsync(message);
        var delivery = await node.FinishedAsync(message);
        Assert.Equal([DeliveryCodes.Other], Assert.Single(delivery.Attempts).Errors);
        Assert.Null(delivery.Attempts[0].ResponseStatus);
    }

    [Fact]
    public async Task Nobody_there_is_tried_again()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message($"http://127.0.0.1:{FreePort.Tcp()}/");
        await node.SendAsync(message);
        var delivery = await node.FinishedAsync(message);
        Assert.Equal([DeliveryCodes.NoAnswer, DeliveryCodes.NoAnswer, DeliveryCodes.NoAnswer], delivery.Attempts.SelectMany(a => a.Errors));
    }

    [Fact]
    public async Task An_answer_later_than_the_messages_timeout_is_none()
    {
        await using var sink = await Sink.StartAsync((_, context) => Task.Delay(Timeout.Infinite, context.RequestAborted)
            .ContinueWith(_ => { }, TaskScheduler.Default));
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(sink.Url) with { Timeout = TimeSpan.FromMilliseconds(50) };
        await node.SendAsync(message);
        var delivery = await node.FinishedAsync(message);
        Assert.Equal((false, 3), (delivery.IsDelivered, delivery.Attempts.Count));
        Assert.All(delivery.Attempts, a => Assert.Equal([DeliveryCodes.NoAnswer], a.Errors));
    }

    [Fact]
    public async Task After_a_kill_the_next_start_goes_on_with_the_same_ids_and_numbers()
    {
        var hanging = new TaskCompletionSource();
        await using var sink = await Sink.StartAsync(async (received, context) =>
        {
            context.Response.StatusCode = 500;
            if (Number(received) == 2 && !hanging.Task.IsCompleted)
            {
                hanging.SetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            else if (Number(received) == 3)
            {
                context.Response.StatusCode = 200;
            }
        });
        await using var node = await DeliveryRig.StartAsync(product);
        OutboxMessage first = node.Message(sink.Url) with { Timeout = TimeSpan.FromMinutes(5) },
            second = node.Message(sink.Url) with { OrderKey = "other", Url = "http://127.0.0.1:1/" };
        await node.SendAsync(first);
        await hanging.Task;
        await node.KillAsync();
        await node.Test.Database.Outbox.AddAsync([second with { Url = sink.Url }], Stop);
        await node.RestartAsync();

        var delivery = await node.FinishedAsync(first);
        Assert.True(delivery.IsDelivered);
        Assert.Equal([3, 2, 1], delivery.Attempts.Select(a => a.Number));
        // The attempt that was cut off went out again under its number: at least once, never lost.
        Assert.Equal([1, 2, 2, 3], sink.All.Where(r => r["webhook-id"] == first.Id.ToString()).Select(Number));
        Assert.True((await node.FinishedAsync(second)).IsDelivered);
    }

    [Fact]
    public async Task A_retry_that_waits_is_kept_for_the_next_start()
    {
        await using var sink = await Sink.StartAsync(r => Number(r) == 1 ? 500 : 200);
        await using var node = await DeliveryRig.StartAsync(product,
            DeliveryRig.Quick with { Waits = [TimeSpan.FromHours(1), TimeSpan.FromHours(1)] });
        var message = node.Message(sink.Url);
        await node.SendAsync(message);
        await Eventually.SomeAsync(async () => (await node.Test.Database.Deliveries.ListAttemptsAsync(node.Tenant, message.Id, Stop))
            .FirstOrDefault(), "the first attempt is recorded");
        await node.Dispatcher.StopAsync(TimeSpan.FromSeconds(10));
        var pending = Assert.Single(await node.Test.Database.Outbox.ListPendingAsync(0, 10, Stop));
        Assert.Equal((1, 1, TimeSpan.FromHours(1)),
            (pending.Attempts, pending.AttemptsOnUrl, pending.NextAt!.Value - node.Time.GetUtcNow()));

        node.Time.Advance(TimeSpan.FromHours(1));
        await node.RestartAsync();
        Assert.True((await node.FinishedAsync(message)).IsDelivered);
    }

    [Fact, Failure("clock-stepped")]
    public async Task A_clock_that_is_set_back_an_hour_delays_no_retry_by_an_hour()
    {
        await using var sink = await Sink.StartAsync(r => Number(r) == 1 ? 500 : 200);
        await using var node = await DeliveryRig.StartAsync(product,
            DeliveryRig.Quick with { Waits = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1)] });
        var message = node.Message(sink.Url);
        await node.SendAsync(message);
        await Eventually.SomeAsync(async () => (await node.Test.Database.Deliveries.ListAttemptsAsync(node.Tenant, message.Id, Stop))
            .FirstOrDefault(), "the first attempt is recorded");
        await node.Dispatcher.StopAsync(TimeSpan.FromSeconds(10));

        node.Time.Step(TimeSpan.FromHours(-1));
        await node.RestartAsync();
        await Eventually.TrueAsync(() => node.Dispatcher.Resting == 1, "the retry waits");
        node.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.True((await node.FinishedAsync(message)).IsDelivered);
    }

    [Fact]
    public async Task Retries_wait_for_their_time()
    {
        await using var sink = await Sink.StartAsync(500);
        await using var node = await DeliveryRig.StartAsync(product, new DeliveryOptions());
        var message = node.Message(sink.Url);
        await node.SendAsync(message);
        for (int made = 1; made <= 3; made++)
        {
            var entry = made;
            await Eventually.SomeAsync(async () =>
                (await node.Test.Database.Deliveries.ListAttemptsAsync(node.Tenant, message.Id, Stop))
                    .FirstOrDefault(a => a.Number == entry), $"attempt {made} is recorded");
            if (made == 3) break;
            await Eventually.TrueAsync(() => node.Dispatcher.Resting == 1, "the retry waits");
            node.Time.Advance(TimeSpan.FromSeconds(made) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(made, sink.All.Count);
            node.Time.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.False((await node.FinishedAsync(message)).IsDelivered);
    }

    [Fact]
    public async Task The_long_schedule_goes_on_for_a_day_and_rests_on_disk_in_between()
    {
        await using var sink = await Sink.StartAsync(r => Number(r) < 12 ? 500 : 200);
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(sink.Url) with { Retries = RetrySchedule.Long };
        await node.SendAsync(message);
        var (begun, ahead) = (node.Time.GetUtcNow(), TimeSpan.FromMinutes(1));
        for (int made = 1; made <= 12; made++)
        {
            int number = made;
            await Eventually.SomeAsync(async () =>
                (await node.Test.Database.Deliveries.ListAttemptsAsync(node.Tenant, message.Id, Stop))
                    .FirstOrDefault(a => a.Number == number), $"attempt {made} is recorded");
            if (made == 12) break;
            var wait = TimeSpan.FromSeconds(1 << (made - 1));
            var entry = Assert.Single(await node.Test.Database.Outbox.ListPendingAsync(0, 10, Stop));
            Assert.Equal((wait, TimeSpan.FromHours(24)), (entry.NextAt!.Value - node.Time.GetUtcNow(), entry.RetryUntil!.Value - begun));
            if (made == 9) await node.RestartAsync();
            // Until a minute before its time it rests on disk, and a restart does not lose it.
            // The clock stands while it is taken into memory.
            if (wait > ahead)
            {
                node.Time.Advance(wait - ahead - TimeSpan.FromTicks(1));
                await node.Dispatcher.LookAsync();
                await Eventually.TrueAsync(() => node.Dispatcher.Resting == 0, "nothing is kept in memory");
                node.Time.Advance(TimeSpan.FromTicks(1));
                wait = ahead;
            }
            await node.Dispatcher.LookAsync();
            await Eventually.TrueAsync(() => node.Dispatcher.Resting == 1, "it is taken into memory before its time");
            node.Time.Advance(wait - TimeSpan.FromSeconds(1));
            Assert.Equal(made, sink.All.Count);
            node.Time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.True((await node.FinishedAsync(message)).IsDelivered);
    }

    [Fact]
    public async Task Retry_after_is_followed_by_the_long_schedule()
    {
        await using var sink = await Sink.StartAsync((received, context) =>
        {
            context.Response.StatusCode = Number(received) == 1 ? 429 : 200;
            context.Response.Headers.RetryAfter = "40";
            return Task.CompletedTask;
        });
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(sink.Url) with { Retries = RetrySchedule.Long };
        await node.SendAsync(message);
        await Eventually.TrueAsync(() => node.Dispatcher.Resting == 1, "the retry waits");
        node.Time.Advance(TimeSpan.FromSeconds(39));
        Assert.Single(sink.All);
        node.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.True((await node.FinishedAsync(message)).IsDelivered);
    }

    [Fact]
    public async Task Stopping_delivers_what_is_committed_and_due()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        var messages = Enumerable.Range(0, 40).Select(i => node.Message(sink.Url) with { OrderKey = $"leg{i % 3}" }).ToArray();
        await node.SendAsync(messages);
        await node.Dispatcher.StopAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(40, sink.All.Count);
        Assert.Equal(0, await node.Test.Database.Outbox.CountAsync(Stop));
    }

    [Fact]
    public async Task Events_of_the_ledger_arrive()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        var ledger = new Ringwright.Store.Ledger(node.Test.Database, Script.Anchor, [new Projector(sink.Url)], NullLogger.Instance);
        var script = new Script(node.Tenant);
        foreach (var happened in new[] { script.Initiated(), script.Ringing(), script.Answered(), script.Ended() })
            await ledger.AppendAsync(happened);
        await Eventually.TrueAsync(() => sink.All.Count == 4, "four webhooks arrive");
        Assert.Equal(["LegInitiated", "LegRinging", "LegAnswered", "LegEnded"],
            sink.All.Select(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("data").GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_message_of_a_format_that_nobody_writes_is_given_up()
    {
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message("http://127.0.0.1:1/") with { Format = "unheard-of" };
        await node.SendAsync(message);
        Assert.False((await node.FinishedAsync(message)).IsDelivered);
    }

    [Fact]
    public async Task Headers_and_bodies_in_the_log_are_cut_at_ten_kilobytes()
    {
        await using var sink = await Sink.StartAsync(async (_, context) =>
        {
            for (int i = 0; i < 20; i++) context.Response.Headers[$"x-{i}"] = new string('h', 1_000);
            await context.Response.WriteAsync(new string('b', 50_000));
        });
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(sink.Url);
        await node.SendAsync(message);
        var attempt = Assert.Single((await node.FinishedAsync(message)).Attempts);
        Assert.InRange(attempt.ResponseHeaders.Sum(h => h.Name.Length + h.Value.Length), 8_000, 10_000);
        Assert.Equal(10_000, attempt.ResponseBody!.Length);
    }

    private static int Number(Received received) => JsonDocument.Parse(received.Body).RootElement.GetProperty("attempt").GetInt32();
}

public sealed class WebhookDispatcherOnSqlite() : WebhookDispatcherTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; on PostgreSQL two nodes deliver, and answers of the server are lost")]
public sealed class WebhookDispatcherOnPostgres() : WebhookDispatcherTests(Product.Postgres);
