using System.Text.Json.Nodes;

namespace Ringwright.Programs.Agents;

/// <summary>
/// What a model has sent along with its calls, and gets back with them: a server may refuse that from its own model too, or miss it at
/// calls of before, which were kept without it.
/// </summary>
internal static class SentBack
{
    private const string Messages = "messages", Calls = "tool_calls";
    private const string Thoughts = "reasoning_content", MissingThoughts = "missing " + Thoughts;
    private static readonly string[] All = [Thoughts, "reasoning_details", "extra_content", "provider_specific_fields"];

    /// <summary>What <see cref="Mend"/> is to do; null where the refusal is of something else, or nothing is left to be done.</summary>
    public static string? RefusedBy(string said, JsonObject request)
    {
        string? what = Array.Find(All, member => said.Contains(member, StringComparison.Ordinal));
        if (what is Thoughts && said.Contains("missing", StringComparison.OrdinalIgnoreCase)) what = MissingThoughts;
        return what is not null && Mend(what, request.DeepClone().AsObject()) ? what : null;
    }

    /// <returns>False where there was nothing to do.</returns>
    public static bool Mend(string what, JsonObject request)
    {
        bool hasChanged = false;
        foreach (var message in (request[Messages] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (message[Calls] is not JsonArray calls) continue;
            if (what is MissingThoughts)
            {
                if (message[Thoughts] is not null) continue;
                // Nobody knows what they were, and an empty text is none to some.
                message[Thoughts] = " ";
                hasChanged = true;
                continue;
            }
            hasChanged |= message.Remove(what);
            foreach (var call in calls.OfType<JsonObject>()) hasChanged |= call.Remove(what);
        }
        return hasChanged;
    }
}
