using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Audit;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// How an account wants its balance to be filled up: the contract's preferences. Amounts in millionths of the account's currency.
/// </summary>
public sealed record RechargePreferences
{
    public required string Id { get; init; }
    public bool IsEnabled { get; init; }
    public bool IsInvoiced { get; init; }
    /// <summary>"credit_paypal" or "ach".</summary>
    public string Preference { get; init; } = "credit_paypal";
    public long ThresholdMicros { get; init; }
    public long AmountMicros { get; init; }
}

/// <summary>How tenants pay. A tenant gets its row when somebody says something of it.</summary>
public sealed class MoneyAccountTable
{
    private const string Columns = """
        tenant_id, currency, credit_limit_micros, is_unlimited, rolls_up, rate_deck_id, recharge_id, is_recharge_enabled, is_recharge_invoiced, recharge_preference,
        recharge_threshold_micros, recharge_amount_micros, updated_at
        """;
    internal const string SelectAllTenants = $"select {Columns} from rw_money_account";
    internal const string Select = $"select {Columns} from rw_money_account where tenant_id = @tenant";
    internal const string Save = $"""
        insert into rw_money_account ({Columns})
        values (@tenant, @Currency, @CreditLimitMicros, @IsUnlimited, @RollsUp, @deck, @RechargeId, @IsRechargeEnabled, @IsRechargeInvoiced, @RechargePreference,
            @RechargeThresholdMicros, @RechargeAmountMicros, @UpdatedAt)
        on conflict (tenant_id) do update set currency = excluded.currency, credit_limit_micros = excluded.credit_limit_micros, is_unlimited = excluded.is_unlimited,
            rolls_up = excluded.rolls_up,
            rate_deck_id = excluded.rate_deck_id, is_recharge_enabled = excluded.is_recharge_enabled, is_recharge_invoiced = excluded.is_recharge_invoiced,
            recharge_preference = excluded.recharge_preference, recharge_threshold_micros = excluded.recharge_threshold_micros,
            recharge_amount_micros = excluded.recharge_amount_micros, updated_at = excluded.updated_at
        """;

    private readonly Sql _sql;
    private readonly Routing _routing;
    private readonly TimeProvider _time;

    internal MoneyAccountTable(Sql sql, Routing routing, TimeProvider time) => (_sql, _routing, _time) = (sql, routing, time);

    /// <summary>
    /// Changes the account to what <paramref name="change"/> makes of it; its recharge is changed by <see cref="RechargeAsync"/>.
    /// </summary>
    /// <param name="by">Who did it, for the account's trail.</param>
    public async ValueTask<MoneyAccount> ChangeAsync(TenantId tenant, Func<MoneyAccount, MoneyAccount> change, AuditActor by,
        CancellationToken stop)
    {
        var changed = await _sql.WriteAsync(db =>
        {
            var row = Find(db, tenant);
            var (before, after) = (row.ToAccount(), change(row.ToAccount()));
            var now = _time.GetUtcNow();
            Write(db, row with
            {
                Currency = after.Currency,
                CreditLimitMicros = after.CreditLimitMicros,
                IsUnlimited = after.IsUnlimited,
                RollsUp = after.RollsUp,
                RateDeckId = after.Deck
            }, now);
            AuditTable.Write(db, new()
            {
                Tenant = tenant, At = now, By = by, Change = "updated", RecordType = "balance", ResourceId = tenant.ToString(),
                Before = Show(before), After = Show(after),
            });
            return after;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return changed;
    }

    public ValueTask<RechargePreferences> FindRechargeAsync(TenantId tenant, CancellationToken stop) =>
        _sql.ReadAsync(db => Find(db, tenant).ToPreferences(), stop);

    /// <summary>Changes the preferences, and asks for a payment where the balance is below the new threshold already.</summary>
    /// <param name="note">What the account's trail says of it.</param>
    public async ValueTask<RechargePreferences> RechargeAsync(TenantId tenant, Func<RechargePreferences, RechargePreferences> change,
        Func<RechargePreferences, RechargePreferences, AuditNote> note, CancellationToken stop)
    {
        var changed = await _sql.WriteAsync(db =>
        {
            var row = Find(db, tenant);
            var (before, after) = (row.ToPreferences(), change(row.ToPreferences()));
            var now = _time.GetUtcNow();
            row = row with
            {
                IsRechargeEnabled = after.IsEnabled,
                IsRechargeInvoiced = after.IsInvoiced,
                RechargePreference = after.Preference,
                RechargeThresholdMicros = after.ThresholdMicros,
                RechargeAmountMicros = after.AmountMicros,
            };
            Write(db, row, now);
            AuditTable.Write(db, note(before, after));
            if (row.ToAccount() is { Recharge: { } recharge } account)
                PaymentRequestTable.AskWhenBelow(db, account, recharge, MoneyTable.BalanceOf(db, tenant, account.Currency), now);
            return after;
        }, stop).ConfigureAwait(false);
        await _routing.ReloadAsync(stop).ConfigureAwait(false);
        return changed;
    }

    internal static Row Find(IDbConnection db, TenantId tenant) =>
        db.QuerySingleOrDefault<Row>(Select, new { tenant }) ?? new() { TenantId = tenant, RechargeId = Guid.NewGuid() };

    internal static void Write(IDbConnection db, Row row, DateTimeOffset at) => db.Execute(Save, new
    {
        tenant = row.TenantId, row.Currency, row.CreditLimitMicros, row.IsUnlimited, row.RollsUp, deck = row.RateDeckId?.ToString(),
        row.RechargeId, row.IsRechargeEnabled, row.IsRechargeInvoiced, row.RechargePreference,
        row.RechargeThresholdMicros, row.RechargeAmountMicros, UpdatedAt = at,
    });

    private static JsonObject Show(MoneyAccount account) => new()
    {
        ["currency"] = account.Currency,
        ["credit_limit"] = account.CreditLimitMicros is { } limit ? Money.Format(limit) : null,
        ["rolls_up"] = account.RollsUp,
        ["rate_deck_id"] = account.Deck?.ToString(),
    };

    internal sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Currency { get; init; } = Money.UsualCurrency;
        public long? CreditLimitMicros { get; init; }
        public bool IsUnlimited { get; init; }
        public bool RollsUp { get; init; } = true;
        public Guid? RateDeckId { get; init; }
        public Guid RechargeId { get; init; }
        public bool IsRechargeEnabled { get; init; }
        public bool IsRechargeInvoiced { get; init; }
        public string RechargePreference { get; init; } = "credit_paypal";
        public long RechargeThresholdMicros { get; init; }
        public long RechargeAmountMicros { get; init; }
        public DateTimeOffset UpdatedAt { get; init; }

        public MoneyAccount ToAccount() => new()
        {
            Tenant = TenantId,
            Currency = Currency,
            CreditLimitMicros = CreditLimitMicros,
            IsUnlimited = IsUnlimited,
            RollsUp = RollsUp,
            Deck = RateDeckId,
            Recharge = IsRechargeEnabled
                && RechargeAmountMicros > 0 ? new(RechargeThresholdMicros, RechargeAmountMicros, RechargePreference) : null,
        };

        public RechargePreferences ToPreferences() => new()
        {
            Id = RechargeId.ToString(),
            IsEnabled = IsRechargeEnabled,
            IsInvoiced = IsRechargeInvoiced,
            Preference = RechargePreference,
            ThresholdMicros = RechargeThresholdMicros,
            AmountMicros = RechargeAmountMicros,
        };
    }
}
