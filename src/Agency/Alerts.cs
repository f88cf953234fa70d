using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>What somebody of the agency is to look at, the newest first.</summary>
internal sealed class Alerts(AgencyParts parts)
{
    public async ValueTask<Reply> List(OperationContext op)
    {
        var (rows, total) = await parts.Alerts.ListAsync(op.Caller.Root, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public static JsonObject Show(AlertRow row) => new()
    {
        ["id"] = row.Id.ToString(), ["kind"] = row.Kind, ["subject"] = row.Subject.Length == 0 ? null : row.Subject,
        ["detail"] = row.Detail, ["created_at"] = AgencyText.Time(row.CreatedAt),
    };
}
