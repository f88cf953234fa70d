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
        string? voice = command switch
        {
            LegCommand.Speak speak => speak.Speech.Voice,
            LegCommand.Gather { Prompt: PromptSource.Speech prompt } => prompt.Voice,
            ConferenceCommand.Speak speak => speak.Speech.Voice,
            _ => null,
        };
        if (voice is not null && speech.Find(voice).Warning is { } warning) reply["warning"] = warning;
        return reply;
    }
}
