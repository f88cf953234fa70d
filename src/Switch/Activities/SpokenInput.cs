using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>What a gather hears of the leg's party, by a recogniser of its own. Told to the gather and to nobody else.</summary>
internal sealed class SpokenInput(IActivityHost host) : LiveAudio<TranscriptionOrder>(host)
{
    private ISpeechListener? _listener;
    /// <summary>Told to finish, and not at its last word yet.</summary>
    private TranscriptionOrder? _finishing;

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
        CloseFinishing();
        Stop();
    }

    /// <summary>
    /// Nothing more is heard. The listener is told what was said and is not understood yet, for a few seconds, and then that this is all.
    /// </summary>
    /// <returns>False when nobody hears anything yet.</returns>
    public bool TryFinishListening()
    {
        if (!IsOpen) return false;
        _finishing = Order;
        Stop();
        return true;
    }

    public override void On(Guid order, LiveAudioNews news)
    {
        if (_finishing?.Id != order)
        {
            base.On(order, news);
            return;
        }
        var listener = _listener;
        if (news is LiveAudioNews.Transcribed heard) listener?.OnWords(heard.Text, heard.IsFinal, heard.Confidence);
        if (news is not LiveAudioNews.Ended ended) return;
        (_finishing, _listener) = (null, null);
        listener?.OnFinished(ended.Failure);
    }

    public override void HangUp()
    {
        CloseFinishing();
        base.HangUp();
    }

    public override void Abandon()
    {
        CloseFinishing();
        base.Abandon();
    }

    /// <summary>Only what <see cref="TryFinishListening"/> asks for: else nobody waits for the last words.</summary>
    protected override bool TryFinish(TranscriptionOrder order, bool isOver)
    {
        if (isOver || _finishing?.Id != order.Id) return false;
        Host.FinishLiveAudio(order, isOver: false);
        return true;
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

    private void CloseFinishing()
    {
        if (_finishing is { } order) Host.CloseLiveAudio(order.Id);
        _finishing = null;
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

    /// <summary>All words are told, after <see cref="SpokenInput.TryFinishListening"/>.</summary>
    /// <param name="failure">Why some of them may be missing, as part of a sentence; null when none are.</param>
    void OnFinished(string? failure);
}
