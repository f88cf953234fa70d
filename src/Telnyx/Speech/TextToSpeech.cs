using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Speech;

/// <summary>Text to an MP3 file, and the voices for it.</summary>
internal static class TextToSpeech
{
    /// <summary>RFC 7234 section 5.5: the body is a sound, and has no room for a sentence.</summary>
    private const string InPlace = "299 - \"another voice speaks in place of the one that was asked for\"";

    /// <summary>Answers audio/mpeg; there is no envelope.</summary>
    public static async ValueTask<Reply> Generate(OperationContext op, ISpeech speech)
    {
        var body = op.ReadObject();
        string text = body.Text("text") ?? "", voice = body.Text("voice") ?? ""; // the schema demands both
        if (text.Length > VoiceLimits.PayloadLength || string.IsNullOrWhiteSpace(text))
            return op.Invalid("/text", VoiceErrors.BadLength, $"text must have 1 to {VoiceLimits.PayloadLength} characters.");
        if (voice.Length is 0 or > VoiceLimits.VoiceLength || voice.AsSpan().ContainsAny(" \t\r\n"))
            return op.Invalid("/voice", VoiceErrors.Voice,
                $"voice must have 1 to {VoiceLimits.VoiceLength} characters and no spaces, for example female or AWS.Polly.Joanna.");
        if (VoiceNames.FaultOf(voice, speech) is { } fault) return op.Invalid("/voice", VoiceErrors.Voice, fault);

        var spoken = await speech.SpeakAsync(new(text, voice, Language: null, IsSsml: false), op.Stop);
        return spoken.Failure switch
        {
            PromptFailure.None when speech.Find(voice).Warning is not null =>
                op.Raw(200, "audio/mpeg", spoken.Mp3).With("Warning", InPlace),
            PromptFailure.None => op.Raw(200, "audio/mpeg", spoken.Mp3),
            PromptFailure.BadAudio or PromptFailure.TooLarge => op.Invalid("/text", VoiceErrors.BadRequest, spoken.Detail),
            _ => op.Fail(Fault.Unavailable, spoken.Detail),
        };
    }

    public static ValueTask<Reply> ListVoices(OperationContext op, ISpeech speech)
    {
        string? provider = op.Query["provider"];
        var voices = speech.Voices.Where(v => provider is null || v.Provider == provider);
        return new(op.Bare(200, new JsonObject { ["voices"] = new JsonArray([.. voices.Select(Show)]) }));
    }

    private static JsonNode Show(SpeechVoice voice)
    {
        var shown = new JsonObject
        {
            ["id"] = voice.Id,
            ["name"] = voice.Name,
            ["provider"] = voice.Provider,
            ["language"] = voice.Language,
            // Who speaks is not always whose name it is.
            ["label"] = $"{voice.Name} ({voice.Engine})",
        };
        if (voice.IsMan is { } isMan) shown["gender"] = isMan ? "male" : "female";
        return shown;
    }
}
