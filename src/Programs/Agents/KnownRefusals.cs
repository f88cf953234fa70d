using System.Text;

namespace Ringwright.Programs.Agents;

/// <summary>
/// What a server means that refuses a request for a reason which its operator can do something about. Its own words are not told: what was
/// asked may be in them.
/// </summary>
internal static class KnownRefusals
{
    private static readonly (string Means, string[] Words)[] All =
    [
        ("it takes no tools with this model",
            [
                "does not support tools", "enable-auto-tool-choice", "requires --jinja", "support tool use",
                "`tool calling` is not supported",
            ]),
        ("it is asked for more than the model takes in: context_tokens says how much that is",
            ["context_length_exceeded", "maximum context length", "exceed_context_size", "available context size"]),
    ];

    /// <returns>Why no answer came, as part of a sentence.</returns>
    public static string FaultOf(WebAnswer answer)
    {
        if (answer.Fault is { } word) return $"its server gave no whole answer: {word}";
        string said = Encoding.UTF8.GetString(answer.Body.Span);
        var known = answer.Status is >= 400 ? Array.Find(All, one => Array.Exists(one.Words,
            words => said.Contains(words, StringComparison.OrdinalIgnoreCase))) : default;
        return known.Means is { } means ? $"its server answered {answer.Status}: {means}" : $"its server answered {answer.Status}";
    }
}
