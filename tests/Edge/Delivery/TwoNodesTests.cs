using System.Collections.Concurrent;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Delivery;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Delivery;

/// <summary>Nodes that share an outbox: real connections to one PostgreSQL, real webhooks, counted where they arrive.</summary>
public sealed class TwoNodesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact, Depth("the gate has what a killed node left, in order and once, and a node that stood still")]
    public async Task Each_delivers_what_it_wrote_once_and_in_order()
    {
        await using var sink = await Sink.StartAsync();
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1, lease: Peer.LongLease);
        await using var two = await Peer.StartAsync(server, 2, lease: Peer.LongLease);
        const int Keys = 10, Each = 30;
        await Task.WhenAll(new[] { one, two }.Select(async peer =>
        {
            for (int number = 1; number <= Each; number++)
                await peer.SendAsync(
                    [.. Enumerable.Range(0, Keys).Select(key => Peer.Message(tenant, sink.Url, $"{peer.Number}-{key}", number))]);
        }));
        await Eventually.TrueAsync(() => sink.All.Count >= 2 * Keys * Each, "all have come");
        await EmptyAsync(server);
        Assert.Equal(2 * Keys * Each, sink.All.Count);
        foreach (var key in sink.All.Select(Read).GroupBy(r => r.Key)) Assert.Equal(Enumerable.Range(1, Each), key.Select(r => r.Number));
    }

    [Fact, Depth("the gate has what a killed node left, in order and once, and a node that stood still")]
    public async Task What_commits_late_is_not_passed_over()
    {
        await using var sink = await Sink.StartAsync();
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1, lease: Peer.LongLease);
        await using var two = await Peer.StartAsync(server, 2, lease: Peer.LongLease);
        using ManualResetEventSlim written = new(), mayCommit = new();
        var late = one.Database.Sql.WriteAsync(db =>
        {
            var entries = one.Database.Outbox.WriteAll(db, [Peer.Message(tenant, sink.Url, "late", 1)]);
            Assert.Equal(1, db.ExecuteScalar<int>("select 1"));        // what is gathered goes before it
            written.Set();
            mayCommit.Wait(Stop);
            return entries;
        }, Stop, committed: one.Database.Outbox.Added).AsTask();
        await Task.Run(() => written.Wait(Stop), Stop);
        // Higher numbers, committed before.
        for (int number = 1; number <= 5; number++) await two.SendAsync(Peer.Message(tenant, sink.Url, "soon", number));
        await Eventually.TrueAsync(() => sink.All.Count == 5, "the others have come");
        mayCommit.Set();
        await late;
        await Eventually.TrueAsync(() => sink.All.Count == 6, "the late one has come");
        await EmptyAsync(server);
        Assert.Equal("late", Read(sink.All[^1]).Key);
        Assert.Equal(6, sink.All.Count);
    }

    [Fact]
    public async Task What_a_killed_node_left_is_taken_over_in_order_and_once()
    {
        await using var sink = await Sink.StartAsync();
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var two = await Peer.StartAsync(server, 2);
        var one = await Peer.StartAsync(server, 1, delivers: false);
        for (int number = 1; number <= 20; number++)
            await one.SendAsync([.. Enumerable.Range(0, 5).Select(key => Peer.Message(tenant, sink.Url, $"key{key}", number))]);
        await one.DisposeAsync();
        // Its neighbour goes on with its own.
        await two.SendAsync(Peer.Message(tenant, sink.Url, "own", 1));
        await Eventually.TrueAsync(() => sink.All.Count >= 101, () => $"{sink.All.Count} of 101 have come");
        await EmptyAsync(server);
        Assert.Equal(101, sink.All.Count);
        var keys = sink.All.Select(Read).Where(r => r.Key != "own").GroupBy(r => r.Key);
        Assert.All(keys, key => Assert.Equal(Enumerable.Range(1, 20), key.Select(r => r.Number)));
    }

    [Fact, Depth("the gate takes over first attempts, and makes second ones on one node")]
    public async Task Retries_of_a_killed_node_are_taken_over_too()
    {
        await using var sink =
            await Sink.StartAsync(r => JsonDocument.Parse(r.Body).RootElement.GetProperty("attempt").GetInt32() < 2 ? 503 : 200);
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var two = await Peer.StartAsync(server, 2);
        var one = await Peer.StartAsync(server, 1, delivers: false);
        var message = Peer.Message(tenant, sink.Url, "key", 1);
        await one.SendAsync(message);
        // One attempt was made, and the next one was due a day ago.
        var now = DateTimeOffset.UtcNow;
        await one.Database.Outbox.RecordAsync(tenant, message.Id,
            new() { Number = 1, Url = sink.Url, IsDelivered = false, StartedAt = now, FinishedAt = now },
            new OutboxStep.Again(now.AddDays(-1), IsOnFailover: false, AttemptsOnUrl: 1), Stop);
        await one.DisposeAsync();
        await Eventually.TrueAsync(() => sink.All.Count == 1, "the retry has come");
        await EmptyAsync(server);
        Assert.Equal([2, 1], (await two.Database.Deliveries.FindByMessageAsync(tenant, message.Id, Stop))!.Attempts.Select(a => a.Number));
    }

    [Fact]
    public async Task A_node_that_stood_still_for_longer_than_its_lease_sends_nothing_of_what_it_lost()
    {
        var isHeld = new TaskCompletionSource();
        await using var sink = await Sink.StartAsync(async (received, context) =>
        {
            // The attempt that is under way when the node stands still.
            if (Read(received) is { Key: "leg", Number: 1 }) await isHeld.Task.WaitAsync(context.RequestAborted);
        });
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1);
        await using var two = await Peer.StartAsync(server, 2);
        await one.SendAsync([.. Enumerable.Range(1, 5).Select(number => Peer.Message(tenant, sink.Url, "leg", number))]);
        await Eventually.TrueAsync(() => sink.All.Count == 1, "the first is under way");

        using var moves = one.StandStill();
        await Eventually.TrueAsync(() => sink.All.Count == 2, "the other node has begun with the first");
        // The one that came back goes on writing events of its call: they belong behind those that the other node has.
        moves.Set();
        await one.SendAsync(Peer.Message(tenant, sink.Url, "leg", 6));
        await one.SendAsync(Peer.Message(tenant, sink.Url, "other", 1));
        await Eventually.TrueAsync(() => sink.All.Any(r => Read(r).Key == "other"), "its other events go out");
        await one.SendAsync(Peer.Message(tenant, sink.Url, "leg", 7));
        Assert.Equal(2, sink.All.Count(r => Read(r).Key == "leg"));

        isHeld.SetResult();
        await Eventually.TrueAsync(() => sink.All.Any(r => Read(r) is { Key: "leg", Number: 7 }), "all have come");
        await EmptyAsync(server);
        // The first was under way twice; whatever follows came once, and in order.
        Assert.Equal([1, 1, 2, 3, 4, 5, 6, 7], sink.All.Select(Read).Where(r => r.Key == "leg").Select(r => r.Number));
        Assert.Equal(1, one.Database.Outbox.Lease.Losses);
    }

    [Fact, Depth("the gate has what a killed node left, taken over in order and once, and one that stood still")]
    public async Task A_killed_node_that_comes_back_writes_behind_what_was_taken_over()
    {
        var isHeld = new TaskCompletionSource();
        await using var sink = await Sink.StartAsync((received, context) =>
            Read(received).Number == 1 ? isHeld.Task.WaitAsync(context.RequestAborted) : Task.CompletedTask);
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var two = await Peer.StartAsync(server, 2);
        await using var one = await Peer.StartAsync(server, 1, delivers: false);
        await one.SendAsync([.. Enumerable.Range(1, 3).Select(number => Peer.Message(tenant, sink.Url, "leg", number))]);
        await one.KillAsync();
        await Eventually.TrueAsync(() => sink.All.Count == 1, "the first is under way");
        await one.StartAgainAsync(server);
        await one.SendAsync(Peer.Message(tenant, sink.Url, "leg", 4));
        await Task.Delay(Peer.Lease / 2, Stop);
        Assert.Single(sink.All);
        isHeld.SetResult();
        await EmptyAsync(server);
        Assert.Equal([1, 2, 3, 4], sink.All.Select(r => Read(r).Number));
    }

    [Fact, Depth("the gate has what a killed node left, taken over in order and once, and one that stood still")]
    public async Task A_key_that_two_nodes_write_is_told_in_the_order_of_their_commits()
    {
        await using var sink = await Sink.StartAsync(async (_, context) => await Task.Delay(20, context.RequestAborted));
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1, lease: 2 * Peer.Lease);
        await using var two = await Peer.StartAsync(server, 2, lease: 2 * Peer.Lease);
        for (int number = 1; number <= 40; number++)
            await (number % 3 == 0 ? two : one).SendAsync(Peer.Message(tenant, sink.Url, "account", number));
        await EmptyAsync(server);
        Assert.Equal(Enumerable.Range(1, 40), sink.All.Select(r => Read(r).Number));
    }

    [Fact, Depth("the gate has what a killed node left, in order and once, and a node that stood still")]
    public async Task What_another_node_left_to_this_one_comes_behind_its_own_however_late_that_is_read()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false);
        await using var two = await Peer.StartAsync(server, 2, delivers: false);
        var taken = new List<Guid>();
        using var reader = new OutboxReader(one.Database, TimeProvider.System, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1),
            page => taken.AddRange(page.Select(entry => entry.Id)), NullLogger.Instance);
        await reader.ReadNewAsync(Stop);
        OutboxMessage[] written =
            [.. Enumerable.Range(1, 3).Select(number => Peer.Message(tenant, "http://127.0.0.1:9/", "account", number))];
        await one.SendAsync(written[0]);
        await two.SendAsync(written[1]);
        await one.SendAsync(written[2]);

        // The look for what others left comes before anybody read what this node has written.
        await reader.ReadDueAsync(Stop);
        Assert.Equal(written.Select(message => message.Id), taken);
    }

    [Fact, Depth("the gate has what a killed node left, in order and once, and a node that stood still")]
    public async Task Each_job_is_done_by_one_node()
    {
        await using var server = await Peer.ServerAsync();
        var tenant = await server.TenantAsync();
        await using var one = await Peer.StartAsync(server, 1, delivers: false);
        await using var two = await Peer.StartAsync(server, 2, delivers: false);
        var done = new ConcurrentQueue<int>();
        await using JobRunner ofOne = Runner(one), ofTwo = Runner(two);
        const int Jobs = 60;
        for (int n = 0; n < Jobs; n++)
            await (n % 2 == 0 ? one : two).Database.Jobs.AddAsync(tenant, "report", new() { ["n"] = n }, Jobs, null, Stop);
        async ValueTask<string?> LookAsync() =>
            (await server.QueryAsync("select id from rw_job where state = 'complete'")).Count == Jobs ? "all" : null;
        await Eventually.SomeAsync(LookAsync, "all are done");
        Assert.Equal(Enumerable.Range(0, Jobs), done.Order());

        JobRunner Runner(Peer peer)
        {
            var runner = new JobRunner(peer.Database.Jobs, peer.Database.Blobs, [new("report", async context =>
            {
                await Task.Delay(20, context.Stop);
                done.Enqueue((int)context.Job.Input["n"]!);
                return null;
            })], new JobOptions(), TimeProvider.System, NullLogger.Instance);
            runner.Start();
            return runner;
        }
    }

    [Fact]
    public async Task A_database_without_the_common_key_is_refused()
    {
        await using var server = await Peer.ServerAsync();
        using var folder = new TempFolder();
        var options = new DatabaseOptions { DataFolder = folder.Path, Connection = server.Connection, Node = 3 };
        Task<Database> OpenAsync() => Database.OpenAsync(options, TimeProvider.System, NullLogger.Instance, Stop);
        var missing = await Assert.ThrowsAsync<StoreException>(OpenAsync);
        Assert.Contains("copy it from another node", missing.Message, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(folder.File("key"), new byte[32], Stop);
        var other = await Assert.ThrowsAsync<StoreException>(OpenAsync);
        Assert.Contains("does not open with this data folder's key file", other.Message, StringComparison.Ordinal);
        Assert.Equal("0", Assert.Single(await server.QueryAsync("select cast(count(*) as text) from rw_node where number = 3")));
    }

    private static Task EmptyAsync(TestDatabase server) =>
        Eventually.SomeAsync(async () => await server.Database.Outbox.CountAsync(Stop) == 0 ? "empty" : null, "the outbox is empty");

    private static (string Key, int Number) Read(Received received)
    {
        using var json = JsonDocument.Parse(received.Body);
        var data = json.RootElement.GetProperty("data");
        return (data.GetProperty("key").GetString()!, data.GetProperty("number").GetInt32());
    }
}
