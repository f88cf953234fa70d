using System.Data;
using System.Data.Common;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Resources;

/// <summary>A write of one row, and what the database's refusal of it means.</summary>
internal static class RowWrites
{
    /// <param name="routing">Reads the table again after the write; null when it never reads it.</param>
    public static async ValueTask<WriteOutcome> RunAsync(Sql sql, Routing? routing, Func<IDbConnection, WriteOutcome> write, bool isDelete, CancellationToken stop)
    {
        WriteOutcome outcome;
        try
        {
            outcome = await sql.WriteAsync(write, stop).ConfigureAwait(false);
        }
        catch (DbException refused) when (sql.Engine.IsRefusal(refused))
        {
            // A foreign key stops a delete because others refer to the row, and a write because what it refers to is gone.
            if (sql.Engine.TroubleOf(refused) is Trouble.RefusedByReference) return isDelete ? WriteOutcome.InUse : WriteOutcome.Missing;
            return WriteOutcome.Duplicate;
        }
        if (outcome is WriteOutcome.Done && routing is not null) await routing.ReloadAsync(stop).ConfigureAwait(false);
        return outcome;
    }

    public static WriteOutcome Delete(IDbConnection db, ResourceSql statements, object which)
    {
        foreach (string detach in statements.Detach) Dapper.SqlMapper.Execute(db, detach, which);
        return Dapper.SqlMapper.Execute(db, statements.Delete, which) == 1 ? WriteOutcome.Done : WriteOutcome.Missing;
    }
}
