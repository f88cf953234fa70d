using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace Ringwright.Sip.Sdp;

/// <summary>
/// Reads a session description (RFC 8866). Strict where a misreading would matter (media, ports, addresses), forgiving where other stacks
/// are sloppy: bare LF, NULs at the end, a missing s= or t=, lines out of order, unknown line types, an o= line that is not one,
/// attributes without a name.
/// </summary>
public static class SdpParser
{
    // RFC 8866 section 9: byte-string is anything but NUL, CR and LF;
    // other controls have no business in what we read either, a tab is harmless.
    private static readonly SearchValues<byte> Forbidden = SearchValues.Create([0, 1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 14, 15, 16, 17, 18,
        19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 127]);

    public static SdpStatus Parse(ReadOnlySpan<byte> text, out SessionDescription? description)
    {
        description = null;
        if (text.Length > SdpLimits.Bytes) return SdpStatus.TooLong;
        // Who counts the end of a C string sends it too.
        text = text.TrimEnd((byte)0);
        if (text.IsEmpty) return SdpStatus.Empty;

        SdpOrigin? origin = null;
        string name = "-";
        SdpConnection? connection = null;
        List<SdpAttribute> sessionAttributes = [];
        List<Section> sections = [];

        int lines = 0;
        bool hasVersion = false;
        while (!text.IsEmpty)
        {
            int end = text.IndexOf((byte)'\n');
            var line = end < 0 ? text : text[..end];
            text = end < 0 ? [] : text[(end + 1)..];
            if (line.EndsWith("\r"u8)) line = line[..^1];
            if (line.IsEmpty) continue;                     // a trailing or doubled line end
            if (++lines > SdpLimits.Lines) return SdpStatus.TooManyLines;
            if (line.Length > SdpLimits.LineBytes) return SdpStatus.LineTooLong;
            line = line.TrimStart(" \t"u8);
            if (line.IsEmpty) continue;
            if (line.Length < 2 || line[1] != '=' || line.ContainsAny(Forbidden)) return SdpStatus.BadLine;

            var value = line[2..];
            var section = sections.Count > 0 ? sections[^1] : null;
            SdpStatus status = SdpStatus.Ok;
            switch (line[0])
            {
                case (byte)'v':
                    if (!value.Trim(" \t"u8).SequenceEqual("0"u8)) return SdpStatus.BadVersion;
                    hasVersion = true;
                    break;
                case (byte)'o' when section is null:
                    origin ??= Origin(value);
                    break;
                case (byte)'s' when section is null:
                    name = Text(value);
                    break;
                case (byte)'c':
                    if (!TryConnection(value, out var parsed)) return SdpStatus.BadConnection;
                    // RFC 8866 section 5.7: several c= lines of one section are layers of a multicast group; the first one counts.
                    if (section is null) connection ??= parsed;
                    else section.Connection ??= parsed;
                    break;
                case (byte)'m':
                    if (sections.Count == SdpLimits.MediaSections) return SdpStatus.TooManyMedia;
                    status = ParseMedia(value, out section);
                    if (section is not null) sections.Add(section);
                    break;
                case (byte)'a':
                    var attributes = section?.Attributes ?? sessionAttributes;
                    if (attributes.Count == SdpLimits.Attributes) return SdpStatus.TooManyAttributes;
                    ReadAttribute(value, attributes);
                    break;
            }
            if (status is not SdpStatus.Ok) return status;
        }
        if (lines == 0) return SdpStatus.Empty;
        if (!hasVersion) return SdpStatus.BadVersion;

        description = new SessionDescription
        {
            Origin = origin ?? SdpOrigin.None,
            Name = name.Length == 0 ? "-" : name,
            Connection = connection,
            Attributes = sessionAttributes,
            Media = [.. sections.Select(s => s.ToDescription())],
        };
        return SdpStatus.Ok;
    }

    /// <summary>
    /// Nothing is decided by it, so anything will do: user names with spaces, ids that are no numbers, fields that are not there.
    /// </summary>
    private static SdpOrigin Origin(ReadOnlySpan<byte> value)
    {
        Span<Range> words = stackalloc Range[16];
        int count = Words(value, words);
        if (count >= 6 && Ascii.EqualsIgnoreCase(value[words[count - 3]], "IN"u8))
        {
            int user = words[count - 6].End.Value, start = words[0].Start.Value;
            return new(Text(value[start..user]), Text(value[words[count - 5]]), Text(value[words[count - 4]]),
                new(Text(value[words[count - 3]]), Text(value[words[count - 2]]), Text(value[words[count - 1]])));
        }
        var none = SdpOrigin.None;
        return none with
        {
            User = count > 0 ? Text(value[words[0]]) : none.User,
            SessionId = count > 1 ? Text(value[words[1]]) : none.SessionId,
            Version = count > 2 ? Text(value[words[2]]) : none.Version,
        };
    }

    private static bool TryConnection(ReadOnlySpan<byte> value, out SdpConnection? connection)
    {
        connection = null;
        Span<Range> words = stackalloc Range[4];
        if (Words(value, words) < 3) return false;       // what follows the address means nothing
        connection = new(Text(value[words[0]]), Text(value[words[1]]), Text(value[words[2]]));
        return true;
    }

    private static SdpStatus ParseMedia(ReadOnlySpan<byte> value, out Section? section)
    {
        section = null;
        Span<Range> words = stackalloc Range[3 + SdpLimits.Formats + 1];
        int count = Words(value, words);
        if (count < 3) return SdpStatus.BadMedia;
        if (count > 3 + SdpLimits.Formats) return SdpStatus.TooManyFormats;

        var port = value[words[1]];
        int portCount = 1;
        int slash = port.IndexOf((byte)'/');
        if (slash >= 0)
        {
            if (!TryNumber(port[(slash + 1)..], 65_535, out portCount) || portCount == 0) return SdpStatus.BadMedia;
            port = port[..slash];
        }
        if (!TryNumber(port, 65_535, out int portNumber)) return SdpStatus.BadMedia;
        // Sections that we only turn down, such as a fax, and those that are switched off may leave their formats out.
        if (count == 3 && portNumber > 0 && Ascii.EqualsIgnoreCase(value[words[0]], "audio"u8)) return SdpStatus.BadMedia;

        var formats = new string[count - 3];
        for (int i = 0; i < formats.Length; i++) formats[i] = Text(value[words[i + 3]]);
        section = new(Text(value[words[0]]), portNumber, portCount, Text(value[words[2]]), formats);
        return SdpStatus.Ok;
    }

    /// <summary>One without a name says nothing, and is passed over like one that nobody knows.</summary>
    private static void ReadAttribute(ReadOnlySpan<byte> value, List<SdpAttribute> into)
    {
        int colon = value.IndexOf((byte)':');
        var name = (colon < 0 ? value : value[..colon]).Trim(" \t"u8);
        if (!name.IsEmpty && name.IndexOfAny((byte)' ', (byte)'\t') < 0)
            into.Add(new(Text(name), colon < 0 ? null : Text(value[(colon + 1)..])));
    }

    /// <summary>Splits at spaces, several counting as one. Says one more than fits when there are more.</summary>
    private static int Words(ReadOnlySpan<byte> value, Span<Range> into)
    {
        int count = 0;
        for (int at = 0; at < value.Length;)
        {
            if (value[at] is (byte)' ' or (byte)'\t') { at++; continue; }
            int length = value[at..].IndexOfAny((byte)' ', (byte)'\t');
            if (length < 0) length = value.Length - at;
            if (count == into.Length) return count;
            into[count++] = at..(at + length);
            at += length;
        }
        return count;
    }

    internal static bool TryNumber(ReadOnlySpan<byte> text, int max, out int number) =>
        Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && IsDigits(text) && number <= max;

    private static bool IsDigits(ReadOnlySpan<byte> text) => !text.IsEmpty && text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private sealed class Section(string kind, int port, int portCount, string transport, string[] formats)
    {
        public SdpConnection? Connection { get; set; }
        public List<SdpAttribute> Attributes { get; } = [];

        public MediaDescription ToDescription() => new()
        {
            Kind = kind,
            Port = port,
            PortCount = portCount,
            Transport = transport,
            Formats = formats,
            Connection = Connection,
            Attributes = Attributes,
        };
    }
}
