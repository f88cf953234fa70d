using System.Text.Json;
using Dapper;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

public abstract class ReplayTests(Product product)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_delivered_webhook_goes_out_again_with_its_id_and_a_further_attempt()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message($"{sink.Url}/hook", """{"n":1}""");
        await node.SendAsync(message);
        var first = await node.FinishedAsync(message);

        Assert.Equal(ReplayOutcome.Begun, await node.Test.Database.Outbox.ReplayAsync(node.Tenant, first.Id, Stop));
        var again = await AttemptsAsync(node, first.Id, 2);
        Assert.Equal(2, sink.All.Count);
        Assert.Equal(sink.All[0]["webhook-id"], sink.All[1]["webhook-id"]);
        using var body = JsonDocument.Parse(sink.All[1].Body);
        Assert.Equal((2, 1),
            (body.RootElement.GetProperty("attempt").GetInt32(), body.RootElement.GetProperty("data").GetProperty("n").GetInt32()));
        Assert.Equal((first.StartedAt, true, 0L), (again.StartedAt, again.IsDelivered, await node.Test.Database.Outbox.CountAsync(Stop)));
        Assert.Single((await node.Test.Database.Deliveries.ListAsync(node.Tenant, new(), Stop)).Rows);
    }

    [Fact]
    public async Task The_only_attempt_needs_no_row_of_its_own_until_it_is_not_the_only_one()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message($"{sink.Url}/the/hook");
        await node.SendAsync(message);
        var first = await node.FinishedAsync(message);
        var attempt = Assert.Single(first.Attempts);
        Assert.Equal((1, $"{sink.Url}/the/hook", true, 200), (attempt.Number, attempt.Url, attempt.IsDelivered, attempt.ResponseStatus));
        Assert.Contains(attempt.RequestHeaders, header => header.Name == "webhook-id" && header.Value == message.Id.ToString());
        Assert.Equal((0L, 1L), (await CountRowsAsync(node), await CountAsync(node, "/THE/hook")));
        Assert.Equal((1L, 0L), (await CountAsync(node, message.Id.ToString()), await CountAsync(node, "/another/hook")));

        await node.Test.Database.Outbox.ReplayAsync(node.Tenant, first.Id, Stop);
        var again = await AttemptsAsync(node, first.Id, 2);
        Assert.Equivalent(attempt, again.Attempts[1], strict: true);
        Assert.Equal((2, 2L, 1L), (again.Attempts.Count, await CountRowsAsync(node), await CountAsync(node, "/the/hook")));
    }

    [Fact]
    public async Task Attempts_as_they_were_written_before_are_read_and_counted_on()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(sink.Url);
        await node.SendAsync(message);
        var first = await node.FinishedAsync(message);
        await node.Test.Database.Sql.WriteAsync(db =>
        {
            AttemptRow.GiveOwn(db, node.Tenant, first.Id);
            return db.Execute("""update rw_delivery_attempt set request_headers = '[{"name":"x-old","value":"a\u002Bb"}]'""");
        }, Stop);

        var old = await node.FinishedAsync(message);
        Assert.Equal([new("x-old", "a+b")], Assert.Single(old.Attempts).RequestHeaders);
        await node.Test.Database.Outbox.ReplayAsync(node.Tenant, first.Id, Stop);
        Assert.Equal(2, (await AttemptsAsync(node, first.Id, 2)).Attempts.Count);
    }

    private static async Task<long> CountAsync(DeliveryRig node, string attempts) =>
        (await node.Test.Database.Deliveries.ListAsync(node.Tenant, new() { AttemptsContain = attempts }, Stop)).Total;

    private static ValueTask<long> CountRowsAsync(DeliveryRig node) =>
        node.Test.Database.Sql.ReadAsync(db => db.ExecuteScalar<long>("select count(*) from rw_delivery_attempt"), Stop);

    [Fact]
    public async Task A_failed_webhook_is_delivered_when_its_replay_is_taken_and_stays_so()
    {
        int status = 404;
        await using var sink = await Sink.StartAsync(_ => Volatile.Read(ref status));
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(sink.Url);
        await node.SendAsync(message);
        var first = await node.FinishedAsync(message);
        Assert.False(first.IsDelivered);

        Volatile.Write(ref status, 200);
        await node.Test.Database.Outbox.ReplayAsync(node.Tenant, first.Id, Stop);
        Assert.True((await AttemptsAsync(node, first.Id, 2)).IsDelivered);

        Volatile.Write(ref status, 404);
        await node.Test.Database.Outbox.ReplayAsync(node.Tenant, first.Id, Stop);
        var last = await AttemptsAsync(node, first.Id, 3);
        Assert.Equal((true, false), (last.IsDelivered, last.Attempts[0].IsDelivered));
    }

    [Fact]
    public async Task A_replay_is_tried_again_and_goes_to_the_failover_like_any_webhook()
    {
        await using var primary = await Sink.StartAsync(500);
        await using var failover = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(primary.Url) with { FailoverUrl = failover.Url };
        await node.SendAsync(message);
        var first = await node.FinishedAsync(message);
        await node.Test.Database.Outbox.ReplayAsync(node.Tenant, first.Id, Stop);
        await AttemptsAsync(node, first.Id, 8);
        Assert.Equal((6, 2), (primary.All.Count, failover.All.Count));
    }

    [Fact]
    public async Task Nobody_replays_what_is_another_tenants_or_under_way()
    {
        var release = new TaskCompletionSource();
        await using var sink = await Sink.StartAsync((received, _) => Number(received) == 1 ? Task.CompletedTask : release.Task);
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(sink.Url);
        await node.SendAsync(message);
        var first = await node.FinishedAsync(message);

        var stranger = await node.Test.TenantAsync("other");
        var outbox = node.Test.Database.Outbox;
        Assert.Equal(ReplayOutcome.Impossible, await outbox.ReplayAsync(stranger, first.Id, Stop));
        Assert.Equal(ReplayOutcome.Impossible, await outbox.ReplayAsync(node.Tenant, Guid.NewGuid(), Stop));
        Assert.Equal(ReplayOutcome.Begun, await outbox.ReplayAsync(node.Tenant, first.Id, Stop));
        Assert.Equal(ReplayOutcome.UnderWay, await outbox.ReplayAsync(node.Tenant, first.Id, Stop));
        release.SetResult();
        await AttemptsAsync(node, first.Id, 2);
    }

    [Fact]
    public async Task A_replay_outlives_the_process_that_was_asked_for_it()
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        var message = node.Message(sink.Url);
        await node.SendAsync(message);
        var first = await node.FinishedAsync(message);
        await node.KillAsync();
        await node.Test.Database.Outbox.ReplayAsync(node.Tenant, first.Id, Stop);
        await node.RestartAsync();
        await AttemptsAsync(node, first.Id, 2);
        Assert.Equal(2, sink.All.Count);
    }

    private static Task<WebhookDelivery> AttemptsAsync(DeliveryRig node, Guid delivery, int count) => Eventually.SomeAsync(async () =>
        await node.Test.Database.Outbox.CountAsync(Stop) == 0
        && await node.Test.Database.Deliveries.FindAsync(node.Tenant, delivery, Stop) is { } found && found.Attempts.Count >= count
            ? found : null, $"{count} attempts");

    private static int Number(Received received) => JsonDocument.Parse(received.Body).RootElement.GetProperty("attempt").GetInt32();
}

public sealed class ReplayOnSqlite() : ReplayTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class ReplayOnPostgres() : ReplayTests(Product.Postgres);
