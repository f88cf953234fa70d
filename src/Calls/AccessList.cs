using System.Net;

namespace Ringwright.Calls;

/// <summary>
/// Where the credentials of an account may be used from. An empty list is everywhere. The machine of the node itself is let in too, unless the list names
/// addresses of that kind: who lists 127.0.0.1 means it.
/// </summary>
public sealed class AccessList
{
    public static readonly AccessList Everywhere = new([]);

    private readonly IPNetwork[] _networks;
    private readonly bool _namesLoopback;

    /// <param name="networks">Without bits behind the prefix; a single address is a network of its full length.</param>
    public AccessList(IEnumerable<IPNetwork> networks)
    {
        _networks = [.. networks];
        _namesLoopback = _networks.Any(n => IPAddress.IsLoopback(n.BaseAddress));
    }

    public int Count => _networks.Length;

    /// <param name="source">Null when there is none, as on a local socket.</param>
    /// <param name="isHere">The request began on this machine; one that somebody else's was handed on from here did not.</param>
    public bool Allows(IPAddress? source, bool isHere)
    {
        if (_networks.Length == 0 || source is null) return true;
        var address = source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source;
        foreach (var network in _networks)
            if (network.Contains(address)) return true;
        return isHere && !_namesLoopback;
    }

    /// <summary>The list with one network more.</summary>
    public AccessList With(IPNetwork network) => new([.. _networks, network]);

    /// <summary>The list without one of the networks that equal this one.</summary>
    public AccessList Without(IPNetwork network)
    {
        int at = Array.IndexOf(_networks, network);
        return at < 0 ? this : new(_networks.Where((_, i) => i != at));
    }
}
