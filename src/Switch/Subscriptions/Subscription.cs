using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Subscriptions;

/// <summary>What phones may subscribe to.</summary>
internal enum EventPackage
{
    /// <summary>What a colleague's phone is at (RFC 4235).</summary>
    Dialog,
    /// <summary>How many messages wait (RFC 3842).</summary>
    MessageSummary,
}

/// <summary>Whose phone is told what of whom.</summary>
/// <param name="Contact">URI of the phone, by which two of one phone are known.</param>
internal readonly record struct SubscriptionKey(string Subscriber, EventPackage Package, string Watched, string Contact);

/// <summary>
/// One subscription (RFC 6665 section 4.2): when its phone is told, and when it is over. At most one NOTIFY is under way, the next one not
/// at once behind it; what happens meanwhile is told by that one, in its last state. No clock and no wire: whoever has it does the sending.
/// </summary>
internal sealed class Subscription(SubscriptionKey key, Dialog? dialog)
{
    private Instant _notBefore = new(0);
    private bool _isPending, _isLast;
    private int _failures;

    public SubscriptionKey Key => key;
    /// <summary>Null in tests of the machine alone.</summary>
    public Dialog? Dialog => dialog;
    /// <summary>The Event header's value, with the phone's own id.</summary>
    public string Event { get; init; } = "";
    /// <summary>Where its requests come from.</summary>
    public SipFlow Source { get; set; }
    public Instant ExpiresAt { get; private set; }
    /// <summary>Why it is over; null while it is not.</summary>
    public string? Ended { get; private set; }
    /// <summary>A NOTIFY is under way.</summary>
    public bool IsTelling { get; private set; }
    /// <summary>Nothing more comes of it.</summary>
    public bool IsGone { get; private set; }
    /// <summary>Of the next document, from 0 on.</summary>
    public int Version { get; private set; }
    /// <summary>The calls that the phone knows of, for it has taken the NOTIFY: to be told when they are over.</summary>
    public IReadOnlyList<LineCall> Told { get; private set; } = [];
    /// <summary>Those of the NOTIFY that is under way.</summary>
    public IReadOnlyList<LineCall> Telling { get; set; } = [];
    /// <summary>The messages that the phone knows of.</summary>
    public Calls.WaitingMessages? ToldMessages { get; set; }
    /// <summary>The deadline under which it stands in its owner's queue.</summary>
    public Instant QueuedDue { get; set; } = Instant.Never;

    public Instant NextDue =>
        IsGone ? Instant.Never
            : Instant.Min(Ended is null ? ExpiresAt : Instant.Never, _isPending && !IsTelling ? _notBefore : Instant.Never);

    /// <summary>A SUBSCRIBE was accepted: its first one or a further one. Zero ends it, and tells the state once more.</summary>
    public void Accept(TimeSpan expiry, Instant now)
    {
        ExpiresAt = now + expiry;
        if (expiry == TimeSpan.Zero) End("timeout", now);
        else Change();
    }

    /// <summary>There is something to tell.</summary>
    public void Change()
    {
        if (!IsGone && !_isLast) _isPending = true;
    }

    /// <summary>One NOTIFY says so; whatever becomes of that is the end.</summary>
    /// <param name="reason">RFC 6665 section 4.1.3, with its parameters.</param>
    public void End(string reason, Instant now)
    {
        if (Ended is not null) return;
        Ended = reason;
        // What failed is tried for the sake of what follows, and nothing does.
        if (_failures > 0) _notBefore = now;
        Change();
    }

    /// <summary>False when nothing is to be sent at this moment. Else the caller sends, and tells <see cref="OnAnswer"/>.</summary>
    public bool TryTell(Instant now, out int version)
    {
        version = Version;
        if (Ended is null && ExpiresAt <= now) End("timeout", now);
        if (IsGone || IsTelling || !_isPending || _notBefore > now) return false;
        (IsTelling, _isPending, _isLast) = (true, false, Ended is not null);
        _notBefore = now + Limits.NotifyPace;
        Version++;
        return true;
    }

    /// <summary>
    /// The end of the NOTIFY. Any failure ends the subscription, for the phone has said that it knows of none, or is not there; but for one
    /// that it calls its own trouble (5xx): it is asked again a few times.
    /// </summary>
    /// <param name="status">Null when nothing answered.</param>
    public void OnAnswer(int? status, TimeSpan? retryAfter, Instant now)
    {
        IsTelling = false;
        if (status is >= 200 and <= 299) (_failures, Told) = (0, Telling);
        if (_isLast || status is null or < 200 or >= 300 and < 500 or >= 600 || status >= 500 && ++_failures > Limits.NotifyFailures)
        {
            (IsGone, _isPending) = (true, false);
            return;
        }
        if (status < 300) return;
        var wait = retryAfter ?? Limits.NotifyRetry;
        _isPending = true;
        _notBefore = Ended is not null ? now : now + (wait < Limits.NotifyRetry ? Limits.NotifyRetry
            : wait > Limits.LongestNotifyRetry ? Limits.LongestNotifyRetry : wait);
    }

    /// <summary>The NOTIFY could not leave by the way that was known, and there is another one. False when there were too many.</summary>
    public bool TryRedirect(SipFlow source)
    {
        if (++_failures > Limits.NotifyFailures) return false;
        (Source, IsTelling, _isLast, _isPending) = (source, false, false, true);
        return true;
    }

    /// <summary>Without a word.</summary>
    public void Drop() => (IsGone, _isPending) = (true, false);
}
