using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>What can be asked of a leg. Holds no socket, stream, task or delegate: it can be logged and replayed.</summary>
public abstract record LegCommand : SubjectCommand
{
    private LegCommand() { }

    /// <summary>Laid over the leg's labels when the command is accepted.</summary>
    public Labels? Labels { get; init; }

    /// <summary>Inbound legs only: 200 OK.</summary>
    public sealed record Answer : LegCommand
    {
        public IReadOnlyList<string> PreferredCodecs { get; init; } = [];
        public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];
        /// <summary>Nothing is sent to the caller while there is nothing to say; else silence is.</summary>
        public bool OmitsSilence { get; init; }
        /// <summary>Changes the voices on the leg; null changes nothing.</summary>
        public SoundModification? Sound { get; init; }
        /// <summary>Records the leg from its answer on.</summary>
        public RecordPlan? Record { get; init; }
        /// <summary>As <see cref="StartStream"/>, as soon as the leg is answered.</summary>
        public StreamTerms? Stream { get; init; }
        /// <summary>As <see cref="StartTranscription"/>, as soon as the leg is answered.</summary>
        public TranscriptionTerms? Transcription { get; init; }
        /// <summary>As <see cref="StartAgent"/>, as soon as the leg is answered; not beside a transcription.</summary>
        public AgentTerms? Agent { get; init; }
        /// <summary>As <see cref="Echo"/>, as soon as the leg is answered: from the first packet on, by one command.</summary>
        public bool Echoes { get; init; }
    }

    /// <summary>Inbound legs before answer: 603, or 486 when <paramref name="IsBusy"/>.</summary>
    public sealed record Reject(bool IsBusy) : LegCommand
    {
        /// <summary>Another final status (300-699) in place of 603 or 486; the lab and phones use it.</summary>
        public int? Status { get; init; }
    }

    /// <summary>BYE, CANCEL, or a final response, whatever ends the leg in its state.</summary>
    public sealed record Hangup : LegCommand
    {
        public override bool IsEnding => true;
        public HangupCause Cause { get; init; } = HangupCause.ApiHangup;
        /// <summary>One sentence on why it was sent, for <see cref="CallEvent.LegEnded.Evidence"/>; that it came when null.</summary>
        public string? Evidence { get; init; }
        /// <summary>Of the BYE; a call that is cancelled or declined has none.</summary>
        public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];
    }

    /// <summary>Plays a file; queued behind what already plays unless <see cref="Stop"/> says otherwise.</summary>
    public sealed record Play : LegCommand
    {
        public required PromptSource Source { get; init; }
        /// <summary>What events will call it; minted by whoever wants to know it beforehand, else by the leg.</summary>
        public Guid? Id { get; init; }
        /// <summary>1 to 100; 0 plays for ever.</summary>
        public int Loops { get; init; } = 1;
        public StopWhat Stop { get; init; }
        /// <summary>Heard over what the leg plays already, and queued with others of the kind. For the leg itself alone.</summary>
        public bool IsOverlay { get; init; }
        public TargetLegs Targets { get; init; }
        /// <summary>False keeps started and ended events back (a prompt inside something larger).</summary>
        public bool IsReported { get; init; } = true;
        /// <summary>An agent plays it: behind that one's end nothing of it is played.</summary>
        public bool IsOfAgent { get; init; }
    }

    /// <summary>Speaks a text; queued like <see cref="Play"/>.</summary>
    public sealed record Speak : LegCommand
    {
        public required PromptSource.Speech Speech { get; init; }
        /// <inheritdoc cref="Play.Id"/>
        public Guid? Id { get; init; }
        /// <summary>An agent says it: its events are for that one alone.</summary>
        public bool IsOfAgent { get; init; }
        /// <summary>1 to 100; 0 speaks for ever.</summary>
        public int Loops { get; init; } = 1;
        public StopWhat Stop { get; init; }
        public TargetLegs Targets { get; init; }
    }

    public sealed record StopPlayback(StopWhat What) : LegCommand
    {
        /// <summary>Those that are heard over others; else those others.</summary>
        public bool IsOfOverlays { get; init; }
    }

    /// <summary>
    /// Keeps what plays where it is, in silence, or lets it go on. What comes to its place meanwhile waits as well; a stop ends the pause.
    /// What is heard over others is not meant.
    /// </summary>
    public sealed record PausePlayback(bool IsOn) : LegCommand;

    /// <summary>Collects digits; replaces a running gather (which ends cancelled).</summary>
    public sealed record Gather : LegCommand
    {
        /// <summary>Played before each try; digits interrupt it.</summary>
        public PromptSource? Prompt { get; init; }
        /// <summary>Played one after the other behind <see cref="Prompt"/>; 100 at most.</summary>
        public IReadOnlyList<PromptSource> MorePrompts { get; init; } = [];
        /// <summary>Played after an invalid entry, before the next try; <see cref="Prompt"/> when not set.</summary>
        public PromptSource? InvalidPrompt { get; init; }
        /// <summary>True tells of each prompt's start and end as a playback does.</summary>
        public bool IsPromptReported { get; init; }
        public int MinimumDigits { get; init; } = 1;
        public int MaximumDigits { get; init; } = 128;
        public string TerminatingDigits { get; init; } = "#";
        public string ValidDigits { get; init; } = "0123456789#*";
        public int MaximumTries { get; init; } = 1;
        /// <summary>From the start of listening to the first digit.</summary>
        public TimeSpan InitialTimeout { get; init; } = TimeSpan.FromSeconds(5);
        public TimeSpan InterDigitTimeout { get; init; } = TimeSpan.FromSeconds(5);
        /// <summary>The whole try, counted from the end of the prompt when there is one.</summary>
        public TimeSpan TotalTimeout { get; init; } = TimeSpan.FromSeconds(60);
        public string? GatherId { get; init; }
        /// <summary>
        /// What is said counts too; null takes keys alone. <see cref="InitialTimeout"/> is then the time to begin to speak.
        /// </summary>
        public SpeechInput? Speech { get; init; }
    }

    public sealed record StopGather : LegCommand;

    /// <summary>Sends digits in the way of the leg's connection; 'w' pauses 0.5 s, 'W' 1 s.</summary>
    public sealed record SendDigits(string Digits, int DigitMilliseconds = 250) : LegCommand;

    /// <summary>Sends a body inside the call (SIP INFO, RFC 6086 without a package). What the far end answers is not told.</summary>
    public sealed record SendInfo(string ContentType, string Body) : LegCommand;

    /// <summary>
    /// Asks the far end to call somebody else in our place (REFER, RFC 3515); as soon as the call is answered. When it reaches him,
    /// the leg ends; else it goes on.
    /// </summary>
    /// <param name="To">A sip: or sips: URI.</param>
    public sealed record Refer(string To) : LegCommand
    {
        /// <summary>Of the REFER.</summary>
        public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];
        /// <summary>For a REFER that is challenged; the call's own when not set.</summary>
        public string? AuthUser { get; init; }
        public string? AuthPassword { get; init; }
    }

    /// <summary>
    /// What became of the REFER that <see cref="CallEvent.ReferAsked"/> told of: the far end hears this status. Without it it hears 408
    /// after some minutes.
    /// </summary>
    public sealed record AnswerReferral(int SipStatus) : LegCommand;

    /// <summary>In place of the time that the leg could last from its answer on; one that has lasted as long ends.</summary>
    public sealed record LimitTime(TimeSpan Limit) : LegCommand;

    /// <summary>Only lays <see cref="LegCommand.Labels"/> over the leg's.</summary>
    public sealed record SetLabels : LegCommand;

    /// <summary>
    /// Tells of something that whoever commands the leg has done, or has not been able to do: <see cref="CallEvent.Noted"/>.
    /// Does nothing else.
    /// </summary>
    /// <param name="Text">At most <see cref="MostText"/> characters; longer ones are cut.</param>
    public sealed record Note(NoteKind Kind, string Text) : LegCommand
    {
        public const int MostText = 1_000;
        /// <summary>Of the document that it is about; null where it is about none. Without its query.</summary>
        public string? Url { get; init; }
        /// <summary>Of that document, from 1.</summary>
        public int? Line { get; init; }
    }

    /// <summary>
    /// Asks the far end not to send, or to send again, by re-INVITE. Whoever the leg is bridged to hears nothing of it meanwhile.
    /// </summary>
    public sealed record Hold(bool IsOn) : LegCommand;

    /// <summary>Sends back what is heard until <paramref name="IsOn"/> is false.</summary>
    public sealed record Echo(bool IsOn) : LegCommand;

    /// <summary>
    /// Makes noise quieter behind what the leg's party says, behind what others say to it, or both; with neither it ends.
    /// </summary>
    public sealed record SuppressNoise(bool IsOfSaid, bool IsOfHeard) : LegCommand;

    /// <summary>Spoils the line to the other side for the rest of the call. Used by the lab.</summary>
    public sealed record Degrade(LineFault Fault) : LegCommand;

    /// <summary>Asks for <see cref="CallEvent.VoiceChanged"/> events: speech begins, and speech has paused for this long.</summary>
    public sealed record WatchVoice(TimeSpan Pause) : LegCommand
    {
        /// <summary>An agent asks: behind that one's end nothing is watched.</summary>
        public bool IsOfAgent { get; init; }
    }

    /// <summary>
    /// Finds out who is heard, from now on: told as of a leg that was dialled with <see cref="MachineDetection"/>. One that runs begins
    /// anew.
    /// </summary>
    public sealed record DetectMachine(MachineDetection Terms) : LegCommand
    {
        /// <summary>What plays and what is gathered goes on when it is a machine; else it ends then.</summary>
        public bool KeepsSounds { get; init; }
    }

    /// <summary>
    /// Joins the leg to another: each hears the other as soon as both are answered. A caller whom nobody has answered yet is answered at
    /// once. Whoever either was bridged to before is unbridged then.
    /// </summary>
    public sealed record Bridge(LegId Peer) : LegCommand
    {
        /// <summary>The leg stays up when the other one leaves; else it is hung up then.</summary>
        public bool ParksAfterUnbridge { get; init; }
        /// <summary>The other is not taken from anybody else that it is bridged to: the command is refused then.</summary>
        public bool LeavesBridged { get; init; }
        public DigitMute Mute { get; init; }
        /// <summary>Played to the one that is answered while the other rings.</summary>
        public RingTone? Ringback { get; init; }
        /// <summary>Records the leg from the moment when both hear each other.</summary>
        public RecordPlan? Record { get; init; }
    }

    /// <summary>
    /// Puts the leg at the end of a queue of its account, which begins with its first call. Whoever it was bridged to is unbridged.
    /// </summary>
    /// <param name="Queue">Its name.</param>
    public sealed record Enqueue(string Queue) : LegCommand
    {
        /// <summary>How many calls may wait in it, settled by its first one; whatever it is when not set.</summary>
        public int? MaxSize { get; init; }
        /// <summary>The leg is not let in where so many wait; a queue that begins with it, and has no other size, takes so many.</summary>
        public int? MostWaiting { get; init; }
        /// <summary>After this the leg leaves the queue and stays up; never when not set.</summary>
        public TimeSpan? MaxWait { get; init; }
        /// <summary>The leg stays up when whoever took it out of the queue leaves it; else it is hung up then.</summary>
        public bool ParksAfterUnbridge { get; init; }
    }

    /// <summary>Takes the leg out of the queue that it waits in; it stays up.</summary>
    public sealed record LeaveQueue : LegCommand;

    /// <summary>
    /// Takes the leg out of whatever it is in: a bridge, a conference, a queue. It stays up and hears nothing; whoever it talked to is
    /// released by his own rules.
    /// </summary>
    public sealed record Park : LegCommand;

    /// <summary>
    /// Takes the first call out of a queue of the account, and bridges it with the leg. Whatever becomes of that, it is out of the queue.
    /// </summary>
    /// <param name="Queue">Its name.</param>
    /// <param name="Terms">Its peer is whoever that call is.</param>
    public sealed record BridgeQueue(string Queue, Bridge Terms) : LegCommand;

    /// <summary>Makes a conference, and the leg its first participant. Whoever it was bridged to is unbridged.</summary>
    /// <param name="Uuid">What customers will call it by; minted by whoever asks.</param>
    /// <param name="Name">Unique among the live ones of the account.</param>
    public sealed record CreateConference(Guid Uuid, string Name) : LegCommand
    {
        public ConferenceTerms Terms { get; init; } = new();
        public Participation As { get; init; } = new();
        /// <summary>Heard by the leg while it is on hold.</summary>
        public PromptSource? HoldAudio { get; init; }
        /// <summary>Where there is a live one of that name the leg joins it, and its terms stay; else that is refused.</summary>
        public bool JoinsExisting { get; init; }
        /// <summary>
        /// What it is called by where one of <see cref="Uuid"/> has been and is over: several may be ordered into the same, and come late.
        /// </summary>
        public Guid? Next { get; init; }
        /// <inheritdoc cref="JoinConference.Starts"/>
        public bool Starts { get; init; }
        /// <inheritdoc cref="JoinConference.Beeps"/>
        public ConferenceBeeps? Beeps { get; init; }
        /// <summary>Records what all say, from the conference's start on; nothing where the leg joins one that is there.</summary>
        public RecordPlan? Record { get; init; }
    }

    /// <summary>Takes the leg into a conference of its account. Whoever it was bridged to, or conferred with, is left.</summary>
    public sealed record JoinConference(ConferenceId Conference) : LegCommand
    {
        public Participation As { get; init; } = new();
        /// <summary>Heard by the leg while it is on hold; the conference's own where that waits to start and this is not set.</summary>
        public PromptSource? HoldAudio { get; init; }
        /// <summary>A conference that waits starts now.</summary>
        public bool Starts { get; init; }
        /// <summary>Whether this coming and going beeps; as the conference does when not set.</summary>
        public ConferenceBeeps? Beeps { get; init; }
        /// <summary>So many may take part from now on; as many as before when not set.</summary>
        public int? MaxParticipants { get; init; }
        /// <summary>Records what all say, from now on or from the conference's start; nothing where it is recorded already.</summary>
        public RecordPlan? Record { get; init; }
    }

    /// <summary>
    /// Of a dialled leg that is to take part in a conference (<see cref="DialRequest.Conference"/>) and does not ask to be let in yet: as
    /// what it will. What is not set stays as it is.
    /// </summary>
    public sealed record ChangeEntry : LegCommand
    {
        public bool? IsMuted { get; init; }
        public bool? IsOnHold { get; init; }
        /// <summary>Heard while it is on hold.</summary>
        public PromptSource? HoldAudio { get; init; }
        public bool? EndsSoftly { get; init; }
        public SupervisorRole? Role { get; init; }
        /// <summary>Read where <see cref="Role"/> is set.</summary>
        public IReadOnlyList<LegId> WhispersTo { get; init; } = [];
    }

    /// <summary>Of a leg that supervises another (<see cref="DialRequest.Supervises"/>): who hears it from now on.</summary>
    public sealed record SwitchSupervisorRole(SupervisorRole Role) : LegCommand;

    /// <summary>Records the leg. Several recordings may run at once.</summary>
    public sealed record RecordStart(RecordPlan Plan) : LegCommand;

    /// <summary>
    /// Keeps nothing of what comes until <see cref="RecordResume"/>. Without the id of one all that run are meant; so with the two below.
    /// </summary>
    public sealed record RecordPause(Guid? Recording) : LegCommand
    {
        /// <summary>Its time goes on, and nobody is heard in it; else it is left out.</summary>
        public bool IsSilent { get; init; }
    }

    public sealed record RecordResume(Guid? Recording) : LegCommand;

    public sealed record RecordStop(Guid? Recording) : LegCommand;

    /// <summary>
    /// Carries the leg's audio to a socket of the customer's and back. One at a time; the leg goes on whatever becomes of it.
    /// </summary>
    public sealed record StartStream(StreamTerms Terms) : LegCommand
    {
        /// <summary>Names the stream, for who must know before it has begun; minted by the leg when not set.</summary>
        public Guid? Id { get; init; }
    }

    /// <summary>Ends the stream that runs, or that waits for its socket.</summary>
    /// <param name="Stream">Only if it is this one; whichever it is for null.</param>
    public sealed record StopStream(Guid? Stream) : LegCommand;

    /// <summary>Sends the leg's audio as RTP to addresses of the customer's. One at a time, and not beside a stream.</summary>
    public sealed record StartFork(ForkTerms Terms) : LegCommand;

    public sealed record StopFork : LegCommand;

    /// <summary>Has a recording server record the leg. One at a time.</summary>
    public sealed record StartSiprec(SiprecTerms Terms) : LegCommand
    {
        /// <inheritdoc cref="StartStream.Id"/>
        public Guid? Id { get; init; }
    }

    public sealed record StopSiprec : LegCommand
    {
        /// <summary>Only if it is this one; whichever it is when not set.</summary>
        public Guid? Session { get; init; }
    }

    /// <summary>
    /// Has what is said on the leg written down. One at a time; the leg goes on whatever becomes of it.
    /// </summary>
    public sealed record StartTranscription(TranscriptionTerms Terms) : LegCommand
    {
        /// <inheritdoc cref="StartStream.Id"/>
        public Guid? Id { get; init; }
    }

    /// <summary>
    /// Ends the transcription that runs, or that waits for its recogniser. What was said by then is told for a few seconds more.
    /// </summary>
    public sealed record StopTranscription : LegCommand;

    /// <summary>
    /// Has an agent talk with the leg's party, as a guest: whoever commands the leg goes on to command it. One at a time, and nothing else
    /// is gathered meanwhile. One that gathers is ended by <see cref="StopGather"/> too.
    /// </summary>
    public sealed record StartAgent(AgentTerms Terms) : LegCommand;

    /// <summary>Ends the agent's conversation, and what the leg plays or would play when nobody is named.</summary>
    public sealed record StopAgent : LegCommand
    {
        public override bool IsEnding => true;
        /// <summary>Only if it is this one: so ends an agent that has said what there was to say. Whichever it is when not set.</summary>
        public Guid? Conversation { get; init; }
        /// <summary>In snake case.</summary>
        public string Reason { get; init; } = AgentEnd.Stopped;
    }

    /// <summary>
    /// Gives the agent of this conversation messages to know: they are kept under their batch by whoever gives them. It answers them at
    /// once, or knows them from its next answer on.
    /// </summary>
    public sealed record TellAgent(Guid Conversation, AgentMessages Messages) : LegCommand;

    /// <summary>Says of the agent of this conversation how far it has come with what it gathers.</summary>
    public sealed record ReportAgent(Guid Conversation, AgentGathered State, GatherChange Change) : LegCommand;

    /// <summary>
    /// Gives an agent the leg's audio, to hear and to speak by itself (<see cref="VoiceLinks"/>). One at a time, and on the node that has
    /// the leg; it ends with the agent.
    /// </summary>
    /// <param name="Id">Under which the agent waits for it.</param>
    public sealed record OpenVoice(Guid Id) : LegCommand;

    /// <summary>Takes it away again. Nothing happens where there is none.</summary>
    public sealed record CloseVoice : LegCommand;

    /// <summary>
    /// Dials another party and joins the leg to it when it answers; a leg that nobody has answered yet is
    /// answered then. Fails without harm to the leg.
    /// </summary>
    public sealed record Transfer : LegCommand
    {
        public required string To { get; init; }
        /// <summary>Caller id of the new leg; the party that this leg was originally for when not set.</summary>
        public string? From { get; init; }
        /// <summary>The new leg's party does not learn the caller.</summary>
        public bool IsPrivate { get; init; }
        public string? CallerName { get; init; }
        public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);
        public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(4);
        /// <summary>The leg hears what the network of the new one says before the answer, and a ring tone where it says nothing.</summary>
        public bool HearsEarlyMedia { get; init; } = true;
        /// <summary>Played to the new leg when it is answered; the two are joined behind it.</summary>
        public PromptSource? PromptOnAnswer { get; init; }
        /// <summary>Sent to the new leg when it is answered; as in <see cref="SendDigits"/>.</summary>
        public string? DigitsOnAnswer { get; init; }
        /// <summary>Find out who answers the new leg.</summary>
        public MachineDetection? MachineDetection { get; init; }
        /// <summary>Changes the voices on the new leg; null changes nothing.</summary>
        public SoundModification? Sound { get; init; }
        /// <summary>Records the new leg from its answer on.</summary>
        public RecordPlan? Record { get; init; }
        /// <summary>Of the new leg: as <see cref="StartStream"/>, as soon as it is answered.</summary>
        public StreamTerms? Stream { get; init; }
        public IReadOnlyList<string> PreferredCodecs { get; init; } = [];
        public bool ParksAfterUnbridge { get; init; }
        public DigitMute Mute { get; init; }
        /// <summary>Labels of the new leg.</summary>
        public Labels TargetLabels { get; init; } = Calls.Labels.Empty;
        /// <summary>Labels that the new leg takes over from this one unless <see cref="TargetLabels"/> has them.</summary>
        public IReadOnlyList<string> InheritedLabels { get; init; } = [];
        public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];
        /// <summary>For places that leave it open.</summary>
        public SipTransport? Transport { get; init; }
        public string? AuthUser { get; init; }
        public string? AuthPassword { get; init; }
        public MediaEncryption Encryption { get; init; }
    }
}

/// <summary>
/// Who of two bridged parties gets no digits of the other; seen from the leg that was commanded. Digits are reported all the same.
/// </summary>
public enum DigitMute { None, Self, Opposite, Both }

/// <summary>What a <see cref="LegCommand.Note"/> is: a step of a program, or something that it could not do.</summary>
public enum NoteKind { Step, Warning }

/// <summary>What ends for a new sound. <see cref="Overlays"/>: all that is heard over another.</summary>
public enum StopWhat { Nothing, Current, All, Overlays }

/// <summary>Who hears it: the leg, the one that it is bridged to, or both. The leg's events tell of it.</summary>
public enum TargetLegs { Self, Opposite, Both }
