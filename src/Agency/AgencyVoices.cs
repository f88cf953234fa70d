using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Calls;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>The voices of the node, which are every agency's, and behind them those that the agency has at its provider.</summary>
internal sealed class AgencyVoices(AgencyParts parts)
{
    /// <summary>
    /// By a language, or what begins with one; and by a part of the id or the name. Users of a client are shown nothing of a provider.
    /// </summary>
    public async ValueTask<Reply> List(OperationContext op)
    {
        string? language = op.Query["language"], search = op.Query["search"];
        IReadOnlyList<ProviderVoice> others = AgencyScope.Of(op).Client is null
            ? await parts.ProviderVoices.ListAsync(op.Caller.Root, op.Stop) : [];
        var fitting = (parts.Speech?.Voices ?? []).Where(voice => Fits(voice.Id, voice.Name, voice.Language)).Select(Show)
            .Concat(others.Where(voice => Fits(voice.Id, voice.Name, voice.PrimaryLanguage)).Select(Show)).ToList();
        return op.Page([.. fitting.Skip(op.List.Offset).Take(op.List.Size)], fitting.Count);

        bool Fits(string id, string name, string? spoken) =>
            (language is null || spoken is not null && (spoken.Equals(language, StringComparison.OrdinalIgnoreCase)
                || spoken.StartsWith(language + "-", StringComparison.OrdinalIgnoreCase)))
            && (search is null || id.Contains(search, StringComparison.OrdinalIgnoreCase)
                || name.Contains(search, StringComparison.OrdinalIgnoreCase));
    }

    private static JsonNode Show(SpeechVoice voice) => new JsonObject
    {
        ["id"] = voice.Id, ["name"] = voice.Name, ["primary_language"] = voice.Language, ["provider"] = voice.Provider,
        // Who speaks is not always whose name it is.
        ["description"] = $"{voice.Name} ({voice.Engine})", ["is_public"] = true,
    };

    private static JsonNode Show(ProviderVoice voice) => new JsonObject
    {
        ["id"] = voice.Id, ["name"] = voice.Name, ["primary_language"] = voice.PrimaryLanguage,
        ["provider"] = ProviderCallTable.Provider, ["description"] = voice.Description ?? voice.Name, ["is_public"] = voice.IsPublic,
        ["preview_url"] = voice.PreviewUrl,
    };
}
