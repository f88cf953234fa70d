using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Faces;
using Ringwright.Telnyx.Voice;
using static Ringwright.Telnyx.Connections.ConnectionRules;

namespace Ringwright.Telnyx.Connections;

/// <summary>
/// Five operations, crud. SIP users below a credential connection, with a name and password that we make; they may expire.
/// </summary>
internal static class TelephonyCredentials
{
    private const int MostPerTag = 1_000, LongestText = 255;
    private const string ResourcePrefix = "connection:";

    public static ResourceKind Kind(ConnectionParts parts) => new("credential")
    {
        Validate = (op, body, before) => CheckAsync(op, body, before, parts),
        Show = (op, row, shown) =>
        {
            shown["resource_id"] = ResourcePrefix + row.Body.Text("connection_id");
            shown["expired"] = ExpiryOf(row.Body) <= op.Now;
        },
    };

    public static readonly ResourceView<SipUser> View = new()
    {
        Dialect = TelnyxFaces.Dialect,
        Read = row => new()
        {
            Name = row.Body.Text("sip_username") ?? "",
            Password = row.Body.Text("sip_password") ?? "",
            Tenant = row.Tenant,
            Connection = new(row.Body.Id("connection_id") ?? 0),
            Credential = Guid.Parse(row.Id),
            ExpiresAt = ExpiryOf(row.Body),
        },
        Columns = new Dictionary<string, string>
        {
            ["sip_username"] = "user_name", ["connection_id"] = "connection_id", ["expires_at"] = "expires_at"
        },
        Secret = "sip_password",
    };

    /// <summary>What the contract filters by, as what is stored.</summary>
    public static ResourceFilter Translate(ResourceFilter filter, DateTimeOffset now) => filter.Path switch
    {
        "resource_id" => filter with
        {
            Path = "connection_id",
            Values = [.. filter.Values.Select(v => v.StartsWith(ResourcePrefix, StringComparison.Ordinal) ? v[ResourcePrefix.Length..] : v)]
        },
        "status" when filter.Values is ["active"] => new("expires_at", "gt", [Sortable(now)]),
        "status" when filter.Values is ["expired"] => new("expires_at", "lte", [Sortable(now)]),
        "status" => new("id", "in", []),
        _ => filter,
    };

    private static string Sortable(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static async ValueTask<Problem?> CheckAsync(OperationContext op, JsonObject body, ResourceRow? before, ConnectionParts parts)
    {
        if (body.Id("connection_id") is not { } id
                || op.Routing.FindConnection(op.Tenant, new(id)) is not { Kind: ConnectionKind.Credential })
            return At("/connection_id", VoiceErrors.BadRequest, "connection_id names no credential connection of this account.");
        foreach (string field in (ReadOnlySpan<string>)["name", "tag"])
            if (body.Text(field) is { Length: > LongestText })
                return At("/" + field, VoiceErrors.BadLength, $"{field} may have at most {LongestText} characters.");
        if (body.Filled("expires_at") is not null && ExpiryOf(body) is null)
            return At("/expires_at", VoiceErrors.BadRequest, "expires_at must be a date and time (ISO 8601).");
        if (body.Filled("tag") is { } tag && tag != before?.Body.Text("tag") && await CountAsync(op, parts, tag) >= MostPerTag)
            return At("/tag", VoiceErrors.BadRequest, $"{MostPerTag} credentials have this tag already.");

        if (before is not null) return null;
        body["sip_username"] = SipUserRules.NewName();
        body["sip_password"] = SipUserRules.NewPassword();
        return null;
    }

    private static async ValueTask<long> CountAsync(OperationContext op, ConnectionParts parts, string tag) =>
        (await parts.Store.SipCredentials.Rows(View)
            .ListAsync(op.Tenant, new() { Filters = [new("tag", "eq", [tag])], Limit = 1 }, op.Stop)).Total;

    private static DateTimeOffset? ExpiryOf(JsonObject body) =>
        body.Filled("expires_at") is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;
}
