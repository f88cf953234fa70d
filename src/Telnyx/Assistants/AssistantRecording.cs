using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>How the calls of an assistant are recorded: <c>recording_settings</c> of newer clients. No schema has looked at them.</summary>
internal static class AssistantRecording
{
    private const string Field = "recording_settings", IsOn = "enabled", Channels = "channels", Format = "format",
        StopsAtEnd = "stop_on_conversation_end";

    private static readonly string[] ChannelWords = ["single", "dual"], FormatWords = ["wav", "mp3"];

    /// <summary>What is wrong with them; null when nothing is.</summary>
    public static Problem? Check(JsonObject body)
    {
        const string pointer = $"/{AssistantBody.Telephony}/{Field}";
        if (body.Child(AssistantBody.Telephony)?[Field] is not { } given) return null;
        if (given is not JsonObject said) return AssistantBody.At(pointer, VoiceErrors.BadRequest, $"{Field} must be an object.");
        foreach (var (name, words) in new[] { (Channels, ChannelWords), (Format, FormatWords) })
            if (said[name] is not null && !(said.Filled(name) is { } word && words.Contains(word)))
                return AssistantBody.At($"{pointer}/{name}", VoiceErrors.BadRequest, $"{name} must be {string.Join(" or ", words)}.");
        foreach (string name in new[] { IsOn, StopsAtEnd })
            if (said[name] is { } flag && flag.GetValueKind() is not (JsonValueKind.True or JsonValueKind.False))
                return AssistantBody.At($"{pointer}/{name}", VoiceErrors.BadRequest, $"{name} must be true or false.");
        return null;
    }

    /// <summary>Puts them into its agent, where the node can record so.</summary>
    /// <param name="missing">Why recordings in that format cannot be made here; null when they can.</param>
    /// <returns>Why they cannot be followed, as a sentence; null when they can.</returns>
    public static string? Write(JsonObject fields, JsonObject definition, Func<RecordFormat, string?> missing)
    {
        if (fields.Child(AssistantBody.Telephony)?.Child(Field) is not { } said || !said.Flag(IsOn, fallback: true)) return null;
        string format = said.Filled(Format) ?? (missing(RecordFormat.Mp3) is null ? "mp3" : "wav");
        definition["recording"] = new JsonObject
        {
            [Channels] = said.Filled(Channels) ?? "dual", [Format] = format, ["stops_at_end"] = said.Flag(StopsAtEnd, fallback: false),
        };
        return missing(format is "mp3" ? RecordFormat.Mp3 : RecordFormat.Wav);
    }
}
