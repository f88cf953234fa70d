using System.Text.Json.Nodes;
using Ringwright.Calls;

namespace Ringwright.Telnyx.Voice;

/// <summary>What a command that was carried out answers.</summary>
internal static class CommandReply
{
    public static JsonObject Of(SubjectCommand command, ISpeech speech)
    {
        var reply = new JsonObject();
        if (command is LegCommand.Answer { Record: { } record }) reply["recording_id"] = record.Id.ToString();
        reply["result"] = "ok";
        string? voice = (command as LegCommand.Speak)?.Speech.Voice ?? (command as ConferenceCommand.Speak)?.Speech.Voice
            ?? ((command as LegCommand.Gather)?.Prompt as PromptSource.Speech)?.Voice;
        if (voice is not null && speech.Find(voice).Warning is { } warning) reply["warning"] = warning;
        return reply;
    }
}
