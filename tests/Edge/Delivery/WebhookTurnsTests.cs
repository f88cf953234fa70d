using System.Collections.Concurrent;
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

/// <summary>Whose turn it is: the order of a leg's webhooks, and who delays whom.</summary>
public abstract class WebhookTurnsTests(Product product)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_of_one_leg_arrive_in_order_even_when_each_is_slow()
    {
        var arrived = new List<int>();
        int under = 0, most = 0;
        await using var sink = await Sink.StartAsync(async (received, _) =>
        {
            most = Math.Max(most, Interlocked.Increment(ref under));
            lock (arrived)
                arrived.Add(int.Parse(JsonDocument.Parse(received.Body).RootElement.GetProperty("data").GetProperty("n").GetRawText()));
            await Task.Yield();
            Interlocked.Decrement(ref under);
        });
        await using var node = await DeliveryRig.StartAsync(product);
        var messages = Enumerable.Range(0, 50).Select(n => node.Message(sink.Url, $$"""{"n":{{n}}}""")).ToArray();
        await node.SendAsync(messages);
        await node.FinishedAsync(messages[^1]);
        Assert.Equal(Enumerable.Range(0, 50), arrived);
        Assert.Equal(1, most);
    }

    [Fact]
    public async Task The_next_event_waits_for_the_first_attempt_and_not_for_the_retries()
    {
        var release = new TaskCompletionSource();
        var order = new List<string>();
        await using var sink = await Sink.StartAsync(async (received, context) =>
        {
            string name = $"{received.Path}#{Number(received)}";
            lock (order) order.Add(name);
            if (name == "/one#2") await release.Task;
            context.Response.StatusCode = name == "/one#1" ? 500 : 200;
        });
        await using var node = await DeliveryRig.StartAsync(product);
        OutboxMessage one = node.Message($"{sink.Url}/one"), two = node.Message($"{sink.Url}/two");
        await node.SendAsync(one, two);
        Assert.True((await node.FinishedAsync(two)).IsDelivered);
        release.SetResult();
        Assert.True((await node.FinishedAsync(one)).IsDelivered);
        Assert.Equal("/one#1", order[0]);
        Assert.Equal(["/one#1", "/one#2", "/two#1"], order.Order());
    }

    [Fact]
    public async Task A_destination_that_hangs_delays_nobody_else()
    {
        var release = new TaskCompletionSource();
        await using var hanging = await Sink.StartAsync((_, _) => release.Task);
        await using var healthy = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product, DeliveryRig.Quick with { InFlightPerLane = 4 });
        var stuck = Enumerable.Range(0, 20)
            .Select(i => node.Message(hanging.Url) with { OrderKey = $"stuck{i}", Timeout = TimeSpan.FromMinutes(5) }).ToArray();
        await node.SendAsync(stuck);
        await Eventually.TrueAsync(() => hanging.All.Count == 4, "four are under way at the hanging destination");

        var fine = Enumerable.Range(0, 20).Select(i => node.Message(healthy.Url) with { OrderKey = $"fine{i}" }).ToArray();
        await node.SendAsync(fine);
        foreach (var message in fine) Assert.True((await node.FinishedAsync(message)).IsDelivered);
        Assert.Equal(4, hanging.All.Count);
        release.SetResult();
        foreach (var message in stuck) Assert.True((await node.FinishedAsync(message)).IsDelivered);
    }

    [Fact]
    public async Task One_customers_url_that_hangs_delays_nobody_elses_at_the_same_host()
    {
        var release = new TaskCompletionSource();
        await using var shared = await Sink.StartAsync((received, _) => received.Path == "/hangs" ? release.Task : Task.CompletedTask);
        await using var node = await DeliveryRig.StartAsync(product,
            DeliveryOptions.For(connections: 1_024) with { Waits = DeliveryRig.Quick.Waits });
        var other = await node.Test.TenantAsync("other");
        var stuck = Enumerable.Range(0, 80)
            .Select(i => node.Message($"{shared.Url}/hangs") with { OrderKey = $"stuck{i}", Timeout = TimeSpan.FromMinutes(5) }).ToArray();
        await node.SendAsync(stuck);
        await Eventually.TrueAsync(() => shared.All.Count == 32, "as many hang as may go to one URL");

        var own = node.Message($"{shared.Url}/mine") with { OrderKey = "own" };
        var fine = Enumerable.Range(0, 40)
            .Select(i => node.Message($"{shared.Url}/hook") with { Tenant = other, OrderKey = $"stuck{i}" }).ToArray();
        await node.SendAsync([own, .. fine]);
        await Eventually.TrueAsync(() => shared.All.Count == 32 + 41, "all others arrive");
        await Eventually.SomeAsync(async () =>
            (await node.Test.Database.Deliveries.ListAsync(other, new() { IsDelivered = true }, Stop)) is { Total: 40 } page ? page : null,
            "and are finished");
        Assert.Equal(32, shared.All.Count(r => r.Path == "/hangs"));
        release.SetResult();
        foreach (var message in stuck) Assert.True((await node.FinishedAsync(message)).IsDelivered);
    }

    [Fact]
    public async Task After_a_restart_the_first_attempts_of_a_leg_keep_their_order_although_one_cannot_be_made_at_once()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        await node.KillAsync();
        var messages = Enumerable.Range(0, 5).Select(n => node.Message(sink.Url, $$"""{"n":{{n}}}""")).ToArray();
        var other = node.Message(sink.Url, """{"n":9}""") with { OrderKey = "other" };
        await node.SendAsync([.. messages, other]);
        // The node's own fault, as of a database that is just coming up: no attempt.
        int written = 0;
        node.OnWrite = message =>
        {
            if (message.Id == messages[0].Id && Interlocked.Increment(ref written) == 1) throw new InvalidOperationException("not yet");
        };
        await node.RestartAsync();
        Assert.True((await node.FinishedAsync(other)).IsDelivered);
        await Eventually.TrueAsync(() => node.Dispatcher.Resting == 1, "the first one waits for another try");
        Assert.Equal([9], sink.All.Select(Counted));
        node.Time.Advance(TimeSpan.FromSeconds(5));
        await node.FinishedAsync(messages[^1]);
        Assert.Equal([9, 0, 1, 2, 3, 4], sink.All.Select(Counted));
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_those_that_wait_behind_one_that_could_not_be_made()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        node.OnWrite = _ => throw new InvalidOperationException("never");
        await node.SendAsync(node.Message(sink.Url), node.Message(sink.Url));
        await Eventually.TrueAsync(() => node.Dispatcher.Resting == 1, "the first one waits for another try");
        await node.KillAsync();
        Assert.Equal(2, await node.Test.Database.Outbox.CountAsync(Stop));
    }

    [Fact]
    public async Task A_few_of_one_commit_begin_on_the_thread_that_heard_of_it()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        // With the first one it is read who signs for the account.
        var first = node.Message(sink.Url);
        await node.SendAsync(first);
        await node.FinishedAsync(first);
        var threads = new ConcurrentQueue<int>();
        node.OnWrite = _ =>
        {
            threads.Enqueue(Environment.CurrentManagedThreadId);
            // Long enough for any other thread that was woken for the next one.
            Thread.Sleep(20);
        };
        var few = Enumerable.Range(0, 4).Select(i => node.Message(sink.Url) with { OrderKey = $"few{i}" }).ToArray();
        await node.SendAsync(few);
        foreach (var message in few) Assert.True((await node.FinishedAsync(message)).IsDelivered);
        Assert.Equal(4, threads.Count);
        Assert.Single(threads.Distinct());
    }

    [Fact]
    public async Task A_destination_that_takes_nothing_is_a_line_a_minute_and_not_one_for_each_webhook()
    {
        await using var dead = await Sink.StartAsync(404);
        await using var alsoDead = await Sink.StartAsync(404);
        await using var node = await DeliveryRig.StartAsync(product);
        async Task FailAsync(int count)
        {
            var messages = Enumerable.Range(0, count).Select(i => node.Message($"{dead.Url}/{i}") with { OrderKey = $"leg{i}" }).ToArray();
            await node.SendAsync(messages);
            foreach (var message in messages) await node.FinishedAsync(message);
        }
        IReadOnlyList<string> Lines() => [.. node.Log.Of(1301)];

        await FailAsync(20);
        await Eventually.TrueAsync(() => Lines().Count == 1, "the first is told at once");
        await node.SendAsync(node.Message(alsoDead.Url));
        await Eventually.TrueAsync(() => Lines().Count == 2, "another destination has a line of its own");
        Assert.StartsWith($"1 webhooks to {dead.Url} given up", Lines()[0]);
        Assert.StartsWith($"1 webhooks to {alsoDead.Url} given up", Lines()[1]);

        node.Time.Advance(TimeSpan.FromSeconds(45));
        Assert.Equal(2, Lines().Count);
        await Eventually.TrueAsync(() =>
        {
            node.Time.Advance(TimeSpan.FromSeconds(15));
            return Lines().Count == 3;
        }, "the others are told together when the minute is over");
        Assert.StartsWith($"19 webhooks to {dead.Url} given up", Lines()[2]);

        await FailAsync(3);
        Assert.Equal(3, Lines().Count);
        await node.KillAsync();
        Assert.StartsWith($"3 webhooks to {dead.Url} given up", Lines()[3]);
    }

    private static int Counted(Received received) =>
        JsonDocument.Parse(received.Body).RootElement.GetProperty("data").GetProperty("n").GetInt32();

    private static int Number(Received received) => JsonDocument.Parse(received.Body).RootElement.GetProperty("attempt").GetInt32();
}

public sealed class WebhookTurnsOnSqlite() : WebhookTurnsTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class WebhookTurnsOnPostgres() : WebhookTurnsTests(Product.Postgres);
