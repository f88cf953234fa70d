using Dapper;
using Ringwright.Core;
using Ringwright.Store;

namespace Ringwright.Agency.Tables;

/// <summary>What a number of the operator's stock costs.</summary>
internal sealed record NumberPrice
{
    public string Text { get; init; } = "";
    /// <summary>Millionths of the currency's unit.</summary>
    public long MonthlyMicros { get; init; }
    public string Currency { get; init; } = "";
}

/// <summary>What numbers cost that agencies have bought, as the stock has it.</summary>
internal sealed class NumberPriceTable(Database store)
{
    internal const string Select = """
        select text, monthly_micros, currency from rw_stock_number where text in (
            select phone_number from agency_phone_numbers where tenant_id = @tenant and purchased_at is not null)
        """;

    /// <returns>By the digits of the number.</returns>
    public async ValueTask<IReadOnlyDictionary<string, NumberPrice>> ListAsync(TenantId agency, CancellationToken stop) =>
        (await store.Sql.ReadAsync(db => db.Query<NumberPrice>(Select, new { tenant = agency }).AsList(), stop))
            .ToDictionary(price => price.Text, StringComparer.Ordinal);
}
