using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Edge.Store;
using Ringwright.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>What has ended is let go of: whoever begins and ends many in one process has no more memory in use at the end.</summary>
public sealed class LetGoTests
{
    [Fact]
    public Task A_database_and_its_ledger() => IsLetGoAsync(async () =>
    {
        await using var store = await TestDatabase.OpenAsync();
        var ledger = new Ledger(store.Database, Script.Anchor, [], NullLogger.Instance);
        Assert.True(ledger.IsAtRest);
        return new(store.Database);
    });

    [Fact]
    public Task A_node_with_all_its_parts() => IsLetGoAsync(async () =>
    {
        await using var node = await RunningNode.StartAsync();
        return new(node.Node);
    });

    private static async Task IsLetGoAsync(Func<Task<WeakReference>> beginAndEnd)
    {
        var ended = await beginAndEnd();
        await Eventually.TrueAsync(() =>
        {
            GC.Collect(GC.MaxGeneration);
            GC.WaitForPendingFinalizers();
            return !ended.IsAlive;
            // A collection takes long beside others, and what ends at its own pace refers to it for a while.
        }, "nothing refers to it", TimeSpan.FromMinutes(2));
    }
}
