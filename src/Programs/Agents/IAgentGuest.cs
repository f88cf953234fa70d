using Ringwright.Calls;
using Ringwright.Conversations;
using Ringwright.Core;

namespace Ringwright.Programs.Agents;

/// <summary>Whose talk it is on a leg that somebody else commands.</summary>
internal interface IAgentGuest
{
    /// <summary>Of a customer's own program; null where the agent thinks by itself.</summary>
    RelayMind? Mind { get; }

    /// <summary>Null where the agent only talks.</summary>
    AgentGather? Gather { get; }

    /// <summary>Whoever commands the leg has ended it, or the leg has.</summary>
    bool IsEnd(CallEvent.AgentEnded ended);

    /// <summary>What whoever commands the leg has given this one to know; null for what was given to another.</summary>
    ValueTask<ConversationInput.Told?> ReadAsync(CallEvent.AgentTold told, Instant now);

    /// <summary>
    /// Whoever ordered it has it answer nothing for now. Asked before each answer, and before the talk ends because the caller says
    /// nothing.
    /// </summary>
    ValueTask<bool> IsSilencedAsync() => new(false);

    /// <summary>What was heard, or came of a tool; it is kept beside the talk, which waits for nobody who writes.</summary>
    /// <param name="since">The talk's beginning.</param>
    void Tell(Message message, TimeSpan since);

    /// <summary>Somebody has spoken whom the recogniser has not understood.</summary>
    /// <param name="since">The talk's beginning.</param>
    void TellUnheard(TimeSpan since) { }

    /// <summary>What the talk has come to, in the words of the agent's script; kept behind all that was told.</summary>
    void TellOutcome(string outcome) { }

    /// <summary>Completes when all that was told is kept, or cannot be.</summary>
    Task KeepAsync();

    /// <summary>Whoever the call is with wants no more calls.</summary>
    /// <returns>False where nobody keeps a list of that.</returns>
    ValueTask<bool> OptOutAsync();

    /// <summary>
    /// What is to stand on the call where whoever it is with does not want to be recorded; null where nobody deletes what was.
    /// </summary>
    Labels? RefusalOfRecording => null;

    /// <summary>Sends a text to whoever the call is with.</summary>
    /// <returns>Why it is not on its way, as a sentence; null when it is.</returns>
    ValueTask<string?> SendTextAsync(string words);

    /// <summary>Whoever the call is with wants to be called again.</summary>
    /// <param name="at">As his agent has written it.</param>
    /// <returns>What came of it, for the agent.</returns>
    ValueTask<string> CallBackAsync(string at);

    /// <summary>The commands that end its part, and the call where that is over too.</summary>
    IEnumerable<LegCommand> EndOf(EndReason reason);
}
