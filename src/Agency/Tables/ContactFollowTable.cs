using System.Data;
using Dapper;
using Ringwright.Store;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>What the node has of somebody whom it calls for a batch: the target, and the last attempt that was not given back.</summary>
internal sealed record DialledTarget
{
    public Guid Id { get; init; }
    public string State { get; init; } = "";
    public string? Reason { get; init; }
    public DateTimeOffset DueAt { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public long Tries { get; init; }
    /// <summary>Attempts of which there was a call.</summary>
    public long Legs { get; init; }
    public string? LegUuid { get; init; }
    public string? Cause { get; init; }
    /// <summary>What its program has hung up for; null where it was not the program.</summary>
    public string? Asked { get; init; }
    public DateTimeOffset? ClaimedAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A row in the order of a time.</summary>
internal readonly record struct RowMark(DateTimeOffset At, Guid Id);

/// <summary>Contacts of a batch of whom something may be new, and what the node has of them.</summary>
/// <param name="Contacts">Those who are not over.</param>
/// <param name="IsTouched">Somebody has been called, or was to be.</param>
/// <param name="Changed">Behind whom the next page begins.</param>
/// <param name="Waiting">The same of those who wait.</param>
internal sealed record FollowPage(IReadOnlyList<ContactRow> Contacts, IReadOnlyList<DialledTarget> Dialled, bool IsTouched, RowMark Changed,
    RowMark Waiting)
{
    public bool IsLast { get; init; }
}

/// <summary>
/// Reads what has become of whom a batch calls, page by page, and writes it down: those who are called now, those who have changed, and a
/// page of those who wait. However long a list is, a look reads no more of it than has moved.
/// </summary>
internal sealed class ContactFollowTable(Database store)
{
    /// <summary>Of one read, and of one write.</summary>
    public const int Page = 500;

    private const string Open = "status in ('pending', 'scheduled', 'calling')";
    internal const string SelectCalling =
        "select id from campaign_contacts where tenant_id = @tenant and batch_id = @batch and status = 'calling'";
    internal const string SelectCalled =
        "select id from rw_target where tenant_id = @tenant and list_id = @list and deleted_at is null and state = 'progressing'";
    internal const string SelectWanting =
        "select id from campaign_contacts where tenant_id = @tenant and batch_id = @batch and callback_at is not null";
    /// <summary>See the index of the same condition.</summary>
    internal const string SelectChanged = """
        select id, updated_at as at from rw_target where tenant_id = @tenant and list_id = @list
            and (state <> 'idle' or updated_at > created_at) and (updated_at, id) > (@since, @after)
        order by updated_at, id limit @limit
        """;
    internal const string SelectWaiting = """
        select id, due_at as at from rw_target where tenant_id = @tenant and list_id = @list and deleted_at is null and state = 'idle'
            and (due_at, id) > (@since, @after)
        order by due_at, id limit @limit
        """;
    internal const string SelectOpen =
        $"select {ContactTable.Columns} from campaign_contacts where tenant_id = @tenant and batch_id = @batch and id in @ids and {Open}";
    internal const string SelectAnyOpen =
        $"select 1 from campaign_contacts where tenant_id = @tenant and batch_id = @batch and {Open} limit 1";
    internal const string SelectAnyFailed = """
        select 1 from campaign_contacts where tenant_id = @tenant and batch_id = @batch and status = 'failed' and last_error = @error
        limit 1
        """;
    /// <summary>Without whom nobody has tried to call yet, or was about to; the account is the client's.</summary>
    internal const string SelectDialled = """
        select t.id, t.state, t.outcome as reason, t.due_at, t.created_at, t.updated_at, t.tries_0 as tries,
            (select count(*) from rw_attempt where rw_attempt.target_id = t.id and rw_attempt.state <> 'returned'
                and rw_attempt.leg_uuid is not null) as legs,
            a.leg_uuid, a.cause, a.claimed_at, a.answered_at, a.ended_at,
            case when a.cause = 'api_hangup' then a.asked_reason end as asked
        from (select * from rw_target where tenant_id = @tenant and list_id = @list and id in @ids) t
        left join rw_attempt a on a.id = (select rw_attempt.id from rw_attempt where rw_attempt.target_id = t.id
            and rw_attempt.state <> 'returned' order by rw_attempt.claimed_at desc, rw_attempt.id desc limit 1)
        where not (t.state = 'idle' and t.tries_0 = 0 and t.due_at <= t.created_at and t.updated_at <= t.created_at)
        """;
    /// <summary>What is over stays as it is, whoever looked at it before.</summary>
    internal const string Follow = $"""
        update campaign_contacts set status = @status, outcome = @outcome, attempts = @attempts, last_attempt_at = @last,
            next_attempt_at = @next, completed_at = @completed, call_id = @call, last_error = @error, block_reason = @block,
            updated_at = @at
        where tenant_id = @tenant and id = @id and {Open}
        """;
    /// <summary>The same of one that nobody has changed since it was read: somebody may have said that it wants to be called.</summary>
    internal const string FollowAsRead = $"{Follow} and updated_at = @was";

    internal const string CountWanting = $"""
        select count(*) from campaign_contacts where tenant_id = @tenant and id = @id and callback_at = @wanted and {Open}
        """;
    internal const string Arrange = $"""
        update campaign_contacts set max_attempts = @most, callbacks = @callbacks, callback_at = null
        where tenant_id = @tenant and id = @id and {Open}
        """;

    /// <summary>The first page of a look.</summary>
    /// <param name="changed">Changes behind it are read.</param>
    /// <param name="waiting">Those who wait behind it are.</param>
    public ValueTask<FollowPage> ReadAsync(BatchRow batch, RowMark changed, RowMark waiting, CancellationToken stop) =>
        ReadAsync(batch, changed, waiting, isFirst: true, stop);

    /// <summary>A page behind the first: changes alone.</summary>
    public ValueTask<FollowPage> ReadOnAsync(BatchRow batch, FollowPage last, CancellationToken stop) =>
        ReadAsync(batch, last.Changed, last.Waiting, isFirst: false, stop);

    private ValueTask<FollowPage> ReadAsync(BatchRow batch, RowMark changed, RowMark waiting, bool isFirst, CancellationToken stop) =>
        store.Sql.ReadAsync(db =>
        {
            List<Moved> After(string sql, RowMark mark) => db.Query<Moved>(sql, new
            {
                tenant = batch.Account, list = batch.ListId, since = mark.At, after = mark.Id, limit = Page,
            }).AsList();
            var moved = After(SelectChanged, changed);
            var ids = moved.Select(row => row.Id.ToString()).ToHashSet(StringComparer.Ordinal);
            var next = waiting;
            if (isFirst)
            {
                var waits = After(SelectWaiting, waiting);
                // Behind the last of them it begins anew.
                next = waits.Count < Page ? default : waits[^1].Mark;
                ids.UnionWith(waits.Select(row => row.Id.ToString()));
                ids.UnionWith(db.Query<string>(SelectCalling, new { tenant = batch.TenantId, batch = batch.Id }));
                ids.UnionWith(db.Query<string>(SelectWanting, new { tenant = batch.TenantId, batch = batch.Id }));
                ids.UnionWith(db.Query<string>(SelectCalled, new { tenant = batch.Account, list = batch.ListId }));
            }
            var contacts = new List<ContactRow>();
            var dialled = new List<DialledTarget>();
            foreach (string[] some in ids.Chunk(Page))
                contacts.AddRange(db.Query<ContactRow>(SelectOpen, new
                {
                    tenant = batch.TenantId, batch = batch.Id, ids = new InList<string>(some),
                }));
            foreach (var some in contacts.Chunk(Page))
                dialled.AddRange(db.Query<DialledTarget>(SelectDialled, new
                {
                    tenant = batch.Account, list = batch.ListId, ids = new InList<string>([.. some.Select(one => one.Id.ToString())]),
                }));
            return new FollowPage(contacts, dialled, moved.Count > 0 || dialled.Count > 0, moved.Count > 0 ? moved[^1].Mark : changed, next)
            {
                IsLast = moved.Count < Page,
            };
        }, stop);

    /// <summary>Somebody of the batch was given up because of that.</summary>
    public ValueTask<bool> HasFailedAsync(BatchRow batch, string error, CancellationToken stop) => store.Sql.ReadAsync(db =>
        db.ExecuteScalar<long?>(SelectAnyFailed, new { tenant = batch.TenantId, batch = batch.Id, error }) is not null, stop);

    /// <summary>Some contact of the batch is not over.</summary>
    public ValueTask<bool> IsOpenAsync(BatchRow batch, CancellationToken stop) => store.Sql.ReadAsync(
        db => db.ExecuteScalar<long?>(SelectAnyOpen, new { tenant = batch.TenantId, batch = batch.Id }) is not null, stop);

    /// <summary>Of one that has changed since it was read the next look hears.</summary>
    /// <param name="changed">As they were read, and as they are now.</param>
    public async ValueTask WriteAsync(IReadOnlyList<(ContactRow Before, ContactRow After)> changed, CancellationToken stop)
    {
        foreach (var some in changed.Chunk(Page))
            await store.Sql.WriteAsync(db => some.Sum(one => Write(db, FollowAsRead, one.After, one.Before.UpdatedAt)), stop);
    }

    /// <summary>The contact is called when it wants to be.</summary>
    /// <param name="target">By whom the node calls it.</param>
    /// <param name="wanted">As it was read: what has been said since is arranged by the next look.</param>
    /// <param name="after">As it is then.</param>
    /// <param name="tries">So many of the target's tries count as used.</param>
    /// <returns>False when it is called at this moment.</returns>
    public ValueTask<bool> ArrangeAsync(Target target, DateTimeOffset wanted, ContactRow after, int tries, CancellationToken stop) =>
        store.Targets.RecallAsync(target, after.NextAttemptAt!.Value, tries, after.UpdatedAt,       // it waits for that
            db => db.ExecuteScalar<long>(CountWanting, new { tenant = after.TenantId, id = after.Id, wanted }) > 0, db =>
            {
                db.Execute(Arrange, new
                {
                    tenant = after.TenantId, id = after.Id, most = after.MaxAttempts, callbacks = after.Callbacks,
                });
                Write(db, Follow, after, after.UpdatedAt);
            }, stop);

    /// <param name="was">When it was changed last, as it was read.</param>
    private static int Write(IDbConnection db, string sql, ContactRow row, DateTimeOffset was) => db.Execute(sql, new
    {
        tenant = row.TenantId, id = row.Id, status = row.Status, outcome = row.Outcome, attempts = row.Attempts, last = row.LastAttemptAt,
        next = row.NextAttemptAt, completed = row.CompletedAt, call = row.CallId, error = row.LastError, block = row.BlockReason,
        at = row.UpdatedAt, was,
    });

    private sealed record Moved
    {
        public Guid Id { get; init; }
        public DateTimeOffset At { get; init; }

        public RowMark Mark => new(At, Id);
    }
}
