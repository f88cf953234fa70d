using System.Data;
using Dapper;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>A bundle that an account took.</summary>
public sealed record UserBundle
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required Guid Bundle { get; init; }
    public required bool IsActive { get; init; }
    /// <summary>When the next month is charged, while it is active.</summary>
    public required DateTimeOffset PaidUntil { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
}

public sealed record UserBundlePage(IReadOnlyList<UserBundle> Bundles, long Total);

/// <summary>A bundle and how many of it.</summary>
public sealed record BundleOrder(Bundle Bundle, int Quantity);

/// <summary>One month of one bundle.</summary>
public sealed record BundleCharge(Guid Bundle, string Name, string CostCode, bool IsFirst, Money Price);

/// <summary>
/// The bundles that accounts took. Each month of each is charged once: the charge has a row of its own, written with the entry in
/// the ledger of money and the moment until which the bundle is paid for.
/// </summary>
public sealed class UserBundleTable
{
    private const string Columns = "tenant_id, id, bundle_id, is_active, paid_until, months, created_at, updated_at";
    internal const string Insert = $"""
        insert into rw_user_bundle ({Columns}, order_key) values (@tenant, @id, @bundle, true, @at, 0, @at, null, @orderKey)
        """;
    internal const string SelectByKey =
        $"select {Columns} from rw_user_bundle where tenant_id = @tenant and order_key = @orderKey order by created_at, id";
    internal const string SelectMany = $"""
        select {Columns} from rw_user_bundle where tenant_id = @tenant and (@isAny or bundle_id in @bundles) order by created_at, id limit @limit offset @offset
        """;
    internal const string Count = "select count(*) from rw_user_bundle where tenant_id = @tenant and (@isAny or bundle_id in @bundles)";
    internal const string SelectActive =
        $"select {Columns} from rw_user_bundle where tenant_id = @tenant and is_active = @yes order by created_at, id";
    internal const string Select = $"select {Columns} from rw_user_bundle where tenant_id = @tenant and id = @id";
    internal const string End =
        "update rw_user_bundle set is_active = @no, updated_at = @at where tenant_id = @tenant and id = @id and is_active = @yes";
    internal const string SelectDueAllTenants =
        $"select {Columns} from rw_user_bundle where is_active = @yes and paid_until <= @now order by paid_until, id limit @limit";
    internal const string Pay =
        "update rw_user_bundle set paid_until = @until, months = @month where tenant_id = @tenant and id = @id and months = @before";
    internal const string SelectPrice = "select name, price_micros, currency from rw_bundle where id = @bundle";
    internal const string InsertCharge = """
        insert into rw_bundle_charge (tenant_id, user_bundle_id, month, bundle_id, price_micros, currency, at)
        values (@tenant, @id, @month, @bundle, @price, @currency, @at)
        """;
    internal const string SelectCharges = """
        select c.bundle_id, b.name, b.cost_code, c.month, c.price_micros, c.currency
        from (select * from rw_bundle_charge where tenant_id = @tenant and at >= @since and at < @before) c join rw_bundle b on b.id = c.bundle_id order by c.at
        """;

    private const int AtOnce = 100;

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly MoneyTable _money;
    private readonly TimeProvider _time;

    internal UserBundleTable(Sql sql, Routing routing, MoneyTable money, TimeProvider time) =>
        (_sql, _routing, _money, _time) = (sql, routing, money, time);

    /// <summary>Takes bundles and charges the first month of each, all or none.</summary>
    /// <param name="orderKey">The same key gets the same bundles again, whatever is ordered; null makes new ones each time.</param>
    /// <param name="note">For the account's trail of changes; one of each bundle.</param>
    /// <returns>Null when the account's credit does not suffice.</returns>
    public async ValueTask<IReadOnlyList<UserBundle>?> TakeAsync(TenantId tenant, IReadOnlyList<BundleOrder> orders, Guid? orderKey,
        AuditNote note, CancellationToken stop)
    {
        var account = _routing.Current.Rates.AccountOf(tenant);
        var at = Times.Cut(_time.GetUtcNow());
        var done = await _sql.WriteAsync(db =>
        {
            string? key = orderKey?.ToString();
            if (key is not null && db.Query<Row>(SelectByKey, new { tenant, orderKey = key }).AsList() is { Count: > 0 } known)
                return new Taken([.. known.Select(r => r.ToBundle())], []);
            foreach (var sum in orders.GroupBy(o => o.Bundle.Price.Currency))
                if (account.CreditLimitMicros is { } credit
                        && MoneyTable.BalanceOf(db, tenant, sum.Key) + credit < sum.Sum(o => o.Bundle.Price.Micros * o.Quantity))
                    return new Taken(null, []);

            var rows = new List<Row>();
            var entries = new List<MoneyEntry>();
            foreach (var order in orders)
                for (int i = 0; i < order.Quantity; i++)
                {
                    var row = new Row
                    {
                        TenantId = tenant, Id = Guid.CreateVersion7(at), BundleId = order.Bundle.Id, IsActive = true,
                        PaidUntil = at, CreatedAt = at
                    };
                    db.Execute(Insert, new { tenant, id = row.Id, bundle = row.BundleId, at, orderKey = key });
                    AuditTable.Write(db, note with
                    {
                        ResourceId = row.Id.ToString(),
                        After = new() { ["billing_bundle_id"] = row.BundleId.ToString(), ["active"] = true }
                    });
                    rows.Add(row with { PaidUntil = Charge(db, row, at, entries) });
                }
            return new Taken([.. rows.OrderBy(r => r.Id.ToString(), StringComparer.Ordinal).Select(r => r.ToBundle())], entries);
        }, stop, committed: taken => Tell(taken.Entries)).ConfigureAwait(false);
        return done.Bundles;
    }

    /// <param name="bundles">Only those of these; null for all.</param>
    public ValueTask<UserBundlePage> ListAsync(TenantId tenant, IReadOnlyList<Guid>? bundles, int offset, int limit, CancellationToken stop)
    {
        var which = new
        {
            tenant, isAny = bundles is null, bundles = new InList<string>([.. (bundles ?? []).Select(id => id.ToString())]), offset, limit
        };
        return _sql.ReadAsync(db => new UserBundlePage([.. db.Query<Row>(SelectMany, which).Select(r => r.ToBundle())],
            db.ExecuteScalar<long>(Count, which)), stop);
    }

    public ValueTask<IReadOnlyList<UserBundle>> ActiveAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<UserBundle>>(
            db => [.. db.Query<Row>(SelectActive, new { tenant, yes = true }).Select(r => r.ToBundle())], stop);

    public async ValueTask<UserBundle?> FindAsync(TenantId tenant, Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(Select, new { tenant, id }), stop).ConfigureAwait(false))?.ToBundle();

    /// <summary>From now on it is not charged any more. The month that has begun is paid for.</summary>
    /// <returns>As it is afterwards, also when it was ended already; null when there is none.</returns>
    public async ValueTask<UserBundle?> EndAsync(TenantId tenant, Guid id, AuditNote note, CancellationToken stop) =>
        (await _sql.WriteAsync(db =>
        {
            if (db.Execute(End, new { tenant, id, at = Times.Cut(_time.GetUtcNow()), yes = true, no = false }) == 1)
                AuditTable.Write(db, note);
            return db.QuerySingleOrDefault<Row>(Select, new { tenant, id });
        }, stop).ConfigureAwait(false))?.ToBundle();

    public ValueTask<IReadOnlyList<BundleCharge>> ChargesAsync(TenantId tenant, DateTimeOffset since, DateTimeOffset before,
        CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<BundleCharge>>(db => [.. db.Query<ChargeRow>(SelectCharges, new { tenant, since, before })
            .Select(r => new BundleCharge(r.BundleId, r.Name, r.CostCode, r.Month == 1, new(r.PriceMicros, r.Currency)))], stop);

    /// <summary>Charges the months that have begun since the last time, also when a node was away for several.</summary>
    /// <returns>How many were charged.</returns>
    public async ValueTask<int> ChargeDueAsync(CancellationToken stop)
    {
        int all = 0;
        while (true)
        {
            var now = Times.Cut(_time.GetUtcNow());
            var done = await _sql.WriteAsync(db =>
            {
                var entries = new List<MoneyEntry>();
                var due = db.Query<Row>(SelectDueAllTenants, new { yes = true, now, limit = AtOnce }).AsList();
                foreach (var row in due) Charge(db, row, now, entries);
                return (due.Count, Entries: entries);
            }, stop, committed: done => Tell(done.Entries)).ConfigureAwait(false);
            if (done.Count == 0) return all;
            all += done.Count;
        }
    }

    /// <returns>Until when it is paid for then.</returns>
    private DateTimeOffset Charge(IDbConnection db, Row row, DateTimeOffset at, List<MoneyEntry> entries)
    {
        int month = row.Months + 1;
        // From the first day on, so that a bundle of the 31st stays one.
        var until = row.CreatedAt.AddMonths(month);
        var tenant = row.TenantId;
        // Another node on the same database may have been faster.
        if (db.Execute(Pay, new { tenant, id = row.Id, until, month, before = row.Months }) == 0) return row.PaidUntil;
        var price = db.QuerySingle<ChargeRow>(SelectPrice, new { bundle = row.BundleId });
        db.Execute(InsertCharge,
            new { tenant, id = row.Id, month, bundle = row.BundleId, price = price.PriceMicros, currency = price.Currency, at });
        if (price.PriceMicros == 0) return until;

        entries.Add(_money.Enter(db, new()
        {
            Tenant = tenant, Kind = MoneyKind.Charge, Amount = new(-price.PriceMicros, price.Currency), Product = BundleTable.Product,
            Note = $"{price.Name}, month {month}", At = at,
        }));
        return until;
    }

    private void Tell(IReadOnlyList<MoneyEntry> entries)
    {
        foreach (var entry in entries) _money.Posted?.Invoke(entry);
    }

    private sealed record Taken(IReadOnlyList<UserBundle>? Bundles, IReadOnlyList<MoneyEntry> Entries);

    private sealed record ChargeRow
    {
        public Guid BundleId { get; init; }
        public string Name { get; init; } = "";
        public string CostCode { get; init; } = "";
        public int Month { get; init; }
        public long PriceMicros { get; init; }
        public string Currency { get; init; } = "";
    }

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public Guid Id { get; init; }
        public Guid BundleId { get; init; }
        public bool IsActive { get; init; }
        public DateTimeOffset PaidUntil { get; init; }
        public int Months { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset? UpdatedAt { get; init; }

        public UserBundle ToBundle() => new()
        {
            Id = Id, Tenant = TenantId, Bundle = BundleId, IsActive = IsActive, PaidUntil = PaidUntil,
            CreatedAt = CreatedAt, UpdatedAt = UpdatedAt
        };
    }
}
