using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin;

/// <summary>Campaigns dial by a copy of their plan: it follows each change of the plan, and so does who waits to be called again.</summary>
internal static class CampaignPlans
{
    private const int Attempts = 5, Page = 500;

    /// <summary>Of all campaigns with this plan.</summary>
    public static async ValueTask FollowAllAsync(VoipbinParts parts, ResourceRow plan, CancellationToken stop)
    {
        var rows = DialerRows.Of(parts.Store, DialerRows.Campaign);
        await foreach (var campaign in UsersOf(rows, plan, stop)) await FollowAsync(parts, plan.Tenant, campaign.Id, stop);
        parts.CampaignsChanged();
    }

    /// <summary>Campaigns that have not been deleted.</summary>
    public static IAsyncEnumerable<ResourceRow> UsersOf(IResourceRows campaigns, ResourceRow plan, CancellationToken stop) =>
        DialerRows.AllAsync(campaigns, plan.Tenant, stop, new ResourceFilter("outplan_id", "eq", [plan.Id]),
            new ResourceFilter(ResourceKind.DeletedField, "exists", ["false"]));

    /// <summary>Nobody is told: the campaign's own fields have not changed.</summary>
    public static async ValueTask FollowAsync(VoipbinParts parts, TenantId tenant, string id, CancellationToken stop)
    {
        var (campaigns, plans) = (DialerRows.Of(parts.Store, DialerRows.Campaign), DialerRows.Of(parts.Store, DialerRows.Outplan));
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            if (await campaigns.FindAsync(tenant, id, stop) is not { } row) return;
            var body = row.Body.DeepClone().AsObject();
            await VoipbinCampaigns.CopyPlanAsync(plans, tenant, body, stop);
            if (JsonNode.DeepEquals(body[CampaignDocument.Plan], row.Body[CampaignDocument.Plan])) return;
            await VoipbinCampaigns.MarkListAsync(DialerRows.Of(parts.Store, DialerRows.Outdial), tenant, body, row.Id, stop);
            if (await campaigns.UpdateAsync(row with { Body = body }, stop) is not WriteOutcome.Done) continue;
            await MoveRetriesAsync(parts, tenant, row.Body, body, stop);
            return;
        }
    }

    /// <summary>Whoever waits for the next try waits as long as the plan says now, from the end of the last one.</summary>
    /// <param name="before">The campaign's document before its change; without an outdial_id where it was made.</param>
    public static async ValueTask MoveRetriesAsync(VoipbinParts parts, TenantId tenant, JsonObject before, JsonObject after,
        CancellationToken stop)
    {
        // A list that was taken from it waits as another campaign says.
        if ((bool?)after[CampaignDocument.Lost] is true || VoipbinShape.IdOf(after["outdial_id"]) is not { } list) return;
        bool isOther = VoipbinShape.IdOf(before["outdial_id"]) != list;
        var (old, terms) = (CampaignDocument.TermsOf(before), CampaignDocument.TermsOf(after));
        if (!isOther && old.RetryInterval == terms.RetryInterval && old.RetryRules.SequenceEqual(terms.RetryRules)) return;
        var (now, last) = (parts.Store.Time.GetUtcNow(), Guid.Empty);
        while (true)
        {
            var page = await parts.Store.Targets.ListRetriesAsync(tenant, list, now, last, Page, stop);
            if (page.Count == 0) return;
            last = page[^1].Id;
            await parts.Store.Targets.DeferAsync(
                [
                    .. page.Where(target => isOther || old.GapAfter(target.Outcome) != terms.GapAfter(target.Outcome))
                        .Select(target => new TargetDeferral(target, target.UpdatedAt + terms.GapAfter(target.Outcome))),
                ], stop);
            if (page.Count < Page) return;
        }
    }
}
