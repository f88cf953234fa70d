using Microsoft.Extensions.Logging;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Http;

/// <summary>
/// How the engine writes: each change with its note for the account's trail, the kind's hook behind the commit, and changes of one resource
/// in turns. The revisions alone lose nothing; the turns spare callers at the same time the stale reads that would end in 409.
/// </summary>
internal sealed class ResourceWrites(ILogger logger)
{
    /// <summary>Tries of a change that meets others, which only those of another node can be.</summary>
    public const int Attempts = 5;

    private readonly SemaphoreSlim[] _turns = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    public async ValueTask<Reply> InTurnAsync(OperationContext op, ResourceKind kind, string id, Func<ValueTask<Reply>> change)
    {
        var turn = _turns[(uint)HashCode.Combine(kind.RecordType, op.Tenant, id) % (uint)_turns.Length];
        await turn.WaitAsync(op.Stop);
        try
        {
            return await change();
        }
        finally
        {
            turn.Release();
        }
    }

    public ValueTask<WriteOutcome> InsertAsync(OperationContext op, ResourceKind kind, IResourceRows rows, ResourceRow row) =>
        WriteAsync(op, kind, row.Id, new("created", null, row) { At = op.Now }, work => rows.InsertAsync(row, work, op.Stop));

    /// <param name="change">What the trail calls it.</param>
    public ValueTask<WriteOutcome> UpdateAsync(
        OperationContext op, ResourceKind kind, IResourceRows rows, ResourceRow before, ResourceRow after, string change = "updated") =>
        WriteAsync(op, kind, after.Id, new(change, before, after.DeletedAt is null ? after : null) { At = op.Now },
            work => rows.UpdateAsync(after, work, op.Stop));

    public ValueTask<WriteOutcome> DeleteAsync(OperationContext op, ResourceKind kind, IResourceRows rows, ResourceRow row) =>
        WriteAsync(op, kind, row.Id, new("deleted", row, null) { At = op.Now }, work => rows.DeleteAsync(op.Tenant, row.Id, work, op.Stop));

    private async ValueTask<WriteOutcome> WriteAsync(
        OperationContext op, ResourceKind kind, string id, ResourceChange change, Func<UnitOfWork, ValueTask<WriteOutcome>> write)
    {
        var work = await WorkOfAsync(kind, change, op.Note(change.Name, kind.RecordType, id, change.Before?.Body));
        if (change.After is null) work = work with { Below = [.. work.Below, .. BelowOf(op, kind, id)] };
        var outcome = await write(work);
        if (outcome is WriteOutcome.Done) await TellAsync(kind, change, $"Request {op.RequestId} {op.Operation.Id}", logger, op.Stop);
        return outcome;
    }

    /// <summary>All that is committed with a change, whoever makes it.</summary>
    public static async ValueTask<UnitOfWork> WorkOfAsync(ResourceKind kind, ResourceChange change, AuditNote note)
    {
        var work = kind.Work is { } asked ? await asked(change) : new();
        return work with { Note = note, Entry = kind.EntryOf(change) };
    }

    private static IReadOnlyList<ChildRows> BelowOf(OperationContext op, ResourceKind kind, string id) =>
    [
        .. op.Dialect.Bindings.Kinds.DistinctBy(k => k.RecordType).Where(k => k.Under?.Kind.RecordType == kind.RecordType)
            .Select(k => new ChildRows(k.RecordType, k.Under!.Field, id)), // just asked for
    ];

    /// <summary>The change is made whatever the hook does: a fault of ours there must not have it made twice.</summary>
    /// <param name="what">Made the change, for the log.</param>
    public static async ValueTask TellAsync(ResourceKind kind, ResourceChange change, string what, ILogger logger, CancellationToken stop)
    {
        if (kind.Changed is not { } changed) return;
        try
        {
            await changed(change, stop);
        }
        catch (Exception fault)
        {
            logger.HookFailed(fault, what, kind.RecordType, change.Row.Id);
        }
    }
}
