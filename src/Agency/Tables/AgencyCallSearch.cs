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
        where (@hasSource = 0 or coalesce(cast(c.source as text), 'webhook') in @sources)
            and (@hasTranscript = 0 or coalesce(cast(c.transcript_status as text), 'pending') in @transcripts)
            and (@hasAnalysis = 0 or coalesce(cast(c.analysis_status as text), 'pending') in @analyses)
            and (@hasDisposition = 0 or c.disposition in @dispositions) and (@hasSentiment = 0 or c.sentiment in @sentiments)
        """;
    /// <summary>Whoever is shown without a number is not found by what stands in place of it.</summary>
    private const string LedgerParties = """
        (case when from_party like '+%' then from_party else '' end || ' ' || case when to_party like '+%' then to_party else '' end)
        """;
    private const string LedgerPartiesFit = $"""
        (@digits <> '' and ({LedgerParties} like @digits escape '\' or (@national <> '' and ({LedgerParties} like '%+_' || @national
            or {LedgerParties} like '%+__' || @national or {LedgerParties} like '%+___' || @national))))
        """;
    private const string ToldParties = """
        (case when from_number like '+%' then from_number else '' end || ' ' || case when to_number like '+%' then to_number else '' end)
        """;
    private const string ToldPartiesFit = $"""
        (@digits <> '' and ({ToldParties} like @digits escape '\' or (@national <> '' and ({ToldParties} like '%+_' || @national
            or {ToldParties} like '%+__' || @national or {ToldParties} like '%+___' || @national))))
        """;
    private const string NameFits =
        """lower(coalesce(p.first_name, '') || ' ' || coalesce(p.last_name, '')) like @text escape '\'""";
    private const string FitsAllTenants = $"""
        from rw_leg where tenant_id in @tenants and started_at >= @from and started_at < @before
            and (@isBehind = 0 or started_at < @at or (started_at = @at and uuid < @behind))
            and (@id = '' or uuid = @id) and (@hasDirection = 0 or direction in @directions)
            and (@hasState = 0 or state in @states)
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
                    select id from call_batches where call_batches.tenant_id = @agency and call_batches.agent_mapping_id = @agent))
                or uuid in (select n.id from calls n where n.tenant_id = @agency and n.agent_mapping_id = @agent))
            and (@hasSaid = 0 or exists (select 1 from (select 1 as one) o
                left join calls c on c.tenant_id = @agency and c.id = rw_leg.uuid {SaidFits}))
            and (@recorded < 0 or case when exists (select 1 from rw_recording r where r.tenant_id = rw_leg.tenant_id
                and r.leg_id = rw_leg.id and r.state = 'saved' and r.mailbox is null and r.conference_id is null) then 1 else 0 end
                = @recorded)
            and (@seconds = 0 or (ended_at is not null and answered_at is not null and coalesce((
                select case when r.talk_seconds >= @seconds then 1 else 0 end from rw_call_record r
                where r.tenant_id = rw_leg.tenant_id and r.leg_id = rw_leg.id),
                case when LEG_MILLIS > @millis then 1 else 0 end) = 1))
            and (@text = '' or {LedgerPartiesFit}
                or uuid in (select a.leg_uuid from campaign_contacts p join rw_attempt a on a.target_id = p.id
                    where p.tenant_id = @agency and a.tenant_id in @tenants and a.leg_uuid is not null and {NameFits})
                or (@maySummary = 1 and uuid in (select n.id from calls n where n.tenant_id = @agency
                    and lower(n.analysis ->> 'summary') like @text escape '\')))
        """;
    internal const string SelectPageAllTenants =
        $"select tenant_id, uuid {FitsAllTenants} order by started_at desc, uuid desc limit @limit offset @offset";
    internal const string CountAllTenants = $"select count(*) {FitsAllTenants}";
    /// <summary>The same of what providers have told, where they have told anything.</summary>
    private const string ToldAllTenants = $"""
        from provider_calls where tenant_id = @agency and coalesce(client_id, tenant_id) in @tenants and started_at >= @from
            and started_at < @before and (@isBehind = 0 or started_at < @at or (started_at = @at and id < @behind))
            and (@id = '' or id = @id) and (@hasDirection = 0 or direction in @directions)
            and (@hasState = 0 or case when ended_at is not null then 'ended' when joined_at is not null then 'answered'
                else 'initiated' end in @states)
            and (@hasParties = 0 or from_number in @parties or to_number in @parties)
            and (@hasEnds = 0 or (ended_at is not null and (direction || case when joined_at is null then ' no ' else ' yes ' end ||
                case when joined_at is null and sip_reason = 'SIP_TERMINATION_BUSY' then 'callee_busy'
                when joined_at is null and sip_reason = 'SIP_TERMINATION_REJECTED' then 'callee_declined'
                when joined_at is null and sip_reason = 'SIP_TERMINATION_INVALID_NUMBER' then 'not_found'
                when joined_at is null and sip_reason = 'SIP_TERMINATION_CANCELED' then 'caller_cancel'
                when joined_at is null and sip_reason = 'SIP_TERMINATION_DESTINATION_UNAVAILABLE' then 'remote_timeout'
                when joined_at is null and sip_reason = 'SIP_TERMINATION_TIMEOUT' then 'ring_timeout'
                when end_reason = 'agent_hangup' then 'api_hangup' when end_reason = 'timeout' and joined_at is not null
                then 'time_limit' when end_reason = 'connection_error' then 'transport_failure' when end_reason = 'system_error'
                then 'internal' when joined_at is not null then 'remote_hangup' else 'ring_timeout' end) in @words))
            and (@batch = '' or batch_id = @batch) and (@campaign = '' or campaign_id = @campaign)
            and (@agent = '' or agent_mapping_id = @agent)
            and (@hasSaid = 0 or exists (select 1 from (select 1 as one) o
                left join calls c on c.tenant_id = @agency and c.id = provider_calls.id {SaidFits}))
            and (@recorded < 0 or case when has_recording then 1 else 0 end = @recorded)
            and (@seconds = 0 or (ended_at is not null and joined_at is not null and TOLD_MILLIS > @millis))
            and (@text = '' or {ToldPartiesFit}
                or contact_id in (select p.id from campaign_contacts p where p.tenant_id = @agency and {NameFits})
                or (@maySummary = 1 and (lower(coalesce(short_summary, '') || ' ' || coalesce(summary, '')) like @text escape '\'
                    or id in (select n.id from calls n where n.tenant_id = @agency
                        and lower(n.analysis ->> 'summary') like @text escape '\'))))
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
    /// <summary>Of these words, as of those of the other lists, a call has one; where there are none it has any.</summary>
    public IReadOnlyList<string> Directions { get; init; } = [];
    /// <summary>As this API names them.</summary>
    public IReadOnlyList<string> States { get; init; } = [];
    /// <summary>Of which one called or was called; null for any.</summary>
    public IReadOnlyList<string>? Parties { get; init; }
    public IReadOnlyList<string> Outcomes { get; init; } = [];
    public string Batch { get; init; } = "";
    public string Campaign { get; init; } = "";
    public string Agent { get; init; } = "";
    public IReadOnlyList<string> Sources { get; init; } = [];
    public IReadOnlyList<string> Dispositions { get; init; } = [];
    public IReadOnlyList<string> Sentiments { get; init; } = [];
    public IReadOnlyList<string> TranscriptStatuses { get; init; } = [];
    public IReadOnlyList<string> AnalysisStatuses { get; init; } = [];
    /// <summary>Null for any.</summary>
    public bool? HasRecording { get; init; }
    /// <summary>In seconds, as a call shows them; 0 for any, and for calls that are not over.</summary>
    public long LeastDuration { get; init; }
    /// <summary>Stands in a number, in the contact's name, or in a summary.</summary>
    public string Text { get; init; } = "";
    /// <summary>Summaries tell what was said.</summary>
    public bool MayReadSummaries { get; init; }
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
            var rows = db.Query<Row>(Timed(store, hasTold ? SelectBothPageAllTenants : SelectPageAllTenants), Parameters(After));
            long total = db.ExecuteScalar<long>(Timed(store, CountAllTenants), Parameters(null))
                + (hasTold ? db.ExecuteScalar<long>(Timed(store, CountToldAllTenants), Parameters(null)) : 0);
            return ([.. rows.Select(row => (row.TenantId, row.Uuid))], total);
        }, stop);
    }

    /// <summary>With how long somebody was on the line, and small letters, in the words of the database.</summary>
    private static string Timed(Database store, string sql) => store.Sql.Folded(sql)
        .Replace("LEG_MILLIS", $"{store.Sql.MillisOf("ended_at")} - {store.Sql.MillisOf("answered_at")}", StringComparison.Ordinal)
        .Replace("TOLD_MILLIS", $"{store.Sql.MillisOf("ended_at")} - {store.Sql.MillisOf("joined_at")}", StringComparison.Ordinal);

    private object Parameters(ListPlace? after) => new
    {
        tenants = new InList<string>([.. Accounts.Select(account => account.ToString())]), agency = Agency, id = Id, from = From,
        // An index begins there, and not at the newest.
        before = after is { } place && place.At < Before ? place.At.AddMicroseconds(1) : Before,
        isBehind = after is null ? 0 : 1, at = after?.At ?? DateTimeOffset.MinValue, behind = after?.Id ?? "",
        batch = Batch, campaign = Campaign, agent = Agent, limit = Limit, offset = Offset,
        hasDirection = Directions.Count == 0 ? 0 : 1, directions = new InList<string>(Directions),
        hasState = States.Count == 0 ? 0 : 1, states = new InList<string>([.. States.Select(StoredState)]),
        hasSaid = Sources.Count + Dispositions.Count + Sentiments.Count + TranscriptStatuses.Count + AnalysisStatuses.Count == 0 ? 0 : 1,
        hasSource = Sources.Count == 0 ? 0 : 1, sources = new InList<string>(Sources),
        hasDisposition = Dispositions.Count == 0 ? 0 : 1, dispositions = new InList<string>(Dispositions),
        hasSentiment = Sentiments.Count == 0 ? 0 : 1, sentiments = new InList<string>(Sentiments),
        hasTranscript = TranscriptStatuses.Count == 0 ? 0 : 1, transcripts = new InList<string>(TranscriptStatuses),
        hasAnalysis = AnalysisStatuses.Count == 0 ? 0 : 1, analyses = new InList<string>(AnalysisStatuses),
        hasParties = Parties is null ? 0 : 1, parties = new InList<string>(Parties ?? []),
        hasEnds = Outcomes.Count == 0 ? 0 : 1, words = new InList<string>([.. Outcomes.SelectMany(outcome => Ends[outcome])]),
        recorded = HasRecording switch { null => -1, true => 1, false => 0 },
        // Seconds are rounded up: more than the second before is enough. Half a millisecond is the clock of a database.
        seconds = LeastDuration, millis = (LeastDuration - 1) * 1000 + 0.5,
        text = ToolTable.Like(Text), maySummary = MayReadSummaries ? 1 : 0,
        digits = NumberPart.Of(Text).DigitsPattern, national = NumberPart.Of(Text).NationalPattern,
    };

    private static string StoredState(string state) => state switch
    {
        "created" => "initiated",
        "in_progress" => "answered",
        _ => state,
    };

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Uuid { get; init; } = "";
    }
}
