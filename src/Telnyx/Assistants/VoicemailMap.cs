using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Assistants;

/// <summary>What an assistant does with machines that answer, in the words in which agents have it.</summary>
internal static class VoicemailMap
{
    /// <summary>Of an agent.</summary>
    public const string Field = "voicemail";

    /// <summary>For machine detection to say who has answered.</summary>
    private const int VerdictSeconds = 4;

    private const string Leave = "leave_message_and_stop_assistant", Continue = "continue_assistant";

    /// <param name="waits">Who has answered is being found out: nothing is said before.</param>
    /// <returns>Null where machines are talked to like anybody.</returns>
    public static JsonObject? Of(JsonObject fields, bool waits)
    {
        var detected = fields.Child(AssistantBody.Telephony)?.Child("voicemail_detection")?.Child("on_voicemail_detected");
        if (detected is null && !waits) return null;
        var voicemail = new JsonObject();
        if (waits) voicemail["verdict_secs"] = VerdictSeconds;
        var said = detected?.Child("voicemail_message");
        string? prompt = said?.Text("type") is "prompt" ? said.Filled("prompt") : null, message = said?.Filled("message");
        switch (detected?.Text("action"))
        {
            case Continue:
                voicemail["action"] = "continue";
                break;
            // One without words leaves nothing.
            case Leave when prompt is not null || message is not null:
                voicemail["action"] = "leave_message";
                if (prompt is not null) voicemail["prompt"] = prompt;
                else voicemail["message"] = message;
                break;
        }
        return voicemail;
    }
}
