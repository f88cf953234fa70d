using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Telnyx.Messaging;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What assistants do behind requests and behind talks: jobs, each kind with a runner of its own.</summary>
public static class AssistantJobs
{
    /// <summary>As such a runner is to do them: it is they that give up, so that their accounts hear of it.</summary>
    public static JobOptions Options => new() { Parallel = 4, Attempts = 50 };

    public static IReadOnlyList<JobKind> All(AssistantJobParts parts) =>
        [InsightRuns.Kind(parts), new(TalkJobs.Scheduled, job => new ScheduledRun(job, parts).RunAsync())];
}

/// <summary>What those jobs use.</summary>
public sealed record AssistantJobParts
{
    public required AssistantParts Assistants { get; init; }
    /// <summary>Of the texts that assistants are ordered to send.</summary>
    public required MessagingParts Messaging { get; init; }
    /// <summary>Places the calls that they are ordered to make.</summary>
    public required ICallControl Calls { get; init; }
    /// <summary>Null where nothing is found out of conversations, because the node has no language model.</summary>
    public IInsightModel? Insights { get; init; }
    /// <summary>Tells what was found out.</summary>
    public required TelnyxProjector Projector { get; init; }
    public required ILogger Log { get; init; }

    internal Database Store => Assistants.Store;
}
