using Ringwright.Conversations.Scripts;

namespace Ringwright.Conversations;

/// <summary>What an agent is, as its author writes it: how it speaks and listens, and what it thinks by.</summary>
public abstract record AgentDefinition
{
    private protected AgentDefinition() { }

    /// <summary>BCP 47, of what is said and of what is listened to.</summary>
    public string Language { get; init; } = "en-US";
    /// <summary>In the words of the node's voices; empty takes the usual one.</summary>
    public string Voice { get; init; } = "";
    /// <summary>1 is the voice's own.</summary>
    public double VoiceSpeed { get; init; } = 1;
    /// <summary>By its name; null takes the node's usual one.</summary>
    public string? Recogniser { get; init; }
    /// <summary>What the recogniser is asked for, in its own names; null leaves that to the node.</summary>
    public string? RecogniserModel { get; init; }
    public ConversationTerms Terms { get; init; } = new();
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();
    /// <summary>The trace of the call has what was heard; else it says only that something was, as of all that is transcribed.</summary>
    public bool KeepsTranscript { get; init; }

    /// <summary>Words that are likely.</summary>
    public virtual IReadOnlyList<string> Hints => [];

    /// <summary>Null and what is wrong with it, with its place, when it is none.</summary>
    public static (AgentDefinition? Definition, string? Fault) Read(string json) => DefinitionParser.Read(json);
}
