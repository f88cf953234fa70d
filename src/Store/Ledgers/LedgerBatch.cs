using System.Data;
using System.Data.Common;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>What is queued when the writer gets to it: ledger rows, leg rows, call records and outbox rows of these events commit together.</summary>
internal sealed class LedgerBatch(Ledger ledger, Haste haste) : IWriteJob
{
    /// <summary>So many that a server takes them within a second: meanwhile whoever wants to write something else waits.</summary>
    private const int MaxEntries = 1_000;

    private readonly List<LedgerEntry> _entries = [];
    /// <summary>Legs as this batch changes them; they become the ledger's when it is committed. Null means ended.</summary>
    private readonly Dictionary<LegId, LegTimes?> _changed = [];
    private readonly List<OutboxEntry> _messages = [];
    private readonly List<(LegFacts Leg, Charge? Charge)> _ended = [];
    /// <summary>What this batch writes, with what the ledger itself adds.</summary>
    private readonly List<CallEvent> _written = [];

    public Haste Haste => haste;

    public void Run(DbConnection connection, bool isCareful)
    {
        // A repeated run writes the same entries, but for calls that do not begin any more.
        DropWithdrawn();
        if (_entries.Count == 0) ledger.TakeInto(_entries, MaxEntries);
        _changed.Clear();
        _messages.Clear();
        _ended.Clear();
        _written.Clear();
        foreach (var entry in _entries) entry.IsWritten = isCareful ? TryWrite(connection, entry) : Write(connection, entry);
    }

    public void Committed()
    {
        ledger.Adopt(_entries.Count, _changed, _messages, _ended);
        foreach (var entry in _entries)
        {
            // Told no while nobody knew whether the commit had been taken, and it had.
            if (!ledger.Queue.Complete(entry, entry.IsWritten) && entry.IsWritten) ledger.Abandon(entry.Happened.Leg);
        }
        if (ledger.Committed is not { } committed) return;
        foreach (var happened in _written) committed(happened);
    }

    /// <summary>Calls that were to begin do not; what happens in those that are up waits.</summary>
    public bool TryWait()
    {
        ledger.Queue.WithdrawNewLegs(TimeSpan.Zero);
        DropWithdrawn();
        return true;
    }

    private void DropWithdrawn() => ledger.Queue.Done(_entries.RemoveAll(e => e.IsWithdrawn));

    public void Failed(Exception why)
    {
        ledger.Fail(why, _entries);
        foreach (var entry in _entries) ledger.Queue.Complete(entry, false);
    }

    /// <summary>A leg is charged in the transaction of its end, so once, whatever happens to the process.</summary>
    private void Settle(DbConnection connection, CallEvent.LegEnded ended, Charge? charge, DateTimeOffset at, DateTimeOffset startedAt)
    {
        if (charge is not null)
        {
            Charging.Write(connection, ledger.Current, ended.Leg, charge, at);
            var charged = new CallEvent.LegCharged(charge) { Leg = ended.Leg, At = ended.At };
            LegWriter.Write(connection, charged, goodbye: null, LegTimes.Of(ended.Leg, ledger.Anchor), at);
            Project(connection, charged, at, startedAt);
            _written.Add(charged);
        }
        _ended.Add((ended.Leg, charge));
    }

    private void Project(DbConnection connection, CallEvent happened, DateTimeOffset at, DateTimeOffset startedAt)
    {
        foreach (var message in ledger.Project(happened, at, startedAt))
            if (ledger.Outbox.Write(connection, message) is { } added) _messages.Add(added);
    }

    private bool TryWrite(DbConnection connection, LedgerEntry entry)
    {
        connection.Run("savepoint event;");
        int messages = _messages.Count, ended = _ended.Count, written = _written.Count;
        try
        {
            bool isWritten = Write(connection, entry);
            connection.Run("release event;");
            return isWritten;
        }
        catch (Exception failed) when (ledger.Engine.IsRefusal(failed) || IsBug(failed, connection))
        {
            connection.Run("rollback to event; release event;");
            _messages.RemoveRange(messages, _messages.Count - messages);
            _ended.RemoveRange(ended, _ended.Count - ended);
            _written.RemoveRange(written, _written.Count - written);
            if (ledger.Engine.IsRefusal(failed)) ledger.Refused(entry.Happened, failed);
            else ledger.Skipped(entry.Happened, failed);
            return false;
        }
    }

    /// <summary>The database has not said a word: what we wanted to write could not even be put into words. One event is at fault, not the ledger.</summary>
    private bool IsBug(Exception failed, DbConnection connection) =>
        failed is not (DbException or OutOfMemoryException) && ledger.Engine.TroubleOf(failed) is Trouble.Broken && connection.State is ConnectionState.Open;

    private bool Write(DbConnection connection, LedgerEntry entry)
    {
        var happened = entry.Happened;
        var leg = happened.Leg.Id;
        if (!_changed.TryGetValue(leg, out var times) && !ledger.Live.TryGetValue(leg, out times) && happened is CallEvent.LegInitiated)
            times = LegTimes.Begin(happened.Leg, ledger.Anchor);
        bool isLate = times is null && happened.MayFollowEnd();
        if (isLate) times = LegTimes.Of(happened.Leg, ledger.Anchor);
        if (times is null) return false; // after the end, or of a leg that never began

        var at = times.WallOf(happened);
        var after = times.After(happened, at);
        times = times with { AnsweredAt = after.AnsweredAt };
        var charge = happened is CallEvent.LegEnded end ? ledger.Rates.ChargeOf(happened.Leg, times.StartedAt, LegWriter.TalkSeconds(times, LegWriter.EndOf(end, at))) : null;
        if (!LegWriter.Write(connection, happened, entry.Goodbye, times, at, charge)) return false;
        Project(connection, happened, at, times.StartedAt);
        _written.Add(happened);
        if (happened is CallEvent.LegEnded ended) Settle(connection, ended, charge, at, times.StartedAt);
        if (!isLate) _changed[leg] = happened is CallEvent.LegEnded ? null : after;
        return true;
    }
}
