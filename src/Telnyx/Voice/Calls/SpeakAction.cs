using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Telnyx.Speech;

namespace Ringwright.Telnyx.Voice.Calls;

internal static class SpeakAction
{
    public static LegCommand Map(VoiceBody body) => new LegCommand.Speak
    {
        Speech = Speech(body),
        Loops = body.Loops(),
        Stop = body.Stop(),
        Targets = body.Targets(),
        CommandId = body.CommandId(),
        Labels = body.Labels(),
    };

    /// <summary>The text with its voice; also read by gather_using_speak.</summary>
    public static PromptSource.Speech Speech(VoiceBody body)
    {
        string? language = body.Text("language");
        bool isSsml = body.OneOf("payload_type", VoiceErrors.PayloadType, "text", "ssml") is "ssml";
        if (body.OneOf("service_level", VoiceErrors.ServiceLevel, "basic", "premium") is "basic")
        {
            if (isSsml) body.Refuse(VoiceErrors.PayloadType, "payload_type", "The basic service level allows only payload_type text.");
            if (language is not (null or "en-US"))
                body.Refuse(VoiceErrors.Language, "language", "The basic service level allows only language en-US.");
        }

        string voice = body.Text("voice") ?? "";
        if (voice.Length is 0 or > VoiceLimits.VoiceLength || voice.AsSpan().ContainsAny(" \t\r\n"))
            body.Refuse(VoiceErrors.Voice, "voice",
                $"voice must have 1 to {VoiceLimits.VoiceLength} characters and no spaces, for example female or AWS.Polly.Joanna.");
        else if (body.VoiceFault(voice) is { } fault)
            body.Refuse(VoiceErrors.Voice, "voice", fault);
        return new(Payload(body, "payload"), voice, language, isSsml) { Speed = Speed(body) };
    }

    /// <summary>Newer clients say whose settings they send, and name the speed as that provider does.</summary>
    public static double Speed(VoiceBody body)
    {
        if (body.Json.Child("voice_settings") is not { } settings) return 1;
        if (settings["type"] is { } type && !(type is JsonValue named && named.TryGetValue(out string? provider)
            && VoiceNames.IsProvider(provider)))
            body.Refuse(VoiceErrors.BadRequest, "voice_settings/type", "type must be a provider of voices, for example telnyx or aws.");
        foreach (string name in (ReadOnlySpan<string>)["voice_speed", "speed"])
        {
            if (settings[name] is not { } said) continue;
            string field = $"voice_settings/{name}";
            var (slowest, fastest) = body.Speeds;
            if (said is JsonValue value && value.TryGetValue(out double speed) && speed >= slowest && speed <= fastest) return speed;
            body.Refuse(VoiceErrors.BadRange, field,
                string.Create(CultureInfo.InvariantCulture,
                    $"The voices of this node speak at {slowest} to {fastest} times their own speed."));
            return 1;
        }
        return 1;
    }

    public static string Payload(VoiceBody body, string name)
    {
        string text = body.Text(name) ?? "";
        if (text.Length > VoiceLimits.PayloadLength || string.IsNullOrWhiteSpace(text))
            body.Refuse(VoiceErrors.Payload, name, $"{name} must have 1 to {VoiceLimits.PayloadLength} characters.");
        return text;
    }
}
