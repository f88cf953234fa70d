using Ringwright.Http;
using static Ringwright.Http.Bind;

namespace Ringwright.Telnyx.Account.Invoices;

/// <summary>What the account was charged, by month and by number. The contract gives these operations no names but their paths.</summary>
internal static class Bindings
{
    public static IEnumerable<Binding> Rows(InvoiceParts parts) =>
    [
        Handle("get /invoices", op => Invoices.List(op, parts)),
        Handle("get /invoices/{id}", op => Invoices.Get(op, parts)),
        Handle("get /charges_breakdown", op => Charges.Breakdown(op, parts)),
        Handle("get /charges_summary", op => Charges.Summary(op, parts)),
    ];
}
