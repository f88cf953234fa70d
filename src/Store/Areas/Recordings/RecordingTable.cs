using System.Data;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Jobs;

namespace Ringwright.Store.Tables;

public enum RecordingState { Recording, Saved, Failed }

/// <summary>A recording of a leg. End, length, size and blob are there once it is saved.</summary>
public sealed record RecordingRow
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required LegId Leg { get; init; }
    public required Guid LegUuid { get; init; }
    public required SessionId Session { get; init; }
    public required ConnectionId Connection { get; init; }
    public required string From { get; init; }
    public required string To { get; init; }
    public required RecordPlan Plan { get; init; }
    public required RecordingState State { get; init; }
    public required DateTimeOffset StartedAt { get; init; }
    public DateTimeOffset? EndedAt { get; init; }
    public TimeSpan Length { get; init; }
    public long Bytes { get; init; }
    /// <inheritdoc cref="RecordedFile.Gaps"/>
    public IReadOnlyList<RecordGap> Gaps { get; init; } = [];
    public string? Blob { get; init; }
    /// <summary>In the customer's own bucket; then there is no blob.</summary>
    public RecordingPlace? Place { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>An object in a bucket of a customer's.</summary>
/// <param name="Endpoint">As in <see cref="ConnectionBucket"/>.</param>
public sealed record RecordingPlace(string? Endpoint, string Region, string Bucket, string Key)
{
    /// <summary>Of a recording that is deleted, as the account's trail says that the object stays.</summary>
    public JsonObject ToldLeft() => new() { ["left_in_bucket"] = $"{Bucket}/{Key}" };
}

/// <summary>Conditions, joined by AND; null asks for nothing.</summary>
public sealed record RecordingQuery
{
    public LegId? Leg { get; init; }
    public Guid? LegUuid { get; init; }
    /// <summary>Of any of them.</summary>
    public IReadOnlyList<LegId>? Legs { get; init; }
    public Guid? Session { get; init; }
    public Guid? Conference { get; init; }
    public ConnectionId? Connection { get; init; }
    public string? From { get; init; }
    public string? To { get; init; }
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
    public DateTimeOffset? StartedFrom { get; init; }
    public DateTimeOffset? StartedTo { get; init; }
    public DateTimeOffset? EndedFrom { get; init; }
    public DateTimeOffset? EndedTo { get; init; }
    public bool IsAscending { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 20;
}

/// <summary>Recordings that run or are kept, newest first. What is not set leaves out nothing.</summary>
public sealed record RecordingSearch
{
    /// <summary>Of this call's own.</summary>
    public LegId? Leg { get; init; }
    public Guid? Conference { get; init; }
    public TimeRange Created { get; init; }
    /// <summary>As the page before gave it.</summary>
    public string? Cursor { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 50;
}

/// <param name="Next">Null where nothing lies beyond.</param>
public sealed record FoundRecordings(IReadOnlyList<RecordingRow> Rows, string? Next);

public sealed record RecordingPage(IReadOnlyList<RecordingRow> Rows, long Total);

/// <summary>
/// What customers fetch, list and delete; messages of mailboxes are not among it (<see cref="MessageTable"/>). Rows begin and end with
/// their leg's events, in the ledger's own transaction.
/// </summary>
public sealed class RecordingTable
{
    internal const string Columns = """
        id, tenant_id, leg_id, leg_uuid, session_id, connection_id, from_party, to_party, plan, state, started_at, ended_at, length_ms, bytes, gaps, blob,
        place, created_at, updated_at
        """;
    private const string Condition = """
        from rw_recording where tenant_id = @tenant and state = 'saved' and mailbox is null
            and (leg_id = @leg or @leg is null)
            and (leg_uuid = @legUuid or @legUuid is null)
            and (@ofLegs = 0 or leg_id in @legs)
            and (session_id = @session or @session is null)
            and (conference_id = @conference or @conference is null)
            and (@connection is null or connection_id = @connection)
            and (from_party = @from or @from is null)
            and (to_party = @to or @to is null)
            and (created_at >= @createdFrom or @createdFrom is null)
            and (created_at <= @createdTo or @createdTo is null)
            and (started_at >= @startedFrom or @startedFrom is null)
            and (started_at <= @startedTo or @startedTo is null)
            and (ended_at >= @endedFrom or @endedFrom is null)
            and (ended_at <= @endedTo or @endedTo is null)
        """;
    private const string Begun = "tenant_id = @tenant and state <> 'failed' and mailbox is null";
    private const string Beyond = """
        and created_at >= @from and created_at < @before and (created_at < @at or (created_at = @at and id < @id))
        order by created_at desc, id desc limit @limit offset @offset
        """;
    internal const string SelectBegun = $"select {Columns} from rw_recording where {Begun} and id = @id";
    internal const string SearchAll = $"select {Columns} from rw_recording where {Begun} {Beyond}";
    internal const string SearchOfLeg =
        $"select {Columns} from rw_recording where {Begun} and leg_id = @leg and conference_id is null {Beyond}";
    internal const string SearchOfConference = $"select {Columns} from rw_recording where {Begun} and conference_id = @conference {Beyond}";
    private const string OneSaved = "tenant_id = @tenant and id = @id and state = 'saved' and mailbox is null";
    // A message in a mailbox is no recording, whoever asks.
    internal const string SelectOtherAllTenants =
        "select 1 from rw_recording where id = @id and tenant_id <> @tenant and mailbox is null";
    internal const string Count = $"select count(*) {Condition}";
    internal const string SelectNewest = $"select {Columns} {Condition} order by created_at desc, id desc limit @limit offset @offset";
    internal const string SelectOldest = $"select {Columns} {Condition} order by created_at, id limit @limit offset @offset";
    internal const string Select = $"select {Columns} from rw_recording where {OneSaved}";
    // At start, for those that the last process left behind.
    internal const string SelectOpenAllTenants = $"select {Columns} from rw_recording where state = 'recording' order by created_at";

    internal const string Insert = """
        insert into rw_recording (id, tenant_id, leg_id, leg_uuid, session_id, connection_id, from_party, to_party, plan, conference_id, mailbox, state, started_at, created_at, updated_at)
        values (@id, @tenant, @leg, @legUuid, @session, @connection, @from, @to, @plan, @conference, @mailbox, 'recording', @at, @at, @at)
        """;
    internal const string SelectBytesAllTenants =
        "select cast(coalesce(sum(bytes), 0) as bigint) from rw_recording where state = 'saved' and blob is not null";
    internal const string SelectNamed = "select id from rw_recording where tenant_id = @tenant and id in @ids";
    internal const string SelectFilesAllTenants =
        "select tenant_id, blob from rw_recording where tenant_id in @tenants and blob is not null";
    internal const string Save = """
        update rw_recording set state = 'saved', started_at = @startedAt, ended_at = @endedAt, length_ms = @length, bytes = @bytes, gaps = @gaps, blob = @blob, updated_at = @at
        where tenant_id = @tenant and id = @id and state = 'recording'
        """;
    internal const string Bring = $"update rw_recording set place = @place, blob = null, updated_at = @at where {OneSaved}";
    internal const string CountSaved = $"select count(*) from rw_recording where {OneSaved}";
    // Of a message that came to nothing there is nothing to ask for.
    internal const string Forget =
        "delete from rw_recording where tenant_id = @tenant and id = @id and state = 'recording' and mailbox is not null";
    internal const string Fail =
        "update rw_recording set state = 'failed', detail = @detail, updated_at = @at where tenant_id = @tenant "
        + "and id = @id and state = 'recording'";

    /// <summary>The kind of the job that brings a recording to its connection's bucket; its input names the recording.</summary>
    public const string BringJob = "recording_upload", BringInput = "recording";

    private readonly Sql _sql;

    internal RecordingTable(Sql sql) => _sql = sql;

    public ValueTask<RecordingPage> ListAsync(TenantId tenant, RecordingQuery query, CancellationToken stop)
    {
        var parameters = new
        {
            tenant,
            leg = query.Leg?.ToString(),
            legUuid = query.LegUuid?.ToString(),
            ofLegs = query.Legs is null ? 0 : 1,
            legs = new InList<string>([.. (query.Legs ?? []).Select(one => one.ToString())]),
            session = query.Session?.ToString(),
            conference = query.Conference?.ToString(),
            connection = query.Connection?.Value,
            from = query.From,
            to = query.To,
            createdFrom = query.CreatedFrom is { } from ? Times.Text(from) : null,
            createdTo = query.CreatedTo is { } to ? Times.Text(to) : null,
            startedFrom = query.StartedFrom is { } startedFrom ? Times.Text(startedFrom) : null,
            startedTo = query.StartedTo is { } startedTo ? Times.Text(startedTo) : null,
            endedFrom = query.EndedFrom is { } endedFrom ? Times.Text(endedFrom) : null,
            endedTo = query.EndedTo is { } endedTo ? Times.Text(endedTo) : null,
            limit = query.Limit,
            offset = query.Offset,
        };
        return _sql.ReadAsync(db => new RecordingPage(
            [.. db.Query<Row>(query.IsAscending ? SelectOldest : SelectNewest, parameters).Select(row => row.ToRecording())],
            db.ExecuteScalar<long>(Count, parameters)), stop);
    }

    /// <summary>Saved ones only.</summary>
    public async ValueTask<RecordingRow?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, id }), stop).ConfigureAwait(false))?.ToRecording();

    /// <summary>One that runs, or is kept.</summary>
    public async ValueTask<RecordingRow?> FindBegunAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectBegun, new { tenant, id }), stop).ConfigureAwait(false))?
            .ToRecording();

    /// <summary>Whether an account other than this one has a recording of that id.</summary>
    public async ValueTask<bool> IsOthersAsync(TenantId tenant, Guid id, CancellationToken stop) => await _sql.ReadAsync(
        db => db.QueryFirstOrDefault<long?>(SelectOtherAllTenants, new { tenant, id }), stop).ConfigureAwait(false) is not null;

    /// <returns>Null for a cursor that no page gave.</returns>
    public async ValueTask<FoundRecordings?> SearchAsync(TenantId tenant, RecordingSearch search, CancellationToken stop)
    {
        string at = LegSearchParameters.Never, id = "";
        if (search.Cursor is { } cursor && !(TimeCursor.TryRead(cursor, out at, out id) && Guid.TryParse(id, out _))) return null;
        var parameters = new
        {
            tenant, leg = search.Leg, conference = search.Conference?.ToString(),
            from = LegSearchParameters.Text(search.Created.From, LegSearchParameters.Always),
            before = LegSearchParameters.Text(search.Created.Before, LegSearchParameters.Never),
            at, id, limit = search.Limit + 1,       // tells whether there is more
            offset = search.Cursor is null ? search.Offset : 0,
        };
        string statement = search.Leg is not null ? SearchOfLeg : search.Conference is not null ? SearchOfConference : SearchAll;
        return await _sql.ReadAsync(db =>
        {
            var rows = db.Query<Row>(statement, parameters).AsList();
            bool isMore = rows.Count > search.Limit;
            if (isMore) rows.RemoveAt(search.Limit);
            return new FoundRecordings([.. rows.Select(row => row.ToRecording())],
                isMore ? TimeCursor.Write(rows[^1].CreatedAt, rows[^1].Id.ToString()) : null);
        }, stop).ConfigureAwait(false);
    }

    /// <summary>It is in the customer's bucket from now on; the blob is the caller's to delete.</summary>
    /// <returns>False when it was deleted meanwhile.</returns>
    public ValueTask<bool> BringAsync(TenantId tenant, Guid id, RecordingPlace place, DateTimeOffset at, CancellationToken stop)
    {
        string text = JsonSerializer.Serialize(place, ColumnJson.Default.RecordingPlace);
        return _sql.WriteAsync(db => db.Execute(Bring, new { tenant, id, place = text, at }) == 1, stop);
    }

    internal async ValueTask<IReadOnlyList<RecordingRow>> ListOpenOfAllTenantsAsync(CancellationToken stop) =>
        [.. (await _sql.ReadAsync(db => db.Query<Row>(SelectOpenAllTenants), stop).ConfigureAwait(false)).Select(row => row.ToRecording())];

    /// <param name="happened">A recording that began, was saved or failed.</param>
    /// <returns>False when the recording has an end already, or never began.</returns>
    internal static bool Write(IDbConnection db, CallEvent happened, DateTimeOffset at)
    {
        var leg = happened.Leg;
        if (happened is CallEvent.RecordingFailed { Upload: not UploadFault.None } kept)
            return db.ExecuteScalar<long>(CountSaved, new { tenant = leg.Tenant, id = kept.Recording }) == 1;
        if (happened is CallEvent.RecordingFailed failed)
            return db.Execute(Forget, new { tenant = leg.Tenant, id = failed.Recording }) == 1
                || db.Execute(Fail, new { tenant = leg.Tenant, id = failed.Recording, detail = failed.Detail, at }) == 1;
        if (happened is CallEvent.RecordingStarted started)
        {
            return db.Execute(Insert, new
            {
                id = started.Plan.Id,
                tenant = leg.Tenant,
                leg = leg.Id,
                legUuid = leg.Uuid,
                session = leg.Session,
                connection = leg.Connection,
                from = leg.From,
                to = leg.To,
                plan = JsonSerializer.Serialize(started.Plan, ColumnJson.Default.RecordPlan),
                conference = started.Plan.Conference,
                at,
                mailbox = started.Plan.Mailbox,
            }) == 1;
        }
        var saved = (CallEvent.RecordingSaved)happened;
        bool isSaved = db.Execute(Save, new
        {
            tenant = leg.Tenant,
            id = saved.Plan.Id,
            startedAt = at - (saved.At - saved.StartedAt),
            endedAt = at - (saved.At - saved.EndedAt),
            length = (long)saved.Length.TotalMilliseconds,
            bytes = saved.Bytes,
            gaps = saved.Gaps.Count == 0 ? null : JsonSerializer.Serialize([.. saved.Gaps], ColumnJson.Default.ListRecordGap),
            blob = saved.Blob,
            at,
        }) == 1;
        if (isSaved && saved.Plan is { Transcription: not null, Mailbox: null })
            RecordingTranscriptionTable.Begin(db, saved, at);
        // A message stays in its mailbox.
        if (isSaved && saved.Plan.Mailbox is null && ConnectionBucketTable.Has(db, leg.Tenant, leg.Connection))
            db.Execute(JobTable.Insert, new
            {
                tenant = leg.Tenant,
                id = Guid.CreateVersion7(at),
                kind = BringJob,
                input = new JsonObject { [BringInput] = saved.Plan.Id.ToString() }.ToJsonString(),
                at = Times.Cut(at),
                due = Times.Cut(at),
            });
        return isSaved;
    }

    internal sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public LegId LegId { get; init; }
        public Guid LegUuid { get; init; }
        public SessionId SessionId { get; init; }
        public ConnectionId ConnectionId { get; init; }
        public string FromParty { get; init; } = "";
        public string ToParty { get; init; } = "";
        public string Plan { get; init; } = "";
        public string State { get; init; } = "";
        public DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset? EndedAt { get; init; }
        public long? LengthMs { get; init; }
        public long? Bytes { get; init; }
        public string? Gaps { get; init; }
        public string? Blob { get; init; }
        public string? Place { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public RecordingRow ToRecording() => new()
        {
            Id = Id,
            Tenant = TenantId,
            Leg = LegId,
            LegUuid = LegUuid,
            Session = SessionId,
            Connection = ConnectionId,
            From = FromParty,
            To = ToParty,
            Plan = JsonSerializer.Deserialize(Plan, ColumnJson.Default.RecordPlan)!, // written from a plan
            State = Names<RecordingState>.Parse(State),
            StartedAt = StartedAt,
            EndedAt = EndedAt,
            Length = TimeSpan.FromMilliseconds(LengthMs ?? 0),
            Bytes = Bytes ?? 0,
            Gaps = Gaps is null ? [] : JsonSerializer.Deserialize(Gaps, ColumnJson.Default.ListRecordGap) ?? [],
            Blob = Blob,
            Place = JsonColumns.Read(Place, ColumnJson.Default.RecordingPlace),
            CreatedAt = CreatedAt,
            UpdatedAt = UpdatedAt,
        };
    }
}
