using System.Data;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// What the ledger must know of one kind of subjects. The ledger itself writes the events, tells the dialects and keeps the times;
/// this writes what an event means for the kind's own rows, in the same transaction.
/// One for each kind, registered in <see cref="SubjectWriters"/>.
/// </summary>
internal abstract class SubjectWriter
{
    public abstract SubjectKind Kind { get; }

    public abstract EventJson Events { get; }

    /// <param name="happened">The first event of a subject, or one of <see cref="LifeStage.Whenever"/> behind its last.</param>
    public abstract SubjectTimes Begin(SubjectEvent happened, WallTie tie);

    /// <summary>Writes the kind's own rows. May run again for the same event, when the transaction was rolled back.</summary>
    /// <param name="at">The event's wall time.</param>
    /// <param name="recoveryBye">As for <see cref="ILedger.Append"/>.</param>
    /// <returns>False when the event came after the end of what it is about, or must not begin: nothing of it is written then.</returns>
    public abstract bool Write(ILedgerStep step, SubjectEvent happened, SubjectTimes times, DateTimeOffset at, string? recoveryBye);

    /// <summary>What ends a subject whose first event was written after all, though who asked for it was told that it was not.</summary>
    public abstract SubjectEvent Abandoned(SubjectEvent first);

    /// <summary>What a process of that node left alive, each with the event that ends it now.</summary>
    /// <param name="files">What was recorded of it, where that can be seen from here.</param>
    public virtual Task<IReadOnlyList<Orphan>> ListOrphansAsync(Ledger ledger, Database database, int node, IRecordingFiles? files,
        CancellationToken stop) =>
        Task.FromResult<IReadOnlyList<Orphan>>([]);
}

/// <summary>The transaction that an event is written in.</summary>
internal interface ILedgerStep
{
    IDbConnection Db { get; }

    RoutingSnapshot Snapshot { get; }

    DialClaimTable Dials { get; }

    /// <summary>Whom the event happened to, as rows have it.</summary>
    string SubjectId { get; }

    /// <summary>The same of the account whose that is.</summary>
    string Tenant { get; }

    /// <summary>The same of when it happened.</summary>
    string Time { get; }

    /// <summary>Is written, and told, right behind the event itself. Has no rows of its own beside the ledger's.</summary>
    void Follow(SubjectEvent next);

    /// <summary>A campaign's attempt was answered: its face may tell of it.</summary>
    void TellAttempt(TenantId tenant, Guid attempt, DateTimeOffset at);

    /// <summary>For <see cref="Ledger.Settled"/>, behind the commit.</summary>
    void Settle(LegFacts leg, Charge? charge);
}

/// <summary>A subject that an earlier process left alive.</summary>
/// <param name="End">Ends it.</param>
/// <param name="Times">As far as its rows tell.</param>
internal sealed record Orphan(SubjectEvent End, SubjectTimes Times)
{
    /// <summary>What else is over with it, told before it.</summary>
    public IReadOnlyList<SubjectEvent> Before { get; init; } = [];

    /// <summary>What is to be said to recording servers, as their sessions told it when they began.</summary>
    public IReadOnlyList<string> RecordingByes { get; init; } = [];
}
