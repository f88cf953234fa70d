using Ringwright.Campaigns.Texts;
using Ringwright.Http;
using Ringwright.Jobs;

namespace Ringwright.Telnyx.Messaging;

/// <summary>What a text that asks for no more means for calls, where the account's policy says so.</summary>
internal static class StopJob
{
    public static JobKind Of(MessagingParts parts) => new(StopRule.Job, async job =>
    {
        await StopRule.RunAsync(parts.Store, job.Tenant, job.Input, job.Stop);
        return null;
    });
}
