using System.Data;
using Dapper;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

public enum PaymentState { Pending, Approved, Rejected }

/// <summary>
/// A payment that an account has asked for because its balance fell below its threshold; the operator says whether the money came.
/// </summary>
public sealed record PaymentRequest
{
    public required Guid Id { get; init; }
    public required TenantId Tenant { get; init; }
    public required Money Amount { get; init; }
    /// <summary>How the account wants to pay.</summary>
    public required string Preference { get; init; }
    public required PaymentState State { get; init; }
    public required DateTimeOffset MadeAt { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
}

/// <summary>Payment requests. A tenant has at most one that is pending.</summary>
public sealed class PaymentRequestTable
{
    private const string Columns = "id, tenant_id, amount_micros, currency, preference, state, made_at, decided_at";
    internal const string Insert = """
        insert into rw_payment_request (id, tenant_id, amount_micros, currency, preference, state, made_at)
        values (@id, @tenant, @amount, @currency, @preference, 'pending', @at)
        on conflict (tenant_id) where state = 'pending' do nothing
        """;
    internal const string SelectAllTenants = $"select {Columns} from rw_payment_request order by made_at desc, id desc limit @limit";
    internal const string SelectByIdAllTenants = $"select {Columns} from rw_payment_request where id = @id";
    internal const string Decide =
        "update rw_payment_request set state = @state, decided_at = @at where tenant_id = @tenant and id = @id and state = 'pending'";

    private static readonly Statement New = new(Insert);

    private readonly Sql _sql;
    private readonly MoneyTable _money;
    private readonly TimeProvider _time;

    internal PaymentRequestTable(Sql sql, MoneyTable money, TimeProvider time) => (_sql, _money, _time) = (sql, money, time);

    /// <summary>Newest first.</summary>
    public ValueTask<IReadOnlyList<PaymentRequest>> ListOfAllTenantsAsync(int limit, CancellationToken stop) =>
        _sql.ReadAsync<IReadOnlyList<PaymentRequest>>(
            db => [.. db.Query<Row>(SelectAllTenants, new { limit }).Select(r => r.ToRequest())], stop);

    public async ValueTask<PaymentRequest?> FindAsync(Guid id, CancellationToken stop) =>
        (await _sql.ReadAsync(db => db.QuerySingleOrDefault<Row>(SelectByIdAllTenants, new { id }), stop).ConfigureAwait(false))
            ?.ToRequest();

    /// <summary>Approved, its amount is added to the balance, in the same transaction.</summary>
    /// <returns>False when it was decided already.</returns>
    public async ValueTask<bool> DecideAsync(PaymentRequest request, bool isApproved, CancellationToken stop)
    {
        var state = isApproved ? PaymentState.Approved : PaymentState.Rejected;
        var decided = await _sql.WriteAsync(db =>
        {
            var at = Times.Cut(_time.GetUtcNow());
            if (db.Execute(Decide, new { tenant = request.Tenant, id = request.Id, state = Names<PaymentState>.Of(state), at }) == 0)
                return new Decision(IsDone: false, null);
            if (!isApproved) return new(IsDone: true, null);
            var entry = MoneyTable.Write(db, new()
            {
                Tenant = request.Tenant, Kind = MoneyKind.Payment, Amount = request.Amount, Note = $"payment request {request.Id}", At = at
            });
            AuditTable.Write(db, MoneyTable.NoteOf(entry));
            return new(IsDone: true, entry);
        }, stop, committed: done => { if (done.Entry is { } entry) _money.Posted?.Invoke(entry); }).ConfigureAwait(false);
        return decided.IsDone;
    }

    /// <summary>In the transaction of what changed the balance or the threshold.</summary>
    internal static void AskWhenBelow(IDbConnection db, MoneyAccount account, Recharge recharge, long balanceMicros, DateTimeOffset at)
    {
        if (balanceMicros >= recharge.ThresholdMicros) return;
        New.Run(db, Guid.CreateVersion7(at).ToString(), account.Tenant.ToString(), recharge.AmountMicros, account.Currency,
            recharge.Preference, Times.Text(at));
    }

    private sealed record Decision(bool IsDone, MoneyEntry? Entry);

    private sealed record Row
    {
        public Guid Id { get; init; }
        public TenantId TenantId { get; init; }
        public long AmountMicros { get; init; }
        public string Currency { get; init; } = "";
        public string Preference { get; init; } = "";
        public string State { get; init; } = "";
        public DateTimeOffset MadeAt { get; init; }
        public DateTimeOffset? DecidedAt { get; init; }

        public PaymentRequest ToRequest() => new()
        {
            Id = Id,
            Tenant = TenantId,
            Amount = new(AmountMicros, Currency),
            Preference = Preference,
            State = Names<PaymentState>.Parse(State),
            MadeAt = MadeAt,
            DecidedAt = DecidedAt,
        };
    }
}
