using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;

namespace Ringwright.Agency;

/// <summary>Who has changed what: the trail of the agency's account, or of a client's.</summary>
internal sealed class AgencyTrail(AgencyParts parts)
{
    public async ValueTask<Reply> List(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var (from, before, fault) = await AskedSpan.ReadAsync(op, parts.Tenancy);
        if (fault is not null) return op.Fail(fault);
        Guid actor = default;
        if (op.Query["actor"] is { } said && !Guid.TryParse(said, out actor))
            return op.Fail(new Problem("validation_error", "actor is the id of a user.") { Parameter = "actor" });
        string client = scope.Narrow(op.Query["client_id"]?.ToLowerInvariant());
        if (client.Length > 0 && await parts.Tenancy.ClientAsync(scope.Agency, client, op.Stop) is null) return op.Page([], 0);
        var account = client.Length > 0 ? new TenantId(Guid.Parse(client)) : scope.Agency;
        var page = await parts.Store.Audit.ListAsync(account, new AuditQuery
        {
            After = from, Before = before, Change = op.Query["action"] ?? "",
            RecordType = op.Query["resource"] ?? "",
            KeyId = op.Query["actor"] is null ? "" : AgencyKeys.KeyIdOf(actor),
        }, isFalling: true, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Events.Select(one => (JsonNode)Show(one, scope, client))], page.Total);
    }

    private static JsonObject Show(AuditEvent one, AgencyScope scope, string client)
    {
        var user = one.KeyId is { } key ? AgencyKeys.UserOf(key) : null;
        return new()
        {
            ["id"] = one.Id.ToString(), ["agency_id"] = scope.Agency.ToString(), ["client_id"] = client.Length > 0 ? client : null,
            ["actor_kind"] = user is not null ? "user" : SnakeName.Of(one.By), ["actor_user_id"] = user?.ToString(),
            ["action"] = one.Change, ["resource"] = one.RecordType, ["resource_id"] = one.ResourceId,
            ["changes"] = one.Changes.DeepClone(), ["at"] = AgencyText.Time(one.At),
        };
    }
}
