using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Voipbin;

/// <summary>Lists of whom to call. One is attached to a campaign at most.</summary>
internal static class Outdials
{
    /// <summary>The list has each target once, and passes over whoever comes a second time.</summary>
    public const string Skip = "skip";

    public static ResourceKind Kind(Contract contract, VoipbinEvents events, VoipbinParts parts) =>
        VoipbinShape.Kind(contract, events, "Outdial", "outdial") with
        {
            Queries = new Dictionary<string, (string, string)> { ["deleted"] = (ResourceKind.DeletedField, "exists") },
            Validate = async (op, body, _) =>
                (string?)body["name"] is null or "" ? VoipbinShape.Bad("name", "An outdial must have a name.")
                    : op.BodySchema?.FindProperty("campaign_id") is null ? null
                    : await VoipbinShape.CheckReferencesAsync(op, DialerRows.Campaign, "campaign_id", [body["campaign_id"]]),
            BeforeDelete = CheckUseAsync,
            Changed = (_, _) =>
            {
                parts.CampaignsChanged();
                return default;
            },
        };

    /// <summary>What becomes of a second target with an address of the list, since it was made; null where the list takes it.</summary>
    public static string? DedupeOf(ResourceRow list) => (string?)list.Body["dedupe"];

    private static async ValueTask<Problem?> CheckUseAsync(OperationContext op, ResourceRow list)
    {
        var campaigns = op.Dialect.Rows(DialerRows.Campaign);
        await foreach (var campaign in DialerRows.AllAsync(campaigns, op.Tenant, op.Stop, new ResourceFilter("status", "ne", ["stop"])))
            if ((string?)campaign.Body["outdial_id"] == list.Id || (string?)list.Body["campaign_id"] == campaign.Id)
                return op.Dialect.Errors.Problem(Fault.InUse,
                    $"The campaign {campaign.Id} calls from this list: it must be stopped first.");
        return null;
    }

    /// <summary>Whoever is done is called once more, from the first try on; who is called at this moment is not.</summary>
    public static async ValueTask<Reply> Reset(OperationContext op, VoipbinParts parts, Schema shape)
    {
        if (op.Query["status"] is not (null or "done"))
            return op.Fail(new Problem("INVALID_REQUEST_PARAMETER", "status may only be done.") { Parameter = "status" });
        if (await op.Dialect.Rows(DialerRows.Outdial).FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } row
                || ResourceKind.DeletedAt(row) is not null)
            return await op.UnknownAsync(DialerRows.Outdial, "id");
        await parts.Store.Targets.ResetDoneAsync(op.Tenant, Guid.Parse(row.Id), op.Now, op.Stop);
        parts.CampaignsChanged();
        return op.Ok(VoipbinShape.Of(shape, row));
    }
}
