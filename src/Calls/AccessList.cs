using System.Net;

namespace Ringwright.Calls;

/// <summary>
/// Where the credentials of an account may be used from. An empty list is everywhere; any other lets in what it names and nothing else,
/// the node's own machine neither: a proxy on it hands on other people's requests.
/// </summary>
public sealed class AccessList
{
    public static readonly AccessList Everywhere = new([]);

    private readonly IPNetwork[] _networks;

    /// <param name="networks">Without bits behind the prefix; a single address is a network of its full length.</param>
    public AccessList(IEnumerable<IPNetwork> networks) => _networks = [.. networks];

    public int Count => _networks.Length;

    /// <param name="source">Null when there is none, as on a local socket.</param>
    /// <param name="isKnown">False when <paramref name="source"/> is only who handed the request on: no list names that.</param>
    public bool Allows(IPAddress? source, bool isKnown = true)
    {
        if (_networks.Length == 0 || source is null) return true;
        if (!isKnown) return false;
        var address = source.IsIPv4MappedToIPv6 ? source.MapToIPv4() : source;
        foreach (var network in _networks)
            if (network.Contains(address)) return true;
        return false;
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
