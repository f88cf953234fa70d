using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Sdp;
using Ringwright.Sip.Transactions;

namespace Ringwright.Switch.Legs;

/// <summary>The leg's port: its lease, the offers and answers about it, what was agreed, and at the end what it counted.</summary>
internal sealed class LegMedia
{
    /// <summary>Every call that comes in asks for them.</summary>
    private static readonly IReadOnlyList<string> NamesWithoutOpus = WithoutOpus(SdpCodecs.AllNames);

    private readonly ShardContext _shard;
    private readonly LegId _leg;
    /// <summary>Ports on further networks, while phones ring there for the same call.</summary>
    private readonly List<PortLease> _others = [];
    private PortLease _lease;
    private readonly OfferAnswer _exchange;
    private readonly List<FarEnd> _farEnds = [];
    /// <summary>What media was told last, of all that may change; null when it knows nothing of this port.</summary>
    private (int Generation, int Dialog, bool OmitsSilence, bool IsWithheld, SoundModification? Sound, NoiseSuppression? Suppression)?
        _connected;
    private int _dialog;
    /// <summary>Far ends of targets before this one: nobody's number is another's.</summary>
    private int _gone;

    public LegMedia(ShardContext shard, LegId leg, PortLease lease, IReadOnlyList<string> codecs)
    {
        (_shard, _leg, _lease) = (shard, leg, lease);
        _exchange = new(new()
        {
            Address = lease.Local, Codecs = Speakable(shard, codecs), KeySecret = MakeKeySecret, FindHost = shard.MediaHosts.Find,
        }, shard.Rng.Next());
    }

    public PortId Port => _lease.Port;

    /// <summary>Phones ring on several networks: which port counts is known when one has answered.</summary>
    public bool IsSpread => _others.Count > 0;

    public string Codec => _exchange.Plan?.Codec.Name ?? "PCMU";
    public int SampleRate => _exchange.Plan?.Codec.SampleRate ?? 8_000;

    /// <summary>How keys are sent to the party; counts from the next <see cref="Connect"/> on.</summary>
    public DigitMethod Digits { get; set; }

    /// <summary>
    /// Nothing is sent while there is nothing to say. The next <see cref="Connect"/> says so, also where all else was agreed before and
    /// stays.
    /// </summary>
    public bool OmitsSilence { get; set; }

    /// <summary>The like: nothing is sent yet.</summary>
    public bool IsWithheld { get; set; }

    /// <summary>The like: what the parties say sounds otherwise.</summary>
    public SoundModification? Sound { get; set; }

    /// <summary>The like.</summary>
    public NoiseSuppression? Suppression { get; set; }

    /// <summary>Sound may come from elsewhere than SDP says when that is silent; counts from the next <see cref="Connect"/> on.</summary>
    public bool AdjustsRtp { get; set; } = true;

    /// <summary>The remote side asks us not to send, or sends from nowhere.</summary>
    public bool IsHeld => _exchange.IsHeldByPeer;

    /// <summary>True while the plan lets audio come in, so that silence means something.</summary>
    public bool ExpectsAudio => _exchange.Plan is { Direction: StreamDirection.SendReceive or StreamDirection.ReceiveOnly };

    /// <summary>Counts from the next <see cref="Connect"/> on.</summary>
    public LifeLimits Life { get; set; } = LifeLimits.Of(null, null);

    /// <summary>How long the party may be silent now; null while it owes no audio, or nobody minds.</summary>
    public TimeSpan? SilenceLimit => !ExpectsAudio ? null : IsHeld ? Life.Held : Life.Talking;

    public bool IsAnswerAwaited => _exchange.State is OfferAnswerState.OfferSent;

    /// <summary>The peer's offer has no answer yet.</summary>
    public bool IsOfferReceived => _exchange.State is OfferAnswerState.OfferReceived;

    /// <summary>Our description as it was sent last.</summary>
    public ReadOnlyMemory<byte> LocalBody => _exchange.LocalBody;

    public bool IsClosing { get; private set; }
    public bool IsClosed { get; private set; }
    public MediaQuality? Quality { get; private set; }

    /// <summary>The leg goes on by a port of that network, and gives up all others. For a time at which it is not connected.</summary>
    /// <returns>False when none is free there; nothing has changed then.</returns>
    public bool TryMove(int network)
    {
        if (!TryJoin(network)) return false;
        CloseOthers();
        return true;
    }

    /// <summary>The next offer names a port of that network; those of earlier offers are kept until it is clear who answers.</summary>
    /// <inheritdoc cref="TryMove"/>
    public bool TryJoin(int network)
    {
        if (_lease.Network == network) return true;
        int known = _others.FindIndex(other => other.Network == network);
        PortLease lease;
        if (known >= 0)
        {
            lease = _others[known];
            _others.RemoveAt(known);
        }
        else if (IsClosing || _shard.Media.Lease(_leg, network, out lease) is not Refusal.None) return false;
        _others.Add(_lease);
        _lease = lease;
        _exchange.Move(lease.Local);
        // What was agreed about the other port, media has to hear of this one.
        _connected = null;
        return true;
    }

    /// <summary>An empty list changes nothing.</summary>
    public void Prefer(IReadOnlyList<string> codecs)
    {
        if (codecs.Count > 0) _exchange.Prefer(Speakable(_shard, codecs));
    }

    /// <summary>
    /// An offer without any codec that is preferred is taken when it has another that we speak: whoever commands the call may name that.
    /// </summary>
    public void TakeAnyCodec() => _exchange.Speak(_shard.Settings.HasOpus ? SdpCodecs.AllNames : NamesWithoutOpus);

    /// <summary>Which way audio shall go, seen from us; counts from our next offer or answer on.</summary>
    public void Turn(StreamDirection direction) => _exchange.Wanted = direction;

    /// <summary>What the next offer asks for, or an offer that comes must have.</summary>
    public void Encrypt(MediaEncryption encryption) => _exchange.Encrypt(encryption);

    public ReadOnlyMemory<byte> CreateOffer(bool isWithinCall = false) => _exchange.CreateOffer(isWithinCall);
    public ReadOnlyMemory<byte> RenewOffer() => _exchange.RenewOffer();
    public NegotiationStatus HandleOffer(ReadOnlySpan<byte> body) => _exchange.HandleOffer(body);

    /// <summary>
    /// The same for an incoming call: when its sound is on another IP version than its SIP, so is the port, if we are there.
    /// </summary>
    public NegotiationStatus HandleFirstOffer(SdpStatus read, SessionDescription? offer)
    {
        var status = _exchange.HandleOffer(read, offer);
        if (status is not NegotiationStatus.OtherFamily) return status;
        var other = _lease.Local.AddressFamily is AddressFamily.InterNetwork ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        return _shard.Settings.Networks.FirstOf(other) is { } network && TryMove(network) ? _exchange.HandleOffer(read, offer)
            : status;
    }

    public ReadOnlyMemory<byte> CreateAnswer() => _exchange.CreateAnswer();

    /// <summary>How the last answer of the peer was taken.</summary>
    public NegotiationStatus LastAnswer { get; private set; }

    /// <param name="tag">Of the dialog that the answer came in, where an INVITE of ours may have several.</param>
    public NegotiationStatus HandleAnswer(ReadOnlySpan<byte> body, string? tag = null)
    {
        var status = LastAnswer = _exchange.HandleAnswer(body);
        if (tag is null || status is not NegotiationStatus.Ok || _exchange is not { RemoteOrigin: { } origin, Plan: { } plan })
            return status;
        var end = new FarEnd(tag, $"{origin.User} {origin.SessionId} {origin.Address}", plan.Remote.Default.Address);
        int known = _farEnds.FindIndex(other => other.IsSameAs(end));
        if (known >= 0) _farEnds[known] = end;
        else if (_farEnds.Count < Sip.Limits.Forks)
        {
            known = _farEnds.Count;
            _farEnds.Add(end);
        }
        if (known >= 0) _dialog = _gone + known;
        return status;
    }

    /// <summary>Another target is called: none of those who have described themselves is one of its far ends.</summary>
    public void ForgetFarEnds()
    {
        _gone += _farEnds.Count;
        _farEnds.Clear();
    }

    /// <summary>
    /// One who may be heard before the answer. Several have tags of their own, unless a server on the way stands for all of them and calls
    /// one after the other under its own: then another session at another place is another's.
    /// </summary>
    private sealed record FarEnd(string Tag, string Origin, IPEndPoint Place)
    {
        public bool IsSameAs(FarEnd other) => Tag == other.Tag && (Origin == other.Origin || Place.Equals(other.Place));
    }

    /// <summary>The exchange that is open will not be finished.</summary>
    public void Abandon() => _exchange.Abandon();

    /// <summary>Tells media what was agreed last; nothing when it knows already. True when the codec changed on the way.</summary>
    /// <param name="signalling">Where the peer's SIP comes from: it vouches for RTP to its own address.</param>
    public bool Connect(SipFlow signalling)
    {
        if (IsClosing || _exchange.Plan is not { } plan) return false;
        var connecting = (plan.Generation, _dialog, OmitsSilence, IsWithheld, Sound, Suppression);
        if (connecting == _connected) return false;
        bool isChanged = ConnectedCodec is { } before && before != plan.Codec.Name;
        _connected = connecting;
        ConnectedCodec = plan.Codec.Name;
        var remote =
            plan.Remote.Select(said => signalling.IsInside ? Inside(said) : Judge(said, signalling));
        plan = plan with
        {
            Remote = remote,
            Signalling = signalling.IsInside ? remote.Default.Address : signalling.Peer,
            AdjustsRtp = AdjustsRtp,
            Dialog = _dialog,
            Digits = Digits,
            OmitsSilence = OmitsSilence,
            IsWithheld = IsWithheld,
            Sound = Sound,
            Suppression = Suppression,
            SilenceLimit = SilenceLimit,
        };
        _shard.Emit(new Effect.Media(new MediaCommand.Connect(Port, plan)));
        return isChanged;
    }

    /// <summary>Another port of this node, which SDP calls by what the world calls us: that may lead nowhere from here.</summary>
    private RemoteCandidate Inside(RemoteCandidate said) =>
        new(said.Address.Address.Equals(_lease.Local.Address) ? new(_lease.Inside.Address, said.Address.Port) : said.Address);

    /// <summary>RTCP goes where it is said to be, if that is one that RTP could go to; else it follows RTP.</summary>
    private RemoteCandidate Judge(RemoteCandidate said, SipFlow signalling) => said with
    {
        IsTrusted = IsBelieved(said.Address, signalling),
        Control = said.Control is { } control && (control.Equals(said.Address) || IsBelieved(control, signalling)) ? control : null,
    };

    private bool IsBelieved(IPEndPoint remote, SipFlow signalling) => !_shard.Settings.Targets.IsOwn(remote)
        && (remote.Address.Equals(signalling.Peer?.Address) || signalling.Nat switch
        {
            NatPolicy.Source => false,
            NatPolicy.TrustContact => true,
            // A private address of a peer from outside is one behind its NAT, whatever the operator allows.
            _ => !(TargetPolicy.IsPrivate(remote.Address) && !TargetPolicy.IsPrivate(signalling.Remote.Address))
                && _shard.Settings.Targets.Check(remote, TargetUse.Rtp) is TargetVerdict.Allowed,
        });

    private string? ConnectedCodec { get; set; }

    /// <summary>Opus is asked for in vain where its library is missing.</summary>
    private static IReadOnlyList<string> Speakable(ShardContext shard, IReadOnlyList<string> codecs) =>
        shard.Settings.HasOpus ? codecs : WithoutOpus(codecs);

    private static IReadOnlyList<string> WithoutOpus(IReadOnlyList<string> codecs) =>
        [.. codecs.Where(c => !c.Equals("OPUS", StringComparison.OrdinalIgnoreCase))];

    /// <summary>
    /// The shard's own randomness comes from a seed; only the node's key is a secret. No two legs have one id, over all starts of the node.
    /// </summary>
    private ReadOnlyMemory<byte> MakeKeySecret() =>
        HMACSHA256.HashData(_shard.Settings.Identity.TokenKey.Span, Encoding.ASCII.GetBytes($"srtp of leg {_leg}"));

    public void Close()
    {
        if (IsClosing) return;
        IsClosing = true;
        _shard.Emit(new Effect.Media(new MediaCommand.Close(Port)));
        CloseOthers();
    }

    private void CloseOthers()
    {
        foreach (var other in _others) _shard.Emit(new Effect.Media(new MediaCommand.Close(other.Port)));
        _others.Clear();
    }

    /// <summary>Media closed the port; or, with null, nobody waits for that any longer.</summary>
    public void OnClosed(PortStatistics? counted)
    {
        IsClosed = true;
        if (counted is null) return;
        Quality = new()
        {
            PacketsReceived = counted.PacketsReceived,
            PacketsLost = counted.PacketsLost,
            PacketsSkipped = counted.PacketsSkipped,
            PacketsSent = counted.PacketsSent,
            JitterMaxMilliseconds = counted.JitterMaxMilliseconds,
            Mos = counted.Mos,
        };
    }
}
