namespace Ringwright.Conversations;

/// <summary>What becomes of a conversation with a machine (5.7), where somebody finds out whether it is one.</summary>
public sealed record VoicemailTerms
{
    /// <summary>Nothing is said before it is known who has answered, or so much time is over; null does not wait.</summary>
    public TimeSpan? ForVerdict { get; init; }

    public VoicemailAction Action { get; init; }

    /// <summary>Said behind the machine's tone, unless the brain is to say it.</summary>
    public string Message { get; init; } = "";

    /// <summary>What the brain is told of the message that it is to leave; null where <see cref="Message"/> is said.</summary>
    public string? Prompt { get; init; }

    /// <summary>For the machine's tone; then it is spoken to all the same.</summary>
    public TimeSpan ForTone { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The message is cut off behind it.</summary>
    public TimeSpan Longest { get; init; } = TimeSpan.FromSeconds(30);
}

public enum VoicemailAction
{
    /// <summary>Nobody talks to a machine.</summary>
    Stop,
    /// <summary>It gets a message, and the conversation ends; a person who speaks meanwhile has the conversation.</summary>
    LeaveMessage,
    /// <summary>It is talked to like anybody.</summary>
    Continue,
}
