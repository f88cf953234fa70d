using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Registrations;

/// <summary>Our registrations with all trunks that want one, kept in step with the configuration. Lives on the registrar's shard.</summary>
internal sealed class TrunkRegistrar(ShardContext shard, TrunkBook book)
{
    private readonly Dictionary<TrunkId, TrunkRegistration> _trunks = [];
    private readonly List<TrunkRegistration> _leaving = [];
    private RoutingSnapshot? _seen;
    private bool _isOver;

    public Instant NextDue
    {
        get
        {
            var next = Instant.Never;
            foreach (var registration in _trunks.Values) next = Instant.Min(next, registration.NextDue);
            return next;
        }
    }

    /// <summary>Looks whether the configuration has changed.</summary>
    public void Follow()
    {
        var routing = shard.Routing;
        if (_isOver || ReferenceEquals(routing, _seen)) return;
        _seen = routing;
        foreach (var (id, registration) in _trunks)
        {
            if (routing.FindTrunk(id) is { IsEnabled: true, Registers: true } trunk && IsSame(trunk, registration.Trunk)) continue;
            Leave(registration);
            _trunks.Remove(id);
        }
        foreach (var trunk in routing.Trunks)
            if (trunk is { IsEnabled: true, Registers: true } && !_trunks.ContainsKey(trunk.Id)) Begin(new(shard, book, trunk));
    }

    public void HandleDue()
    {
        foreach (var registration in _trunks.Values)
            if (registration.NextDue <= shard.Now) registration.OnDue();
    }

    public void OnResolved(int correlation, IReadOnlyList<SipFlow> flows, string? trouble)
    {
        foreach (var registration in _trunks.Values)
            if (registration.Correlation == correlation) registration.OnResolved(flows, trouble);
    }

    /// <summary>False when the transaction is not one of ours.</summary>
    public bool OnResponse(ClientTransactionId transaction, SipResponse response)
    {
        if (Find(transaction) is not { } registration) return false;
        registration.OnResponse(response);
        Forget(registration);
        return true;
    }

    /// <param name="trouble">Why, as part of a sentence.</param>
    public bool OnFailed(ClientTransactionId transaction, string trouble)
    {
        if (Find(transaction) is not { } registration) return false;
        registration.OnFailed(trouble);
        Forget(registration);
        return true;
    }

    /// <summary>A connection of ours is gone.</summary>
    public void OnLost(SipFlow flow)
    {
        foreach (var registration in _trunks.Values) registration.OnLost(flow);
    }

    /// <summary>The node stops.</summary>
    public void Leave()
    {
        _isOver = true;
        foreach (var registration in _trunks.Values) Leave(registration);
        _trunks.Clear();
    }

    /// <summary>Not before an earlier one of the same binding is over: its end would be that of the new one.</summary>
    private void Begin(TrunkRegistration registration)
    {
        if (!_leaving.Exists(old => old.IsRival(registration))) _trunks.Add(registration.Trunk.Id, registration);
    }

    private void Leave(TrunkRegistration registration)
    {
        registration.Leave();
        if (!registration.IsOver) _leaving.Add(registration);
    }

    private void Forget(TrunkRegistration registration)
    {
        if (!registration.IsOver || !_leaving.Remove(registration)) return;
        _seen = null;       // another may have waited for it
        Follow();
    }

    private TrunkRegistration? Find(ClientTransactionId transaction)
    {
        foreach (var registration in _leaving)
            if (registration.Owns(transaction)) return registration;
        foreach (var registration in _trunks.Values)
            if (registration.Owns(transaction)) return registration;
        return null;
    }

    private static bool IsSame(Trunk a, Trunk b) =>
        (a.Host, a.Port, a.Transport, a.AuthUser, a.AuthPassword, a.FromDomain, a.Registrar, a.RegisterSeconds)
            == (b.Host, b.Port, b.Transport, b.AuthUser, b.AuthPassword, b.FromDomain, b.Registrar, b.RegisterSeconds);
}
