using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>What is said on one leg, written down by a recogniser.</summary>
internal sealed class Transcribing(IActivityHost host) : LiveAudio<TranscriptionOrder>(host)
{
    /// <summary>None when the command makes sense now.</summary>
    /// <param name="endsBySilence">A recording of the leg runs that does.</param>
    public Refusal Judge(LegCommand command, bool endsBySilence)
    {
        if (command is LegCommand.StopTranscription) return Order is null ? Refusal.NotTranscribing : Refusal.None;
        bool isOrder = command is LegCommand.StartTranscription or LegCommand.Answer { Transcription: not null };
        bool waitsForSilence = PlanOf(command)?.SilenceLimit is not null;
        if (waitsForSilence && (isOrder || Order is not null)) return Refusal.TranscribedWithSilenceLimit;
        if (!isOrder) return Refusal.None;
        if (Order is not null) return Refusal.AlreadyTranscribing;
        if (endsBySilence) return Refusal.TranscribedWithSilenceLimit;
        if (Host.Facts.Application.IsConfidential) return Refusal.Confidential;
        return Host.HasLiveAudio ? Refusal.None : Refusal.NoLiveAudio;
    }

    /// <param name="terms">Nothing happens for null, or where there is one already.</param>
    public void Start(TranscriptionTerms? terms)
    {
        if (terms is not null && Order is null) Open(new(Host.NewId(), Host.Facts, terms, Host.Format));
    }

    protected override void OnTranscribed(TranscriptionOrder order, LiveAudioNews.Transcribed heard) => Host.Emit(
        new CallEvent.SpeechTranscribed(order.Id, heard.Track, heard.Text, heard.IsFinal, heard.Confidence)
        {
            Leg = Host.Facts, At = Host.Now
        });

    protected override CallEvent Started(TranscriptionOrder order) =>
        new CallEvent.TranscriptionStarted(order.Id, order.Terms.Tracks) { Leg = Host.Facts, At = Host.Now };

    protected override CallEvent Ended(TranscriptionOrder order, string? failure) =>
        new CallEvent.TranscriptionEnded(order.Id, order.Terms.Tracks, failure) { Leg = Host.Facts, At = Host.Now };

    /// <summary>The recording that a command begins, now or with a bridge.</summary>
    private static RecordPlan? PlanOf(LegCommand command) => (command as LegCommand.RecordStart)?.Plan
        ?? (command as LegCommand.Answer)?.Record ?? (command as LegCommand.Bridge)?.Record
        ?? (command as LegCommand.BridgeQueue)?.Terms.Record;
}
