using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Programs.Agents;

/// <summary>
/// Servers that stream no answers, or none where there are tools (llama.cpp without its templates), or none to whom they do not know
/// (OpenAI's newer models, to organisations that are not verified), are asked for an answer in one piece: it comes later, and it comes.
/// </summary>
internal static class WholeAnswers
{
    private const string Stream = "stream", Options = "stream_options", Whole = "an answer in one piece";

    private static readonly string[] Refusals =
    [
        "verified to stream", "tools with stream", "support streaming", "stream is not supported", "streaming is not supported",
        "streaming not supported",
    ];

    /// <summary>What <see cref="Mend"/> is to do; null where the refusal is of something else, or nothing is left to be done.</summary>
    public static string? RefusedBy(string said, JsonObject request) =>
        Array.Exists(Refusals, words => said.Contains(words, StringComparison.OrdinalIgnoreCase))
        && Mend(Whole, request.DeepClone().AsObject()) ? Whole : null;

    /// <returns>False where there was nothing to do.</returns>
    public static bool Mend(string what, JsonObject request)
    {
        if (what is not Whole || request[Stream]?.GetValueKind() is not JsonValueKind.True) return false;
        request[Stream] = false;
        request.Remove(Options);
        return true;
    }
}
