namespace Ringwright.Telnyx.Inference;

/// <summary>Models that hear and speak themselves, over sockets of their own: no server of chat completions has them.</summary>
internal static class SpeechModels
{
    /// <summary>Whose models all are such, and what others have in their names.</summary>
    private const string Maker = "fixie-ai/", Realtime = "realtime";

    /// <summary>Why no assistant thinks by it, as a sentence; null when one may.</summary>
    /// <param name="node">Null where no model thinks.</param>
    public static string? FaultOf(string? model, LanguageModel? node)
    {
        if (model is null || !IsOne(model)) return null;
        // The operator may have another one asked for by its name.
        return node is not null && node.AskedFor(model) != model ? null
            : $"10041: models that hear and speak themselves are not built yet, and {model} is one.";
    }

    private static bool IsOne(string model) =>
        model.StartsWith(Maker, StringComparison.OrdinalIgnoreCase) || model.Contains(Realtime, StringComparison.OrdinalIgnoreCase);
}
