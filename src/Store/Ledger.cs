using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Tables;

namespace Ringwright.Store;

/// <summary>
/// The one place that events are written to. A batch is whatever is queued when the writer gets to it: ledger rows, leg rows, call records, the dialects'
/// projections and their outbox rows commit together, then the callers are told.
/// </summary>
public sealed class Ledger : ILedger
{
    /// <summary>Events that may wait for the writer.</summary>
    public const int Bound = 50_000;
    private const int NotReadyFrom = Bound / 4 * 3;

    private readonly Database _database;
    private readonly WallAnchor _anchor;
    private readonly IReadOnlyList<IProjector> _projectors;
    private readonly ILogger _logger;
    private readonly LedgerQueue _queue = new();
    private readonly CancellationTokenSource _failed = new();
    /// <summary>Live legs. Touched only by the writer.</summary>
    private readonly Dictionary<LegId, LegTimes> _live = [];
    private int _isPosted;

    public Ledger(Database database, WallAnchor anchor, IReadOnlyList<IProjector> projectors, ILogger logger)
    {
        _database = database;
        _anchor = anchor;
        _projectors = projectors;
        _logger = logger;
        Metrics.LedgerQueue(() => _queue.Count);
    }

    public bool IsReady => _queue.Count < NotReadyFrom && !_failed.IsCancellationRequested;

    /// <summary>Cancelled when a commit failed for good: the node takes no calls any more and ends the live ones with <see cref="HangupCause.LedgerUnavailable"/>.</summary>
    public CancellationToken Failed => _failed.Token;

    public void Append(CallEvent happened, Action<CallEvent, bool> told)
    {
        if (_failed.IsCancellationRequested)
        {
            told(happened, false);
        }
        else if (_queue.TryAdd(happened, told, Bound))
        {
            Post();
        }
        else
        {
            Metrics.EventsLost.Add(1);
            _logger.LedgerFull(Bound, EventJson.NameOf(happened), happened.Leg.Id.ToString());
            told(happened, false);
        }
    }

    /// <summary>Ends when everything that was appended before is written.</summary>
    public async ValueTask FlushAsync() => await _database.Sql.WriteAsync(static _ => 0, CancellationToken.None).ConfigureAwait(false);

    /// <summary>
    /// Gives each leg that the last process left alive its one <see cref="CallEvent.LegEnded"/> (node restart). To be called once at start, before
    /// any call is taken.
    /// </summary>
    /// <returns>How many legs were ended.</returns>
    public async Task<int> RecoverAsync(CancellationToken stop)
    {
        var orphans = await _database.Legs.ListLiveOfAllTenantsAsync(stop).ConfigureAwait(false);
        if (orphans.Count == 0) return 0;
        _logger.LegsRecovered(orphans.Count);

        var now = InstantOf(_database.Time.GetUtcNow());
        var times = orphans.ToDictionary(o => o.Id, o => new LegTimes { Tie = _anchor.Tie, StartedAt = o.StartedAt, AnsweredAt = o.AnsweredAt, LastAt = o.AnsweredAt ?? o.StartedAt });
        // The writer owns the live legs, so it takes them over.
        await _database.Sql.WriteAsync(_ =>
        {
            foreach (var (id, known) in times) _live[id] = known;
            return 0;
        }, stop).ConfigureAwait(false);

        bool[] written = await Task.WhenAll(orphans.Select(orphan => this.AppendAsync(new CallEvent.LegEnded
        {
            Leg = FactsOf(orphan),
            At = now,
            Cause = HangupCause.NodeRestart,
            By = HangupParty.Unknown,
            Evidence = "The node stopped while the leg was alive.",
        }))).ConfigureAwait(false);
        return written.Count(w => w);
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
    internal IEngine Engine => _database.Sql.Engine;
    /// <summary>For the writer alone.</summary>
    internal IReadOnlyDictionary<LegId, LegTimes> Live => _live;

    /// <summary>The next entries for a batch that begins; the rest gets one of its own.</summary>
    internal void TakeInto(List<LedgerEntry> entries, int atMost)
    {
        Volatile.Write(ref _isPosted, 0);
        _queue.Take(entries, atMost);
        if (!_queue.IsEmpty) Post();
    }

    /// <summary>A batch is committed.</summary>
    /// <param name="changed">Null means ended.</param>
    internal void Adopt(int entries, IReadOnlyDictionary<LegId, LegTimes?> changed, bool hasMessages)
    {
        foreach (var (leg, times) in changed)
        {
            if (times is null) _live.Remove(leg);
            else _live[leg] = times;
        }
        _queue.Done(entries);
        Metrics.EventsWritten.Add(entries);
        if (hasMessages) _database.Outbox.SignalAdded();
    }

    /// <summary>Nothing will ever be written again. Those who wait get their answer with the batch; whoever comes later is told at once.</summary>
    internal void Fail(Exception why, List<LedgerEntry> entries)
    {
        if (!_failed.IsCancellationRequested)
        {
            _logger.LedgerFailed(why);
            _failed.Cancel();
        }
        TakeInto(entries, int.MaxValue);
        _queue.Done(entries.Count);
    }

    internal void Refused(CallEvent happened, Exception why) => _logger.EventRefused(why, EventJson.NameOf(happened), happened.Leg.Id.ToString());

    internal IReadOnlyList<OutboxMessage> Project(CallEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
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
                _logger.ProjectionFailed(bug, EventJson.NameOf(happened), happened.Leg.Id.ToString());
            }
        }
        return messages ?? (IReadOnlyList<OutboxMessage>)[];
    }

    private void Post()
    {
        if (Interlocked.Exchange(ref _isPosted, 1) == 0) _database.Sql.Post(new LedgerBatch(this));
    }
}
