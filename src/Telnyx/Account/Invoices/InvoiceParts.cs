using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Telnyx.Account.Invoices;

/// <summary>What the handlers of invoices and charges use.</summary>
public sealed record InvoiceParts
{
    public required Database Store { get; init; }
    /// <summary>Where recordings and the files of jobs are fetched.</summary>
    public required DownloadLinks Links { get; init; }
}
