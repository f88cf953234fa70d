using Dapper;
using Microsoft.Data.Sqlite;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>What providers tell while nothing can be written.</summary>
public sealed class AgencyLockedTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_that_cannot_be_kept_is_to_be_told_once_more()
    {
        // Case W08, of a database that is locked.
        await using var host = await AgencyHost.StartAsync(Product.Sqlite);
        string address = (string)(await host.DoneAsync(200, host.OwnerA, "GET", "/integrations"))["webhook_url"]!;
        const string body = """{"event":"call.started","call":{"callId":"c-1","created":"2026-02-01T10:00:00Z"}}""";
        var node = host.Node.Node;
        await using var other = new SqliteConnection($"Data Source={Path.Combine(node.Settings.Data, "ringwright.db")};Pooling=False");
        await other.OpenAsync(Stop);
        await other.ExecuteAsync("begin immediate");
        await Eventually.TrueAsync(() => !node.Database.IsAvailable, "nothing can be written");
        Assert.Equal(503, await host.HookAsync(address, body));
        await other.ExecuteAsync("rollback");
        await Eventually.TrueAsync(() => node.Database.IsAvailable, "it is free");
        Assert.Equal(204, await host.HookAsync(address, body));
        Assert.Equal(1, (int)(await host.DoneAsync(200, host.OwnerA, "GET", "/webhook-logs"))["pagination"]!["total"]!);
    }
}
