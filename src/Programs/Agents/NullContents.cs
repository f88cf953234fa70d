using System.Text.Json.Nodes;

namespace Ringwright.Programs.Agents;

/// <summary>
/// A message that only calls tools has no content, which is null with OpenAI. Servers that want a text there (LM Studio, Ollama, and what
/// has OpenAI's older schema) get an empty one; to others that is a sign that their model writes its calls as words.
/// </summary>
internal static class NullContents
{
    private const string Messages = "messages", Content = "content", Nulls = "contents that are null";

    private static readonly string[] Refusals =
    [
        "must be a string", "expected a string", "should be a valid string", "message content type",
    ];

    /// <summary>What <see cref="Mend"/> is to do; null where the refusal is of something else, or nothing is left to be done.</summary>
    public static string? RefusedBy(string said, JsonObject request) =>
        said.Contains(Content, StringComparison.OrdinalIgnoreCase)
        && Array.Exists(Refusals, words => said.Contains(words, StringComparison.OrdinalIgnoreCase))
        && Mend(Nulls, request.DeepClone().AsObject()) ? Nulls : null;

    /// <returns>False where there was nothing to do.</returns>
    public static bool Mend(string what, JsonObject request)
    {
        if (what is not Nulls) return false;
        bool hasChanged = false;
        foreach (var message in (request[Messages] as JsonArray ?? []).OfType<JsonObject>())
        {
            if (message[Content] is not null) continue;
            message[Content] = "";
            hasChanged = true;
        }
        return hasChanged;
    }
}
