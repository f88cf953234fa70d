using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Auth;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Recovery;

/// <summary>
/// Ends one leg of an earlier process at its far end. What that process sent last is not known to the message, so each recovery
/// BYE fits both sides of the doubt: an INVITE of ours is cancelled, and an answer that comes all the same is acknowledged and ended;
/// a caller who was not answered is refused, and gets BYE when he does not acknowledge that; an answered call gets BYE,
/// and its INVITE a refusal when the far end has never heard of the answer. What is learnt on the way is written before it is acted on,
/// so that a process that dies over it leaves the rest to the next.
/// </summary>
internal sealed class RecoveryByeSender(ShardContext shard, LegFacts leg, RecoveryBye recoveryBye)
{
    /// <summary>Of our requests (RFC 3326).</summary>
    private const string Reason = "SIP;cause=500;text=\"The node was restarted\"";
    /// <summary>Not 503: that says of all calls what is true of this one only, and carriers go elsewhere for a while.</summary>
    private const int Refusal = 500;
    private const string Unreadable = "What was kept of an INVITE cannot be read.";

    private readonly Dictionary<ClientTransactionId, (OutgoingInvite Invite, FlowRecord Flow)> _invites = [];
    private readonly HashSet<ClientTransactionId> _open = [];
    private readonly List<RecoveryByeDialog> _closings = [];
    /// <summary>Answers whose row is being written.</summary>
    private readonly Dictionary<int, (OutgoingInvite Invite, RecoveryByeDialog Dialog)> _unwritten = [];
    private RecoveryBye _recoveryBye = recoveryBye;
    private ServerTransactionId? _refusal;
    /// <summary>To the far end of the call itself.</summary>
    private RecoveryByeDialog? _call;
    private DigestClient? _credentials;
    private string? _trouble;
    private bool _isTold;

    public LegFacts Leg => leg;

    /// <summary>When an unacknowledged refusal is followed by BYE.</summary>
    public Instant NextDue { get; private set; } = Instant.Never;

    /// <summary>No transaction is left.</summary>
    public bool IsOver => _open.Count == 0 && _unwritten.Count == 0 && _refusal is null;

    /// <summary>Our tag of the inbound INVITE, for the ACK of an answer that the earlier process gave.</summary>
    public string? Tag => _recoveryBye.Received?.Tag;

    /// <param name="flows">Where each place leads that had to be looked up again.</param>
    public void Begin(Func<FlowRecord, SipFlow> flows)
    {
        if (shard.Routing.FindTrunk(leg.Trunk ?? default) is { AuthUser: { } user } trunk)
            _credentials = new(user, trunk.AuthPassword ?? "", shard.Rng);
        if (_recoveryBye.Dialog is { } stored && _recoveryBye.Flow is { } known)
            _call = ClosingDialogOf(Dialog.Restore(stored), flows(known));
        List<RecoveryByeDialog> late =
            [.. _recoveryBye.Late.Select(answer => ClosingDialogOf(Dialog.Restore(answer.Dialog), flows(answer.Flow)))];
        foreach (var sent in _recoveryBye.Sent)
        {
            if (InviteHead.Read(sent.Head) is { } invite) TakeBack(invite, sent.Flow, flows(sent.Flow));
            else _trouble = Unreadable;
        }
        if (_recoveryBye.Received is { } received && InviteHead.Read(received.Head, received.Tag) is { } incoming)
        {
            shard.Emit(new Effect.DialogBegan(leg, incoming.CallId.AsText()));
            if (_call is null && Dialog.OfRequest(incoming, received.Contact) is { } made)
                _call = ClosingDialogOf(Dialog.Restore(made.Capture()), flows(received.Flow));
            if (leg.AnsweredAt is null) Refuse(incoming, flows(received.Flow));
            else Say(_call);
        }
        else
        {
            if (_recoveryBye.Received is not null) _trouble = Unreadable;
            Say(_call);
        }
        foreach (var closing in late) Say(closing);
        Tell();
    }

    public bool OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from)
    {
        if (_invites.TryGetValue(transaction, out var sent))
        {
            if (sent.Invite.Handle(response, from, shard.Now) is InviteNews.Unwanted unwanted) Keep(sent.Invite, sent.Flow, unwanted);
            Tell();
            return true;
        }
        if (_closings.Find(p => p.Transaction == transaction) is not { } closing) return _open.Contains(transaction);
        if (closing.IsAnswered(response)) OnByeAnswered(closing, response.Status);
        else if (closing.Transaction is { } again) _open.Add(again);
        Tell();
        return true;
    }

    public bool OnFailed(ClientTransactionId transaction, string? trouble)
    {
        if (_invites.TryGetValue(transaction, out var sent))
        {
            if (sent.Invite.IsPending) _trouble ??= trouble ?? "Our INVITE got no final response after its CANCEL.";
            sent.Invite.Abandon();
        }
        else if (_closings.Find(p => p.Transaction == transaction) is { } closing)
        {
            _trouble ??= trouble ?? "Nobody answered our BYE.";
            closing.GiveUp();
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
        Say(_call);
    }

    /// <summary>The row speaks of the answer, or cannot: until now its far end has repeated it, from now on it is silent.</summary>
    public void OnKept(int correlation)
    {
        if (!_unwritten.Remove(correlation, out var late)) return;
        late.Invite.Acknowledge(late.Dialog.Dialog);
        Say(late.Dialog);
        Tell();
    }

    public void OnDue()
    {
        NextDue = Instant.Never;
        if (_refusal is { } refusal && shard.Transactions.AwaitsAck(refusal)) Say(_call);
        Tell();
    }

    private void TakeBack(SipRequest invite, FlowRecord place, SipFlow flow)
    {
        shard.Emit(new Effect.DialogBegan(leg, invite.CallId.AsText()));
        List<(Dialog, SipFlow)> answered = [];
        foreach (var closing in _closings)
            if (closing.Dialog.Id.CallId == invite.CallId.AsText() && closing.Dialog.Id.LocalTag == invite.From.Tag.AsText())
                answered.Add((closing.Dialog, shard.NextHop(closing.Dialog, closing.Path)));
        var restored = OutgoingInvite.Restore(shard.Transactions, invite, flow, shard.Now, shard.MayFollow, answered);
        _invites.Add(restored.Transaction, (restored, place));
        _open.Add(restored.Transaction);
        restored.Cancel(shard.Now, Reason);
    }

    /// <summary>Somebody answers what we have cancelled. Nobody would know of it if we died now.</summary>
    private void Keep(OutgoingInvite invite, FlowRecord place, InviteNews.Unwanted answer)
    {
        var flow = place with
        {
            Transport = answer.Path.Transport,
            Remote = answer.Path.Remote.ToString(),
            Network = shard.Settings.Networks.NameOf(answer.Path.Network)
        };
        _recoveryBye = _recoveryBye with { Late = [.. _recoveryBye.Late, new(answer.Dialog.Capture(), flow)] };
        int correlation = shard.NextCorrelation();
        _unwritten.Add(correlation, (invite, ClosingDialogOf(answer.Dialog, answer.Path)));
        shard.Emit(new Effect.KeepRecoveryBye(leg, _recoveryBye.Write(), correlation));
    }

    private void Refuse(SipRequest invite, SipFlow flow)
    {
        // Repeated to us already, it is a new call, and answered as such.
        if (shard.Transactions.RestoreReceived(invite, flow) is not { } refusal) return;
        _refusal = refusal;
        shard.Transactions.Respond(refusal, Refusal, shard.Now);
        NextDue = shard.Now + Limits.UnacknowledgedRefusal;
    }

    private RecoveryByeDialog ClosingDialogOf(Dialog dialog, SipFlow path)
    {
        var closing = new RecoveryByeDialog(shard, dialog, path, _credentials);
        _closings.Add(closing);
        return closing;
    }

    private void Say(RecoveryByeDialog? closing)
    {
        if (closing is not null && closing.TrySay(Reason) && closing.Transaction is { } bye) _open.Add(bye);
    }

    private void OnByeAnswered(RecoveryByeDialog closing, int status)
    {
        // The answer may have been lost on its way, and is not repeated any more: then the caller still waits.
        bool isYoung = leg.AnsweredAt is { } at && shard.Now - at < shard.Transactions.Settings.Lifetime;
        if (status is 481 && isYoung && closing == _call && _recoveryBye.Received is { } received
                && InviteHead.Read(received.Head, received.Tag) is { } incoming)
            Refuse(incoming, received.Flow.ToFlow(shard.Settings.Networks, shard.Now));
    }

    /// <summary>
    /// Says once that the far end knows, or why it may not: as soon as nothing is unanswered, though transactions still wait for strays.
    /// </summary>
    private void Tell()
    {
        bool isWaited = _unwritten.Count > 0 || NextDue != Instant.Never || _closings.Exists(p => p.Transaction is not null)
            || _invites.Values.Any(sent => sent.Invite.IsPending) || _refusal is { } refusal && shard.Transactions.AwaitsAck(refusal);
        if (_isTold || isWaited) return;
        _isTold = true;
        shard.Emit(new Effect.RecoveryByeSent(leg, _trouble));
    }
}
