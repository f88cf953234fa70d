using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>The voices of the node, which are every agency's.</summary>
internal sealed class AgencyVoices(AgencyParts parts)
{
    /// <summary>By a language, or what begins with one; and by a part of the id or the name.</summary>
    public ValueTask<Reply> List(OperationContext op)
    {
        string? language = op.Query["language"], search = op.Query["search"];
        var fitting = (parts.Speech?.Voices ?? [])
            .Where(voice => language is null || voice.Language.Equals(language, StringComparison.OrdinalIgnoreCase)
                || voice.Language.StartsWith(language + "-", StringComparison.OrdinalIgnoreCase))
            .Where(voice => search is null || voice.Id.Contains(search, StringComparison.OrdinalIgnoreCase)
                || voice.Name.Contains(search, StringComparison.OrdinalIgnoreCase))
            .ToList();
        return new(op.Page([.. fitting.Skip(op.List.Offset).Take(op.List.Size).Select(Show)], fitting.Count));
    }

    private static JsonNode Show(SpeechVoice voice) => new JsonObject
    {
        ["id"] = voice.Id, ["name"] = voice.Name, ["primary_language"] = voice.Language, ["provider"] = voice.Provider,
        // Who speaks is not always whose name it is.
        ["description"] = $"{voice.Name} ({voice.Engine})", ["is_public"] = true,
    };
}
