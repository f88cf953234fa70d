using System.Data;
using System.Data.Common;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Documents;
using Ringwright.Store.Engines;
using Ringwright.Store.Jobs;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Work;

/// <summary>
/// Writes one row with its unit of work in one transaction, says what the database's refusal of it means, and tells who waits
/// for what it brought once it is committed.
/// </summary>
/// <param name="routing">Reads the tables again after the write.</param>
/// <param name="isRouted">False for rows that it never reads.</param>
internal sealed class RowWriter(Sql sql, Routing routing, OutboxTable outbox, JobTable jobs, MoneyTable money, StateTable states,
    bool isRouted = true)
{
    public Sql Sql => sql;

    /// <summary>For rows that no call is routed by.</summary>
    public RowWriter Unrouted => new(sql, routing, outbox, jobs, money, states, isRouted: false);

    /// <param name="write">What it does counts only with Done; it may run again.</param>
    public async ValueTask<WriteOutcome> RunAsync(TenantId tenant, Func<IDbConnection, (WriteOutcome Outcome, UnitOfWork? Work)> write,
        bool isDelete, CancellationToken stop)
    {
        Written written;
        try
        {
            written = await sql.WriteAsync(db => Write(db, tenant, write), stop, committed: Tell).ConfigureAwait(false);
        }
        catch (DbException refused) when (sql.Engine.IsRefusal(refused))
        {
            // A foreign key stops a delete because others refer to the row, and a write because what it refers to is gone.
            if (sql.Engine.TroubleOf(refused) is Trouble.RefusedByReference) return isDelete ? WriteOutcome.InUse : WriteOutcome.Missing;
            return WriteOutcome.Duplicate;
        }
        if (written.Outcome is WriteOutcome.Done && (isRouted || written.HasRecords)) await routing.ReloadAsync(stop).ConfigureAwait(false);
        return written.Outcome;
    }

    /// <param name="id">As the column has it.</param>
    public static WriteOutcome Delete(IDbConnection db, ResourceSql statements, TenantId tenant, string kind, object id)
    {
        var which = new { tenant, kind, id };
        statements.Leaving?.Invoke(db, tenant, id);
        foreach (string detach in statements.Detach) db.Execute(detach, which);
        return db.Execute(statements.Delete, which) == 1 ? WriteOutcome.Done : WriteOutcome.Missing;
    }

    private Written Write(IDbConnection db, TenantId tenant, Func<IDbConnection, (WriteOutcome Outcome, UnitOfWork? Work)> write)
    {
        sql.Engine.NameTenant(db, tenant);
        var (outcome, work) = write(db);
        if (outcome is not WriteOutcome.Done || work is null)
        {
            sql.Engine.NameTenant(db, null);
            return new(outcome, [], [], false, false, false);
        }
        AuditTable.Write(db, work.Note);
        StateTable.Write(db, tenant, work.Entry);
        foreach (var record in work.Records)
        {
            record.Write(db);
            AuditTable.Write(db, record.Note);
        }
        foreach (var beside in work.Documents) DocumentTable.Put(db, beside.Kind, beside.Row);
        foreach (var entry in work.Entries) StateTable.Write(db, tenant, entry);
        foreach (var below in work.Below) DocumentTable.DeleteBelow(db, sql.Engine.Documents, tenant, below);
        var entries = work.Money.Select(entry => money.Enter(db, entry)).ToList();
        foreach (var job in work.Jobs) jobs.Write(db, job.Tenant ?? tenant, job);
        foreach (var job in work.Undone) JobTable.Undo(db, tenant, job);
        if (work.Warning is { } warning) WarningRows.Write(db, tenant, warning.At, warning.Cause);
        sql.Engine.NameTenant(db, null);
        // Whoever listens to an account may be a third one.
        bool isTimed = work.Entry?.DueAt is not null || work.Entries.Any(entry => entry.DueAt is not null);
        return new(outcome, outbox.WriteAll(db, work.Messages), entries, work.Jobs.Count > 0, isTimed, work.Records.Count > 0);
    }

    /// <summary>On the writer's thread, before anything that is committed later.</summary>
    private void Tell(Written written)
    {
        if (written.Messages.Count > 0) outbox.Added(written.Messages);
        foreach (var entry in written.Money) money.Posted?.Invoke(entry);
        if (written.HasJobs) jobs.Ring();
        if (written.IsTimed) states.Ring();
    }

    private sealed record Written(
        WriteOutcome Outcome, IReadOnlyList<OutboxEntry> Messages, IReadOnlyList<MoneyEntry> Money, bool HasJobs, bool IsTimed,
        bool HasRecords);
}
