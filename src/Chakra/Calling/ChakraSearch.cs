using Dapper;
using Ringwright.Chakra.Clicks;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;

namespace Ringwright.Chakra.Calling;

/// <summary>Which calls of a team are asked for; what is null leaves out nothing.</summary>
internal sealed record ChakraSearch
{
    internal const string SelectUnnumbered = """
        select from_party from rw_chakra_call where tenant_id = @tenant and from_party not like '+%'
        union select to_party from rw_chakra_call where tenant_id = @tenant and to_party not like '+%'
        """;

    /// <summary>Before and behind every moment.</summary>
    private const string Always = "0001-01-01T00:00:00.000000Z", Never = "9999-12-31T23:59:59.999999Z";

    private static readonly string Calls = $"""
        (select l.uuid as id, l.started_at as created_at, l.from_party, l.to_party,
            case when l.direction = 'outbound' then 'OUTBOUND' else 'INBOUND' end as type, {ChakraStatus.Sql} as call_status,
            n.user_id, n.for_process
        from (select uuid, started_at, answered_at, ended_at, direction, state, from_party, to_party, {ChakraStatus.WordSql} as word
            from rw_leg where tenant_id = @tenant and cast(labels as text) not like '%"{ClickDesk.Click}"%') l
        left join (select * from rw_chakra_call where tenant_id = @tenant) n on n.id = l.uuid
        where n.deleted_at is null
        union all
        select id, created_at, from_party, to_party, type, call_status, user_id, for_process
        from rw_chakra_call where tenant_id = @tenant and is_logged and deleted_at is null) c
        where created_at >= @from and created_at < @before
        """;

    /// <summary>In whatever case: some systems write UUIDs in capitals.</summary>
    public string? User { get; init; }
    public string? Type { get; init; }
    public string? ForProcess { get; init; }
    public IReadOnlyList<string>? Statuses { get; init; }
    public IReadOnlyList<string>? From { get; init; }
    public IReadOnlyList<string>? To { get; init; }
    /// <summary>Milliseconds, both inclusive.</summary>
    public long? CreatedFrom { get; init; }
    public long? CreatedTo { get; init; }
    /// <summary>From when on calls ask for a disposition.</summary>
    public DateTimeOffset? Since { get; init; }
    public bool IsOldestFirst { get; init; }
    public long Offset { get; init; }
    public int Limit { get; init; }

    /// <summary>Parties of the team's calls that have no number.</summary>
    public static async ValueTask<IEnumerable<string>> UnnumberedAsync(Database store, TenantId tenant, CancellationToken stop) =>
        (await store.CallFacts.ListNamelessAsync(tenant, stop))
            .Union(await store.Sql.ReadAsync(db => db.Query<string>(SelectUnnumbered, new { tenant }).AsList(), stop));

    public ValueTask<(IReadOnlyList<string> Ids, long Total)> RunAsync(Database store, TenantId tenant, CancellationToken stop)
    {
        string condition = Calls + (User is null ? "" : " and lower(user_id) = @user") + (Type is null ? "" : " and type = @type")
            + (ForProcess is null ? "" : " and for_process = @forProcess") + (Statuses is null ? "" : " and call_status in @statuses")
            + (From is null ? "" : " and from_party in @parties") + (To is null ? "" : " and to_party in @others");
        string way = IsOldestFirst ? "asc" : "desc";
        return store.Sql.ReadAsync(db => (
            (IReadOnlyList<string>)db.Query<string>(
                $"select id from {condition} order by created_at {way}, id {way} limit @limit offset @offset", Parameters(tenant)).AsList(),
            db.ExecuteScalar<long>($"select count(*) from {condition}", Parameters(tenant))), stop);
    }

    private object Parameters(TenantId tenant) => new
    {
        tenant, user = User?.ToLowerInvariant(), type = Type, forProcess = ForProcess, statuses = new InList<string>(Statuses ?? []),
        parties = new InList<string>(From ?? []), others = new InList<string>(To ?? []),
        from = Text(CreatedFrom, Always), before = Text(CreatedTo + 1, Never), since = Since is { } at ? Times.Text(at) : Never,
        limit = Limit, offset = Offset,
    };

    /// <summary>A moment beyond the calendar is before or behind every call.</summary>
    private static string Text(long? millis, string open) => millis is not { } at ? open
        : at < 0 ? Always : at > 253402300799999 ? Never : Times.Text(ChakraTime.Moment(at));
}
