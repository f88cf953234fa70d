namespace Ringwright.Telnyx.Inference;

/// <summary>Models that hear and speak themselves, over sockets of their own: no server of chat completions has them.</summary>
/// <param name="HasRealtime">The operator has a server of OpenAI's realtime protocol.</param>
/// <param name="HasUltravox">The operator has one of Ultravox.</param>
public sealed record SpeechModels(bool HasRealtime = false, bool HasUltravox = false)
{
    /// <summary>The protocols, in the words of agents.</summary>
    public const string Realtime = "realtime", Ultravox = "ultravox";

    /// <summary>Whose models all are Ultravox.</summary>
    private const string Maker = "fixie-ai/";

    /// <summary>By which protocol a model of this name speaks; null for one that reads and writes.</summary>
    /// <param name="node">What reads and writes here: the operator may have another model asked for by the name.</param>
    public static string? ProtocolOf(string? model, LanguageModel? node)
    {
        if (model is null || node is not null && node.AskedFor(model) != model) return null;
        if (model.StartsWith(Maker, StringComparison.OrdinalIgnoreCase)) return Ultravox;
        return model.Contains(Realtime, StringComparison.OrdinalIgnoreCase) ? Realtime : null;
    }

    /// <summary>Why no assistant talks by it on calls, as a sentence; null when one may.</summary>
    public static string? FaultOf(string? model, InferenceParts parts)
    {
        string? protocol = ProtocolOf(model, parts.Model);
        bool isThere = protocol switch
        {
            Realtime => parts.Speaking.HasRealtime,
            Ultravox => parts.Speaking.HasUltravox,
            _ => true,
        };
        return isThere ? null : "10041: models that hear and speak themselves have a server of their own, and this node has none for "
            + $"{model}: its operator names one by --{protocol}-url.";
    }

    /// <summary>Why it does nothing but talk on calls, as a sentence; null for a model that reads and writes.</summary>
    /// <param name="what">What it is wanted for, as part of a sentence.</param>
    public static string? FaultBeside(string? model, InferenceParts parts, string what) => ProtocolOf(model, parts.Model) is null ? null
        : $"10041: models that hear and speak themselves only talk on calls, and {model} is one: it {what}.";
}
