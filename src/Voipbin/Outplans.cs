using System.Text.Json.Nodes;
using Ringwright.Campaigns.Windows;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin;

/// <summary>How a campaign dials: caller, ring time, gap and tries.</summary>
internal static class Outplans
{
    public static ResourceKind Kind(Contract contract, VoipbinEvents events, VoipbinParts parts) =>
        VoipbinShape.Kind(contract, events, "Outplan", "outplan") with
        {
            Queries = new Dictionary<string, (string, string)> { ["deleted"] = (ResourceKind.DeletedField, "exists") },
            Validate = static (_, body, _) => new(Check(body)),
            BeforeDelete = CheckUseAsync,
            Changed = (change, stop) => change.Before is null ? default : CampaignPlans.FollowAllAsync(parts, change.Row, stop),
        };

    private static Problem? Check(JsonObject body)
    {
        if (body["source"] is not JsonObject source) body["source"] = source = [];
        if (VoipbinAddress.Check("source", source) is { } wrong) return wrong;
        if (body["windows"] is not JsonArray { Count: > 0 }) body.Remove("windows");
        if (body["retry_rules"] is not JsonArray { Count: > 0 } rules) body.Remove("retry_rules");
        else if (RetryRules.Check(rules) is { } rule) return rule;
        var faults = new List<WindowFault>();
        CallingWindowJson.ReadWindows(body["windows"], "windows", faults);
        return faults.Count == 0 ? null : VoipbinShape.Bad("windows", $"{faults[0].Path}: {faults[0].Sentence}");
    }

    private static async ValueTask<Problem?> CheckUseAsync(OperationContext op, ResourceRow plan)
    {
        await foreach (var campaign in CampaignPlans.UsersOf(op.Dialect.Rows(DialerRows.Campaign), plan, op.Stop))
            if (VoipbinCampaigns.StatusOf(campaign) is not "stop")
                return op.Dialect.Errors.Problem(Fault.InUse, $"The campaign {campaign.Id} dials by this plan: it must be stopped first.");
        return null;
    }
}
