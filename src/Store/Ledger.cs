using System.Collections.Concurrent;
using System.Data.Common;
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
    private const int MaxBatch = 5_000;

    private readonly Database _database;
    private readonly WallAnchor _anchor;
    private readonly IReadOnlyList<IProjector> _projectors;
    private readonly ILogger _logger;
    private readonly ConcurrentQueue<Entry> _queue = new();
    private readonly CancellationTokenSource _failed = new();
    /// <summary>Live legs. Touched only by the writer.</summary>
    private readonly Dictionary<LegId, LegTimes> _live = [];
    private int _waiting;
    private int _isPosted;

    public Ledger(Database database, WallAnchor anchor, IReadOnlyList<IProjector> projectors, ILogger logger)
    {
        _database = database;
        _anchor = anchor;
        _projectors = projectors;
        _logger = logger;
        Metrics.LedgerQueue(() => Volatile.Read(ref _waiting));
    }

    public bool IsReady => Volatile.Read(ref _waiting) < NotReadyFrom && !_failed.IsCancellationRequested;

    /// <summary>Cancelled when a commit failed for good: the node takes no calls any more and ends the live ones with <see cref="HangupCause.LedgerUnavailable"/>.</summary>
    public CancellationToken Failed => _failed.Token;

    public Task<bool> AppendAsync(CallEvent happened)
    {
        if (_failed.IsCancellationRequested) return Task.FromResult(false);
        if (Interlocked.Increment(ref _waiting) > Bound)
        {
            Interlocked.Decrement(ref _waiting);
            Metrics.EventsLost.Add(1);
            _logger.LedgerFull(Bound, EventJson.NameOf(happened), happened.Leg.Id.ToString());
            return Task.FromResult(false);
        }
        var entry = new Entry(happened);
        _queue.Enqueue(entry);
        if (Interlocked.Exchange(ref _isPosted, 1) == 0) _database.Sql.Post(new Batch(this));
        return entry.Task;
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

        bool[] written = await Task.WhenAll(orphans.Select(orphan => AppendAsync(new CallEvent.LegEnded
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

    private IReadOnlyList<OutboxMessage> Project(CallEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
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

    private sealed class Entry(CallEvent happened)
    {
        private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public CallEvent Happened { get; } = happened;
        public Task<bool> Task => _done.Task;
        public bool IsWritten { get; set; }

        public void Complete(bool isCommitted) => _done.SetResult(isCommitted);
    }

    private sealed class Batch(Ledger ledger) : IWriteJob
    {
        private readonly List<Entry> _entries = [];
        /// <summary>Legs as this batch changes them; they become the ledger's when it is committed. Null means ended.</summary>
        private readonly Dictionary<LegId, LegTimes?> _changed = [];
        private bool _hasMessages;

        public void Run(DbConnection connection)
        {
            // A repeated run writes the same entries.
            if (_entries.Count == 0)
            {
                Volatile.Write(ref ledger._isPosted, 0);
                while (_entries.Count < MaxBatch && ledger._queue.TryDequeue(out var entry)) _entries.Add(entry);
                if (!ledger._queue.IsEmpty && Interlocked.Exchange(ref ledger._isPosted, 1) == 0) ledger._database.Sql.Post(new Batch(ledger));
            }
            _changed.Clear();
            foreach (var entry in _entries) entry.IsWritten = Write(connection, entry.Happened);
        }

        public void Committed()
        {
            foreach (var (leg, times) in _changed)
            {
                if (times is null) ledger._live.Remove(leg);
                else ledger._live[leg] = times;
            }
            Interlocked.Add(ref ledger._waiting, -_entries.Count);
            Metrics.EventsWritten.Add(_entries.Count);
            if (_hasMessages) ledger._database.Outbox.SignalAdded();
            foreach (var entry in _entries) entry.Complete(entry.IsWritten);
        }

        public void Failed(Exception why)
        {
            if (!ledger._failed.IsCancellationRequested)
            {
                ledger._logger.LedgerFailed(why);
                ledger._failed.Cancel();
            }
            // Those who came in the meantime get their answer here too; whoever comes later posts a batch of his own.
            Volatile.Write(ref ledger._isPosted, 0);
            while (ledger._queue.TryDequeue(out var entry)) _entries.Add(entry);
            Interlocked.Add(ref ledger._waiting, -_entries.Count);
            foreach (var entry in _entries) entry.Complete(false);
        }

        private bool Write(DbConnection connection, CallEvent happened)
        {
            var leg = happened.Leg.Id;
            if (!_changed.TryGetValue(leg, out var times) && !ledger._live.TryGetValue(leg, out times) && happened is CallEvent.LegInitiated)
                times = LegTimes.Begin(happened.Leg, ledger._anchor);
            bool isLate = times is null && happened.MayFollowEnd();
            if (isLate) times = LegTimes.Begin(happened.Leg, ledger._anchor) with { Facts = happened.Leg };
            if (times is null) return false; // after the end, or of a leg that never began

            connection.Run("savepoint event;");
            try
            {
                var at = times.WallOf(happened);
                var after = times.After(happened, at);
                bool isWritten = LegWriter.Write(connection, happened, times with { AnsweredAt = after.AnsweredAt }, at);
                if (isWritten)
                {
                    foreach (var message in ledger.Project(happened, at, times.StartedAt))
                    {
                        OutboxTable.Write(connection, message);
                        _hasMessages = true;
                    }
                    if (!isLate) _changed[leg] = happened is CallEvent.LegEnded ? null : after;
                }
                connection.Run("release event;");
                return isWritten;
            }
            catch (DbException refused) when (ledger._database.Sql.Engine.IsRefusal(refused))
            {
                connection.Run("rollback to event; release event;");
                ledger._logger.EventRefused(refused, EventJson.NameOf(happened), leg.ToString());
                return false;
            }
        }
    }
}
