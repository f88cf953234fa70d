using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Texml;

/// <summary>The body of a new call in the words of a dial by call control, which means the same by most of them.</summary>
internal static class InitiateBody
{
    private const string Detection = "answering_machine_detection", Terms = "answering_machine_detection_config";

    /// <summary>Fields that say the same under another name.</summary>
    private static readonly FieldNames Names = new(
        ("To", "to"), ("From", "from"), ("CallerId", "from_display_name"), ("PreferredCodecs", "preferred_codecs"),
        ("SipAuthUsername", "sip_auth_username"), ("SipAuthPassword", "sip_auth_password"), ("MediaEncryption", "media_encryption"),
        ("CustomHeaders", "custom_headers"), ("Timeout", "timeout_secs"), ("TimeLimit", "time_limit_secs"),
        ("SuperviseCallSid", "supervise_call_control_id"), ("SupervisingRole", "supervisor_role"),
        ("RecordingTrack", "record_track"), ("RecordingTimeout", "record_timeout_secs"),
        ("MachineDetectionTimeout", $"{Terms}/total_analysis_time_millis"),
        ("MachineDetectionSpeechThreshold", $"{Terms}/greeting_duration_millis"),
        ("MachineDetectionSpeechEndThreshold", $"{Terms}/after_greeting_silence_millis"),
        ("MachineDetectionSilenceTimeout", $"{Terms}/initial_silence_millis"));

    /// <summary>Of newer clients than the contract, which has no types for them. In a form all are texts.</summary>
    private static readonly HashSet<string> NewTexts =
        new(["Texml", "MediaEncryption", "SuperviseCallSid", "SupervisingRole"], StringComparer.Ordinal);
    private static readonly HashSet<string> NewNumbers = new(["Timeout", "TimeLimit"], StringComparer.Ordinal);

    public static JsonObject Read(VoiceBody body)
    {
        CheckTypes(body);
        var dial = Names.Read(body, ["To", "From"], (name, value) => NewNumbers.Contains(name) ? Number(value) : value.DeepClone());
        ReadDetection(body, dial);
        ReadRecording(body, dial);
        return dial;
    }

    /// <summary>What is wrong with the dial, in the words of the body.</summary>
    public static Problem Translate(Problem problem) => Names.Translate(problem);

    private static void ReadDetection(VoiceBody body, JsonObject dial)
    {
        string word = body.Text("MachineDetection") ?? "Disable";
        if (word is "Disable" or "")
        {
            dial.Remove(Terms);
            return;
        }
        dial[Detection] = body.Text("DetectionMode") is "Premium" ? "premium" : word is "DetectMessageEnd" ? "greeting_end" : "detect";
        var terms = (JsonObject)(dial[Terms] ??= new JsonObject());
        terms["total_analysis_time_millis"] ??= 30_000;
    }

    private static void ReadRecording(VoiceBody body, JsonObject dial)
    {
        if (!body.Flag("Record"))
        {
            dial.Remove("record_track");
            dial.Remove("record_timeout_secs");
            return;
        }
        dial["record"] = "record-from-answer";
        dial["record_channels"] = body.Text("RecordingChannels") is "dual" ? "dual" : "single";
        if (body.Text("Trim") is not "do-not-trim") dial["record_trim"] = "trim-silence";
    }

    private static void CheckTypes(VoiceBody body)
    {
        foreach (string name in NewTexts)
            if (body.Json[name] is { } value && value.GetValueKind() is not JsonValueKind.String)
                body.Refuse(VoiceErrors.BadRequest, name, $"{name} must be a text.");
        foreach (string name in NewNumbers)
            if (body.Json[name] is { } value && body.Text(name) is not "" && Number(value).GetValueKind() is not JsonValueKind.Number)
                body.Refuse(VoiceErrors.BadRange, name, $"{name} must be a whole number.");
        if (body.Json["CustomHeaders"] is { } headers && !(headers is JsonArray list && list.All(IsHeader)))
            body.Refuse(VoiceErrors.BadRequest, "CustomHeaders", "CustomHeaders must be a list of objects with the texts name and value.");
    }

    private static bool IsHeader(JsonNode? item) => item is JsonObject header
        && header["name"]?.GetValueKind() is JsonValueKind.String && header["value"]?.GetValueKind() is JsonValueKind.String;

    private static JsonNode Number(JsonNode value) => value.GetValueKind() is JsonValueKind.String
        && int.TryParse(value.GetValue<string>(), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number : value.DeepClone();
}
