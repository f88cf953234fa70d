using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Ringwright.Core;

namespace Ringwright.Sip.Sdp;

public enum OfferAnswerState { Idle, OfferSent, OfferReceived, Stable }

/// <summary>What one leg brings to offer/answer.</summary>
public sealed record LocalMedia
{
    /// <summary>Where our RTP port listens, as the peer shall see it.</summary>
    public required IPEndPoint Address { get; init; }
    /// <summary>SDP names in order of preference; see <see cref="SdpCodecs.Usable"/>.</summary>
    public IReadOnlyList<string> Codecs { get; init; } = SdpCodecs.DefaultOrder;
    /// <summary>The like, of what it speaks beside: taken in an offer that has none of <see cref="Codecs"/>.</summary>
    public IReadOnlyList<string> Spoken { get; init; } = [];
    public bool HasTelephoneEvent { get; init; } = true;
    public int PacketMilliseconds { get; init; } = 20;
    /// <summary>Our RTCP port; the one after RTP's when not set.</summary>
    public int? ControlPort { get; init; }
    public MediaEncryption Encryption { get; init; }
    /// <summary>
    /// Gives what the dialog's keys are drawn from: unguessable, and no other dialog's. Asked once, with the first key: most dialogs have
    /// none. Needed unless <see cref="Encryption"/> is disabled.
    /// </summary>
    public Func<ReadOnlyMemory<byte>>? KeySecret { get; init; }
    /// <summary>The address of a host that a c= line names, in a family, found before; null knows no names, or not that one.</summary>
    public Func<string, AddressFamily, IPAddress?>? FindHost { get; init; }
}

/// <summary>
/// Offer/answer (RFC 3264) of one dialog: who owes whom a description, what was agreed last, and the o= version.
/// One exchange is offer, then answer; <see cref="Generation"/> counts the finished ones. A failed exchange leaves the last plan in force.
/// </summary>
/// <param name="sessionId">Any number; the same for the life of the dialog.</param>
public sealed class OfferAnswer(LocalMedia local, ulong sessionId)
{
    private readonly LocalDescriptions _local = new(sessionId, new LocalKeys(local.KeySecret));
    /// <summary>The peer's, while it waits for its answer: of what was agreed the plan says all.</summary>
    private SessionDescription? _offer;
    private LocalMedia _media = local;
    /// <summary>By which the open offer of the peer was taken.</summary>
    private IReadOnlyList<string> _accepted = [];
    /// <summary>How that offer was read; null where a host that it names may be another by the time of the answer.</summary>
    private Reading? _reading;
    /// <summary>The open offer of the peer switches the audio off.</summary>
    private bool _isOff;
    /// <summary>Our offer changes a call that is up.</summary>
    private bool _isRenewal;

    public OfferAnswerState State { get; private set; }

    /// <summary>Finished exchanges; also in the plan.</summary>
    public int Generation { get; private set; }

    /// <summary>What was agreed last; null before the first exchange is complete.</summary>
    public StreamPlan? Plan { get; private set; }

    /// <summary>The description that we sent last, to repeat in a retransmitted or later response of the same exchange.</summary>
    public ReadOnlyMemory<byte> LocalBody { get; private set; }

    /// <summary>What the last description from the peer was as text; for logs.</summary>
    public SdpStatus LastParse { get; private set; }

    /// <summary>Who described himself last, as his o= line says; null before anybody has.</summary>
    public SdpOrigin? RemoteOrigin { get; private set; }

    /// <summary>
    /// What we want, seen from us: SendOnly or Inactive put the peer on hold. Takes effect with the next offer or answer.
    /// </summary>
    public StreamDirection Wanted { get; set; } = StreamDirection.SendReceive;

    /// <summary>True while the peer asks us not to send (hold by direction or by the address 0.0.0.0).</summary>
    public bool IsHeldByPeer { get; private set; }

    /// <summary>Changes the preference for the next offer or answer.</summary>
    public void Prefer(IReadOnlyList<string> codecs) => _media = _media with { Codecs = codecs };

    /// <summary>Changes what is spoken beside, from the next offer that comes on.</summary>
    public void Speak(IReadOnlyList<string> codecs) => _media = _media with { Spoken = codecs };

    /// <summary>Our RTP port is another one, for the next offer or answer.</summary>
    public void Move(IPEndPoint address) => _media = _media with { Address = address };

    /// <summary>Changes what the next offer asks for, or the next one received must have.</summary>
    public void Encrypt(MediaEncryption encryption) => _media = _media with { Encryption = encryption };

    /// <summary>
    /// Writes an offer for an INVITE, or for the 2xx to an INVITE that had none (delayed offer; the answer comes in the ACK).
    /// </summary>
    /// <param name="isWithinCall">Its answer may switch off what is on (port 0).</param>
    public ReadOnlyMemory<byte> CreateOffer(bool isWithinCall = false) =>
        Offer(SdpCodecs.Usable(_media.Codecs), isRenewal: isWithinCall && Plan is not null);

    /// <summary>
    /// An offer within a call that changes nothing but what <see cref="Wanted"/> says: the codec that is agreed at its rate, and no other.
    /// </summary>
    public ReadOnlyMemory<byte> RenewOffer() =>
        Plan is { } plan && SdpCodecs.Find(plan.Codec) is { } agreed ? Offer([agreed], isRenewal: true) : CreateOffer();

    /// <summary>
    /// Takes the answer to our offer. Once more for the same offer (183, then 200; or another fork): an equal answer changes nothing,
    /// a different one replaces the first. Anything but Ok leaves the state as it was: the caller abandons the exchange or ends the leg.
    /// </summary>
    public NegotiationStatus HandleAnswer(ReadOnlySpan<byte> body)
    {
        bool isRepeat = State is OfferAnswerState.Stable && _local.IsOfferOurs;
        if (State is not OfferAnswerState.OfferSent && !isRepeat) return NegotiationStatus.WrongState;
        LastParse = SdpParser.Parse(body, out var answer);
        if (answer is null) return NegotiationStatus.BadDescription;

        var status = Negotiation.ReadAnswer(answer, _local, _media, out var agreed);
        if (status is NegotiationStatus.NoAudio && _isRenewal && !isRepeat && IsOff(answer))
        {
            // Whom we hold may say so by it, and has not held us.
            SwitchOff(answer, isHold: Wanted is StreamDirection.SendReceive or StreamDirection.ReceiveOnly);
            return NegotiationStatus.Ok;
        }
        if (status is not NegotiationStatus.Ok) return status;
        Agree(answer, agreed, isRepeat);
        return NegotiationStatus.Ok;
    }

    /// <summary>Takes the peer's offer and checks that an answer is possible. Anything but Ok leaves the state as it was.</summary>
    public NegotiationStatus HandleOffer(ReadOnlySpan<byte> body) => HandleOffer(SdpParser.Parse(body, out var offer), offer);

    /// <summary>The same of a body that somebody has read before, with what came of it.</summary>
    public NegotiationStatus HandleOffer(SdpStatus read, SessionDescription? offer)
    {
        if (State is OfferAnswerState.OfferSent) return NegotiationStatus.Glare;
        if (State is OfferAnswerState.OfferReceived) return NegotiationStatus.WrongState;
        LastParse = read;
        if (offer is null) return NegotiationStatus.BadDescription;

        var status = ReadOffer(offer, out var agreed);
        bool isOff = status is NegotiationStatus.NoAudio && Plan is not null && IsOff(offer);
        if (status is not NegotiationStatus.Ok && !isOff) return status;
        (_offer, RemoteOrigin, _accepted, _isOff) = (offer, offer.Origin, [.. _media.Codecs, .. SdpCodecs.DefaultOrder], isOff);
        _reading = isOff || NamesHosts(offer) ? null : new(_media, agreed);
        State = OfferAnswerState.OfferReceived;
        return NegotiationStatus.Ok;
    }

    /// <summary>
    /// Writes the answer to the offer received; the plan is then in force. A preference given since the offer came counts, unless it leaves
    /// nothing in common: then all that we speak does, for the offer was already accepted.
    /// </summary>
    public ReadOnlyMemory<byte> CreateAnswer()
    {
        if (State is not OfferAnswerState.OfferReceived || _offer is not { } offer)
            throw new InvalidOperationException("There is no offer to answer.");
        if (_isOff)
        {
            LocalBody = _local.AnswerOff(_media, offer);
            SwitchOff(offer, isHold: true);
            return LocalBody;
        }
        Agreed agreed;
        // As a rule nothing of ours has changed since it came.
        if (_reading is { } before && ReferenceEquals(before.By, _media)) agreed = before.Agreed;
        else if (ReadOffer(offer, out agreed) is not NegotiationStatus.Ok)
            Negotiation.ReadOffer(offer, _media with { Codecs = _accepted }, out agreed);
        _reading = null;
        LocalBody = _local.Answer(_media, Wanted, offer, agreed);
        Agree(offer, agreed, isRepeat: false);
        return LocalBody;
    }

    /// <summary>The exchange failed (re-INVITE refused, transaction gone): back to what was agreed before.</summary>
    public void Abandon()
    {
        if (State is not (OfferAnswerState.OfferSent or OfferAnswerState.OfferReceived)) return;
        State = Plan is null ? OfferAnswerState.Idle : OfferAnswerState.Stable;
        (_offer, _reading) = (null, null);
        _local.Abandon();
    }

    /// <summary>What is preferred, what else is spoken, or what is spoken by now.</summary>
    private NegotiationStatus ReadOffer(SessionDescription offer, out Agreed agreed)
    {
        var status = Negotiation.ReadOffer(offer, _media, out agreed);
        if (status is not NegotiationStatus.NoCommonCodec) return status;
        string[] others = Plan is { } plan ? [.. _media.Spoken, plan.Codec.Name] : [.. _media.Spoken];
        return others.Length > 0 ? Negotiation.ReadOffer(offer, _media with { Codecs = others }, out agreed) : status;
    }

    private static bool NamesHosts(SessionDescription offer)
    {
        if (offer.Connection is { HostName: not null }) return true;
        foreach (var media in offer.Media)
            if (media.Connection is { HostName: not null }) return true;
        return false;
    }

    /// <summary>All that a description has is off (RFC 3264 section 8.2), and audio is among it.</summary>
    private static bool IsOff(SessionDescription description)
    {
        bool hasAudio = false;
        foreach (var media in description.Media)
        {
            if (media.Port > 0) return false;
            hasAudio |= media.Kind.Equals("audio", StringComparison.OrdinalIgnoreCase);
        }
        return hasAudio;
    }

    /// <summary>Nobody sends until a later description has a port again; all else stays as it was agreed.</summary>
    private void SwitchOff(SessionDescription remote, bool isHold)
    {
        IsHeldByPeer |= isHold;
        (State, _offer, RemoteOrigin, _isOff) = (OfferAnswerState.Stable, null, remote.Origin, false);
        // Only within a call, which has one.
        Plan = Plan! with { Direction = StreamDirection.Inactive, Generation = ++Generation };
    }

    private ReadOnlyMemory<byte> Offer(IReadOnlyList<SdpCodec> codecs, bool isRenewal)
    {
        Debug.Assert(State is OfferAnswerState.Idle or OfferAnswerState.Stable, "an exchange is open");
        _isRenewal = isRenewal;
        LocalBody = _local.Offer(_media, codecs, Wanted, isMultiplexed: Plan is { IsRtcpMux: true });
        State = OfferAnswerState.OfferSent;
        return LocalBody;
    }

    private void Agree(SessionDescription remote, in Agreed agreed, bool isRepeat)
    {
        var direction = Directions.Meet(Wanted, agreed.PeerDirection);
        var plan = new StreamPlan
        {
            Codec = agreed.Codec,
            TelephoneEventType = agreed.Events?.PayloadType,
            TelephoneEventClock = agreed.Events?.ClockRate ?? 0,
            // RFC 3264 section 8.3.2: a number keeps its meaning for the life of the dialog,
            // and what was agreed before may still be on its way.
            Heard = Plan is { } before ? agreed.Heard.With(before.Heard) : agreed.Heard,
            Remote = agreed.Remote,
            IsRtcpMux = agreed.IsMultiplexed,
            Direction = direction,
            PacketMilliseconds = agreed.PacketMilliseconds,
            WantsRedundancy = agreed.Parameters.Number("useinbandfec") is 1,
            PlaybackRate = agreed.Parameters.Number("maxplaybackrate") ?? 48_000,
            // One that no peer may ask for is passed over.
            MostBitsPerSecond = agreed.Parameters.Number("maxaveragebitrate")
                is { } most and >= StreamPlan.LeastOpusBitsPerSecond and <= StreamPlan.OpusBitsPerSecond
                ? most : StreamPlan.OpusBitsPerSecond,
            Keys = agreed.Crypto is { Key: var theirs } ? new(_local.KeyOf(theirs.Suite), theirs) : null,
            Generation = Generation,
        };
        // Whoever is offered no more than to listen, and does not even do that, has not held us by it (RFC 3264 section 6.1).
        bool isNoNews = agreed.PeerDirection is StreamDirection.Inactive && _local.IsOfferOurs
            && Wanted is StreamDirection.SendOnly or StreamDirection.Inactive;
        if (!isNoNews) IsHeldByPeer = agreed.PeerDirection is StreamDirection.SendOnly or StreamDirection.Inactive;
        State = OfferAnswerState.Stable;
        (_offer, RemoteOrigin) = (null, remote.Origin);
        _local.Bind(remote, agreed);
        if (isRepeat && plan == Plan) return;
        Plan = plan with { Generation = ++Generation };
    }

    /// <param name="By">What of ours it was read with.</param>
    private sealed record Reading(LocalMedia By, Agreed Agreed);
}
