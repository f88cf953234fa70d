namespace Ringwright.Net;

/// <summary>Every bound of the call trace. What is beyond one is dropped and counted; nobody ever waits.</summary>
public static class CallTraceLimits
{
    /// <summary>Things seen that wait to be written: half a second of 16,000 messages a second.</summary>
    public const int QueuedNotes = 8_192;
    /// <summary>Bytes of the messages among them.</summary>
    public const int QueuedBytes = 16 << 20;
    /// <summary>Messages and commands kept of one call: a long call with hold, re-INVITEs and a command a second for minutes.</summary>
    public const int EntriesPerCall = 400;
    /// <summary>Bytes of messages kept of one call.</summary>
    public const int BytesPerCall = 512 << 10;
    /// <summary>Rows of one write, so that the ledger never waits long behind it.</summary>
    public const int RowsPerWrite = 256;
    /// <summary>Call-IDs that no leg has claimed yet: an INVITE is seen before its leg exists.</summary>
    public const int UnclaimedDialogs = 1_024;
    /// <summary>More of one are repetitions, which are not counted.</summary>
    public const int MessagesPerUnclaimedDialog = 8;

    /// <summary>Notes are gathered this long before they are written.</summary>
    public static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(100);
    /// <summary>Messages of an ended call still come: retransmissions and the answer to BYE, 64 times T1.</summary>
    public static readonly TimeSpan Afterglow = TimeSpan.FromSeconds(40);
    public static readonly TimeSpan UnclaimedLife = TimeSpan.FromSeconds(10);
}
