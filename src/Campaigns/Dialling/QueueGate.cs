using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Lets a campaign call as far as agents of its queue are there for who answers.</summary>
internal sealed class QueueGate(DiallerParts parts)
{
    /// <summary>What is measured over a month changes slowly.</summary>
    private static readonly TimeSpan MeasureEvery = TimeSpan.FromSeconds(10);

    /// <param name="others">Whose calls the same agents take: each agent is there for one of them all.</param>
    /// <returns>How many calls may begin; none where nobody knows the queue.</returns>
    public async ValueTask<int> RoomAsync(CampaignRun run, Guid queue, IReadOnlyList<CampaignRun> others, DateTimeOffset now,
        CancellationToken stop)
    {
        var campaign = run.Campaign;
        if (parts.Agents is not { } agents) return 0;
        if (await agents.AskAsync(campaign.Tenant, queue, campaign.Id, stop).ConfigureAwait(false) is not { } room) return 0;
        // Nobody of a flow has met an agent.
        if (run.Terms.IsAlone)
            return QueuePace.Room(Pacing.Fixed, run.Terms.ServiceLevel, room,
                await parts.Store.DialAttempts.CountLiveAsync(campaign, stop).ConfigureAwait(false), new());
        var live = await parts.Store.DialAttempts.CountWithAgentsAsync(campaign, stop).ConfigureAwait(false);
        int dialling = live.Dialling;
        foreach (var other in others)
        {
            dialling += (await parts.Store.DialAttempts.CountWithAgentsAsync(other.Campaign, stop).ConfigureAwait(false)).Dialling;
            if (await agents.AskAsync(campaign.Tenant, queue, other.Campaign.Id, stop).ConfigureAwait(false) is { } theirs)
                room = room with { Waiting = room.Waiting + theirs.Waiting };
        }
        if (run.Past is not { } past || now - run.MeasuredAt >= MeasureEvery || now < run.MeasuredAt)
        {
            run.Past = past =
                await parts.Store.DialAttempts.MeasureAsync(campaign, now - CampaignPast.Back, now, stop).ConfigureAwait(false);
            run.MeasuredAt = now;
        }
        int talking = live.Talking;
        if (run.Terms.Pacing is Pacing.Predictive && talking > 0)
            talking = Math.Min(talking, await agents.CountBusyAsync(campaign.Tenant, queue, stop).ConfigureAwait(false));
        return QueuePace.Room(run.Terms.Pacing, run.Terms.ServiceLevel, room, dialling, past with { Talking = talking });
    }
}
