using System.Text.Json.Nodes;
using Ringwright.Http;

namespace Ringwright.Agency.Compliance;

/// <summary>
/// An owner answers for a campaign that calls at hours at which nobody may be called without: who, when and why is in the trail, and in
/// the evidence of each attempt.
/// </summary>
internal sealed class LegalOverrides(AgencyCampaigns campaigns)
{
    public async ValueTask<Reply> Give(OperationContext op)
    {
        if (await campaigns.FindAsync(op) is not { } campaign) return op.Unknown("id");
        if (AgencyText.Text(op.ReadObject(), "because") is not { } because) return op.Fail(AgencyText.Bad("because", "Say why."));
        var given = new JsonObject { ["because"] = because, ["by"] = op.Caller.KeyId, ["at"] = AgencyText.Time(op.Now) };
        return await campaigns.ChangeAsync(op, campaign, "legal_override_given",
            before => before with { LegalOverride = given, UpdatedAt = op.Now });
    }

    /// <summary>Windows that need it go first.</summary>
    public async ValueTask<Reply> End(OperationContext op) => await campaigns.FindAsync(op) is not { } campaign ? op.Unknown("id")
        : await campaigns.ChangeAsync(op, campaign, "legal_override_ended",
            before => before with { LegalOverride = null, UpdatedAt = op.Now });
}
