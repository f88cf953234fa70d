namespace Ringwright.Sip.Transactions;

/// <summary>What can happen to a transaction. Timer letters are those of RFC 3261 §17 and RFC 6026.</summary>
public enum TransactionInput : byte
{
    /// <summary>The request, again.</summary>
    Request,
    Ack,
    /// <summary>1xx: from the network for a client, from the user for a server.</summary>
    Provisional,
    /// <summary>2xx.</summary>
    Success,
    /// <summary>300 to 699.</summary>
    Failure,
    /// <summary>A, E or G: send again.</summary>
    TimerRepeat,
    /// <summary>B, F or H: nobody answers.</summary>
    TimerGiveUp,
    /// <summary>D, I, J, K, L or M: nothing more to absorb.</summary>
    TimerLinger,
    TransportError,
}

/// <summary>What the shell then does, in this order.</summary>
[Flags]
public enum TransactionAction : ushort
{
    None = 0,
    /// <summary>Send the new response of a server's user.</summary>
    Send = 1,
    /// <summary>Send the last message once more.</summary>
    Resend = 2,
    /// <summary>Send the ACK for a final response other than 2xx.</summary>
    SendAck = 4,
    /// <summary>Give the message to the user.</summary>
    PassUp = 8,
    ReportTimeout = 16,
    ReportTransport = 32,
    /// <summary>Start or double the interval of A, E or G.</summary>
    ArmRepeat = 64,
    ArmGiveUp = 128,
    ArmLinger = 256,
    /// <summary>A, E or G, and B, F or H, are no longer waited for.</summary>
    StopRepeat = 512,
    StopGiveUp = 1024,
}
