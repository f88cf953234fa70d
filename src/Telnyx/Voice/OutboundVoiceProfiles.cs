using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Account;
using Ringwright.Telnyx.Faces;

namespace Ringwright.Telnyx.Voice;

/// <summary>
/// Five operations, crud. The dial gate reads what they say: whether outbound calls are allowed, where to, and how many at once.
/// </summary>
internal static class OutboundVoiceProfiles
{
    public static ResourceKind Kind(VoiceParts parts) => new("outbound_voice_profile")
    {
        Ids = IdStyle.Snowflake19,
        ReadOnly = ["connections_count"],
        Merged = ["call_recording"],
        Defaults = new()
        {
            ["tags"] = new JsonArray(),
            ["concurrent_call_limit"] = null,
            ["call_recording"] =
                new JsonObject { ["call_recording_type"] = "none", ["call_recording_caller_phone_numbers"] = new JsonArray() },
        },
        Validate = async (op, body, before) => Check(body) ?? await BillingGroups.CheckReferenceAsync(op, body, before, parts.Store),
        BeforeDelete = (op, row) => new(CheckNotDefault(op, row)),
        Show = (_, _, shown) => shown["connections_count"] ??= 0,
    };

    private const decimal MostDollars = 1_000_000_000m;

    public static readonly ResourceView<OutboundProfile> View = new()
    {
        Dialect = TelnyxFaces.Dialect,
        Read = Read,
        Columns = new Dictionary<string, string> { ["name"] = "name", ["enabled"] = "is_enabled" },
        Shown = new Dictionary<string, string> { ["connections_count"] = "connections_count" },
    };

    private static OutboundProfile Read(ResourceRow row) => new()
    {
        Id = long.Parse(row.Id, CultureInfo.InvariantCulture),
        Tenant = row.Tenant,
        Name = row.Body.Text("name") ?? "",
        Tags = row.Body.Texts("tags"),
        IsEnabled = row.Body.Flag("enabled", fallback: true),
        ConcurrentCallLimit = row.Body.Whole("concurrent_call_limit"),
        Destinations = row.Body["whitelisted_destinations"] is JsonArray ? row.Body.Texts("whitelisted_destinations") : ["US", "CA"],
        DailySpendLimitMicros =
            row.Body.Flag("daily_spend_limit_enabled", fallback: false) ? Micros(row.Body.Text("daily_spend_limit")) : null,
        MaxRateMicros = Micros((row.Body["max_destination_rate"] as JsonValue)?.ToJsonString()),
        BillingGroup = row.Body.Filled("billing_group_id"),
        Recording = row.Body.Child("call_recording") is { } recording ? Recorded(recording) : null,
    };

    private static ProfileRecording? Recorded(JsonObject recording) => recording.Text("call_recording_type") switch
    {
        "all" => new(Format(recording)),
        "by_caller_phone_number" =>
            new(Format(recording)) { Callers = recording.Texts("call_recording_caller_phone_numbers"), IsByCaller = true },
        _ => null,
    };

    private static AutoRecording Format(JsonObject recording) =>
        new(recording.Text("call_recording_format") ?? "wav", IsDual: recording.Text("call_recording_channels") is "dual");

    /// <summary>Millionths of a dollar, rounded up, from a decimal number as text; null for what is none.</summary>
    private static long? Micros(string? dollars) =>
        decimal.TryParse(dollars, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture,
            out decimal amount) && amount is >= 0 and <= MostDollars
            ? (long)decimal.Ceiling(amount * 1_000_000) : null;

    private static Problem? Check(JsonObject body)
    {
        if (string.IsNullOrWhiteSpace(body.Text("name")))
            return At("/name", VoiceErrors.BadLength, "name must have at least 3 characters.");
        if (body["concurrent_call_limit"] is not null && body.Whole("concurrent_call_limit") is not >= 0)
            return At("/concurrent_call_limit", VoiceErrors.BadRange,
                "concurrent_call_limit must be a whole number that is not negative, or null for no limit.");
        if (body.Text("daily_spend_limit") is { } spend
                && !(decimal.TryParse(spend, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal amount)
                    && amount <= MostDollars && spend.Length <= 20))
            return At("/daily_spend_limit", VoiceErrors.BadRequest,
                "daily_spend_limit must be a decimal number as text, for example 100.00.");

        if (body["max_destination_rate"] is JsonValue rate && Micros(rate.ToJsonString()) is null)
            return At("/max_destination_rate", VoiceErrors.BadRange, $"max_destination_rate must be a price from 0 to {MostDollars:0}.");
        var callers = body.Child("call_recording")?.Texts("call_recording_caller_phone_numbers") ?? [];
        for (int i = 0; i < callers.Count; i++)
        {
            if (!E164.TryParse(callers[i], out _))
                return At($"/call_recording/call_recording_caller_phone_numbers/{i}", VoiceErrors.NotE164,
                    "A caller must be a phone number in +E.164 format.");
        }

        var destinations = body.Texts("whitelisted_destinations");
        for (int i = 0; i < destinations.Count; i++)
        {
            if (destinations[i] is not ([>= 'A' and <= 'Z', >= 'A' and <= 'Z'] or OutboundProfile.SipAddresses))
                return At($"/whitelisted_destinations/{i}", VoiceErrors.BadRequest,
                    "A destination must be an ISO 3166 alpha-2 country code in capitals, or SIP for SIP URIs of other hosts.");
        }
        return null;
    }

    /// <summary>Calls that no connection places would have nothing to go by.</summary>
    private static Problem? CheckNotDefault(OperationContext op, ResourceRow row) =>
        op.Routing.FindTenant(op.Tenant)?.DefaultProfile?.ToString(CultureInfo.InvariantCulture) == row.Id
            ? new("10021", "This is the account's default profile, by which calls go out that no connection places: it cannot be deleted. "
                + "Set enabled to false to stop them.") : null;

    private static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };
}
