using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using SipHeader = Ringwright.Sip.Messages.SipHeader;

namespace Ringwright.Switch.Goodbyes;

/// <summary>
/// Ends one leg of an earlier process at its far end. What that process sent last is not known to the message, so each goodbye fits both sides of the doubt:
/// an INVITE of ours is cancelled, and an answer that comes all the same is acknowledged and ended; a caller who was not answered is refused, and gets BYE when
/// he does not acknowledge that; an answered call gets BYE, and its INVITE a refusal when the far end has never heard of the answer.
/// </summary>
internal sealed class Farewell(ShardContext shard, LegFacts leg, Goodbye goodbye)
{
    /// <summary>Of our requests (RFC 3326).</summary>
    private const string Reason = "SIP;cause=500;text=\"The node was restarted\"";
    /// <summary>Not 503: that says of all calls what is true of this one only, and carriers go elsewhere for a while.</summary>
    private const int Refusal = 500;

    private readonly Dictionary<ClientTransactionId, OutgoingInvite> _invites = [];
    private readonly HashSet<ClientTransactionId> _open = [];
    private ServerTransactionId? _refusal;
    private ClientTransactionId? _bye;
    private SipRequest? _byeSent;
    private Dialog? _dialog;
    private SipFlow _path;
    private DigestClient? _credentials;
    private int _answered;
    private string? _trouble;
    private bool _isTold;

    public LegFacts Leg => leg;

    /// <summary>When an unacknowledged refusal is followed by BYE.</summary>
    public Instant NextDue { get; private set; } = Instant.Never;

    /// <summary>No transaction is left.</summary>
    public bool IsOver => _open.Count == 0 && _refusal is null;

    /// <summary>Our tag of the inbound INVITE, for the ACK of an answer that the earlier process gave.</summary>
    public string? Tag => goodbye.Received?.Tag;

    /// <param name="flows">Where each place leads that had to be looked up again.</param>
    public void Begin(Func<FlowRecord, SipFlow> flows)
    {
        if (shard.Routing.FindTrunk(leg.Trunk ?? default) is { AuthUser: { } user } trunk) _credentials = new(user, trunk.AuthPassword ?? "", shard.Rng);
        if (goodbye.Dialog is { } stored && goodbye.Flow is { } known)
        {
            _dialog = Dialog.Restore(stored);
            _path = flows(known);
        }
        foreach (var sent in goodbye.Sent)
            if (InviteHead.Read(sent.Head) is { } invite) TakeBack(invite, flows(sent.Flow));
        if (goodbye.Received is { } received && InviteHead.Read(received.Head, received.Tag) is { } incoming)
        {
            shard.Emit(new Effect.DialogBegan(leg, incoming.CallId.AsText()));
            if (_dialog is null && Dialog.OfRequest(incoming, received.Contact) is { } made) (_dialog, _path) = (Dialog.Restore(made.Capture()), flows(received.Flow));
            if (leg.AnsweredAt is null) Refuse(incoming, flows(received.Flow));
            else Bye();
        }
        else Bye();
        Tell();
    }

    public bool OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from)
    {
        if (_invites.TryGetValue(transaction, out var invite))
        {
            invite.Handle(response, from, shard.Now);
            Tell();
            return true;
        }
        if (_bye != transaction) return _open.Contains(transaction);
        if (response.IsProvisional) return true;
        _bye = null;
        if (!TryAuthorize(response)) OnByeAnswered(response.Status);
        Tell();
        return true;
    }

    public bool OnFailed(ClientTransactionId transaction, string? trouble)
    {
        if (_invites.TryGetValue(transaction, out var invite))
        {
            if (invite.IsPending) _trouble ??= trouble ?? "Our INVITE got no final response after its CANCEL.";
            invite.Abandon();
        }
        else if (_bye == transaction)
        {
            _trouble ??= trouble ?? "Nobody answered our BYE.";
            _bye = null;
        }
        else return _open.Contains(transaction);
        Tell();
        return true;
    }

    public bool OnClientEnded(ClientTransactionId transaction)
    {
        _invites.Remove(transaction);
        return _open.Remove(transaction);
    }

    public bool OnServerEnded(ServerTransactionId transaction)
    {
        if (_refusal != transaction) return false;
        _refusal = null;
        NextDue = Instant.Never;
        Tell();
        return true;
    }

    /// <summary>He acknowledges an answer: the earlier process had given one.</summary>
    public void OnAck()
    {
        NextDue = Instant.Never;
        Bye();
    }

    public void OnDue()
    {
        NextDue = Instant.Never;
        if (_refusal is { } refusal && shard.Transactions.AwaitsAck(refusal)) Bye();
        Tell();
    }

    private void TakeBack(SipRequest invite, SipFlow flow)
    {
        shard.Emit(new Effect.DialogBegan(leg, invite.CallId.AsText()));
        bool isAnswered = _dialog is { } dialog && dialog.Id.CallId == invite.CallId.AsText() && dialog.Id.LocalTag == invite.From.Tag.AsText();
        var restored = isAnswered ? OutgoingInvite.Restore(shard.Transactions, invite, flow, shard.Now, shard.MayFollow, _dialog, shard.NextHop(_dialog!, _path))
            : OutgoingInvite.Restore(shard.Transactions, invite, flow, shard.Now, shard.MayFollow);
        _invites.Add(restored.Transaction, restored);
        _open.Add(restored.Transaction);
        restored.Cancel(shard.Now, Reason);
    }

    private void Refuse(SipRequest invite, SipFlow flow)
    {
        _refusal = shard.Transactions.RestoreReceived(invite, flow);
        shard.Transactions.Respond(_refusal.Value, Refusal, shard.Now);
        NextDue = shard.Now + Limits.UnacknowledgedRefusal;
    }

    private void Bye()
    {
        if (_dialog is not { State: DialogState.Confirmed } dialog) return;
        Send(dialog.CreateRequest(SipMethod.Bye).Add(SipHeader.UserAgent, shard.Settings.UserAgent).Add(SipHeader.Reason, Reason).Build(), dialog);
        dialog.End();
    }

    private void Send(SipRequest bye, Dialog dialog)
    {
        _byeSent = bye;
        _bye = shard.Transactions.SendRequest(bye, shard.NextHop(dialog, _path), shard.Now);
        _open.Add(_bye.Value);
    }

    private void OnByeAnswered(int status)
    {
        // The answer may have been lost on its way, and is not repeated any more: then the caller still waits.
        bool isYoung = leg.AnsweredAt is { } at && shard.Now - at < shard.Transactions.Settings.Lifetime;
        if (status is 481 && isYoung && goodbye.Received is { } received && InviteHead.Read(received.Head, received.Tag) is { } incoming)
            Refuse(incoming, received.Flow.ToFlow());
    }

    private bool TryAuthorize(SipResponse challenge)
    {
        if (challenge.Status is not (401 or 407) || _credentials is not { } credentials || _dialog is not { } dialog || _byeSent is not { } bye || _answered >= Limits.DigestAnswers) return false;
        if (credentials.Learn(challenge, bye) is not DigestOutcome.TryAgain) return false;
        _answered++;
        var again = SipRequestBuilder.Again(bye, dialog.NextCSeq());
        credentials.Authorize(again, "BYE", bye.RequestUri.AsText(), bye.Body);
        Send(again.Build(), dialog);
        return true;
    }

    /// <summary>Says once that the far end knows, or why it may not: as soon as nothing is unanswered, though transactions still wait for strays.</summary>
    private void Tell()
    {
        bool isWaited = _bye is not null || NextDue != Instant.Never || _invites.Values.Any(invite => invite.IsPending)
            || _refusal is { } refusal && shard.Transactions.AwaitsAck(refusal);
        if (_isTold || isWaited) return;
        _isTold = true;
        shard.Emit(new Effect.GoodbyeSaid(leg, _trouble));
    }
}
