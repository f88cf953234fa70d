using Ringwright.Calls;
using Ringwright.Conversations;

namespace Ringwright.Programs.Agents;

/// <summary>Whose talk it is on a leg that somebody else commands.</summary>
internal interface IAgentGuest
{
    /// <summary>Of a customer's own program; null where the agent thinks by itself.</summary>
    RelayMind? Mind { get; }

    /// <summary>Whoever commands the leg has ended it, or the leg has.</summary>
    bool IsEnd(CallEvent.AgentEnded ended);

    /// <param name="since">The talk's beginning.</param>
    ValueTask TellAsync(Message message, TimeSpan since);

    /// <summary>The commands that end its part, and the call where that is over too.</summary>
    IEnumerable<LegCommand> EndOf(EndReason reason);
}
