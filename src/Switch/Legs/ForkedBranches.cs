using System.Diagnostics.CodeAnalysis;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Legs;

/// <summary>
/// The INVITEs of one dial: the current one, others that ring beside it at a user's other places, and those that were given up and whose
/// last words are still to come. Of those that ring the first answer wins (RFC 3261 section 16.7 without the proxy).
/// </summary>
internal sealed class ForkedBranches(ShardContext shard, Leg leg)
{
    private readonly Dictionary<ClientTransactionId, OutgoingInvite> _all = [];
    private readonly List<OutgoingInvite> _beside = [];
    private readonly List<(SipRequest Invite, SipFlow Flow, bool IsBeside)> _waiting = [];
    private readonly Dictionary<OutgoingInvite, SipFlow> _flows = [];
    private int _sent;

    public OutgoingInvite? Current { get; private set; }

    /// <summary>Of the INVITE that was sent last, or of the one that has won; null before the first.</summary>
    public string? CallId { get; private set; }

    /// <summary>The dial has sent as many INVITEs as one may.</summary>
    public bool IsSpent { get; private set; }

    /// <summary>None rings beside the current one.</summary>
    public bool IsAlone => _beside.Count == 0;

    /// <summary>INVITEs were added, and have not left.</summary>
    public bool AreWaiting => _waiting.Count > 0;

    /// <summary>Every INVITE that may still be answered, and the one that was.</summary>
    public IEnumerable<(SipRequest Invite, SipFlow Flow)> Open
    {
        get
        {
            foreach (var invite in _all.Values)
                if (invite.IsPending || invite.Dialog is not null) yield return (invite.Request, _flows[invite]);
            foreach (var (invite, flow, _) in _waiting) yield return (invite, flow);
        }
    }

    /// <summary>A dialog that a phone which rings has named; that of the current one, where there are several.</summary>
    public Dialog? Early => Current?.Latest ?? _beside.Find(other => other.Latest is not null)?.Latest;

    /// <summary>One of those that ring has named that dialog.</summary>
    public bool HasEarly(DialogId id) => Current?.Find(id) is not null || _beside.Exists(other => other.Find(id) is not null);

    /// <summary>To be sent by the next <see cref="Go"/>, in place of the current one.</summary>
    public void Add(SipRequest invite, SipFlow flow) => _waiting.Add((invite, flow, false));

    /// <summary>To be sent by the next <see cref="Go"/>, beside whatever rings already.</summary>
    public void Fork(SipRequest invite, SipFlow flow) => _waiting.Add((invite, flow, true));

    /// <summary>Sends what was added, once the leg's row says how to take it back.</summary>
    /// <returns>False when that is yet to be written; <see cref="Send"/> follows then.</returns>
    public bool Go()
    {
        if (!leg.RecoveryBye.Keep(Open)) return false;
        Send();
        return true;
    }

    public void Send()
    {
        foreach (var (invite, flow, isBeside) in _waiting)
        {
            if (isBeside && Current is { } other) _beside.Add(other);
            leg.Dialog.Signalling = flow;
            Current = new OutgoingInvite(shard.Transactions, invite, flow, shard.Now, mayFollow: leg.Dialog.MayFollow);
            _all.Add(Current.Transaction, Current);
            IsSpent = ++_sent >= Limits.Invites;
            _flows.Add(Current, flow);
            leg.Dialog.Own(Current.Transaction);
            CallId = invite.CallId.AsText();
            shard.Emit(new Effect.DialogBegan(leg.Facts, CallId));
        }
        _waiting.Clear();
    }

    public bool TryFind(ClientTransactionId transaction, [NotNullWhen(true)] out OutgoingInvite? invite) =>
        _all.TryGetValue(transaction, out invite);

    public void Remove(ClientTransactionId transaction)
    {
        if (_all.Remove(transaction, out var gone)) _flows.Remove(gone);
    }

    /// <summary>The way that one went which has not ended.</summary>
    public SipFlow FlowOf(OutgoingInvite invite) => _flows.GetValueOrDefault(invite);

    /// <summary>False for one that was given up.</summary>
    public bool IsTried(OutgoingInvite invite) => invite == Current || _beside.Contains(invite);

    /// <summary>The current one is given up.</summary>
    public void Drop()
    {
        Current = null;
        _waiting.Clear();
    }

    /// <summary>One of several has answered: the others need not ring any longer.</summary>
    public void Win(OutgoingInvite winner)
    {
        _waiting.Clear();
        if (_beside.Count == 0) return;
        if (Current is { } last && last != winner) _beside.Add(last);
        _beside.Remove(winner);
        foreach (var loser in _beside) loser.Cancel(shard.Now, Ending.AnsweredElsewhere);
        _beside.Clear();
        Current = winner;
        CallId = winner.Request.CallId.AsText();
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

    /// <param name="reason">Reason header of the CANCELs.</param>
    /// <returns>False when nothing is left whose end must be awaited.</returns>
    public bool Cancel(string? reason)
    {
        _waiting.Clear();
        foreach (var other in _beside) other.Cancel(shard.Now, reason);
        _beside.Clear();
        if (Current is not { IsPending: true } invite) return false;
        invite.Cancel(shard.Now, reason);
        return true;
    }
}
