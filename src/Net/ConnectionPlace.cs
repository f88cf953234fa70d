using System.Net;
using Ringwright.Core;

namespace Ringwright.Net;

/// <summary>One connection's place in the budget of its listener.</summary>
public sealed class ConnectionPlace
{
    private readonly ConnectionBudget _budget;
    private readonly Action _close;
    private volatile bool _isProven, _isAtRest;
    private int _hasLeft;

    internal ConnectionPlace(ConnectionBudget budget, ConnectionBudget.SourceHolder holder, IPAddress address, Action close, Instant cameAt)
    {
        (_budget, Holder, Address, _close, CameAt) = (budget, holder, address, close, cameAt);
        Node = new(this);
    }

    public IPAddress Address { get; }
    public Instant CameAt { get; }

    /// <summary>Nothing is under way on it: the far end loses nothing when it is closed.</summary>
    public bool IsAtRest
    {
        get => _isAtRest;
        set => _isAtRest = value;
    }

    internal ConnectionBudget.SourceHolder Holder { get; }
    internal LinkedListNode<ConnectionPlace> Node { get; }
    /// <summary>It was told to close; under the budget's lock.</summary>
    internal bool IsEvicted { get; set; }

    /// <summary>It has shown what it is for: others make room before it does.</summary>
    public void Prove()
    {
        if (_isProven) return;
        _isProven = true;
        _budget.Prove(this);
    }

    /// <summary>Its descriptor is closed. Once counts.</summary>
    public void Leave()
    {
        if (Interlocked.Exchange(ref _hasLeft, 1) == 0) _budget.Leave(this);
    }

    internal void Close() => _close();
}
