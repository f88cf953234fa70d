using System.Data;
using Dapper;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Resources;
using Ringwright.Store.Work;

namespace Ringwright.Store.Tables;

/// <summary>
/// Parts of texts that go by carriers. A part is written as submitted before its bytes leave, and each change names the state that it was
/// in: of two who change it one does.
/// </summary>
public sealed class TextPartTable
{
    private const string Columns = """
        text_id, tenant_id, number, carrier_id, state, attempt, tries, reference, centre_id, outcome, error, due_at, submitted_at, created_at
        """;
    internal const string Insert = """
        insert into rw_text_part (text_id, tenant_id, number, carrier_id, node, state, attempt, tries, reference, due_at, created_at)
        values (@text, @tenant, @number, @carrier, @node, 'ready', 0, 0, @reference, @at, @at) on conflict (text_id, number) do nothing
        """;
    internal const string SelectOf = $"select {Columns} from rw_text_part where tenant_id = @tenant and text_id = @text order by number";
    internal const string SelectReadyAllTenants = $"""
        select {Columns}, (select count(*) from rw_text_part o where o.text_id = rw_text_part.text_id) as total
        from rw_text_part where carrier_id = @carrier and node = @node and state = 'ready' and due_at <= @now
        order by due_at, created_at, text_id, number limit @limit
        """;
    internal const string SelectNextAllTenants =
        "select min(due_at) from rw_text_part where carrier_id = @carrier and node = @node and state = 'ready' and due_at > @now";
    internal const string CountReadyAllTenants =
        "select count(*) from rw_text_part where carrier_id = @carrier and node = @node and state = 'ready'";
    internal const string SelectSubmittingAllTenants =
        $"select {Columns} from rw_text_part where carrier_id = @carrier and node = @node and state = 'submitting'";
    internal const string SelectByCentreAllTenants =
        $"select {Columns} from rw_text_part where carrier_id = @carrier and centre_key in @keys order by created_at desc limit 20";
    private const string ColumnsBesideTexts = """
        p.text_id, p.tenant_id, p.number, p.carrier_id, p.state, p.attempt, p.tries, p.reference, p.centre_id, p.outcome, p.error,
            p.due_at, p.submitted_at, p.created_at
        """;
    internal const string SelectDoubtfulAllTenants = $"""
        select {ColumnsBesideTexts} from rw_text_part p join rw_text t on t.tenant_id = p.tenant_id and t.id = p.text_id
        where p.carrier_id = @carrier and p.state in ('submitting', 'in_doubt', 'closed') and t.sender = @sender and t.recipient = @recipient
        order by p.created_at limit 20
        """;
    // By an index of its own, which has few where centres give ids.
    internal const string SelectNamelessAllTenants = $"""
        select {ColumnsBesideTexts} from rw_text_part p join rw_text t on t.tenant_id = p.tenant_id and t.id = p.text_id
        where p.carrier_id = @carrier and p.state = 'accepted' and p.centre_id is null and p.created_at > @since
            and t.sender = @sender and t.recipient = @recipient
            and (t.state in ('sending', 'sent') or (t.state = 'delivery_unconfirmed' and t.completed_at > @ended))
        order by p.created_at limit 20
        """;
    internal const string Update = """
        update rw_text_part set carrier_id = @carrier, state = @state, attempt = @attempt, tries = @tries, centre_id = @centreId, centre_key = @centreKey,
            outcome = @outcome, error = @error, due_at = @dueAt, submitted_at = @submittedAt
        where tenant_id = @tenant and text_id = @text and number = @number and state = @was and attempt = @wasAttempt
        """;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private readonly RowWriter _writer;
    private readonly int _node;
    private TaskCompletionSource _changed = Bell();

    internal TextPartTable(RowWriter writer, int node) => (_writer, _node) = (writer.Unrouted, node);

    /// <summary>Completes when a part may go one day.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>A text goes by a carrier: its parts are ready.</summary>
    /// <param name="after">As it is afterwards; it was queued.</param>
    /// <param name="references">Of its parts.</param>
    /// <returns>False when another has sent it: nothing is changed then.</returns>
    public async ValueTask<bool> TakeAsync(TextMessage after, Guid carrier, IReadOnlyList<int> references, DateTimeOffset now,
        CancellationToken stop)
    {
        bool isDone = await _writer.RunAsync(after.Tenant, db =>
        {
            if (!TextTable.Move(db, after, TextState.Queued)) return (WriteOutcome.Missing, null);
            for (int i = 0; i < references.Count; i++)
                db.Execute(Insert, new
                {
                    text = after.Id, tenant = after.Tenant, number = i + 1, carrier, node = _node, reference = references[i], at = now,
                });
            return (WriteOutcome.Done, null);
        }, isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;
        if (isDone) Ring();
        return isDone;
    }

    /// <summary>Takes parts that are due for the wire: they are committed as submitted when this returns.</summary>
    /// <param name="doubt">So long after that its text is looked at, if nothing more is heard.</param>
    public async ValueTask<IReadOnlyList<ClaimedPart>> ClaimAsync(Guid carrier, int limit, DateTimeOffset now, TimeSpan doubt,
        CancellationToken stop)
    {
        var which = new { carrier, node = _node, now, limit };
        // The writer is for those who have something to write.
        if (!await _writer.Sql.ReadAsync(db => db.Query<Row>(SelectReadyAllTenants, which with { limit = 1 }).Any(), stop)
            .ConfigureAwait(false)) return [];
        return await _writer.Sql.WriteAsync<IReadOnlyList<ClaimedPart>>(db =>
        {
            var claimed = new List<ClaimedPart>();
            foreach (var ready in db.Query<Row>(SelectReadyAllTenants, which).ToList())
            {
                var part = ready.ToPart();
                var after = part with { State = TextPartState.Submitting, Attempt = part.Attempt + 1, DueAt = null, SubmittedAt = now };
                if (TextTable.Find(db, part.Tenant, part.Text) is not { State: TextState.Sending } text)
                    Change(db, part, part with { State = TextPartState.Dropped, DueAt = null });
                else if (text.ValidUntil <= now)
                {
                    // Whoever looks after texts that are due ends it.
                    TextTable.Move(db, text with { DueAt = now }, text.State);
                    Change(db, part, part with { DueAt = now + Minute });
                }
                else if (TextTable.Move(db, text with { DueAt = now + doubt }, text.State) && Change(db, part, after))
                    claimed.Add(new(text, after, (int)ready.Total));
            }
            return claimed;
        }, stop).ConfigureAwait(false);
    }

    /// <summary>Changes a text with its parts, as it is at that moment.</summary>
    /// <param name="change">It may be asked again; null changes nothing.</param>
    /// <returns>False when nothing was changed.</returns>
    public async ValueTask<bool> ChangeAsync(TenantId tenant, Guid text, Func<TextMessage, IReadOnlyList<TextPart>, TextChange?> change,
        CancellationToken stop)
    {
        bool isDone = await _writer.RunAsync(tenant, db =>
        {
            // A receipt comes to any node that is bound: of two that change one text, the second goes on from what the first has left.
            if (_writer.Sql.Engine.IsShared) TextTable.Hold(db, tenant, text);
            var parts = PartsOf(db, tenant, text);
            if (TextTable.Find(db, tenant, text) is not { } before || change(before, parts) is not { } after)
                return (WriteOutcome.Missing, null);
            if (!TextTable.Move(db, after.Text, before.State)) return (WriteOutcome.Missing, null);
            foreach (var part in after.Parts)
                if (!Change(db, parts.First(one => one.Number == part.Number), part))
                    throw new InvalidOperationException("Another node has changed a part of the text in this moment."); // undoes all
            return (WriteOutcome.Done, after.Work);
        }, isDelete: false, stop).ConfigureAwait(false) is WriteOutcome.Done;
        if (isDone) Ring();
        return isDone;
    }

    public ValueTask<IReadOnlyList<TextPart>> ListAsync(TenantId tenant, Guid text, CancellationToken stop) =>
        _writer.Sql.ReadAsync(db => PartsOf(db, tenant, text), stop);

    /// <summary>When the next part by the carrier may go; null when none is to go later.</summary>
    public ValueTask<DateTimeOffset?> NextDueAsync(Guid carrier, DateTimeOffset now, CancellationToken stop) => _writer.Sql.ReadAsync(db =>
    {
        object? due = db.ExecuteScalar<object?>(SelectNextAllTenants, new { carrier, node = _node, now });
        return due is null or DBNull ? (DateTimeOffset?)null : Times.Read(due);
    }, stop);

    /// <summary>Parts that wait for the carrier on this node.</summary>
    public ValueTask<long> CountReadyAsync(Guid carrier, CancellationToken stop) =>
        _writer.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountReadyAllTenants, new { carrier, node = _node }), stop);

    /// <summary>Those of this node that an earlier process had on the wire.</summary>
    public ValueTask<IReadOnlyList<TextPart>> SubmittingAsync(Guid carrier, CancellationToken stop) =>
        _writer.Sql.ReadAsync<IReadOnlyList<TextPart>>(db =>
            [.. db.Query<Row>(SelectSubmittingAllTenants, new { carrier, node = _node }).Select(row => row.ToPart())], stop);

    /// <summary>Those that the centre may call so, newest first.</summary>
    /// <param name="keys">In the form in which ids are compared.</param>
    public ValueTask<IReadOnlyList<TextPart>> OfCentreAsync(Guid carrier, IReadOnlyList<string> keys, CancellationToken stop) =>
        _writer.Sql.ReadAsync<IReadOnlyList<TextPart>>(db =>
        [
            .. db.Query<Row>(SelectByCentreAllTenants, new { carrier, keys = new InList<string>(keys) }).Select(row => row.ToPart()),
        ], stop);

    /// <summary>Those between the two whose answer is missing, oldest first.</summary>
    public ValueTask<IReadOnlyList<TextPart>> DoubtfulAsync(Guid carrier, string sender, string recipient, CancellationToken stop) =>
        _writer.Sql.ReadAsync<IReadOnlyList<TextPart>>(db =>
            [.. db.Query<Row>(SelectDoubtfulAllTenants, new { carrier, sender, recipient }).Select(row => row.ToPart())], stop);

    /// <summary>Those between the two that the centre took and gave no id, of texts that wait for a receipt; oldest first.</summary>
    /// <param name="since">Parts that are older are left out.</param>
    /// <param name="ended">So are those of texts that were given up earlier.</param>
    public ValueTask<IReadOnlyList<TextPart>> NamelessAsync(Guid carrier, string sender, string recipient, DateTimeOffset since,
        DateTimeOffset ended, CancellationToken stop) =>
        _writer.Sql.ReadAsync<IReadOnlyList<TextPart>>(db =>
        [
            .. db.Query<Row>(SelectNamelessAllTenants, new { carrier, sender, recipient, since, ended }).Select(row => row.ToPart()),
        ], stop);

    private static IReadOnlyList<TextPart> PartsOf(IDbConnection db, TenantId tenant, Guid text) =>
        [.. db.Query<Row>(SelectOf, new { tenant, text }).Select(row => row.ToPart())];

    private static bool Change(IDbConnection db, TextPart before, TextPart after) => db.Execute(Update, new
    {
        tenant = after.Tenant, text = after.Text, number = after.Number, carrier = after.Carrier,
        state = Names<TextPartState>.Of(after.State), attempt = after.Attempt, tries = after.Tries, centreId = after.CentreId,
        centreKey = after.CentreId is { } id ? SmppReceipt.Normal(id) : null,
        outcome = after.Outcome is { } outcome ? Names<SmppOutcome>.Of(outcome) : null, error = after.Error, dueAt = after.DueAt,
        submittedAt = after.SubmittedAt, was = Names<TextPartState>.Of(before.State), wasAttempt = before.Attempt,
    }) == 1;

    private void Ring() => Interlocked.Exchange(ref _changed, Bell()).SetResult();

    private static TaskCompletionSource Bell() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Row
    {
        public Guid TextId { get; init; }
        public TenantId TenantId { get; init; }
        public int Number { get; init; }
        public Guid CarrierId { get; init; }
        public string State { get; init; } = "";
        public int Attempt { get; init; }
        public int Tries { get; init; }
        public int Reference { get; init; }
        public string? CentreId { get; init; }
        public string? Outcome { get; init; }
        public string? Error { get; init; }
        public DateTimeOffset? DueAt { get; init; }
        public DateTimeOffset? SubmittedAt { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        /// <summary>Of those that are ready.</summary>
        public long Total { get; init; }

        public TextPart ToPart() => new()
        {
            Text = TextId, Tenant = TenantId, Number = Number, Carrier = CarrierId, State = Names<TextPartState>.Parse(State),
            Attempt = Attempt, Tries = Tries, Reference = Reference, CentreId = CentreId,
            Outcome = Outcome is { } outcome ? Names<SmppOutcome>.Parse(outcome) : null, Error = Error, DueAt = DueAt,
            SubmittedAt = SubmittedAt, CreatedAt = CreatedAt,
        };
    }
}
