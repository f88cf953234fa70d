using System.Data;
using Dapper;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

public enum MoneyKind { Charge, Payment, Adjustment }

/// <summary>One entry of the ledger of money. Nothing ever changes it.</summary>
public sealed record MoneyEntry
{
    /// <summary>Rises from entry to entry of the node.</summary>
    public long Seq { get; init; }
    public required TenantId Tenant { get; init; }
    public required MoneyKind Kind { get; init; }
    /// <summary>What it adds to the balance; charges are negative.</summary>
    public required Money Amount { get; init; }
    /// <summary>The tenant's balance in this currency afterwards.</summary>
    public long BalanceMicros { get; init; }
    /// <summary>What a charge is for: <see cref="Voice"/>, <see cref="Sms"/>.</summary>
    public string? Product { get; init; }
    /// <summary>What used the product: it is charged once for each.</summary>
    public Subject? Subject { get; init; }
    public Direction? Direction { get; init; }
    /// <summary>The outbound profile by which the leg went out.</summary>
    public long? Profile { get; init; }
    public string? BillingGroup { get; init; }
    /// <summary>How much of the product was used, in <see cref="Unit"/>s.</summary>
    public long? Quantity { get; init; }
    /// <summary>Of the product: <see cref="Second"/>, <see cref="Part"/>.</summary>
    public string? Unit { get; init; }
    /// <summary>For people: the destination of a call, the reason of a payment.</summary>
    public string Note { get; init; } = "";
    public required DateTimeOffset At { get; init; }

    public const string Voice = "voice", Second = "second", Sms = "sms", Part = "part";
}

/// <summary>Asks for entries, oldest first.</summary>
public sealed record MoneyQuery
{
    public DateTimeOffset From { get; init; } = DateTimeOffset.UnixEpoch;
    /// <summary>The first moment that is too late.</summary>
    public DateTimeOffset Before { get; init; } = new(9999, 12, 31, 0, 0, 0, TimeSpan.Zero);
    public MoneyKind? Kind { get; init; }
    public string? BillingGroup { get; init; }
    public int Offset { get; init; }
    public int Limit { get; init; } = 1_000;
}

/// <summary>What entries of one sort come to.</summary>
public sealed record MoneyTotal
{
    public required MoneyKind Kind { get; init; }
    public string? Product { get; init; }
    public Direction? Direction { get; init; }
    public string? BillingGroup { get; init; }
    public required Money Amount { get; init; }
    public required long Entries { get; init; }
    /// <summary>In <see cref="Unit"/>s; 0 where entries say none.</summary>
    public required long Quantity { get; init; }
    public string? Unit { get; init; }

    /// <summary>Of what is charged by time.</summary>
    public long BilledSeconds => Unit is MoneyEntry.Second ? Quantity : 0;
}

/// <summary>What a profile, or all without one, has been charged.</summary>
public readonly record struct Spent(TenantId Tenant, long? Profile, Money Amount);

/// <summary>Balances, and what was charged lately, of all tenants.</summary>
public sealed record MoneyStand(IReadOnlyList<(TenantId Tenant, Money Balance)> Balances, IReadOnlyList<Spent> Charged);

/// <summary>
/// The ledger of money and the balances that it comes to. Rows are only ever added; a balance is written with each of them.
/// </summary>
public sealed class MoneyTable
{
    internal const string AddToBalance = """
        insert into rw_money_balance (tenant_id, currency, micros) values (@tenant, @currency, @amount)
        on conflict (tenant_id, currency) do update set micros = rw_money_balance.micros + excluded.micros returning micros
        """;
    internal const string Insert = """
        insert into rw_money_entry (tenant_id, kind, amount_micros, currency, balance_micros, product, subject_kind, subject_id, direction, profile_id, billing_group_id, quantity, unit, note, at)
        values (@tenant, @kind, @amount, @currency, @balance, @product, @subjectKind, @subject, @direction, @profile, @group, @quantity, @unit, @note, @at) returning seq
        """;
    internal const string SelectBalance = "select micros from rw_money_balance where tenant_id = @tenant and currency = @currency";
    internal const string SelectBalances = "select currency, micros from rw_money_balance where tenant_id = @tenant order by currency";
    internal const string SelectBalancesAllTenants = "select tenant_id, currency, micros from rw_money_balance";
    private const string Between = """
        from rw_money_entry where tenant_id = @tenant and at >= @from and at < @before and (kind = @kind or @kind is null) and (billing_group_id = @group or @group is null)
        """;
    internal const string SelectMany = $"""
        select seq, tenant_id, kind, amount_micros, currency, balance_micros, product, subject_kind, subject_id, direction, profile_id, billing_group_id, quantity, unit, note, at
        {Between} order by at, seq limit @limit offset @offset
        """;
    internal const string Count = $"select count(*) {Between}";
    internal const string SelectTotals = $"""
        select kind, product, unit, direction, billing_group_id, currency, cast(sum(amount_micros) as bigint) as amount_micros, count(*) as entries,
            cast(coalesce(sum(quantity), 0) as bigint) as quantity
        {Between} group by kind, product, unit, direction, billing_group_id, currency order by kind, product, unit, direction, billing_group_id, currency
        """;
    internal const string SelectSpentAllTenants = """
        select tenant_id, profile_id, currency, cast(-sum(amount_micros) as bigint) as micros from rw_money_entry
        where tenant_id in (select tenant_id from rw_money_balance) and at >= @since and kind = 'charge'
            and product = 'voice'
        group by tenant_id, profile_id, currency
        """;

    private static readonly Statement Balancing = new(AddToBalance), Entry = new(Insert);

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly TimeProvider _time;

    internal MoneyTable(Sql sql, Routing routing, TimeProvider time) => (_sql, _routing, _time) = (sql, routing, time);

    /// <summary>
    /// Hears of what was paid or adjusted, on the writer's thread, before anything that is committed later. The ledger tells of charges.
    /// </summary>
    public Action<MoneyEntry>? Posted { get; set; }

    /// <summary>A payment, or with a negative amount what was paid back; or a correction.</summary>
    /// <param name="note">Why, for people.</param>
    public ValueTask<MoneyEntry> AddAsync(TenantId tenant, MoneyKind kind, Money amount, string note, CancellationToken stop) =>
        _sql.WriteAsync(db =>
        {
            var entry = Write(db, new() { Tenant = tenant, Kind = kind, Amount = amount, Note = note, At = Times.Cut(_time.GetUtcNow()) });
            AuditTable.Write(db, NoteOf(entry));
            return entry;
        }, stop, committed: entry => Posted?.Invoke(entry));

    /// <summary>In every currency that the tenant ever had an entry in.</summary>
    public ValueTask<IReadOnlyList<Money>> BalancesAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<Money>>(
            db => [.. db.Query<BalanceRow>(SelectBalances, new { tenant }).Select(r => new Money(r.Micros, r.Currency))], stop);

    /// <summary>
    /// Tells how all tenants stand, on the writer's thread: behind all that was told before of charges
    /// and payments, and before what comes next.
    /// </summary>
    /// <param name="since">From when on charges are told as spent.</param>
    public async ValueTask TellStandAsync(DateTimeOffset since, Action<MoneyStand> heard, CancellationToken stop) =>
        await _sql.WriteAsync(db => new MoneyStand(
            [.. db.Query<BalanceRow>(SelectBalancesAllTenants).Select(r => (r.TenantId, new Money(r.Micros, r.Currency)))],
            [.. db.Query<BalanceRow>(SelectSpentAllTenants, new { since })
                .Select(r => new Spent(r.TenantId, r.ProfileId, new(r.Micros, r.Currency)))]),
            stop, committed: heard).ConfigureAwait(false);

    public ValueTask<IReadOnlyList<MoneyEntry>> ListAsync(TenantId tenant, MoneyQuery query, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<MoneyEntry>>(db => [.. db.Query<Row>(SelectMany, Bind(tenant, query)).Select(r => r.ToEntry())], stop);

    public ValueTask<long> CountAsync(TenantId tenant, MoneyQuery query, CancellationToken stop) =>
        _sql.ReadAsync(db => db.ExecuteScalar<long>(Count, Bind(tenant, query)), stop);

    /// <summary>Sums by kind, product, unit, direction, billing group and currency.</summary>
    public ValueTask<IReadOnlyList<MoneyTotal>> TotalsAsync(TenantId tenant, MoneyQuery query, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<MoneyTotal>>(
            db => [.. db.Query<Row>(SelectTotals, Bind(tenant, query)).Select(r => r.ToTotal())], stop);

    /// <summary>
    /// As <see cref="Write"/> does it; where a charge leaves too little, a payment is asked for if the account has that done. A payment
    /// asks for no other one.
    /// </summary>
    internal MoneyEntry Enter(IDbConnection db, MoneyEntry entry)
    {
        var written = Write(db, entry);
        var account = _routing.Current.Rates.AccountOf(entry.Tenant);
        if (entry.Kind is MoneyKind.Charge && account.Recharge is { } recharge && account.Currency == entry.Amount.Currency)
            PaymentRequestTable.AskWhenBelow(db, account, recharge, written.BalanceMicros, entry.At);
        return written;
    }

    /// <summary>In the transaction of what it is for.</summary>
    /// <returns>With its number and the balance.</returns>
    internal static MoneyEntry Write(IDbConnection db, MoneyEntry entry)
    {
        string tenant = entry.Tenant.ToString();
        var (micros, currency) = entry.Amount;
        long balance = Balancing.Insert(db, tenant, currency, micros);
        long seq = Entry.Insert(db, tenant, Names<MoneyKind>.Of(entry.Kind), micros, currency, balance, entry.Product,
            entry.Subject is { } subject ? Names<SubjectKind>.Of(subject.Kind) : null, entry.Subject?.Id,
            entry.Direction is { } direction ? Names<Direction>.Of(direction) : null, entry.Profile, entry.BillingGroup, entry.Quantity,
            entry.Unit, entry.Note, Times.Text(entry.At));
        return entry with { Seq = seq, BalanceMicros = balance };
    }

    internal static long BalanceOf(IDbConnection db, TenantId tenant, string currency) =>
        db.ExecuteScalar<long?>(SelectBalance, new { tenant, currency }) ?? 0;

    internal static AuditNote NoteOf(MoneyEntry entry) => new()
    {
        Tenant = entry.Tenant,
        At = entry.At,
        By = AuditActor.Operator,
        Change = "updated",
        RecordType = "balance",
        ResourceId = entry.Tenant.ToString(),
        Before = new() { ["balance"] = Money.Format(entry.BalanceMicros - entry.Amount.Micros), ["currency"] = entry.Amount.Currency },
        After = new()
        {
            ["balance"] = Money.Format(entry.BalanceMicros),
            ["currency"] = entry.Amount.Currency, [Names<MoneyKind>.Of(entry.Kind)] = entry.Amount.Text, ["note"] = entry.Note
        },
    };

    private static object Bind(TenantId tenant, MoneyQuery query) => new
    {
        tenant,
        from = query.From,
        before = query.Before,
        kind = query.Kind is { } kind ? Names<MoneyKind>.Of(kind) : null,
        group = query.BillingGroup,
        limit = query.Limit,
        offset = query.Offset,
    };

    private sealed record BalanceRow
    {
        public TenantId TenantId { get; init; }
        public long? ProfileId { get; init; }
        public string Currency { get; init; } = "";
        public long Micros { get; init; }
    }

    private sealed record Row
    {
        public long Seq { get; init; }
        public TenantId TenantId { get; init; }
        public string Kind { get; init; } = "";
        public long AmountMicros { get; init; }
        public string Currency { get; init; } = "";
        public long BalanceMicros { get; init; }
        public string? Product { get; init; }
        public string? SubjectKind { get; init; }
        public string? SubjectId { get; init; }
        public string? Direction { get; init; }
        public long? ProfileId { get; init; }
        public string? BillingGroupId { get; init; }
        public long? Quantity { get; init; }
        public string? Unit { get; init; }
        public string Note { get; init; } = "";
        public DateTimeOffset At { get; init; }
        public long Entries { get; init; }

        public MoneyEntry ToEntry() => new()
        {
            Seq = Seq,
            Tenant = TenantId,
            Kind = Names<MoneyKind>.Parse(Kind),
            Amount = new(AmountMicros, Currency),
            BalanceMicros = BalanceMicros,
            Product = Product,
            Subject = SubjectKind is null || SubjectId is null ? null : SubjectText.Read(SubjectKind, SubjectId),
            Direction = Direction is null ? null : Names<Direction>.Parse(Direction),
            Profile = ProfileId,
            BillingGroup = BillingGroupId,
            Quantity = Quantity,
            Unit = Unit,
            Note = Note,
            At = At,
        };

        public MoneyTotal ToTotal() => new()
        {
            Kind = Names<MoneyKind>.Parse(Kind),
            Product = Product,
            Direction = Direction is null ? null : Names<Direction>.Parse(Direction),
            BillingGroup = BillingGroupId,
            Amount = new(AmountMicros, Currency),
            Entries = Entries,
            Quantity = Quantity ?? 0,
            Unit = Unit,
        };
    }
}
