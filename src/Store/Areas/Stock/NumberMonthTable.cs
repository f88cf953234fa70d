using System.Data;
using Dapper;
using Ringwright.Core;
using Ringwright.Store.Engines;

namespace Ringwright.Store.Tables;

/// <summary>
/// What numbers cost by the month. A month is charged when it begins, once: the row says how many were, and changes with the entry in the
/// ledger of money. It goes with its number; one that another network has costs nothing until it is back.
/// </summary>
public sealed class NumberMonthTable
{
    internal const string Insert = """
        insert into rw_number_month (tenant_id, number, price_micros, currency, months, paid_until, created_at)
        values (@tenant, @number, @price, @currency, 1, @until, @at)
        """;
    internal const string SelectDueAllTenants = """
        select tenant_id, number, price_micros, currency, months, paid_until, created_at from rw_number_month where paid_until <= @now
        order by paid_until, number limit @limit
        """;
    internal const string Pay = """
        update rw_number_month set paid_until = @until, months = @month where tenant_id = @tenant and number = @number and months = @before
        """;

    internal const string SelectPrice = """
        select price_micros from rw_number_month where tenant_id = @tenant and number = @number
        """;
    internal const string SelectState = """
        select case when is_ported_out then 'out' else 'here' end from rw_number where tenant_id = @tenant and text = @number
        """;
    internal const string Delete = "delete from rw_number_month where tenant_id = @tenant and number = @number";

    private const int AtOnce = 100;

    private readonly Sql _sql;
    private readonly MoneyTable _money;
    private readonly TimeProvider _time;

    internal NumberMonthTable(Sql sql, MoneyTable money, TimeProvider time) => (_sql, _money, _time) = (sql, money, time);

    /// <summary>Charges the months that have begun since the last time, also when a node was away for several.</summary>
    /// <returns>How many were charged.</returns>
    public async ValueTask<int> ChargeDueAsync(CancellationToken stop)
    {
        int all = 0;
        while (true)
        {
            var now = Times.Cut(_time.GetUtcNow());
            var (count, entries) = await _sql.WriteAsync(db =>
            {
                var due = db.Query<Row>(SelectDueAllTenants, new { now, limit = AtOnce }).AsList();
                return (due.Count, Entries: due.Select(row => Charge(db, row, now)).OfType<MoneyEntry>().ToList());
            }, stop, committed: done => Tell(done.Entries)).ConfigureAwait(false);
            if (count == 0) return all;
            all += entries.Count;
        }
    }

    /// <summary>What a month of a number costs the account; null where it is charged none.</summary>
    public ValueTask<long?> PriceOfAsync(TenantId tenant, string number, CancellationToken stop) =>
        _sql.ReadAsync(db => db.QueryFirstOrDefault<long?>(SelectPrice, new { tenant, number }), stop);

    /// <summary>The first month, which whoever orders the number charges; nothing for one that costs nothing.</summary>
    internal static void Begin(IDbConnection db, TenantId tenant, StockNumber number, DateTimeOffset at)
    {
        if (number.MonthlyMicros == 0) return;
        db.Execute(Insert, new
        {
            tenant, number = number.Text, price = number.MonthlyMicros, currency = number.Currency, at = Times.Cut(at),
            until = Times.Cut(at).AddMonths(1),
        });
    }

    internal static string NoteOf(string number, int month) => $"{number}, month {month}";

    private MoneyEntry? Charge(IDbConnection db, Row row, DateTimeOffset at)
    {
        string? state = db.QueryFirstOrDefault<string>(SelectState, new { tenant = row.TenantId, number = row.Number });
        if (state is null)
        {
            db.Execute(Delete, new { tenant = row.TenantId, number = row.Number });
            return null;
        }
        int month = row.Months + 1;
        // From the first day on, so that a number of the 31st stays one.
        var until = row.CreatedAt.AddMonths(month);
        // Another node on the same database may have been faster.
        bool isMine = db.Execute(Pay, new { tenant = row.TenantId, number = row.Number, until, month, before = row.Months }) == 1;
        return !isMine || state is "out" ? null
            : _money.Enter(db, StockClaims.Charge(row.TenantId, row.PriceMicros, row.Currency, NoteOf(row.Number, month), at));
    }

    private void Tell(IReadOnlyList<MoneyEntry> entries)
    {
        foreach (var entry in entries) _money.Posted?.Invoke(entry);
    }

    private sealed record Row
    {
        public TenantId TenantId { get; init; }
        public string Number { get; init; } = "";
        public long PriceMicros { get; init; }
        public string Currency { get; init; } = "";
        public int Months { get; init; }
        public DateTimeOffset PaidUntil { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
    }
}
