using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Agency.Talking;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>The script of an agent that thinks by steps: it needs no model, and does what it says and nothing else. Pure.</summary>
internal static class AgentSteps
{
    public const string Field = "script";

    /// <summary>What a call comes to with somebody who wants no more of them.</summary>
    public const string OptedOut = "dnc_requested";

    private const string Start = "start", Steps = "steps", Ask = "ask", Transfer = "transfer", To = "to", From = "from",
        Outcome = "outcome";

    /// <summary>Bytes of a script.</summary>
    private const int Most = 128 * 1024;

    /// <summary>Null for an agent without one.</summary>
    public static JsonObject? Of(AgentRow agent) => agent.Script is { } script ? JsonNode.Parse(script)!.AsObject() : null;

    /// <summary>The key by which anybody wants no more calls is an answer like others then.</summary>
    public static bool TakesKeys(AgentRow agent) => Of(agent) is { } script && TakesKeys(script);

    /// <summary>What is wrong with the script of an agent; null for nothing, and where it has none.</summary>
    /// <param name="faultOf">What is wrong with an agent as it talks, as part of a sentence; null when nothing is.</param>
    public static Problem? FaultOf(AgentRow agent, Func<string, string?> faultOf)
    {
        if (Of(agent) is not { } script) return null;
        if (agent.SystemPrompt is not null) return Bad("", "An agent has a system_prompt or a script, and not both.");
        if (JsonNode.Parse(agent.Tools) is JsonArray { Count: > 0 }) return Bad("", "An agent with a script asks no tools.");
        if (script.FirstOrDefault(field => field.Key is not (Start or Steps)) is { Key: { } unknown })
            return Bad("/" + unknown, $"There is no field '{unknown}' of a script: it has {Start} and {Steps}.");
        if (Encoding.UTF8.GetByteCount(script.ToJsonString()) > Most) return Bad("", $"A script has at most {Most} bytes.");
        if (faultOf(TalkDefinition.OfSteps(agent, script, []).ToJsonString()) is { } fault)
            return Bad("", $"The script cannot be read: {fault}.");
        var people = AgentTransfers.NumbersOf(agent.Transfers);
        bool canOptOut = false;
        var steps = StepsOf(script).ToDictionary(one => one.Name, one => one.Step, StringComparer.Ordinal);
        foreach (var (name, step) in steps)
        {
            if (step[Transfer] is JsonObject transfer)
            {
                string place = $"/{Steps}/{name}/{Transfer}/";
                if (transfer[From] is not null) return Bad(place + From, "Whoever is rung is shown the number of the agency.");
                if (TextOf(transfer[To]) is not { } to || !people.ContainsKey(to))
                    return Bad(place + To, $"{To} is the name of one of the agent's {AgentTransfers.Field}.");
            }
            if (TextOf(step[Outcome]) is not { } outcome) continue;
            if (!CallQuestion.Dispositions.Contains(outcome))
                return Bad($"/{Steps}/{name}/{Outcome}", $"An outcome is one of {string.Join(", ", CallQuestion.Dispositions)}.");
            canOptOut |= outcome is OptedOut;
            // What the call came to is told when it is over.
            if (outcome is OptedOut
                && Behind(name, steps).FirstOrDefault(one => OutcomeOf(steps, one) is not (null or OptedOut)) is { } undone)
                return Bad($"/{Steps}/{undone}/{Outcome}",
                    $"The step {name} leads here, and whoever wants no more calls there would be forgotten: ask again before {OptedOut}.");
        }
        return canOptOut || !TakesKeys(script) ? null
            : Bad("", $"A script that asks for keys has a step with the {Outcome} {OptedOut}: the key 9 is an answer in it.");
    }

    /// <summary>Puts it into an agent as it talks: whom a step names is rung by his number.</summary>
    /// <param name="from">The caller id, as such agents have it; null shows the number that was called.</param>
    public static void Write(JsonObject script, AgentRow agent, string? from, JsonObject definition)
    {
        var written = script.DeepClone().AsObject();
        var people = AgentTransfers.NumbersOf(agent.Transfers);
        foreach (var (_, step) in StepsOf(written))
        {
            if (step[Transfer] is not JsonObject transfer || TextOf(transfer[To]) is not { } to
                || !people.TryGetValue(to, out string? number)) continue;
            transfer[To] = number;
            if (from is not null) transfer[From] = from;
        }
        (definition[Start], definition[Steps]) = (written[Start]?.DeepClone(), written[Steps]?.DeepClone());
    }

    /// <summary>The steps that a call may come to from this one.</summary>
    private static HashSet<string> Behind(string first, IReadOnlyDictionary<string, JsonObject> steps)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var left = new Stack<string>([first]);
        while (left.TryPop(out string? name))
            foreach (string next in NextOf(steps.GetValueOrDefault(name)))
                if (seen.Add(next)) left.Push(next);
        return seen;
    }

    private static IEnumerable<string> NextOf(JsonNode? part) => part switch
    {
        JsonObject fields => fields.SelectMany(field =>
            field.Key is "go" or "otherwise" or "failed" && TextOf(field.Value) is { } next
                ? (IEnumerable<string>)[next] : NextOf(field.Value)),
        JsonArray many => many.SelectMany(NextOf),
        _ => [],
    };

    private static string? OutcomeOf(IReadOnlyDictionary<string, JsonObject> steps, string name) =>
        TextOf(steps.GetValueOrDefault(name)?[Outcome]);

    private static bool TakesKeys(JsonObject script) => StepsOf(script).Any(one => one.Step[Ask] is JsonObject ask
        && (ask["collect"] is JsonObject collect && TextOf(collect["kind"]) is "digits"
            || (ask["choices"] as JsonArray ?? []).Any(choice => choice is JsonObject chosen && chosen["digits"] is not null)));

    private static IEnumerable<(string Name, JsonObject Step)> StepsOf(JsonObject script) => (script[Steps] as JsonObject ?? [])
        .Where(one => one.Value is JsonObject).Select(one => (one.Key, one.Value!.AsObject()));      // just asked

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    /// <param name="below">The place in the script.</param>
    private static Problem Bad(string below, string sentence) => AgencyText.Bad(Field + below, sentence);
}
