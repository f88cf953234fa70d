using Ringwright.Store.Jobs;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>For how long what a job has made is there to be fetched. Then it has expired, and no answer has a link to it.</summary>
internal static class ReportLife
{
    /// <summary>Of files of numbers, and of parts of orders.</summary>
    public static readonly TimeSpan OfNumbers = TimeSpan.FromDays(7);
    /// <summary>Of sums of usage, whose status has a word for it.</summary>
    public static readonly TimeSpan OfUsage = TimeSpan.FromDays(30);

    /// <summary>A job was changed last when it was done.</summary>
    public static bool IsOver(Job job, TimeSpan life, DateTimeOffset now) =>
        job.State is JobState.Complete && job.UpdatedAt + life <= now;
}
