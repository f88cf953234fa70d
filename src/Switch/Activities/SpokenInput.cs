using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>What a gather hears of the leg's party, by a recogniser of its own. Told to the gather and to nobody else.</summary>
internal sealed class SpokenInput(IActivityHost host) : LiveAudio<TranscriptionOrder>(host)
{
    private ISpeechListener? _listener;

    /// <summary>None when the command makes sense now.</summary>
    public Refusal Judge(LegCommand command) =>
        command is not LegCommand.Gather { Speech: not null } ? Refusal.None
        : Host.Facts.Application.IsConfidential ? Refusal.Confidential
        : Host.HasLiveAudio ? Refusal.None : Refusal.NoLiveAudio;

    /// <summary>For this listener from now on, and no other.</summary>
    public void Listen(TranscriptionTerms terms, ISpeechListener listener)
    {
        StopListening();
        _listener = listener;
        Open(new(Host.NewId(), Host.Facts, terms with { Tracks = TapTracks.Said }, Host.Format) { TellsVoice = true });
    }

    /// <summary>The listener is told nothing more.</summary>
    public void StopListening()
    {
        _listener = null;
        Stop();
    }

    protected override void OnTranscribed(TranscriptionOrder order, LiveAudioNews.Transcribed heard) =>
        _listener?.OnWords(heard.Text, heard.IsFinal, heard.Confidence);

    protected override void OnVoice(bool isSpeaking) => _listener?.OnVoice(isSpeaking);

    protected override CallEvent? Started(TranscriptionOrder order) => null;

    protected override CallEvent? Ended(TranscriptionOrder order, string? failure)
    {
        var listener = _listener;
        _listener = null;
        listener?.OnDeaf(failure ?? "the recogniser ended it");
        return null;
    }
}

/// <summary>Who is told what <see cref="SpokenInput"/> hears.</summary>
internal interface ISpeechListener
{
    /// <summary>Somebody begins to speak, or has paused.</summary>
    void OnVoice(bool isSpeaking);

    /// <param name="isFinal">They will not change any more.</param>
    /// <param name="confidence">0 to 1; null where the recogniser tells none.</param>
    void OnWords(string text, bool isFinal, double? confidence);

    /// <summary>Nobody listens any more, or nobody ever did.</summary>
    /// <param name="failure">Why, as part of a sentence.</param>
    void OnDeaf(string failure);
}
