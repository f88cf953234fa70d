namespace Ringwright.Calls;

/// <summary>
/// How long the far end of an answered call may give no sign of life on the media path:
/// no RTP, no RTCP, no comfort noise, and, where nothing is encrypted, no packet that only keeps a NAT open. Null sets no limit.
/// </summary>
/// <param name="Talking">While audio is expected of it.</param>
/// <param name="Held">While it holds the call: it owes no audio then.</param>
public readonly record struct LifeLimits(TimeSpan? Talking, TimeSpan? Held)
{
    /// <summary>In seconds, where nobody says otherwise; 0 is no limit.</summary>
    public const int UsualTalkingSeconds = 60, UsualHeldSeconds = 0;

    /// <summary>The trunk's word, then the connection's, then the usual ones.</summary>
    public static LifeLimits Of(Trunk? trunk, Connection? connection) => new(
        Span(trunk?.RtpTimeoutSeconds ?? connection?.RtpTimeoutSeconds ?? UsualTalkingSeconds),
        Span(trunk?.HeldRtpTimeoutSeconds ?? connection?.HeldRtpTimeoutSeconds ?? UsualHeldSeconds));

    private static TimeSpan? Span(int seconds) => seconds == 0 ? null : TimeSpan.FromSeconds(seconds);
}
