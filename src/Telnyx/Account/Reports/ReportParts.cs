using Ringwright.Admission.Numbering;
using Ringwright.Http;
using Ringwright.Store;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>What the handlers of reports, and the jobs that make them, use.</summary>
public sealed record ReportParts
{
    public required Database Store { get; init; }
    /// <summary>Where recordings and the files of jobs are fetched.</summary>
    public required DownloadLinks Links { get; init; }
    /// <summary>What the world's numbers are.</summary>
    public required NumberingPlans Plans { get; init; }
}
