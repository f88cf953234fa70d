using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Switch.Conferences;

/// <summary>The recordings of a conference, made by its own port and kept as those of the leg that made it.</summary>
internal sealed class ConferenceRecordings : IRecordHost
{
    private readonly ShardContext _shard;
    private readonly Conference _conference;

    public ConferenceRecordings(ShardContext shard, Conference conference, LegFacts creator)
    {
        (_shard, _conference, Facts) = (shard, conference, creator);
        All = new(this);
    }

    public RecordingSet All { get; }
    public Instant Now => _shard.Now;
    public LegFacts Facts { get; }
    public PortId Port => _conference.Room;

    public void Emit(CallEvent happened) => _shard.Emit(new Effect.Append(happened, IsAwaited: false));
    public void Post(MediaCommand command) => _conference.Post(command);
    public void Keep(RecordEnd ended) => _shard.Emit(new Effect.KeepRecording(ended));

    public void Start(RecordPlan plan) => All.Start(plan with { Conference = _conference.Facts.Uuid });

    public void On(MediaEvent.RecordEnded ended) => All.On(ended);

    public void GiveUp() => All.GiveUp();
}
