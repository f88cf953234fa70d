using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Routing;

namespace Ringwright.Switch.Trunks;

/// <summary>
/// Asks the addresses of trunks by OPTIONS whether they are there: each again and again, those that are passed over more often, and never
/// many at once. Lives on the registrar's shard.
/// </summary>
internal sealed class TrunkProber(ShardContext shard)
{
    /// <summary>A look-up that never comes back must not end all probes.</summary>
    private static readonly TimeSpan LookUpWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan WhilePassedOver = TimeSpan.FromSeconds(15);
    /// <summary>As many are under way as may be.</summary>
    private static readonly TimeSpan WhileFull = TimeSpan.FromSeconds(1);

    private readonly Dictionary<TrunkId, Probed> _trunks = [];
    private readonly Dictionary<ClientTransactionId, Probe> _open = [];
    private RoutingSnapshot? _seen;
    private int _failures;
    private bool _isOver;

    /// <summary>Probes without an answer.</summary>
    public int Open => _open.Count;

    public Instant NextDue { get; private set; } = Instant.Never;

    /// <summary>Looks whether the configuration has changed, or a trunk is passed over since the last look.</summary>
    public void Follow()
    {
        var (routing, failures) = (shard.Routing, shard.Settings.Trunks.Failures);
        if (_isOver || ReferenceEquals(routing, _seen) && failures == _failures) return;
        _failures = failures;
        if (!ReferenceEquals(routing, _seen))
        {
            shard.Settings.Trunks.Follow(routing);
            _seen = routing;
            foreach (var (id, probed) in _trunks)
                if (routing.FindTrunk(id) is not { IsEnabled: true, ProbeSeconds: > 0 } trunk || !IsSame(trunk, probed.Trunk))
                    _trunks.Remove(id);
            foreach (var trunk in routing.Trunks)
                if (trunk is { IsEnabled: true, ProbeSeconds: > 0 } && !_trunks.ContainsKey(trunk.Id)) _trunks.Add(trunk.Id, Begin(trunk));
        }
        foreach (var probed in _trunks.Values)
        {
            if (probed.Due > shard.Now + WhilePassedOver && shard.Settings.Trunks.Find(probed.Trunk.Id) is { IsIll: true })
                probed.Due = shard.Now + WhilePassedOver * shard.Rng.NextDouble();
        }
        Reckon();
    }

    public void HandleDue()
    {
        if (NextDue > shard.Now) return;
        // A transaction is given up after half a minute; a call would have given up long before.
        foreach (var probe in _open.Values)
            if (probe.SilentAt <= shard.Now) Tell(probe, status: null, "nothing answered");
        foreach (var probed in _trunks.Values)
        {
            if (probed.Due > shard.Now) continue;
            if (probed.Open > 0 || _open.Count >= Limits.OpenProbes)
            {
                probed.Due = shard.Now + WhileFull * (1 + shard.Rng.NextDouble());
                continue;
            }
            var trunk = probed.Trunk;
            probed.Correlation = shard.NextCorrelation();
            probed.Due = shard.Now + LookUpWait;
            shard.Emit(new Effect.Resolve(default, probed.Correlation, new(trunk.Host, trunk.Port, trunk.Transport, trunk.Id)));
        }
        Reckon();
    }

    /// <param name="trouble">Why there are none.</param>
    public void OnResolved(int correlation, IReadOnlyList<SipFlow> flows, string? trouble)
    {
        foreach (var probed in _trunks.Values)
        {
            if (probed.Correlation != correlation) continue;
            probed.Correlation = 0;
            SipFlow[] targets = [.. flows.Take(Limits.DialTargets)];
            var health = shard.Settings.Trunks.Of(probed.Trunk.Id);
            health.Learn(targets);
            if (targets.Length == 0) health.Note(flow: null, new(shard.Now, null, trouble ?? "its name leads nowhere"));
            foreach (var to in targets)
            {
                var request = OutOfDialog.Options(shard, to, probed.Trunk.Host, probed.Trunk.Id);
                _open.Add(shard.Transactions.SendRequest(request, to, shard.Now),
                    new(probed, to) { SilentAt = shard.Now + Limits.ProbeAnswer });
                probed.Open++;
            }
            // Not all at one moment, whenever they were added.
            var interval = TimeSpan.FromSeconds(probed.Trunk.ProbeSeconds);
            if (health.IsIll && interval > WhilePassedOver) interval = WhilePassedOver;
            probed.Due = shard.Now + interval * (0.9 + 0.2 * shard.Rng.NextDouble());
            Reckon();
        }
    }

    /// <summary>False when the transaction is not one of ours.</summary>
    public bool OnResponse(ClientTransactionId transaction, SipResponse response)
    {
        if (response.IsProvisional) return _open.ContainsKey(transaction);
        return OnOutcome(transaction, response.Status, trouble: null);
    }

    /// <param name="trouble">Why, as part of a sentence.</param>
    public bool OnFailed(ClientTransactionId transaction, string trouble) => OnOutcome(transaction, status: null, trouble);

    /// <summary>The node stops.</summary>
    public void Leave()
    {
        _isOver = true;
        _trunks.Clear();
        _open.Clear();
        NextDue = Instant.Never;
    }

    private bool OnOutcome(ClientTransactionId transaction, int? status, string? trouble)
    {
        if (!_open.Remove(transaction, out var probe)) return false;
        probe.Of.Open--;
        if (status is not null || probe.SilentAt != Instant.Never) Tell(probe, status, trouble);
        return true;
    }

    private void Tell(Probe probe, int? status, string? trouble)
    {
        probe.SilentAt = Instant.Never;
        var trunk = probe.Of.Trunk;
        if (!_trunks.TryGetValue(trunk.Id, out var known) || known != probe.Of) return;      // removed meanwhile
        shard.Emit(new Effect.TrunkProbed(trunk, status));
        if (shard.Settings.Trunks.Of(trunk.Id).Note(probe.To, new(shard.Now, status, trouble)))
            shard.Emit(new Effect.TrunkNews(trunk, probe.To.Remote, null));
    }

    /// <summary>Trunks that were there at the start are not all asked at once, and none before it can have settled.</summary>
    private Probed Begin(Trunk trunk) =>
        new(trunk) { Due = shard.Now + TimeSpan.FromSeconds(trunk.ProbeSeconds) * (0.5 + 0.5 * shard.Rng.NextDouble()) };

    private void Reckon()
    {
        NextDue = Instant.Never;
        foreach (var probed in _trunks.Values) NextDue = Instant.Min(NextDue, probed.Due);
        foreach (var probe in _open.Values) NextDue = Instant.Min(NextDue, probe.SilentAt);
    }

    private static bool IsSame(Trunk a, Trunk b) =>
        (a.Host, a.Port, a.Transport, a.ProbeSeconds) == (b.Host, b.Port, b.Transport, b.ProbeSeconds);

    private sealed class Probe(Probed of, SipFlow to)
    {
        public Probed Of => of;
        public SipFlow To => to;
        /// <summary>When it counts as silent; never once that was told.</summary>
        public Instant SilentAt { get; set; }
    }

    private sealed class Probed(Trunk trunk)
    {
        public Trunk Trunk => trunk;
        public Instant Due { get; set; }
        /// <summary>Of the look-up under way.</summary>
        public int Correlation { get; set; }
        public int Open { get; set; }
    }
}
