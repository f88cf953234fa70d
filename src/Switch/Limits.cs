namespace Ringwright.Switch;

/// <summary>Every bound of the switch, with its reason.</summary>
public static class Limits
{
    /// <summary>Messages that one turn handles before it looks at the timers again.</summary>
    public const int TurnMessages = 64;
    /// <summary>Messages waiting at one shard.</summary>
    public const int MailboxMessages = 4_096;
    /// <summary>
    /// Whatever belongs to no call of ours, and API commands, stops at this fill; requests of running calls may use the rest.
    /// </summary>
    public const int MailboxMessagesForNewWork = MailboxMessages * 3 / 4;
    /// <summary>CANCEL, which shows no token of ours and ends a call: whoever floods with them leaves room for the next.</summary>
    public const int MailboxMessagesForCancels = MailboxMessages * 2;
    /// <summary>BYE and ACK with our token: what ends calls, or says that they are up, is the last that overload may cost.</summary>
    public const int MailboxMessagesForEndings = MailboxMessages * 4;
    /// <summary>UDP datagrams beyond this are dropped unread (the largest that IP carries).</summary>
    public const int DatagramBytes = 65_535;
    /// <summary>Requests beyond this go by TCP where the transport is open (RFC 3261 section 18.1.1).</summary>
    public const int DatagramRequestBytes = 1_300;
    /// <summary>Stateless refusals per second and source address; then silence.</summary>
    public const int RefusalsPerSecond = 10;
    /// <summary>STUN requests answered per second and source address: phones of one NAT ask every half minute.</summary>
    public const int MappingsPerSecond = 100;
    /// <summary>What an overloaded or stopping node says in Retry-After.</summary>
    public const int RetryAfterSeconds = 5;
    /// <summary>
    /// Places in the table of each limit per address: a flood of 100,000 packets a second from forged addresses gives each some six.
    /// </summary>
    public const int SourcePlaces = 16_384;
    /// <summary>Digest challenges per second and source address; a house full of phones behind one NAT has that many at most.</summary>
    public const int ChallengesPerSecond = 200;
    /// <summary>
    /// When these are used up, perhaps by datagrams that only say they come from there: so many more for each
    /// of <see cref="ChallengePortGroups"/> groups of source ports, which whoever forges from one port does not use up.
    /// </summary>
    public const int ChallengesPerPortGroup = 2;
    public const int ChallengePortGroups = 64;
    /// <summary>
    /// Challenges per second for a phone at the very address and port where it is registered; no flood of its neighbours takes them.
    /// </summary>
    public const int ChallengesPerPhone = 10;
    /// <summary>
    /// Wrong passwords within <see cref="FailureMemory"/> for one name from one address before that is not heard for a while.
    /// </summary>
    public const int FailuresPerName = 10;
    /// <summary>The same for all names from one address: thirty phones with a changed password try sixty times a minute.</summary>
    public const int FailuresPerAddress = 100;
    /// <summary>
    /// Tries per second that are heard for a name that is shut out, from ports that were not wrong:
    /// six hundred in ten minutes find no password.
    /// </summary>
    public const int FreshTriesPerName = 1;
    /// <summary>The same for an address that is shut out: a house full of phones is back within seconds.</summary>
    public const int FreshTriesPerAddress = 20;
    /// <summary>
    /// The same for a phone at the address and port where it is registered; whoever sits behind a proxy of its owner has them too.
    /// </summary>
    public const int TriesPerPhone = 2;
    /// <summary>Ports remembered as wrong, for each name and address.</summary>
    public const int WrongPorts = 64;
    /// <summary>Addresses, and names tried from them, whose wrong passwords are remembered.</summary>
    public const int GuessingSources = 4_096;
    /// <summary>What is kept of a name that somebody claims.</summary>
    public const int GuessedNameCharacters = 64;
    /// <summary>Legs that supervise one leg; the next ends at once.</summary>
    public const int Supervisors = 16;
    /// <summary>Command ids remembered per leg.</summary>
    public const int RememberedCommands = 1_024;
    /// <summary>Legs that are gone and whose command ids are still remembered, per shard.</summary>
    public const int RememberedLegs = 16_384;
    /// <summary>Trunks and addresses that one dial tries.</summary>
    public const int DialTargets = 8;
    /// <summary>Addresses of one trunk of which the node remembers how they stand.</summary>
    public const int TrunkTargets = 32;
    /// <summary>OPTIONS to trunks that wait for an answer; a trunk that is dead holds one for 32 s for each of its addresses.</summary>
    public const int OpenProbes = 64;
    /// <summary>Doublings of the time that a trunk's address is passed over, far beyond the longest.</summary>
    public const int PassingOverDoublings = 10;
    /// <summary>Custom headers of an INVITE that customers see, and that a customer may add.</summary>
    public const int CustomHeaders = 64;
    /// <summary>All of them as they go out; a caller's Identity, our own lines and the SDP must fit into the message beside them.</summary>
    public const int CustomHeaderBytes = 40_960;
    /// <summary>The body of an INFO that customers are told; a larger one is refused.</summary>
    public const int InfoBytes = 8 * 1024;
    /// <summary>
    /// Places that REGISTERs of one user change at once, and a second from then on. A PBX registers each of its numbers by one user.
    /// </summary>
    public const int RegistersAtOnce = 100, RegistersASecond = 10;
    /// <summary>
    /// The same of all users of an account and of those below it, who come at once when their network is back. Behind NATs each comes again
    /// within a minute: of <see cref="BindingsOfFamily"/> more than 800 a second.
    /// </summary>
    public const int RegistersOfFamilyAtOnce = 10_000, RegistersOfFamilyASecond = 2_000;
    /// <summary>
    /// Requests of a far end inside its dialog that are heard at once, and a second from then on: keys by INFO are the most of them.
    /// </summary>
    public const int RequestsAtOnce = 200, RequestsASecond = 25;
    /// <summary>NOTIFYs that one REFER of ours gets; the next ends it as failed.</summary>
    public const int ReferNotifies = 64;
    /// <summary>What is kept of a far end's Reason header.</summary>
    public const int ReasonCharacters = 256;
    /// <summary>Contacts of 3xx responses that one dial follows.</summary>
    public const int Redirections = 5;
    /// <summary>A call that somebody else, or voicemail, takes when nobody is there: longer than that few callers wait.</summary>
    public static readonly TimeSpan FallbackRinging = TimeSpan.FromSeconds(25);
    /// <summary>Numbers of this node that one call goes on through; the next refuses it with 482.</summary>
    public const int Forwardings = 10;
    /// <summary>Calls of one shard that wait for the dial gate; the next is refused.</summary>
    public const int OpenGateQuestions = 4_096;
    /// <summary>Answers to digest challenges per request: the first, and one more when the nonce was stale.</summary>
    public const int DigestAnswers = 2;
    /// <summary>
    /// How often one change of ours inside a call is asked for again after 491, or 500 and 503 with
    /// Retry-After; then the call stays as it is.
    /// </summary>
    public const int ChangeRepeats = 5;
    /// <summary>
    /// INVITEs that one dial sends, whatever answers them: its targets, their addresses, credentials,
    /// session timers and redirections together.
    /// </summary>
    public const int Invites = 64;
    /// <summary>
    /// A registrar that wants our REGISTER to hold longer is refused, and one that grants longer is asked again after a day.
    /// </summary>
    public const int LongestRegistrationSeconds = 86_400;
    /// <summary>A longer Retry-After to a request inside a call is not waited for.</summary>
    public const int LongestRetryAfterSeconds = 10;

    /// <summary>
    /// Holds and resumes that one leg is asked for in the long run, and how far a quick succession of them may run ahead of that.
    /// </summary>
    public static readonly TimeSpan TurnPace = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan TurnBurst = TimeSpan.FromSeconds(16);
    public static readonly TimeSpan FailureMemory = TimeSpan.FromMinutes(1);
    /// <summary>How long an address with too many wrong passwords is shut out; twice as long each time that it goes on.</summary>
    public static readonly TimeSpan FirstShutOut = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan LongestShutOut = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan CommandMemory = TimeSpan.FromSeconds(60);
    /// <summary>
    /// What the dial gate does not answer at once it answers within this, or it has refused.
    /// Clients of an API, and callers who have our 100, wait longer.
    /// </summary>
    public static readonly TimeSpan GateAnswer = TimeSpan.FromSeconds(5);
    /// <summary>Without any response for this long, a further target is tried when there is one.</summary>
    public static readonly TimeSpan TargetSilence = TimeSpan.FromSeconds(4);
    /// <summary>
    /// How long a call waits for the socket of its media stream where that is to be open before anybody is called. Whoever opens it has
    /// a limit of its own; this one holds when that fails.
    /// </summary>
    public static readonly TimeSpan EarlyStream = TimeSpan.FromSeconds(10);
    /// <summary>Calls of one account that wait until it may have one more: each holds a media port. The next is refused.</summary>
    public const int WaitingCalls = 100;
    /// <summary>Of all accounts: each has a media port meanwhile, and an account may have any number of children.</summary>
    public const int WaitingCallsOfNode = 1_000;
    /// <summary>How often the first of them asks for room, and how long each may wait for it: as long as a call may ring.</summary>
    public static readonly TimeSpan RoomLook = TimeSpan.FromMilliseconds(200), RoomWait = TimeSpan.FromMinutes(10);
    /// <summary>
    /// How long calls pass over an address of a trunk at which one has failed: twice as long each further time. Carriers restart within
    /// the first; the longest is what a repaired trunk waits for at most.
    /// </summary>
    public static readonly TimeSpan FirstPassingOver = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan LongestPassingOver = TimeSpan.FromMinutes(10);
    /// <summary>A <c>Retry-After: 0</c> counts as this.</summary>
    public static readonly TimeSpan ShortestPassingOver = TimeSpan.FromSeconds(1);
    /// <summary>The one call that finds out whether such an address is back has so long to do so, before another may try.</summary>
    public static readonly TimeSpan PassingOverTrial = TimeSpan.FromSeconds(10);
    /// <summary>A probe without an answer for so long counts as silent; it was sent five times by then.</summary>
    public static readonly TimeSpan ProbeAnswer = TimeSpan.FromSeconds(8);
    /// <summary>How long it counts at an address where calls have failed: the next probe is over by then.</summary>
    public static readonly TimeSpan ProbedSilence = TimeSpan.FromSeconds(60);
    /// <summary>Where a call was taken so short ago, a 503 to another one is about that one.</summary>
    public static readonly TimeSpan TrunkTookCalls = TimeSpan.FromSeconds(30);
    /// <summary>After so long without a failure the next one counts as the first.</summary>
    public static readonly TimeSpan GoodTrunkTime = TimeSpan.FromMinutes(10);
    /// <summary>
    /// Addresses of which the node remembers that our answers arrive there; of one more it does not, until others have run out.
    /// </summary>
    public const int ProvenAddresses = 16_384;
    /// <summary>How long that counts, and how often those that have run out are looked for when there is no room.</summary>
    public static readonly TimeSpan ProofTime = TimeSpan.FromHours(1), ProofSweep = TimeSpan.FromMinutes(1);
    /// <summary>
    /// Where such an address has more calls than its share, each of them rings for so long, and waits for so long for its ACK: whoever
    /// is there has answered by then, at least when it is called back by PRACK.
    /// </summary>
    public static readonly TimeSpan UnprovenRinging = TimeSpan.FromSeconds(10);
    /// <summary>How long LegEnded waits for the final response to a cancelled INVITE.</summary>
    public static readonly TimeSpan CancelWait = TimeSpan.FromSeconds(2);
    /// <summary>How long LegEnded waits for the media port's statistics.</summary>
    public static readonly TimeSpan MediaCloseWait = TimeSpan.FromSeconds(1);
    /// <summary>
    /// How long calls that are up wait for the first row of the conference or queue that they go into; then it begins without, and the
    /// row follows when the database answers (ADR 94, 100).
    /// </summary>
    public static readonly TimeSpan FirstRowWait = TimeSpan.FromSeconds(2);
    /// <summary>How long it waits for the word of a queue, which is said in the next turn unless the queue is out of order.</summary>
    public static readonly TimeSpan QueueWordWait = TimeSpan.FromSeconds(1);
    /// <summary>The same of a conference.</summary>
    public static readonly TimeSpan ConferenceWordWait = TimeSpan.FromSeconds(1);
    /// <summary>
    /// UUIDs of conferences that a shard remembers, of those into which several are dialled at once: for as long as any of them rings.
    /// </summary>
    public const int SpentConferences = 1_000;
    /// <summary>
    /// One whose caller is being connected to somebody else waits for that one, who has a ring timeout of his own: ten minutes at most.
    /// </summary>
    public static readonly TimeSpan ConnectedRinging = TimeSpan.FromMinutes(11);
    /// <summary>However short a trunk's registrar makes a registration, it is asked no more often than this.</summary>
    public static readonly TimeSpan ShortestRefresh = TimeSpan.FromSeconds(10);
    /// <summary>For a connection that is lost a trunk's registrar is asked no more often than this.</summary>
    public static readonly TimeSpan ReopeningPace = TimeSpan.FromMinutes(1);
    /// <summary>RFC 3261 section 13.3.1.1: a provisional response is repeated every minute so that proxies keep waiting.</summary>
    public static readonly TimeSpan RingingRefresh = TimeSpan.FromMinutes(1);
    /// <summary>Our own time limit on an inbound leg.</summary>
    public static readonly TimeSpan InboundTimeLimit = TimeSpan.FromHours(4);
    /// <summary>
    /// A REFER of ours without a word: none after its 2xx, or none after the last NOTIFY, where that names no time of its own. Who is
    /// called may ring that long without news.
    /// </summary>
    public static readonly TimeSpan ReferNews = TimeSpan.FromSeconds(60);
    /// <summary>A REFER of ours, whatever is said of it.</summary>
    public static readonly TimeSpan ReferTime = TimeSpan.FromMinutes(5);
    /// <summary>Whom a far end has left us for ends our call himself within this; else we do.</summary>
    public static readonly TimeSpan ReferredHangup = TimeSpan.FromSeconds(2);
    /// <summary>
    /// What becomes of a REFER to us is known by then: whoever is called may ring 90 s, and the gate has thought before.
    /// </summary>
    public static readonly TimeSpan PeerReferral = TimeSpan.FromMinutes(3);
    /// <summary>A referred party whom nobody is called for by then, and no other call was found for, stays where it is.</summary>
    public static readonly TimeSpan Carried = TimeSpan.FromSeconds(10);
    /// <summary>
    /// The ACK of an answer waits that long for the answer's row. A ledger whose database is away must not cost a call that is up.
    /// </summary>
    public static readonly TimeSpan AnswerRow = TimeSpan.FromSeconds(2);
    /// <summary>
    /// The row that says how an INVITE is taken back is waited for as long as the ledger lets a call wait for its first: a long change may
    /// be written meanwhile, and whoever calls would rather hear no.
    /// </summary>
    public static readonly TimeSpan InviteRow = TimeSpan.FromSeconds(4);
    /// <summary>
    /// After a restart: a caller who has not acknowledged our refusal by then has been answered before, and gets BYE.
    /// Three repetitions are out by then.
    /// </summary>
    public static readonly TimeSpan UnacknowledgedRefusal = TimeSpan.FromSeconds(4);

    /// <summary>Calls of one shard that wait for the address of a host in their SDP; in further ones such a host leads nowhere.</summary>
    public const int CallsBehindNames = 64;
    /// <summary>Messages of one call that wait so.</summary>
    public const int MessagesBehindAName = 8;
    /// <summary>Who sent a call on, as a trunk tells it: so many, each so long, out of so many entries of its History-Info.</summary>
    public const int Diversions = 8, DiversionBytes = 512, HistoryEntries = 32;
    /// <summary>Identity headers that go on with a call, each so long; honest calls have one or two of about 800.</summary>
    public const int Passports = 4, PassportBytes = 4_096;
    /// <summary>Subscriptions of one SIP user: a switchboard phone with three side cars of lamps. The next is refused.</summary>
    public const int SubscriptionsPerUser = 200;
    /// <summary>Of one phone to the same thing: one that forgets its own begins anew, and the stalest goes.</summary>
    public const int SubscriptionsAlike = 4;
    /// <summary>A longer SUBSCRIBE is refused: its addresses and routes are kept.</summary>
    public const int SubscribeBytes = 4_096;
    /// <summary>Subscriptions of one node, of some 3 KB each; the next gets 503.</summary>
    public const int Subscriptions = 20_000;
    /// <summary>
    /// Of them, and of the places where phones are registered, those of an account and all below it, beside others: half of all.
    /// </summary>
    public const int SubscriptionsOfFamily = Subscriptions / 2, BindingsOfFamily = Sip.Limits.AllBindings / 2;
    /// <summary>Calls of one user that a lamp's document shows: it goes by datagrams.</summary>
    public const int ShownCalls = 8;
    /// <summary>What it shows of a caller's name; and of whom it says where a number or a user name would be longer: nothing.</summary>
    public const int ShownName = 64, ShownParty = 128;
    /// <summary>NOTIFYs that a phone answers with 5xx, one after the other; the next such answer ends its subscription.</summary>
    public const int NotifyFailures = 3;
    /// <summary>The shortest and the longest that a phone may subscribe for; without its word for the longest.</summary>
    public static readonly TimeSpan ShortestSubscription = TimeSpan.FromSeconds(60), LongestSubscription = TimeSpan.FromHours(1);
    /// <summary>Between two NOTIFYs of one subscription: nobody sees a lamp blink faster.</summary>
    public static readonly TimeSpan NotifyPace = TimeSpan.FromMilliseconds(200);
    /// <summary>How long a phone that is in trouble is left alone.</summary>
    public static readonly TimeSpan NotifyRetry = TimeSpan.FromSeconds(5), LongestNotifyRetry = TimeSpan.FromMinutes(5);
    /// <summary>How soon subscriptions follow the configuration and the counts of messages.</summary>
    public static readonly TimeSpan SubscriptionLook = TimeSpan.FromMilliseconds(250);
    /// <summary>After a stop phones subscribe again between one and two of these later, not all at once.</summary>
    public static readonly TimeSpan SubscriptionReturn = TimeSpan.FromSeconds(10);
    /// <summary>Texts that wait behind one that is under way to the phones of a user; the next is not sent.</summary>
    public const int TextsBeforePhone = 100;
    /// <summary>Texts of phones that wait to be judged, of all, of one account and of one user; the next gets 503.</summary>
    public const int TextsOfPhones = 1_000, TextsOfOneAccount = 250, TextsOfOnePhone = 10;
    /// <summary>A longer text is more than ten parts, however it is written, and is refused unread.</summary>
    public const int TextOfPhoneBytes = 8 * 1024;
    /// <summary>A text of a phone that nobody has judged by then gets 504; the phone itself waits for 32 s.</summary>
    public static readonly TimeSpan TextOfPhone = TimeSpan.FromSeconds(20);
    /// <summary>Hosts of SDP whose addresses one shard keeps, for half a minute each.</summary>
    public const int KnownHosts = 1_024;
    /// <summary>Addresses of which it is kept for half a minute by which network they are reached.</summary>
    public const int KnownWays = 4_096;
    /// <summary>Addresses that are no trunk's of which a failure is remembered; with one more all are forgotten.</summary>
    public const int FailedWays = 4_096;
}
