using Dapper;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Whoever asks for the calls that are up reads those alone, however long the ledger of the account is.</summary>
public sealed class LiveLegPlanTests
{
    [Theory]
    [InlineData(LegTable.SelectDialled), InlineData(LegTable.SelectLiveIds), InlineData(LegTable.CountUpAllTenants)]
    [InlineData(CalledNumbers.SelectOnLineAllTenants), InlineData(LiveCallTable.SelectAllTenants)]
    [InlineData(MovingCallTable.SelectAllTenants), InlineData(NewsTable.SelectCallsAllTenants)]
    public async Task Live_calls_come_from_their_own_index(string query)
    {
        await using var test = await TestDatabase.OpenAsync(Product.Sqlite);
        var stop = TestContext.Current.CancellationToken;
        var plan = await test.Database.Sql.ReadAsync(db => db.Query<(long Id, long Parent, long Unused, string Detail)>(
            "explain query plan " + query, new
            {
                tenant = "a", tenants = new InList<string>(["a", "b"]), numbers = new InList<string>(["+1", "+2"]),
                since = DateTimeOffset.UnixEpoch, like = "%", limit = 1, offset = 0,
            }).Select(step => step.Detail).ToList(), stop);
        Assert.Contains(plan, step => step.Contains("rw_leg_live", StringComparison.Ordinal));
        Assert.DoesNotContain(plan, step => step.Contains("rw_leg_session", StringComparison.Ordinal)
            || step.Contains("rw_leg_started", StringComparison.Ordinal));
    }
}
