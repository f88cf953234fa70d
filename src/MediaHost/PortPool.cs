using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics.CodeAnalysis;

namespace Ringwright.MediaHost;

/// <summary>
/// The port range of a network: a part of it is bound ahead of need, so that a lease is one dequeue.
/// Refilling happens on the host's own thread. Should a burst empty the pool before that, the lease binds a pair itself:
/// two system calls that cannot wait (about 20 µs), so a lease never blocks.
/// </summary>
internal sealed class PortPool : IDisposable
{
    /// <summary>Pairs that another program may hold, tried per lease before it fails.</summary>
    private const int BindsPerLease = 16;
    private const int RefillBatch = 64;

    private readonly int _warmPairs;
    private readonly PairBudget _budget;
    private readonly OwnPairs _own;
    // Both first in, first out: a pair rests as long as possible before it is used again.
    private readonly ConcurrentQueue<PortSlot> _warm = new(), _cold = new();
    private readonly MediaNetwork _range;

    /// <param name="first">The index of its first pair.</param>
    /// <param name="warmPairs">Kept bound; the budget has room for as many in each pool.</param>
    public PortPool(MediaNetwork range, int first, int warmPairs, PairBudget budget, OwnPairs own)
    {
        (_range, _budget, _warmPairs, _own) = (range, budget, warmPairs, own);
        Slots = new PortSlot[range.Pairs];
        for (int i = 0; i < Slots.Length; i++)
        {
            Slots[i] = new(first + i, range, range.PortOf(i));
            _cold.Enqueue(Slots[i]);
        }
    }

    /// <summary>One for each network.</summary>
    public static PortPool[] Of(MediaHostOptions options)
    {
        var budget = new PairBudget(Math.Max(options.Networks.Count, options.MostPairs));
        int warm = Math.Clamp(options.WarmPairs, 1, budget.Most / options.Networks.Count);
        var own = new OwnPairs(options);
        return [.. options.Networks.Select((range, number) => new PortPool(range, options.FirstOf(number), warm, budget, own))];
    }

    public PortSlot[] Slots { get; }
    public int Warm => _warm.Count;
    public bool IsLow => _warm.Count < _warmPairs / 2;

    /// <summary>Binds the first pairs.</summary>
    /// <exception cref="IOException">Not one pair can be bound.</exception>
    public void Start()
    {
        int error = 0;
        for (int tries = Slots.Length; tries > 0 && _warm.Count < _warmPairs; tries--) TryWarm(out error);
        if (_warm.IsEmpty)
            throw new IOException(
                $"No RTP port pair of {_range} can be bound: "
                + $"{(Slots.Length == 0 ? "the range is empty" : new Win32Exception(error).Message)}.");
    }

    public bool TryTake([NotNullWhen(true)] out PortSlot? slot)
    {
        for (int tries = BindsPerLease; !_warm.TryDequeue(out slot); tries--)
        {
            if (tries == 0 || _cold.IsEmpty) return false;
            TryWarm(out _);
        }
        return true;
    }

    public void Return(PortSlot slot) => _warm.Enqueue(slot);

    /// <summary>For who leases in another process: the bound pairs, which are theirs until <see cref="Unbind"/>.</summary>
    /// <param name="more">So many are to be bound before; there may be fewer that can.</param>
    public IReadOnlyList<PortSlot> TakeAll(int more)
    {
        for (int tries = Math.Min(_cold.Count, more); tries > 0; tries--) TryWarm(out _);
        var taken = new List<PortSlot>();
        while (_warm.TryDequeue(out var slot))
            if (slot.IsBound) taken.Add(slot);      // none is, once the pool has ended
        return taken;
    }

    /// <summary>One that is not bound waits to be bound already: twice in that queue it would be bound under whoever has it.</summary>
    public void Unbind(PortSlot slot)
    {
        if (!slot.Unbind()) return;
        _budget.Return();
        _own.Remove(slot.Index);
        _cold.Enqueue(slot);
    }

    /// <summary>Called now and then off the tick: binds more pairs while there are few, unbinds some while there are very many.</summary>
    public void Tend()
    {
        // The last unbound pairs are left to the leases: a pair in this thread's hands would look taken to them.
        for (int i = 0; i < RefillBatch && _warm.Count < _warmPairs && _cold.Count > RefillBatch; i++) TryWarm(out _);
        for (int i = 0; i < RefillBatch && _warm.Count > 4 * _warmPairs && _warm.TryDequeue(out var slot); i++)
        {
            Unbind(slot);
        }
    }

    public void Dispose()
    {
        foreach (var slot in Slots) slot.GiveUp();
        _own.Clear();
    }

    private void TryWarm(out int error)
    {
        error = 0;
        if (!_budget.TryTake()) return;
        if (!_cold.TryDequeue(out var slot))
        {
            _budget.Return();
            return;
        }
        bool isBound = slot.TryBind(out error);
        if (isBound) _own.Add(slot.Index);
        else _budget.Return();
        (isBound ? _warm : _cold).Enqueue(slot);
    }
}

/// <summary>How many pairs may be bound at the same time, on all networks together.</summary>
internal sealed class PairBudget(int most)
{
    private int _taken;

    public int Most => most;

    public bool TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= most) return true;
        Return();
        return false;
    }

    public void Return() => Interlocked.Decrement(ref _taken);
}
