namespace Ringwright.Sip.Sdp;

/// <summary>What an rtpmap means (RFC 8866 section 6.6), also where it is not word-perfect but its meaning is plain.</summary>
internal static class RtpMap
{
    /// <summary>Letters and digits that are looked at, more than any known name has; and parts between slashes, with the rest.</summary>
    private const int MostLetters = 32, MostParts = 4;

    /// <summary>Encodings that are none of ours, whatever their number: RFC 3551 tables 4 and 5, and what phones offer beside.</summary>
    private static readonly HashSet<string> Others = new(StringComparer.Ordinal)
    {
        "GSM", "GSMEFR", "GSMHR08", "G719", "G721", "G7221", "G723", "G728", "G729", "G729D", "G729E", "G729A", "G729B", "G729AB", "G7291",
        "G711", "G7111", "G726", "G72616", "G72624", "G72632", "G72640", "AAL2G72616", "AAL2G72624", "AAL2G72632", "AAL2G72640",
        "DVI4", "LPC", "QCELP", "MPA", "VDVI", "CN", "ILBC", "ISAC", "SPEEX", "SILK", "AMR", "AMRWB", "EVS", "EVRC", "EVRC0", "EVRCB",
        "BV16", "BV32", "L8", "L20", "L24", "LYRA", "CODEC2", "MP4ALATM", "MPEG4GENERIC", "RED", "TONE", "CLEARMODE", "XCLEARMODE", "T38",
        "ULPFEC",
    };

    /// <summary>What stacks write for three of ours.</summary>
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.Ordinal)
    {
        ["ULAW"] = "PCMU", ["MULAW"] = "PCMU", ["G711U"] = "PCMU", ["G711ULAW"] = "PCMU", ["G711MU"] = "PCMU", ["G711MULAW"] = "PCMU",
        ["ALAW"] = "PCMA", ["G711A"] = "PCMA", ["G711ALAW"] = "PCMA",
    };

    /// <summary>
    /// The meaning of one line for a payload type. Each call asks for each of its lines, and some times over: no text is made of what is
    /// known. Null when it is no line for this type, or says nothing that could be read.
    /// </summary>
    /// <param name="isKnown">Somebody knows an encoding of this name, if not we.</param>
    public static RtpFormat? Read(ReadOnlySpan<char> line, byte type, out bool isKnown)
    {
        isKnown = false;
        line = line.Trim();
        int space = line.IndexOfAny(' ', '\t');
        if (space < 0 || !RtpFormat.TryType(line[..space], out byte mapped) || mapped != type) return null;
        var said = line[space..];
        Span<Range> parts = stackalloc Range[MostParts];
        parts = parts[..said.Split(parts, '/', StringSplitOptions.TrimEntries)];
        Span<char> letters = stackalloc char[MostLetters];
        var plain = Plain(said[parts[0]], letters);
        if (plain.IsEmpty) return null;
        int clock = Number(said, parts, 1), channels = Number(said, parts, 2);
        if (plain.TrimEnd('S') is "TELEPHONEEVENT")
        {
            isKnown = true;
            // RFC 4733 section 2.1: what counts time in 8000ths is the default of all senders that do not say.
            return new(type, RtpFormat.TelephoneEvent, clock > 0 ? clock : EventClock, 1, IsMapped: true);
        }
        bool isAlias = Aliases.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(plain, out string? meant);
        ReadOnlySpan<char> name = isAlias ? meant : plain;
        isKnown = Others.GetAlternateLookup<ReadOnlySpan<char>>().Contains(name);
        foreach (var codec in SdpCodecs.All)
        {
            if (!name.SequenceEqual(codec.Name)) continue;
            isKnown = true;
            if (Means(codec, type, clock, channels)) return new(type, codec.Name, codec.ClockRate, codec.Channels, IsMapped: true);
        }
        return new(type, said[parts[0]].ToString(), clock, Math.Max(1, channels), IsMapped: true);
    }

    /// <summary>The number that a line is of; null when it is of none.</summary>
    public static byte? TypeOf(ReadOnlySpan<char> line)
    {
        line = line.Trim();
        int space = line.IndexOfAny(' ', '\t');
        return space > 0 && RtpFormat.TryType(line[..space], out byte type) ? type : null;
    }

    /// <summary>The meaning of a number that no line gives one: RFC 3551 table 4.</summary>
    public static RtpFormat? OfNumber(byte type)
    {
        foreach (var codec in SdpCodecs.All)
            if (codec.StaticType == type) return new(type, codec.Name, codec.ClockRate, codec.Channels, IsMapped: false);
        return null;
    }

    public const int EventClock = 8_000;

    private static bool Means(SdpCodec codec, byte type, int clock, int channels)
    {
        // Under the number that is the codec's own there is one clock and one channel, whatever the line says.
        if (codec.StaticType == type) return true;
        // RFC 7587 section 7: Opus says 2 always, and one who says 1 or nothing sends the same.
        bool isChannels = codec.Channels == 2 ? channels is 0 or 1 or 2 : channels is 0 or 1;
        if (!isChannels) return false;
        return clock == codec.ClockRate
            // L16 alone has several.
            || clock == 0 && codec.Name != "L16"
            // RFC 3551 section 4.5.2: its clock is 8000 though it samples at 16000, which half of the world says instead.
            || codec.Name == "G722" && clock == codec.SampleRate;
    }

    /// <summary>Letters and digits in upper case. A name with too many of them is nobody's, and ends in what is neither.</summary>
    private static ReadOnlySpan<char> Plain(ReadOnlySpan<char> name, Span<char> into)
    {
        int count = 0;
        foreach (char at in name)
        {
            if (!char.IsAsciiLetterOrDigit(at)) continue;
            if (count == into.Length)
            {
                into[^1] = '?';
                break;
            }
            into[count++] = char.ToUpperInvariant(at);
        }
        return into[..count];
    }

    /// <summary>The digits that a part begins with; 0 when it has none.</summary>
    private static int Number(ReadOnlySpan<char> said, ReadOnlySpan<Range> parts, int index)
    {
        if (index >= parts.Length) return 0;
        var digits = said[parts[index]];
        int end = digits.IndexOfAnyExceptInRange('0', '9');
        return RtpFormat.TryNumber(end < 0 ? digits : digits[..end], out int number) ? number : 0;
    }
}
