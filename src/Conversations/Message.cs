using Ringwright.Core;

namespace Ringwright.Conversations;

public enum MessageRole
{
    User,
    Assistant,
    Tool,
    /// <summary>For the brain alone: nobody has said it.</summary>
    System,
}

/// <summary>One entry of what was said. An assistant's has the words that were heard, and no others.</summary>
/// <param name="At">When it was heard: the beginning of what was said to the caller, the end of what he said.</param>
public sealed record Message(MessageRole Role, string Text, Instant At)
{
    /// <summary>Somebody has cut it off, and was heard then.</summary>
    public bool IsInterrupted { get; init; }

    /// <summary>Of an assistant: each is followed by one message of the tool.</summary>
    public IReadOnlyList<ToolCall> Calls { get; init; } = [];

    /// <summary>Of a tool: which call it is the result of.</summary>
    public string? CallId { get; init; }

    /// <summary>Of a tool: how long it ran; null where it had not begun, or nobody has waited for its end.</summary>
    public TimeSpan? Took { get; init; }

    /// <summary>Of a user, where several write: who it is; null where that is not said.</summary>
    public string? Name { get; init; }
}

/// <summary>Something that a brain wants to be done.</summary>
/// <param name="Id">Unique within the conversation.</param>
/// <param name="Arguments">A JSON object.</param>
public sealed record ToolCall(string Id, string Name, string Arguments)
{
    /// <summary>Ends the conversation and the call, behind all that was said with it.</summary>
    public const string Hangup = "hangup";

    /// <summary>
    /// Joins the caller to somebody else, behind all that was said with it: <c>to</c>, <c>from</c>, <see cref="Summary"/>.
    /// </summary>
    public const string Transfer = "transfer";

    /// <summary>Of a transfer: what whoever answers hears before he hears the caller.</summary>
    public const string Summary = "summary";

    /// <summary>Sends keys to whom the caller's call is with, behind all that was said with it: <c>digits</c>.</summary>
    public const string SendDigits = "send_dtmf";

    /// <summary>Writes down what an agent is there to gather.</summary>
    public const string Gather = "gather";

    /// <summary>Has whoever the call is with not called again.</summary>
    public const string OptOut = "mark_do_not_call";

    /// <summary>Has whoever the call is with called again at a time: <c>at</c>.</summary>
    public const string CallBack = "schedule_callback";

    /// <summary>Ends whatever records the call, and has what was recorded deleted.</summary>
    public const string StopRecording = "stop_recording";

    /// <summary>Asks the far end to call somebody else in our place, behind all that was said with it.</summary>
    public const string Refer = "refer";

    /// <summary>Says nothing: the caller has the turn again.</summary>
    public const string SkipTurn = "skip_turn";

    /// <summary>Leaves the caller to another agent, which knows all that was heard.</summary>
    public const string Handoff = "handoff";

    /// <summary>Sends a text to whoever the call is with: <c>text</c>.</summary>
    public const string SendMessage = "send_message";

    /// <summary>What the model's server wants back with it; null for nothing.</summary>
    public ToolCallExtras? Extras { get; init; }

    /// <summary>What is said beside it is heard first.</summary>
    public bool WaitsForSpeech => Name is Hangup or Transfer or Refer or SendDigits;

    /// <summary>The caller hears nothing while it runs, and it may take its time.</summary>
    public bool IsSilent => !WaitsForSpeech && Name is not (Gather or OptOut or CallBack or StopRecording or SkipTurn or Handoff);
}
