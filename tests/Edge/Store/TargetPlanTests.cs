using Dapper;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>Who is found by a further address, and how long a list of single numbers is, does not matter to it.</summary>
public sealed class TargetPlanTests
{
    [Fact]
    public async Task Those_with_further_addresses_come_from_their_own_index()
    {
        await using var test = await TestDatabase.OpenAsync(Product.Sqlite);
        var plan = await test.Database.Sql.ReadAsync(db => db.Query<(long Id, long Parent, long Unused, string Detail)>(
            "explain query plan " + TargetRefusals.SelectFurther, new { tenant = "a", list = "b" }).Select(step => step.Detail).ToList(),
            TestContext.Current.CancellationToken);
        Assert.Contains("rw_target_further", Assert.Single(plan), StringComparison.Ordinal);
    }
}
