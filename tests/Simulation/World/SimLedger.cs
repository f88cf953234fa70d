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
    private static readonly TimeSpan SlowestSearch = TimeSpan.FromSeconds(1.3);

    private readonly SimWorld _world;
    private readonly Rng _rng;
    private readonly TelnyxProjector _projector;
    private readonly Dictionary<LegId, LegFacts> _live = [];
    private readonly Dictionary<ConferenceId, ConferenceFacts> _conferences = [];
    private readonly Dictionary<LegId, string> _recoveryByes = [];
    private readonly Dictionary<LegId, KeptRecoveryBye> _said = [];
    private Instant _last;
    private int _starts;

    public SimLedger(SimWorld world, Rng rng, TelnyxProjector projector) => (_world, _rng, _projector) = (world, rng, projector);

    /// <summary>How long one commit takes, at most.</summary>
    public TimeSpan Slowest { get; set; } = TimeSpan.FromMilliseconds(8);
    /// <summary>How many commits of a hundred are told late, because the answer to them was lost and they had to be looked up.</summary>
    public int LostAnswers { get; set; }
    /// <summary>When what is written now is told, at the latest.</summary>
    public Instant ToldBy => Instant.Max(_last, _world.Now + Slowest) + (LostAnswers > 0 ? SlowestSearch : TimeSpan.Zero);
    /// <summary>True for an event that the database refuses.</summary>
    public Func<CallEvent, bool> Refuses { get; set; } = static _ => false;
    public bool RefusesQueues { get; set; }
    public bool IsReady { get; set; } = true;

    /// <summary>Everything that was committed, in order.</summary>
    public List<CallEvent> Committed { get; } = [];
    public List<QueueEvent> Queues { get; } = [];
    public List<ConferenceEvent> Conferences { get; } = [];
    public bool RefusesConferences { get; set; }
    public int Waiting { get; private set; }
    /// <summary>Legs that began and have not ended.</summary>
    public int LiveLegs => _live.Count;

    /// <summary>The like of queues.</summary>
    public int LiveQueues => Queues.Count(e => e is QueueEvent.QueueBegan) - Queues.Count(e => e is QueueEvent.QueueEnded);

    /// <inheritdoc cref="LiveQueues"/>
    public int LiveConferences => _conferences.Count;

    /// <summary>Far ends that have still to be told.</summary>
    public int RecoveryByes => _said.Count;

    public bool HasCommitted(LegId leg) => _live.ContainsKey(leg) || Committed.Exists(e => e.Leg.Id == leg);

    public void Append(CallEvent happened, Action<bool>? then = null, string? recoveryBye = null) =>
        Write(() => Commit(happened, recoveryBye), isCommitted =>
        {
            then?.Invoke(isCommitted);
            if (isCommitted) _world.Programs.Publish(happened);
        });

    public void Append(QueueEvent happened, Action<bool> then) => Write(() => Commit(happened), isCommitted =>
    {
        then(isCommitted);
        if (isCommitted) _world.Programs.Publish(happened);
    });

    public void Append(ConferenceEvent happened, Action<bool> then) => Write(() => Commit(happened), isCommitted =>
    {
        then(isCommitted);
        if (isCommitted) _world.Programs.Publish(happened);
    });

    /// <summary>By its id, or the last of that name; null when there was none.</summary>
    public ConferenceFacts? FindConference(string named) => Conferences.OfType<ConferenceEvent.ConferenceBegan>()
        .LastOrDefault(e => e.Conference.Name == named || e.Conference.Uuid.ToString() == named)?.Conference;

    /// <summary>What is kept of a leg between its events.</summary>
    public void Keep(LegFacts leg, string recoveryBye, Action<bool> then) => Write(() =>
    {
        if (_live.ContainsKey(leg.Id)) _recoveryByes[leg.Id] = recoveryBye;
        else if (_said.ContainsKey(leg.Id)) _said[leg.Id] = new(leg, recoveryBye);
        return true;
    }, then);

    /// <summary>The process dies: what is not committed never will be.</summary>
    public void Crash()
    {
        _starts++;
        Waiting = 0;
    }

    /// <summary>The next one starts: each leg that was alive gets its end event.</summary>
    /// <returns>What is to be said to their far ends, and to those that an earlier start did not come to.</returns>
    public IReadOnlyList<KeptRecoveryBye> Recover()
    {
        foreach (var end in OpenIn(Conferences.Where(e => _conferences.ContainsKey(e.Conference.Id))))
            Commit((ConferenceEvent)end with { At = _world.Now });
        foreach (var (id, leg) in _live.ToArray())
        {
            if (_recoveryByes.TryGetValue(id, out string? recoveryBye)) _said.Add(id, new(leg, recoveryBye));
            foreach (var end in OpenIn(Committed.Where(e => e.Leg.Id == id)))
                Commit((CallEvent)end with { Leg = leg, At = _world.Now }, recoveryBye: null);
            Commit(new CallEvent.LegEnded { Leg = leg, At = _world.Now, Cause = HangupCause.NodeRestart, By = HangupParty.Unknown },
                recoveryBye: null);
        }
        foreach (var began in Queues.OfType<QueueEvent.QueueBegan>().ToArray())
            Commit(new QueueEvent.QueueEnded(QueueEnd.NodeRestart) { Queue = began.Queue, At = _world.Now });
        foreach (var conference in _conferences.Values.ToArray())
            Commit(new ConferenceEvent.ConferenceEnded(ConferenceEnd.NodeRestart, By: null) { Conference = conference, At = _world.Now });
        return [.. _said.Values];
    }

    /// <summary>By the product's own rule of what begins and what ends it.</summary>
    private static List<SubjectEvent> OpenIn(IEnumerable<SubjectEvent> events)
    {
        var open = new List<(string? Activity, SubjectEvent End)>();
        foreach (var happened in events)
        {
            var edge = ActivityEdge.Of(happened);
            if (edge.Side is EdgeSide.Ends) open.RemoveAll(one => one.Activity == edge.Activity);
            if (ActivityEdge.EndOf(happened, TimeSpan.Zero) is not { } end) continue;
            // One that tells how far it has come ends with that.
            int begun = open.FindIndex(one => one.Activity == edge.Activity);
            if (begun < 0) open.Add((edge.Activity, end));
            else open[begun] = (edge.Activity, end);
        }
        return [.. open.Select(one => one.End)];
    }

    private void Write(Func<bool> commit, Action<bool>? then)
    {
        int start = _starts;
        _last = Instant.Max(_last, _world.Now + Slowest * _rng.NextDouble());
        Waiting++;
        bool isLost = LostAnswers > 0 && _rng.NextDouble() * 100 < LostAnswers;
        bool isCommitted = false;
        _world.At(_last, () =>
        {
            if (start != _starts) return;
            isCommitted = commit();
            if (!isLost) Tell();
        });
        if (!isLost) return;
        // It is in the database and nobody knows: a process that dies now finds it there. What comes behind it waits.
        _last += TimeSpan.FromSeconds(0.3) + (SlowestSearch - TimeSpan.FromSeconds(0.3)) * _rng.NextDouble();
        _world.At(_last, () =>
        {
            if (start == _starts) Tell();
        });

        void Tell()
        {
            Waiting--;
            then?.Invoke(isCommitted);
        }
    }

    public void Append(SubjectEvent happened, Action<SubjectEvent, bool> told, string? recoveryBye = null) =>
        throw new InvalidOperationException("a shard's events are effects");
    public void Forget(LegFacts leg) => _said.Remove(leg.Id);

    /// <summary>Each begins once and ends once.</summary>
    private bool Commit(QueueEvent happened)
    {
        bool isLive = Queues.LastOrDefault(e => e.Queue.Id == happened.Queue.Id) is QueueEvent.QueueBegan;
        bool isNew = !Queues.Exists(e => e.Queue.Id == happened.Queue.Id);
        if (happened is QueueEvent.QueueBegan ? !isNew || RefusesQueues : !isLive) return false;
        Queues.Add(happened);
        return true;
    }

    /// <inheritdoc cref="Commit(QueueEvent)"/>
    private bool Commit(ConferenceEvent happened)
    {
        var facts = happened.Conference;
        bool isBegin = happened is ConferenceEvent.ConferenceBegan;
        if (isBegin && (RefusesConferences || !_conferences.TryAdd(facts.Id, facts))) return false;
        if (!isBegin && !_conferences.ContainsKey(facts.Id)) return false;
        if (happened is ConferenceEvent.ConferenceEnded) _conferences.Remove(facts.Id);
        Conferences.Add(happened);
        Tell(happened, default);
        return true;
    }

    private bool Commit(CallEvent happened, string? recoveryBye)
    {
        if (Refuses(happened)) return false;
        var leg = happened.Leg.Id;
        if (happened is CallEvent.LegInitiated ? !_live.TryAdd(leg, happened.Leg) : !_live.ContainsKey(leg)
            && happened.Stage is not LifeStage.Whenever) return false;
        if (happened is CallEvent.LegAnswered) _live[leg] = happened.Leg;
        if (recoveryBye is not null) _recoveryByes[leg] = recoveryBye;
        if (happened is CallEvent.LegEnded)
        {
            _live.Remove(leg);
            _recoveryByes.Remove(leg);
        }
        Committed.Add(happened);
        Tell(happened, leg);
        return true;
    }

    private void Tell(SubjectEvent happened, LegId leg)
    {
        var anchor = _world.Anchor;
        foreach (var message in _projector.Project(happened, anchor.ToWall(happened.At), anchor.ToWall(happened.BeganAt)))
            _world.Deliver(leg, message);
    }
}
