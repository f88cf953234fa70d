using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Telnyx.Voice;

namespace Ringwright.Simulation;

/// <summary>
/// A ledger that commits in order, each event a little later. Like the real one it takes no event of a leg that never began or has ended,
/// and hands each committed event's projections on.
/// </summary>
internal sealed class SimLedger : ILedger
{
    private readonly SimWorld _world;
    private readonly Rng _rng;
    private readonly TelnyxProjector _projector;
    private readonly HashSet<LegId> _live = [];
    private Instant _last;

    public SimLedger(SimWorld world, Rng rng, TelnyxProjector projector) => (_world, _rng, _projector) = (world, rng, projector);

    /// <summary>How long one commit takes, at most.</summary>
    public TimeSpan Slowest { get; set; } = TimeSpan.FromMilliseconds(8);
    /// <summary>True for an event that the database refuses.</summary>
    public Func<CallEvent, bool> Refuses { get; set; } = static _ => false;
    public bool IsReady { get; set; } = true;

    /// <summary>Everything that was committed, in order.</summary>
    public List<CallEvent> Committed { get; } = [];
    public int Waiting { get; private set; }
    /// <summary>Legs that began and have not ended.</summary>
    public int LiveLegs => _live.Count;

    public bool HasCommitted(LegId leg) => _live.Contains(leg) || Committed.Exists(e => e.Leg.Id == leg);

    public void Append(CallEvent happened, Action<bool>? then = null)
    {
        _last = Instant.Max(_last, _world.Now + Slowest * _rng.NextDouble());
        Waiting++;
        _world.At(_last, () =>
        {
            Waiting--;
            bool isCommitted = Commit(happened);
            then?.Invoke(isCommitted);
        });
    }

    public void Append(CallEvent happened, Action<CallEvent, bool> told) => throw new InvalidOperationException("a shard's events are effects");

    private bool Commit(CallEvent happened)
    {
        if (Refuses(happened)) return false;
        var leg = happened.Leg.Id;
        if (happened is CallEvent.LegInitiated ? !_live.Add(leg) : !_live.Contains(leg) && !happened.MayFollowEnd()) return false;
        if (happened is CallEvent.LegEnded) _live.Remove(leg);
        Committed.Add(happened);
        var anchor = _world.Anchor;
        foreach (var message in _projector.Project(happened, anchor.ToWall(happened.At), anchor.ToWall(happened.Leg.StartedAt)))
            _world.Deliver(happened.Leg, message);
        return true;
    }
}
