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

    /// <summary>Calls that are up go on.</summary>
    /// <returns>False when it was not running.</returns>
    public static ValueTask<bool> StopAsync(Database store, TenantId tenant, Guid id, DateTimeOffset now, AuditNote? note,
        CancellationToken stop) =>
        store.Campaigns.MoveAsync(tenant, id, [CampaignState.Run], CampaignState.Stopping, Requested, now, note, stop);

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
