using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Numbers;

/// <summary>The list of numbers without what must be looked up elsewhere: tags and connections come when they are asked for.</summary>
internal static class SlimNumbers
{
    private const string WithTags = "include_tags", WithConnection = "include_connection";
    private static readonly string[] Shown =
    [
        "phone_number", "country_iso_alpha2", "phone_number_type", "status", "customer_reference", "billing_group_id", "external_pin",
        "emergency_enabled", "emergency_status", "emergency_address_id", "purchased_at",
    ];

    public static async ValueTask<Reply> List(OperationContext op, NumberParts parts)
    {
        bool hasTags = op.Query[WithTags] is "true", hasConnection = op.Query[WithConnection] is "true";
        foreach (var filter in op.List.Filters)
            if (Needs(filter.Path) is { } include && !(include == WithTags ? hasTags : hasConnection))
                return op.Fail(op.Dialect.Errors.Problem(Fault.BadFilter, $"filter[{filter.Path}] needs {include}=true.") with
                {
                    Parameter = $"filter[{filter.Path}]"
                });
        var page = await new PhoneNumberRows(parts.Store.Numbers.Rows(PhoneNumbers.View), parts.Store).ListAsync(op.Tenant, new()
        {
            Filters = NumberFilters.Read(op.List), Sort = op.List.Sort ?? "created_at", IsDescending = op.List.IsDescending,
            Offset = op.List.Offset, Limit = op.List.Size,
        }, op.Stop);
        return op.Page([.. page.Rows.Select(row => (JsonNode)Show(op, row, hasTags, hasConnection))], page.Total);
    }

    private static string? Needs(string filter) => filter switch
    {
        "tag" => WithTags,
        "connection_id" or "voice.connection_name" => WithConnection,
        _ => null,
    };

    private static JsonObject Show(OperationContext op, ResourceRow row, bool hasTags, bool hasConnection)
    {
        var shown = new JsonObject { ["id"] = row.Id, ["record_type"] = "phone_number" };
        foreach (string field in Shown)
            if (row.Body[field] is { } value) shown[field] = value.DeepClone();
        VoiceSettings.ShowFlags(row.Body.Child(VoiceSettingsRows.Field) ?? [], shown);
        shown["created_at"] = TelnyxTime.Millis(row.CreatedAt);
        if (hasTags) shown["tags"] = row.Body["tags"]?.DeepClone() ?? new JsonArray();
        if (!hasConnection) return shown;
        var connection = row.Body.Id("connection_id") is { } id ? op.Routing.FindConnection(op.Tenant, new(id)) : null;
        shown["connection_id"] = connection?.Id.ToString() ?? "";
        shown["connection_name"] = connection?.Name ?? "";
        return shown;
    }
}
