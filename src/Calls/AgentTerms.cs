namespace Ringwright.Calls;

/// <summary>
/// An agent that talks on a leg which somebody else commands. Its events carry no more of it than this: what it is told, and what is said,
/// is kept under the conversation's id by whoever ordered it.
/// </summary>
/// <param name="Conversation">Minted by whoever orders it.</param>
public sealed record AgentTerms(Guid Conversation)
{
    /// <summary>What its customer calls it; empty for one that the order itself describes.</summary>
    public string Assistant { get; init; } = "";
    /// <summary>The model that thinks for it, by the customer's name for that.</summary>
    public string Model { get; init; } = "";
    /// <summary>As the customer named the voice.</summary>
    public string Voice { get; init; } = "";
    /// <summary>As the customer named the recogniser; empty where he named none.</summary>
    public string Recogniser { get; init; } = "";
    /// <summary>What is to be found out of the conversation when it is over, by the id that its customer knows; null for nothing.</summary>
    public string? InsightGroup { get; init; }
}

/// <summary>Why an agent that talked on somebody's leg ended, where no conversation says so.</summary>
public static class AgentEnd
{
    public const string Stopped = "stopped", CallHangup = "call_hangup", NodeRestart = "node_restart", NodeFailure = "node_failure";
}
