namespace Ringwright.Calls.Texts.Smpp;

/// <summary>What an <see cref="SmppSession"/> tells whoever runs it.</summary>
public abstract record SmppNews
{
    /// <summary>Messages may go both ways.</summary>
    /// <param name="Centre">What the centre calls itself.</param>
    public sealed record Bound(string Centre) : SmppNews;

    /// <summary>A message that was submitted has its answer; one that was lost may still get it.</summary>
    /// <param name="Id">The centre's, when it took the message.</param>
    public sealed record Answered(long Ticket, uint Status, string Id) : SmppNews;

    /// <summary>The answer is overdue: nobody knows whether the centre has the message.</summary>
    public sealed record Unanswered(long Ticket) : SmppNews;

    /// <summary>A message or a receipt has come, which waits for <see cref="SmppSession.Acknowledge"/>.</summary>
    public sealed record Came(SmppPdu Request, SmppMessage Message) : SmppNews;

    /// <summary>It is over; the connection is to be closed once all that is to be written is.</summary>
    /// <param name="Why">For people.</param>
    /// <param name="BindStatus">What the centre said to the bind when it refused that; null else.</param>
    public sealed record Closed(string Why, uint? BindStatus) : SmppNews;
}
