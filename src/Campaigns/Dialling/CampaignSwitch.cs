using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Starts and stops campaigns, by whichever face.</summary>
public static class CampaignSwitch
{
    public const string Requested = "requested";
    /// <summary>Of a try that is given back: what had allowed it, or whom it was for, is another by now.</summary>
    public const string TooLate = "too_late";

    private const int StopTries = 5;

    /// <returns>Why it does not run now; null when it does, also when it did before.</returns>
    public static async ValueTask<string?> StartAsync(Database store, TenantId tenant, Guid id, DateTimeOffset now, AuditNote? note,
        CancellationToken stop) => (await TryStartAsync(store, tenant, id, now, note, stop).ConfigureAwait(false))?.Text;

    /// <summary>Starts the one behind another. One that may not run shows why, and its face tells of that: nobody else hears it.</summary>
    /// <inheritdoc cref="StartAsync"/>
    internal static async ValueTask<string?> StartNextAsync(Database store, TenantId tenant, Guid id, DateTimeOffset now,
        CancellationToken stop)
    {
        if (await TryStartAsync(store, tenant, id, now, note: null, stop).ConfigureAwait(false) is not { } obstacle) return null;
        if (obstacle.Reason is { } reason)
            await store.Campaigns.MoveAsync(tenant, id, [CampaignState.Stop], CampaignState.Stop, reason, now, note: null, stop)
                .ConfigureAwait(false);
        return obstacle.Text;
    }

    /// <summary>
    /// Calls that are up go on, and none begins any more: what was about to be dialled is withdrawn. One that stops because its list is at
    /// an end would go on with a try that is given back, and start the one behind it: asked for, its stop is one for good.
    /// </summary>
    /// <returns>False when it was not running.</returns>
    public static async ValueTask<bool> StopAsync(Database store, TenantId tenant, Guid id, DateTimeOffset now, AuditNote? note,
        CancellationToken stop)
    {
        bool isStopped = await TryStopAsync(store, tenant, id, now, note, stop).ConfigureAwait(false);
        // Also of one that was stopped before: whoever asked for that may have died in between.
        await WithdrawAsync(store, tenant, id, Requested, now, stop).ConfigureAwait(false);
        return isStopped;
    }

    /// <summary>
    /// Gives back the tries that are taken and not dialled yet, of a campaign that runs no more. Whoever is about to dial one finds no
    /// claim, and makes no leg; where the leg has its first row already, nothing is given back.
    /// </summary>
    /// <param name="targets">Tries of these alone, of a campaign that may run on; null for all.</param>
    public static async ValueTask WithdrawAsync(Database store, TenantId tenant, Guid id, string reason, DateTimeOffset now,
        CancellationToken stop, IReadOnlySet<Guid>? targets = null)
    {
        foreach (var open in await store.DialAttempts.ListLiveAsync(tenant, id, stop).ConfigureAwait(false))
            if (targets?.Contains(open.Target) is not false) await ReturnAsync(store, open, reason, now, stop).ConfigureAwait(false);
    }

    /// <summary>The same of these targets, whichever campaigns are about to call them.</summary>
    /// <param name="targets">At most <see cref="TargetTable.MostAtOnce"/>.</param>
    public static async ValueTask WithdrawAsync(Database store, TenantId tenant, IReadOnlyList<Guid> targets, string reason,
        DateTimeOffset now, CancellationToken stop)
    {
        foreach (var id in await store.TargetRefusals.ListClaimedAsync(tenant, targets, stop).ConfigureAwait(false))
            if (await store.DialAttempts.FindAsync(tenant, id, stop).ConfigureAwait(false) is { } open)
                await ReturnAsync(store, open, reason, now, stop).ConfigureAwait(false);
    }

    private static async ValueTask ReturnAsync(Database store, DialAttempt open, string reason, DateTimeOffset now, CancellationToken stop)
    {
        if (open.State is AttemptState.Claimed)
            await store.DialAttempts.SettleAsync(new(open, AttemptJudge.Fail, reason, now, IsReturned: true), AttemptState.Claimed, now,
                stop).ConfigureAwait(false);
    }

    private static async ValueTask<bool> TryStopAsync(Database store, TenantId tenant, Guid id, DateTimeOffset now, AuditNote? note,
        CancellationToken stop)
    {
        // It may go from the one to the other while it is looked at.
        for (int tries = 0; tries < StopTries; tries++)
        {
            if (await MoveAsync(CampaignState.Run).ConfigureAwait(false)) return true;
            var campaign = await store.Campaigns.FindAsync(tenant, id, stop).ConfigureAwait(false);
            if (campaign is { State: CampaignState.Run }) continue;
            if (campaign is not { State: CampaignState.Stopping, StopReason: Campaign.Exhausted }) return false;
            if (await MoveAsync(CampaignState.Stopping).ConfigureAwait(false)) return true;
        }
        return false;

        ValueTask<bool> MoveAsync(CampaignState from) =>
            store.Campaigns.MoveAsync(tenant, id, [from], CampaignState.Stopping, Requested, now, note, stop);
    }

    private static async ValueTask<Obstacle?> TryStartAsync(Database store, TenantId tenant, Guid id, DateTimeOffset now, AuditNote? note,
        CancellationToken stop)
    {
        var unknown = new Obstacle(null, "there is no such campaign");
        if (await store.Campaigns.FindAsync(tenant, id, stop).ConfigureAwait(false) is not { } campaign) return unknown;
        if (campaign.State is CampaignState.Run) return null;
        var terms = CampaignTerms.Read(campaign.Terms);
        if (terms.From.Count == 0) return new(CampaignStep.NoCaller, "it has no caller id");
        if (terms.EndsAt <= now) return new(CampaignStep.Ended, "its end has passed");
        if (await store.Campaigns.MoveAsync(tenant, id, [CampaignState.Stop, CampaignState.Stopping], CampaignState.Run, reason: null, now,
                note, stop).ConfigureAwait(false))
            return null;
        // Somebody else has started it meanwhile, or it was deleted.
        return await store.Campaigns.FindAsync(tenant, id, stop).ConfigureAwait(false) is { State: CampaignState.Run } ? null : unknown;
    }

    /// <param name="Reason">As campaigns show why they are stopped; null of one that shows nothing any more.</param>
    private sealed record Obstacle(string? Reason, string Text);
}
