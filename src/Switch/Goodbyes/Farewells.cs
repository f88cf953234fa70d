using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Legs;

namespace Ringwright.Switch.Goodbyes;

/// <summary>The goodbyes of one shard: to the far ends of the legs that an earlier start left alive. New calls do not wait for them.</summary>
internal sealed class Farewells(ShardContext shard)
{
    private readonly List<Farewell> _all = [];
    private readonly Dictionary<LegId, Search> _searches = [];

    /// <summary>Far ends that something is still said to, or may still be.</summary>
    public int Count => _all.Count + _searches.Count;

    public Instant NextDue
    {
        get
        {
            var next = Instant.Never;
            foreach (var farewell in _all) next = Instant.Min(next, farewell.NextDue);
            return next;
        }
    }

    public void Begin(KeptGoodbye kept)
    {
        if (Goodbye.Read(kept.Text) is not { } goodbye)
        {
            shard.Emit(new Effect.GoodbyeSaid(kept.Leg, "What was kept of the call cannot be read."));
            return;
        }
        var farewell = new Farewell(shard, kept.Leg, goodbye);
        List<FlowRecord> places = [.. goodbye.Sent.Select(sent => sent.Flow), .. goodbye.Flow is { } flow ? [flow] : (FlowRecord[])[], .. goodbye.Late.Select(answer => answer.Flow)];
        if (places.Find(place => place.ToPlace() is not null) is not { } unknown)
        {
            Begin(farewell, record => record.ToFlow());
            return;
        }
        // All places of one call were looked up in one name, or are known by their addresses.
        var search = new Search(farewell, unknown, shard.NextCorrelation());
        _searches[kept.Leg.Id] = search;
        shard.Emit(new Effect.Resolve(kept.Leg.Id, search.Correlation, unknown.ToPlace()!));       // it has one
    }

    public void OnResolved(LegLetter.Resolved resolved)
    {
        if (!_searches.Remove(resolved.Leg, out var search) || search.Correlation != resolved.Correlation) return;
        var wanted = search.Place.ToFlow();
        var found = resolved.Flows.FirstOrDefault(flow => flow.Remote.Equals(wanted.Remote), resolved.Flows.Count > 0 ? resolved.Flows[0] : wanted).Under(wanted.Nat);
        Begin(search.Farewell, record => record.ToPlace() is null ? record.ToFlow() : found);
    }

    public void OnDue()
    {
        foreach (var farewell in _all)
            if (farewell.NextDue <= shard.Now) farewell.OnDue();
        Clear();
    }

    /// <summary>True when the transaction is one of theirs; so with the other three.</summary>
    public bool OnResponse(ClientTransactionId transaction, SipResponse response, SipFlow from) => _all.Exists(farewell => farewell.OnResponse(transaction, response, from));

    public bool OnFailed(ClientTransactionId transaction, string? trouble) => _all.Exists(farewell => farewell.OnFailed(transaction, trouble));

    public bool OnEnded(ClientTransactionId transaction) => _all.Exists(farewell => farewell.OnClientEnded(transaction)) && Clear();

    public bool OnEnded(ServerTransactionId transaction) => _all.Exists(farewell => farewell.OnServerEnded(transaction)) && Clear();

    public void OnKept(LegLetter.GoodbyeKept kept) => _all.Find(farewell => farewell.Leg.Id == kept.Leg)?.OnKept(kept.Correlation);

    /// <summary>An ACK to an answer that nobody here has given.</summary>
    public void OnAck(SipRequest ack)
    {
        if (_all.Count > 0 && ack.To.Tag.AsText() is var tag) _all.Find(farewell => farewell.Tag == tag)?.OnAck();
    }

    private void Begin(Farewell farewell, Func<FlowRecord, SipFlow> flows)
    {
        _all.Add(farewell);
        farewell.Begin(flows);
        Clear();
    }

    private bool Clear()
    {
        _all.RemoveAll(farewell => farewell.IsOver);
        return true;
    }

    private sealed record Search(Farewell Farewell, FlowRecord Place, int Correlation);
}
