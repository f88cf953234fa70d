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
    private const int LongestName = 15, LongestTranslation = 64;

    public static readonly ResourceKind Kind = new("voice_settings")
    {
        Ids = IdStyle.Snowflake19,
        Merged = ["call_forwarding", "call_recording", "cnam_listing", "media_features"],
        Paths = new Dictionary<string, string> { ["usage_payment_method"] = "voice.usage_payment_method" },
        Validate = (_, body, before) => new(Check(body, before?.Body)),
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

    private static Problem? Check(JsonObject body, JsonObject? before)
    {
        if (body.Filled("translated_number") is { } translated
                && !(translated.Length <= LongestTranslation && translated.All(c => char.IsAsciiLetterOrDigit(c) || c == '+')))
            return At("/translated_number", VoiceErrors.BadRequest,
                $"translated_number may hold at most {LongestTranslation} letters and digits.");
        if (body.Child("call_forwarding")?.Filled("forwards_to") is { } to)
        {
            if (!E164.TryParse(to, out _))
                return At("/call_forwarding/forwards_to", VoiceErrors.NotE164, "forwards_to must be a phone number in +E.164 format.");
            // What is stored under an older rule stays.
            if (IsOnFailure(body) && !(before is not null && IsOnFailure(before)))
                return At("/call_forwarding/forwarding_type", VoiceErrors.BadRequest,
                    "10041: forwarding after a failure is not built yet: forwarding_type must be always.");
            if (to == body.Text("phone_number"))
                return At("/call_forwarding/forwards_to", VoiceErrors.BadRequest, "A number cannot be forwarded to itself.");
        }
        return body.Child("cnam_listing")?.Filled("cnam_listing_details") is { } name
            && !(name.Length <= LongestName && name.All(c => char.IsAsciiLetterOrDigit(c) || c == ' ') && name.Any(char.IsAsciiLetter))
                ? At("/cnam_listing/cnam_listing_details", "10700",
                    $"cnam_listing_details may have at most {LongestName} letters, digits and spaces, and needs a letter.") : null;
    }

    private static bool IsOnFailure(JsonObject settings) => settings.Child("call_forwarding")?.Text("forwarding_type") is "on-failure";

    private static Problem At(string pointer, string code, string detail) => new(code, detail) { Pointer = pointer };
}
