using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls.Pricing;
using Ringwright.Http;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Account.Invoices;

/// <summary>A statement for each month that has ended. Its file is written when somebody asks for a link to it.</summary>
internal static class Invoices
{
    public static async ValueTask<Reply> List(OperationContext op, InvoiceParts parts)
    {
        var statements = await Statements.ListAsync(op.Tenant, parts, op.Now, op.Stop);
        // Newest first, unless the oldest are asked for.
        var ordered = op.List is { Sort: not null, IsDescending: false } ? statements : [.. statements.Reverse()];
        return op.Page([.. ordered.Skip(op.List.Offset).Take(op.List.Size).Select(s => (JsonNode)Show(op, s))], statements.Count);
    }

    public static async ValueTask<Reply> Get(OperationContext op, InvoiceParts parts)
    {
        if (!Guid.TryParse(op.Path("id"), out var id)) return op.Unknown("id");
        if ((await Statements.ListAsync(op.Tenant, parts, op.Now, op.Stop)).FirstOrDefault(s => s.Id == id) is not { } statement)
            return op.Unknown("id");
        var shown = Show(op, statement);
        if (op.Query["action"] is "link")
        {
            if (await parts.Store.Blobs.FindAsync(FileOf(op, statement), op.Stop) is null) await WriteAsync(op, parts, statement);
            shown["download_url"] = parts.Links.ToResult(op.Tenant, statement.File,
                string.Create(CultureInfo.InvariantCulture, $"invoice-{statement.Start:yyyy-MM}-{statement.Charged.Currency}.csv"), op.Now);
        }
        return op.Ok(shown);
    }

    private static async ValueTask WriteAsync(OperationContext op, InvoiceParts parts, InvoiceStatement statement)
    {
        var totals = await parts.Store.Money.TotalsAsync(op.Tenant,
            new MoneyQuery { From = statement.From, Before = statement.Before, Kind = MoneyKind.Charge }, op.Stop);
        var lines = totals.Where(t => t.Amount.Currency == statement.Charged.Currency).Select(t => (IEnumerable<string>)
        [
            t.Product ?? "", t.Direction?.ToString().ToLowerInvariant() ?? "", t.Entries.ToString(CultureInfo.InvariantCulture),
            t.BilledSeconds.ToString(CultureInfo.InvariantCulture), Money.Format(-t.Amount.Micros), t.Amount.Currency,
        ]);
        string[] total = ["total", "", "", "", statement.Charged.Text, statement.Charged.Currency];
        byte[] text = CsvText.Write(["product", "direction", "quantity", "billed_sec", "amount", "currency"], lines.Append(total));
        await parts.Store.Blobs.PutAsync(FileOf(op, statement), text, op.Stop);
    }

    private static BlobKey FileOf(OperationContext op, InvoiceStatement statement) => BlobKey.OfResult(op.Tenant, statement.File);

    private static JsonObject Show(OperationContext op, InvoiceStatement statement) => new()
    {
        ["invoice_id"] = statement.Id.ToString(),
        ["file_id"] = statement.File.ToString(),
        ["paid"] = statement.IsPaid,
        ["period_start"] = Day(statement.Start),
        ["period_end"] = Day(statement.End),
        ["url"] = op.Links.To($"{op.Dialect.Root}/invoices/{statement.Id}"),
    };

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
