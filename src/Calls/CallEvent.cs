using System.Diagnostics;
using System.Text.Json.Serialization;
using Ringwright.Calls.Pricing;
using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>What happened to a leg.</summary>
public abstract record CallEvent : SubjectEvent
{
    private CallEvent() { }

    public required LegFacts Leg { get; init; }

    [JsonIgnore] public sealed override Subject Subject => Subject.Of(Leg.Id);
    [JsonIgnore] public sealed override TenantId Tenant => Leg.Tenant;
    [JsonIgnore] public sealed override Instant BeganAt => Leg.StartedAt;

    [JsonIgnore]
    public sealed override LifeStage Stage => this switch
    {
        LegInitiated => LifeStage.First,
        LegEnded => LifeStage.Last,
        // of a conference: the leg whose recording it counts as may be gone by then
        RecordingStarted or RecordingSaved or RecordingFailed or RecordingTranscribed or LegCharged => LifeStage.Whenever,
        // the last words of who has hung up
        TranscriptionEnded or SpeechTranscribed { IsLate: true } => LifeStage.Whenever,
        LegRinging or LegAnswered or LegBridged or LegHeld or LabelsChanged or DigitReceived or InfoReceived or GatherHeard or GatherEnded
            or ReferStarted or ReferEnded or ReferAsked
            or LegUnbridged or Noted
            or PlaybackStarted or PlaybackEnded or SpeakStarted or SpeakEnded or MachineDetected or MachineGreetingEnded or VoiceChanged
            or LegEnqueued or LegDequeued or LegHandedOver or StreamStarted or StreamStopped or StreamFailed
            or ForkStarted or ForkStopped
            or TranscriptionStarted or SpeechTranscribed or AgentStarted or AgentEnded or AgentTold or AgentGathering or AgentGatherEnded
            or SiprecStarted or SiprecStopped or SiprecFailed => LifeStage.Within,
        _ => throw new UnreachableException(),
    };

    /// <summary>The same as it may be kept and told: without the keys that were pressed where they are nobody's business.</summary>
    public CallEvent WithoutSecrets()
    {
        if (!Leg.Application.IsConfidential) return this;
        if (this is DigitReceived digit) return digit with { Digit = 'x' };
        return this is GatherEnded gathered ? gathered with { Digits = new('x', gathered.Digits.Length), FinishedBy = null } : this;
    }

    /// <summary>The leg exists. <see cref="OfferedCodecs"/> are SDP names in the peer's order, empty on outbound legs.</summary>
    public sealed record LegInitiated : CallEvent
    {
        public IReadOnlyList<string> OfferedCodecs { get; init; } = [];
        /// <summary>Codecs that the connection allows, in order of preference.</summary>
        public IReadOnlyList<string> ConnectionCodecs { get; init; } = [];
        /// <summary>Set on an outbound leg by the request that made it; unique per tenant for 60 s.</summary>
        public string? CommandId { get; init; }
        /// <summary>The trunks and targets to try are not stored; this is the destination as dialled.</summary>
        public string? Dialled { get; init; }
        /// <summary>What the trunk that brought the call says of its caller; null when it says nothing, and for all other calls.</summary>
        public CallerAttestation? Attestation { get; init; }
        /// <summary>The called number has its calls screened, and this one's caller could not be verified; else null.</summary>
        public bool? IsSuspect { get; init; }
        /// <summary>How the INVITE of an inbound leg came; null where none came over the network.</summary>
        public SipOrigin? Origin { get; init; }
        /// <summary>Made to be joined to another leg: by a transfer, or by a dial that names one.</summary>
        public bool IsLinked { get; init; }
    }

    /// <summary>The far end sent 180 or 183 (outbound legs).</summary>
    public sealed record LegRinging(int SipStatus) : CallEvent;

    public sealed record LegAnswered : CallEvent
    {
        public required string Codec { get; init; }
        public required int SampleRate { get; init; }
        /// <inheritdoc cref="LegEnded.Answer"/>
        public SipAnswer? Answer { get; init; }
    }

    /// <summary>The leg and <paramref name="Peer"/> hear each other; told once by each of the two.</summary>
    public sealed record LegBridged(LegId Peer) : CallEvent;

    /// <summary>The leg and <paramref name="Peer"/> do not hear each other any more, and the leg stays up.</summary>
    public sealed record LegUnbridged(LegId Peer) : CallEvent;

    /// <summary>Said of the leg by whoever commands it; see <see cref="LegCommand.Note"/>.</summary>
    public sealed record Noted(NoteKind Kind, string Text) : CallEvent
    {
        /// <summary>Of the document that it is about; null where it is about none.</summary>
        public string? Url { get; init; }
        /// <summary>Of that document, from 1.</summary>
        public int? Line { get; init; }
    }

    /// <summary>The last event of a leg, but for what may come at any time: <see cref="LifeStage.Whenever"/>.</summary>
    public sealed record LegEnded : CallEvent
    {
        public required HangupCause Cause { get; init; }
        public required HangupParty By { get; init; }
        /// <summary>The SIP status that decided, when one did.</summary>
        public int? SipStatus { get; init; }
        public MediaQuality? Quality { get; init; }
        /// <summary>One sentence of evidence: what was received, which timer fired, which command came.</summary>
        public string? Evidence { get; init; }
        /// <summary>The far end's Reason header (RFC 3326), when it gave one.</summary>
        public string? Reason { get; init; }
        /// <summary>Which of our timers fired, in snake case; null when none did.</summary>
        public string? Timer { get; init; }
        /// <summary>The command that ended the leg, when it had an id.</summary>
        public string? CommandId { get; init; }
        /// <summary>Of a leg that a document has dialled to a SIP URI; else null.</summary>
        public SipAnswer? Answer { get; init; }
        /// <summary>
        /// Of an outbound leg: the Call-ID of its INVITE; of several, of the one that was answered or failed last. Null where none was
        /// sent.
        /// </summary>
        public string? SipCallId { get; init; }
        /// <summary>
        /// The leg's last sign of life, where nobody saw its end (a crash): only until then it lasted, and costs.
        /// <see cref="At"/> is when that was found.
        /// </summary>
        public Instant? AliveUntil { get; init; }

        /// <summary>When the leg ended.</summary>
        public Instant EndedAt() => AliveUntil ?? At;
    }

    /// <summary>The remote side put the leg on hold, or took it off, by re-INVITE.</summary>
    public sealed record LegHeld(bool IsHeld) : CallEvent;

    /// <summary>The leg waits in a queue, as the last of it.</summary>
    /// <param name="Entry">Counts the calls of that queue.</param>
    public sealed record LegEnqueued(QueueId Queue, string Name, long Entry) : CallEvent
    {
        /// <summary>From 1.</summary>
        public required int Position { get; init; }
        /// <summary>How long calls of this queue waited on average; those that still wait, when all do.</summary>
        public required TimeSpan AverageWait { get; init; }
    }

    public sealed record LegDequeued(QueueId Queue, string Name, DequeueReason Reason) : CallEvent
    {
        /// <summary>Where it stood at last, from 1.</summary>
        public required int Position { get; init; }
        public required TimeSpan Waited { get; init; }
    }

    /// <summary>Nobody took the call: from now on <see cref="LegFacts.Application"/>, a program, commands the leg.</summary>
    public sealed record LegHandedOver : CallEvent;

    public sealed record LabelsChanged : CallEvent;

    public sealed record DigitReceived(char Digit, int Milliseconds) : CallEvent;

    /// <summary>The far end sent a body inside the call (SIP INFO) that is no digit.</summary>
    public sealed record InfoReceived(string ContentType, string Body) : CallEvent;

    /// <summary>
    /// The far end wants whom it talks to connected to somebody else (REFER), and the leg's program decides on it:
    /// <see cref="LegCommand.AnswerReferral"/>. Only on legs that were dialled so, <see cref="DialRequest.AsksOfReferrals"/>.
    /// </summary>
    /// <param name="Target">The URI of its Refer-To, headers and all.</param>
    public sealed record ReferAsked(string Target) : CallEvent;

    /// <summary>The far end does what our REFER asks.</summary>
    public sealed record ReferStarted : CallEvent;

    /// <summary>What became of our REFER; 2xx when the far end has reached whom it was referred to.</summary>
    /// <param name="SipStatus">The far end's word; 408 and 487 also where it said none in time, or not before the call ended.</param>
    public sealed record ReferEnded(int SipStatus, string Evidence) : CallEvent
    {
        [JsonIgnore] public bool IsSuccess => SipStatus is >= 200 and <= 299;
    }

    /// <summary>Words of a gather that tells them while they come.</summary>
    /// <param name="IsFinal">They are part of what <see cref="GatherEnded.Speech"/> will be.</param>
    /// <param name="Confidence">0 to 1; null where the recogniser tells none.</param>
    public sealed record GatherHeard(string? GatherId, string Text, bool IsFinal, double? Confidence) : CallEvent;

    public sealed record GatherEnded : CallEvent
    {
        public required string Digits { get; init; }
        public required GatherStatus Status { get; init; }
        /// <summary>The key that ended the entry, and is none of its digits; null where none did.</summary>
        public char? FinishedBy { get; init; }
        public string? GatherId { get; init; }
        /// <summary>What was said; null when that was nothing, or not asked for.</summary>
        public string? Speech { get; init; }
        /// <summary>0 to 1, of <see cref="Speech"/>; null where the recogniser tells none.</summary>
        public double? Confidence { get; init; }
        /// <summary>Why speech was not listened to, though it should have been, as part of a sentence.</summary>
        public string? SpeechFailure { get; init; }
    }

    public sealed record PlaybackStarted(Guid Playback, PromptSource Source) : CallEvent
    {
        /// <inheritdoc cref="LegCommand.Play.IsOverlay"/>
        public bool IsOverlay { get; init; }
    }

    public sealed record PlaybackEnded(Guid Playback, PromptSource Source, PlayStatus Status, string? Detail) : CallEvent
    {
        /// <inheritdoc cref="LegCommand.Play.IsOverlay"/>
        public bool IsOverlay { get; init; }
    }

    public sealed record SpeakStarted(Guid Speak) : CallEvent
    {
        /// <summary>How long it will be heard; null for a long text, which is made piece by piece, and for one that is repeated.</summary>
        public TimeSpan? Length { get; init; }
        /// <inheritdoc cref="VoiceStand.Warning"/>
        public string? Warning { get; init; }
        /// <inheritdoc cref="LegCommand.Speak.IsOfAgent"/>
        public bool IsOfAgent { get; init; }
    }

    public sealed record SpeakEnded(Guid Speak, PlayStatus Status) : CallEvent
    {
        /// <summary>How long it was heard, without pauses; null where nobody has counted.</summary>
        public TimeSpan? Played { get; init; }
        /// <inheritdoc cref="LegCommand.Speak.IsOfAgent"/>
        public bool IsOfAgent { get; init; }
    }

    /// <summary>
    /// Who answered. Once per leg that was dialled with <see cref="MachineDetection"/>, unless a beep says it before.
    /// </summary>
    public sealed record MachineDetected(MachineVerdict Verdict) : CallEvent
    {
        /// <summary>What was heard, in order and with seconds since the answer ("voice 0.32-0.81"), last the rule that decided.</summary>
        public IReadOnlyList<string> Evidence { get; init; } = [];

        /// <summary>It was asked for by <see cref="MachineMode.Classify"/>.</summary>
        public bool IsClassified { get; init; }
    }

    /// <summary>
    /// At most once, behind the verdict. Behind one that is not for a machine only a beep is told.
    /// Where kinds were asked for, a beep may come in place of the verdict.
    /// </summary>
    public sealed record MachineGreetingEnded(GreetingEnd End, string Evidence) : CallEvent
    {
        /// <summary>It was asked for by <see cref="MachineMode.Classify"/>.</summary>
        public bool IsClassified { get; init; }
    }

    /// <summary>Asked for by <see cref="LegCommand.WatchVoice"/>: the far end began to talk, or has paused.</summary>
    public sealed record VoiceChanged(bool IsTalking) : CallEvent;

    /// <summary>The leg is being recorded from now on.</summary>
    public sealed record RecordingStarted(RecordPlan Plan) : CallEvent;

    /// <summary>A recording can be fetched. Comes after its end, which may be after <see cref="LegEnded"/>.</summary>
    public sealed record RecordingSaved : CallEvent
    {
        public required RecordPlan Plan { get; init; }
        public required RecordEndReason Reason { get; init; }
        public required Instant StartedAt { get; init; }
        public required Instant EndedAt { get; init; }
        /// <summary>Of what can be heard: pauses and trimmed silence are not in it.</summary>
        public required TimeSpan Length { get; init; }
        public required long Bytes { get; init; }
        /// <inheritdoc cref="RecordedFile.Gaps"/>
        public IReadOnlyList<RecordGap> Gaps { get; init; } = [];
        /// <summary>Where the file is among the blobs.</summary>
        public required string Blob { get; init; }
    }

    /// <summary>A recording was begun and there is no file of it. Comes when <see cref="RecordingSaved"/> would have.</summary>
    public sealed record RecordingFailed(Guid Recording, string Detail) : CallEvent
    {
        /// <summary>Why it does not come into the customer's own bucket: then it was saved before, and stays with us.</summary>
        public UploadFault Upload { get; init; }
        /// <summary>Of one that there is no file of.</summary>
        public RecordPlan? Plan { get; init; }
    }

    /// <summary>What is said on a saved recording was written down, or cannot be. Once for each that asked for it.</summary>
    /// <param name="Text">Each speaker's turn on a line; empty when nobody spoke.</param>
    /// <param name="Failure">Why there is no text, as part of a sentence for the customer; else null.</param>
    public sealed record RecordingTranscribed(Guid Recording, Guid Transcription, string Text, string? Failure) : CallEvent
    {
        /// <inheritdoc cref="RecordTranscription.Tag"/>
        public string? Tag { get; init; }
    }

    /// <summary>The socket of a media stream is open; of an answered leg its audio goes there from now on.</summary>
    /// <param name="Url">Its path or query may be a secret of the customer's.</param>
    public sealed record StreamStarted(Guid Stream, string Url, TapTracks Tracks) : CallEvent;

    /// <summary>
    /// A media stream is over as it should be: by a command, by its far end, or with the leg. Also of one that had not begun yet.
    /// </summary>
    /// <inheritdoc cref="StreamStarted"/>
    public sealed record StreamStopped(Guid Stream, string Url, TapTracks Tracks) : CallEvent;

    /// <summary>A media stream never came to be, or broke. Each that was ordered ends in one of these two.</summary>
    /// <inheritdoc cref="StreamStarted"/>
    /// <param name="Reason">As part of a sentence for the customer.</param>
    public sealed record StreamFailed(Guid Stream, string Url, TapTracks Tracks, string Reason) : CallEvent;

    /// <summary>A recogniser listens to the leg from now on.</summary>
    public sealed record TranscriptionStarted(Guid Transcription, TapTracks Tracks) : CallEvent;

    /// <summary>Something was said.</summary>
    /// <param name="Track">Whose words: one of the two.</param>
    /// <param name="IsFinal">No later event tells the same words otherwise.</param>
    /// <param name="Confidence">0 to 1; null where the recogniser tells none.</param>
    public sealed record SpeechTranscribed(Guid Transcription, TapTracks Track, string Text, bool IsFinal, double? Confidence) : CallEvent
    {
        /// <summary>It was understood when the leg had ended.</summary>
        [JsonIgnore] public bool IsLate { get; init; }
        /// <inheritdoc cref="TranscriptionTerms.IsOfAgent"/>
        public bool IsOfAgent { get; init; }
    }

    /// <summary>
    /// Nobody listens any more, or nobody ever did. Each transcription that was ordered ends so once: behind its last words, which may be
    /// behind the leg's end.
    /// </summary>
    /// <param name="Failure">Why, as part of a sentence for the customer; null by a command or with the leg.</param>
    public sealed record TranscriptionEnded(Guid Transcription, TapTracks Tracks, string? Failure) : CallEvent;

    /// <summary>An agent talks with the leg's party from now on, while somebody else commands the leg.</summary>
    public sealed record AgentStarted(AgentTerms Terms) : CallEvent;

    /// <summary>Its conversation is over: each that was started ends so once.</summary>
    /// <param name="Reason">In snake case.</param>
    /// <param name="Lasted">From its start.</param>
    public sealed record AgentEnded(AgentTerms Terms, string Reason, TimeSpan Lasted) : CallEvent;

    /// <summary>Whoever commands the leg has given its agent messages.</summary>
    public sealed record AgentTold(AgentTerms Terms, AgentMessages Messages) : CallEvent;

    /// <summary>An agent that gathers has begun, which is told before its start, or has come further.</summary>
    public sealed record AgentGathering(AgentTerms Terms, AgentGathered State, GatherChange Change) : CallEvent;

    /// <summary>It gathers no more: each that has begun ends so once, before its agent does.</summary>
    public sealed record AgentGatherEnded(AgentTerms Terms, AgentGathered State) : CallEvent;

    /// <summary>A recording server takes the leg's audio from now on.</summary>
    /// <param name="Connector">What the customer calls the server.</param>
    public sealed record SiprecStarted(Guid Session, string Connector) : CallEvent
    {
        /// <inheritdoc cref="LiveAudioNews.Connected.RecoveryBye"/>
        public string? RecoveryBye { get; init; }
    }

    /// <summary>
    /// A session with a recording server is over, also one that had not begun: by a command, with the leg, or because the server ended it.
    /// </summary>
    public sealed record SiprecStopped(Guid Session, string Connector) : CallEvent;

    /// <summary>A session with a recording server never came to be, or broke. Each that was ordered ends in one of these two.</summary>
    /// <param name="Reason">As part of a sentence for the customer.</param>
    public sealed record SiprecFailed(Guid Session, string Connector, string Reason) : CallEvent;

    /// <summary>The leg's audio goes to where it was ordered from now on.</summary>
    public sealed record ForkStarted(Guid Fork, ForkTerms Terms) : CallEvent;

    /// <summary>A fork is over, also one that had not begun: by a command, with the leg, or because nobody took the audio.</summary>
    /// <param name="Problem">As part of a sentence; null when it was ended in order.</param>
    public sealed record ForkStopped(Guid Fork, ForkTerms Terms, string? Problem) : CallEvent;

    /// <summary>
    /// What the leg cost: committed with <see cref="LegEnded"/>, by the ledger itself, and only when the leg has a price.
    /// </summary>
    public sealed record LegCharged(Charge Charge) : CallEvent;
}

/// <summary>
/// Why a call left its queue. <see cref="Bridging"/>: it was taken by one that nobody has answered yet; <see cref="Bridged"/>: it was
/// bridged at once, from the queue or by name.
/// </summary>
public enum DequeueReason { Bridged, Bridging, Hangup, Leave, Timeout }

/// <summary><see cref="CancelledByMachine"/>: a machine has answered, as machine detection found.</summary>
public enum GatherStatus { Valid, Invalid, CallHangup, Cancelled, Timeout, CancelledByMachine }

/// <inheritdoc cref="GatherStatus"/>
public enum PlayStatus { Completed, Cancelled, CallHangup, FileNotFound, Failed, CancelledByMachine }

/// <summary>
/// What the media port counted, at the leg's end. Jitter in RTP milliseconds; MOS by the E-model (ITU-T G.107) simplified.
/// </summary>
public sealed record MediaQuality
{
    public long PacketsReceived { get; init; }
    public long PacketsLost { get; init; }
    /// <summary>Late, duplicate or dropped packets.</summary>
    public long PacketsSkipped { get; init; }
    public long PacketsSent { get; init; }
    public double JitterMaxMilliseconds { get; init; }
    public double Mos { get; init; }
}
