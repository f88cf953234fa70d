using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Legs;

namespace Ringwright.Simulation;

/// <summary>
/// Checks what the shards say of their legs: one shard each, LegInitiated first, LegEnded at most once and last, whatever began ends once,
/// and the shards' own counts agree.
/// </summary>
internal sealed class LegWatch
{
    /// <summary>Header that carries a name for the call through INVITEs and leg facts, so that wire and events can be matched.</summary>
    public const string CallHeader = "X-Sim-Call";

    private readonly Dictionary<LegId, Record> _legs = [];
    private readonly Dictionary<(string Call, Direction Direction), LegId> _byCall = [];
    private readonly int[] _live = new int[SimNode.Shards];
    private Record? _refused;

    public int Count => _legs.Count;

    /// <summary>Legs whose end has not been told, or whose activities have not all ended.</summary>
    public IEnumerable<string> Unfinished =>
        _legs.Where(l => l.Value is { IsForgotten: false } and ({ IsEnded: false } or { Running.Count: > 0 } or { Gathers: not 0 }))
            .Select(l => $"{MessageLog.Name(l.Key)}: ended {l.Value.IsEnded}, running {l.Value.Running.Count}, gathers {l.Value.Gathers}");

    /// <summary>Of a call that is passed on, both sides have its name.</summary>
    public bool IsCommitted(string call, Direction direction) =>
        _byCall.TryGetValue((call, direction), out var leg) && _legs[leg].IsCommitted;

    public void OnDialled(CallEvent.LegInitiated initiated) => Begin(initiated);

    public void OnForgotten(LegId leg)
    {
        _legs[leg].IsForgotten = true;
    }

    public void OnMessage(int shard, ShardMessage message)
    {
        switch (message)
        {
            case LegMessage.Dial { IsCommitted: true } dial:
                _legs[dial.Leg.Id].IsCommitted = true;
                _live[shard]++;
                break;
            case LegMessage.Committed committed:
                var leg = _legs[committed.Leg];
                if (committed.IsCommitted) leg.IsCommitted = true;
                else if (leg is { IsCommitted: false, IsEnded: false }) _refused = leg;
                break;
        }
    }

    public void OnEvent(int shard, CallEvent happened)
    {
        var id = happened.Leg.Id;
        if (id.Shard != shard) throw Broken(id, $"an event comes from shard {shard}");
        if (happened is CallEvent.LegInitiated initiated)
        {
            Begin(initiated);
            _live[shard]++;
            return;
        }
        if (!_legs.TryGetValue(id, out var leg)) throw Broken(id, $"{happened.GetType().Name} before LegInitiated");
        if (leg.IsEnded) throw Broken(id, $"{happened.GetType().Name} after LegEnded");
        if (leg.IsForgotten) throw Broken(id, $"{happened.GetType().Name} of a leg that was never committed");
        if (happened.At < leg.LastAt) throw Broken(id, $"{happened.GetType().Name} lies before the event that came before it");
        leg.LastAt = happened.At;
        switch (happened)
        {
            case CallEvent.LegAnswered when leg.IsAnswered:
                throw Broken(id, "answered twice");
            case CallEvent.LegAnswered:
                leg.IsAnswered = true;
                break;
            case CallEvent.LegBridged when !leg.IsAnswered:
                throw Broken(id, "bridged before it was answered");
            case CallEvent.PlaybackStarted e when !leg.Running.Add(e.Playback):
            case CallEvent.SpeakStarted s when !leg.Running.Add(s.Speak):
                throw Broken(id, "a prompt started twice");
            case CallEvent.PlaybackEnded e:
                End(id, leg, e.Playback);
                break;
            case CallEvent.SpeakEnded e:
                End(id, leg, e.Speak);
                break;
            case CallEvent.RecordingStarted e when !leg.Running.Add(e.Plan.Id):
                throw Broken(id, "a recording started twice");
            case CallEvent.StreamStarted e when !leg.Running.Contains(e.Stream):
                throw Broken(id, "a media stream started that nobody had ordered, or that had ended");
            case CallEvent.StreamStopped e:
                End(id, leg, e.Stream);
                break;
            case CallEvent.StreamFailed e:
                End(id, leg, e.Stream);
                break;
            case CallEvent.TranscriptionStarted e when !leg.Running.Contains(e.Transcription):
            case CallEvent.SpeechTranscribed s when !leg.Running.Contains(s.Transcription):
                throw Broken(id, "words of a transcription that nobody had ordered, or that had ended");
            case CallEvent.TranscriptionEnded e:
                End(id, leg, e.Transcription);
                break;
            case CallEvent.ForkStarted e when !leg.Running.Contains(e.Fork):
                throw Broken(id, "a fork started that nobody had ordered, or that had ended");
            case CallEvent.ForkStopped e:
                End(id, leg, e.Fork);
                break;
            case CallEvent.SiprecStarted e when !leg.Running.Contains(e.Session):
                throw Broken(id, "a SIPREC session started that nobody had ordered, or that had ended");
            case CallEvent.SiprecStopped e:
                End(id, leg, e.Session);
                break;
            case CallEvent.SiprecFailed e:
                End(id, leg, e.Session);
                break;
            case CallEvent.GatherEnded:
                leg.Gathers--;
                break;
            case CallEvent.LegEnded:
                leg.IsEnded = true;
                _live[shard]--;
                break;
        }
    }

    /// <summary>What has a leg's audio ends once from now on, by whatever event; a gather's, by the gather's own.</summary>
    public void OnOrdered(LiveAudioOrder order)
    {
        var leg = _legs[order.Leg.Id];
        if (leg.IsEnded) throw Broken(order.Leg.Id, "live audio began after its leg");
        if (order is not TranscriptionOrder { TellsVoice: true }) leg.Running.Add(order.Id);
    }

    /// <summary>Its last words are told in the name of the leg, which is over.</summary>
    public void OnHandedOver(TranscriptionOrder order) => End(order.Leg.Id, _legs[order.Leg.Id], order.Id);

    /// <summary>A recording is over; its leg is not yet.</summary>
    public void OnRecorded(RecordEnd ended)
    {
        var id = ended.Leg.Id;
        if (_legs[id].IsEnded) throw Broken(id, "a recording outlived its leg");
        if (!_legs[id].Running.Contains(ended.Plan.Id)) throw Broken(id, "a recording ended that had not begun");
        End(id, _legs[id], ended.Plan.Id);
    }

    public void OnAck(LegId leg, LegCommand command, Ack ack)
    {
        if (ack.Refusal is Refusal.Unset) throw Broken(leg, $"{command.GetType().Name} was not answered");
        if (command is LegCommand.Gather && ack.IsAccepted) _legs[leg].Gathers++;
    }

    public void Check(int index, CallShard shard)
    {
        // A leg whose first row was refused goes without a word, unless it is just being hung up.
        if (_refused is { IsEnded: false } refused && shard.LiveLegs == _live[index] - 1)
        {
            refused.IsForgotten = true;
            _live[index]--;
        }
        _refused = null;
        if (shard.LiveLegs != _live[index])
            throw new SimulationException($"shard {index} counts {shard.LiveLegs} live legs, its events say {_live[index]}");
        var snapshot = shard.Snapshot();
        int states = 0;
        foreach (var (_, legs) in snapshot.States) states += legs;
        if (states != snapshot.Actors) throw new SimulationException($"shard {index} has {snapshot.Actors} legs and {states} states");
        if (snapshot.LiveLegs > snapshot.Actors) throw new SimulationException($"shard {index} counts more live legs than it has");
    }

    private void Begin(CallEvent.LegInitiated initiated)
    {
        var id = initiated.Leg.Id;
        if (!_legs.TryAdd(id, new() { LastAt = initiated.At })) throw Broken(id, "began twice");
        foreach (var header in initiated.Leg.Headers)
            if (header.Name == CallHeader) _byCall[(header.Value, initiated.Leg.Direction)] = id;
    }

    private static void End(LegId id, Record leg, Guid prompt)
    {
        leg.Running.Remove(prompt);     // one that failed before its start has only an end
        if (!leg.Finished.Add(prompt)) throw Broken(id, "something ended twice");
    }

    private static SimulationException Broken(LegId leg, string what) => new($"{MessageLog.Name(leg)}: {what}");

    private sealed class Record
    {
        public bool IsCommitted { get; set; }
        public bool IsAnswered { get; set; }
        public bool IsEnded { get; set; }
        /// <summary>The ledger refused it: nobody ever hears of it.</summary>
        public bool IsForgotten { get; set; }
        public Instant LastAt { get; set; }
        public HashSet<Guid> Running { get; } = [];
        public HashSet<Guid> Finished { get; } = [];
        /// <summary>Accepted and not ended.</summary>
        public int Gathers { get; set; }
    }
}
