namespace Ringwright.Bench.Driving;

internal enum CallState { Calling, Ringing, Up, Leaving, Over, Failed }

/// <summary>One call of the driver, at one of its ends.</summary>
/// <param name="index">Which of the run's calls it is: its number, in which both ends of it agree.</param>
internal sealed class PhoneCall(int index, string callId, bool isCaller)
{
    public int Index => index;
    public string CallId => callId;
    public bool IsCaller => isCaller;
    public CallState State { get; set; } = CallState.Calling;

    /// <summary>Why it failed; empty when it did not.</summary>
    public string Failure { get; set; } = "";

    /// <summary>Nanoseconds; 0 for what did not happen.</summary>
    public long BeganAt, AnsweredAt, EndedAt;

    /// <summary>When this end hangs up by itself; 0 leaves it to the other.</summary>
    public long HangUpAt { get; set; }

    /// <summary>The audio of this end, when it has some.</summary>
    public AudioLeg? Audio { get; set; }

    public bool IsOver => State is CallState.Over or CallState.Failed;

    // What the next request of this end says (RFC 3261 section 12.2.1.1).
    public string Local { get; set; } = "";
    public string Remote { get; set; } = "";
    public string Target { get; set; } = "";
    public int Sequence { get; set; } = 1;

    // What is said again until it is heard (RFC 3261 sections 17.1.1.2 and 13.3.1.4).
    public byte[]? Unheard { get; set; }
    public long RepeatAt { get; set; }
    public long RepeatAfter { get; set; }
}
