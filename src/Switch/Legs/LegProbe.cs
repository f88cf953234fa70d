using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Finds out by OPTIONS in the dialog that a far end is gone which owes us neither sound nor refreshes: one that holds the call, mostly.
/// Silence may be a phone that changes its network: it is asked again, and has a grace after the last question, before its call ends.
/// Whatever it says itself meanwhile, from wherever, finds the call and begins the count anew.
/// </summary>
internal sealed class LegProbe(ShardContext shard, Leg leg, LegDialog dialog)
{
    /// <summary>Goes on when the far end is heard: what a question of before comes to says nothing any more.</summary>
    private int _turn;
    private bool _isOpen;
    /// <summary>Questions, and changes of ours, that found nobody, one after the other.</summary>
    private int _unanswered;
    /// <summary>When the last of them was counted.</summary>
    private Instant _counted;

    private LegProbeSettings Settings => shard.Settings.Probes;

    /// <summary>The last request of ours found nobody.</summary>
    public bool IsDark => _unanswered > 0;

    /// <summary>The call is answered.</summary>
    public void Begin() => Await(Settings.Every);

    /// <summary>
    /// Asks whether the far end still has the call, where neither a session timer nor a limit of silence would find out, or where something
    /// else has found nobody. When it was asked often enough, its grace is over.
    /// </summary>
    public void OnDue()
    {
        if (_unanswered >= Settings.Questions)
        {
            leg.End(Ending.ByDeadDialog(408), LegInput.HangUp);
            return;
        }
        Await(Settings.Every);
        bool isWatched = leg.Media.SilenceLimit is not null || dialog.Timer.Seconds is not null;
        if (_isOpen || isWatched && !IsDark || dialog.Changeable is not { } within) return;
        _isOpen = true;
        int turn = _turn;
        dialog.Requests.Send(within,
            within.CreateRequest(SipMethod.Options).Add(SipHeader.UserAgent, shard.Settings.UserAgent),
            response => OnAnswered(turn, response));
    }

    /// <summary>The far end has said something in the call.</summary>
    public void Heard()
    {
        if (!IsDark && !_isOpen) return;
        if (_unanswered >= Settings.Questions) Await(Settings.Every);
        _turn++;
        (_isOpen, _unanswered) = (false, 0);
    }

    /// <summary>A request of ours found nobody. Several at one time are as one: a phone is dark for no longer by them.</summary>
    public void Missed()
    {
        if (leg.IsOver || IsDark && shard.Now - _counted < Settings.Every / 2) return;
        _counted = shard.Now;
        if (++_unanswered < Settings.Questions) return;
        if (Settings.Grace > TimeSpan.Zero) Await(Settings.Grace);
        else leg.End(Ending.ByDeadDialog(408), LegInput.HangUp);
    }

    /// <summary>Any answer but these two comes from somebody who knows the call (RFC 3261 section 12.2.1.2).</summary>
    private void OnAnswered(int turn, SipResponse? response)
    {
        if (turn != _turn || leg.IsOver) return;
        _isOpen = false;
        if (response is { Status: 481 }) leg.End(Ending.ByDeadDialog(481), LegInput.HangUp);
        else if (response is null or { Status: 408 }) Missed();
        else Heard();
    }

    private void Await(TimeSpan wait) => leg.Timers.Arm(LegTimer.Probe, shard.Now + wait);
}
