namespace Ringwright.Switch;

/// <summary>Every bound of the switch, with its reason.</summary>
public static class Limits
{
    /// <summary>Letters that one turn handles before it looks at the timers again.</summary>
    public const int TurnLetters = 64;
    /// <summary>Letters waiting at one shard.</summary>
    public const int MailboxLetters = 4_096;
    /// <summary>New INVITEs and API commands stop at this fill; requests of running calls may use the rest.</summary>
    public const int MailboxLettersForNewWork = MailboxLetters * 3 / 4;
    /// <summary>UDP datagrams beyond this are dropped unread (the largest that IP carries).</summary>
    public const int DatagramBytes = 65_535;
    /// <summary>Requests beyond this go by TCP where the transport is open (RFC 3261 section 18.1.1).</summary>
    public const int DatagramRequestBytes = 1_300;
    /// <summary>Stateless refusals per second and source address; then silence.</summary>
    public const int RefusalsPerSecond = 10;
    /// <summary>What an overloaded or stopping node says in Retry-After.</summary>
    public const int RetryAfterSeconds = 5;
    /// <summary>Source addresses that each of the limits per address remembers.</summary>
    public const int RefusedSources = 4_096;
    /// <summary>Digest challenges per second and source address; a house full of phones behind one NAT has that many at most.</summary>
    public const int ChallengesPerSecond = 200;
    /// <summary>Wrong passwords within <see cref="FailureMemory"/> from one address before it is shut out for a while.</summary>
    public const int FailuresPerAddress = 10;
    /// <summary>Playbacks and speaks waiting on one leg.</summary>
    public const int QueuedPrompts = 256;
    /// <summary>SendDigits commands waiting on one leg.</summary>
    public const int QueuedDigits = 64;
    /// <summary>Recordings that run on one leg at once.</summary>
    public const int Recordings = 16;
    /// <summary>Command ids remembered per leg.</summary>
    public const int RememberedCommands = 1_024;
    /// <summary>Legs that are gone and whose command ids are still remembered, per shard.</summary>
    public const int RememberedLegs = 16_384;
    /// <summary>Trunks and addresses that one dial tries.</summary>
    public const int DialTargets = 8;
    /// <summary>Custom headers of an INVITE that customers see, and that a customer may add.</summary>
    public const int CustomHeaders = 64;
    /// <summary>The body of an INFO that customers are told; a larger one is refused.</summary>
    public const int InfoBytes = 8 * 1024;
    /// <summary>What is kept of a far end's Reason header.</summary>
    public const int ReasonCharacters = 256;
    /// <summary>Contacts of 3xx responses that one dial follows.</summary>
    public const int Redirections = 5;
    /// <summary>Answers to digest challenges per request: the first, and one more when the nonce was stale.</summary>
    public const int DigestAnswers = 2;
    /// <summary>A longer Retry-After to a request inside a call is not waited for.</summary>
    public const int LongestRetryAfterSeconds = 10;

    public static readonly TimeSpan FailureMemory = TimeSpan.FromMinutes(1);
    /// <summary>How long an address with too many wrong passwords is shut out; twice as long each time that it goes on.</summary>
    public static readonly TimeSpan FirstShutOut = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan LongestShutOut = TimeSpan.FromMinutes(10);
    public static readonly TimeSpan CommandMemory = TimeSpan.FromSeconds(60);
    /// <summary>Without any response for this long, a further target is tried when there is one.</summary>
    public static readonly TimeSpan TargetSilence = TimeSpan.FromSeconds(4);
    /// <summary>How long LegEnded waits for the final response to a cancelled INVITE.</summary>
    public static readonly TimeSpan CancelWait = TimeSpan.FromSeconds(2);
    /// <summary>How long LegEnded waits for the media port's statistics.</summary>
    public static readonly TimeSpan MediaCloseWait = TimeSpan.FromSeconds(1);
    /// <summary>An inbound leg that nobody answers, rejects or cancels ends after this.</summary>
    public static readonly TimeSpan InboundRinging = TimeSpan.FromMinutes(10);
    /// <summary>RFC 3261 section 13.3.1.1: a provisional response is repeated every minute so that proxies keep waiting.</summary>
    public static readonly TimeSpan RingingRefresh = TimeSpan.FromMinutes(1);
    /// <summary>Our own time limit on an inbound leg.</summary>
    public static readonly TimeSpan InboundTimeLimit = TimeSpan.FromHours(4);
    /// <summary>The ACK of an answer waits that long for the answer's row. A ledger whose database is away must not cost a call that is up.</summary>
    public static readonly TimeSpan AnswerRow = TimeSpan.FromSeconds(2);
    /// <summary>After a restart: a caller who has not acknowledged our refusal by then has been answered before, and gets BYE. Three repetitions are out by then.</summary>
    public static readonly TimeSpan UnacknowledgedRefusal = TimeSpan.FromSeconds(4);
}
