using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>All that has one leg's audio outside of media: a new kind is one field and its row in <see cref="_all"/>.</summary>
internal sealed class LiveAudioSet
{
    private readonly ILiveAudioActivity[] _all;

    public LiveAudioSet(IActivityHost host)
    {
        (Streams, Forks, Transcription, Siprec, Speech, Voice) = (new(host), new(host), new(host), new(host), new(host), new(host));
        _all = [Streams, Forks, Transcription, Siprec, Speech, Voice];
    }

    public Streaming Streams { get; }
    public Forking Forks { get; }
    public Transcribing Transcription { get; }
    public SiprecRecording Siprec { get; }
    /// <summary>For a gather.</summary>
    public SpokenInput Speech { get; }
    /// <summary>Of an agent that a model speaks for.</summary>
    public Voicing Voice { get; }

    /// <summary>None when the command makes sense now.</summary>
    /// <param name="endsBySilence">A recording runs that does.</param>
    public Refusal Judge(LegCommand command, bool endsBySilence)
    {
        // A leg is streamed or forked, not both.
        if (command is LegCommand.StartFork && Streams.IsOrdered) return Refusal.AlreadyStreaming;
        if (command is LegCommand.StartStream && Forks.IsOrdered) return Refusal.AlreadyForked;
        if (Streams.Judge(command) is var streamed and not Refusal.None) return streamed;
        if (Siprec.Judge(command) is var recorded and not Refusal.None) return recorded;
        if (Speech.Judge(command) is var spoken and not Refusal.None) return spoken;
        if (Voice.Judge(command) is var voiced and not Refusal.None) return voiced;
        return Forks.Judge(command) is var forked and not Refusal.None ? forked : Transcription.Judge(command, endsBySilence);
    }

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

    public void HangUp()
    {
        foreach (var activity in _all) activity.HangUp();
    }

    /// <summary>Nothing outside is left behind; nothing is told.</summary>
    public void Abandon()
    {
        foreach (var activity in _all) activity.Abandon();
    }
}
