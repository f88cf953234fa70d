using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Faults;

/// <summary>A stand-by waits for the place of its node; whoever has lost that place does not come back to it.</summary>
[Failure("process-killed")]
public sealed class StandbyTests
{
    // Of this database alone: the server is shared with other tests.
    private const string Ours = "pg_locks l join pg_stat_activity a on a.pid = l.pid where l.locktype = 'advisory' "
        + "and l.objsubid = 2 and l.objid = 1 and a.datname = current_database()";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_waits_as_long_as_the_node_is_alive_and_no_longer()
    {
        await using var one = await TestDatabase.OpenAsync(Product.Postgres);
        using var folder = new TempFolder();
        var options = new DatabaseOptions { DataFolder = folder.Path, Connection = one.Connection };
        var keyless = await Assert.ThrowsAsync<StoreException>(() =>
            NodePlace.WaitAsync(options, TimeProvider.System, NullLogger.Instance, Stop));
        Assert.Contains("copy it from the node", keyless.Message);

        File.Copy(Path.Combine(one.Folder, "key"), folder.File("key"));
        var log = new Lines();
        var waiting = NodePlace.WaitAsync(options, TimeProvider.System, log, Stop);
        await Eventually.TrueAsync(() => log.Of(1168).Any(), "it stands by");
        uint epoch = one.Database.Node.Epoch;
        await one.TenantAsync();
        Assert.False(waiting.IsCompleted);

        await one.Database.DisposeAsync();
        await waiting.WaitAsync(Eventually.Deadline, Stop);
        await using var two = await Database.OpenAsync(options, TimeProvider.System, NullLogger.Instance, Stop);
        Assert.Equal(epoch + 1, two.Node.Epoch);
        Assert.Single(await two.Tenants.ListAsync(Stop));
    }

    [Fact]
    public async Task A_file_has_no_stand_by()
    {
        using var folder = new TempFolder();
        var refused = await Assert.ThrowsAsync<StoreException>(() =>
            NodePlace.WaitAsync(new() { DataFolder = folder.Path }, TimeProvider.System, NullLogger.Instance, Stop));
        Assert.Contains("needs a database on a server", refused.Message);
    }

    [Fact]
    public async Task A_node_whose_place_was_taken_writes_nothing_any_more()
    {
        await using var one = await TestDatabase.OpenAsync(Product.Postgres);
        var ledger = new Ledger(one.Database, Script.Anchor, [], NullLogger.Instance);
        using var folder = new TempFolder();
        File.Copy(Path.Combine(one.Folder, "key"), folder.File("key"));
        // It queues for the lock, and so is before the first one, who comes back to it when it has lost its connection.
        var taking = Task.Run(() => Database.OpenAsync(new() { DataFolder = folder.Path, Connection = one.Connection },
            TimeProvider.System, NullLogger.Instance, Stop), Stop);
        await Eventually.SomeAsync(async () =>
            (await one.QueryAsync($"select 'one' from {Ours} and not l.granted")).Count == 1 ? "it" : null, "it queues");
        Assert.Single(await one.QueryAsync($"select cast(pg_terminate_backend(l.pid) as text) from {Ours} and l.granted"));

        await using var two = await taking;
        await Eventually.TrueAsync(() => ledger.Failed.IsCancellationRequested, "the first one knows");
        Assert.Contains("Another process has taken the place of node 1", one.Database.Away);
        Assert.Equal((true, false), (one.Database.IsReplaced, two.IsReplaced));
        await Assert.ThrowsAsync<StoreUnavailableException>(async () =>
            await one.Database.Tenants.CreateAsync("late", new(), null, Stop));
        Assert.NotNull(await two.Tenants.CreateAsync("acme", new(), null, Stop));
    }
}
