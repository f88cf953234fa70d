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
    /// <summary>It begins with the leg's answer: who was called may say his hello first.</summary>
    public bool IsFromAnswer { get; init; }
    /// <summary>It is there to gather something, and ends when it has it; null where it only talks.</summary>
    public AgentGatherTerms? Gather { get; init; }
}

/// <summary>An agent that gathers: what of it is told before its end, beside that it has begun.</summary>
public sealed record AgentGatherTerms
{
    /// <summary>Each change of what was gathered.</summary>
    public bool TellsResults { get; init; }
    /// <summary>Each message.</summary>
    public bool TellsMessages { get; init; }
}

/// <summary>Messages for an agent, which are kept elsewhere: commands and events carry no words of a talk.</summary>
/// <param name="Batch">Minted by whoever gives them.</param>
/// <param name="AnswersNow">It answers at once, even where somebody else speaks.</param>
public sealed record AgentMessages(Guid Batch, int Count, bool AnswersNow);

/// <summary>How far an agent that gathers has come.</summary>
/// <param name="Result">What it has, as a JSON object.</param>
/// <param name="Messages">What was said and heard meanwhile, in order: a JSON list of objects with role and content.</param>
/// <param name="IsComplete">It has all that it was to gather.</param>
public sealed record AgentGathered(string Result, string Messages, bool IsComplete)
{
    public static readonly AgentGathered Nothing = new("{}", "[]", IsComplete: false);
}

/// <summary>Of what an agent gathers: what has changed.</summary>
public enum GatherChange
{
    /// <summary>It has begun.</summary>
    Begun,
    Result,
    Messages,
}

/// <summary>Why an agent that talked on somebody's leg ended: those reasons that others than its conversation say, or go by.</summary>
public static class AgentEnd
{
    public const string Stopped = "stopped", CallHangup = "call_hangup", NodeRestart = "node_restart", NodeFailure = "node_failure",
        AssistantHangup = "assistant_hangup", ProviderFailure = "provider_failure", Transferred = "transferred", Voicemail = "voicemail";
}
