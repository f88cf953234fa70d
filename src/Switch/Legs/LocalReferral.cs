using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Legs;

/// <summary>
/// A REFER of ours (RFC 3515): sent when the call is answered, followed by the far end's NOTIFYs, and ended once, by the outcome
/// that they name or by a bound of ours. Only an outcome that says that the far end got through ends the call.
/// </summary>
internal sealed class LocalReferral(ShardContext shard, Leg leg, LegDialog dialog)
{
    private LegCommand.Refer? _wanted;
    private bool _isSent, _isStarted;
    private uint _cseq;
    private int _notifies;
    private Instant _until;

    /// <summary>One at a time: what a NOTIFY is about must be plain.</summary>
    public bool IsOpen => _wanted is not null || leg.Timers.IsArmed(LegTimer.Referred);

    /// <summary>Of the last one.</summary>
    public string? CommandId { get; private set; }

    public void Begin(LegCommand.Refer refer)
    {
        (_wanted, _isSent, _isStarted, _notifies) = (refer, false, false, 0);
        CommandId = refer.CommandId;
        Advance();
    }

    /// <summary>Sends what waits for the call's ACK, theirs or ours.</summary>
    public void Advance()
    {
        if (_isSent || _wanted is not { } refer || leg.State is not LegState.Established || leg.Timers.IsArmed(LegTimer.AnswerRow)
            || dialog.Confirmed is not { AwaitsAck: false } within) return;
        _isSent = true;
        var request = within.CreateRequest(SipMethod.Refer)
            .Add(SipHeader.ReferTo, $"<{refer.To}>")
            .Add(SipHeader.ReferredBy, within.LocalAddress)
            .Add(SipHeader.UserAgent, shard.Settings.UserAgent);
        foreach (var (name, value) in CustomHeaders.Sendable(refer.Headers)) request.Add(name, value);
        _cseq = within.LocalCSeq;
        _until = shard.Now + Limits.ReferTime;
        var credentials = refer.AuthUser is { } user ? new DigestClient(user, refer.AuthPassword ?? "", shard.Rng) : null;
        dialog.Requests.Send(within, request, response => OnFinal(refer, response), credentials);
    }

    public void OnNotify(TransactionOutput.RequestReceived received)
    {
        var notify = received.Request;
        bool isKnown = _isSent && _wanted is not null && IsAboutThis(notify);
        // Where nothing was asked for, one that does not say what it is about is about nothing.
        if (!_isSent && !notify.Has(SipHeader.Event)) dialog.Respond(received, UserAgentPolicy.BadEvent(notify));
        else dialog.Respond(received, isKnown ? 200 : 481);
        if (!isKnown) return;
        Start();
        var state = SubscriptionState.Of(notify.First(SipHeader.SubscriptionState));
        int? status = Sipfrag.StatusOf(notify.Body);
        if (status >= 200) End(status.Value, "The far end's NOTIFY says so.");
        else if (state.IsTerminated)
            End(state.IsTimeout ? 408 : 487, "The far end ended its notifications without an outcome.");
        else if (++_notifies > Limits.ReferNotifies)
            End(408, $"The far end sent {Limits.ReferNotifies} NOTIFYs and no outcome.");
        else Await(TimeSpan.FromSeconds(Math.Max(state.Expires ?? 0, Limits.ReferNews.TotalSeconds)));
    }

    /// <summary>No news within the time that the last news gave.</summary>
    public void OnSilence() => End(408, _notifies == 0
        ? "The far end took the REFER, and told nothing of it."
        : "The far end told no more of the REFER, and no outcome.");

    /// <summary>The leg is over.</summary>
    public void Stop()
    {
        if (_wanted is not null)
            End(487, _isSent ? "The call ended before the far end told an outcome." : "The call ended before the REFER could be sent.");
    }

    /// <param name="refer">Nothing is heard of another one that was given up.</param>
    private void OnFinal(LegCommand.Refer refer, SipResponse? response)
    {
        if (!ReferenceEquals(refer, _wanted)) return;
        if (response is null) End(408, "Nothing answered the REFER.");
        else if (!response.IsSuccess) End(response.Status, "The far end refused the REFER.");
        else
        {
            Start();
            if (!leg.Timers.IsArmed(LegTimer.Refer)) Await(Limits.ReferNews);
        }
    }

    /// <summary>A NOTIFY names the CSeq of its REFER where there were several (RFC 3515 section 2.4.6).</summary>
    private bool IsAboutThis(SipRequest notify)
    {
        var value = notify.First(SipHeader.Event);
        int semicolon = value.IndexOf((byte)';');
        return semicolon < 0 || !new SipParameters(value[semicolon..]).TryFind("id"u8, out var id)
            || !uint.TryParse(id, out uint cseq) || cseq >= _cseq;
    }

    private void Start()
    {
        if (_isStarted) return;
        _isStarted = true;
        leg.Reports.ReferStarted();
    }

    private void Await(TimeSpan news) => leg.Timers.Arm(LegTimer.Refer, Instant.Min(shard.Now + news, _until));

    private void End(int status, string evidence)
    {
        _wanted = null;
        leg.Timers.Disarm(LegTimer.Refer);
        leg.Reports.ReferEnded(status, evidence);
        if (status is >= 200 and <= 299 && !leg.IsOver) leg.Timers.Arm(LegTimer.Referred, shard.Now + Limits.ReferredHangup);
    }
}
