using System.Text.RegularExpressions;
using Dapper;
using Ringwright.Server.Modules;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Tables;

namespace Ringwright.Edge.Store;

/// <summary>What SQLite does for the rows of each call beside writing them.</summary>
public sealed partial class RowChecksTests
{
    private static readonly string[] OfCalls =
    [
        LegWriter.InsertLeg, LegWriter.Ring, LegWriter.Answer, LegWriter.Hold, LegWriter.Follow, LegWriter.End, LegWriter.InsertRecord,
        LedgerBatch.InsertEvent, TraceTable.Insert, OutboxTable.InsertNewDelivery, OutboxTable.InsertDelivery, OutboxTable.Advance,
        OutboxTable.Delete,
    ];

    [Fact]
    public async Task No_row_of_a_call_is_checked_by_a_table_that_is_made_for_it()
    {
        await using var test = await TestDatabase.OpenAsync(configure: options => options with { Areas = NodeModules.Areas });
        foreach (string statement in OfCalls)
        {
            string explained = "explain " + Parameter().Replace(statement, "'x'");
            var steps = await test.Database.Sql.ReadAsync(db => db.Query<Step>(explained).AsList(), TestDatabase.Stop);
            Assert.NotEmpty(steps);
            Assert.DoesNotContain(steps, step => step.Opcode == "OpenEphemeral");
        }
    }

    [GeneratedRegex("@[A-Za-z]+")]
    private static partial Regex Parameter();

    private sealed record Step
    {
        public string Opcode { get; init; } = "";
    }
}
