using Ringwright.Calls;

namespace Ringwright.Telnyx.Inference;

/// <summary>What asks the node's language model for APIs, and what they share of it.</summary>
public sealed record InferenceParts
{
    /// <summary>Null where the operator has none.</summary>
    public LanguageModel? Model { get; init; }
    public SpeechModels Speaking { get; init; } = new();
    /// <summary>Writes down what is said in files; null where nobody does.</summary>
    public IRecordingTranscriber? Listener { get; init; }
    public ModelPlaces Places { get; init; } = new();
    /// <summary>Files that are listened to: a recogniser of the node's own takes a processor for each.</summary>
    public ModelPlaces Hearings { get; init; } = new(most: 4, ofAccount: 2);
    /// <summary>One answer after the other in a conversation.</summary>
    public Turns Turns { get; init; } = new();
    public ListedModels Listed { get; } = new();
}

/// <summary>A server of OpenAI's chat completions: the operator's choice, and not under the target policy.</summary>
/// <param name="BaseUrl">Up to and without <c>/chat/completions</c>.</param>
public sealed record LanguageModel(string BaseUrl)
{
    /// <summary>Asked for whatever a request names; null asks for the one that it names.</summary>
    public string? Name { get; init; }

    /// <summary>What the server is asked for where a request names this.</summary>
    public Func<string, string> AskedFor { get; init; } = static named => named;

    /// <summary>Names that stand for models of the server's.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>The server's key, read anew for each question, or why there is none, as part of a sentence; null asks for none.</summary>
    public Func<(string? Key, string? Fault)>? Key { get; init; }
}
