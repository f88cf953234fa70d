using System.Globalization;
using Ringwright.Core;

namespace Ringwright.Sip.Sdp;

/// <summary>
/// Writes our side of the exchanges of one dialog, and keeps what must stay the same between them: the o= line, whose version rises when
/// the text changes, the number and order of m= lines, and the payload type numbers once given a meaning (RFC 3264 section 8).
/// </summary>
internal sealed class LocalDescriptions(ulong sessionId, LocalKeys keys)
{
    private const byte UsualTelephoneEvent = 101, OtherTelephoneEvent = 102, FirstDynamic = 96, LastDynamic = 127;
    /// <summary>Digits 0-9, *, #, A-D and flash (RFC 4733 section 3.2).</summary>
    private const string Events = "0-16";

    // 62 bits: some stacks read the id into a signed number.
    private readonly string _sessionId = (sessionId >> 2).ToString(CultureInfo.InvariantCulture);
    private readonly Dictionary<byte, string> _meanings = [];
    // By the clock that counts their time: that of the audio beside them, and 8000, by which far ends count that know no other.
    private readonly Dictionary<int, byte> _events = [];
    /// <summary>Each as it is turned down: no more is needed of any but our audio, which is written anew.</summary>
    private List<MediaDescription> _lines = [];
    private long _version = 1;
    private byte[] _last = [];

    public int AudioIndex { get; private set; }
    public bool IsOfferOurs { get; private set; }
    public bool OffersMultiplexing { get; private set; }
    public IReadOnlyList<SdpCodec> OfferedCodecs { get; private set; } = [];
    /// <summary>What the numbers of our last offer mean.</summary>
    public IReadOnlyList<RtpFormat> OfferedFormats { get; private set; } = [];
    public MediaEncryption OfferedEncryption { get; private set; }
    public IReadOnlyList<CryptoSuite> OfferedSuites { get; private set; } = [];

    /// <summary>The last exchange: its profile, and the suite when it is encrypted.</summary>
    private (string Profile, SdpCrypto? Crypto)? _bound;

    public byte[] Offer(LocalMedia media, IReadOnlyList<SdpCodec> offered, StreamDirection direction, bool isMultiplexed)
    {
        IsOfferOurs = true;
        OffersMultiplexing = isMultiplexed;
        OfferedCodecs = offered;
        var codecs = OfferedCodecs.Select(c => c.With(c.StaticType ?? NumberOf(Meaning(c.Name, c.ClockRate), c.UsualType))).ToList();
        var events = new List<(byte Type, int Clock)>();
        foreach (int clock in media.HasTelephoneEvent ? codecs.Select(c => c.ClockRate).Append(RtpMap.EventClock).Distinct() : [])
            events.Add((_events[clock] = NumberOf(Meaning(RtpFormat.TelephoneEvent, clock),
                _events.GetValueOrDefault(clock, clock == 8_000 ? UsualTelephoneEvent : OtherTelephoneEvent)), clock));
        OfferedFormats =
        [
            .. codecs.Zip(offered, (choice, codec) => new RtpFormat(choice.PayloadType, codec.Name, codec.ClockRate, codec.Channels, true)),
            .. events.Select(e => new RtpFormat(e.Type, RtpFormat.TelephoneEvent, e.Clock, 1, true)),
        ];
        var (profile, cryptos) = OfferEncryption(media.Encryption);
        var audio = Audio(media, profile, cryptos, codecs, events, direction, isMultiplexed, media.PacketMilliseconds);
        if (_lines.Count == 0) _lines.Add(Rejected(audio));
        return Write(media, [.. _lines.Select((line, i) => i == AudioIndex ? audio : line)]);
    }

    public byte[] Answer(LocalMedia media, StreamDirection wanted, SessionDescription offer, in Agreed agreed)
    {
        IsOfferOurs = false;
        var direction = Directions.Meet(wanted, agreed.PeerDirection);
        List<SdpCrypto> cryptos = agreed.Crypto is { Tag: var tag, Key.Suite: var suite } ? [new(tag, keys.Of(suite))] : [];
        var audio = Audio(media, agreed.Profile, cryptos,
            [agreed.Codec], agreed.Events is var (type, clock) ? [(type, clock)] : [], direction, agreed.IsMultiplexed,
            agreed.PacketMilliseconds);
        int index = agreed.Index;
        return Write(media, [.. offer.Media.Select((line, i) => i == index ? audio : Rejected(line))]);
    }

    /// <summary>The answer to an offer of which nothing is on: neither may anything be in it (RFC 3264 section 8.2).</summary>
    public byte[] AnswerOff(LocalMedia media, SessionDescription offer)
    {
        IsOfferOurs = false;
        _lines = [.. offer.Media.Select(Rejected)];
        if (AudioIndex >= _lines.Count || !IsAudio(_lines[AudioIndex])) AudioIndex = Math.Max(0, _lines.FindIndex(IsAudio));
        return Write(media, _lines);

        static bool IsAudio(MediaDescription line) => line.Kind.Equals("audio", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Remembers what an exchange fixed for the later ones.</summary>
    public void Bind(SessionDescription remote, in Agreed agreed)
    {
        _bound = (agreed.Profile, agreed.Crypto);
        if (!IsOfferOurs)
        {
            AudioIndex = agreed.Index;
            _lines = [.. remote.Media.Select(Rejected)];
            if (agreed.Events is var (type, clock)) _events[clock] = type;
        }
        foreach (var format in RtpFormat.Of(remote.Section(agreed.Index)))
            if (format.PayloadType >= FirstDynamic) _meanings.TryAdd(format.PayloadType, Meaning(format.Name, format.ClockRate));
    }

    /// <summary>The open offer is void; an answer to it is one that nobody waits for.</summary>
    public void Abandon()
    {
        IsOfferOurs = false;
        if (_bound is null) keys.Renew();
    }

    public MediaKey KeyOf(CryptoSuite suite) => keys.Of(suite);

    /// <summary>All that we can at first; later what was agreed, with the same keys.</summary>
    private (string Profile, List<SdpCrypto> Cryptos) OfferEncryption(MediaEncryption wanted)
    {
        if (_bound is not var (profile, agreed))
        {
            OfferedSuites = wanted is MediaEncryption.Optional or MediaEncryption.Required ? SdpCrypto.Offered : [];
            OfferedEncryption = OfferedSuites.Count > 0 ? wanted : MediaEncryption.Disabled;
            return (wanted is MediaEncryption.Required ? Negotiation.SecureProfile : Negotiation.PlainProfile,
                [.. OfferedSuites.Select((suite, i) => new SdpCrypto(i + 1, keys.Of(suite)))]);
        }
        bool isSecure = Negotiation.IsSecure(profile);
        OfferedSuites = agreed is { Key.Suite: var one } ? [one] : [];
        OfferedEncryption = agreed is null ? MediaEncryption.Disabled : isSecure ? MediaEncryption.Required : MediaEncryption.Optional;
        // there is a suite only where there is a line
        return (profile, [.. OfferedSuites.Select(suite => new SdpCrypto(agreed!.Value.Tag, keys.Of(suite)))]);
    }

    /// <summary>
    /// The number that this meaning has in the dialog, else the preferred one, else a dynamic number without another meaning.
    /// </summary>
    private byte NumberOf(string meaning, byte preferred)
    {
        foreach (var (type, known) in _meanings)
            if (known == meaning) return type;
        byte chosen = preferred;
        for (byte type = FirstDynamic; _meanings.ContainsKey(chosen) && type <= LastDynamic; type++) chosen = type;
        _meanings.TryAdd(chosen, meaning);      // with 32 other meanings there is none left: no real peer
        return chosen;
    }

    private static string Meaning(string name, int clockRate) =>
        string.Create(CultureInfo.InvariantCulture, $"{name.ToLowerInvariant()}/{clockRate}");

    private static MediaDescription Audio(LocalMedia media, string profile, List<SdpCrypto> cryptos, List<CodecChoice> codecs,
        List<(byte Type, int Clock)> events, StreamDirection direction, bool isMultiplexed, int packetMilliseconds)
    {
        List<string> formats = [];
        List<SdpAttribute> attributes = [.. cryptos.Select(c => c.ToAttribute())];
        foreach (var codec in codecs)
        {
            formats.Add(codec.PayloadType.ToString(CultureInfo.InvariantCulture));
            var known = SdpCodecs.Find(codec)!;     // chosen from these
            attributes.Add(new("rtpmap", string.Create(CultureInfo.InvariantCulture, $"{codec.PayloadType} {known.Encoding}")));
            if (known.Parameters is { } parameters)
                attributes.Add(new("fmtp", string.Create(CultureInfo.InvariantCulture, $"{codec.PayloadType} {parameters}")));
        }
        foreach (var (type, clock) in events)
        {
            string number = type.ToString(CultureInfo.InvariantCulture);
            formats.Add(number);
            attributes.Add(new("rtpmap", string.Create(CultureInfo.InvariantCulture, $"{number} {RtpFormat.TelephoneEvent}/{clock}")));
            attributes.Add(new("fmtp", $"{number} {Events}"));
        }
        attributes.Add(new("ptime", packetMilliseconds.ToString(CultureInfo.InvariantCulture)));
        attributes.Add(isMultiplexed
            ? new("rtcp-mux")
            : new("rtcp", (media.ControlPort ?? media.Address.Port + 1).ToString(CultureInfo.InvariantCulture)));
        attributes.Add(new(Directions.Attribute(direction)));
        return new() { Kind = "audio", Port = media.Address.Port, Transport = profile, Formats = formats, Attributes = attributes };
    }

    /// <summary>RFC 3264 section 6: port 0, the rest as it was; one format is enough.</summary>
    private static MediaDescription Rejected(MediaDescription line) =>
        new() { Kind = line.Kind, Port = 0, Transport = line.Transport, Formats = line.Formats.Count > 0 ? line.Formats : ["0"] };

    private byte[] Write(LocalMedia media, List<MediaDescription> lines)
    {
        byte[] body = Render();
        if (_last.Length > 0 && !body.AsSpan().SequenceEqual(_last))
        {
            _version++;
            body = Render();
        }
        return _last = body;

        byte[] Render()
        {
            var address = SdpConnection.Of(media.Address.Address);
            return SdpWriter.Write(new SessionDescription
            {
                Origin = new("-", _sessionId, _version.ToString(CultureInfo.InvariantCulture), address),
                Connection = address,
                Media = lines,
            });
        }
    }
}
