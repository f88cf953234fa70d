using Ringwright.Calls;

namespace Ringwright.Programs.Agents;

/// <summary>Conversations that others have ordered for legs of theirs: what talks in them, and where it is kept what was heard.</summary>
public interface IAgentDesk
{
    /// <summary>False where nobody here can talk in such a conversation: it is as if there were no agents.</summary>
    bool Takes(AgentTerms terms) => true;

    /// <summary>Asked once, when the conversation begins.</summary>
    /// <param name="tell">Takes a line for the call's trace: what the agent does without, and why.</param>
    /// <returns>
    /// The agent as its files have it, with all that it knows of the call among its variables; or null and why, as part of a sentence and
    /// without anything of what is secret, when nobody can talk.
    /// </returns>
    ValueTask<(string? Agent, string? Fault)> OpenAsync(AgentTerms terms, LegFacts leg, Action<string> tell,
        CancellationToken stop);

    /// <summary>What its customer has given the agent to know.</summary>
    ValueTask<IReadOnlyList<KeptMessage>> ReadAsync(AgentTerms terms, LegFacts leg, AgentMessages messages, CancellationToken stop);

    /// <summary>Called one after the other, in the order in which it was heard.</summary>
    /// <exception cref="Exception">It is not kept.</exception>
    ValueTask KeepAsync(AgentTerms terms, LegFacts leg, KeptMessage message);

    /// <summary>The same of somebody who has spoken and was not understood; who keeps nothing of it does nothing.</summary>
    ValueTask KeepUnheardAsync(AgentTerms terms, LegFacts leg, DateTimeOffset at) => default;

    /// <summary>What a talk came to, behind all that was said in it, where the agent's script says so.</summary>
    ValueTask KeepOutcomeAsync(AgentTerms terms, LegFacts leg, string outcome) => default;

    /// <summary>Its customer has the agent answer nothing for now.</summary>
    ValueTask<bool> IsSilencedAsync(AgentTerms terms, LegFacts leg, CancellationToken stop) => new(false);

    /// <summary>Whoever the call is with wants no more calls.</summary>
    /// <returns>False where nobody keeps a list of that.</returns>
    ValueTask<bool> OptOutAsync(AgentTerms terms, LegFacts leg) => new(false);

    /// <summary>
    /// What is to stand on the call where whoever it is with does not want to be recorded; null where nobody deletes what was.
    /// </summary>
    Labels? RefusalOfRecording(AgentTerms terms) => null;

    /// <summary>Sends a text to whoever the call is with.</summary>
    /// <returns>Why it is not on its way, as a sentence; null when it is.</returns>
    ValueTask<string?> SendTextAsync(AgentTerms terms, LegFacts leg, string words) => new("No texts are sent here.");

    /// <summary>Whoever the call is with wants to be called again.</summary>
    /// <param name="at">As his agent has written it.</param>
    /// <returns>What came of it, for the agent.</returns>
    ValueTask<string> CallBackAsync(AgentTerms terms, LegFacts leg, string at) => new("Not done: nobody is called again from here.");
}

/// <summary>What was heard, or came of a tool.</summary>
/// <param name="Role">user, assistant or tool; also system or developer, of what its customer has given.</param>
/// <param name="At">When it began to be heard; of what was said to the agent, when that was over.</param>
public sealed record KeptMessage(string Role, string Text, DateTimeOffset At)
{
    /// <summary>Of an assistant: tools that it called, with a JSON object each.</summary>
    public IReadOnlyList<(string Id, string Name, string Arguments)> Calls { get; init; } = [];
    /// <summary>Of a tool: which call it is the result of.</summary>
    public string? CallId { get; init; }
    /// <summary>Of a tool: how long it ran; null where nobody knows.</summary>
    public TimeSpan? Took { get; init; }
    /// <summary>Of a user, in writing: who it is; null where that is not said.</summary>
    public string? Name { get; init; }
}
