using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Legs;

/// <summary>
/// Keeps in the leg's row what a later process needs to end the leg. It goes with the events that are written anyway;
/// only what happens between those costs a row of its own: a further INVITE, which waits for it, and a peer that has moved.
/// </summary>
internal sealed class LegRecoveryBye(ShardContext shard, Leg leg)
{
    private string? _kept;
    private ReceivedInvite? _received;
    private DialogRecord? _dialog;
    private SipFlow _path;
    private IReadOnlyList<SentInvite> _sent = [];
    private int _awaited;

    /// <summary>What is being dialled.</summary>
    public DialTarget? Target { get; set; }

    /// <summary>What the first row of an outbound leg says.</summary>
    public void Begin(string kept) => _kept = kept;

    /// <summary>The text for the leg's first row; null where the far end is a leg of this node, which its own row ends.</summary>
    public string? Begin(IncomingInvite invite, SipFlow source)
    {
        if (source.IsInside) return null;
        (_dialog, _path) = (invite.Dialog.Capture(), source);
        var flow = FlowRecord.Of(source, dialled: null, Networks);
        _received = new(InviteHead.Write(invite.Request), _dialog.Id.LocalTag, _dialog.LocalContact, flow);
        return new RecoveryBye { Received = _received }.Write();
    }

    /// <summary>Before INVITEs leave: true when the row speaks of them already, else the leg hears when it does.</summary>
    public bool Keep(IEnumerable<(SipRequest Invite, SipFlow Flow)> sent)
    {
        var records = Records(sent);
        if (records.Count == 0 && _kept is null) return true;
        string text = new RecoveryBye { Sent = records }.Write();
        if (text == _kept) return true;
        _kept = text;
        shard.Emit(new Effect.KeepRecoveryBye(leg.Facts, text, _awaited = shard.NextCorrelation()));
        return false;
    }

    public void OnKept(LegMessage.RecoveryByeKept kept)
    {
        if (!kept.IsCommitted) leg.OnCommitted(isCommitted: false);
        else if (kept.Correlation == _awaited) leg.Outbound?.OnKept();
    }

    /// <summary>The text for the row of an outbound leg's answer; null changes nothing.</summary>
    public string? Confirm(IEnumerable<(SipRequest Invite, SipFlow Flow)> sent)
    {
        if (leg.Dialog.Signalling.IsInside) return _kept is null ? null : new RecoveryBye { Sent = Records(sent) }.Write();
        (_dialog, _path) = (leg.Dialog.Confirmed?.Capture(), leg.Dialog.Signalling);
        _sent = Records(sent);
        return new RecoveryBye { Sent = _sent, Dialog = _dialog, Flow = FlowRecord.Of(_path, Target?.Place, Networks) }.Write();
    }

    /// <summary>
    /// After each message inside the dialog: the peer may have moved, or so many requests have gone
    /// that a later one could be taken for old.
    /// </summary>
    public void Follow()
    {
        if (_dialog is not { } before || leg.IsOver || leg.Dialog.Confirmed is not { } dialog) return;
        var path = leg.Dialog.Signalling;
        if (dialog.RemoteTarget == before.RemoteTarget && (path.Transport, path.Network) == (_path.Transport, _path.Network)
            && path.Remote.Equals(_path.Remote)
            && dialog.LocalCSeq < before.LocalCSeq + Dialog.RestoredLeap / 2) return;
        (_dialog, _path) = (dialog.Capture(), path);
        var flow = FlowRecord.Of(path, Target?.Place, Networks);
        var text = new RecoveryBye { Sent = _sent, Received = _received, Dialog = _dialog, Flow = flow }.Write();
        shard.Emit(new Effect.KeepRecoveryBye(leg.Facts, text, Correlation: null));
    }

    private SipNetworks Networks => shard.Settings.Networks;

    private IReadOnlyList<SentInvite> Records(IEnumerable<(SipRequest Invite, SipFlow Flow)> sent) =>
    [
        .. sent.Where(s => !s.Flow.IsInside).Select(s => new SentInvite(InviteHead.Write(s.Invite),
            FlowRecord.Of(s.Flow.Under(Target?.Nat ?? default), Target?.Place, Networks))),
    ];
}
