using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency.Compliance;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;

namespace Ringwright.Agency.Tables;

/// <summary>Calls that batches have placed, by the clocks of those who were called.</summary>
internal sealed record AttemptHours
{
    public long Attempts { get; init; }
    /// <summary>Beyond the hours of the law, and nobody has answered for it.</summary>
    public long BeyondHours { get; init; }
    /// <summary>Beyond them by a campaign's legal override.</summary>
    public long Overridden { get; init; }
    /// <summary>Nobody knows by which clocks.</summary>
    public long Zoneless { get; init; }

    public AttemptHours Plus(AttemptHours other) => new()
    {
        Attempts = Attempts + other.Attempts, BeyondHours = BeyondHours + other.BeyondHours, Overridden = Overridden + other.Overridden,
        Zoneless = Zoneless + other.Zoneless,
    };

    /// <param name="evidence">Of the attempt: the zones by which its campaign's windows were open, and who answers for them.</param>
    /// <param name="at">When the call was placed.</param>
    public AttemptHours With(JsonObject? evidence, DateTimeOffset at)
    {
        bool? isWithin = LegalHours.HoldAt(at, (evidence?["zones"] as JsonArray ?? []).Select(zone => (string?)zone ?? ""));
        bool isAnsweredFor = evidence?["legal_override"] is not null;
        return this with
        {
            Attempts = Attempts + 1,
            BeyondHours = BeyondHours + (isWithin is false && !isAnsweredFor ? 1 : 0),
            Overridden = Overridden + (isWithin is false && isAnsweredFor ? 1 : 0),
            Zoneless = Zoneless + (isWithin is null ? 1 : 0),
        };
    }
}

/// <summary>How often something was so.</summary>
internal sealed record CountedWord
{
    public string Word { get; init; } = "";
    public long Number { get; init; }
    /// <summary>Of those, what somebody is to look at.</summary>
    public long Provisional { get; init; }
}

/// <summary>
/// What shows whether dialling was lawful. Calls of hours are kept, as <see cref="FigureHourTable"/> has added them up; all else is found
/// by its moment, and is no call.
/// </summary>
internal sealed class ComplianceTable(Database store)
{
    /// <summary>Calls with the attempts by which batches placed them. Calls are read first: "cross join" says so to SQLite.</summary>
    private const string OfBatchesAllTenants = """
        cross join rw_attempt a cross join call_batches b
        where a.tenant_id = l.tenant_id and a.number = l.to_party and a.leg_uuid = l.uuid and l.direction = 'outbound'
            and b.id = a.campaign_id and b.tenant_id = @agency and not b.is_test
        """;
    internal const string SelectPlacedAllTenants = $"""
        select a.evidence, l.started_at from rw_leg l {OfBatchesAllTenants}
            and l.tenant_id in @tenants and l.started_at >= @from and l.started_at < @before
        """;
    /// <summary>Of hours in which something has changed since they were added up.</summary>
    internal const string SelectMarkedAllTenants = $"""
        select a.evidence, l.started_at from (select distinct tenant_id, starts_at, last_at from agency_hour_marks
            where tenant_id in @tenants and starts_at >= @from and starts_at < @before) m
        cross join rw_leg l {OfBatchesAllTenants}
            and l.tenant_id = m.tenant_id and l.started_at >= m.starts_at and l.started_at <= m.last_at
        """;
    /// <summary>Of all others.</summary>
    internal const string SelectKeptAllTenants = """
        select cast(coalesce(sum(k.attempts), 0) as bigint) as attempts, cast(coalesce(sum(k.beyond_hours), 0) as bigint) as beyond_hours,
            cast(coalesce(sum(k.overridden), 0) as bigint) as overridden, cast(coalesce(sum(k.zoneless), 0) as bigint) as zoneless
        from agency_hours k where k.tenant_id in @tenants and k.starts_at >= @from and k.starts_at < @before
            and not exists (select 1 from agency_hour_marks m where m.tenant_id = k.tenant_id and m.starts_at = k.starts_at)
        """;
    internal const string SelectBlocked = """
        select block_reason as word, count(*) as number from campaign_contacts where tenant_id = @tenant and block_reason is not null
            and completed_at >= @from and completed_at < @before
            and (@client = '' or campaign_id in (select id from campaigns where tenant_id = @tenant and client_id = @client))
            and not exists (select 1 from call_batches b where b.id = campaign_contacts.batch_id and b.is_test)
        group by block_reason order by block_reason
        """;
    internal const string CountDeferred = """
        select count(*) from campaign_contacts where tenant_id = @tenant and status = 'scheduled' and next_attempt_at > @now
            and batch_id in (select id from call_batches where tenant_id = @tenant and not is_test
                and status in ('pending', 'scheduled', 'processing', 'paused') and (@client = '' or client_id = @client))
        """;
    internal const string CountOverrides = """
        select count(*) from campaigns where tenant_id = @tenant and legal_override is not null and archived_at is null
            and (@client = '' or client_id = @client)
        """;
    internal const string SelectListedAllTenants = """
        select source as word, count(*) as number, cast(sum(case when is_provisional then 1 else 0 end) as bigint) as provisional
        from rw_do_not_call where tenant_id in @tenants and created_at >= @from and created_at < @before
        group by source order by source
        """;
    internal const string SelectAgreedAllTenants = """
        select kind as word, count(*) as number from rw_consent
        where tenant_id in @tenants and channel = 'voice' and given_at >= @from and given_at < @before
        group by kind order by kind
        """;
    internal const string CountRevokedAllTenants = """
        select count(*) from rw_consent
        where tenant_id in @tenants and channel = 'voice' and revoked_at >= @from and revoked_at < @before
        """;

    /// <summary>By the calls themselves, whatever is kept.</summary>
    public static AttemptHours CountAttempts(IDbConnection db, FigureSearch search) => Fold(db, SelectPlacedAllTenants, search);

    public ValueTask<AttemptHours> SumAttemptsAsync(FigureSearch search, CancellationToken stop) => store.Sql.ReadAsync(
        db => !FigureTable.IsKept(db, search) ? CountAttempts(db, search)
            : db.QueryFirst<AttemptHours>(SelectKeptAllTenants, ParametersOf(search)).Plus(Fold(db, SelectMarkedAllTenants, search)), stop);

    /// <summary>Contacts whom a rule has kept from being called, by its word.</summary>
    /// <param name="client">Whose; empty for all.</param>
    public ValueTask<List<CountedWord>> ListBlockedAsync(FigureSearch search, string client, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<CountedWord>(SelectBlocked, new
        {
            tenant = search.Agency, client, from = search.From, before = search.Before,
        }).AsList(), stop);

    /// <summary>Contacts who are called later than now.</summary>
    public ValueTask<long> CountDeferredAsync(TenantId agency, string client, DateTimeOffset now, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountDeferred, new { tenant = agency, client, now }), stop);

    /// <summary>Campaigns that may call beyond the hours of the law, for somebody has answered for it.</summary>
    public ValueTask<long> CountOverridesAsync(TenantId agency, string client, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountOverrides, new { tenant = agency, client }), stop);

    /// <summary>Entries of do-not-call lists that were added and are still there, by where they came from.</summary>
    public ValueTask<List<CountedWord>> ListListedAsync(FigureSearch search, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<CountedWord>(SelectListedAllTenants, ParametersOf(search)).AsList(), stop);

    /// <summary>Consents to be called, by their kind.</summary>
    public ValueTask<List<CountedWord>> ListAgreedAsync(FigureSearch search, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<CountedWord>(SelectAgreedAllTenants, ParametersOf(search)).AsList(), stop);

    public ValueTask<long> CountRevokedAsync(FigureSearch search, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.ExecuteScalar<long>(CountRevokedAllTenants, ParametersOf(search)), stop);

    private static AttemptHours Fold(IDbConnection db, string statement, FigureSearch search) =>
        db.Query<Placed>(statement, ParametersOf(search))
            .Aggregate(new AttemptHours(), (sum, call) => sum.With(call.Evidence, call.StartedAt));

    private static object ParametersOf(FigureSearch search) => new
    {
        tenants = new InList<string>([.. search.Accounts.Select(account => account.ToString())]), agency = search.Agency,
        from = search.From, before = search.Before,
    };

    private sealed record Placed
    {
        public JsonObject Evidence { get; init; } = [];
        public DateTimeOffset StartedAt { get; init; }
    }
}
