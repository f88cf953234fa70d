using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.OAuth;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>What the account has allowed programs; a grant that is deleted takes its tokens with it at once.</summary>
internal static class Grants
{
    public const string RecordType = "oauth_grant";

    public static async ValueTask<Reply> List(OperationContext op, OAuthParts parts)
    {
        var page = await parts.Store.OAuthGrants.ListAsync(op.Tenant, op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. page.Grants.Select(Show)], page.Total);
    }

    public static async ValueTask<Reply> Get(OperationContext op, OAuthParts parts) =>
        Guid.TryParseExact(op.Path("id"), "D", out var id) && await parts.Store.OAuthGrants.FindAsync(op.Tenant, id, op.Stop) is { } grant
            ? op.Ok(Show(grant))
            : op.Unknown("id");

    public static async ValueTask<Reply> Delete(OperationContext op, OAuthParts parts)
    {
        if (!Guid.TryParseExact(op.Path("id"), "D", out var id)) return op.Unknown("id");
        var gone = await parts.Store.OAuthGrants.DeleteAsync(op.Tenant, id,
            grant => op.Note("deleted", RecordType, grant.Id.ToString(), before: FieldsOf(grant)), op.Stop);
        if (gone is null) return op.Unknown("id");
        parts.Tokens.Ended();
        return op.Ok(Show(gone));
    }

    public static JsonObject FieldsOf(OAuthGrant grant) => new()
    {
        ["client_id"] = grant.Client.ToString(),
        ["scopes"] = new JsonArray([.. grant.Scopes.Select(s => (JsonNode)s)]),
    };

    private static JsonObject Show(OAuthGrant grant)
    {
        var shown = FieldsOf(grant);
        shown["id"] = grant.Id.ToString();
        shown["record_type"] = RecordType;
        shown["created_at"] = TelnyxTime.Millis(grant.CreatedAt);
        shown["last_used_at"] = grant.LastUsedAt is { } used ? TelnyxTime.Millis(used) : null;
        return shown;
    }
}
