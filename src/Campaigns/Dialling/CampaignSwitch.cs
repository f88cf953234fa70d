using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Campaigns.Dialling;

/// <summary>Starts and stops campaigns, by whichever face.</summary>
public static class CampaignSwitch
{
    public const string Requested = "requested";

    /// <returns>Why it does not run now; null when it does, also when it did before.</returns>
    public static async ValueTask<string?> StartAsync(Database store, TenantId tenant, Guid id, DateTimeOffset now, AuditNote? note,
        CancellationToken stop)
    {
        if (await store.Campaigns.FindAsync(tenant, id, stop).ConfigureAwait(false) is not { } campaign) return "there is no such campaign";
        if (campaign.State is CampaignState.Run) return null;
        var terms = CampaignTerms.Read(campaign.Terms);
        if (terms.From.Count == 0) return "it has no caller id";
        if (terms.EndsAt <= now) return "its end has passed";
        await store.Campaigns.MoveAsync(tenant, id, [CampaignState.Stop, CampaignState.Stopping], CampaignState.Run, reason: null, now,
            note, stop).ConfigureAwait(false);
        return null;
    }

    /// <summary>Calls that are up go on.</summary>
    /// <returns>False when it was not running.</returns>
    public static ValueTask<bool> StopAsync(Database store, TenantId tenant, Guid id, DateTimeOffset now, AuditNote? note,
        CancellationToken stop) =>
        store.Campaigns.MoveAsync(tenant, id, [CampaignState.Run], CampaignState.Stopping, Requested, now, note, stop);
}
