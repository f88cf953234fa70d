using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Switch.Activities;

namespace Ringwright.Switch.Legs;

/// <summary>The leg as its activities see it.</summary>
internal sealed class LegHost(ShardContext shard, Leg leg) : IActivityHost
{
    public Instant Now => shard.Now;
    public LegFacts Facts => leg.Facts;
    public PortId Port => leg.Media.Port;
    public string Codec => leg.Media.Codec;
    public DigitMethod Digits => leg.Media.Digits;
    public StreamFormat Format => new(leg.Media.Codec, leg.Media.SampleRate);
    public bool HasLiveAudio => shard.Settings.HasLiveAudio;

    public void Emit(CallEvent happened) => shard.Emit(new Effect.Append(happened, IsAwaited: false));
    public void Post(MediaCommand command) => shard.Emit(new Effect.Media(command));
    public void Keep(RecordEnd ended) => shard.Emit(new Effect.KeepRecording(ended));
    public Guid NewId() => shard.NewGuid();
    public void OpenLiveAudio(LiveAudioOrder order) => shard.Emit(new Effect.OpenLiveAudio(order));
    public void PressOnLiveAudio(Guid order, char key) => shard.Emit(new Effect.PressOnLiveAudio(order, key));
    public void CloseLiveAudio(Guid order) => shard.Emit(new Effect.CloseLiveAudio(order));

    public void FinishLiveAudio(TranscriptionOrder order, bool isOver) =>
        shard.Emit(new Effect.FinishLiveAudio(order, isOver ? leg.Facts : null));

    public bool TryInform(char key, int milliseconds, Action<bool> ended) =>
        leg.Dialog.TryInform(InfoDigit.Write(key, milliseconds), response => ended(response is { IsSuccess: true }));

    public int Prepare(PromptSource source, string codec)
    {
        int correlation = shard.NextCorrelation();
        var facts = leg.Facts;
        shard.Emit(new Effect.PreparePrompt(Subject.Of(facts.Id), correlation, facts.Tenant, source, codec) { Uuid = facts.Uuid });
        return correlation;
    }
}
