using System.Data;
using Dapper;
using Ringwright.Agency.Billing;
using Ringwright.Agency.Figures;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Engines;

namespace Ringwright.Agency.Tables;

/// <summary>What a client was charged for a call, or for a number of a month.</summary>
internal sealed record UsageLine
{
    public const string Call = "call", Number = "number";

    public Guid Id { get; init; }
    public Guid ClientId { get; init; }
    /// <summary>By the agency's clock: 2026-02.</summary>
    public string Month { get; init; } = "";
    public string Kind { get; init; } = Call;
    /// <summary>The UUID of the leg, or the digits of the number.</summary>
    public string Subject { get; init; } = "";
    public Guid RatePlanId { get; init; }
    public long BilledSeconds { get; init; }
    /// <summary>Of those, what the plan's minutes covered.</summary>
    public long IncludedSeconds { get; init; }
    public string Currency { get; init; } = "";
    public long Micros { get; init; }
    public DateTimeOffset OccurredAt { get; init; }
}

/// <summary>A month of a client, in one currency.</summary>
internal sealed record InvoiceRow
{
    public string Month { get; init; } = "";
    public string Currency { get; init; } = "";
    public long Calls { get; init; }
    public long BilledSeconds { get; init; }
    public long IncludedSeconds { get; init; }
    public long CallMicros { get; init; }
    public long Numbers { get; init; }
    public long NumberMicros { get; init; }
}

/// <summary>A call that is over, and that its client was not charged for.</summary>
internal sealed record UnchargedCall
{
    public string Uuid { get; init; } = "";
    public long TalkSeconds { get; init; }
    public DateTimeOffset EndedAt { get; init; }
}

/// <summary>The rows of <c>usage_ledger</c>: they are added, and never changed. A client's account is the tenant of its calls.</summary>
internal sealed class UsageTable(Database store)
{
    /// <summary>Calls that are told of when they have been over for so long still are charged.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromDays(1);

    /// <summary>One that was deleted is charged for calls that outlast it.</summary>
    private const string RatedAllTenants = """
        select c.id, c.tenant_id, coalesce(a.timezone, 'UTC') as timezone, c.rated_from, c.rated_to, p.id as plan, p.currency,
            p.minute_micros, p.number_micros, p.initial_seconds, p.step_seconds, p.included_minutes
        from clients c join rate_plans p on p.tenant_id = c.tenant_id and p.id = c.rate_plan_id
        left join agencies a on a.tenant_id = c.tenant_id
        where c.rated_from is not null and (c.deleted_at is null or exists (
            select 1 from rw_call_record e where e.tenant_id = c.id and e.ended_at >= c.deleted_at and e.talk_seconds > 0))
        """;
    internal const string SelectRatedAllTenants = $"{RatedAllTenants} order by c.tenant_id, c.id";
    internal const string SelectRated = $"select * from ({RatedAllTenants}) r where tenant_id = @tenant order by id";
    internal const string SelectRatedOne = $"select * from ({RatedAllTenants}) r where tenant_id = @tenant and id = @client";

    /// <summary>None that tries something out.</summary>
    internal const string SelectUncharged = """
        select l.uuid, r.talk_seconds, r.ended_at from rw_call_record r
        join rw_leg l on l.tenant_id = r.tenant_id and l.id = r.leg_id
        where r.tenant_id = @client and r.ended_at >= @since and r.talk_seconds > 0
            and not exists (
                select 1 from usage_ledger where tenant_id = @tenant and client_id = @client and subject = l.uuid and kind = 'call')
            and l.uuid not in (
                select a.leg_uuid from call_batches b join rw_attempt a on a.campaign_id = b.id
                where b.tenant_id = @tenant and b.is_test and a.leg_uuid is not null)
        order by r.ended_at, r.leg_id limit @most
        """;
    internal const string SumIncluded = """
        select cast(coalesce(sum(included_seconds), 0) as bigint) from usage_ledger
        where tenant_id = @tenant and client_id = @client and month = @month
        """;
    internal const string Insert = """
        insert into usage_ledger (id, tenant_id, client_id, month, kind, subject, rate_plan_id, billed_seconds, included_seconds, currency,
            micros, occurred_at, created_at)
        values (@id, @tenant, @client, @month, @kind, @subject, @plan, @billed, @included, @currency, @micros, @occurred, @at)
        on conflict do nothing
        """;
    /// <summary>Of two who charge it one waits for the other; it may be deleted.</summary>
    internal const string Hold = "update clients set updated_at = updated_at where tenant_id = @tenant and id = @client";
    internal const string NoteRated = """
        update clients set rated_to = @rated where tenant_id = @tenant and id = @client and (rated_to is null or rated_to < @rated)
        """;
    internal const string SelectNumbers = """
        select subject from usage_ledger where tenant_id = @tenant and client_id = @client and month = @month and kind = 'number'
        """;

    private const string OfMonths = "from usage_ledger where tenant_id = @tenant and client_id = @client";
    internal const string SelectInvoices = $"""
        select month, currency, count(case when kind = 'call' then 1 end) as calls,
            cast(sum(billed_seconds) as bigint) as billed_seconds, cast(sum(included_seconds) as bigint) as included_seconds,
            cast(sum(case when kind = 'call' then micros else 0 end) as bigint) as call_micros,
            count(case when kind = 'number' then 1 end) as numbers,
            cast(sum(case when kind = 'number' then micros else 0 end) as bigint) as number_micros
        {OfMonths} group by month, currency order by month desc, currency limit @limit offset @offset
        """;
    internal const string CountInvoices = $"select count(*) from (select month, currency {OfMonths} group by month, currency) m";
    internal const string SelectLines = $"""
        select id, client_id, month, kind, subject, rate_plan_id, billed_seconds, included_seconds, currency, micros, occurred_at
        {OfMonths} and month = @month order by occurred_at, id limit @limit offset @offset
        """;
    internal const string CountLines = $"select count(*) {OfMonths} and month = @month";
    internal const string SelectCall = $"select currency, micros {OfMonths} and subject = @call and kind = 'call'";
    internal const string SelectPrices = """
        select currency, cast(sum(micros) as bigint) as micros from usage_ledger
        where tenant_id = @tenant and client_id in @clients and occurred_at >= @from and occurred_at < @before
        group by currency order by currency
        """;

    /// <summary>Clients of all agencies that have a plan.</summary>
    public ValueTask<List<RatedClient>> ListRatedAsync(CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<RatedClient>(SelectRatedAllTenants).AsList(), stop);

    public ValueTask<List<RatedClient>> ListRatedAsync(TenantId agency, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<RatedClient>(SelectRated, new { tenant = agency }).AsList(), stop);

    public async ValueTask<bool> HasUnchargedAsync(RatedClient client, CancellationToken stop) =>
        (await store.Sql.ReadAsync(db => Uncharged(db, client, most: 1), stop)).Count > 0;

    /// <summary>The oldest calls that were not charged are: once, by whichever node comes first, and by the plan of that moment.</summary>
    /// <returns>How many there were.</returns>
    public ValueTask<int> ChargeCallsAsync(RatedClient found, int most, DateTimeOffset at, CancellationToken stop) =>
        store.Sql.WriteAsync(db =>
        {
            var which = new { tenant = found.TenantId, client = found.Id.ToString() };
            if (db.Execute(Hold, which) == 0
                || db.QueryFirstOrDefault<RatedClient>(SelectRatedOne, which) is not { } client) return 0;
            var calls = Uncharged(db, client, most);
            var included = new Dictionary<string, long>(StringComparer.Ordinal);
            foreach (var call in calls)
            {
                string month = client.MonthOf(call.EndedAt);
                if (!included.TryGetValue(month, out long used))
                    used = db.ExecuteScalar<long>(SumIncluded, new { which.tenant, which.client, month });
                var line = client.LineOf(call, month, used, at);
                included[month] = used + line.IncludedSeconds;
                Write(db, client, line, at);
            }
            if (calls.Count > 0) db.Execute(NoteRated, new { which.tenant, which.client, rated = calls[^1].EndedAt });
            return calls.Count;
        }, stop);

    /// <summary>Numbers for which the client was charged in the month.</summary>
    public ValueTask<HashSet<string>> ListNumbersAsync(RatedClient client, string month, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.Query<string>(SelectNumbers, new
        {
            tenant = client.TenantId, client = client.Id.ToString(), month,
        }).ToHashSet(StringComparer.Ordinal), stop);

    /// <summary>Each once a month.</summary>
    public async ValueTask AddAsync(RatedClient client, IReadOnlyList<UsageLine> lines, DateTimeOffset at, CancellationToken stop) =>
        await store.Sql.WriteAsync(db =>
        {
            if (!TenancyTable.Holds(db, client.TenantId, client.Id.ToString())) return false;
            foreach (var line in lines) Write(db, client, line, at);
            return true;
        }, stop);

    /// <summary>The newest month first.</summary>
    public ValueTask<(IReadOnlyList<InvoiceRow> Rows, long Total)> ListInvoicesAsync(TenantId agency, Guid client, int offset, int limit,
        CancellationToken stop)
    {
        var which = new { tenant = agency, client = client.ToString(), offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<InvoiceRow>, long)>(
            db => (db.Query<InvoiceRow>(SelectInvoices, which).AsList(), db.ExecuteScalar<long>(CountInvoices, which)), stop);
    }

    /// <summary>The oldest first.</summary>
    public ValueTask<(IReadOnlyList<UsageLine> Rows, long Total)> ListLinesAsync(TenantId agency, Guid client, string month, int offset,
        int limit, CancellationToken stop)
    {
        var which = new { tenant = agency, client = client.ToString(), month, offset, limit };
        return store.Sql.ReadAsync<(IReadOnlyList<UsageLine>, long)>(
            db => (db.Query<UsageLine>(SelectLines, which).AsList(), db.ExecuteScalar<long>(CountLines, which)), stop);
    }

    /// <summary>What the client was charged for a call; null while it was for nothing.</summary>
    public ValueTask<CostSum?> FindCallAsync(TenantId agency, string client, string call, CancellationToken stop) =>
        store.Sql.ReadAsync(db => db.QueryFirstOrDefault<CostSum>(SelectCall, new { tenant = agency, client, call }), stop);

    /// <summary>What clients were charged for calls that ended in the time, and for numbers; by currency.</summary>
    public ValueTask<List<CostSum>> SumAsync(FigureSearch search, CancellationToken stop)
    {
        string[] clients = [.. search.Accounts.Where(account => account != search.Agency).Select(account => account.ToString())];
        return clients.Length == 0 ? new([]) : store.Sql.ReadAsync(db => db.Query<CostSum>(SelectPrices, new
        {
            tenant = search.Agency, clients = new InList<string>(clients), from = search.From, before = search.Before,
        }).AsList(), stop);
    }

    private static List<UnchargedCall> Uncharged(IDbConnection db, RatedClient client, int most) =>
        db.Query<UnchargedCall>(SelectUncharged, new
        {
            tenant = client.TenantId, client = client.Id.ToString(), most,
            since = client.RatedTo - Late is { } reached && reached > client.RatedFrom ? reached : client.RatedFrom,
        }).AsList();

    private static void Write(IDbConnection db, RatedClient client, UsageLine line, DateTimeOffset at) => db.Execute(Insert, new
    {
        id = line.Id, tenant = client.TenantId, client = client.Id.ToString(), month = line.Month, kind = line.Kind,
        subject = line.Subject, plan = line.RatePlanId, billed = line.BilledSeconds, included = line.IncludedSeconds,
        currency = line.Currency, micros = line.Micros, occurred = line.OccurredAt, at,
    });
}
