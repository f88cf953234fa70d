using Dapper;
using Ringwright.Agency.Calling;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;

namespace Ringwright.Agency.Tables;

/// <summary>Which calls of an agency's accounts are asked for; what is empty leaves out nothing.</summary>
/// <param name="Accounts">The agency's, and those of its clients; or some of them.</param>
internal sealed record AgencyCallSearch(TenantId Agency, IReadOnlyList<TenantId> Accounts)
{
    /// <summary>Of a call of which the agency has said nothing its row would have what a new one has.</summary>
    private const string SaidFits = """
        where (@source = '' or coalesce(cast(c.source as text), 'webhook') = @source)
            and (@transcript = '' or coalesce(cast(c.transcript_status as text), 'pending') = @transcript)
            and (@analysis = '' or coalesce(cast(c.analysis_status as text), 'pending') = @analysis)
            and (@disposition = '' or c.disposition = @disposition) and (@sentiment = '' or c.sentiment = @sentiment)
        """;
    private const string FitsAllTenants = $"""
        from rw_leg where tenant_id in @tenants and started_at >= @from and started_at < @before
            and (@isBehind = 0 or started_at < @at or (started_at = @at and uuid < @behind))
            and (@id = '' or uuid = @id) and (@direction = '' or direction = @direction) and (@state = '' or state = @state)
            and (@hasParties = 0 or from_party in @parties or to_party in @parties)
            and (@hasEnds = 0 or (ended_at is not null
                and (direction || case when answered_at is null then ' no ' else ' yes ' end || cause) in @words))
            and (@batch = '' or uuid in (
                select leg_uuid from rw_attempt where tenant_id in @tenants and campaign_id = @batch and leg_uuid is not null))
            and (@campaign = '' or uuid in (
                select leg_uuid from rw_attempt where tenant_id in @tenants and leg_uuid is not null and campaign_id in (
                    select id from call_batches where call_batches.tenant_id = @agency and call_batches.campaign_id = @campaign)))
            and (@agent = '' or uuid in (
                select leg_uuid from rw_attempt where tenant_id in @tenants and leg_uuid is not null and campaign_id in (
                    select id from call_batches where call_batches.tenant_id = @agency and call_batches.agent_mapping_id = @agent)))
            and (@hasSaid = 0 or exists (select 1 from (select 1 as one) o
                left join calls c on c.tenant_id = @agency and c.id = rw_leg.uuid {SaidFits}))
        """;
    internal const string SelectPageAllTenants =
        $"select tenant_id, uuid {FitsAllTenants} order by started_at desc, uuid desc limit @limit offset @offset";
    internal const string CountAllTenants = $"select count(*) {FitsAllTenants}";
    /// <summary>The same of what providers have told, where they have told anything.</summary>
    private const string ToldAllTenants = $"""
        from provider_calls where tenant_id = @agency and coalesce(client_id, tenant_id) in @tenants and started_at >= @from
            and started_at < @before and (@isBehind = 0 or started_at < @at or (started_at = @at and id < @behind))
            and (@id = '' or id = @id) and (@direction = '' or direction = @direction)
            and (@state = '' or case when ended_at is not null then 'ended' when joined_at is not null then 'answered'
                else 'initiated' end = @state)
            and (@hasParties = 0 or from_number in @parties or to_number in @parties)
            and (@hasEnds = 0 or (ended_at is not null and (direction || case when joined_at is null then ' no ' else ' yes ' end ||
                case when end_reason = 'agent_hangup' then 'api_hangup' when end_reason = 'timeout' and joined_at is not null
                then 'time_limit' when end_reason = 'connection_error' then 'transport_failure' when end_reason = 'system_error'
                then 'internal' when joined_at is not null then 'remote_hangup' else 'ring_timeout' end) in @words))
            and (@batch = '' or batch_id = @batch) and (@campaign = '' or campaign_id = @campaign)
            and (@agent = '' or agent_mapping_id = @agent)
            and (@hasSaid = 0 or exists (select 1 from (select 1 as one) o
                left join calls c on c.tenant_id = @agency and c.id = provider_calls.id {SaidFits}))
        """;
    internal const string SelectBothPageAllTenants = $"""
        select tenant_id, uuid from (
            select tenant_id, uuid, started_at {FitsAllTenants}
            union all
            select coalesce(client_id, tenant_id) as tenant_id, id as uuid, started_at {ToldAllTenants}) found
        order by started_at desc, uuid desc limit @limit offset @offset
        """;
    internal const string CountToldAllTenants = $"select count(*) {ToldAllTenants}";

    /// <summary>By direction, answer and cause, as <c>outbound no callee_busy</c>.</summary>
    private static readonly ILookup<string, string> Ends = AgencyCall.Outcomes.All.ToLookup(row => row.Value,
        row => $"{SnakeName.Of(row.Key.Direction)} {(row.Key.IsAnswered ? "yes" : "no")} {SnakeName.Of(row.Key.Cause)}");

    public string Id { get; init; } = "";
    public DateTimeOffset From { get; init; } = DateTimeOffset.MinValue;
    public DateTimeOffset Before { get; init; } = DateTimeOffset.MaxValue;
    public string Direction { get; init; } = "";
    /// <summary>As this API names it.</summary>
    public string State { get; init; } = "";
    /// <summary>Of which one called or was called; null for any.</summary>
    public IReadOnlyList<string>? Parties { get; init; }
    public string Outcome { get; init; } = "";
    public string Batch { get; init; } = "";
    public string Campaign { get; init; } = "";
    public string Agent { get; init; } = "";
    public string Source { get; init; } = "";
    public string Disposition { get; init; } = "";
    public string Sentiment { get; init; } = "";
    public string TranscriptStatus { get; init; } = "";
    public string AnalysisStatus { get; init; } = "";
    /// <summary>The newest that are older than this place; null for all.</summary>
    public ListPlace? After { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 1;

    /// <returns>Whose leg each is, and its UUID, the newest first; and how many there are on whichever page.</returns>
    public async ValueTask<(IReadOnlyList<(TenantId Account, string Id)> Found, long Total)> RunAsync(Database store,
        CancellationToken stop)
    {
        if (Accounts.Count == 0) return ([], 0);
        return await store.Sql.ReadAsync<(IReadOnlyList<(TenantId, string)>, long)>(db =>
        {
            // Most agencies have no provider: what they ask for is asked of the ledger alone.
            bool hasTold = db.ExecuteScalar<long>(ProviderCallTable.Any, new { tenant = Agency }) > 0;
            var rows = db.Query<Row>(hasTold ? SelectBothPageAllTenants : SelectPageAllTenants, Parameters(After));
            long total = db.ExecuteScalar<long>(CountAllTenants, Parameters(null))
                + (hasTold ? db.ExecuteScalar<long>(CountToldAllTenants, Parameters(null)) : 0);
            return ([.. rows.Select(row => (row.TenantId, row.Uuid))], total);
        }, stop);
    }

    private object Parameters(ListPlace? after) => new
    {
        tenants = new InList<string>([.. Accounts.Select(account => account.ToString())]), agency = Agency, id = Id, from = From,
        // An index begins there, and not at the newest.
        before = after is { } place && place.At < Before ? place.At.AddMicroseconds(1) : Before,
        isBehind = after is null ? 0 : 1, at = after?.At ?? DateTimeOffset.MinValue, behind = after?.Id ?? "",
        direction = Direction, batch = Batch, campaign = Campaign, limit = Limit, offset = Offset,
        state = State switch
        {
            "created" => "initiated",
            "in_progress" => "answered",
            _ => State,
        },
        agent = Agent, source = Source, disposition = Disposition, sentiment = Sentiment, transcript = TranscriptStatus,
        analysis = AnalysisStatus,
        hasSaid = (Source + Disposition + Sentiment + TranscriptStatus + AnalysisStatus).Length == 0 ? 0 : 1,
        hasParties = Parties is null ? 0 : 1, parties = new InList<string>(Parties ?? []),
        hasEnds = Outcome.Length == 0 ? 0 : 1, words = new InList<string>([.. Ends[Outcome]]),
    };

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Uuid { get; init; } = "";
    }
}
