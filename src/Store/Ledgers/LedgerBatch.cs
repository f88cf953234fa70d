using System.Data;
using System.Data.Common;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Store.Ledgers;

/// <summary>
/// What is queued when the writer gets to it: ledger rows, leg rows, call records and outbox rows of these events commit together.
/// </summary>
internal sealed class LedgerBatch(Ledger ledger, CommitPriority priority) : IWriteJob, ILedgerStep
{
    internal const string InsertEvent =
        "insert into rw_ledger (subject_kind, subject_id, tenant_id, type, at, body) values (@kind, @subject, @tenant, @type, @at, @body)";

    private static readonly Statement Event = new(InsertEvent);

    /// <summary>So many that a server takes them within a second: meanwhile whoever wants to write something else waits.</summary>
    private const int MaxEntries = 1_000;

    private readonly List<LedgerEntry> _entries = [];
    /// <summary>Subjects as this batch changes them; they become the ledger's when it is committed. Null means ended.</summary>
    private readonly Dictionary<Subject, SubjectTimes?> _changed = [];
    private readonly List<OutboxEntry> _messages = [];
    private readonly List<(LegFacts Leg, Charge? Charge)> _ended = [];
    /// <summary>What this batch writes, with what the ledger itself adds.</summary>
    private readonly List<SubjectEvent> _written = [];
    /// <summary>What follows at once from the event that is being written.</summary>
    private readonly List<SubjectEvent> _following = [];
    private DbConnection? _connection;
    /// <summary>Of the event that is being written.</summary>
    private string _subject = "", _tenant = "", _time = "";

    public CommitPriority Priority => priority;

    IDbConnection ILedgerStep.Db => _connection!;      // a step is in a run
    RoutingSnapshot ILedgerStep.Snapshot => ledger.Current;
    DialClaimTable ILedgerStep.Dials => ledger.Dials;
    string ILedgerStep.SubjectId => _subject;
    string ILedgerStep.Tenant => _tenant;
    string ILedgerStep.Time => _time;
    void ILedgerStep.Follow(SubjectEvent next) => _following.Add(next);
    void ILedgerStep.TellAttempt(TenantId tenant, Guid attempt, DateTimeOffset at)
    {
        // a step is in a run
        DialAttemptTable.Tell(_connection!, ledger.CampaignDesk, tenant, attempt, at, _messages);
    }
    void ILedgerStep.Settle(LegFacts leg, Charge? charge) => _ended.Add((leg, charge));

    public void Run(DbConnection connection, bool isCareful)
    {
        _connection = connection;
        // A repeated run writes the same entries, but for what does not begin any more.
        DropWithdrawn();
        if (_entries.Count == 0) ledger.TakeInto(this, _entries, MaxEntries);
        _changed.Clear();
        _messages.Clear();
        _ended.Clear();
        _written.Clear();
        foreach (var entry in _entries) entry.IsWritten = isCareful ? TryWrite(connection, entry) : Write(connection, entry);
    }

    public void Committed()
    {
        ledger.Release(this);
        ledger.Adopt(_entries.Count, _changed, _messages, _ended);
        if (_written.Exists(TalkJobs.Follows)) ledger.Jobs.Ring();
        foreach (var entry in _entries)
        {
            // Told no while nobody knew whether the commit had been taken, and it had.
            if (!ledger.Queue.Complete(entry, entry.IsWritten) && entry.IsWritten) ledger.Abandon(entry.Happened);
        }
        if (ledger.Committed is not { } committed) return;
        foreach (var happened in _written) committed(happened);
    }

    /// <summary>Calls that were to begin do not; what happens in those that are up waits.</summary>
    public bool TryWait()
    {
        ledger.Queue.WithdrawNew(static () => true);
        DropWithdrawn();
        return true;
    }

    private void DropWithdrawn() => ledger.Queue.Done(_entries.RemoveAll(e => e.IsWithdrawn));

    public void Failed(Exception why)
    {
        ledger.Release(this);
        ledger.Fail(why, _entries);
        foreach (var entry in _entries) ledger.Queue.Complete(entry, false);
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

    /// <summary>
    /// The database has not said a word: what we wanted to write could not even be put into words. One event is at fault, not the ledger.
    /// </summary>
    private bool IsBug(Exception failed, DbConnection connection) =>
        failed is not (DbException or OutOfMemoryException) && ledger.Engine.TroubleOf(failed) is Trouble.Broken
        && connection.State is ConnectionState.Open;

    private bool Write(DbConnection connection, LedgerEntry entry)
    {
        var happened = entry.Happened;
        var subject = happened.Subject;
        var writer = ledger.Writers[subject.Kind];
        if (!_changed.TryGetValue(subject, out var times) && !ledger.Live.TryGetValue(subject, out times)
                && happened.Stage is LifeStage.First)
            times = writer.Begin(happened, ledger.Anchor.Tie);
        bool isLate = times is null && happened.Stage is LifeStage.Whenever;
        if (isLate) times = writer.Begin(happened, ledger.Anchor.Tie);
        if (times is null) return false; // after the end, or of a subject that never began

        _following.Clear();
        var at = times.WallOf(happened);
        var after = times.After(happened, at);
        (_subject, _tenant, _time) = (subject.Id, happened.Tenant.ToString(), Times.Text(at));
        if (!writer.Write(this, happened, times, at, entry.RecoveryBye)) return false;
        Keep(connection, writer, happened, _subject, _tenant, at, times.StartedAt);
        foreach (var next in _following) Keep(connection, writer, next, next.Subject.Id, next.Tenant.ToString(), at, times.StartedAt);
        if (!isLate) _changed[subject] = happened.Stage is LifeStage.Last ? null : after;
        return true;
    }

    /// <summary>The event's row, and what the dialects tell of it.</summary>
    private void Keep(DbConnection connection, SubjectWriter writer, SubjectEvent happened, string subject, string tenant,
        DateTimeOffset at, DateTimeOffset startedAt)
    {
        Event.Post(connection, Names<SubjectKind>.Of(happened.Subject.Kind), subject, tenant, writer.Events.NameOf(happened), _time,
            writer.Events.Write(happened));
        foreach (var message in ledger.Project(happened, at, startedAt))
            ledger.Outbox.Write(connection, message, _messages);
        _written.Add(happened);
    }
}
