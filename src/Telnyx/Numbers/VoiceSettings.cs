using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Numbers;

/// <summary>List, get and update of what happens to calls to a number beside its connection. A part of the number's own row.</summary>
internal static class VoiceSettings
{
    /// <summary>How calls to the number are paid: its field, and the values that it may have.</summary>
    public const string Payment = "usage_payment_method", ByChannel = "channel", ByMinute = "pay-per-minute";

    private const int LongestName = 15, LongestTranslation = 64;
    private static readonly string[] Merged = ["call_forwarding", "call_recording", "cnam_listing", "media_features"];

    public static readonly ResourceKind Kind = new("voice_settings")
    {
        Ids = IdStyle.Snowflake19,
        Merged = Merged,
        Paths = new Dictionary<string, string> { [Payment] = $"{VoiceSettingsRows.Field}.{Payment}" },
        Validate = (op, body, before) => new(Check(body) ?? CheckPayment(op.Routing, body, before?.Body)),
        Show = (op, _, shown) =>
            shown["connection_id"] = shown.Id("connection_id") is { } id
                && op.Routing.FindConnection(op.Tenant, new(id)) is { } connection ? connection.Id.ToString() : "",
    };

    /// <summary>What the call path reads of them.</summary>
    public static NumberVoice Read(JsonObject settings)
    {
        var (forwarding, recording) = (settings.Child("call_forwarding"), settings.Child("call_recording"));
        return new()
        {
            TranslatedNumber = settings.Filled("translated_number"),
            Forwarding = forwarding?.Filled("forwards_to") is { } to && forwarding.Flag("call_forwarding_enabled", fallback: true)
                ? new(to, IsOnFailure: forwarding.Text("forwarding_type") is "on-failure") : null,
            IsPaidByChannel = settings.Text(Payment) is ByChannel,
            Screening = settings.Text("inbound_call_screening") switch
            {
                "reject_calls" => CallScreening.Reject,
                "flag_calls" => CallScreening.Flag,
                _ => CallScreening.Disabled,
            },
            IsCallerNamed = settings.Flag("caller_id_name_enabled", fallback: false),
            ListedName = settings.Child("cnam_listing") is { } listing && listing.Flag("cnam_listing_enabled", fallback: false)
                ? listing.Filled("cnam_listing_details") : null,
            IsRtpFixed = settings.Child("media_features")?.Flag("rtp_auto_adjust_enabled", fallback: true) is false,
            Recording = recording?.Flag("inbound_call_recording_enabled", fallback: false) is true
                ? new(recording.Text("inbound_call_recording_format") ?? "wav",
                    IsDual: recording.Text("inbound_call_recording_channels") is "dual") : null,
        };
    }

    /// <summary>The fields of the number itself that say the same in short.</summary>
    public static void ShowFlags(JsonObject settings, JsonObject shown)
    {
        var voice = Read(settings);
        shown["call_forwarding_enabled"] = voice.Forwarding is not null;
        shown["call_recording_enabled"] = voice.Recording is not null;
        shown["caller_id_name_enabled"] = settings.Flag("caller_id_name_enabled", fallback: false);
        shown["cnam_listing_enabled"] = settings.Child("cnam_listing")?.Flag("cnam_listing_enabled", fallback: false) ?? false;
        shown["inbound_call_screening"] = settings.Text("inbound_call_screening") ?? "disabled";
        shown["t38_fax_gateway_enabled"] = settings.Child("media_features")?.Flag("t38_fax_gateway_enabled", fallback: false) ?? false;
    }

    /// <summary>Lays changes over settings, as an update of them does.</summary>
    public static void Merge(JsonObject settings, JsonObject change)
    {
        foreach (var (name, value) in change)
        {
            if (value is JsonObject members && settings[name] is JsonObject stored && Merged.Contains(name)) Merge(stored, members);
            else settings[name] = value?.DeepClone();
        }
    }

    /// <summary>What is wrong with settings for a number; null when nothing is.</summary>
    public static Problem? FaultOf(JsonObject settings, JsonObject before, string? number, RoutingSnapshot routing)
    {
        var whole = settings.DeepClone().AsObject();
        whole["phone_number"] = number;
        return Check(whole) ?? CheckPayment(routing, whole, before);
    }

    /// <summary>What is wrong with settings, whichever number has them.</summary>
    public static Problem? Check(JsonObject body)
    {
        if (body.Filled("translated_number") is { } translated
                && !(translated.Length <= LongestTranslation && translated.All(c => char.IsAsciiLetterOrDigit(c) || c == '+')))
            return At("/translated_number", VoiceErrors.BadRequest,
                $"translated_number may hold at most {LongestTranslation} letters and digits.");
        if (body.Child("call_forwarding")?.Filled("forwards_to") is { } to)
        {
            if (!E164.TryParse(to, out _))
                return At("/call_forwarding/forwards_to", VoiceErrors.NotE164, "forwards_to must be a phone number in +E.164 format.");
            if (to == body.Text("phone_number"))
                return At("/call_forwarding/forwards_to", VoiceErrors.BadRequest, "A number cannot be forwarded to itself.");
        }
        return body.Child("cnam_listing")?.Filled("cnam_listing_details") is { } name
            && !(name.Length <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c == ' ') && name.Any(char.IsAsciiLetter))
                ? At("/cnam_listing/cnam_listing_details", "10700",
                    $"cnam_listing_details may have at most {LongestName} letters, digits and spaces, and needs a letter.") : null;
    }

    /// <summary>A number that no zone's channels are for would have no limit, and seem to have one.</summary>
    private static Problem? CheckPayment(RoutingSnapshot routing, JsonObject body, JsonObject? before)
    {
        // What is stored under an older rule stays.
        if (body.Text(Payment) is not ByChannel || before?.Text(Payment) is ByChannel
            || body.Text("phone_number") is not { } text) return null;
        return ChannelZone.Of(text, routing.FindNumber(text)?.Country) is not null ? null
            : At($"/{Payment}", VoiceErrors.BadRequest,
                $"There are no voice channels for numbers of this country: {Payment} must be {ByMinute}.");
    }

    private static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };
}
