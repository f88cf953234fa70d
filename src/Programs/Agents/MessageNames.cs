using System.Text.Json.Nodes;

namespace Ringwright.Programs.Agents;

/// <summary>
/// Who has written a message, where several write: OpenAI's member <c>name</c>. Servers that know none (Mistral, and Groq for some roles)
/// refuse the request for it, and get it without.
/// </summary>
internal static class MessageNames
{
    private const string Messages = "messages", Name = "name", Names = "names of messages";

    /// <summary>As refusals name the member; tools have one of that name as well.</summary>
    private static readonly string[] Members = ["\"name\"", "'name'", "`name`", ".name"];

    private static readonly string[] Refusals =
    [
        "not permitted", "extra_forbidden", "unsupported", "not supported", "not allowed", "unrecognized", "unknown",
    ];

    /// <summary>What <see cref="Mend"/> is to do; null where the refusal is of something else, or nothing is left to be done.</summary>
    public static string? RefusedBy(string said, JsonObject request) =>
        said.Contains(Messages, StringComparison.OrdinalIgnoreCase)
        && Array.Exists(Members, member => said.Contains(member, StringComparison.OrdinalIgnoreCase))
        && Array.Exists(Refusals, words => said.Contains(words, StringComparison.OrdinalIgnoreCase))
        && Mend(Names, request.DeepClone().AsObject()) ? Names : null;

    /// <returns>False where there was nothing to do.</returns>
    public static bool Mend(string what, JsonObject request)
    {
        if (what is not Names) return false;
        bool hasChanged = false;
        foreach (var message in (request[Messages] as JsonArray ?? []).OfType<JsonObject>()) hasChanged |= message.Remove(Name);
        return hasChanged;
    }
}
