using Ringwright.Core;

namespace Ringwright.Calls;

/// <summary>One outbound leg to create.</summary>
public sealed record DialRequest
{
    public required TenantId Tenant { get; init; }
    /// <summary>What places it; default when no connection does: it then goes by the account's default profile.</summary>
    public required ConnectionId Connection { get; init; }
    /// <summary>+E.164 text or a sip: URI.</summary>
    public required string To { get; init; }
    /// <summary>
    /// Rung at the same time, each as a leg of the same session; the first that is answered stays, the others are let go.
    /// </summary>
    public IReadOnlyList<string> AlsoTo { get; init; } = [];
    /// <summary>
    /// Rung at the same time as well, where they are to be dialled otherwise than <see cref="To"/> is. The tenant, the connection and the
    /// session are this request's.
    /// </summary>
    public IReadOnlyList<DialRequest> Also { get; init; } = [];
    /// <summary>Of several, those that are refused are <see cref="Dialled.LeftOut"/>, and the others ring; else one refuses all.</summary>
    public bool LeavesOutRefused { get; init; }
    public required string From { get; init; }
    /// <summary>
    /// The caller that the network brought into the session, or that was judged where the call came in:
    /// <see cref="From"/> may be this one beside the tenant's own.
    /// </summary>
    public string? BroughtCaller { get; init; }
    /// <summary>What the trunk that brought <see cref="BroughtCaller"/> said of it; it goes on with that caller id and no other.</summary>
    public BroughtIdentity? Brought { get; init; }
    /// <summary>Whoever is called does not learn the caller.</summary>
    public bool IsPrivate { get; init; }
    public string? CallerName { get; init; }
    public TimeSpan RingTimeout { get; init; } = TimeSpan.FromSeconds(30);
    /// <summary>Given up so long after it begins to ring; null lets it ring as long as <see cref="RingTimeout"/> does.</summary>
    public TimeSpan? RingsFor { get; init; }
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromHours(4);
    /// <summary>
    /// Where the account, or every trunk that leads there, has as many calls as it may have, it is no refusal: the leg waits for room, and
    /// nobody is called before. As many of one account wait as may; the next is refused.
    /// </summary>
    public bool WaitsForRoom { get; init; }
    /// <summary>
    /// The same where it is the trunks that have no room. A limit of the account that is reached when it is dialled refuses it; one that is
    /// reached while it waits for a trunk makes it wait for that, too, and ends it when the wait is over.
    /// </summary>
    public bool WaitsForTrunk { get; init; }
    public Labels Labels { get; init; } = Labels.Empty;
    /// <summary>What commands the leg.</summary>
    public Application Application { get; init; } = Application.Webhook;
    /// <summary>Unique per tenant for 60 s; a repeat returns the same leg.</summary>
    public string? CommandId { get; init; }
    /// <summary>Whether whoever asks has gone; only asked after the node itself has stood still. Null when nobody can say.</summary>
    public Func<ValueTask<bool>>? HasAskerLeft { get; init; }
    /// <summary>
    /// Who asks, for the operator to see: an API by its name, or the kind of what runs on the node, "document". Null where nobody says:
    /// then it is the kind of <see cref="Application"/>.
    /// </summary>
    public string? AskedBy { get; init; }
    /// <summary>The operator tries a line: no customer's profile allows or forbids it; what the node forbids stays forbidden.</summary>
    public bool IsByOperator { get; init; }
    /// <summary>A customer's phone asks for it, as it asks for its own calls; also where no API may call.</summary>
    public bool IsFromPhone { get; init; }
    /// <summary>Join this session instead of a new one.</summary>
    public SessionId? Session { get; init; }
    public IReadOnlyList<string> PreferredCodecs { get; init; } = [];
    public IReadOnlyList<CustomSipHeader> Headers { get; init; } = [];
    /// <summary>For places that leave it open; null takes what their names' records offer, else UDP.</summary>
    public SipTransport? Transport { get; init; }
    /// <summary>Digest credentials of this call only; else the trunk's.</summary>
    public string? AuthUser { get; init; }
    public string? AuthPassword { get; init; }
    /// <summary>What the call asks for; a trunk may ask for more.</summary>
    public MediaEncryption Encryption { get; init; }
    /// <summary>Nothing is sent to the callee while there is nothing to say; else silence is.</summary>
    public bool OmitsSilence { get; init; }
    /// <summary>Changes the voices on the leg; null changes nothing.</summary>
    public SoundModification? Sound { get; init; }
    /// <summary>Played when the leg is answered.</summary>
    public PromptSource? PromptOnAnswer { get; init; }
    /// <summary>Sent when the leg is answered; as in <see cref="LegCommand.SendDigits"/>.</summary>
    public string? DigitsOnAnswer { get; init; }
    /// <summary>
    /// The node says this to whoever answers, and hangs up. No command but a hang-up reaches the leg, nothing records or
    /// bridges it, and no event says what was said.
    /// </summary>
    public PromptSource? Announcement { get; init; }
    /// <summary>
    /// Taken into a conference when it is answered, if not <see cref="ConfersEarly">before</see>:
    /// a <see cref="LegCommand.JoinConference"/> or a <see cref="LegCommand.CreateConference"/>.
    /// </summary>
    public LegCommand? Conference { get; init; }
    /// <summary>Already as soon as the far end's network can be heard.</summary>
    public bool ConfersEarly { get; init; }
    /// <summary>It listens in on another leg from its answer on, and ends with it.</summary>
    public Supervision? Supervises { get; init; }
    /// <summary>Find out who answers.</summary>
    public MachineDetection? MachineDetection { get; init; }
    /// <summary>Records the leg from its answer on.</summary>
    public RecordPlan? Record { get; init; }
    /// <summary>As <see cref="LegCommand.StartStream"/>, as soon as the leg is answered.</summary>
    public StreamTerms? Stream { get; init; }
    /// <summary>Its socket is opened before anybody is called; whatever becomes of that, the call is placed then.</summary>
    public bool OpensStreamFirst { get; init; }
    /// <summary>As <see cref="LegCommand.StartTranscription"/>, as soon as the leg is answered.</summary>
    public TranscriptionTerms? Transcription { get; init; }
    /// <summary>
    /// As <see cref="LegCommand.StartAgent"/>, as soon as the leg is answered: of several that ring, the one that is. Not beside a
    /// transcription, a conference or a supervision.
    /// </summary>
    public AgentTerms? Agent { get; init; }
    /// <summary>Numbers of this node that the call has come through already, in order: it goes to none of them again.</summary>
    public IReadOnlyList<string> Through { get; init; } = [];
    /// <summary>How many hops there may still be behind the call (RFC 7332); null for one that begins with it.</summary>
    public int? HopsLeft { get; init; }
    /// <summary>The call is for the equipment of <see cref="Connection"/>; <see cref="To"/> is then only what was called.</summary>
    public bool IsDelivery { get; init; }
    /// <summary>Of a delivery: what the number says, <see cref="NumberVoice.IsRtpFixed"/>.</summary>
    public bool AdjustsRtp { get; init; } = true;
    /// <summary>
    /// A REFER of whoever is called is told to the leg's program, <see cref="CallEvent.ReferAsked"/>, whether or not he may refer; the
    /// node follows only one with another call of his.
    /// </summary>
    public bool AsksOfReferrals { get; init; }
    /// <summary>The leg that this one belongs to; they live on one shard.</summary>
    public DialLink? Link { get; init; }
    /// <summary>
    /// Hears of each leg before its first event can be heard; on any thread, and it must be short. When the dial is refused then, no event
    /// of it ever comes.
    /// </summary>
    public Action<LegFacts>? Placing { get; init; }
}

/// <summary>What a dialled leg has to do with one that is there already.</summary>
public sealed record DialLink(LegId To)
{
    /// <summary>
    /// The two are bridged when the dialled leg is answered and its prompt is over; another that nobody has answered yet is answered then.
    /// Until then it ends with the other.
    /// </summary>
    public bool JoinsOnAnswer { get; init; }
    /// <summary>
    /// Others may be dialled for the same leg meanwhile: the first that is answered is joined, and the others are withdrawn. Without it the
    /// last one that is dialled takes the place of those before.
    /// </summary>
    public bool HasRivals { get; init; }
    /// <summary>The other is not taken from anybody else that it is bridged to: the dialled leg is withdrawn then.</summary>
    public bool LeavesBridged { get; init; }
    /// <summary>The other hears what comes before the answer, and this tone where nothing comes.</summary>
    public RingTone? Ringback { get; init; }
    /// <summary>The other exists for the dialled leg: when that is never answered, the other ends for the same reason.</summary>
    public bool EndsOther { get; init; }
    /// <summary>The other stays up when the dialled leg leaves the bridge.</summary>
    public bool ParksOther { get; init; }
    /// <summary>The dialled leg stays up when the other leaves the bridge.</summary>
    public bool ParksDialled { get; init; }
    /// <summary>Seen from the other.</summary>
    public DigitMute Mute { get; init; }
}

/// <summary>A leg listens in on another one of its account: on whoever that talks to, and on itself.</summary>
/// <param name="Role">Barge: both hear it. Whisper: the one that it supervises hears it. Monitor: nobody does.</param>
public sealed record Supervision(LegId Of, SupervisorRole Role);

/// <summary>The answer to a dial: the leg's facts when accepted, else a refusal with the rule's name and a sentence.</summary>
public readonly record struct Dialled(Ack Ack, LegFacts? Leg, string? Rule, string? Detail)
{
    /// <summary>Of several that were to ring together, those that do not.</summary>
    public IReadOnlyList<LeftOutCallee> LeftOut { get => field ?? []; init; }

    public static Dialled Accepted(LegFacts leg) => new(Ack.Accepted, leg, null, null);
    public static Dialled Refused(Refusal refusal, string? rule, string? detail) => new(refusal, null, rule, detail);
}

/// <summary>One that does not ring beside the others of its dial.</summary>
/// <param name="To">As it was dialled.</param>
/// <param name="Why">A refusal.</param>
public sealed record LeftOutCallee(string To, Dialled Why);
