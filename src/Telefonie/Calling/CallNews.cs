using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Telefonie.Calling;

/// <summary>What whoever placed a call is told of it beside its status, where that was asked for: who answered, and recordings.</summary>
/// <param name="Name">Of the event.</param>
/// <param name="Key">Tells it from others of the call.</param>
/// <param name="Member">What <paramref name="Said"/> is called in the callback.</param>
internal readonly record struct CallNews(string Name, string Key, string Member, JsonNode Said)
{
    /// <summary>Of a request, by which they are asked for.</summary>
    public const string Field = "status_callback_events";

    public const string Recording = "call.recording.completed", Detection = "call.amd";

    /// <summary>Those that may be asked for.</summary>
    public static readonly string[] All = [Recording, Detection];

    /// <summary>Null where the event is none of these.</summary>
    public static CallNews? Of(CallEvent call, PublicLinks links)
    {
        if (call is CallEvent.MachineDetected detected) return Answered("verdict", AnsweredBy.Of(detected.Verdict));
        if (call is CallEvent.MachineGreetingEnded greeted && AnsweredBy.Of(greeted.End) is { } by) return Answered("greeting", by);
        if (call is not CallEvent.RecordingSaved { Plan: { Mailbox: null, Conference: null } plan } saved) return null;
        string id = plan.Id.ToString();
        return new(Recording, id, "recording", new JsonObject
        {
            ["id"] = id, ["call_id"] = saved.Leg.Uuid.ToString(), ["status"] = "completed", ["channels"] = plan.Channels,
            ["source"] = "call", ["duration"] = TelefonieCall.Seconds(saved.Length),
            ["media_url"] = TelefonieRecordings.LinkTo(links, id),
        });
    }

    /// <summary>Asked for on the call.</summary>
    public static bool IsAsked(Labels labels, string name) => labels[TelefonieLabels.Events]?.Split(' ').Contains(name) is true;

    /// <summary>What a body asks for, as the label has it; null for nothing.</summary>
    public static string? Read(JsonObject body) => body[Field] is JsonArray { Count: > 0 } asked
        ? string.Join(' ', asked.Select(one => (string)one!).Distinct()) : null;

    /// <summary>The contract does not know the field.</summary>
    public static Problem? Check(JsonObject body)
    {
        if (body[Field] is not { } asked) return null;
        bool isKnown = asked is JsonArray names && names.All(one =>
            one is JsonValue said && said.TryGetValue(out string? name) && All.Contains(name));
        if (!isKnown) return TelefonieErrors.Bad(Field, $"{Field} is a list of {string.Join(" and ", All)}.");
        return (string?)body["status_callback"] is { Length: > 0 } ? null
            : TelefonieErrors.Bad(Field, $"{Field} goes with status_callback, which is told of them.");
    }

    private static CallNews Answered(string key, string by) => new(Detection, key, "answered_by", by);
}
