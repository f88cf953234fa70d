using System.Text.Json.Nodes;
using Ringwright.Conversations.Models;

namespace Ringwright.Conversations.Spoken;

/// <summary>What models that hear and speak themselves are told, whichever protocol they have.</summary>
public static class SpokenPrompt
{
    private const string OnTelephone =
        "You are talking on a telephone. Speak in short plain sentences, without lists or addresses of pages. Say numbers digit by digit.";
    private const string Exactly = "Say exactly the following words, and nothing else: ";

    /// <summary>For a model that is to say something, though nobody has spoken.</summary>
    public const string Silence = ChatRequest.Silence, Opening = ChatRequest.Opening;

    /// <summary>For a model that comes after another one, which was lost while somebody waited for its words.</summary>
    public const string Resumed =
        "(The line to you was lost for a moment. Answer what the caller has said last, or go on where you were cut off; do not greet.)";

    /// <param name="first">What it is to say before anything else, whoever speaks first; null for nothing.</param>
    internal static string Instructions(ModelAgent agent, IReadOnlyDictionary<string, string> variables, string? first)
    {
        string text = Template.Fill(agent.Instructions, variables, Limits.InstructionCharacters);
        if (agent.HasTelephoneNote) text += $"\n\n{OnTelephone}";
        if (agent.HasTelephoneNote && agent.Tools.Any(tool => tool is ModelTool.Hangup)) text += ChatRequest.ByHangup;
        return first is null ? text : $"{text}\n\nThe first thing that you say on this call is exactly: {first}";
    }

    internal static string Words(string words) => Exactly + words;

    /// <summary>The same as <see cref="Opening"/>, with words of ours before the model's.</summary>
    public static string OpeningWith(string notice) => $"{Opening} Begin with exactly these words: {notice}";

    /// <summary>In a form that is the same for all: name, description, parameters.</summary>
    internal static IEnumerable<(string Name, string Description, JsonObject Parameters)> Tools(ModelAgent agent,
        IReadOnlyDictionary<string, string> variables) =>
        agent.Tools.Select(tool => (tool.Name, Template.Fill(tool.Description, variables, Limits.InstructionCharacters), tool.Parameters));

    /// <summary>Of one of the model's own voices, named behind its maker and a dot; null takes the model's usual one.</summary>
    internal static string? VoiceOf(ModelAgent agent, string maker) =>
        agent.Voice.StartsWith(maker + ".", StringComparison.OrdinalIgnoreCase) && agent.Voice.Length > maker.Length + 1
            ? agent.Voice[(maker.Length + 1)..] : null;
}
