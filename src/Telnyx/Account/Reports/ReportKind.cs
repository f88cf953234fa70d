using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Jobs;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>A table that a report comes to: the lines of its file, and what its resource shows of it.</summary>
internal sealed record ReportTable(IReadOnlyList<string> Names, IReadOnlyList<JsonObject> Rows);

/// <summary>
/// A report that is asked for now and made by a job. The job is the report: its input is what was asked for, its state the report's
/// status, its file the report's content.
/// </summary>
/// <param name="Name">The job's kind, and the beginning of the file's name.</param>
/// <param name="RecordType">As the resource shows it.</param>
internal sealed record ReportKind(string Name, string RecordType)
{
    /// <summary>Makes the table. It only reads, so that it may be run again after a crash.</summary>
    public required Func<JobContext, ReportParts, ValueTask<ReportTable>> Make { get; init; }
    /// <summary>Fields of the input that the resource shows.</summary>
    public IReadOnlyList<string> Shown { get; init; } = [];
    /// <summary>The resource shows the rows themselves too.</summary>
    public bool HasResult { get; init; }
    /// <summary>Statuses are written in capitals.</summary>
    public bool Shouts { get; init; }
    /// <summary>So long after it was made its status says that it has expired; null where there is no such status.</summary>
    public TimeSpan? Life { get; init; }
    /// <summary>The resource names the account as its organization.</summary>
    public bool HasOrganization { get; init; }
}
