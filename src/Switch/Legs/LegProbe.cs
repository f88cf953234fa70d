using Ringwright.Sip.Messages;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Finds out by OPTIONS in the dialog that a far end is gone which owes us neither sound nor refreshes: one that holds the call, mostly.
/// </summary>
internal sealed class LegProbe(ShardContext shard, Leg leg, LegDialog dialog)
{
    private bool _isOpen;

    /// <summary>Asks whether the far end still has the call, where neither a session timer nor a limit of silence would find out.</summary>
    public void Ask()
    {
        if (_isOpen || dialog.Timer.Seconds is not null || leg.Media.SilenceLimit is not null || dialog.Changeable is not { } within)
            return;
        _isOpen = true;
        dialog.Requests.Send(within,
            within.CreateRequest(SipMethod.Options).Add(SipHeader.UserAgent, shard.Settings.UserAgent), OnAnswered);
    }

    /// <summary>Any answer but these two comes from somebody who knows the call (RFC 3261 section 12.2.1.2).</summary>
    private void OnAnswered(SipResponse? response)
    {
        _isOpen = false;
        if (!leg.IsOver && response is null or { Status: 408 or 481 })
            leg.End(Ending.ByDeadDialog(response?.Status ?? 408), LegInput.HangUp);
    }
}
