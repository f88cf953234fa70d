using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Resources;

namespace Ringwright.Http;

/// <summary>One move of one resource that somebody wants made.</summary>
public sealed record MoveOrder(TenantId Tenant, string Id, string Move, Mover By)
{
    public required DateTimeOffset At { get; init; }
    /// <summary>Of the key that asks, where <see cref="By"/> is the account's API.</summary>
    public CallerRole Role { get; init; } = CallerRole.Operator;
    /// <summary>For the field that the move's row names.</summary>
    public string? Said { get; init; }
    /// <summary>The revision that was seen when the move was decided: of another it is not made. Null takes whatever is there.</summary>
    public long? Revision { get; init; }
    /// <summary>Who asks, for the account's trail; null when the node makes it by itself. What was before and after is filled in.</summary>
    public AuditNote? Note { get; init; }
}

public enum MoveOutcome
{
    Done, Missing,
    /// <summary>No row of the table leads out of the state for this mover.</summary>
    WrongState,
    /// <summary>The key's role is too low.</summary>
    Forbidden,
    /// <summary>The move's row wants something said.</summary>
    NothingSaid,
    /// <summary>Somebody else changed the resource in between.</summary>
    Conflict,
    /// <summary>The row was not written, as <see cref="MoveResult.Write"/> says.</summary>
    Refused,
}

/// <param name="Row">As it is afterwards, or as it was found; null when it is missing.</param>
public sealed record MoveResult(MoveOutcome Outcome, ResourceRow? Row = null, WriteOutcome Write = WriteOutcome.Done);

/// <summary>
/// Makes moves, whoever asks for them: the state with all that comes of it is one transaction, and of two at once the one that read an
/// older revision looks again.
/// </summary>
public sealed class Moves(ILogger logger)
{
    public async ValueTask<MoveResult> RunAsync(LifeCycle cycle, MoveOrder order, CancellationToken stop)
    {
        var (kind, rows) = cycle;
        ResourceRow? row = null;
        for (int attempt = 0; attempt < ResourceWrites.Attempts; attempt++)
        {
            row = await rows.FindAsync(order.Tenant, order.Id, stop);
            if (row is null) return new(MoveOutcome.Missing);
            if (order.Revision is { } seen && seen != row.Revision) return new(MoveOutcome.Conflict, row);
            if (kind.Find(order.Move, order.By, kind.StateOf(row)) is not { } move) return new(MoveOutcome.WrongState, row);
            if (order.By is Mover.Api && order.Role < move.Role) return new(MoveOutcome.Forbidden, row);
            if (move.Says is not null && string.IsNullOrWhiteSpace(order.Said)) return new(MoveOutcome.NothingSaid, row);

            var body = row.Body.DeepClone().AsObject();
            kind.Step(body, move, order.Said);
            var after = row with { Body = body, UpdatedAt = order.At };
            var change = new ResourceChange(order.Move, row, after) { By = order.By, At = order.At };
            var note = order.Note ?? NodesOwn(order, kind);
            var work = await ResourceWrites.WorkOfAsync(kind, change, note with { Before = row.Body });
            var outcome = await rows.UpdateAsync(after, work, stop);
            if (outcome is WriteOutcome.Stale) continue;
            if (outcome is WriteOutcome.Missing) return new(MoveOutcome.Missing);
            if (outcome is not WriteOutcome.Done) return new(MoveOutcome.Refused, row, outcome);
            await ResourceWrites.TellAsync(kind, change, order.Move, logger, stop);
            return new(MoveOutcome.Done, after with { Revision = row.Revision + 1 });
        }
        return new(MoveOutcome.Conflict, row);
    }

    private static AuditNote NodesOwn(MoveOrder order, ResourceKind kind) => new()
    {
        Tenant = order.Tenant,
        At = order.At,
        By = AuditActor.Node,
        Change = order.Move,
        RecordType = kind.RecordType,
        ResourceId = order.Id,
    };
}
