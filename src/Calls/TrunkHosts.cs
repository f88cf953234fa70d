using System.Collections.Frozen;
using System.Net;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>What the host names of trunks lead to at the moment. Whoever looks them up swaps the whole; anybody may read.</summary>
public sealed class TrunkHosts
{
    private FrozenDictionary<IPAddress, TrunkId> _known = FrozenDictionary<IPAddress, TrunkId>.Empty;

    /// <summary>The trunk whose host name leads to this address; null for every other.</summary>
    public TrunkId? Find(IPAddress address) => Volatile.Read(ref _known).TryGetValue(address.Plain(), out var trunk) ? trunk : null;

    /// <summary>In place of all that was known.</summary>
    public void Learn(IEnumerable<(IPAddress Address, TrunkId Trunk)> found) =>
        Volatile.Write(ref _known, found.DistinctBy(f => f.Address.Plain()).ToFrozenDictionary(f => f.Address.Plain(), f => f.Trunk));
}
