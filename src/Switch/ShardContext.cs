using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Recovery;
using Ringwright.Switch.Registrations;
using Ringwright.Switch.Routing;
using Ringwright.Switch.Trunks;

namespace Ringwright.Switch;

/// <summary>What the legs of one shard share: the turn's time, the transactions, and the way to say what shall happen outside.</summary>
internal sealed class ShardContext(ShardSettings settings, IRouting routing, ILedger ledger, IDialGate gate, IMediaPlane media,
    RegistrationBook registrations)
{
    private readonly Queue<Effect> _effects = new();
    private readonly Dictionary<ClientTransactionId, Leg> _clients = [];
    private readonly Dictionary<ServerTransactionId, Leg> _servers = [];
    private readonly Dictionary<string, Leg> _tags = [];
    private int _correlation;
    private uint _minted;
    private uint _turn;

    public ShardSettings Settings { get; } = settings;
    public RoutingSnapshot Routing => routing.Current;
    /// <summary>How the trunks stand in this turn.</summary>
    public TrunkView Trunks => new(Settings.Trunks, Now);
    public Rng Rng { get; } = new(settings.Seed);
    public TransactionLayer Transactions { get; } = new(settings.Transactions,
        new SipTokens(settings.Identity, settings.Index, new Rng(settings.Seed ^ 0x5F3759DF)));

    public ILedger Ledger { get; } = ledger;
    public IDialGate Gate { get; } = gate;
    public IMediaPlane Media { get; } = media;
    public GateQuestions Questions => field ??= new(this);
    public MediaHosts MediaHosts => field ??= new(this);
    public Placement Placement => field ??= new(Gate, Media, Settings, Rng.Next);
    public RegistrationBook Registrations { get; } = registrations;
    public SipDomains Hosts { get; } = settings.Hosts;

    public ParallelForking Races { get; } = new();

    /// <summary>Of legs that are gone.</summary>
    public EndedCommands EndedCommands { get; } = new();

    /// <summary>No new legs from now on.</summary>
    public bool IsDraining { get; set; }

    /// <summary>Every leg has been ended with this cause; so is one whose message was on its way.</summary>
    public HangupCause? EndedWith { get; set; }

    /// <summary>The time of this turn.</summary>
    public Instant Now { get; set; }

    public void Emit(Effect effect) => _effects.Enqueue(effect);
    public void Send(int shard, ShardMessage message) => Emit(new Effect.Send(shard, message));
    public bool TryPoll(out Effect effect) => _effects.TryDequeue(out effect!);

    public UserAgentPolicy Policy { get; } = new();

    /// <summary>Towards customers' equipment that may refer, and take calls over.</summary>
    public UserAgentPolicy ReferrerPolicy { get; } = new UserAgentPolicy().WithRefer("replaces");

    /// <summary>Towards trunks that may refer, and whoever may ask a program to: nobody's calls are theirs to take over.</summary>
    public UserAgentPolicy ReferringTrunkPolicy { get; } = new UserAgentPolicy().WithRefer();

    /// <summary>Towards registered phones, who may subscribe as well.</summary>
    public UserAgentPolicy PhonePolicy { get; } = new UserAgentPolicy().WithRefer("replaces").WithSubscribe();

    /// <summary>The same outside of calls, where they send texts.</summary>
    public UserAgentPolicy TextingPhonePolicy { get; } = new UserAgentPolicy().WithRefer("replaces").WithSubscribe().WithTexts();

    public InitialInvite Invites { get; } = new(settings);

    /// <inheritdoc cref="InitialInvite.Contact"/>
    public string Contact(SipFlow flow, bool isSecure = false) => Invites.Contact(flow, isSecure);

    /// <summary>Whether requests may go where the dialog says, given by which way the peer's messages come.</summary>
    public bool MayFollow(SipFlow hop, SipFlow source) =>
        !source.IsInside && hop.Remote.AddressFamily == source.Remote.AddressFamily && !Settings.Targets.IsOwn(hop.Remote)
        && source.Nat switch
        {
            NatPolicy.Source => false,
            // Whatever the operator knows of a network, nobody is called at once with all others of it; and without its zone, which is no
            // part of what the peer has said, nothing can be sent to an address of one link.
            NatPolicy.TrustContact => !hop.Remote.Address.IsIPv6LinkLocal && Settings.Targets.Check(hop.Remote, TargetUse.Signalling)
                is not (TargetVerdict.Unspecified or TargetVerdict.Multicast or TargetVerdict.Broadcast),
            // The peer's word is good for its own host, the policy for all others;
            // a private address of a peer from outside is one behind its NAT.
            _ => hop.IsOfSameHost(source)
                || !(TargetPolicy.IsPrivate(hop.Remote.Address) && !TargetPolicy.IsPrivate(source.Remote.Address))
                    && Settings.Targets.Check(hop.Remote, TargetUse.Signalling) is TargetVerdict.Allowed,
        };

    /// <summary>
    /// Where the dialog says, when that is an address that we may send to; else where the peer's messages come from. So a Contact can
    /// neither be a name that nobody resolves here nor lead us to a place that the policy forbids.
    /// </summary>
    public SipFlow NextHop(Dialog dialog, SipFlow source) =>
        dialog.TryGetNextHop(source, out var hop) && MayFollow(hop, source) ? hop : source;

    public LegId NextLegId() => LegId.Compose(Settings.Identity.Node, Settings.Index, Settings.Identity.Epoch, ++_minted, Rng.Next());

    public BridgeId NextBridgeId() => new(NextLegId().Value);

    public ConferenceId NextConferenceId() => new(NextLegId().Value);

    public QueueId NextQueueId() => new(NextLegId().Value);

    /// <summary>Goes on with each call to equipment, for lists that take turns.</summary>
    public uint NextTurn() => ++_turn;

    public int NextCorrelation() => ++_correlation;

    /// <summary>Whose transaction that is, until the layer says that it ended.</summary>
    public void Own(ClientTransactionId transaction, Leg leg) => _clients[transaction] = leg;
    public void Own(ServerTransactionId transaction, Leg leg) => _servers[transaction] = leg;
    public Leg? OwnerOf(ClientTransactionId transaction) => _clients.GetValueOrDefault(transaction);
    public Leg? OwnerOf(ServerTransactionId transaction) => _servers.GetValueOrDefault(transaction);
    public void Forget(ClientTransactionId transaction) => _clients.Remove(transaction);
    public void Forget(ServerTransactionId transaction) => _servers.Remove(transaction);
    public int OwnedTransactions => _clients.Count + _servers.Count;

    /// <summary>Requests whose To tag is this one are for that leg.</summary>
    public void Claim(string tag, Leg leg) => _tags[tag] = leg;
    public void Release(string tag) => _tags.Remove(tag);
    public Leg? OwnerOf(string tag) => _tags.GetValueOrDefault(tag);
    /// <summary>By the tag that is ours.</summary>
    public Leg? OwnerOf(SipRequest request) => OwnerOf(request.To.Tag.AsText());
    public int Tags => _tags.Count;

    /// <summary>The Replaces header names a dialog that this node made, on whatever shard.</summary>
    public bool NamesOurDialog(SipRequest request)
    {
        var value = request.First(Sip.Messages.SipHeader.Replaces);
        int semicolon = value.IndexOf((byte)';');
        return semicolon >= 0 && new SipParameters(value[semicolon..]).TryFind("to-tag"u8, out var tag)
            && SipTokens.TryRead(tag, Settings.Identity.TokenKey.Span, out int node, out _, out _) && node == Settings.Identity.Node;
    }

    /// <summary>Which shard of this node has that dialog, also of an earlier start; null when the tag is not ours.</summary>
    public int? ShardOf(DialogId dialog) =>
        SipTokens.TryRead(System.Text.Encoding.UTF8.GetBytes(dialog.LocalTag), Settings.Identity.TokenKey.Span,
            out int node, out int shard, out _) && node == Settings.Identity.Node && shard < Settings.Count ? shard : null;

    public Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Rng.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new(bytes, bigEndian: true);
    }
}
