using Ringwright.Core;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Dialogs;

/// <summary>What we want of session timers (RFC 4028).</summary>
public sealed record SessionTimerSettings
{
    /// <summary>Session-Expires of our requests, and of our answers to a peer that can and does not ask.</summary>
    public uint Seconds { get; init; } = 1_800;
    /// <summary>The shortest interval that we take; below it the peer gets 422. §5 wants 90 or more on real networks.</summary>
    public uint LeastSeconds { get; init; } = 90;

    /// <summary>The 422 for an interval that is too short for us; null when there is nothing to refuse.</summary>
    public SipResponseBuilder? Refuse(SipRequest request) =>
        SessionExpires.TryFind(request, out var expires) && expires.Seconds < LeastSeconds && KnowsTimers(request)
            ? new SipResponseBuilder(request, 422).Add(SipHeader.MinSE, $"{LeastSeconds}") : null;

    /// <summary>Who demands an extension has it, whether he says so or not.</summary>
    internal static bool KnowsTimers(SipRequest request) =>
        request.Lists(SipHeader.Supported, "timer"u8) || request.Lists(SipHeader.Require, "timer"u8);
}

/// <summary>What a session timer wants done.</summary>
public enum SessionTimerDue : byte { Nothing, Refresh, Expired }

/// <summary>
/// The session timer of one dialog (RFC 4028): agreed anew by every INVITE and UPDATE that succeeds, kept by whichever side
/// is the refresher. Our requests: <see cref="Ask"/>, then <see cref="OnSuccess"/>, or <see cref="TryRaise"/> for a 422. Those of the peer:
/// <see cref="SessionTimerSettings.Refuse"/>, then <see cref="Answer"/>.
/// </summary>
public sealed class SessionTimer(SessionTimerSettings settings)
{
    /// <summary>§10: BYE is sent a third of the interval before its end, at most this long.</summary>
    private const uint LongestLeadSeconds = 32;

    private uint _asked = settings.Seconds;
    private uint _least = settings.LeastSeconds;
    private int _raises;
    private Instant _refresh = Instant.Never;
    private Instant _expiry = Instant.Never;

    /// <summary>The agreed interval; null while there is none.</summary>
    public uint? Seconds { get; private set; }

    /// <summary>We refresh; else we wait for the peer to.</summary>
    public bool IsRefresher { get; private set; }

    public Instant NextDue => Instant.Min(_refresh, _expiry);

    /// <summary>The headers of an INVITE or UPDATE of ours. Within a dialog the roles stay as they are.</summary>
    public SipRequestBuilder Ask(SipRequestBuilder request)
    {
        string refresher = Seconds is null ? "" : IsRefresher ? ";refresher=uac" : ";refresher=uas";
        return request.Add(SipHeader.SessionExpires, $"{Seconds ?? _asked}{refresher}").Add(SipHeader.MinSE, $"{_least}");
    }

    /// <summary>
    /// A 422 to a request of ours. True when it names a longer interval than the one asked for, in reason and
    /// not for the third time: ask again (§7.4).
    /// </summary>
    public bool TryRaise(SipResponse refusal)
    {
        if (MinSE.TryParse(refusal.First(SipHeader.MinSE), out var least) is not ParseStatus.Ok || least.Seconds <= (Seconds ?? _asked))
            return false;
        if (least.Seconds > Limits.LongestSessionSeconds || _raises == Limits.SessionRaises) return false;
        _raises++;
        _asked = _least = least.Seconds;
        if (Seconds is not null) Seconds = least.Seconds;
        return true;
    }

    /// <summary>A 2xx to an INVITE or UPDATE of ours: without the header there is no timer any more (§7.2).</summary>
    public void OnSuccess(SipResponse response, Instant now)
    {
        if (!SessionExpires.TryFind(response, out var expires) || expires.Seconds == 0) Stop();
        else Start(Math.Max(expires.Seconds, Math.Min(Limits.ShortestSessionSeconds, settings.LeastSeconds)),
            isRefresher: !expires.Refresher.Is("uas"u8), now);
    }

    /// <summary>Puts what we agree to into the 2xx to an INVITE or UPDATE of the peer, and runs the timer from now on (§9).</summary>
    public SipResponseBuilder Answer(SipRequest request, SipResponseBuilder response, Instant now)
    {
        bool isSupported = SessionTimerSettings.KnowsTimers(request);
        bool isAsked = SessionExpires.TryFind(request, out var expires);
        if (!isSupported && !isAsked)
        {
            Stop();
            return response;
        }
        uint seconds = Math.Max(isAsked ? expires.Seconds : Seconds ?? settings.Seconds, settings.LeastSeconds);
        if (MinSE.TryParse(request.First(SipHeader.MinSE), out var least) is ParseStatus.Ok) seconds = Math.Max(seconds, least.Seconds);
        // A peer that knows nothing of timers cannot refresh; one that leaves it open keeps the part that it has, and begins with it.
        bool isOurs = !isSupported || expires.Refresher.Is("uas"u8) || expires.Refresher.IsEmpty && Seconds is not null && IsRefresher;
        Start(seconds, isOurs, now);
        response.Add(SipHeader.SessionExpires, $"{seconds};refresher={(isOurs ? "uas" : "uac")}");
        return isOurs ? response : response.Add(SipHeader.Require, "timer");
    }

    /// <summary>A refresh of ours was refused for a reason that may pass: again when half of what is left has gone.</summary>
    public void Postpone(Instant now)
    {
        if (_expiry == Instant.Never || !IsRefresher) return;
        var left = _expiry - now;
        _refresh = left > TimeSpan.FromSeconds(1) ? now + left / 2 : Instant.Never;
    }

    /// <summary>Said once for each deadline.</summary>
    public SessionTimerDue TakeDue(Instant now)
    {
        if (_expiry <= now)
        {
            Stop();
            return SessionTimerDue.Expired;
        }
        if (_refresh > now) return SessionTimerDue.Nothing;
        _refresh = Instant.Never;
        return SessionTimerDue.Refresh;
    }

    public void Stop()
    {
        Seconds = null;
        _refresh = _expiry = Instant.Never;
    }

    private void Start(uint seconds, bool isRefresher, Instant now)
    {
        var interval = TimeSpan.FromSeconds(seconds);
        var lead = TimeSpan.FromSeconds(Math.Min(LongestLeadSeconds, seconds / 3.0));
        (Seconds, IsRefresher) = (seconds, isRefresher);
        _refresh = isRefresher ? now + interval / 2 : Instant.Never;
        _expiry = now + interval - lead;
    }
}
