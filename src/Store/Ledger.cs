using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Jobs;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Tables;

namespace Ringwright.Store;

/// <summary>
/// The one place that events are written to. A batch is whatever is queued when the writer gets to it: ledger rows, leg rows, call records,
/// the dialects' projections and their outbox rows commit together, then the callers are told.
/// </summary>
public sealed class Ledger : ILedger
{
    /// <summary>Events that may wait for the writer.</summary>
    public const int Bound = 50_000;
    private const int NotReadyFrom = Bound / 4 * 3;
    /// <summary>
    /// How long who begins a call waits for its first row while rows are written: what waited through an outage is before it.
    /// Of the time that counts for the watch (ADR 63): a node that had no processor itself refuses no call for it.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly Database _database;
    private readonly WallAnchor _anchor;
    private readonly IReadOnlyList<IProjector> _projectors;
    private readonly ILogger _logger;
    private readonly LedgerQueue _queue = new();
    private readonly CancellationTokenSource _failed = new();
    /// <summary>Live subjects. Touched only by the writer.</summary>
    private readonly Dictionary<Subject, SubjectTimes> _live = [];
    /// <summary>The batch that takes what is queued, until its fate is known. As above.</summary>
    private LedgerBatch? _taker;
    /// <summary>What waits in the writer's queue to take events along: nothing, a batch that may wait, or one that may not.</summary>
    private const int Nothing = 0, Leisurely = 1, Hasty = 2;
    private int _posted, _isFull, _isLossTold;
    /// <summary>One moment on the engine's clock and on the database's, of which nobody sets either.</summary>
    private readonly Instant _bornAt;
    private readonly long _bornTimestamp;

    public Ledger(Database database, WallAnchor anchor, IReadOnlyList<IProjector> projectors, ILogger logger)
    {
        _database = database;
        _anchor = anchor;
        _projectors = projectors;
        _logger = logger;
        _database.Sql.Looked += Withdraw;
        _database.Sql.Broke += Break;
        _database.Sql.LeftBehind += LeaveBehind;
        (_bornAt, _bornTimestamp) = (anchor.ToInstant(database.Time.GetUtcNow()), database.Time.GetTimestamp());
        Metrics.LedgerQueue(database.Gauges, () => _queue.Count);
        Metrics.Available(database.Gauges, () => _database.IsAvailable ? 1 : 0);
    }

    /// <summary>Hears of each leg that has ended and what it was charged, on the writer's thread: it must be short.</summary>
    public Action<LegFacts, Charge?>? Settled { get; set; }

    /// <summary>
    /// Hears of each event when it is committed and its asker told, in the order of the commits, on the writer's thread:
    /// it must be short, and throw nothing.
    /// </summary>
    public Action<SubjectEvent>? Committed { get; set; }

    public bool IsReady => _queue.Count < NotReadyFrom && !_failed.IsCancellationRequested && _database.IsAvailable;

    /// <summary>No event waits to be written.</summary>
    public bool IsAtRest => _queue.Count == 0;

    /// <summary>
    /// Called once when the queue is full: the node ends its calls with <see cref="HangupCause.LedgerUnavailable"/>,
    /// for nothing of them is kept any more.
    /// </summary>
    public Action? Overflowed { get; set; }

    /// <summary>
    /// Cancelled when a commit failed for good: the node takes no calls any more and ends the live ones with
    /// <see cref="HangupCause.LedgerUnavailable"/>.
    /// </summary>
    public CancellationToken Failed => _failed.Token;

    public void Append(SubjectEvent happened, Action<SubjectEvent, bool> told, string? recoveryBye = null)
    {
        // Whoever begins a call would rather hear no than wait for a disk. What begins for calls that are up goes on as they do.
        bool isNew = LedgerEntry.Begins(happened);
        if (_failed.IsCancellationRequested || isNew && !_database.IsAvailable)
        {
            told(happened, false);
            return;
        }
        if (happened is ConferenceEvent room) told = Know(room, told);
        if (_queue.Add(new(happened, recoveryBye, told), Bound) is not { } entry)
        {
            Metrics.EventsLost.Add(1);
            if (Interlocked.Exchange(ref _isFull, 1) == 0)
            {
                _logger.LedgerFull(Bound);
                Overflowed?.Invoke();
            }
            told(happened, false);
            return;
        }
        // The database may have gone away since.
        if (isNew && !_database.IsAvailable) _queue.Withdraw(entry);
        Post(entry.Priority);
    }

    private Action<SubjectEvent, bool> Know(ConferenceEvent happened, Action<SubjectEvent, bool> told)
    {
        var known = _database.Conferences.Known;
        known.Hear(happened, _anchor);
        if (happened is not ConferenceEvent.ConferenceBegan) return told;
        return (first, isCommitted) =>
        {
            if (!isCommitted) known.Forget(happened.Conference);
            told(first, isCommitted);
        };
    }

    // The writer takes its jobs in order, so what was appended before is written before;
    // what is appended after may be too (see the statement).
    public void Keep(LegFacts leg, string recoveryBye, Action<bool> told) => _ = KeepAsync(leg, recoveryBye, told);

    public void Forget(LegFacts leg) => _ = ForgetAsync(leg);

    /// <summary>Ends when everything that was appended before is written.</summary>
    public async ValueTask FlushAsync() => await _database.Sql.WriteAsync(static _ => 0, CancellationToken.None).ConfigureAwait(false);

    /// <summary>What recording servers are to be told after <see cref="RecoverAsync"/>: the sessions with them have ended.</summary>
    public IReadOnlyList<string> RecordingByes { get; private set; } = [];

    /// <summary>
    /// Gives each subject that the last process of this node left alive its one last event (a leg's: node restart):
    /// told now, ended at its last sign of life. To be called once at start, before any call is taken.
    /// </summary>
    /// <param name="files">What was recorded, as far as it was written.</param>
    /// <returns>How many were ended.</returns>
    public async Task<int> RecoverAsync(CancellationToken stop, IRecordingFiles? files = null)
    {
        var orphans = await ListOrphansAsync(_database.Node.Node, files, stop).ConfigureAwait(false);
        if (orphans.Count == 0) return 0;
        _logger.LegsRecovered(orphans.Count);
        RecordingByes = [.. orphans.SelectMany(orphan => orphan.RecordingByes)];
        return await EndAsync(orphans, _database.Node.Node, stop).ConfigureAwait(false);
    }

    /// <summary>
    /// The same for a node that is dead, and that nobody may start meanwhile. Its far ends are told by its own next start.
    /// </summary>
    internal async Task<int> BuryAsync(int node, CancellationToken stop)
    {
        var orphans = await ListOrphansAsync(node, files: null, stop).ConfigureAwait(false);
        return orphans.Count == 0 ? 0 : await EndAsync(orphans, node, stop).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<Orphan>> ListOrphansAsync(int node, IRecordingFiles? files, CancellationToken stop)
    {
        var orphans = new List<Orphan>();
        foreach (var writer in Writers.All)
            orphans.AddRange(await writer.ListOrphansAsync(this, _database, node, files, stop).ConfigureAwait(false));
        return orphans;
    }

    private async Task<int> EndAsync(IReadOnlyList<Orphan> orphans, int node, CancellationToken stop)
    {
        await _database.RecoveryByes.TakeOverAsync(node, stop).ConfigureAwait(false);
        // The writer owns what is alive, so it takes them over.
        await _database.Sql.WriteAsync(_ =>
        {
            foreach (var orphan in orphans) _live[orphan.End.Subject] = orphan.Times;
            return 0;
        }, stop).ConfigureAwait(false);

        // Appended one after the other, and so written: what calls did in conferences is over before they are, the conferences behind them.
        var ends = new List<Task<bool>>(orphans.Count);
        foreach (var before in orphans.Where(orphan => !IsOfLeg(orphan)).SelectMany(orphan => orphan.Before)) _ = this.AppendAsync(before);
        foreach (var orphan in orphans.OrderBy(orphan => orphan.End.Subject.Kind))
        {
            if (IsOfLeg(orphan))
                foreach (var before in orphan.Before) _ = this.AppendAsync(before);
            ends.Add(this.AppendAsync(orphan.End));
        }
        return (await Task.WhenAll(ends).ConfigureAwait(false)).Count(written => written);
    }

    private static bool IsOfLeg(Orphan orphan) => orphan.End.Subject.Kind is SubjectKind.Leg;

    /// <summary>
    /// Notes that the process is alive, while a call is: what a start after a crash takes for the end of each call that it finds, unless it
    /// finds a later sign. One row for all of them. While the database is away nothing is noted: nobody is billed for what cannot be shown.
    /// </summary>
    public async Task SignAsync(CancellationToken stop)
    {
        try
        {
            await _database.Sql.WriteAsync(db =>
            {
                if (_live.Count > 0) NodeTable.WriteSign(db, _database.Node, _bornAt + _database.Time.GetElapsedTime(_bornTimestamp));
                return 0;
            }, stop, CommitPriority.Later).ConfigureAwait(false);
        }
        catch (StoreUnavailableException)
        {
            // Told by the writer, once for the whole outage.
        }
    }

    /// <summary>What is to be said to the far ends of legs that an earlier start left alive; after <see cref="RecoverAsync"/>.</summary>
    public async Task<IReadOnlyList<KeptRecoveryBye>> ListRecoveryByesAsync(CancellationToken stop)
    {
        var texts = await _database.RecoveryByes.ListOfAllTenantsAsync(_database.Node.Node, stop).ConfigureAwait(false);
        if (texts.Count == 0) return [];
        var legs = await _database.Legs.ListRecoveryByesOfAllTenantsAsync(stop).ConfigureAwait(false);
        return [.. legs.Where(leg => texts.ContainsKey(leg.Id)).Select(leg => new KeptRecoveryBye(FactsOf(leg), texts[leg.Id]))];
    }

    private async Task KeepAsync(LegFacts leg, string recoveryBye, Action<bool> told)
    {
        bool isKept = false;
        try
        {
            await _database.RecoveryByes.KeepAsync(leg, recoveryBye).ConfigureAwait(false);
            isKept = true;
        }
        catch (Exception failed)
        {
            _logger.RecoveryByeNotKept(failed, leg.Uuid.ToString());
        }
        told(isKept);
    }

    private async Task ForgetAsync(LegFacts leg)
    {
        try
        {
            await _database.RecoveryByes.DeleteAsync(leg.Tenant, leg.Id).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            _logger.RecoveryByeNotForgotten(failed, leg.Uuid.ToString());
        }
    }

    private async Task ReleaseAsync(LegFacts leg, string commandId)
    {
        try
        {
            await Dials.ReleaseAsync(leg.Tenant, commandId, leg.Id).ConfigureAwait(false);
        }
        catch (Exception failed)
        {
            _logger.DialNotReleased(failed, leg.Uuid.ToString());
        }
    }

    internal Instant InstantOf(DateTimeOffset wall) => _anchor.ToInstant(wall);

    internal LegFacts FactsOf(LegRow row) => new()
    {
        Id = row.Id,
        Uuid = row.Uuid,
        Session = row.Session,
        Tenant = row.Tenant,
        Connection = row.Connection,
        Direction = row.Direction,
        From = row.From,
        To = row.To,
        FromUri = row.FromUri,
        ToUri = row.ToUri,
        CallerName = row.CallerName,
        StartedAt = InstantOf(row.StartedAt),
        AnsweredAt = row.AnsweredAt is { } at ? InstantOf(at) : null,
        Trunk = row.Trunk,
        Labels = row.Labels,
        Headers = row.Headers,
    };

    internal WallAnchor Anchor => _anchor;
    internal RoutingSnapshot Current => _database.Routing.Current;
    internal LedgerQueue Queue => _queue;
    internal SubjectWriters Writers => _database.Subjects;
    internal IEngine Engine => _database.Sql.Engine;
    internal OutboxTable Outbox => _database.Outbox;
    internal DialClaimTable Dials => _database.DialClaims;
    internal CampaignDesk CampaignDesk => _database.CampaignDesk;
    internal JobTable Jobs => _database.Jobs;
    /// <summary>For the writer alone.</summary>
    internal IReadOnlyDictionary<Subject, SubjectTimes> Live => _live;

    /// <summary>
    /// The next entries for a batch that begins; the rest gets one of its own. Of batches that are committed together only the first takes
    /// any: what it makes of its subjects is in <see cref="Live"/> behind the commit, and one beside it would go on from what was before,
    /// and undo that. Nothing is left lying: what came since the first one took has posted a batch for the commit behind this one.
    /// </summary>
    internal void TakeInto(LedgerBatch batch, List<LedgerEntry> entries, int atMost)
    {
        if ((_taker ??= batch) == batch) TakeInto(entries, atMost);
    }

    /// <summary>The fate of a batch is known.</summary>
    internal void Release(LedgerBatch batch)
    {
        if (_taker == batch) _taker = null;
    }

    private void TakeInto(List<LedgerEntry> entries, int atMost)
    {
        Volatile.Write(ref _posted, Nothing);
        _queue.Take(entries, atMost);
        if (!_queue.IsEmpty) Post(CommitPriority.Now);
    }

    /// <summary>A batch is committed.</summary>
    /// <param name="changed">Null means ended.</param>
    internal void Adopt(int entries, IReadOnlyDictionary<Subject, SubjectTimes?> changed, IReadOnlyList<OutboxEntry> messages,
        IReadOnlyList<(LegFacts Leg, Charge? Charge)> ended)
    {
        foreach (var (subject, times) in changed)
        {
            if (times is null) _live.Remove(subject);
            else _live[subject] = times;
        }
        _queue.Done(entries);
        if (_queue.Count < NotReadyFrom) Volatile.Write(ref _isFull, 0);
        Metrics.EventsWritten.Add(entries);
        _database.Outbox.Added(messages);
        if (Settled is { } settled)
            foreach (var (leg, charge) in ended) settled(leg, charge);
    }

    /// <summary>
    /// Nothing will ever be written again. Those who wait get their answer with the batch; whoever comes later is told at once.
    /// </summary>
    internal void Fail(Exception why, List<LedgerEntry> entries)
    {
        bool isFirst = !_failed.IsCancellationRequested;
        TakeInto(entries, int.MaxValue);
        _queue.Done(entries.Count);
        if (why is StoreUnavailableException) TellLost(entries.Count);
        else if (isFirst) _logger.LedgerFailed(why);
        _failed.Cancel();
    }

    /// <summary>There is a row of what was never made.</summary>
    internal void Abandon(SubjectEvent first)
    {
        Append(Writers[first.Subject.Kind].Abandoned(first), static (_, _) => { });
        if (Engine.IsShared && first is CallEvent.LegInitiated { CommandId: { } commandId } dialled)
            _ = ReleaseAsync(dialled.Leg, commandId);
    }

    internal void Refused(SubjectEvent happened, Exception why) =>
        _logger.EventRefused(why, NameOf(happened), NameOf(happened.Subject, happened));

    /// <summary>Nothing is to be lost: so this is said loudly.</summary>
    internal void Skipped(SubjectEvent happened, Exception bug)
    {
        Metrics.EventsLost.Add(1);
        _logger.EventSkipped(bug, NameOf(happened), NameOf(happened.Subject, happened));
    }

    internal IReadOnlyList<OutboxMessage> Project(SubjectEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        List<OutboxMessage>? messages = null;
        foreach (var projector in _projectors)
        {
            try
            {
                var projected = projector.Project(happened, at, startedAt);
                if (projected.Count > 0) (messages ??= []).AddRange(projected);
            }
            catch (Exception bug)
            {
                // A dialect's bug must not cost the call its record.
                _logger.ProjectionFailed(bug, NameOf(happened), NameOf(happened.Subject, happened));
            }
        }
        return messages ?? (IReadOnlyList<OutboxMessage>)[];
    }

    private string NameOf(SubjectEvent happened) => Writers[happened.Subject.Kind].Events.NameOf(happened);

    /// <summary>By which a person finds it.</summary>
    private static string NameOf(Subject subject, SubjectEvent happened) =>
        happened is CallEvent call ? $"leg {call.Leg.Uuid}" : subject.ToString();

    /// <summary>Nobody who begins a call waits for a database that does not answer, or has too much to do.</summary>
    private void Withdraw(TimeSpan counted)
    {
        if (_database.IsAvailable) _queue.WithdrawNew(counted, Patience);
        else _queue.WithdrawNew(() => !_database.IsAvailable);
    }

    private void Break(Exception why)
    {
        var entries = new List<LedgerEntry>();
        Fail(why, entries);
        foreach (var entry in entries) _queue.Complete(entry, false);
    }

    /// <summary>The node ends, and the database has not said a word.</summary>
    private void LeaveBehind()
    {
        if (_queue.Count is not (> 0 and int lost)) return;
        TellLost(lost);
        var entries = new List<LedgerEntry>();
        _queue.Take(entries, int.MaxValue);
        foreach (var entry in entries) _queue.Complete(entry, false);
    }

    /// <summary>Once: what is left behind is counted then, and a writer that comes to itself later finds the same.</summary>
    private void TellLost(int events)
    {
        if (Interlocked.Exchange(ref _isLossTold, 1) == 0) _logger.EventsLostAtStop(events);
    }

    private void Post(CommitPriority priority)
    {
        int wanted = priority is CommitPriority.Now ? Hasty : Leisurely;
        int posted = Volatile.Read(ref _posted);
        while (posted < wanted)
        {
            int seen = Interlocked.CompareExchange(ref _posted, wanted, posted);
            if (seen == posted)
            {
                _database.Sql.Post(new LedgerBatch(this, priority));
                return;
            }
            posted = seen;
        }
    }
}
