using Dapper;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A conference that goes on, and how many take part in it.</summary>
public sealed record LiveConference
{
    public required ConferenceId Id { get; init; }
    public required Guid Uuid { get; init; }
    public required TenantId Tenant { get; init; }
    public required string Name { get; init; }
    public required ConferenceStatus Status { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public required int Size { get; init; }
    public required int Muted { get; init; }
    public required int OnHold { get; init; }
    public required int Supervisors { get; init; }
}

/// <param name="WhispersTo">The legs that alone hear it, by what customers call them; those that have left are none.</param>
public sealed record LiveParticipant(Guid Id, CallParties Call, Participation As, IReadOnlyList<Guid> WhispersTo, DateTimeOffset JoinedAt);

/// <summary>A leg, as far as lists of what goes on show it.</summary>
public sealed record CallParties(Guid LegUuid, Direction Direction, string From, string To);

/// <summary>What goes on, to be listed. Null filters nothing.</summary>
public sealed record LiveQuery
{
    public TenantId? Tenant { get; init; }
    public string? Name { get; init; }
    public Guid? Uuid { get; init; }
}

/// <summary>The conferences that go on, of all accounts: what the operator sees.</summary>
public sealed class LiveConferenceTable
{
    private const string Asked = """
        where ended_at is null and (tenant_id = @tenant or @tenant is null) and (name = @name or @name is null) and (uuid = @uuid or @uuid is null)
        """;
    /// <summary>Counts those who take part in the conferences of one page only.</summary>
    internal const string SelectAllTenants = $"""
        select c.id, c.uuid, c.tenant_id, c.name, c.status, c.created_at, c.expires_at, count(p.id) as size,
            cast(coalesce(sum(case when p.is_muted then 1 else 0 end), 0) as bigint) as muted,
            cast(coalesce(sum(case when p.is_on_hold then 1 else 0 end), 0) as bigint) as on_hold,
            cast(coalesce(sum(case when p.role <> 'none' then 1 else 0 end), 0) as bigint) as supervisors
        from (select id, uuid, tenant_id, name, status, created_at, expires_at from rw_conference {Asked}
            order by created_at, id limit @limit offset @offset) c
        left join rw_participant p on p.conference_id = c.id and p.status = 'joined'
        group by c.id, c.uuid, c.tenant_id, c.name, c.status, c.created_at, c.expires_at
        order by c.created_at, c.id
        """;
    internal const string CountAllTenants = $"select count(*) from rw_conference {Asked}";
    private const string Joined = "from rw_participant where tenant_id = @tenant and conference_id = @id and status = 'joined'";
    internal const string SelectParticipants = $"""
        select p.id, p.leg_uuid, p.is_muted, p.is_on_hold, p.ends_conference, p.ends_softly, p.role, p.whispers_to, p.created_at,
            l.direction, l.from_party, l.to_party
        from (select * {Joined} order by created_at, id limit @limit offset @offset) p
        join rw_leg l on l.tenant_id = p.tenant_id and l.id = p.leg_id
        order by p.created_at, p.id
        """;
    internal const string CountParticipants = $"select count(*) {Joined}";
    internal const string SelectLegs = $"select leg_id, leg_uuid {Joined}";

    private readonly Sql _sql;

    internal LiveConferenceTable(Sql sql) => _sql = sql;

    /// <summary>The oldest first.</summary>
    public ValueTask<(IReadOnlyList<LiveConference> Rows, long Total)> ListAsync(LiveQuery query, int offset, int limit,
        CancellationToken stop)
    {
        var parameters = new
        {
            tenant = query.Tenant?.ToString(), name = query.Name, uuid = query.Uuid?.ToString(), limit, offset,
        };
        return _sql.ReadAsync<(IReadOnlyList<LiveConference>, long)>(db => (
            [.. db.Query<Row>(SelectAllTenants, parameters).Select(row => row.ToConference())],
            db.ExecuteScalar<long>(CountAllTenants, parameters)), stop);
    }

    /// <summary>Null when none goes on under this id.</summary>
    public async ValueTask<LiveConference?> FindAsync(Guid uuid, CancellationToken stop) =>
        (await ListAsync(new() { Uuid = uuid }, 0, 1, stop).ConfigureAwait(false)).Rows.FirstOrDefault();

    /// <summary>Who takes part now, in the order of their coming.</summary>
    public ValueTask<(IReadOnlyList<LiveParticipant> Rows, long Total)> ListParticipantsAsync(LiveConference conference, int offset,
        int limit, CancellationToken stop)
    {
        var parameters = new { tenant = conference.Tenant, id = conference.Id.ToString(), limit, offset };
        return _sql.ReadAsync<(IReadOnlyList<LiveParticipant>, long)>(db =>
        {
            var rows = db.Query<PartRow>(SelectParticipants, parameters).AsList();
            // Whom they whisper to may be on another page.
            var legs = rows.Exists(row => row.Role == Names<SupervisorRole>.Of(SupervisorRole.Whisper))
                ? db.Query<(string Leg, string Uuid)>(SelectLegs, parameters).ToDictionary(one => one.Leg, one => Guid.Parse(one.Uuid))
                : [];
            return ([.. rows.Select(row => row.ToParticipant(legs))], db.ExecuteScalar<long>(CountParticipants, parameters));
        }, stop);
    }

    private sealed record Row
    {
        public string Id { get; init; } = "";
        public Guid Uuid { get; init; }
        public TenantId TenantId { get; init; }
        public string Name { get; init; } = "";
        public string Status { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
        public long Size { get; init; }
        public long Muted { get; init; }
        public long OnHold { get; init; }
        public long Supervisors { get; init; }

        public LiveConference ToConference() => new()
        {
            Id = new(SubjectText.Read("conference", Id).Value),
            Uuid = Uuid,
            Tenant = TenantId,
            Name = Name,
            Status = Names<ConferenceStatus>.Parse(Status),
            CreatedAt = CreatedAt,
            ExpiresAt = ExpiresAt,
            Size = (int)Size,
            Muted = (int)Muted,
            OnHold = (int)OnHold,
            Supervisors = (int)Supervisors,
        };
    }

    private sealed record PartRow
    {
        public Guid Id { get; init; }
        public Guid LegUuid { get; init; }
        public bool IsMuted { get; init; }
        public bool IsOnHold { get; init; }
        public bool EndsConference { get; init; }
        public bool EndsSoftly { get; init; }
        public string Role { get; init; } = "";
        public string WhispersTo { get; init; } = "";
        public DateTimeOffset CreatedAt { get; init; }
        public string Direction { get; init; } = "";
        public string FromParty { get; init; } = "";
        public string ToParty { get; init; } = "";

        /// <param name="legs">What customers call those who take part now, by their ids.</param>
        public LiveParticipant ToParticipant(IReadOnlyDictionary<string, Guid> legs)
        {
            var whispersTo = ConferenceTable.ReadWhispers(WhispersTo);
            return new(Id, new(LegUuid, Names<Direction>.Parse(Direction), FromParty, ToParty), new()
            {
                IsMuted = IsMuted,
                IsOnHold = IsOnHold,
                EndsConference = EndsConference,
                EndsSoftly = EndsSoftly,
                Role = Names<SupervisorRole>.Parse(Role),
                WhispersTo = whispersTo,
            }, [.. whispersTo.Select(leg => leg.ToString()).Where(legs.ContainsKey).Select(leg => legs[leg])], CreatedAt);
        }
    }
}
