using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;
using Ringwright.Store.Tables;

namespace Ringwright.Agency.Tables;

/// <summary>Whom a batch calls. Its id is that of the target by which the node dials.</summary>
internal sealed record ContactRow
{
    /// <summary>Attempts that a contact may get beyond those of its campaign.</summary>
    public const int MostCallbacks = 2;
    public const string CallbackScheduled = "callback_scheduled";

    /// <summary>A machine has answered.</summary>
    public const string Voicemail = "voicemail";

    public const string Pending = "pending", Scheduled = "scheduled", Calling = "calling", Completed = "completed", Failed = "failed";

    public Guid Id { get; init; }
    public TenantId TenantId { get; init; }
    public Guid CampaignId { get; init; }
    public Guid? BatchId { get; init; }
    public string PhoneNumber { get; init; } = "";
    public string? FirstName { get; init; }
    public string? LastName { get; init; }
    public string? Email { get; init; }
    public string? Company { get; init; }
    public string? Title { get; init; }
    /// <summary>IANA id.</summary>
    public string? Timezone { get; init; }
    public JsonObject CustomData { get; init; } = [];
    public string Status { get; init; } = Pending;
    public string? Outcome { get; init; }
    public long Attempts { get; init; }
    public long MaxAttempts { get; init; }
    /// <summary>Nobody calls it before; null for as soon as its batch calls.</summary>
    public DateTimeOffset? ScheduledFor { get; init; }
    /// <summary>From -100 to 100, the highest first.</summary>
    public long Priority { get; init; }
    /// <summary>What the agency's own system calls it; not unique.</summary>
    public string? ExternalId { get; init; }
    public DateTimeOffset? LastAttemptAt { get; init; }
    public DateTimeOffset? NextAttemptAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public string? CallId { get; init; }
    public string? LastError { get; init; }
    public string? BlockReason { get; init; }
    /// <summary>When somebody has said that the contact wants to be called; null also when that is arranged.</summary>
    public DateTimeOffset? CallbackAt { get; init; }
    /// <summary>How often it got one attempt more for that.</summary>
    public long Callbacks { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }

    public bool IsOver => Status is Completed or Failed;

    /// <summary>Nobody has called it or is about to, and nobody has said anew when it is to be called.</summary>
    public bool IsUntried => Status is Pending or Scheduled && Attempts == 0 && Outcome is null && CallbackAt is null;
}

/// <summary>A time at which the node has called a contact, or was to.</summary>
internal sealed record ContactAttempted
{
    public string State { get; init; } = "";
    public long Nth { get; init; }
    public DateTimeOffset ClaimedAt { get; init; }
    public DateTimeOffset? AnsweredAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public string? Cause { get; init; }
    public string? Reason { get; init; }
    /// <summary>What its program has hung up for; null where it was not the program.</summary>
    public string? Asked { get; init; }
    public string? LegUuid { get; init; }
    /// <summary>By what it was allowed.</summary>
    public JsonObject? Evidence { get; init; }
}

/// <summary>Contacts of a campaign who stand so and have come to that: how many, their attempts, and when the next is due.</summary>
internal sealed record ContactSum
{
    public string Status { get; init; } = "";
    public string? Outcome { get; init; }
    public long Number { get; init; }
    public long Attempts { get; init; }
    public DateTimeOffset? Next { get; init; }
}

/// <summary>Which contacts are asked for; what is empty leaves out nothing.</summary>
internal sealed record ContactQuery(TenantId Agency)
{
    public Guid? Batch { get; init; }
    public Guid? Campaign { get; init; }
    public string Status { get; init; } = "";
    public string Outcome { get; init; } = "";
    /// <summary>A word of their last error, or of why they are not called.</summary>
    public string Because { get; init; } = "";
    public string ExternalId { get; init; } = "";
    /// <summary>A part of their number or of their names, in any case.</summary>
    public string Text { get; init; } = "";
    /// <summary>Whoever asks does not see numbers, and finds nobody by them.</summary>
    public bool HidesNumbers { get; init; }
    /// <summary>Those behind this place; null for all.</summary>
    public ListPlace? After { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; }
}

/// <summary>The rows of <c>campaign_contacts</c>.</summary>
internal sealed class ContactTable(Database store)
{
    internal const string Columns = """
        id, tenant_id, campaign_id, batch_id, phone_number, first_name, last_name, email, company, title, timezone, custom_data,
            cast(status as text) as status, cast(outcome as text) as outcome, attempts, max_attempts, last_attempt_at, next_attempt_at,
            completed_at, call_id, last_error, block_reason, callback_at, callbacks, scheduled_for, priority, external_id, created_at,
            updated_at
        """;
    private const string Of = """
        from campaign_contacts where tenant_id = @tenant and (@batch = '' or batch_id = @batch)
            and (@campaign = '' or campaign_id = @campaign) and (@status = '' or cast(status as text) = @status)
            and (@outcome = '' or cast(outcome as text) = @outcome)
            and (@external = '' or external_id = @external)
            and (@because = '' or (status = 'failed' and (last_error = @because or block_reason = @because)))
            and (@text = '' or (@hidden = 0 and @digits <> '' and (phone_number like @digits escape '\' or (@national <> ''
                    and (phone_number like '+_' || @national or phone_number like '+__' || @national
                        or phone_number like '+___' || @national))))
                or lower(coalesce(first_name, '') || ' ' || coalesce(last_name, '')) like @text escape '\')
            and (@isBehind = 0 or created_at > @at or (created_at = @at and id > @behind))
        """;
    internal const string SelectPage = $"select {Columns} {Of} order by created_at, id limit @limit offset @offset";
    internal const string Count = $"select count(*) {Of}";
    /// <summary>A contact whom a machine has answered is completed when it was left a message.</summary>
    internal const string CountLeft = """
        select count(*) from campaign_contacts where tenant_id = @tenant and phone_number in @numbers and outcome = 'voicemail'
            and status = 'completed' and campaign_id in (select campaign_id from call_batches where tenant_id = @tenant and id = @batch)
        """;
    internal const string Insert = """
        insert into campaign_contacts (id, tenant_id, campaign_id, batch_id, phone_number, first_name, last_name, email, company, title,
            timezone, custom_data, status, max_attempts, next_attempt_at, completed_at, block_reason, scheduled_for, priority, external_id,
            created_at, updated_at)
        values (@id, @tenant, @campaign, @batch, @number, @first, @last, @email, @company, @title, @timezone, @data, @status, @most, @next,
            @completed, @block, @scheduled, @priority, @external, @at, @at)
        on conflict (batch_id, phone_number) where batch_id is not null do nothing
        """;
    private static readonly Statement One = new(Insert);
    internal const string CallBack = """
        update campaign_contacts set callback_at = @due, max_attempts = @most, callbacks = @callbacks, updated_at = @at
        where tenant_id = @tenant and id = @id and status in ('pending', 'scheduled', 'calling')
        """;
    internal const string Update = """
        update campaign_contacts set first_name = @first, last_name = @last, email = @email, company = @company, title = @title,
            timezone = @timezone, custom_data = @data, scheduled_for = @scheduled, priority = @priority, external_id = @external,
            updated_at = @at
        where tenant_id = @tenant and id = @id
        """;
    internal const string Replace = """
        update campaign_contacts set status = @status, next_attempt_at = @next
        where tenant_id = @tenant and id = @id and status in ('pending', 'scheduled')
        """;
    internal const string SelectById = $"select {Columns} from campaign_contacts where tenant_id = @tenant and id = @id";
    /// <summary>Of the client's account: each time that the node has called, or was to.</summary>
    internal const string SelectAttempts = """
        select state, try as nth, claimed_at, answered_at, ended_at, cause, reason, leg_uuid, evidence,
            case when cause = 'api_hangup' then asked_reason end as asked
        from rw_attempt
        where tenant_id = @tenant and target_id = @id order by claimed_at, id
        """;
    internal const string SelectNumbers =
        "select phone_number from campaign_contacts where tenant_id = @tenant and batch_id = @batch and phone_number in @numbers";
    internal const string SelectByNumbers =
        $"select {Columns} from campaign_contacts where tenant_id = @tenant and batch_id = @batch and phone_number in @numbers";
    /// <summary>Whom batches of the campaign that came later have reached, or are to call.</summary>
    internal const string SelectReached = """
        select phone_number from campaign_contacts where tenant_id = @tenant and campaign_id = @campaign and phone_number in @numbers
            and batch_id is not null and batch_id <> @batch
            and (status in ('pending', 'scheduled', 'calling') or status <> 'failed' and created_at >= @since)
        """;
    /// <summary>Of targets of a list, when each was made.</summary>
    internal const string SelectPut =
        "select id, created_at from rw_target where tenant_id = @tenant and list_id = @list and id in @ids";
    internal const string SelectAll =
        $"select {Columns} from campaign_contacts where tenant_id = @tenant and batch_id = @batch order by created_at, id";
    internal const string CountOfCampaign = """
        select cast(status as text) as status, cast(outcome as text) as outcome, count(*) as number, sum(attempts) as attempts,
            min(case when status = 'scheduled' then next_attempt_at end) as next
        from campaign_contacts where tenant_id = @tenant and campaign_id = @campaign group by status, outcome
        """;

    public ValueTask<(IReadOnlyList<ContactRow> Rows, long Total)> ListAsync(ContactQuery query, CancellationToken stop)
    {
        object Which(ListPlace? after) => new
        {
            isBehind = after is null ? 0 : 1, at = after?.At ?? DateTimeOffset.MinValue, behind = after?.Id ?? "",
            tenant = query.Agency, batch = query.Batch?.ToString() ?? "", campaign = query.Campaign?.ToString() ?? "",
            status = query.Status, outcome = query.Outcome, because = query.Because, external = query.ExternalId,
            text = ToolTable.Like(query.Text),
            digits = NumberPart.Of(query.Text).DigitsPattern, national = NumberPart.Of(query.Text).NationalPattern,
            hidden = query.HidesNumbers ? 1 : 0,
            offset = query.Offset, limit = query.Limit,
        };
        return store.Sql.ReadAsync<(IReadOnlyList<ContactRow>, long)>(db => (
            db.Query<ContactRow>(store.Sql.Folded(SelectPage), Which(query.After)).AsList(),
            db.ExecuteScalar<long>(store.Sql.Folded(Count), Which(null))), stop);
    }

    /// <summary>All of a batch, in their order.</summary>
    public ValueTask<IReadOnlyList<ContactRow>> ListAsync(BatchRow batch, CancellationToken stop) =>
        store.Sql.ReadAsync<IReadOnlyList<ContactRow>>(
            db => db.Query<ContactRow>(SelectAll, new { tenant = batch.TenantId, batch = batch.Id }).AsList(), stop);

    /// <summary>Those of the numbers whose telephones the batch has, by whichever of their numbers.</summary>
    public ValueTask<IReadOnlySet<string>> ListKnownAsync(BatchRow batch, IEnumerable<string> numbers, CancellationToken stop) =>
        store.Sql.ReadAsync<IReadOnlySet<string>>(db =>
        {
            var known = new HashSet<string>(StringComparer.Ordinal);
            foreach (string[] some in numbers.Chunk(TargetTable.MostAtOnce)) known.UnionWith(Known(db, batch, some));
            return known;
        }, stop);

    /// <summary>
    /// Of the numbers of a batch those whose telephones another one of its campaign has reached since, by whichever of their numbers, or is
    /// to call, whenever it was made: the clock may have been set back.
    /// </summary>
    public ValueTask<IReadOnlySet<string>> ListReachedAsync(BatchRow batch, IReadOnlyList<string> numbers, CancellationToken stop) =>
        store.Sql.ReadAsync(db => Reached(db, batch, numbers), stop);

    /// <summary>The same of <see cref="ListReachedAsync"/> within a write.</summary>
    internal static IReadOnlySet<string> Reached(IDbConnection db, BatchRow batch, IReadOnlyList<string> numbers)
    {
        var reached = OneTelephone.AllOf(numbers).Chunk(TargetTable.MostAtOnce).SelectMany(some => db.Query<string>(SelectReached, new
        {
            tenant = batch.TenantId, campaign = batch.CampaignId, batch = batch.Id, since = batch.CreatedAt,
            numbers = new InList<string>(some),
        })).ToHashSet(StringComparer.Ordinal);
        return numbers.Where(number => OneTelephone.IsAmong(reached, number)).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>The same of <see cref="ListKnownAsync"/> within a write.</summary>
    /// <param name="numbers">At most <see cref="TargetTable.MostAtOnce"/>.</param>
    internal static IEnumerable<string> Known(IDbConnection db, BatchRow batch, IReadOnlyList<string> numbers)
    {
        var here = db.Query<string>(SelectNumbers, new
        {
            tenant = batch.TenantId, batch = batch.Id, numbers = new InList<string>(OneTelephone.AllOf(numbers)),
        }).ToHashSet(StringComparer.Ordinal);
        return numbers.Where(number => OneTelephone.IsAmong(here, number));
    }

    /// <summary>Of telephones that have two numbers those that the batch has; of all others the index says it.</summary>
    private static HashSet<string> KnownDoubles(IDbConnection db, BatchRow batch, IReadOnlyList<ContactRow> contacts)
    {
        string[] doubles = [.. contacts.Select(one => one.PhoneNumber).Where(number => OneTelephone.OtherOf(number) is not null)];
        return doubles.Length == 0 ? [] : Known(db, batch, doubles).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Adds some to a batch that is not over, with those whom the node is to dial for them.</summary>
    /// <param name="contacts">At most <see cref="TargetTable.MostAtOnce"/>.</param>
    /// <param name="note">Is told how many; null where that is written down otherwise.</param>
    /// <param name="may">Asked in the transaction, in which the batch counts all of them already, and maybe again; null for yes.</param>
    /// <returns>Those whose number the batch did not have; null when it is over, or may have none of them.</returns>
    public async ValueTask<IReadOnlySet<Guid>?> AddAsync(BatchRow batch, IReadOnlyList<ContactRow> contacts,
        Func<ContactRow, Target> targetOf, Func<int, AuditNote>? note, CancellationToken stop, Func<IDbConnection, bool>? may = null)
    {
        HashSet<Guid>? added = null;
        await store.Targets.AddAsync(batch.ListId, db =>
        {
            added = null;
            // Its row first: who ends it meanwhile waits, or has ended it.
            if (!BatchTable.Grow(db, batch, contacts.Count, may)) return [];
            var known = KnownDoubles(db, batch, contacts);
            added = [.. contacts.Where(contact => !known.Contains(contact.PhoneNumber) && Write(db, contact))
                .Select(contact => contact.Id)];
            if (added.Count < contacts.Count) BatchTable.Shrink(db, batch, contacts.Count - added.Count);
            AuditTable.Write(db, note?.Invoke(added.Count));
            return [.. contacts.Where(contact => !contact.IsOver && added.Contains(contact.Id)).Select(targetOf)];
        }, stop);
        return added;
    }

    /// <summary>Whether a machine of the telephone has a message of the batch's campaign, of whatever batch.</summary>
    public async ValueTask<bool> HasMessageAsync(TenantId agency, Guid batch, string number, CancellationToken stop)
    {
        var numbers = new InList<string>(OneTelephone.AllOf([number]));
        return await store.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountLeft, new { tenant = agency, batch, numbers }), stop) > 0;
    }

    public ValueTask<ContactRow?> FindAsync(TenantId agency, Guid id, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<ContactRow>(SelectById, new { tenant = agency, id }), stop);

    /// <summary>
    /// Says anew who a contact is, and when the first call of one whom nobody has tried is due, also to whoever dials. Reads and writes at
    /// once, so that of two changes neither undoes the other's.
    /// </summary>
    /// <param name="targetOf">By whom the node calls a contact of the batch.</param>
    /// <returns>As it is then; null when there is none.</returns>
    public async ValueTask<ContactRow?> ChangeAsync(TenantId agency, Guid id, Func<ContactRow, ContactRow> change,
        Func<BatchRow, ContactRow, Target> targetOf, Func<ContactRow, ContactRow, AuditNote> note, CancellationToken stop)
    {
        ContactRow? now = null;
        await store.Targets.DescribeAsync(db =>
        {
            now = null;
            if (db.QueryFirstOrDefault<ContactRow>(SelectById, new { tenant = agency, id }) is not { } before) return [];
            var batch = before.BatchId is { } of ? BatchTable.Find(db, agency, of) : null;
            var put = batch is null ? before : AsPut(db, batch, [before])[0];
            var after = change(put);
            bool isMoved = Rewrite(db, put, after);
            now = after with { CreatedAt = before.CreatedAt };
            AuditTable.Write(db, note(before, now));
            return batch is null ? [] : [(targetOf(batch, after), isMoved)];
        }, stop);
        return now;
    }

    /// <summary>Says anew who those are of a batch who have the telephones of these, and are not over.</summary>
    /// <param name="contacts">At most <see cref="TargetTable.MostAtOnce"/>.</param>
    /// <param name="change">From who is there and who comes to who is there then.</param>
    /// <param name="note">Is told how many.</param>
    /// <returns>How many.</returns>
    public async ValueTask<int> LayAsync(BatchRow batch, IReadOnlyList<ContactRow> contacts,
        Func<ContactRow, ContactRow, ContactRow> change, Func<ContactRow, Target> targetOf, Func<int, AuditNote> note,
        CancellationToken stop)
    {
        int done = 0;
        await store.Targets.DescribeAsync(db =>
        {
            var numbers = new InList<string>(OneTelephone.AllOf([.. contacts.Select(one => one.PhoneNumber)]));
            var here = db.Query<ContactRow>(SelectByNumbers, new { tenant = batch.TenantId, batch = batch.Id, numbers }).AsList();
            var changed = Lay(db, AsPut(db, batch, here), contacts, change);
            done = changed.Count;
            if (done > 0) AuditTable.Write(db, note(done));
            return [.. changed.Select(one => (targetOf(one.After), one.IsMoved))];
        }, stop);
        return done;
    }

    /// <returns>Each as it is then, and whether its first call is due at another time.</returns>
    internal static List<(ContactRow After, bool IsMoved)> Lay(IDbConnection db, IEnumerable<ContactRow> here,
        IReadOnlyList<ContactRow> contacts, Func<ContactRow, ContactRow, ContactRow> change)
    {
        var given = contacts.ToDictionary(one => one.PhoneNumber, StringComparer.Ordinal);
        var changed = new List<(ContactRow, bool)>();
        foreach (var before in here)
        {
            // By one of his numbers he was asked for.
            var coming = given.GetValueOrDefault(before.PhoneNumber) ?? given[OneTelephone.OtherOf(before.PhoneNumber)!];
            // Who has just come was not there already.
            if (before.IsOver || before.Id == coming.Id) continue;
            var after = change(before, coming);
            changed.Add((after, Rewrite(db, before, after)));
        }
        return changed;
    }

    /// <summary>
    /// Each as of the moment at which it came to its batch, from which its first call is due: one that waited with its campaign came there
    /// later than it was made.
    /// </summary>
    private static List<ContactRow> AsPut(IDbConnection db, BatchRow batch, IReadOnlyCollection<ContactRow> contacts)
    {
        var ids = new InList<string>([.. contacts.Select(one => one.Id.ToString())]);
        var puts = db.Query<Put>(SelectPut, new { tenant = batch.Account, list = batch.ListId, ids })
            .ToDictionary(put => put.Id, put => put.CreatedAt);
        // Whom a rule forbade to call nobody dials.
        return [.. contacts.Select(one => puts.TryGetValue(one.Id, out var at) ? one with { CreatedAt = at } : one)];
    }

    private static bool Rewrite(IDbConnection db, ContactRow before, ContactRow now)
    {
        var (tenant, id) = (now.TenantId, now.Id);
        db.Execute(Update, new
        {
            tenant, id, first = now.FirstName, last = now.LastName, email = now.Email, company = now.Company, title = now.Title,
            timezone = now.Timezone, data = now.CustomData, scheduled = now.ScheduledFor, priority = now.Priority,
            external = now.ExternalId, at = now.UpdatedAt,
        });
        bool isMoved = before.IsUntried && (now.ScheduledFor != before.ScheduledFor || now.Priority != before.Priority);
        if (isMoved) db.Execute(Replace, new { tenant, id, status = now.Status, next = now.NextAttemptAt });
        return isMoved;
    }

    /// <summary>
    /// Somebody has said when the contact wants to be called. It has an attempt for it, if need be one more than its campaign says.
    /// </summary>
    /// <returns>Null for one that is over; else whether it may have an attempt more: where it may not, nothing was done.</returns>
    public ValueTask<bool?> CallBackAsync(TenantId agency, Guid id, DateTimeOffset due, DateTimeOffset at,
        Func<ContactRow, AuditNote>? note, CancellationToken stop) => store.Sql.WriteAsync<bool?>(db =>
    {
        if (db.QueryFirstOrDefault<ContactRow>(SelectById, new { tenant = agency, id }) is not { IsOver: false } before) return null;
        if (WithAnAttempt(before) is not { } after) return false;
        db.Execute(CallBack, new { tenant = agency, id, due, most = after.MaxAttempts, callbacks = after.Callbacks, at });
        if (note is not null) AuditTable.Write(db, note(before));
        return true;
    }, stop);

    /// <returns>Null for one that may have no attempt more.</returns>
    public static ContactRow? WithAnAttempt(ContactRow contact) => contact.Attempts < contact.MaxAttempts ? contact
        : contact.Callbacks >= ContactRow.MostCallbacks ? null
        : contact with { MaxAttempts = contact.Attempts + 1, Callbacks = contact.Callbacks + 1 };

    /// <param name="account">The client's.</param>
    public ValueTask<List<ContactAttempted>> ListAttemptsAsync(TenantId account, Guid contact, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<ContactAttempted>(SelectAttempts, new { tenant = account, id = contact }).AsList(), stop);

    /// <summary>How many of a campaign stand so and have come to that.</summary>
    public ValueTask<List<ContactSum>> SumAsync(TenantId agency, Guid campaign, CancellationToken stop) => store.Sql.ReadAsync(
        db => db.Query<ContactSum>(CountOfCampaign, new { tenant = agency, campaign }).AsList(), stop);

    /// <returns>False when the batch has somebody of this number.</returns>
    public static bool Write(IDbConnection db, ContactRow contact)
    {
        // A file of contacts has a hundred thousand of them.
        if (Statement.IsOfFile(db))
            return One.Run(db, contact.Id.ToString(), contact.TenantId.ToString(), contact.CampaignId.ToString(),
                contact.BatchId?.ToString(), contact.PhoneNumber, contact.FirstName, contact.LastName, contact.Email, contact.Company,
                contact.Title, contact.Timezone, contact.CustomData.ToJsonString(), contact.Status, contact.MaxAttempts,
                TextOf(contact.NextAttemptAt), TextOf(contact.CompletedAt), contact.BlockReason, TextOf(contact.ScheduledFor),
                contact.Priority, contact.ExternalId, Times.Text(contact.CreatedAt)) > 0;
        return db.Execute(Insert, new
        {
            status = contact.Status, completed = contact.CompletedAt, block = contact.BlockReason,
            id = contact.Id, tenant = contact.TenantId, campaign = contact.CampaignId, batch = contact.BatchId,
            number = contact.PhoneNumber, first = contact.FirstName, last = contact.LastName, email = contact.Email,
            company = contact.Company, title = contact.Title, timezone = contact.Timezone, data = contact.CustomData,
            most = contact.MaxAttempts, next = contact.NextAttemptAt, scheduled = contact.ScheduledFor, priority = contact.Priority,
            external = contact.ExternalId, at = contact.CreatedAt,
        }) > 0;
    }

    private static string? TextOf(DateTimeOffset? at) => at is { } moment ? Times.Text(moment) : null;

    private sealed record Put
    {
        public Guid Id { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
    }
}
