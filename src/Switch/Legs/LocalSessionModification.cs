using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Changes of the session that we ask for: another direction by re-INVITE (RFC 3261 section 14.1), a refresh by UPDATE or re-INVITE
/// (RFC 4028 section 7.4). One at a time, when nothing else is open; a refusal leaves the session as it was.
/// </summary>
internal sealed class LocalSessionModification(ShardContext shard, Leg leg, LegDialog dialog)
{
    private readonly Dictionary<ClientTransactionId, OutgoingInvite> _invites = [];
    private OutgoingInvite? _current;
    private StreamDirection? _wanted;
    private StreamDirection _asked = StreamDirection.SendReceive, _agreed = StreamDirection.SendReceive;
    private bool _isRefreshWanted, _isUpdating, _avoidsUpdate;
    /// <summary>Refusals of one wish after which we asked again, or will.</summary>
    private int _challenges, _repeats;
    private Instant _retry = Instant.Never, _giveUp = Instant.Never;
    /// <summary>When the turns so far would be over, one each <see cref="Limits.TurnPace"/>.</summary>
    private Instant _turnsUntil;

    public Instant NextDue => Instant.Min(dialog.Timer.NextDue, Instant.Min(_retry, _giveUp));

    /// <summary>We want audio to go this way from now on; SendOnly puts the peer on hold.</summary>
    public void Turn(StreamDirection direction)
    {
        _wanted = direction == _agreed && _current is null ? null : direction;
        _repeats = 0;
        Advance();
    }

    /// <summary>Sends what is wanted if it may be sent now; called whenever that may have changed.</summary>
    public void Advance()
    {
        if (_wanted is null && !_isRefreshWanted || _isUpdating || _current is not null || _retry != Instant.Never) return;
        if (dialog.Changeable is not { } within || leg.Media.IsAnswerAwaited || dialog.Probe.IsDark) return;
        // A party that holds and resumes without end shall not make us as busy with its partner:
        // a change that is taken back while it waits is not made.
        if (_wanted is not null && _turnsUntil > shard.Now + Limits.TurnBurst)
        {
            _retry = _turnsUntil - Limits.TurnBurst;
            return;
        }
        _challenges = 0;
        if (_wanted is null && dialog.PeerTakesUpdate && !_avoidsUpdate) Update(within);
        else Reinvite(within);
    }

    public void OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from)
    {
        if (!_invites.TryGetValue(transaction, out var invite)) return;
        var news = invite.Handle(response, from, shard.Now);
        if (news is InviteNews.Answered answered) OnAnswered(invite, answered);
        else if (news is InviteNews.Failed failed && invite == _current) OnRefused(invite, failed.Response);
    }

    public void OnFailed(ClientTransactionId transaction)
    {
        if (!_invites.TryGetValue(transaction, out var invite)) return;
        invite.Abandon();
        if (invite != _current) return;
        Close();
        OnNobody();
    }

    public void OnTransactionEnded(ClientTransactionId transaction) => _invites.Remove(transaction);

    public void OnDue()
    {
        if (_retry <= shard.Now)
        {
            _retry = Instant.Never;
            Advance();
        }
        if (_giveUp <= shard.Now)
        {
            _giveUp = Instant.Never;
            _current?.Cancel(shard.Now);
        }
        switch (dialog.Timer.TakeDue(shard.Now))
        {
            case SessionTimerDue.Refresh:
                (_isRefreshWanted, _repeats) = (true, 0);
                Advance();
                break;
            case SessionTimerDue.Expired:
                leg.End(Ending.BySessionTimer, LegInput.HangUp);
                break;
        }
    }

    /// <summary>The leg is over. What is under way is cancelled: its 200 may be lost, and after the BYE nobody repeats it.</summary>
    public void Stop()
    {
        (_wanted, _isRefreshWanted, _retry, _giveUp) = (null, false, Instant.Never, Instant.Never);
        _current?.Cancel(shard.Now);
        _current = null;
    }

    private void Reinvite(Dialog within)
    {
        _asked = _wanted ?? _agreed;
        if (_wanted is not null) _turnsUntil = Instant.Max(_turnsUntil, shard.Now) + Limits.TurnPace;
        leg.Media.Turn(_asked);
        var offer = leg.Media.RenewOffer();
        var invite = dialog.Timer.Ask(within.CreateRequest(SipMethod.Invite)).Add(SipHeader.Allow, leg.Dialog.Policy.Allow)
            .Add(SipHeader.Supported, leg.Dialog.Policy.Supported)
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent).Body(LegDialog.Sdp, offer.Span);
        dialog.Credentials?.Authorize(invite, "INVITE", within.RemoteTarget, offer.Span);
        Send(within, invite.Build());
    }

    private void Send(Dialog within, SipRequest invite)
    {
        _current = new OutgoingInvite(shard.Transactions, invite, dialog.NextHop(within), shard.Now, within, dialog.MayFollow);
        _invites.Add(_current.Transaction, _current);
        dialog.Own(_current.Transaction);
        _giveUp = shard.Now + shard.Transactions.Settings.Lifetime;
    }

    private void OnAnswered(OutgoingInvite invite, InviteNews.Answered answered)
    {
        invite.Acknowledge();
        if (invite != _current) return;     // the leg is over
        Close();
        _agreed = _asked;
        if (_wanted == _asked) _wanted = null;
        _isRefreshWanted = false;
        dialog.Timer.OnSuccess(answered.Response, shard.Now);
        // An answer without a description is a fault that hurts nobody: the session stays as it was.
        if (SessionBody.Of(answered.Response).IsEmpty) leg.Media.Abandon();
        else if (leg.Media.HandleAnswer(SessionBody.Of(answered.Response)) is NegotiationStatus.Ok) dialog.FollowMedia();
        else leg.End(Ending.ByUselessAnswer(leg.Media.LastAnswer), LegInput.HangUp);
    }

    private void Update(Dialog within)
    {
        _isUpdating = true;
        var update = dialog.Timer.Ask(within.CreateRequest(SipMethod.Update)).Add(SipHeader.Supported, leg.Dialog.Policy.Supported)
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent);
        dialog.Requests.Send(within, update, response => OnUpdated(within, response));
    }

    private void OnUpdated(Dialog within, SipResponse? response)
    {
        _isUpdating = false;
        if (leg.IsOver) return;
        if (response is null) OnNobody();
        else if (response.IsSuccess)
        {
            _isRefreshWanted = false;
            within.RefreshTarget(response);
            dialog.Timer.OnSuccess(response, shard.Now);
        }
        else OnRefused(null, response);
    }

    /// <summary>A re-INVITE or, with null, an UPDATE.</summary>
    private void OnRefused(OutgoingInvite? invite, SipResponse refusal)
    {
        Close();
        int status = refusal.Status;
        if (status is 401 or 407 && invite is not null && TryAuthorize(invite.Request, refusal)) return;
        if (status is 408)
        {
            OnNobody();
            return;
        }
        leg.Media.Abandon();
        leg.Media.Turn(_agreed);
        // RFC 3261 sections 12.2.1.2 and 14.1: the far end knows of no such call any more.
        if (status is 481) leg.End(Ending.ByDeadDialog(status), LegInput.HangUp);
        else if (status is 422 && dialog.Timer.TryRaise(refusal)) Advance();
        else if (status is 491 && dialog.Changeable is { } within && MayRepeat()) _retry = shard.Now + within.GlareDelay(shard.Rng);
        else if (status is 500 or 503 && RetryAfter.TryParse(refusal.First(SipHeader.RetryAfter), out var after) is ParseStatus.Ok
                && after.Seconds <= Limits.LongestRetryAfterSeconds && MayRepeat())
            _retry = shard.Now + TimeSpan.FromSeconds(after.Seconds);
        // Some name UPDATE in Allow and refuse it, or take none without an offer: a re-INVITE may do. Not where they do not know us, or
        // have too much to do.
        else if (invite is null && status is not (401 or 407) && !refusal.Has(SipHeader.RetryAfter))
        {
            _avoidsUpdate = true;
            Advance();
        }
        else
        {
            if (_isRefreshWanted) dialog.Timer.Postpone(shard.Now);
            (_wanted, _isRefreshWanted) = (null, false);
        }
    }

    /// <summary>
    /// Nobody has answered. A far end that holds the call, or is held, may be dark for a while: what is wanted waits until it is heard
    /// again, or gone.
    /// </summary>
    private void OnNobody()
    {
        leg.Media.Abandon();
        leg.Media.Turn(_agreed);
        if (leg.Media.IsHeld || leg.Media.SilenceLimit is null) dialog.Probe.Missed();
        else leg.End(Ending.ByDeadDialog(408), LegInput.HangUp);
    }

    private bool TryAuthorize(SipRequest invite, SipResponse challenge)
    {
        if (dialog.Credentials is not { } credentials || _challenges >= Limits.DigestAnswers || dialog.Changeable is not { } within)
            return false;
        if (credentials.Learn(challenge, invite) is not DigestOutcome.TryAgain) return false;
        _challenges++;
        var again = SipRequestBuilder.Again(invite, within.NextCSeq());
        credentials.Authorize(again, "INVITE", invite.RequestUri.AsText(), invite.Body);
        Send(within, again.Build());
        return true;
    }

    /// <summary>Somebody who never says anything else is left alone.</summary>
    private bool MayRepeat() => _repeats++ < Limits.ChangeRepeats;

    private void Close() => (_current, _giveUp) = (null, Instant.Never);
}
