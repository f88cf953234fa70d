using System.Diagnostics.CodeAnalysis;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The INVITEs of one dial: the current one, others that ring beside it at a user's other places, and those that were given up and whose last words are still to come.
/// Of those that ring the first answer wins (RFC 3261 section 16.7 without the proxy).
/// </summary>
internal sealed class OutboundBranches(ShardContext shard, Leg leg)
{
    private readonly Dictionary<ClientTransactionId, OutgoingInvite> _all = [];
    private readonly List<OutgoingInvite> _beside = [];

    public OutgoingInvite? Current { get; private set; }

    /// <summary>Sends in place of the current one.</summary>
    public void Send(SipRequest invite, SipFlow flow)
    {
        leg.Dialog.Signalling = flow;
        Current = new OutgoingInvite(shard.Transactions, invite, flow, shard.Now, mayFollow: leg.Dialog.MayFollow);
        _all.Add(Current.Transaction, Current);
        leg.Dialog.Own(Current.Transaction);
        shard.Emit(new Effect.DialogBegan(leg.Facts, invite.CallId.AsText()));
    }

    /// <summary>Sends beside whatever rings already.</summary>
    public void Fork(SipRequest invite, SipFlow flow)
    {
        if (Current is { } other) _beside.Add(other);
        Send(invite, flow);
    }

    public bool TryFind(ClientTransactionId transaction, [NotNullWhen(true)] out OutgoingInvite? invite) => _all.TryGetValue(transaction, out invite);

    public void Remove(ClientTransactionId transaction) => _all.Remove(transaction);

    /// <summary>False for one that was given up.</summary>
    public bool IsTried(OutgoingInvite invite) => invite == Current || _beside.Contains(invite);

    /// <summary>The current one is given up.</summary>
    public void Drop() => Current = null;

    /// <summary>One of several has answered: the others need not ring any longer.</summary>
    public void Win(OutgoingInvite winner)
    {
        if (_beside.Count == 0) return;
        if (Current is { } last && last != winner) _beside.Add(last);
        _beside.Remove(winner);
        foreach (var loser in _beside) loser.Cancel(shard.Now, "SIP;cause=200;text=\"Call completed elsewhere\"");
        _beside.Clear();
        Current = winner;
    }

    /// <summary>True when one of several has failed, and the others still ring.</summary>
    public bool Withdraw(OutgoingInvite loser)
    {
        if (_beside.Remove(loser)) return true;
        if (loser != Current || _beside.Count == 0) return false;
        Current = _beside[^1];
        _beside.RemoveAt(_beside.Count - 1);
        return true;
    }

    /// <returns>False when nothing is left whose end must be awaited.</returns>
    public bool Cancel()
    {
        foreach (var other in _beside) other.Cancel(shard.Now);
        _beside.Clear();
        if (Current is not { IsPending: true } invite) return false;
        invite.Cancel(shard.Now);
        return true;
    }
}
