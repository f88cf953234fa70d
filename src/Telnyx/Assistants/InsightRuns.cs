using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store.Tables;

namespace Ringwright.Telnyx.Assistants;

/// <summary>
/// Finds out of conversations that are over what the insight groups of their assistants ask for: a job for each, which was written with
/// the conversation's end.
/// </summary>
internal static class InsightRuns
{
    /// <summary>Before the second, third and fourth try of what a model has failed at.</summary>
    public static readonly TimeSpan[] Rests = [TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(300)];

    /// <summary>Asked for again while a node has no model, and while a call whose talk is over goes on.</summary>
    public static readonly TimeSpan WithoutModel = TimeSpan.FromMinutes(1), WhileCallLives = TimeSpan.FromSeconds(3);

    public static JobKind Kind(AssistantJobParts parts) => new(TalkJobs.Insights, async job =>
    {
        await new InsightRun(job, parts).RunAsync();
        return null;
    });
}
