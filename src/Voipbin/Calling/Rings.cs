using System.Collections.Concurrent;
using Ringwright.Calls;

namespace Ringwright.Voipbin.Calling;

/// <summary>Groups of calls that ring or talk, placed by this process: their legs' programs find whom they report to.</summary>
internal sealed class Rings
{
    private readonly ConcurrentDictionary<string, RingGroup> _live = new(StringComparer.Ordinal);

    public void Add(RingGroup group) => _live[group.Id] = group;

    public void Remove(RingGroup group) => _live.TryRemove(group.Id, out _);

    /// <summary>Null when it is over, or was never one of this process.</summary>
    public RingGroup? Find(string id) => _live.GetValueOrDefault(id);

    /// <summary>Null for legs of other kinds, and when nobody waits for them any more.</summary>
    public ICallProgram? CreateProgram(Application application) =>
        application.Kind is ApplicationKind.Ring && Find(application.Target) is { } group ? new RungLeg(group) : null;
}
