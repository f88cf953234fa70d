using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media;
using Ringwright.Sip.Sdp;

namespace Ringwright.Streams.Siprec;

/// <summary>One stream that the server is offered.</summary>
/// <param name="Port">Where it comes from.</param>
/// <param name="Key">Null for plain RTP.</param>
internal sealed record OfferedTrack(TapTracks Track, int Port, MediaKey? Key)
{
    /// <summary>What the metadata calls it too (RFC 4574).</summary>
    public string Label => Track is TapTracks.Said ? "1" : "2";
}

/// <summary>
/// What a recording server is offered: one stream a track that only goes out (RFC 7866 section 7.1.1), in the call's codec or in those
/// that everybody has.
/// </summary>
/// <param name="own">Where the streams come from.</param>
internal sealed class SiprecOffer(IPAddress own, IReadOnlyList<OfferedTrack> tracks, StreamFormat call)
{
    private const CryptoSuite Suite = CryptoSuite.AesCm128HmacSha1Tag80;
    private const int KeyTag = 1;
    private const string Linear = "L16", Opus = "OPUS";

    private readonly string _session = RandomNumberGenerator.GetInt32(1, int.MaxValue).ToString(CultureInfo.InvariantCulture);
    private int _version = 1;

    public IReadOnlyList<OfferedTrack> Tracks => tracks;

    /// <summary>The first is the one that is liked best.</summary>
    public IReadOnlyList<Codec> Offered { get; } = CodecsFor(call);

    /// <summary>A key for one stream, of our side.</summary>
    public static MediaKey NewKey()
    {
        Span<ulong> random = stackalloc ulong[4];
        RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(random));
        // The salt has 14 octets, the leading ones.
        return new(Suite, new(random[0], random[1]), new(random[2], random[3] & ~0xFFFFul));
    }

    /// <summary>The same each time, for refreshes.</summary>
    public byte[] Write() => Write([.. tracks.Select(track => Section(track, "RTP/" + (track.Key is null ? "AVP" : "SAVP"),
        Offered.Select(codec => (codec.PayloadType, codec)), track.Port, "sendonly", KeyTag))]);

    /// <summary>The answer to an offer of the server's that <paramref name="agreed"/> was read from.</summary>
    public byte[] Answer(SiprecAnswer agreed)
    {
        _version++;
        return Write([.. tracks.Zip(agreed.Targets, (track, target) => Section(track, target.Transport,
            [(target.PayloadType, target.Codec)], target.IsRefused ? 0 : track.Port,
            target.Remote is null ? "inactive" : "sendonly", target.KeyTag))]);
    }

    private byte[] Write(IReadOnlyList<MediaDescription> media)
    {
        var address = SdpConnection.Of(own);
        return SdpWriter.Write(new()
        {
            Origin = new("-", _session, _version.ToString(CultureInfo.InvariantCulture), address), Connection = address, Media = media,
        });
    }

    private static MediaDescription Section(OfferedTrack track, string transport, IEnumerable<(byte Type, Codec Codec)> codecs, int port,
        string direction, int keyTag)
    {
        List<string> formats = [];
        List<SdpAttribute> attributes = [];
        foreach (var (type, codec) in codecs)
        {
            string number = type.ToString(CultureInfo.InvariantCulture);
            formats.Add(number);
            string channels = codec.Name.Equals(Opus, StringComparison.OrdinalIgnoreCase) ? "/2" : "";
            string map = string.Create(CultureInfo.InvariantCulture, $"{number} {codec.Name}/{codec.ClockRate}{channels}");
            attributes.Add(new("rtpmap", map));
        }
        attributes.Add(new("ptime", Limits.FrameMilliseconds.ToString(CultureInfo.InvariantCulture)));
        attributes.Add(new(direction));
        attributes.Add(new("label", track.Label));
        if (track.Key is { } key) attributes.Add(new SdpCrypto(keyTag, key).ToAttribute());
        return new() { Kind = "audio", Port = port, Transport = transport, Formats = formats, Attributes = attributes };
    }

    private static List<Codec> CodecsFor(StreamFormat call)
    {
        // L16 alone is one name with several rates; of the others the rate is that of their audio, and not of their clock.
        List<Codec> codecs = [];
        foreach (var codec in new[] { Codecs.Find(call.Encoding, call.Encoding is Linear ? call.SampleRate : 0), Codecs.Find("PCMU"),
            Codecs.Find("PCMA") })
            if (codec is not null && !codecs.Contains(codec)) codecs.Add(codec);
        return codecs;
    }
}
