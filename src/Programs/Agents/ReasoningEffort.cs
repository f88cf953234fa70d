using System.Text.Json.Nodes;

namespace Ringwright.Programs.Agents;

/// <summary>
/// How much a model thinks before it answers is left to its server. Some take tools only where that is nothing (OpenAI's GPT-5.6 by chat
/// completions), say so in their refusal, and are asked so.
/// </summary>
internal static class ReasoningEffort
{
    private const string Tools = "tools", Effort = "reasoning_effort", None = "none", Nothing = "no thoughts beside tools";

    /// <summary>What <see cref="Mend"/> is to do; null where the refusal is of something else, or nothing is left to be done.</summary>
    public static string? RefusedBy(string said, JsonObject request) =>
        said.Contains(Effort, StringComparison.Ordinal) && said.Contains(None, StringComparison.OrdinalIgnoreCase)
        && Mend(Nothing, request.DeepClone().AsObject()) ? Nothing : null;

    /// <returns>False where there was nothing to do.</returns>
    public static bool Mend(string what, JsonObject request)
    {
        if (what is not Nothing || request.ContainsKey(Effort) || request[Tools] is not JsonArray) return false;
        request[Effort] = None;
        return true;
    }
}
