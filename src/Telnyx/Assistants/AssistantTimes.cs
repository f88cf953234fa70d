using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Telnyx.Assistants;

/// <summary>How long an assistant talks and waits for its callers. No schema has looked at these: newer clients have them.</summary>
internal static class AssistantTimes
{
    private const string Plan = $"{AssistantBody.Interruptions}/start_speaking_plan", Endings = $"{Plan}/transcription_endpointing_plan";

    private const string IdleReply = "user_idle_reply_secs", IdleTimeout = "user_idle_timeout_secs";

    /// <summary>Of telephony settings, and as agents have them.</summary>
    private static readonly string[] Limits = ["time_limit_secs", IdleReply, IdleTimeout];

    /// <summary>What agents take; a silence may be 0 too, and is then none that anybody waits for.</summary>
    private static readonly (string Path, double Least, double Most)[] Known =
    [
        ($"{AssistantBody.Telephony}/time_limit_secs", 1, 14_400), ($"{AssistantBody.Telephony}/{IdleReply}", 1, 3_600),
        ($"{AssistantBody.Telephony}/{IdleTimeout}", 1, 14_400), ($"{Plan}/wait_seconds", 0, 5),
        ($"{Endings}/on_punctuation_seconds", 0, 10), ($"{Endings}/on_no_punctuation_seconds", 0, 10),
        ($"{Endings}/on_number_seconds", 0, 10),
    ];

    /// <summary>The first that is no such time; null when there is none.</summary>
    public static Problem? Check(JsonObject body)
    {
        foreach (var (path, least, most) in Known)
        {
            JsonNode? at = body;
            foreach (string step in path.Split('/')) at = (at as JsonObject)?[step];
            string name = path.Split('/')[^1];
            bool isSilence = name is IdleReply or IdleTimeout;
            if (at is null || at.GetValueKind() is JsonValueKind.Number && at.AsValue().TryGetValue(out double seconds)
                && (seconds >= least && seconds <= most || isSilence && seconds is 0)) continue;
            return AssistantBody.At("/" + path, VoiceErrors.BadRange, string.Create(CultureInfo.InvariantCulture,
                $"{name} must be {(isSilence ? "0 or " : "")}a number from {least} to {most}."));
        }
        return null;
    }

    /// <summary>Puts the limits of an assistant into its agent.</summary>
    public static void Write(JsonObject fields, JsonObject definition)
    {
        foreach (string limit in Limits)
            if (fields.Child(AssistantBody.Telephony)?[limit] is JsonValue said && !(said.TryGetValue(out double seconds) && seconds is 0))
                definition[limit] = said.DeepClone();
    }
}
