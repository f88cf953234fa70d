using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Lets a campaign call as far as agents of its queue are there for who answers.</summary>
internal sealed class QueueGate(DiallerParts parts)
{
    /// <summary>What is measured over a month changes slowly.</summary>
    private static readonly TimeSpan MeasureEvery = TimeSpan.FromSeconds(10);

    /// <returns>How many calls may begin; none where nobody knows the queue.</returns>
    public async ValueTask<int> RoomAsync(CampaignRun run, Guid queue, DateTimeOffset now, CancellationToken stop)
    {
        var campaign = run.Campaign;
        if (parts.Agents is not { } agents) return 0;
        if (await agents.AskAsync(campaign.Tenant, queue, campaign.Id, stop).ConfigureAwait(false) is not { } room) return 0;
        // Nobody of a flow has met an agent.
        if (run.Terms.IsAlone)
            return QueuePace.Room(Pacing.Fixed, run.Terms.ServiceLevel, room,
                await parts.Store.DialAttempts.CountLiveAsync(campaign, stop).ConfigureAwait(false), new());
        var live = await parts.Store.DialAttempts.CountWithAgentsAsync(campaign, stop).ConfigureAwait(false);
        if (run.Past is not { } past || now - run.MeasuredAt >= MeasureEvery || now < run.MeasuredAt)
        {
            run.Past = past =
                await parts.Store.DialAttempts.MeasureAsync(campaign, now - CampaignPast.Back, now, stop).ConfigureAwait(false);
            run.MeasuredAt = now;
        }
        int talking = live.Talking;
        if (run.Terms.Pacing is Pacing.Predictive && talking > 0)
            talking = Math.Min(talking, await agents.CountBusyAsync(campaign.Tenant, queue, stop).ConfigureAwait(false));
        return QueuePace.Room(run.Terms.Pacing, run.Terms.ServiceLevel, room, live.Dialling, past with { Talking = talking });
    }
}
