using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store.Resources;

namespace Ringwright.Telnyx.Voice;

/// <summary>Five operations, crud. The dial gate reads what they say: whether outbound calls are allowed, where to, and how many at once.</summary>
internal static class OutboundVoiceProfiles
{
    public static readonly ResourceKind Kind = new("outbound_voice_profile")
    {
        Ids = IdStyle.Snowflake19,
        Unique = ["name"],
        ReadOnly = ["connections_count"],
        Merged = ["call_recording"],
        Defaults = new() { ["tags"] = new JsonArray(), ["concurrent_call_limit"] = null },
        Validate = (_, body, _) => new(Check(body)),
        Show = (_, _, shown) => shown["connections_count"] ??= 0,
    };

    public static readonly ResourceView<OutboundProfile> View = new()
    {
        Read = Read,
        Columns = new Dictionary<string, string> { ["name"] = "name", ["enabled"] = "is_enabled" },
        Shown = new Dictionary<string, string> { ["connections_count"] = "connections_count" },
    };

    private static OutboundProfile Read(ResourceRow row) => new()
    {
        Id = long.Parse(row.Id, CultureInfo.InvariantCulture),
        Tenant = row.Tenant,
        Name = row.Body.Text("name") ?? "",
        IsEnabled = row.Body.Flag("enabled", fallback: true),
        ConcurrentCallLimit = row.Body.Whole("concurrent_call_limit"),
        Destinations = row.Body["whitelisted_destinations"] is JsonArray ? row.Body.Texts("whitelisted_destinations") : ["US", "CA"],
    };

    private static Problem? Check(JsonObject body)
    {
        if (string.IsNullOrWhiteSpace(body.Text("name"))) return At("/name", VoiceErrors.BadLength, "name must have at least 3 characters.");
        if (body["concurrent_call_limit"] is not null && body.Whole("concurrent_call_limit") is not >= 0)
            return At("/concurrent_call_limit", VoiceErrors.BadRange, "concurrent_call_limit must be a whole number that is not negative, or null for no limit.");
        if (body.Text("daily_spend_limit") is { } spend && !(decimal.TryParse(spend, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _) && spend.Length <= 20))
            return At("/daily_spend_limit", VoiceErrors.BadRequest, "daily_spend_limit must be a decimal number as text, for example 100.00.");

        var destinations = body.Texts("whitelisted_destinations");
        for (int i = 0; i < destinations.Count; i++)
        {
            if (destinations[i] is not [>= 'A' and <= 'Z', >= 'A' and <= 'Z'])
                return At($"/whitelisted_destinations/{i}", VoiceErrors.BadRequest, "A destination must be an ISO 3166 alpha-2 country code in capitals.");
        }
        return null;
    }

    private static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };
}
