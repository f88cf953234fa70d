using System.Collections.Immutable;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Registrations;

/// <summary>How our registrations with trunks stand. Written by the shard that has them; read by everybody.</summary>
public sealed class TrunkBook : ITrunkRegistrations
{
    private ImmutableDictionary<TrunkId, TrunkRegistrationStatus> _entries = ImmutableDictionary<TrunkId, TrunkRegistrationStatus>.Empty;

    public TrunkRegistrationStatus? StatusOf(TrunkId trunk) => _entries.TryGetValue(trunk, out var status) ? status : null;

    internal void Publish(TrunkId trunk, TrunkRegistrationStatus status) =>
        ImmutableInterlocked.AddOrUpdate(ref _entries, trunk, status, (_, _) => status);

    internal void Remove(TrunkId trunk) => ImmutableInterlocked.TryRemove(ref _entries, trunk, out _);
}
