using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Faces;

/// <summary>An outbound profile as an outbound_voice_profile.</summary>
internal static class ProfileFace
{
    public static JsonObject Write(OutboundProfile profile, JsonObject? document, DateTimeOffset createdAt)
    {
        document ??= New();
        var was = OutboundVoiceProfiles.View.Read(document.AsRow(profile.Id.ToString(CultureInfo.InvariantCulture), profile.Tenant));
        var wording = new Wording<OutboundProfile>(document, was, profile);
        wording.Say("name", p => p.Name, name => name);
        wording.Say("enabled", p => p.IsEnabled, isEnabled => isEnabled);
        wording.Say("concurrent_call_limit", p => p.ConcurrentCallLimit, limit => limit);
        wording.SayList("tags", p => p.Tags, tag => tag);
        wording.SayList("whitelisted_destinations", p => p.Destinations, country => country);
        wording.Say("daily_spend_limit", p => p.DailySpendLimitMicros,
            limit => limit is { } micros ? Dollars(micros).ToString("0.00####", CultureInfo.InvariantCulture) : null);
        wording.Say("daily_spend_limit_enabled", p => p.DailySpendLimitMicros is not null, isOn => isOn);
        wording.Say("max_destination_rate", p => p.MaxRateMicros, rate => rate is { } micros ? Dollars(micros) : null);
        wording.Say("billing_group_id", p => p.BillingGroup, group => group);
        if (!IsSame(was.Recording, profile.Recording)) document["call_recording"] = Recorded(profile.Recording);
        return document;
    }

    private static decimal Dollars(long micros) => micros / 1_000_000m;

    private static bool IsSame(ProfileRecording? one, ProfileRecording? other) =>
        one is null || other is null ? one == other : one.Recording == other.Recording && one.IsByCaller == other.IsByCaller
            && one.Callers.SequenceEqual(other.Callers);

    private static JsonObject Recorded(ProfileRecording? recording)
    {
        var document = new JsonObject
        {
            ["call_recording_type"] = recording is null ? "none" : recording.IsByCaller ? "by_caller_phone_number" : "all",
            ["call_recording_caller_phone_numbers"] = new JsonArray([.. (recording?.Callers ?? []).Select(caller => (JsonNode)caller)]),
        };
        if (recording is null) return document;
        document["call_recording_format"] = recording.Recording.Format;
        document["call_recording_channels"] = recording.Recording.IsDual ? "dual" : "single";
        return document;
    }

    /// <summary>Migration 22 writes the same for the default profile.</summary>
    private static JsonObject New() => new()
    {
        ["name"] = "",
        ["enabled"] = true,
        ["concurrent_call_limit"] = null,
        ["daily_spend_limit_enabled"] = false,
        ["service_plan"] = "global",
        ["tags"] = new JsonArray(),
        ["traffic_type"] = "conversational",
        ["usage_payment_method"] = "rate-deck",
        ["whitelisted_destinations"] = new JsonArray("US", "CA"),
        ["call_recording"] = new JsonObject { ["call_recording_type"] = "none", ["call_recording_caller_phone_numbers"] = new JsonArray() },
    };
}
