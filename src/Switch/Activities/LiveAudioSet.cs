using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>All that has one leg's audio outside of media: a new kind is one field and its row in <see cref="_all"/>.</summary>
internal sealed class LiveAudioSet
{
    private readonly ILiveAudioActivity[] _all;

    public LiveAudioSet(IActivityHost host)
    {
        (Streams, Transcription) = (new(host), new(host));
        _all = [Streams, Transcription];
    }

    public Streaming Streams { get; }
    public Transcribing Transcription { get; }

    /// <summary>None when the command makes sense now.</summary>
    /// <param name="endsBySilence">A recording runs that does.</param>
    public Refusal Judge(LegCommand command, bool endsBySilence) =>
        Streams.Judge(command) is var streamed and not Refusal.None ? streamed : Transcription.Judge(command, endsBySilence);

    /// <summary>What was ordered for this moment begins.</summary>
    public void OnAnswered(StreamTerms? stream, TranscriptionTerms? transcription)
    {
        foreach (var activity in _all) activity.OnAnswered();
        Streams.Start(stream);
        Transcription.Start(transcription);
    }

    public void On(Guid order, LiveAudioNews news)
    {
        foreach (var activity in _all) activity.On(order, news);
    }

    public void Stop()
    {
        foreach (var activity in _all) activity.Stop();
    }

    /// <summary>Nothing outside is left behind; nothing is told.</summary>
    public void Abandon()
    {
        foreach (var activity in _all) activity.Abandon();
    }
}
