using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Audit;

namespace Ringwright.Telnyx.Account;

/// <summary>The account's trail of changes, newest first unless the request says otherwise.</summary>
internal static class AuditEvents
{
    public static async ValueTask<Reply> List(OperationContext op, AccountParts parts)
    {
        if (Time(op, "created_after", out var after) is { } badAfter) return op.Fail(badAfter);
        if (Time(op, "created_before", out var before) is { } badBefore) return op.Fail(badBefore);
        bool isRising = "asc".Equals(op.Query.List("sort").FirstOrDefault(), StringComparison.OrdinalIgnoreCase);
        var page = await parts.Store.Audit.ListAsync(op.Tenant, after, before, isFalling: !isRising, op.List.Offset, op.List.Size,
            op.Stop);
        return op.Page([.. page.Events.Select(e => Show(op, e))], page.Total);
    }

    private static Problem? Time(OperationContext op, string field, out DateTimeOffset? at)
    {
        at = null;
        if (op.List.Filter(field) is not { } text) return null;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var read))
        {
            at = read;
            return null;
        }
        return new("10031", "The value must be an ISO 8601 date and time.") { Parameter = $"filter[{field}]" };
    }

    private static JsonObject Show(OperationContext op, AuditEvent happened)
    {
        var shown = new JsonObject
        {
            ["id"] = happened.Id.ToString(),
            ["record_type"] = happened.RecordType,
            ["change_type"] = happened.Change,
            ["change_made_by"] = happened.By switch
            {
                AuditActor.Owner => "account_owner",
                AuditActor.Member => "organization_member",
                AuditActor.Manager => "account_manager",
                _ => "telnyx",      // whoever runs the service: the operator, or the node by itself
            },
            ["changes"] = happened.Changes.DeepClone(),
            ["resource_id"] = happened.ResourceId,
            ["alternate_resource_id"] = null,
            ["organization_id"] = op.Tenant.ToString(),
            ["created_at"] = TelnyxTime.Millis(happened.At),
        };
        // Who asked is known by the key; the program and its clocks have none.
        if (Guid.TryParse(happened.KeyId, out var key)) shown["user_id"] = key.ToString();
        return shown;
    }
}
