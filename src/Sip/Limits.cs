namespace Ringwright.Sip;

/// <summary>Every limit of the SIP project that an outsider can meet. Each has a test at the limit and one above.</summary>
public static class Limits
{
    /// <summary>A UDP datagram can carry no more.</summary>
    public const int MessageBytes = 65_507;
    public const int BodyBytes = 49_152;
    /// <summary>Parts of a multipart body, those within parts counted too; honest ones have two or three.</summary>
    public const int BodyParts = 16;
    /// <summary>Multipart bodies within each other.</summary>
    public const int BodyDepth = 3;
    /// <summary>Lines before the content of one part.</summary>
    public const int PartHeaderLines = 32;
    public const int HeaderLines = 256;
    /// <summary>Name and value of one header line, after unfolding.</summary>
    public const int HeaderLineBytes = 8_192;
    /// <summary>
    /// From and To of a message that comes, and each value of its Record-Route. We write them again with a tag, and each byte that is no
    /// UTF-8 as three: that must fit into a line.
    /// </summary>
    public const int AddressBytes = 2_560;
    /// <summary>
    /// A user with letters beyond ASCII. We write each such byte again as up to six, which must fit into a line beside a long name.
    /// </summary>
    public const int EscapedUserBytes = 128;
    /// <summary>What stays free in lines that answers copy: for a longer name, and for where the request came from.</summary>
    public const int CopyBytes = 256;
    /// <summary>Extensions that a 420 names, and the bytes of one; a Require may hold more than a line does.</summary>
    public const int NamedOptions = 16, OptionBytes = 64;
    /// <summary>RFC 3261 §8.1.1.6 starts Max-Forwards at 70: an honest message has no more hops behind it.</summary>
    public const int Vias = 70;
    /// <summary>Values of Route; the same again for Record-Route.</summary>
    public const int Routes = 64;
    public const int Contacts = 64;
    public const int UriBytes = 2_048;
    /// <summary>Parameters of one header value or URI.</summary>
    public const int Parameters = 64;
    public const int MethodBytes = 64;
    public const int CallIdBytes = 512;
    /// <summary>A branch or a tag.</summary>
    public const int TokenBytes = 256;
    /// <summary>RFC 3261 §8.1.1.5: below 2^31.</summary>
    public const uint CSeq = int.MaxValue;
    public const uint MaxForwards = 255;
    /// <summary>
    /// Early dialogs that one INVITE may fork into. Twice as many may answer: all but one get ACK and BYE.
    /// Further ones are no forks but a flood.
    /// </summary>
    public const int Forks = 16;
    /// <summary>
    /// Reliable provisional responses to one INVITE that are acknowledged, each by a request of ours; honest peers send a handful.
    /// </summary>
    public const int Pracks = 64;
    /// <summary>
    /// 422 responses in one dialog after which we ask again: three INVITEs to get a call up.
    /// A chain of proxies may have two wishes; who has more plays with us.
    /// </summary>
    public const int SessionRaises = 2;
    /// <summary>
    /// Min-SE beyond this is refused: four hours are the longest call that customers can ask for, so a session that lives longer without
    /// a refresh is one that is never found dead.
    /// </summary>
    public const uint LongestSessionSeconds = 14_400;
    /// <summary>
    /// A peer that agrees to less than this is refreshed as if it had agreed to this:
    /// every fifteen seconds is as often as it gets a request for it.
    /// </summary>
    public const uint ShortestSessionSeconds = 30;
    /// <summary>Challenges of one 401 or 407 that are looked at.</summary>
    public const int Challenges = 8;
    /// <summary>One of them; our credentials say most of it again, and must fit into a line.</summary>
    public const int ChallengeBytes = 1_536;
    /// <summary>
    /// Server transactions of one layer; above it new requests get a stateless 503, and above twice as many those inside dialogs too.
    /// </summary>
    public const int ServerTransactions = 100_000;
    /// <summary>
    /// Of them inside one dialog, where an honest end has few at a time: digits by INFO, of which each lingers for half a minute, are the
    /// most. BYEs may be as many again.
    /// </summary>
    public const int ServerTransactionsInside = 1_024;
    /// <summary>Nonces of ours whose uses one digest server remembers; older ones then count as stale.</summary>
    public const int UsedNonces = 16_384;
    /// <summary>Bindings of one address of record; a further one takes the place of the one that was refreshed longest ago.</summary>
    public const int Bindings = 10;
    /// <summary>Bindings of one registrar.</summary>
    public const int AllBindings = 100_000;
    /// <summary>Proxies between us and a phone.</summary>
    public const int PathHops = 8;
    /// <summary>All of them together, and a phone's +sip.instance.</summary>
    public const int PathBytes = 2_048, InstanceBytes = 256;
    /// <summary>What is kept of a phone's User-Agent.</summary>
    public const int UserAgentCharacters = 128;

    /// <summary>A nonce older than this is stale.</summary>
    public static readonly TimeSpan NonceLife = TimeSpan.FromMinutes(5);
}
