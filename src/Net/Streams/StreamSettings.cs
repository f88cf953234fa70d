namespace Ringwright.Net.Streams;

/// <summary>Every bound of TCP and TLS connections. Beyond one the connection is refused or closed, and counted.</summary>
public sealed record StreamSettings
{
    /// <summary>
    /// Open connections of both directions together, and how many of them strangers may have opened to us: a proxy needs a few,
    /// an office behind one address one per phone.
    /// </summary>
    public ConnectionLimits Connections { get; init; } = new(All: 4_096, Untrusted: 3_072, PerUntrusted: 256);
    /// <summary>
    /// Messages that wait to be written to one connection; a peer that reads so slowly gets no more.
    /// Answers to all that two mailboxes hold fit.
    /// </summary>
    public int QueuedMessages { get; init; } = 16_384;
    /// <summary>From this many on the connection is not read: who does not take our answers shall not ask more.</summary>
    public int QueuedMessagesWhileReading { get; init; } = 256;
    /// <summary>Requests without an answer that one connection remembers, to send them again when it is lost.</summary>
    public int RememberedRequests { get; init; } = 64;

    /// <summary>TCP's handshake, then again for that of TLS.</summary>
    public TimeSpan Opening { get; init; } = TimeSpan.FromSeconds(4);
    /// <summary>From the connection to its first whole message; who connects and says nothing costs us no longer.</summary>
    public TimeSpan FirstMessage { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>
    /// From the connection to the first message that was let in: a phone proves itself within seconds,
    /// and who is only refused shall not stay for that.
    /// </summary>
    public TimeSpan FirstWelcome { get; init; } = TimeSpan.FromSeconds(32);
    /// <summary>From the first byte of a message to its last.</summary>
    public TimeSpan WholeMessage { get; init; } = TimeSpan.FromSeconds(20);
    /// <summary>A write that the peer does not take.</summary>
    public TimeSpan Writing { get; init; } = TimeSpan.FromSeconds(10);
    /// <summary>Without a message or a keep-alive either way.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(1);
    /// <summary>How often the limits of time are looked at.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(500);
    /// <summary>How long a reader waits while the shard that its message is for has no room.</summary>
    public TimeSpan BackPressure { get; init; } = TimeSpan.FromMilliseconds(10);
}
