using System.Net;
using Ringwright.Core;

namespace Ringwright.MediaHost;

/// <inheritdoc/>
/// <param name="local">Addresses of this machine, for ports on the wildcard address.</param>
public sealed class OwnPorts(IReadOnlyList<IPAddress> local) : IOwnPorts
{
    private readonly Lock _gate = new();
    /// <summary>By number; of each the addresses by which it is reached, one for each time that it was added.</summary>
    private readonly Dictionary<int, List<IPAddress>> _ports = [];
    private readonly HashSet<Watched> _watched = [];

    public OwnPorts() : this([]) { }

    public bool Has(IPAddress address, int port)
    {
        address = TargetPolicy.Unwrap(address);
        lock (_gate) return Holds(address, port);
    }

    /// <summary>The port is bound. Whoever watches it is told before this returns.</summary>
    /// <param name="advertised">What the world calls that address; null when it has no other name.</param>
    public void Add(IPAddress bound, int port, IPAddress? advertised = null)
    {
        List<Watched>? taken = null;
        lock (_gate)
        {
            if (!_ports.TryGetValue(port, out var addresses)) _ports.Add(port, addresses = []);
            addresses.Add(TargetPolicy.Unwrap(bound));
            if (advertised is not null) addresses.Add(TargetPolicy.Unwrap(advertised));
            foreach (var watched in _watched)
                if (watched.Targets.Any(target => target.Port == port && Holds(TargetPolicy.Unwrap(target.Address), port)))
                    (taken ??= []).Add(watched);
        }
        taken?.ForEach(watched => watched.Tell());
    }

    /// <summary>Takes back one <see cref="Add"/>.</summary>
    public void Remove(IPAddress bound, int port, IPAddress? advertised = null)
    {
        lock (_gate)
        {
            if (!_ports.TryGetValue(port, out var addresses)) return;
            addresses.Remove(TargetPolicy.Unwrap(bound));
            if (advertised is not null) addresses.Remove(TargetPolicy.Unwrap(advertised));
            if (addresses.Count == 0) _ports.Remove(port);
        }
    }

    public IDisposable Hold(IPEndPoint bound, IPAddress? advertised = null)
    {
        Add(bound.Address, bound.Port, advertised);
        return new Undo(() => Remove(bound.Address, bound.Port, advertised));
    }

    public IDisposable Watch(IReadOnlyList<IPEndPoint> targets, Action taken)
    {
        var watched = new Watched(targets, taken);
        bool isTaken;
        lock (_gate)
        {
            _watched.Add(watched);
            isTaken = targets.Any(target => Holds(TargetPolicy.Unwrap(target.Address), target.Port));
        }
        if (isTaken) taken();
        return new Undo(() =>
        {
            lock (_gate) _watched.Remove(watched);
        });
    }

    private bool Holds(IPAddress address, int port) =>
        _ports.TryGetValue(port, out var addresses) && addresses.Exists(bound => TargetPolicy.Reaches(bound, address, local));

    private sealed class Watched(IReadOnlyList<IPEndPoint> targets, Action tell)
    {
        public IReadOnlyList<IPEndPoint> Targets => targets;
        public Action Tell => tell;
    }

    private sealed class Undo(Action action) : IDisposable
    {
        private Action? _action = action;

        public void Dispose() => Interlocked.Exchange(ref _action, null)?.Invoke();
    }
}
