using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Recovery;

/// <summary>
/// The recovery BYEs of one shard: to the far ends of the legs that an earlier start left alive. New calls do not wait for them.
/// </summary>
internal sealed class RecoveryByeSenders(ShardContext shard)
{
    private readonly List<RecoveryByeSender> _all = [];
    private readonly Dictionary<LegId, Search> _searches = [];

    /// <summary>Far ends that something is still said to, or may still be.</summary>
    public int Count => _all.Count + _searches.Count;

    public Instant NextDue
    {
        get
        {
            var next = Instant.Never;
            foreach (var sender in _all) next = Instant.Min(next, sender.NextDue);
            return next;
        }
    }

    public void Begin(KeptRecoveryBye kept)
    {
        if (RecoveryBye.Read(kept.Text) is not { } recoveryBye)
        {
            shard.Emit(new Effect.RecoveryByeSent(kept.Leg, "What was kept of the call cannot be read."));
            return;
        }
        var sender = new RecoveryByeSender(shard, kept.Leg, recoveryBye);
        List<FlowRecord> places = [.. recoveryBye.Sent.Select(sent => sent.Flow),
            .. recoveryBye.Flow is { } flow ? [flow] : (FlowRecord[])[], .. recoveryBye.Late.Select(answer => answer.Flow)];
        if (places.Find(place => place.ToPlace() is not null) is not { } unknown)
        {
            Begin(sender, FlowOf);
            return;
        }
        // All places of one call were looked up in one name, or are known by their addresses.
        var search = new Search(sender, unknown, shard.NextCorrelation());
        _searches[kept.Leg.Id] = search;
        shard.Emit(new Effect.Resolve(kept.Leg.Id, search.Correlation, unknown.ToPlace()!));       // it has one
    }

    public void OnResolved(LegMessage.Resolved resolved)
    {
        if (!_searches.Remove(resolved.Leg, out var search) || search.Correlation != resolved.Correlation) return;
        var wanted = FlowOf(search.Place);
        var found = resolved.Flows.FirstOrDefault(flow => flow.Remote.Equals(wanted.Remote),
            resolved.Flows.Count > 0 ? resolved.Flows[0] : wanted).Under(wanted.Nat);
        Begin(search.RecoveryByeSender, record => record.ToPlace() is null ? FlowOf(record) : found);
    }

    public void OnDue()
    {
        foreach (var sender in _all)
            if (sender.NextDue <= shard.Now) sender.OnDue();
        Clear();
    }

    /// <summary>True when the transaction is one of theirs; so with the other three.</summary>
    public bool OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from) =>
        _all.Exists(sender => sender.OnResponse(transaction, response, from));

    public bool OnFailed(ClientTransactionId transaction, string? trouble) => _all.Exists(sender => sender.OnFailed(transaction, trouble));

    public bool OnEnded(ClientTransactionId transaction) => _all.Exists(sender => sender.OnClientEnded(transaction)) && Clear();

    public bool OnEnded(ServerTransactionId transaction) => _all.Exists(sender => sender.OnServerEnded(transaction)) && Clear();

    public void OnKept(LegMessage.RecoveryByeKept kept) => _all.Find(sender => sender.Leg.Id == kept.Leg)?.OnKept(kept.Correlation);

    /// <summary>An ACK to an answer that nobody here has given.</summary>
    public void OnAck(SipRequest ack)
    {
        if (_all.Count > 0 && ack.To.Tag.AsText() is var tag) _all.Find(sender => sender.Tag == tag)?.OnAck();
    }

    private void Begin(RecoveryByeSender sender, Func<FlowRecord, SipFlow> flows)
    {
        _all.Add(sender);
        sender.Begin(flows);
        Clear();
    }

    private SipFlow FlowOf(FlowRecord record) => record.ToFlow(shard.Settings.Networks, shard.Now);

    private bool Clear()
    {
        _all.RemoveAll(sender => sender.IsOver);
        return true;
    }

    private sealed record Search(RecoveryByeSender RecoveryByeSender, FlowRecord Place, int Correlation);
}
