using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency.Billing;
using Ringwright.Agency.Figures;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;

namespace Ringwright.Agency.Tables;

/// <summary>Of which calls sums are wanted; what is empty leaves out nothing.</summary>
/// <param name="Accounts">The agency's, and those of its clients; or some of them.</param>
internal sealed record FigureSearch(TenantId Agency, IReadOnlyList<TenantId> Accounts)
{
    public DateTimeOffset From { get; init; }
    public DateTimeOffset Before { get; init; }
    public string Direction { get; init; } = "";
    public string Campaign { get; init; } = "";
    public string Agent { get; init; } = "";
    /// <summary>Sums are of minutes, and not of hours: the zone has others.</summary>
    public bool IsFine { get; init; }
}

/// <summary>Adds calls up: by slots of time, and by what they have come to. However many they are, few rows leave the database.</summary>
internal sealed class FigureTable(Database store)
{
    /// <summary>How much of a time's text is its hour, and its minute.</summary>
    private const int Hour = 13, Minute = 16;

    /// <summary>Seconds that are billed of a call: none of one that was not answered, and whole steps of the others.</summary>
    private const string Billed = """
        case when r.talk_seconds > 0
            then ((case when r.talk_seconds > @initial then r.talk_seconds else @initial end + @step - 1) / @step) * @step else 0 end
        """;

    /// <summary>What is known of a call.</summary>
    private const string BesideAllTenants = """
        left join rw_call_record r on r.tenant_id = l.tenant_id and r.leg_id = l.id
        left join calls n on n.tenant_id = @agency and n.id = l.uuid
        """;
    private const string IsAskedForAllTenants = """
        and (@direction = '' or l.direction = @direction)
            and l.uuid not in (
                select a.leg_uuid from call_batches b join rw_attempt a on a.campaign_id = b.id
                where b.tenant_id = @agency and b.is_test and a.leg_uuid is not null)
            and (@hasBatches = 0 or l.uuid in (
                select leg_uuid from rw_attempt where tenant_id in @tenants and leg_uuid is not null and campaign_id in (
                    select id from call_batches where call_batches.tenant_id = @agency
                        and (@campaign = '' or call_batches.campaign_id = @campaign)
                        and (@agent = '' or call_batches.agent_mapping_id = @agent))))
        """;
    private const string FitsAllTenants = $"""
        from rw_leg l
        {BesideAllTenants}
        where l.tenant_id in @tenants and l.started_at >= @from and l.started_at < @before
            {IsAskedForAllTenants}
        """;
    /// <summary>
    /// Calls of hours in which something has changed since they were added up. The marks are read first, and no call of another hour:
    /// "cross join" says so to SQLite.
    /// </summary>
    private const string MarkedAllTenants = $"""
        from (select distinct tenant_id, starts_at, last_at from agency_hour_marks
            where tenant_id in @tenants and starts_at >= @from and starts_at < @before) m
        cross join rw_leg l
        {BesideAllTenants}
        where l.tenant_id = m.tenant_id and l.started_at >= m.starts_at and l.started_at <= m.last_at
            {IsAskedForAllTenants}
        """;
    private const string KeptAllTenants = """
        where k.tenant_id in @tenants and k.starts_at >= @from and k.starts_at < @before and (@direction = '' or k.direction = @direction)
            and not exists (select 1 from agency_hour_marks m where m.tenant_id = k.tenant_id and m.starts_at = k.starts_at)
        """;
    /// <summary>SLOT is the text of when the call began.</summary>
    internal const string SelectSumsAllTenants = $"""
        select substr(SLOT, 1, @length) as slot, {SumsAllTenants} {FitsAllTenants} group by 1, 2, 3, 4, 5, 6
        """;
    /// <summary>
    /// The same of whole hours: what is kept of them, and calls of the marked ones alone. One statement, so that nothing changes between
    /// the two. KEPT is the text of when the hour began.
    /// </summary>
    internal const string SelectKeptSumsAllTenants = $"""
        select substr(KEPT, 1, @length) as slot, k.direction as direction, k.answered as answered, k.ended as ended, k.cause as cause,
            k.disposition as disposition, cast(sum(k.calls) as bigint) as calls, cast(sum(k.talk) as bigint) as talk,
            cast(sum(k.billed) as bigint) as billed, cast(sum(k.analyzed) as bigint) as analyzed, cast(sum(k.judged) as bigint) as judged,
            cast(sum(k.talked) as bigint) as talked, cast(sum(k.scripted) as bigint) as scripted,
            cast(sum(k.adherence) as bigint) as adherence, cast(sum(k.interruptions) as bigint) as interruptions,
            cast(sum(k.objections) as bigint) as objections, cast(sum(k.handled) as bigint) as handled,
            cast(sum(k.signals) as bigint) as signals, cast(sum(k.leads) as bigint) as leads, cast(sum(k.booked) as bigint) as booked,
            cast(sum(k.positive) as bigint) as positive, cast(sum(k.neutral) as bigint) as neutral,
            cast(sum(k.negative) as bigint) as negative, cast(sum(k.resolved) as bigint) as resolved,
            cast(sum(k.escalated) as bigint) as escalated, cast(sum(k.rated) as bigint) as rated,
            cast(sum(k.stars) as bigint) as stars, cast(sum(k.retried) as bigint) as retried,
            cast(sum(k.llm_micros) as bigint) as llm_micros
        from agency_hour_sums k {KeptAllTenants} group by 1, 2, 3, 4, 5, 6
        union all
        select c.slot, c.direction, c.answered, c.ended, c.cause, cast(c.disposition as text), c.calls, c.talk, c.billed, c.analyzed,
            c.judged, c.talked, c.scripted, c.adherence, c.interruptions, c.objections, c.handled, c.signals, c.leads, c.booked,
            c.positive, c.neutral, c.negative, c.resolved, c.escalated, c.rated, c.stars, c.retried, c.llm_micros
        from (select substr(SLOT, 1, @length) as slot, {SumsAllTenants} {MarkedAllTenants} group by 1, 2, 3, 4, 5, 6) c
        """;
    private const string SumsAllTenants = $"""
        l.direction as direction, case when l.answered_at is null then 0 else 1 end as answered,
            case when l.ended_at is null then 0 else 1 end as ended, case when l.ended_at is null then null else l.cause end as cause,
            n.disposition as disposition, count(*) as calls, cast(coalesce(sum(r.talk_seconds), 0) as bigint) as talk,
            cast(coalesce(sum({Billed}), 0) as bigint) as billed, count(n.analyzed_at) as analyzed, count(n.talk_permille) as judged,
            cast(coalesce(sum(n.talk_permille), 0) as bigint) as talked, count(n.script_permille) as scripted,
            cast(coalesce(sum(n.script_permille), 0) as bigint) as adherence,
            cast(coalesce(sum(n.interruptions), 0) as bigint) as interruptions,
            cast(coalesce(sum(n.objections), 0) as bigint) as objections,
            cast(coalesce(sum(n.objections_handled), 0) as bigint) as handled,
            cast(coalesce(sum(n.buying_signals), 0) as bigint) as signals,
            count(case when n.disposition = n.analysis_disposition and (n.qualified = 1 or n.meeting_booked = 1) then 1 end) as leads,
            count(case when n.disposition = n.analysis_disposition and n.meeting_booked = 1 then 1 end) as booked,
            count(case when n.sentiment = 'positive' then 1 end) as positive,
            count(case when n.sentiment = 'neutral' then 1 end) as neutral,
            count(case when n.sentiment = 'negative' then 1 end) as negative,
            count(case when n.disposition = n.analysis_disposition and n.issue_resolved = 1 then 1 end) as resolved,
            count(case when n.disposition = n.analysis_disposition and n.escalated = 1 then 1 end) as escalated,
            count(n.satisfaction) as rated, cast(coalesce(sum(n.satisfaction), 0) as bigint) as stars,
            count(case when l.direction = 'outbound' and exists (
                select 1 from rw_attempt again where again.tenant_id = l.tenant_id and again.number = l.to_party
                    and again.leg_uuid = l.uuid and again.try > 1) then 1 end) as retried,
            cast(coalesce(sum(n.analysis_cost_micros), 0) as bigint) as llm_micros
        """;
    /// <summary>Calls with the batches that placed them.</summary>
    private const string OfBatchesAllTenants = """
        from call_batches b
        join rw_attempt a on a.campaign_id = b.id and a.tenant_id in @tenants
        join rw_leg l on l.tenant_id = a.tenant_id and l.uuid = a.leg_uuid
        left join rw_call_record r on r.tenant_id = l.tenant_id and r.leg_id = l.id
        left join calls n on n.tenant_id = @agency and n.id = l.uuid
        where b.tenant_id = @agency and not b.is_test and l.started_at >= @from and l.started_at < @before
            and (@direction = '' or l.direction = @direction) and (@agent = '' or b.agent_mapping_id = @agent)
            and (@campaign = '' or b.campaign_id = @campaign)
        """;
    /// <summary>Of campaigns, each by itself, and without slots; the next two of agents, and of own numbers.</summary>
    internal const string SelectCampaignSumsAllTenants = $"""
        select b.campaign_id as subject, {SumsAllTenants} {OfBatchesAllTenants} and b.campaign_id in @keys group by 1, 2, 3, 4, 5, 6
        """;
    internal const string SelectAgentSumsAllTenants = $"""
        select b.agent_mapping_id as subject, {SumsAllTenants} {OfBatchesAllTenants} and b.agent_mapping_id in @keys group by 1, 2, 3, 4, 5, 6
        """;
    private const string OwnNumber = "case when l.direction = 'outbound' then l.from_party else l.to_party end";
    internal const string SelectNumberSumsAllTenants = $"""
        select {OwnNumber} as subject, {SumsAllTenants} {FitsAllTenants} and ({OwnNumber}) in @keys group by 1, 2, 3, 4, 5, 6
        """;
    internal const string SelectCostsAllTenants = $"""
        select r.cost_currency as currency, cast(sum(r.cost_micros) as bigint) as micros {FitsAllTenants}
            and r.cost_micros is not null
        group by r.cost_currency order by r.cost_currency
        """;
    /// <summary>The same of whole hours, as with the sums: a currency may be there twice.</summary>
    internal const string SelectKeptCostsAllTenants = $"""
        select k.currency as currency, cast(sum(k.micros) as bigint) as micros from agency_hour_costs k {KeptAllTenants}
        group by k.currency
        union all
        select r.cost_currency, cast(sum(r.cost_micros) as bigint) {MarkedAllTenants} and r.cost_micros is not null
        group by r.cost_currency
        """;
    private const string ToolSums = """
        u.tool as tool, count(*) as uses, cast(sum(case when u.is_failed then 1 else 0 end) as bigint) as failed,
            cast(coalesce(sum(u.took_ms), 0) as bigint) as took
        """;
    /// <summary>Calls first, and of each what it has asked.</summary>
    internal const string SelectToolsAllTenants = $"""
        select {ToolSums} from (select l.uuid as uuid {FitsAllTenants}) c cross join agency_tool_uses u
        where u.tenant_id = @agency and u.call_id = c.uuid group by u.tool
        """;
    /// <summary>The same of whole hours, as with the costs: a tool may be there twice.</summary>
    internal const string SelectKeptToolsAllTenants = $"""
        select k.tool as tool, cast(sum(k.uses) as bigint) as uses, cast(sum(k.failed) as bigint) as failed,
            cast(sum(k.took_ms) as bigint) as took
        from agency_hour_tools k {KeptAllTenants} group by k.tool
        union all
        select {ToolSums} from (select l.uuid as uuid {MarkedAllTenants}) c cross join agency_tool_uses u
        where u.tenant_id = @agency and u.call_id = c.uuid group by u.tool
        """;
    /// <summary>Without its row an account marks nothing.</summary>
    internal const string CountAgency = "select count(*) from agencies where tenant_id = @tenant";

    /// <summary>Whole, of those that were judged last: whoever wants all of them exports the calls.</summary>
    internal const string SelectAnalysesAllTenants = $"""
        select n.analysis {FitsAllTenants} and n.analysis is not null order by l.started_at desc, l.uuid limit @most
        """;

    /// <summary>
    /// Of answered calls, the newest: when the first thing that a person has said was over, and when the agent's next words began.
    /// </summary>
    internal const string SelectFirstResponsesAllTenants = $"""
        select u.said_at as said, min(a.said_at) as answered
        from (select l.uuid as uuid {FitsAllTenants} and l.answered_at is not null order by l.started_at desc, l.uuid limit @most) c
        join call_turns u on u.tenant_id = @agency and u.call_id = c.uuid and u.role = 'user' and u.place = (
            select min(f.place) from call_turns f where f.tenant_id = @agency and f.call_id = c.uuid and f.role = 'user')
        join call_turns a on a.tenant_id = @agency and a.call_id = c.uuid and a.role = 'agent' and a.place > u.place
        group by c.uuid, u.said_at
        """;

    /// <summary>Of analyses that are read at once, and of calls.</summary>
    private const int MostAnalyses = 5_000;

    private readonly string _selectSums =
        SelectSumsAllTenants.Replace("SLOT", store.Sql.TimeText("l.started_at"), StringComparison.Ordinal);

    private readonly string _selectKeptSums =
        SelectKeptSumsAllTenants.Replace("SLOT", store.Sql.TimeText("l.started_at"), StringComparison.Ordinal)
            .Replace("KEPT", store.Sql.TimeText("k.starts_at"), StringComparison.Ordinal);

    public ValueTask<List<CallSum>> SumAsync(FigureSearch search, CancellationToken stop) => search.Accounts.Count == 0 ? new([])
        : store.Sql.ReadAsync(
            db => IsKept(db, search) ? db.Query<CallSum>(_selectKeptSums, ParametersOf(search, IncrementOf(db, search))).AsList()
                : ListSums(db, search), stop);

    /// <summary>By the calls themselves, whatever is kept.</summary>
    public List<CallSum> ListSums(IDbConnection db, FigureSearch search) =>
        db.Query<CallSum>(_selectSums, ParametersOf(search, IncrementOf(db, search))).AsList();

    /// <inheritdoc cref="ListSums"/>
    public static List<CostSum> ListCosts(IDbConnection db, FigureSearch search) =>
        db.Query<CostSum>(SelectCostsAllTenants, ParametersOf(search)).AsList();

    /// <summary>Of each of the campaigns, by its id; one without calls has none.</summary>
    public ValueTask<ILookup<string?, CallSum>> SumOfEachAsync(FigureSearch search, IReadOnlyList<string> campaigns,
        CancellationToken stop) => SumOfEachAsync(SelectCampaignSumsAllTenants, search, campaigns, stop);

    /// <summary>The same of agents: calls of their batches.</summary>
    public ValueTask<ILookup<string?, CallSum>> SumOfAgentsAsync(FigureSearch search, IReadOnlyList<string> agents,
        CancellationToken stop) => SumOfEachAsync(SelectAgentSumsAllTenants, search, agents, stop);

    /// <summary>The same of numbers of the accounts: calls from them, and to them.</summary>
    public ValueTask<ILookup<string?, CallSum>> SumOfNumbersAsync(FigureSearch search, IReadOnlyList<string> numbers,
        CancellationToken stop) => SumOfEachAsync(SelectNumberSumsAllTenants, search, numbers, stop);

    private async ValueTask<ILookup<string?, CallSum>> SumOfEachAsync(string statement, FigureSearch search, IReadOnlyList<string> keys,
        CancellationToken stop)
    {
        if (search.Accounts.Count == 0 || keys.Count == 0) return Array.Empty<CallSum>().ToLookup(sum => sum.Subject);
        var sums = await store.Sql.ReadAsync(db =>
        {
            var (initial, step) = IncrementOf(db, search);
            return db.Query<CallSum>(statement, new
            {
                tenants = new InList<string>([.. search.Accounts.Select(account => account.ToString())]), agency = search.Agency,
                keys = new InList<string>(keys), from = search.From, before = search.Before, direction = search.Direction,
                campaign = search.Campaign, agent = search.Agent, initial, step,
                hasBatches = search.Campaign.Length == 0 && search.Agent.Length == 0 ? 0 : 1,
            }).AsList();
        }, stop);
        return sums.ToLookup(sum => sum.Subject);
    }

    public async ValueTask<IReadOnlyList<JsonObject>> AnalysesAsync(FigureSearch search, CancellationToken stop) =>
        search.Accounts.Count == 0 ? []
        : [.. (await store.Sql.ReadAsync(db => db.Query<Found>(SelectAnalysesAllTenants, ParametersOf(search)).AsList(), stop))
            .Select(found => found.Analysis)];

    /// <summary>How long people have waited for the first answer, a wait for each call in which there was one.</summary>
    public async ValueTask<IReadOnlyList<TimeSpan>> FirstWaitsAsync(FigureSearch search, CancellationToken stop) =>
        search.Accounts.Count == 0 ? []
        : [
            .. (await store.Sql.ReadAsync(
                db => db.Query<FirstResponse>(SelectFirstResponsesAllTenants, ParametersOf(search)).AsList(), stop))
                .Select(one => one.Answered - one.Said),
        ];

    public ValueTask<List<CostSum>> CostAsync(FigureSearch search, CancellationToken stop) => search.Accounts.Count == 0 ? new([])
        : store.Sql.ReadAsync(db => IsKept(db, search) ? ListKeptCosts(db, search) : ListCosts(db, search), stop);

    /// <summary>Tools that agents have asked in the calls, the one that was asked the most first.</summary>
    public ValueTask<List<ToolSum>> ListToolsAsync(FigureSearch search, CancellationToken stop) => search.Accounts.Count == 0 ? new([])
        : store.Sql.ReadAsync(db => IsKept(db, search)
            ? ToolSum.Join(db.Query<ToolSum>(SelectKeptToolsAllTenants, ParametersOf(search))) : ListTools(db, search), stop);

    /// <inheritdoc cref="ListSums"/>
    public static List<ToolSum> ListTools(IDbConnection db, FigureSearch search) =>
        ToolSum.Join(db.Query<ToolSum>(SelectToolsAllTenants, ParametersOf(search)));

    private static List<CostSum> ListKeptCosts(IDbConnection db, FigureSearch search) =>
    [
        .. db.Query<CostSum>(SelectKeptCostsAllTenants, ParametersOf(search)).GroupBy(cost => cost.Currency, StringComparer.Ordinal)
            .OrderBy(cost => cost.Key, StringComparer.Ordinal)
            .Select(cost => new CostSum { Currency = cost.Key, Micros = cost.Sum(one => one.Micros) }),
    ];

    /// <summary>Hours are kept of all calls of an account, and not of those of a campaign or of an agent.</summary>
    internal static bool IsKept(IDbConnection db, FigureSearch search) =>
        search is { Campaign: "", Agent: "", IsFine: false } && IsWhole(search.From) && IsWhole(search.Before)
        && db.ExecuteScalar<long>(CountAgency, new { tenant = search.Agency }) > 0;

    private static bool IsWhole(DateTimeOffset at) => at.UtcTicks % TimeSpan.TicksPerHour == 0;

    private static BillingIncrement IncrementOf(IDbConnection db, FigureSearch search) =>
        BillingIncrement.Of(db.QueryFirstOrDefault<JsonObject>(KeptTable.SelectSettings, new { tenant = search.Agency }));

    /// <param name="increment">Null where no billed seconds are read.</param>
    private static object ParametersOf(FigureSearch search, BillingIncrement? increment = null) => new
    {
        tenants = new InList<string>([.. search.Accounts.Select(account => account.ToString())]), agency = search.Agency,
        from = search.From, before = search.Before, direction = search.Direction, campaign = search.Campaign, agent = search.Agent,
        hasBatches = search.Campaign.Length == 0 && search.Agent.Length == 0 ? 0 : 1, length = search.IsFine ? Minute : Hour,
        most = MostAnalyses, initial = (increment ?? BillingIncrement.Usual).Initial, step = (increment ?? BillingIncrement.Usual).Step,
    };

    private sealed record FirstResponse
    {
        public DateTimeOffset Said { get; init; }
        public DateTimeOffset Answered { get; init; }
    }

    private sealed record Found
    {
        public JsonObject Analysis { get; init; } = [];
    }
}
