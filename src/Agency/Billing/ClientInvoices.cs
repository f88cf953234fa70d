using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Calls.Pricing;
using Ringwright.Http;

namespace Ringwright.Agency.Billing;

/// <summary>What clients were charged: a sum for each month, and each call and number of one.</summary>
internal sealed class ClientInvoices(AgencyParts parts)
{
    private const int SecondsPerMinute = 60;

    /// <summary>The newest month first; what is over is in it.</summary>
    public async ValueTask<Reply> List(OperationContext op)
    {
        if (await FindAsync(op) is not { } client) return op.Unknown("id");
        var agency = op.Caller.Root;
        string now = await MonthAsync(op);
        var (rows, total) = await parts.Usage.ListInvoicesAsync(agency, client.Id, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row, client, isOpen: row.Month == now))], total);
    }

    /// <summary>Of the month that is asked for; of this one when none is.</summary>
    public async ValueTask<Reply> Lines(OperationContext op)
    {
        if (await FindAsync(op) is not { } client) return op.Unknown("id");
        string? month = op.Query["month"];
        if (month is not null && !DateOnly.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out _))
            return op.Fail(new Problem("validation_error", "A month is a year and a month, such as 2026-02.") { Parameter = "month" });
        var (rows, total) = await parts.Usage.ListLinesAsync(op.Caller.Root, client.Id, month ?? await MonthAsync(op), op.List.Offset,
            op.List.Size, op.Stop);
        bool isWhole = op.Caller.Child is null;
        return op.Page([.. rows.Select(row => (JsonNode)Show(row, isWhole))], total);
    }

    private async ValueTask<ClientRow?> FindAsync(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        string id = op.Path("id").ToLowerInvariant();
        if (!scope.Sees(id) || await parts.Tenancy.ClientAsync(scope.Agency, id, op.Stop) is not { } client) return null;
        await parts.Charging.RunAsync(scope.Agency, client.Id, op.Stop);
        return client;
    }

    /// <summary>This one, by the agency's clock.</summary>
    private async ValueTask<string> MonthAsync(OperationContext op) =>
        new RatedClient { Timezone = (await parts.Tenancy.AgencyAsync(op.Caller.Root, op.Stop)).Timezone }.MonthOf(op.Now);

    private static JsonObject Show(InvoiceRow row, ClientRow client, bool isOpen) => new()
    {
        ["id"] = $"{client.Id}:{row.Month}:{row.Currency}", ["client_id"] = client.Id.ToString(), ["month"] = row.Month,
        ["currency"] = row.Currency, ["status"] = isOpen ? "open" : "closed", ["calls"] = row.Calls,
        ["minutes_billed"] = Minutes(row.BilledSeconds), ["minutes_included"] = Minutes(row.IncludedSeconds),
        ["call_charges"] = Money.Format(row.CallMicros), ["numbers"] = row.Numbers, ["number_fees"] = Money.Format(row.NumberMicros),
        ["client_price"] = Money.Format(row.CallMicros + row.NumberMicros),
    };

    /// <param name="isWhole">With the plan, which is the agency's own.</param>
    private static JsonObject Show(UsageLine line, bool isWhole)
    {
        var shown = new JsonObject
        {
            ["id"] = line.Id.ToString(), ["client_id"] = line.ClientId.ToString(), ["month"] = line.Month, ["kind"] = line.Kind,
            ["call_id"] = line.Kind is UsageLine.Call ? line.Subject : null,
            ["phone_number"] = line.Kind is UsageLine.Number ? line.Subject : null, ["billed_seconds"] = line.BilledSeconds,
            ["included_seconds"] = line.IncludedSeconds, ["currency"] = line.Currency, ["client_price"] = Money.Format(line.Micros),
            ["occurred_at"] = AgencyText.Time(line.OccurredAt),
        };
        if (isWhole) shown["rate_plan_id"] = line.RatePlanId.ToString();
        return shown;
    }

    private static decimal Minutes(long seconds) => Math.Round((decimal)seconds / SecondsPerMinute, 2, MidpointRounding.AwayFromZero);
}
