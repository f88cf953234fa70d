using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.Switch.Activities;

/// <summary>All that lasts on one leg: its queue of sounds, its gather, its outgoing digits.</summary>
internal sealed class LegActivities(IActivityHost host)
{
    /// <summary>A call may ask for ever other voices.</summary>
    private const int MostWarnings = 100;

    private readonly PromptQueue _prompts = new(host), _overlays = new(host, isOverlay: true);
    private readonly SendDigits _digits = new(host);
    private readonly GuestAgent _agent = new(host);
    private Gather? _gather;
    private HoldMusic? _music;
    private DetectMachine? _detection;
    private readonly List<OrderedPrompt> _ordered = [];
    private readonly KeyMatcher _keys = new();
    private readonly HashSet<string> _warnings = [];
    private bool _isOver;
    /// <summary>Media has told a voice whose pause was not told yet.</summary>
    private bool _isVoiceTold;

    public RecordingSet Records { get; } = new(host);
    public LiveAudioSet LiveAudio { get; } = new(host);

    public Instant NextDue => Instant.Min(_gather?.NextDue ?? Instant.Never, _digits.NextDue);

    /// <summary>Nothing plays, waits or listens.</summary>
    public bool IsQuiet => _prompts.IsEmpty && _gather is not { IsEnded: false };

    public Refusal Judge(LegCommand command)
    {
        if (command is LegCommand.Play { IsOverlay: true } && _prompts.IsEmpty) return Refusal.NothingPlays;
        if (_agent.Judge(command) is var guest and not Refusal.None) return guest;
        // It listens by a transcription of its own, and is not to begin where there can be none.
        if (command is LegCommand.StartAgent) command = GuestAgent.Listening;
        if (command is LegCommand.Answer { Agent: not null } && Judge(GuestAgent.Listening) is var deaf and not Refusal.None) return deaf;
        var recorded = Records.Judge(command);
        return recorded is Refusal.None ? LiveAudio.Judge(command, Records.EndsBySilence) : recorded;
    }

    /// <summary>False when the command would only lengthen a queue that is full.</summary>
    public Refusal RoomFor(LegCommand command)
    {
        if (command is LegCommand.SendDigits) return _digits.HasRoom ? Refusal.None : Refusal.TooManyDigits;
        bool hasRoom = command is LegCommand.Play { IsOverlay: true } ? _overlays.HasRoom
            : command is not (LegCommand.Play { Stop: not StopWhat.All } or LegCommand.Speak { Stop: not StopWhat.All })
                || _prompts.HasRoom;
        return hasRoom ? Refusal.None : Refusal.TooManyPrompts;
    }

    /// <summary>Carries out a command that is legal and has room.</summary>
    public void Start(LegCommand command)
    {
        // What somebody asks for is heard at once; the music does not come back behind it.
        if (command is LegCommand.Play { IsOverlay: false } or LegCommand.Speak or LegCommand.Gather) EndHoldMusic();
        switch (command)
        {
            case LegCommand.Play { IsOverlay: true } over:
                _overlays.TryStart(new Playback(host, over), over.Stop is StopWhat.Overlays ? StopWhat.All : over.Stop);
                break;
            case LegCommand.Play play:
                StartOver(new Playback(host, play), play.Stop);
                break;
            case LegCommand.Speak speak:
                StartOver(new Speak(host, speak), speak.Stop);
                break;
            case LegCommand.StopPlayback stop:
                (stop.IsOfOverlays ? _overlays : _prompts).Stop(stop.What);
                break;
            case LegCommand.PausePlayback pause:
                _prompts.Pause(pause.IsOn);
                break;
            case LegCommand.Gather gather:
                _gather?.Stop(GatherStatus.Cancelled);
                _gather = new Gather(host, _prompts, LiveAudio.Speech, gather);
                _gather.Start();
                break;
            case LegCommand.StopGather:
                if (_agent.IsGathering) EndAgent(new());
                _gather?.Stop(GatherStatus.Cancelled);
                break;
            case LegCommand.SendDigits digits:
                _digits.Start(digits);
                break;
            case LegCommand.RecordStart record:
                Records.Start(record.Plan);
                break;
            case LegCommand.RecordPause pause:
                Records.Pause(pause.Recording, pause.IsSilent);
                break;
            case LegCommand.RecordResume resume:
                Records.Resume(resume.Recording);
                break;
            case LegCommand.RecordStop stop:
                Records.Stop(stop.Recording);
                break;
            case LegCommand.StartStream start:
                LiveAudio.Streams.Start(start.Terms, start.Id);
                break;
            case LegCommand.StopStream:
                LiveAudio.Streams.Stop();
                break;
            case LegCommand.StartTranscription start:
                LiveAudio.Transcription.Start(start.Terms, start.Id);
                break;
            case LegCommand.StopTranscription:
                LiveAudio.Transcription.Stop();
                break;
            case LegCommand.StartAgent start:
                _gather?.Stop(GatherStatus.Cancelled);
                _agent.Start(start.Terms);
                break;
            case LegCommand.StopAgent stop:
                EndAgent(stop);
                break;
            case LegCommand.ReportAgent report:
                _agent.Report(report);
                break;
            case LegCommand.TellAgent tell:
                _agent.Tell(tell.Messages);
                break;
            case LegCommand.OpenVoice open:
                LiveAudio.Voice.Start(open.Id);
                break;
            case LegCommand.CloseVoice:
                LiveAudio.Voice.Stop();
                break;
            case LegCommand.StartFork start:
                LiveAudio.Forks.Start(start.Terms);
                break;
            case LegCommand.StopFork:
                LiveAudio.Forks.Stop();
                break;
            case LegCommand.StartSiprec start:
                LiveAudio.Siprec.Start(start.Terms, start.Id);
                break;
            case LegCommand.StopSiprec:
                LiveAudio.Siprec.Stop();
                break;
            case LegCommand.Echo echo:
                host.Post(new MediaCommand.Echo(host.Port, echo.IsOn));
                break;
            case LegCommand.Degrade degrade:
                host.Post(new MediaCommand.Degrade(host.Port, degrade.Fault));
                break;
            case LegCommand.DetectMachine detect:
                Detect(detect.Terms, detect.KeepsSounds);
                break;
            case LegCommand.WatchVoice watch:
                host.Post(new MediaCommand.WatchVoice(host.Port, (int)watch.Pause.TotalMilliseconds));
                break;
            case LegCommand.Answer or LegCommand.Reject or LegCommand.Hangup or LegCommand.SendInfo or LegCommand.SetLabels
                or LegCommand.Note or LegCommand.Hold or LegCommand.SuppressNoise or LegCommand.Bridge or LegCommand.Transfer
                or LegCommand.Refer or LegCommand.AnswerReferral or LegCommand.LimitTime or LegCommand.ChangeEntry
                or LegCommand.Enqueue or LegCommand.LeaveQueue or LegCommand.BridgeQueue or LegCommand.Park
                or LegCommand.CreateConference or LegCommand.JoinConference or LegCommand.SwitchSupervisorRole:
                throw new UnreachableException("The leg itself carries it out.");
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>What was ordered for this moment begins.</summary>
    public void OnAnswered(StreamTerms? stream, TranscriptionTerms? transcription, AgentTerms? agent)
    {
        LiveAudio.OnAnswered(stream, transcription);
        if (agent is null) return;
        var start = new LegCommand.StartAgent(agent);
        if (Judge(start) is var refused and not Refusal.None)
            host.Emit(new CallEvent.Noted(NoteKind.Warning, $"no agent talks: {SnakeName.Of(refused)}")
            {
                Leg = host.Facts, At = host.Now
            });
        else Start(start);
    }

    /// <summary>Plays something, however it ends, before what comes then.</summary>
    public void PlayFirst(PromptSource prompt, Action then) =>
        _prompts.TryStart(new Playback(host, new() { Source = prompt }, then), StopWhat.Nothing);

    /// <summary>Plays over and over while the other party holds the call, behind what plays already.</summary>
    /// <param name="otherwise">Called when the file cannot be played.</param>
    public void PlayOnHold(PromptSource music, Action otherwise)
    {
        EndHoldMusic();
        _music = new(host.NewId(), music, otherwise);
        if (!_prompts.TryStart(_music, StopWhat.Nothing)) otherwise();
    }

    public void EndHoldMusic()
    {
        if (_music is { } music) _prompts.Withdraw(music);
        _music = null;
    }

    /// <param name="tell">As <see cref="OrderedPrompt"/> does.</param>
    /// <returns>False when too much waits already.</returns>
    public bool TryPlayOrdered(OrderedSound sound, Action<PlayStatus?> tell, StopWhat stop = StopWhat.Nothing)
    {
        if (stop is not StopWhat.All && !_prompts.HasRoom) return false;
        var prompt = new OrderedPrompt(sound, tell, over: ended => _ordered.Remove(ended));
        EndHoldMusic();
        StartOver(prompt, stop);
        if (!prompt.IsEnded) _ordered.Add(prompt);
        return true;
    }

    /// <summary>Those that wait as well, unless only the <see cref="StopWhat.Current"/> is meant.</summary>
    public void StopOrdered(StopWhat what = StopWhat.All)
    {
        // The last first, so that none begins because the one before it has ended.
        for (int i = _ordered.Count - 1; i >= 0; i--)
            if (what is StopWhat.All || _ordered[i].HasStarted) _prompts.Cancel(_ordered[i]);
    }

    /// <summary>Says what no event repeats.</summary>
    public void Announce(PromptSource prompt, Action then) =>
        _prompts.TryStart(new Playback(host, new() { Source = prompt, IsReported = false }, then), StopWhat.Nothing);

    /// <summary>Finds out who has answered. A machine's verdict ends what plays and gathers, unless it is to go on.</summary>
    public void Detect(MachineDetection terms, bool keepsSounds = false)
    {
        _detection = new(host, ended: () =>
        {
            if (keepsSounds) return;
            _gather?.Stop(GatherStatus.CancelledByMachine);
            _prompts.Stop(StopWhat.All, PlayStatus.CancelledByMachine);
            _overlays.Stop(StopWhat.All, PlayStatus.CancelledByMachine);
        });
        _detection.Start(terms);
    }

    public void OnMedia(MediaEvent happened)
    {
        switch (happened)
        {
            case MediaEvent.PlayEnded ended:
                _prompts.OnPlayEnded(ended.Id, ended.IsFailed);
                _overlays.OnPlayEnded(ended.Id, ended.IsFailed);
                break;
            case MediaEvent.Digit digit:
                OnDigit(digit.Key, digit.Milliseconds, KeyWays.Media);
                break;
            case MediaEvent.KeyPassed passed:
                _digits.Pass(passed.Key);
                break;
            case MediaEvent.DigitsSent sent:
                _digits.OnDigitsSent(sent.Id);
                break;
            case MediaEvent.Voice voice:
                // The pause of a voice that media has told is told all the same: nobody else may know of that voice.
                if (LiveAudio.Transcription.JudgesVoice && (voice.IsTalking || !_isVoiceTold)) break;
                _isVoiceTold = voice.IsTalking;
                // Who speaks by the recogniser's word pauses by it.
                if (LiveAudio.Transcription.HearsVoice) break;
                host.Emit(new CallEvent.VoiceChanged(voice.IsTalking) { Leg = host.Facts, At = host.Now });
                break;
            case MediaEvent.MachineJudged judged:
                _detection?.OnJudged(judged.Verdict, judged.Evidence);
                break;
            case MediaEvent.GreetingEnded ended:
                _detection?.OnGreetingEnded(ended.End, ended.Evidence);
                break;
            case MediaEvent.RemoteLearnt:
                break;          // the engine's business
            case MediaEvent.Talking or MediaEvent.Closed or MediaEvent.Lost or MediaEvent.Silent or MediaEvent.RecordEnded:
                throw new UnreachableException("The leg itself hears of it.");
            default:
                throw new UnreachableException();
        }
    }

    /// <summary>
    /// Told to the customer first, then to the media stream and the gather. A key that comes by media and by signalling is one.
    /// </summary>
    public void OnDigit(char key, int milliseconds, KeyWays way)
    {
        if (!_keys.IsNew(key, way, milliseconds, host.Now)) return;
        host.Emit(new CallEvent.DigitReceived(key, milliseconds) { Leg = host.Facts, At = host.Now });
        LiveAudio.Streams.Press(key);
        _gather?.OnDigit(key);
    }

    public void OnPrepared(int correlation, PromptResult result)
    {
        // Whoever asked for it: the texts of a gather and of an agent have no event of their own that a customer sees.
        if (!_isOver && result.Warning is { } warning && _warnings.Count < MostWarnings && _warnings.Add(warning))
            host.Emit(new CallEvent.Noted(NoteKind.Warning, warning) { Leg = host.Facts, At = host.Now });
        _prompts.OnPrepared(correlation, result);
        _overlays.OnPrepared(correlation, result);
    }

    public void OnCodecChanged()
    {
        _prompts.OnCodecChanged();
        _overlays.OnCodecChanged();
    }

    public void OnDue()
    {
        _gather?.OnDue();
        _digits.OnDue();
    }

    /// <summary>The call is over: each that runs ends so, exactly once. Recordings end when media has closed the port.</summary>
    public void HangUp()
    {
        _isOver = true;
        _detection?.HangUp();
        _gather?.Stop(GatherStatus.CallHangup);
        _prompts.HangUp();
        _overlays.HangUp();
        _digits.Stop();
        // Behind the last of what it said, which is told by then.
        _agent.End(AgentEnd.CallHangup);
        LiveAudio.HangUp();
    }

    private void EndAgent(LegCommand.StopAgent stop)
    {
        // One that ends by itself has said what it wanted to; what plays then is somebody else's.
        if (stop.Conversation is null) _prompts.Stop(StopWhat.All);
        LiveAudio.Transcription.StopOfAgent();
        LiveAudio.Voice.Stop();
        // Here, and not by the agent, which hears of its end when another may listen already.
        host.Post(new MediaCommand.WatchVoice(host.Port, 0));
        _agent.End(stop.Reason);
    }

    private void StartOver(Prompt prompt, StopWhat stop)
    {
        if (stop is StopWhat.Overlays) _overlays.Stop(StopWhat.All);
        _prompts.TryStart(prompt, stop is StopWhat.Overlays ? StopWhat.Nothing : stop);
    }
}
