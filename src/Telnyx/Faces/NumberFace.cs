using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx.Numbers;

namespace Ringwright.Telnyx.Faces;

/// <summary>A number as a phone_number, with its voice settings inside.</summary>
internal static class NumberFace
{
    public static JsonObject Write(Number number, JsonObject? document, DateTimeOffset createdAt)
    {
        document ??= New(createdAt);
        var wording = new Wording<Number>(document, PhoneNumbers.View.Read(document.AsRow("", number.Tenant)), number);
        wording.Say("phone_number", n => n.Text, text => text);
        wording.Say("country_iso_alpha2", n => n.Country, country => country);
        wording.Say("connection_id", n => n.Connection, connection => connection?.ToString());
        wording.Say("status", n => n.IsPortedOut, isOut => isOut ? PhoneNumbers.PortedOut : PhoneNumbers.Active);
        wording.Say("billing_group_id", n => n.BillingGroup, group => group);
        wording.Say(MessagingSettings.Profile, n => n.MessagingProfile, profile => profile?.ToString());
        wording.SayList("tags", n => n.Tags, tag => tag);

        const string Voice = VoiceSettingsRows.Field;
        wording.Say($"{Voice}.translated_number", n => n.Voice.TranslatedNumber, text => text ?? "");
        wording.Say($"{Voice}.{VoiceSettings.Payment}", n => n.Voice.IsPaidByChannel,
            isByChannel => isByChannel ? VoiceSettings.ByChannel : VoiceSettings.ByMinute);
        wording.Say($"{Voice}.media_features.rtp_auto_adjust_enabled", n => n.Voice.IsRtpFixed, isFixed => !isFixed);
        wording.Say($"{Voice}.inbound_call_screening", n => n.Voice.Screening, screening => screening switch
        {
            CallScreening.Reject => "reject_calls",
            CallScreening.Flag => "flag_calls",
            _ => "disabled",
        });
        wording.Say($"{Voice}.caller_id_name_enabled", n => n.Voice.IsCallerNamed, isNamed => isNamed);
        wording.Say($"{Voice}.cnam_listing", n => n.Voice.ListedName, name => name is null
            ? new JsonObject { ["cnam_listing_enabled"] = false }
            : new JsonObject { ["cnam_listing_enabled"] = true, ["cnam_listing_details"] = name });
        wording.Say($"{Voice}.call_forwarding", n => n.Voice.Forwarding, forwarding => forwarding is null
            ? new JsonObject { ["call_forwarding_enabled"] = false }
            : new JsonObject
            {
                ["call_forwarding_enabled"] = true,
                ["forwards_to"] = forwarding.To, ["forwarding_type"] = forwarding.IsOnFailure ? "on-failure" : "always"
            });
        wording.Say($"{Voice}.call_recording", n => n.Voice.Recording, recording => recording is null
            ? new JsonObject { ["inbound_call_recording_enabled"] = false }
            : new JsonObject
            {
                ["inbound_call_recording_enabled"] = true,
                ["inbound_call_recording_format"] = recording.Format,
                ["inbound_call_recording_channels"] = recording.IsDual ? "dual" : "single",
            });
        return document;
    }

    /// <summary>As it comes in: active, without emergency service.</summary>
    public static JsonObject New(DateTimeOffset createdAt) => new()
    {
        ["customer_reference"] = "",
        ["emergency_enabled"] = false,
        ["emergency_status"] = "disabled",
        ["external_pin"] = "",
        ["hd_voice_enabled"] = true,
        ["phone_number"] = "",
        ["phone_number_type"] = "local",
        ["purchased_at"] = TelnyxTime.Millis(createdAt),
        ["source_type"] = null,
        ["status"] = PhoneNumbers.Active,
        ["tags"] = new JsonArray(),
        [VoiceSettingsRows.Field] = new JsonObject { [VoiceSettings.Payment] = VoiceSettings.ByMinute },
    };
}
