using System.Data;
using System.Diagnostics;
using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;
using Ringwright.Store.Ledgers;

namespace Ringwright.Store.Tables;

public enum ConferenceStatus { Init, InProgress, Completed }

public sealed record ConferenceRow
{
    public required ConferenceId Id { get; init; }
    public required Guid Uuid { get; init; }
    public required string Name { get; init; }
    public required ConnectionId Connection { get; init; }
    public required ConferenceStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public ConferenceEnd? Ended { get; init; }
    /// <summary>Whose leaving ended it.</summary>
    public LegId? EndedByLeg { get; init; }
    public SessionId? EndedBySession { get; init; }
}

/// <param name="Id">Of this part; a leg that came twice has two rows.</param>
public sealed record ParticipantRow(Guid Id, LegId Leg, Guid LegUuid, Participation As, bool HasLeft, DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt);

/// <summary>Which conferences of an account to list. Null filters nothing.</summary>
public sealed record ConferenceQuery
{
    public string? Name { get; init; }
    public ConferenceStatus? Status { get; init; }
    public IReadOnlyList<ConnectionId>? Connections { get; init; }
}

/// <summary>Conferences of an account, newest first. What is not set leaves out nothing.</summary>
public sealed record ConferenceSearch
{
    public string? Name { get; init; }
    public ConferenceStatus? Status { get; init; }
    public TimeRange Created { get; init; }
    public TimeRange Updated { get; init; }
    /// <summary>As the page before gave it.</summary>
    public string? Cursor { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 50;
}

/// <param name="Next">Null where nothing lies beyond.</param>
public sealed record FoundConferences(IReadOnlyList<ConferenceRow> Rows, string? Next);

/// <summary>One who takes part now.</summary>
/// <param name="Labels">Of the leg.</param>
public sealed record PresentParticipant(ParticipantRow Part, Labels Labels);

/// <summary>Who of a conference to list. Null filters nothing.</summary>
public sealed record ParticipantQuery(bool? IsMuted, bool? IsOnHold, bool? IsWhispering);

/// <summary>Conferences and who takes part, live and over. Written with the events of conferences.</summary>
public sealed class ConferenceTable
{
    private const string Columns = """
        id, uuid, name, connection_id, status, created_at, expires_at, updated_at, end_reason, ended_by_leg, ended_by_session
        """;
    internal const string Insert = """
        insert into rw_conference (id, uuid, tenant_id, name, connection_id, status, created_at, expires_at, updated_at)
        values (@id, @uuid, @tenant, @name, @connection, @status, @at, @expires, @at)
        """;
    internal const string Start = """
        update rw_conference set status = 'in_progress', updated_at = @at where tenant_id = @tenant and id = @id
        """;
    internal const string Touch = "update rw_conference set updated_at = @at where tenant_id = @tenant and id = @id";
    internal const string End = """
        update rw_conference set status = 'completed', updated_at = @at, ended_at = @at, end_reason = @why, ended_by_leg = @leg,
            ended_by_session = @session
        where tenant_id = @tenant and id = @id
        """;
    internal const string InsertParticipant = """
        insert into rw_participant (id, conference_id, tenant_id, leg_id, leg_uuid, is_muted, is_on_hold, ends_conference, ends_softly,
            role, whispers_to, status, created_at, updated_at)
        values (@participant, @id, @tenant, @leg, @legUuid, @isMuted, @isOnHold, @ends, @endsSoftly, @role, @whispersTo, 'joined', @at, @at)
        """;
    internal const string ChangeParticipant = """
        update rw_participant set is_muted = @isMuted, is_on_hold = @isOnHold, ends_conference = @ends, ends_softly = @endsSoftly, role = @role,
            whispers_to = @whispersTo, updated_at = @at
        where tenant_id = @tenant and id = @participant
        """;
    internal const string LeaveParticipant =
        "update rw_participant set status = 'left', updated_at = @at where tenant_id = @tenant and id = @participant";
    internal const string LeaveAll = """
        update rw_participant set status = 'left', updated_at = @at where tenant_id = @tenant and conference_id = @id and status = 'joined'
        """;
    internal const string SelectByUuid = $"select {Columns} from rw_conference where tenant_id = @tenant and uuid = @uuid";
    /// <summary>The live one of that name, else the latest.</summary>
    internal const string SelectByName = $"""
        select {Columns} from rw_conference where tenant_id = @tenant and name = @name
        order by case when ended_at is null then 0 else 1 end, created_at desc, id limit 1
        """;
    /// <summary>PostgreSQL learns a text's type where it stands first.</summary>
    private const string Listed = """
        from rw_conference where tenant_id = @tenant and (name = @name or @name is null) and (status = @status or @status is null)
            and (@connections like '%,' || cast(connection_id as text) || ',%' or @connections is null)
        """;
    internal const string SelectListed = $"""
        select {Columns} {Listed} order by expires_at desc, id limit @limit offset @offset
        """;
    internal const string CountListed = $"select count(*) {Listed}";
    internal const string Search = $"""
        select {Columns} from rw_conference where tenant_id = @tenant and (@name = '' or name = @name) and (@status = '' or status = @status)
            and created_at >= @createdFrom and created_at < @createdBefore and updated_at >= @updatedFrom and updated_at < @updatedBefore
            and (created_at < @at or (created_at = @at and id < @id))
        order by created_at desc, id desc limit @limit offset @offset
        """;
    internal const string SelectPresent = """
        select id, leg_id, leg_uuid, is_muted, is_on_hold, ends_conference, ends_softly, role, whispers_to, status, created_at, updated_at,
            (select labels from rw_leg l where tenant_id = @tenant and l.id = rw_participant.leg_id) as labels
        from rw_participant
        where tenant_id = @tenant and conference_id = @id and status = 'joined' order by created_at, id limit @limit offset @offset
        """;
    private const string ListedParticipants = """
        from rw_participant where tenant_id = @tenant and conference_id = @id and (@isMuted is null or is_muted = @isMuted)
            and (@isOnHold is null or is_on_hold = @isOnHold) and (@isWhispering is null or (role = 'whisper') = @isWhispering)
        """;
    internal const string SelectParticipants = $"""
        select id, leg_id, leg_uuid, is_muted, is_on_hold, ends_conference, ends_softly, role, whispers_to, status, created_at, updated_at
        {ListedParticipants} order by created_at, id limit @limit offset @offset
        """;
    internal const string CountParticipants = $"select count(*) {ListedParticipants}";
    internal const string SelectOfLeg =
        "select conference_id from rw_participant where tenant_id = @tenant and leg_id = @leg and status = 'joined' limit 1";
    internal const string CountEndedAllTenants = "select count(*) from rw_conference where id = @id and ended_at is not null";
    internal const string SelectLiveAllTenants = "select id, tenant_id from rw_conference where ended_at is null";
    internal const string SelectLiveOfName =
        "select id from rw_conference where tenant_id = @tenant and name = @name and ended_at is null";

    private readonly Sql _sql;

    internal ConferenceTable(Sql sql) => _sql = sql;

    internal KnownConferences Known { get; } = new();

    /// <summary>For commands: one that goes on at this node is known without asking the database, and others are looked up.</summary>
    /// <param name="text">Its UUID or its name.</param>
    public async ValueTask<ConferenceRow?> FindLiveAsync(TenantId tenant, string text, CancellationToken stop) =>
        Known.Find(tenant, text) ?? await FindAsync(tenant, text, stop).ConfigureAwait(false);

    /// <summary>What a command has made; else the one of that name.</summary>
    public async ValueTask<ConferenceRow?> FindMadeAsync(TenantId tenant, Guid uuid, string name, CancellationToken stop) =>
        Known.Find(tenant, uuid.ToString()) ?? Known.Find(tenant, name)
        ?? await FindAsync(tenant, uuid.ToString(), stop).ConfigureAwait(false)
        ?? await FindAsync(tenant, name, stop).ConfigureAwait(false);

    /// <param name="text">Its UUID or its name.</param>
    public async ValueTask<ConferenceRow?> FindAsync(TenantId tenant, string text, CancellationToken stop)
    {
        try
        {
            return await _sql.ReadAsync(
                db => (Guid.TryParse(text, out var uuid) ? db.QuerySingleOrDefault<Row>(SelectByUuid, new { tenant, uuid })
                    : db.QuerySingleOrDefault<Row>(SelectByName, new { tenant, name = text }))?.ToConference(), stop).ConfigureAwait(false);
        }
        catch (StoreUnavailableException) when (Known.Find(tenant, text) is { } known)
        {
            return known;
        }
    }

    /// <summary>The last to expire first.</summary>
    public ValueTask<(IReadOnlyList<ConferenceRow> Rows, long Total)> ListAsync(TenantId tenant, ConferenceQuery query, int offset,
        int limit, CancellationToken stop)
    {
        var parameters = new
        {
            tenant,
            name = query.Name,
            status = query.Status is { } status ? Names<ConferenceStatus>.Of(status) : null,
            connections = query.Connections is { } connections ? $",{string.Join(',', connections)}," : null,
            limit,
            offset,
        };
        return _sql.ReadAsync<(IReadOnlyList<ConferenceRow>, long)>(db => (
            [.. db.Query<Row>(SelectListed, parameters).Select(row => row.ToConference())],
            db.ExecuteScalar<long>(CountListed, parameters)), stop);
    }

    /// <returns>Null for a cursor that no page gave.</returns>
    public async ValueTask<FoundConferences?> SearchAsync(TenantId tenant, ConferenceSearch search, CancellationToken stop)
    {
        string at = LegSearchParameters.Never, id = "";
        if (search.Cursor is { } cursor && !TimeCursor.TryRead(cursor, out at, out id)) return null;
        var parameters = new
        {
            tenant,
            name = search.Name ?? "",
            status = search.Status is { } status ? Names<ConferenceStatus>.Of(status) : "",
            createdFrom = LegSearchParameters.Text(search.Created.From, LegSearchParameters.Always),
            createdBefore = LegSearchParameters.Text(search.Created.Before, LegSearchParameters.Never),
            updatedFrom = LegSearchParameters.Text(search.Updated.From, LegSearchParameters.Always),
            updatedBefore = LegSearchParameters.Text(search.Updated.Before, LegSearchParameters.Never),
            at, id, limit = search.Limit + 1,       // tells whether there is more
            offset = search.Cursor is null ? search.Offset : 0,
        };
        return await _sql.ReadAsync(db =>
        {
            var rows = db.Query<Row>(Search, parameters).AsList();
            bool isMore = rows.Count > search.Limit;
            if (isMore) rows.RemoveAt(search.Limit);
            return new FoundConferences([.. rows.Select(row => row.ToConference())],
                isMore ? TimeCursor.Write(rows[^1].CreatedAt, rows[^1].Id) : null);
        }, stop).ConfigureAwait(false);
    }

    /// <summary>Who takes part now, in the order of their coming.</summary>
    public ValueTask<IReadOnlyList<PresentParticipant>> ListPresentAsync(TenantId tenant, ConferenceId conference, int offset, int limit,
        CancellationToken stop) => _sql.ReadAsync<IReadOnlyList<PresentParticipant>>(db =>
        [
            .. db.Query<PartRow>(SelectPresent, new { tenant, id = conference.ToString(), limit, offset })
                .Select(row => new PresentParticipant(row.ToParticipant(), JsonLists.ReadLabels(row.Labels)))
        ], stop);

    /// <summary>The one in which the leg takes part now; null when it takes part in none.</summary>
    public ValueTask<ConferenceId?> FindOfLegAsync(TenantId tenant, LegId leg, CancellationToken stop) =>
        _sql.ReadAsync<ConferenceId?>(db => db.QueryFirstOrDefault<string>(SelectOfLeg, new { tenant, leg }) is { } id
            ? new ConferenceId(SubjectText.Read("conference", id).Value) : null, stop);

    /// <summary>In the order of their coming, those who have left as well.</summary>
    public ValueTask<(IReadOnlyList<ParticipantRow> Rows, long Total)> ListParticipantsAsync(TenantId tenant, ConferenceId conference,
        ParticipantQuery query, int offset, int limit, CancellationToken stop)
    {
        var parameters = new
        {
            tenant, id = conference.ToString(), isMuted = query.IsMuted, isOnHold = query.IsOnHold, isWhispering = query.IsWhispering,
            limit, offset,
        };
        return _sql.ReadAsync<(IReadOnlyList<ParticipantRow>, long)>(db => (
            [.. db.Query<PartRow>(SelectParticipants, parameters).Select(row => row.ToParticipant())],
            db.ExecuteScalar<long>(CountParticipants, parameters)), stop);
    }

    internal ValueTask<bool> HasEndedAsync(ConferenceId id, CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<long>(CountEndedAllTenants, new { id = id.ToString() }) > 0, stop);

    /// <summary>Of all nodes: one, but for moments.</summary>
    internal ValueTask<IReadOnlyList<Subject>> ListLiveOfNameAsync(TenantId tenant, string name, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<Subject>>(
            db => [.. db.Query<string>(SelectLiveOfName, new { tenant, name }).Select(id => SubjectText.Read("conference", id))], stop);

    internal ValueTask<IReadOnlyList<(Subject Conference, TenantId Tenant)>> ListLiveOfAllTenantsAsync(CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<(Subject, TenantId)>>(db =>
        [
            .. db.Query<(string Id, string Tenant)>(SelectLiveAllTenants)
                .Select(row => (SubjectText.Read("conference", row.Id), new TenantId(Guid.Parse(row.Tenant))))
        ], stop);

    internal static void Write(IDbConnection db, ConferenceEvent happened, DateTimeOffset at)
    {
        string id = happened.Subject.Id;
        var (facts, tenant) = (happened.Conference, happened.Tenant);
        switch (happened)
        {
            case ConferenceEvent.ConferenceBegan began:
                db.Execute(Insert, new
                {
                    id,
                    uuid = facts.Uuid,
                    tenant,
                    name = facts.Name,
                    connection = facts.Creator.Connection.Value,
                    status = Names<ConferenceStatus>.Of(began.Terms.StartsAtOnce ? ConferenceStatus.InProgress : ConferenceStatus.Init),
                    at,
                    expires = at + began.Terms.Length,
                });
                break;
            case ConferenceEvent.ConferenceStarted:
                db.Execute(Start, new { tenant, id, at });
                break;
            case ConferenceEvent.ParticipantJoined joined:
                db.Execute(InsertParticipant, new
                {
                    participant = joined.Participant,
                    id,
                    tenant,
                    leg = joined.Who.Leg,
                    legUuid = joined.Who.Uuid,
                    isMuted = joined.As.IsMuted,
                    isOnHold = joined.As.IsOnHold,
                    ends = joined.As.EndsConference,
                    endsSoftly = joined.As.EndsSoftly,
                    role = Names<SupervisorRole>.Of(joined.As.Role),
                    whispersTo = WhispersTo(joined.As),
                    at,
                });
                db.Execute(Touch, new { tenant, id, at });
                break;
            case ConferenceEvent.ParticipantChanged changed:
                db.Execute(ChangeParticipant, new
                {
                    participant = changed.Participant,
                    tenant,
                    isMuted = changed.As.IsMuted,
                    isOnHold = changed.As.IsOnHold,
                    ends = changed.As.EndsConference,
                    endsSoftly = changed.As.EndsSoftly,
                    role = Names<SupervisorRole>.Of(changed.As.Role),
                    whispersTo = WhispersTo(changed.As),
                    at,
                });
                break;
            case ConferenceEvent.ParticipantLeft left:
                db.Execute(LeaveParticipant, new { participant = left.Participant, tenant, at });
                db.Execute(Touch, new { tenant, id, at });
                break;
            case ConferenceEvent.ConferenceEnded ended:
                db.Execute(LeaveAll, new { tenant, id, at });
                db.Execute(End, new
                {
                    tenant, id, at, why = Names<ConferenceEnd>.Of(ended.Why), leg = ended.By?.Leg, session = ended.By?.Session,
                });
                break;
            case ConferenceEvent.FloorChanged or ConferenceEvent.ConferencePlaybackStarted or ConferenceEvent.ConferencePlaybackEnded
                or ConferenceEvent.ConferenceSpeakStarted or ConferenceEvent.ConferenceSpeakEnded:
                break;          // only the event itself is kept
            default:
                throw new UnreachableException();
        }
    }

    private static string WhispersTo(Participation part) => JsonLists.Write([.. part.WhispersTo.Select(leg => leg.ToString())]);

    internal static IReadOnlyList<LegId> ReadWhispers(string json) =>
        [.. JsonLists.Read(json).Select(text => LegId.TryParse(text, out var leg) ? leg : default)];

    private sealed record Row
    {
        public string Id { get; init; } = "";
        public Guid Uuid { get; init; }
        public string Name { get; init; } = "";
        public ConnectionId ConnectionId { get; init; }
        public string Status { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
        public string? EndReason { get; init; }
        public LegId? EndedByLeg { get; init; }
        public SessionId? EndedBySession { get; init; }

        public ConferenceRow ToConference() => new()
        {
            Id = new(SubjectText.Read("conference", Id).Value),
            Uuid = Uuid,
            Name = Name,
            Connection = ConnectionId,
            Status = Names<ConferenceStatus>.Parse(Status),
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            UpdatedAt = UpdatedAt,
            Ended = EndReason is null ? null : Names<ConferenceEnd>.Parse(EndReason),
            EndedByLeg = EndedByLeg,
            EndedBySession = EndedBySession,
        };
    }

    private sealed record PartRow
    {
        public Guid Id { get; init; }
        public LegId LegId { get; init; }
        public Guid LegUuid { get; init; }
        public bool IsMuted { get; init; }
        public bool IsOnHold { get; init; }
        public bool EndsConference { get; init; }
        public bool EndsSoftly { get; init; }
        public string Role { get; init; } = "";
        public string WhispersTo { get; init; } = "";
        public string Status { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }
        /// <summary>Of the leg, where they are asked for.</summary>
        public string Labels { get; init; } = "{}";

        public ParticipantRow ToParticipant() => new(Id, LegId, LegUuid, new()
        {
            IsMuted = IsMuted,
            IsOnHold = IsOnHold,
            EndsConference = EndsConference,
            EndsSoftly = EndsSoftly,
            Role = Names<SupervisorRole>.Parse(Role),
            WhispersTo = ReadWhispers(WhispersTo),
        }, Status is "left", CreatedAt, UpdatedAt);
    }
}
