using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Switch.Activities;

/// <summary>What is said on one leg, written down by a recogniser.</summary>
internal sealed class Transcribing(IActivityHost host) : LiveAudio<TranscriptionOrder>(host)
{
    /// <summary>Stopped, and not at their last word yet.</summary>
    private readonly List<TranscriptionOrder> _finishing = [];
    /// <summary>An agent hears from here when the leg's party speaks and pauses, and media's word counts no more.</summary>
    public bool JudgesVoice => IsOpen && TellsVoice && Order is { Terms.IsOfAgent: true };

    /// <summary>The leg's party speaks, as an agent was told it from here.</summary>
    public bool HearsVoice { get; private set; }

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
    public void Start(TranscriptionTerms? terms, Guid? id = null)
    {
        if (terms is not null && Order is null) Open(new(id ?? Host.NewId(), Host.Facts, terms, Host.Format));
    }

    /// <summary>One that somebody else has ordered goes on.</summary>
    public void StopOfAgent()
    {
        if (Order is { Terms.IsOfAgent: true }) Stop();
    }

    public override void On(Guid order, LiveAudioNews news)
    {
        if (_finishing.Find(one => one.Id == order) is not { } last)
        {
            base.On(order, news);
            return;
        }
        if (news is LiveAudioNews.Transcribed heard) OnTranscribed(last, heard);
        if (news is not LiveAudioNews.Ended ended) return;
        _finishing.Remove(last);
        Host.Emit(Ended(last, ended.Failure));
    }

    public override void HangUp()
    {
        foreach (var last in _finishing) Host.FinishLiveAudio(last, isOver: true);
        _finishing.Clear();
        base.HangUp();
    }

    public override void Abandon()
    {
        foreach (var last in _finishing) Host.CloseLiveAudio(last.Id);
        _finishing.Clear();
        base.Abandon();
    }

    protected override bool TryFinish(TranscriptionOrder order, bool isOver)
    {
        Host.FinishLiveAudio(order, isOver);
        if (!isOver)
        {
            _finishing.Add(order);
            Quieten();
        }
        return true;
    }

    protected override void OnVoice(bool isSpeaking)
    {
        if (!JudgesVoice) return;
        HearsVoice = isSpeaking;
        Host.Emit(new CallEvent.VoiceChanged(isSpeaking) { Leg = Host.Facts, At = Host.Now });
    }

    protected override void OnTranscribed(TranscriptionOrder order, LiveAudioNews.Transcribed heard) => Host.Emit(
        new CallEvent.SpeechTranscribed(order.Id, heard.Track, heard.Text, heard.IsFinal, heard.Confidence)
        {
            Leg = Host.Facts, At = Host.Now, IsOfAgent = order.Terms.IsOfAgent
        });

    protected override CallEvent Started(TranscriptionOrder order) =>
        new CallEvent.TranscriptionStarted(order.Id, order.Terms.Tracks) { Leg = Host.Facts, At = Host.Now };

    protected override CallEvent Ended(TranscriptionOrder order, string? failure)
    {
        // Not by the late end of an earlier one.
        if (Order is null) Quieten();
        return new CallEvent.TranscriptionEnded(order.Id, order.Terms.Tracks, failure) { Leg = Host.Facts, At = Host.Now };
    }

    /// <summary>Nobody would tell the pause of a voice that was told here.</summary>
    private void Quieten()
    {
        if (HearsVoice) Host.Emit(new CallEvent.VoiceChanged(false) { Leg = Host.Facts, At = Host.Now });
        HearsVoice = false;
    }

    /// <summary>The recording that a command begins, now or with a bridge.</summary>
    private static RecordPlan? PlanOf(LegCommand command) => (command as LegCommand.RecordStart)?.Plan
        ?? (command as LegCommand.Answer)?.Record ?? (command as LegCommand.Bridge)?.Record
        ?? (command as LegCommand.BridgeQueue)?.Terms.Record;
}
