using System.Text.RegularExpressions;
using Dapper;
using Ringwright.Edge.Store;
using Ringwright.Server.Modules;

namespace Ringwright.Edge.Agency;

/// <summary>What every call of the node does for the figures of agencies, also one that is no agency's.</summary>
public sealed partial class AgencyHourPlanTests
{
    [Fact]
    public async Task The_agency_of_a_call_is_found_by_an_index_however_many_there_are()
    {
        await using var test = await TestDatabase.OpenAsync(configure: options => options with { Areas = NodeModules.Areas });
        var triggers = await test.QueryAsync("select sql from sqlite_master where type = 'trigger' and name like 'agency_hour_%'");
        string[] queries = [.. triggers.SelectMany(sql => OfAgencies().Matches(sql).Select(match => Row().Replace(match.Value, "'x'")))];
        Assert.True(queries.Length >= 10, $"{queries.Length} queries");
        foreach (string query in queries)
        {
            var plan = await test.Database.Sql.ReadAsync(db => db.Query<(long Id, long Parent, long Unused, string Detail)>(
                "explain query plan " + query).Select(step => step.Detail).ToList(), TestDatabase.Stop);
            Assert.Contains(plan, step => step.StartsWith("SEARCH g ", StringComparison.Ordinal));
        }
    }

    [GeneratedRegex(@"select\b[^;]*\bjoin agencies g on g\.tenant_id = [^;]*")]
    private static partial Regex OfAgencies();

    [GeneratedRegex(@"\b(?:new|old)\.[a-z_]+")]
    private static partial Regex Row();
}
