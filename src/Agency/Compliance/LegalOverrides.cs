using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency.Compliance;

/// <summary>
/// An owner answers for a campaign that calls at hours at which nobody may be called without: who, when and why is in the trail, and in
/// the evidence of each attempt.
/// </summary>
internal sealed class LegalOverrides(AgencyParts parts, AgencyCampaigns campaigns)
{
    public async ValueTask<Reply> Give(OperationContext op)
    {
        if (await campaigns.FindAsync(op) is not { } campaign) return op.Unknown("id");
        if (AgencyText.Text(op.ReadObject(), "because") is not { } because) return op.Fail(AgencyText.Bad("because", "Say why."));
        var given = new JsonObject { ["because"] = because, ["by"] = op.Caller.KeyId, ["at"] = AgencyText.Time(op.Now) };
        return await ChangeAsync(op, campaign, "legal_override_given", given);
    }

    /// <summary>Windows that need it go first.</summary>
    public async ValueTask<Reply> End(OperationContext op) => await campaigns.FindAsync(op) is { } campaign
        ? await ChangeAsync(op, campaign, "legal_override_ended", given: null) : op.Unknown("id");

    /// <summary>Batches that are not over call by it from then on.</summary>
    private async ValueTask<Reply> ChangeAsync(OperationContext op, AgencyCampaign campaign, string name, JsonObject? given)
    {
        var reply = await campaigns.ChangeAsync(op, campaign, name, before => before with
        {
            LegalOverride = given?.DeepClone().AsObject(),
            UpdatedAt = op.Now,
        });
        if (!reply.IsProblem && await parts.Campaigns.FindAsync(campaign.TenantId, campaign.Id, op.Stop) is { } now)
            await parts.Follower.RewriteAsync(now, op.Stop);
        return reply;
    }
}
