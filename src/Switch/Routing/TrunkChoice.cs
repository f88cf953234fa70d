using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch.Trunks;

namespace Ringwright.Switch.Routing;

/// <summary>
/// The trunks of one plan, in the order of their routes. Those that are passed over come last: of an emergency all of them, of any other
/// call the one that may be tried first, so that no call fails while a route is left, and none waits for many that are dead.
/// </summary>
/// <param name="weighed">As for <see cref="DialPlan.For"/>.</param>
internal sealed class TrunkChoice(TrunkView trunks, bool isEmergency, List<RouteCandidate>? weighed)
{
    private readonly List<DialTarget> _targets = [];
    private List<(DialTarget Target, Instant Until, int Weighed)>? _passed;

    public bool IsFull => _targets.Count == Limits.DialTargets;

    /// <summary>Whether the trunk comes into question at all.</summary>
    public RouteOutcome Judge(Trunk? trunk)
    {
        if (IsFull) return RouteOutcome.TooMany;
        if (trunk is null) return RouteOutcome.TrunkMissing;
        if (!trunk.IsEnabled) return RouteOutcome.TrunkDisabled;
        return _targets.Exists(t => t.Trunk == trunk.Id) || _passed?.Exists(p => p.Target.Trunk == trunk.Id) is true
            ? RouteOutcome.TrunkAlreadyChosen
            : RouteOutcome.Chosen;
    }

    /// <summary>Which limit the first trunk meets that has no room; null while all have.</summary>
    public GateAnswer? Full { get; private set; }

    /// <summary>The first one, also when it has no room.</summary>
    public TrunkId? Way { get; private set; }

    public void Add(Route route, Trunk trunk, DialTarget target)
    {
        Way ??= trunk.Id;
        if (!isEmergency && trunks.Board?.Ask(trunk, Direction.Outbound, trunks.Now) is { IsOpen: false } full)
        {
            Full ??= full;
            weighed?.Add(new(route, trunk, RouteOutcome.TrunkFull) { Trouble = full.Detail });
            return;
        }
        if (trunks.PassedOver(trunk.Id) is not { } ill)
        {
            weighed?.Add(new(route, trunk, RouteOutcome.Chosen));
            _targets.Add(target);
            return;
        }
        (_passed ??= []).Add((target with { IsPassedOver = true }, ill.PassedUntil, weighed?.Count ?? 0));
        weighed?.Add(new(route, trunk, RouteOutcome.PassedOver) { Trouble = ill.Why, For = ill.PassedUntil - trunks.Now });
    }

    public IReadOnlyList<DialTarget> Finish()
    {
        if (_passed is null) return _targets;
        _passed.Sort(static (a, b) => a.Until.CompareTo(b.Until));
        foreach (var (target, _, index) in _passed)
        {
            if (IsFull) break;
            _targets.Add(target);
            if (weighed is not null) weighed[index] = weighed[index] with { Outcome = RouteOutcome.TriedLast };
            if (!isEmergency) break;
        }
        return _targets;
    }
}
