using System.Net;
using System.Net.Sockets;
using Ringwright.Core;

namespace Ringwright.Sip.Sdp;

/// <summary>What one usable audio section of the peer comes to.</summary>
internal readonly record struct Agreed
{
    /// <summary>Which m= line.</summary>
    public required int Index { get; init; }
    public required CodecChoice Codec { get; init; }
    /// <summary>The events that we send.</summary>
    public required EventChoice? Events { get; init; }
    /// <summary>All that the peer may send.</summary>
    public required HeardFormats Heard { get; init; }
    public required RemoteCandidates Remote { get; init; }
    public required bool IsMultiplexed { get; init; }
    /// <summary>Seen from the peer.</summary>
    public required StreamDirection PeerDirection { get; init; }
    public required int PacketMilliseconds { get; init; }
    /// <summary>The format parameters that the peer gives the codec; empty when there are none.</summary>
    public required FormatParameters Parameters { get; init; }
    /// <summary>One of <see cref="Negotiation.Profiles"/>: an answer names that of its offer.</summary>
    public required string Profile { get; init; }
    /// <summary>What the peer encrypts with; null is plain RTP.</summary>
    public required SdpCrypto? Crypto { get; init; }
}

/// <summary>Reads the peer's descriptions against what we can do. We send one codec only; what may come are all that both know.</summary>
internal static class Negotiation
{
    public const string PlainProfile = "RTP/AVP", SecureProfile = "RTP/SAVP";
    /// <summary>
    /// With an F, the peer could take feedback by RTCP (RFC 4585, RFC 5124). We offer none and answer without a=rtcp-fb, so none is sent.
    /// </summary>
    public static readonly IReadOnlyList<string> Profiles = [PlainProfile, SecureProfile, "RTP/AVPF", "RTP/SAVPF"];
    /// <summary>Media works in frames of 20 ms and puts up to three into a packet, or half a one.</summary>
    private const int FrameMilliseconds = 20, LongestPacketMilliseconds = 60, ShortestPacketMilliseconds = 10;

    public static bool IsSecure(string profile) => profile.StartsWith(SecureProfile, StringComparison.Ordinal);

    /// <summary>
    /// The first audio section that we can serve; our preference order decides on the codec. Else the reason of the first audio section.
    /// </summary>
    public static NegotiationStatus ReadOffer(SessionDescription offer, LocalMedia local, out Agreed agreed)
    {
        var status = ReadSections(offer, local, out agreed);
        // Where we ask for no SRTP a plain section is as good as any; a peer that has none still gets its call.
        return status is NegotiationStatus.EncryptionRefused
            ? ReadSections(offer, local with { Encryption = MediaEncryption.Optional }, out agreed)
            : status;
    }

    private static NegotiationStatus ReadSections(SessionDescription offer, LocalMedia local, out Agreed agreed)
    {
        agreed = default;
        var firstFailure = NegotiationStatus.NoAudio;
        Agreed? plain = null;
        for (int i = 0; i < offer.Media.Count; i++)
        {
            var status = ReadSection(offer, i, local, formats => FirstOfOurs(formats, SdpCodecs.Usable(local.Codecs)), null, out agreed);
            if (status is not NegotiationStatus.Ok)
            {
                if (firstFailure is NegotiationStatus.NoAudio) firstFailure = status;
                continue;
            }
            if (agreed.Crypto is not null || local.Encryption is not MediaEncryption.Optional) return status;
            // Before RFC 8643 a peer that leaves the choice writes its audio twice, once with keys, in whatever order.
            plain ??= agreed;
        }
        agreed = plain.GetValueOrDefault();
        return plain is null ? firstFailure : NegotiationStatus.Ok;
    }

    /// <summary>The section that answers our audio; the peer's order decides on the codec (RFC 3264 section 7).</summary>
    public static NegotiationStatus ReadAnswer(SessionDescription answer, LocalDescriptions ours, LocalMedia local, out Agreed agreed)
    {
        agreed = default;
        return PlaceOfAudio(answer, ours.AudioIndex) is { } place
            ? ReadSection(answer, place, local,
                // One that takes none of ours, and names another that we speak, is taken at its word.
                formats => FirstOfPeers(formats, ours.OfferedCodecs) ?? FirstOfPeers(formats, SdpCodecs.Known(local)), ours, out agreed)
            : NegotiationStatus.NoAudio;
    }

    /// <summary>
    /// That of our offer (RFC 3264 section 6). Where no audio stands there, or audio that is off, for some leave rejected sections out of
    /// their answers or add one of their own, the only other one.
    /// </summary>
    private static int? PlaceOfAudio(SessionDescription answer, int ours)
    {
        bool isThere = ours < answer.Media.Count && IsAudio(answer.Media[ours]);
        if (isThere && answer.Media[ours].Port > 0) return ours;
        int? only = isThere ? ours : null;
        int others = 0;
        for (int i = 0; i < answer.Media.Count; i++)
        {
            if (i == ours || !IsAudio(answer.Media[i])) continue;
            // The same audio in the other writing: with keys or without. Another of one kind means something else.
            if (isThere && (answer.Media[i].Port == 0 || answer.Media[i].Transport == answer.Media[ours].Transport)) continue;
            if (++others == 1) only = i;
        }
        return others > 1 ? isThere ? ours : null : only;
    }

    private static bool IsAudio(MediaDescription media) => media.Kind.Equals("audio", StringComparison.OrdinalIgnoreCase);

    private static NegotiationStatus ReadSection(SessionDescription session, int index, LocalMedia local,
        Func<List<RtpFormat>, CodecChoice?> choose, LocalDescriptions? answered, out Agreed agreed)
    {
        agreed = default;
        var media = session.Media[index];
        if (!IsAudio(media) || media.Port == 0) return NegotiationStatus.NoAudio;
        media = session.Section(index);
        var encryption = ReadEncryption(media, answered?.OfferedEncryption ?? local.Encryption, answered?.OfferedSuites,
            out string profile, out var crypto);
        if (encryption is not NegotiationStatus.Ok) return encryption;

        if ((media.Connection ?? session.Connection ?? OfOrigin(session)) is not { } connection)
            return NegotiationStatus.UnsupportedAddress;
        if (!connection.TryGetAddress(out var literal) && connection.HostName is null) return NegotiationStatus.UnsupportedAddress;
        var family = local.Address.AddressFamily;
        if ((connection.HostName is { } name ? local.FindHost?.Invoke(name, family) : literal) is not { } address)
            return NegotiationStatus.UnknownHost;
        if (IsGroup(address)) return NegotiationStatus.UnsupportedAddress;
        if (address.AddressFamily != family)
        {
            // Nowhere is in no family: phones hold by 0.0.0.0 in IPv6 calls too.
            if (!IsUnspecified(address)) return NegotiationStatus.OtherFamily;
            address = family is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any;
        }

        var formats = RtpFormat.Of(media, answered?.OfferedFormats);
        if (choose(formats) is not { } codec) return NegotiationStatus.NoCommonCodec;

        var remote = new IPEndPoint(address, media.Port);
        bool isMultiplexed = media.Has("rtcp-mux") && (answered is null || answered.OffersMultiplexing);
        var direction = Directions.Of(media, session);
        agreed = new Agreed
        {
            Index = index,
            Codec = codec,
            Events = local.HasTelephoneEvent ? FindEvents(formats, codec.ClockRate) : null,
            Heard = answered is null ? Heard(formats, local)
                : Heard(Counted(answered.OfferedFormats, formats), local).With(Heard(formats, local)),
            Remote = new(new RemoteCandidate(remote) { Control = isMultiplexed ? remote : Control(media, remote) }),
            IsMultiplexed = isMultiplexed,
            PeerDirection = IsUnspecified(address) ? Directions.Deaf(direction) : direction,
            PacketMilliseconds = PacketLength(media, local.PacketMilliseconds, codec),
            Parameters = FormatParameters.Of(media, codec.PayloadType),
            Profile = profile,
            Crypto = crypto,
        };
        return NegotiationStatus.Ok;
    }

    /// <summary>
    /// RTP/SAVP and RTP/SAVPF must be encrypted; the others are when they have keys and we want them (RFC 8643).
    /// What is wanted is what our offer said, when this is its answer.
    /// </summary>
    private static NegotiationStatus ReadEncryption(MediaDescription media, MediaEncryption wanted, IReadOnlyList<CryptoSuite>? offered,
        out string profile, out SdpCrypto? crypto)
    {
        crypto = null;
        profile = Profiles.FirstOrDefault(known => known.Equals(media.Transport, StringComparison.OrdinalIgnoreCase)) ?? "";
        if (profile.Length == 0) return NegotiationStatus.UnsupportedTransport;
        bool isSecure = IsSecure(profile);
        if (wanted is MediaEncryption.Disabled) return isSecure ? NegotiationStatus.EncryptionRefused : NegotiationStatus.Ok;
        crypto = SdpCrypto.FirstOf(media, offered, out bool isMalformed);
        if (crypto is not null) return NegotiationStatus.Ok;
        if (isMalformed && (isSecure || wanted is MediaEncryption.Required)) return NegotiationStatus.MalformedKeys;
        if (isSecure) return NegotiationStatus.NoCommonSuite;
        return wanted is MediaEncryption.Required ? NegotiationStatus.EncryptionRequired : NegotiationStatus.Ok;
    }

    private static CodecChoice? FirstOfOurs(List<RtpFormat> formats, IReadOnlyList<SdpCodec> ours)
    {
        foreach (var codec in ours)
            foreach (var format in formats)
                if (format.Is(codec)) return codec.With(format.PayloadType);
        return null;
    }

    private static CodecChoice? FirstOfPeers(List<RtpFormat> formats, IReadOnlyList<SdpCodec> ours)
    {
        foreach (var format in formats)
            foreach (var codec in ours)
                if (format.Is(codec)) return codec.With(format.PayloadType);
        return null;
    }

    /// <summary>Those at the codec's clock, else those that all know, else any.</summary>
    private static EventChoice? FindEvents(List<RtpFormat> formats, int clockRate)
    {
        EventChoice? found = null;
        foreach (var format in formats)
        {
            if (!format.IsTelephoneEvent) continue;
            if (format.ClockRate == clockRate) return new(format.PayloadType, clockRate);
            if (found is null || format.ClockRate == RtpMap.EventClock && found.Value.ClockRate != RtpMap.EventClock)
                found = new(format.PayloadType, format.ClockRate);
        }
        return found;
    }

    /// <summary>
    /// What we offered, with the events counted as the answer says: who takes one of our numbers for events at another clock sends them so.
    /// </summary>
    private static List<RtpFormat> Counted(IReadOnlyList<RtpFormat> offered, List<RtpFormat> answered)
    {
        List<RtpFormat> counted = [.. offered];
        for (int i = 0; i < counted.Count; i++)
            foreach (var format in answered)
                if (counted[i].IsTelephoneEvent && format.IsTelephoneEvent && format.PayloadType == counted[i].PayloadType)
                    counted[i] = format;
        return counted;
    }

    /// <summary>What we can make sense of, by its number.</summary>
    private static HeardFormats Heard(IReadOnlyList<RtpFormat> formats, LocalMedia local)
    {
        List<CodecChoice> codecs = [];
        List<EventChoice> events = [];
        List<byte> noise = [];
        var known = SdpCodecs.Known(local);
        foreach (var format in formats)
        {
            if (format.IsTelephoneEvent && local.HasTelephoneEvent) events.Add(new(format.PayloadType, format.ClockRate));
            else if (format.Codec is { } codec && known.Contains(codec)) codecs.Add(codec.With(format.PayloadType));
            else if (format.IsComfortNoise) noise.Add(format.PayloadType);
        }
        return new(codecs, events) { Noise = noise };
    }

    /// <summary>
    /// RFC 3605: "53020" or "53020 IN IP4 126.16.64.4"; else the next port (RFC 3550 section 11).
    /// Another host than that of RTP is not followed: nothing vouches for it.
    /// </summary>
    private static IPEndPoint? Control(MediaDescription media, IPEndPoint remote)
    {
        string[] words = media.Find("rtcp")?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (words.Length is 1 or 4 && RtpFormat.TryNumber(words[0], out int port) && port is > 0 and <= 65_535
            && (words.Length == 1
                || (new SdpConnection(words[1], words[2], words[3]).TryGetAddress(out var address) && address.Equals(remote.Address))))
            return new(remote.Address, port);
        return remote.Port < 65_535 ? new(remote.Address, remote.Port + 1) : null;
    }

    /// <summary>
    /// The peer's ptime where we can make such packets, but never above its maxptime (RFC 8866 section 6.4): who takes no more gets halves
    /// of frames, but of Opus, whose frames are coded as one.
    /// </summary>
    private static int PacketLength(MediaDescription media, int preferred, CodecChoice codec)
    {
        int length = TryMilliseconds(Length(media, "ptime", codec), out int wanted) && wanted % FrameMilliseconds == 0
            && wanted is > 0 and <= LongestPacketMilliseconds
            ? wanted : preferred;
        if (!TryMilliseconds(Length(media, "maxptime", codec), out int longest) || longest >= length) return length;
        bool isHalved = longest is >= ShortestPacketMilliseconds and < FrameMilliseconds
            && !codec.Name.Equals("opus", StringComparison.OrdinalIgnoreCase);
        return isHalved ? ShortestPacketMilliseconds : Math.Max(FrameMilliseconds, longest / FrameMilliseconds * FrameMilliseconds);
    }

    /// <summary>The one of a section; where some write one behind each codec, that of the codec, if it has one.</summary>
    private static string? Length(MediaDescription media, string name, CodecChoice codec)
    {
        string? first = null;
        bool isOfCodec = false, isThere = false;
        foreach (var (attribute, value) in media.Attributes)
        {
            if (attribute.Equals("rtpmap", StringComparison.OrdinalIgnoreCase)) isOfCodec = RtpMap.TypeOf(value) == codec.PayloadType;
            if (!attribute.Equals(name, StringComparison.OrdinalIgnoreCase)) continue;
            if (isOfCodec) return value;
            if (!isThere) (first, isThere) = (value, true);
        }
        return first;
    }

    private static bool TryMilliseconds(string? text, out int milliseconds)
    {
        milliseconds = 0;
        return text is not null && RtpFormat.TryNumber(text.AsSpan().Trim(), out milliseconds);
    }

    /// <summary>Some leave c= out, which RFC 8866 section 5.7 does not let them: their o= line may say it.</summary>
    private static SdpConnection? OfOrigin(SessionDescription session) =>
        session.Origin.Address.TryGetAddress(out var address) && !IsUnspecified(address) ? session.Origin.Address : null;

    private static bool IsUnspecified(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    /// <summary>Multicast or broadcast: audio for one peer never goes there.</summary>
    private static bool IsGroup(IPAddress address) =>
        address.IsIPv6Multicast || address.Equals(IPAddress.Broadcast)
        || (address.AddressFamily is AddressFamily.InterNetwork && address.GetAddressBytes()[0] is >= 224 and < 240);
}
