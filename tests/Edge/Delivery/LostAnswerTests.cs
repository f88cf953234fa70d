using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Store.Postgres;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

/// <summary>What is committed is sent, whoever was told its number.</summary>
public sealed class LostAnswerTests
{
    private const int Senders = 8;
    private static readonly TimeSpan Withheld = TimeSpan.FromMilliseconds(300);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static int Rounds => LongRun.Times(Depth.Times(3, 20), 1_000);

    [Fact, Failure("database-restarted")]
    public async Task Each_webhook_goes_out_once_though_the_answers_to_commits_are_lost_on_their_way()
    {
        StallingProxy? way = null;
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(Product.Postgres, configure: options =>
        {
            var address = PostgresAddress.Read(options.Connection)!;        // the fixture's own form
            way ??= new(new(IPAddress.Loopback, address.Port));
            return options with { Connection = options.Connection.Replace($":{address.Port}/", $":{way.Port}/", StringComparison.Ordinal) };
        });
        await WhileCallsGoOnAsync(node, sink, async () =>
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), Stop);
            await way!.LoseAnswersAsync(Withheld);       // made when the node opened its database
        }, Rounds);
        way!.Dispose();
    }

    [Fact, Depth("PostgresTests crash a server under events; the gate loses its answers here"), Failure("database-restarted")]
    public async Task Each_webhook_goes_out_once_though_the_server_crashes_in_the_middle_of_commits()
    {
        await using var server = await PostgresServer.StartAsync();
        string address = await server.CreateDatabaseAsync();
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(Product.Sqlite, configure: options => options with { Connection = address });
        await WhileCallsGoOnAsync(node, sink, async () =>
        {
            await server.StopAsync("immediate");
            await server.StartAgainAsync();
        }, LongRun.Times(5, 50));
    }

    [Theory, InlineData(Product.Sqlite), InlineData(Product.Postgres)]
    public async Task One_that_nobody_was_told_of_is_found_by_the_next_look(Product product)
    {
        await using var sink = await Sink.StartAsync();
        await using var node = await DeliveryRig.StartAsync(product);
        var first = node.Message(sink.Url);
        await node.SendAsync(first);
        await node.FinishedAsync(first);
        var passed = node.Message(sink.Url) with { OrderKey = "passed", OccurredAt = node.Time.GetUtcNow() - TimeSpan.FromMinutes(2) };
        // As a fault of ours would leave it: written, and told to nobody.
        await node.Test.Database.Sql.WriteAsync(db => node.Test.Database.Outbox.WriteAll(db, [passed]).Count, Stop);
        var behind = node.Message(sink.Url) with { OrderKey = "behind" };
        await node.SendAsync(behind);
        await node.FinishedAsync(behind);
        Assert.Equal(1, await node.Test.Database.Outbox.CountAsync(Stop));

        await node.Dispatcher.LookAsync();
        Assert.Equal(TimeSpan.FromMinutes(2), node.Dispatcher.OldestWait);
        await node.FinishedAsync(passed);
        await node.Dispatcher.LookAsync();
        Assert.Equal(TimeSpan.Zero, node.Dispatcher.OldestWait);
        Assert.Equal(3, sink.All.Count);
        Assert.Single(node.Log.Of(1305));
    }

    /// <summary>Events of legs, and messages that are no leg's, while it happens again and again.</summary>
    private static async Task WhileCallsGoOnAsync(DeliveryRig node, Sink sink, Func<Task> happens, int times)
    {
        var ledger = new Ledger(node.Test.Database, Script.Anchor, [new Projector($"{sink.Url}/hook")], NullLogger.Instance);
        var sent = new ConcurrentBag<OutboxMessage>();
        var written = new ConcurrentBag<bool>();
        bool isOver = false;
        var calls = Enumerable.Range(1, Senders).Select(number => new Script(node.Tenant, (uint)number)).ToList();
        // Up before it happens: a call that begins while the database is away is refused.
        foreach (var script in calls) written.Add(await ledger.AppendAsync(script.Initiated()));
        var senders = calls.Select((script, number) => Task.Run(async () =>
        {
            for (int i = 0; !Volatile.Read(ref isOver); i++)
            {
                written.Add(await ledger.AppendAsync(script.Digit('1', at: 2 + i)));
                var message = node.Message($"{sink.Url}/hook") with { OrderKey = $"{number}" };
                await node.SendAsync(message);
                sent.Add(message);
                await Task.Delay(TimeSpan.FromMilliseconds(5), Stop);
            }
        }, Stop)).ToList();
        for (int i = 0; i < times; i++) await happens();
        Volatile.Write(ref isOver, true);
        await Task.WhenAll(senders);
        Assert.DoesNotContain(false, written);
        await Eventually.SomeAsync(async () => await node.Test.Database.Outbox.CountAsync(Stop) == 0 ? "none" : null, "nothing waits");
        Assert.Equal(sent.Count + written.Count, sink.All.Count);
    }
}
