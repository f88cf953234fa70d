using System.Diagnostics.CodeAnalysis;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.MediaHost.Control;

/// <summary>
/// Which ports of the media process are free, and who has the others. A lease ends with the port's closed event. When the process dies its
/// leases are lost: each stays known until its owner has given it up, so that one that was just being made hears of it too.
/// </summary>
/// <param name="ranges">Pairs of each network; an index counts through them.</param>
/// <param name="warmPairs">Free pairs that are to be bound at any time on each network, as far as its range has them.</param>
internal sealed class LeaseTable(IReadOnlyList<int> ranges, int warmPairs)
{
    /// <summary>Many pairs stay bound after a rush; so many times the usual number.</summary>
    private const int MostWarm = 4, UnbindBatch = 64;

    private readonly Lock _gate = new();
    // First in, first out: a pair rests as long as possible before it is used again.
    private readonly Range[] _ranges = [.. ranges.Select(capacity => new Range { Capacity = capacity })];
    private readonly Dictionary<PortId, Lease> _held = [];
    private readonly ushort[] _leases = new ushort[ranges.Sum()];
    private uint _epoch;
    private bool _isUp;

    private record struct Lease(Subject Owner, bool IsClosing);

    /// <summary>The ports of one network.</summary>
    private sealed class Range
    {
        public required int Capacity { get; init; }
        public Queue<ushort> Free { get; } = new();
        public int Bound { get; set; }
    }

    public bool IsUp
    {
        get
        {
            lock (_gate) return _isUp;
        }
    }

    /// <summary>Leases that are not given up yet.</summary>
    public int Held
    {
        get
        {
            lock (_gate) return _held.Count;
        }
    }

    /// <summary>A media process has said Hello.</summary>
    public void Begin(uint epoch, IReadOnlyList<ushort> ports)
    {
        lock (_gate)
        {
            (_epoch, _isUp) = (epoch, true);
            foreach (var range in _ranges)
            {
                range.Bound = 0;
                range.Free.Clear();
            }
            Add(ports);
        }
    }

    public void Add(uint epoch, IReadOnlyList<ushort> ports)
    {
        lock (_gate)
        {
            if (_isUp && epoch == _epoch) Add(ports);
        }
    }

    /// <summary>No leases until the next <see cref="Begin"/>.</summary>
    public void Stop()
    {
        lock (_gate) _isUp = false;
    }

    /// <summary>The process is gone.</summary>
    /// <returns>Every lease that it had.</returns>
    public IReadOnlyList<(PortId Port, Subject Owner)> Lose()
    {
        lock (_gate)
        {
            _isUp = false;
            foreach (var range in _ranges) range.Free.Clear();
            var lost = new List<(PortId, Subject)>();
            foreach (var (port, lease) in _held)
            {
                if (port.Epoch != _epoch) continue;       // an earlier process's: told already
                lost.Add((port, lease.Owner));
                if (lease.IsClosing) _held.Remove(port);
            }
            return lost;
        }
    }

    public bool TryTake(Subject owner, int network, out PortId port)
    {
        lock (_gate)
        {
            port = default;
            if (!_isUp || !_ranges[network].Free.TryDequeue(out ushort index)) return false;
            port = PortId.Compose(_epoch, index, ++_leases[index]);
            _held.Add(port, new(owner, IsClosing: false));
            return true;
        }
    }

    /// <summary>Where a command for this port goes to.</summary>
    /// <param name="owner">Who had the port, when it is lost.</param>
    public LeaseState Judge(PortId port, bool isClose, out Subject owner)
    {
        lock (_gate)
        {
            owner = default;
            if (!_held.TryGetValue(port, out var lease)) return LeaseState.Unknown;
            owner = lease.Owner;
            bool isLost = port.Epoch != _epoch || !_isUp;
            if (isClose && isLost) _held.Remove(port);
            else if (isClose) _held[port] = lease with { IsClosing = true };
            return isLost ? LeaseState.Lost : LeaseState.Held;
        }
    }

    /// <summary>The port is closed, or was never opened.</summary>
    public void Release(PortId port)
    {
        lock (_gate)
        {
            if (_held.Remove(port) && _isUp && port.Epoch == _epoch) RangeOf(port.Index).Free.Enqueue((ushort)port.Index);
        }
    }

    /// <summary>How many pairs of a network are to be bound now; 0 when there are enough or no more.</summary>
    public int Wanted(int network)
    {
        lock (_gate)
        {
            var (range, free) = (_ranges[network], _ranges[network].Free.Count);
            return _isUp && free < warmPairs / 2 + 1 ? Math.Min(warmPairs - free, range.Capacity - range.Bound) : 0;
        }
    }

    /// <summary>Takes away some of very many free pairs: nobody leases them any longer.</summary>
    public bool TryShrink([NotNullWhen(true)] out ushort[]? ports)
    {
        lock (_gate)
        {
            ports = null;
            if (!_isUp || Array.Find(_ranges, r => r.Free.Count >= MostWarm * warmPairs + UnbindBatch) is not { } range) return false;
            ports = new ushort[UnbindBatch];
            for (int i = 0; i < ports.Length; i++) ports[i] = range.Free.Dequeue();
            range.Bound -= ports.Length;
            return true;
        }
    }

    private void Add(IReadOnlyList<ushort> ports)
    {
        foreach (ushort port in ports)
        {
            if (port >= _leases.Length) continue;
            var range = RangeOf(port);
            range.Free.Enqueue(port);
            range.Bound++;
        }
    }

    private Range RangeOf(int index)
    {
        int network = 0;
        for (; index >= _ranges[network].Capacity; network++) index -= _ranges[network].Capacity;
        return _ranges[network];
    }
}

internal enum LeaseState
{
    /// <summary>Never leased, or given up.</summary>
    Unknown,
    Held,
    /// <summary>Its process is gone, and its owner has not given it up.</summary>
    Lost,
}
