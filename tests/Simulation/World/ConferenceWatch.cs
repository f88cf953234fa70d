using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;

namespace Ringwright.Simulation;

/// <summary>
/// Checks what the shards say of conferences: one shard each, begun first and ended once and last; each part joined once and left once;
/// whatever is played or recorded begins before it ends, and ends once; and no call ends while it takes part.
/// </summary>
internal sealed class ConferenceWatch
{
    private readonly Dictionary<ConferenceId, Record> _conferences = [];

    public int Count => _conferences.Count;

    /// <summary>Conferences whose end has not been told, or whose sounds have not all ended.</summary>
    public IEnumerable<string> Unfinished =>
        _conferences.Values.Where(c => !c.IsForgotten && (!c.IsEnded || c.Members.Count > 0 || c.Running.Count > 0))
            .Select(c => $"conference {c.Name}: ended {c.IsEnded}, {c.Members.Count} in it, running {c.Running.Count}");

    public void OnEvent(int shard, ConferenceEvent happened)
    {
        var facts = happened.Conference;
        if (facts.Id.Shard != shard) throw Broken(facts, $"an event comes from shard {shard}");
        if (happened is ConferenceEvent.ConferenceBegan)
        {
            if (!_conferences.TryAdd(facts.Id, new(facts.Name, facts.Uuid))) throw Broken(facts, "began twice");
            return;
        }
        if (!_conferences.TryGetValue(facts.Id, out var one)) throw Broken(facts, $"{happened.GetType().Name} before it began");
        // What was to be heard by a call that takes part no longer is told when that call says so.
        if (one.IsEnded) throw Broken(facts, $"{happened.GetType().Name} after its end");
        switch (happened)
        {
            case ConferenceEvent.ParticipantJoined e when !one.Members.TryAdd(e.Participant, e.Who.Leg) || !one.Seen.Add(e.Participant):
                throw Broken(facts, "joined twice");
            case ConferenceEvent.ParticipantJoined e when one.Members.Values.Count(leg => leg == e.Who.Leg) > 1:
                throw Broken(facts, $"{MessageLog.Name(e.Who.Leg)} takes part twice");
            case ConferenceEvent.ParticipantLeft e when !one.Members.Remove(e.Participant, out var leg) || leg != e.Who.Leg:
                throw Broken(facts, $"{MessageLog.Name(e.Who.Leg)} left, and was not in it");
            case ConferenceEvent.ParticipantChanged e when !one.Members.ContainsKey(e.Participant):
                throw Broken(facts, $"{MessageLog.Name(e.Leg)} changed, and is not in it");
            case ConferenceEvent.FloorChanged e when !one.Members.ContainsValue(e.Who.Leg):
                throw Broken(facts, $"{MessageLog.Name(e.Who.Leg)} speaks, and is not in it");
            case ConferenceEvent.ConferencePlaybackStarted e:
                one.Begin(e.Playback);
                break;
            case ConferenceEvent.ConferenceSpeakStarted e:
                one.Begin(e.Speak);
                break;
            case ConferenceEvent.ConferencePlaybackEnded e:
                one.End(e.Playback);
                break;
            case ConferenceEvent.ConferenceSpeakEnded e:
                one.End(e.Speak);
                break;
            case ConferenceEvent.ConferenceEnded when one.Members.Count > 0:
                throw Broken(facts, $"ended with {one.Members.Count} in it");
            case ConferenceEvent.ConferenceEnded:
                one.IsEnded = true;
                break;
        }
    }

    /// <summary>A recording of a conference has begun; its call may be over.</summary>
    public void OnEvent(CallEvent.RecordingStarted started) => Recorded(started.Plan).Begin(started.Plan.Id);

    public void OnRecorded(RecordEnd ended) => Recorded(ended.Plan).End(ended.Plan.Id);

    /// <summary>The ledger refused its first event: nobody ever hears of it.</summary>
    public void OnForgotten(ConferenceId conference) => _conferences[conference].IsForgotten = true;

    /// <summary>A call is told to be over.</summary>
    public void OnEnded(LegId leg)
    {
        foreach (var one in _conferences.Values)
            if (one.Members.ContainsValue(leg)) throw new SimulationException($"{MessageLog.Name(leg)} ended and takes part in {one.Name}");
    }

    private Record Recorded(RecordPlan plan) => _conferences.Values.FirstOrDefault(one => one.Uuid == plan.Conference)
        ?? throw new SimulationException("a recording of a conference that never began");

    private static SimulationException Broken(ConferenceFacts conference, string what) => new($"conference {conference.Name}: {what}");

    private sealed class Record(string name, Guid uuid)
    {
        private readonly HashSet<Guid> _finished = [];

        public string Name => name;
        public Guid Uuid => uuid;
        public bool IsEnded { get; set; }
        public bool IsForgotten { get; set; }
        public Dictionary<Guid, LegId> Members { get; } = [];
        public HashSet<Guid> Seen { get; } = [];
        public HashSet<Guid> Running { get; } = [];

        public void Begin(Guid sound)
        {
            if (!Running.Add(sound)) throw new SimulationException($"conference {name}: a sound began twice");
        }

        public void End(Guid sound)
        {
            Running.Remove(sound);      // one that failed before its start has only an end
            if (!_finished.Add(sound)) throw new SimulationException($"conference {name}: a sound ended twice");
        }
    }
}
