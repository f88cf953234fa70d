using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Ringwright.Calls;

namespace Ringwright.Streams.Siprec;

/// <summary>What a recording server is told of the call (RFC 7865): one session, its two parties, a stream for each track.</summary>
internal static class SiprecMetadata
{
    public const string MediaType = "application/rs-metadata+xml";

    private static readonly XNamespace Recording = "urn:ietf:params:xml:ns:recording:1";
    /// <summary>Of what RFC 7865 has no words for: its elements may carry others' (section 6).</summary>
    private static readonly XNamespace Own = "urn:x-ringwright:siprec:1";

    /// <param name="at">When the recording begins.</param>
    public static byte[] Write(SiprecOrder order, IReadOnlyList<OfferedTrack> tracks, DateTimeOffset at)
    {
        string time = at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var leg = order.Leg;
        string session = Id(leg.Session.Value), stream = Id(order.Id);
        bool isCaller = leg.Direction is Direction.Inbound;
        var (party, other) = (Id(leg.Uuid), Id(order.Id, 1));
        var root = new XElement(Recording + "recording",
            new XElement(Recording + "datamode", "complete"),
            new XElement(Recording + "session", new XAttribute("session_id", session),
                new XElement(Recording + "start-time", time),
                Headers(order)),
            Participant(party, isCaller ? leg.From : leg.To, isCaller ? leg.FromUri : leg.ToUri, isCaller ? leg.CallerName : null),
            Participant(other, isCaller ? leg.To : leg.From, isCaller ? leg.ToUri : leg.FromUri, isCaller ? null : leg.CallerName),
            tracks.Select(track => new XElement(Recording + "stream", new XAttribute("stream_id", Stream(track)),
                new XAttribute("session_id", session), new XElement(Recording + "label", track.Label))),
            new XElement(Recording + "sessionrecordingassoc", new XAttribute("session_id", session),
                new XElement(Recording + "associate-time", time)),
            Within(party), Within(other),
            Streams(party, TapTracks.Said), Streams(other, TapTracks.Heard));
        using var bytes = new MemoryStream();
        // A header's value may hold what XML has no way to write; it is left out before.
        using (var writer = XmlWriter.Create(bytes, new() { Encoding = new UTF8Encoding(false), Indent = true })) root.Save(writer);
        return bytes.ToArray();

        string Stream(OfferedTrack track) => track.Track is TapTracks.Said ? stream : Id(order.Id, 2);

        XElement Within(string who) => new(Recording + "participantsessionassoc", new XAttribute("participant_id", who),
            new XAttribute("session_id", session), new XElement(Recording + "associate-time", time));

        XElement Streams(string who, TapTracks sends) => new(Recording + "participantstreamassoc", new XAttribute("participant_id", who),
            tracks.Select(track => new XElement(Recording + (track.Track == sends ? "send" : "recv"), Stream(track))));
    }

    private static XElement Participant(string id, string number, string? uri, string? name) =>
        new(Recording + "participant", new XAttribute("participant_id", id),
            new XElement(Recording + "nameID", new XAttribute("aor", Aor(number, uri)),
                name is { Length: > 0 } ? new XElement(Recording + "name", Clean(name)) : null));

    private static string Aor(string number, string? uri) => Clean(uri is { Length: > 0 } ? "sip:" + uri
        : number.StartsWith("sip:", StringComparison.OrdinalIgnoreCase) || number.StartsWith("sips:", StringComparison.OrdinalIgnoreCase)
            ? number
        : "tel:" + number);

    private static IEnumerable<XElement> Headers(SiprecOrder order) => !order.Terms.TellsHeaders ? []
        : order.Leg.Headers.Select(header => Named("header", header.Name, header.Value))
            .Concat(order.Terms.Parameters.Select(parameter => Named("parameter", parameter.Name, parameter.Value)));

    private static XElement Named(string kind, string name, string value) =>
        new(Own + kind, new XAttribute("name", Clean(name)), Clean(value));

    /// <summary>128 bits in base64 (RFC 7865 section 6.10).</summary>
    private static string Id(Guid id, byte of = 0)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        bytes[^1] ^= of;
        return Convert.ToBase64String(bytes);
    }

    private static string Clean(string text) => string.Concat(text.Where(XmlConvert.IsXmlChar));
}
