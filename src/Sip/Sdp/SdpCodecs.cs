using Ringwright.Core;

namespace Ringwright.Sip.Sdp;

/// <summary>An audio codec as SDP names it.</summary>
/// <param name="StaticType">Its number in RFC 3551 table 4; null when it always needs an rtpmap.</param>
/// <param name="ClockRate">RTP clock: 8000 for G.722 too, an old mistake that RFC 3551 section 4.5.2 keeps.</param>
public sealed record SdpCodec(string Name, byte? StaticType, int ClockRate, int SampleRate)
{
    /// <summary>What rtpmap says; Opus has 2 always (RFC 7587 section 7).</summary>
    public int Channels { get; init; } = 1;
    /// <summary>The number that our offers give it when there is none by the standard and this one is free.</summary>
    public byte UsualType { get; init; } = 96;
    /// <summary>Format parameters of our offers and answers.</summary>
    public string? Parameters { get; init; }

    /// <summary>"PCMU/8000", "opus/48000/2"</summary>
    public string Encoding => Channels == 1 ? $"{Name}/{ClockRate}" : $"{Name.ToLowerInvariant()}/{ClockRate}/{Channels}";

    public CodecChoice With(byte payloadType) => new(Name, payloadType, ClockRate, SampleRate);
}

/// <summary>The codecs that offer/answer knows. A new one is a row here and a codec in Media.</summary>
public static class SdpCodecs
{
    /// <summary>Those that every leg may use, in our order of preference; and those that only a preference brings in.</summary>
    private static readonly IReadOnlyList<SdpCodec> Usual =
    [
        new("PCMU", 0, 8_000, 8_000),
        new("PCMA", 8, 8_000, 8_000),
        new("G722", 9, 8_000, 16_000),
    ];
    private static readonly SdpCodec[] Table =
    [
        .. Usual,
        new("OPUS", null, 48_000, 16_000)
        {
            Channels = 2, UsualType = 111, Parameters = "maxplaybackrate=16000;sprop-maxcapturerate=16000"
        },
        new("L16", null, 16_000, 16_000) { UsualType = 97 },
        new("L16", null, 8_000, 8_000) { UsualType = 98 },
    ];

    public static readonly IReadOnlyList<string> DefaultOrder = [.. Usual.Select(c => c.Name)];

    public static readonly IReadOnlyList<string> AllNames = [.. Table.Select(c => c.Name).Distinct()];

    internal static ReadOnlySpan<SdpCodec> All => Table;

    /// <summary>All that this leg can make sense of: what it prefers, what it speaks beside, and the usual ones.</summary>
    internal static IReadOnlyList<SdpCodec> Known(LocalMedia local)
    {
        List<SdpCodec> known = [];
        AddTo(known, local.Codecs);
        AddTo(known, local.Spoken);
        foreach (var codec in Usual)
            if (!known.Contains(codec)) known.Add(codec);
        return known;
    }

    /// <summary>The encodings of a section in upper case, in its order, ours and others; those without a name are left out.</summary>
    public static IEnumerable<string> NamesIn(MediaDescription audio) =>
        RtpFormat.Of(audio).Select(format => format.Name.Length > 0 ? format.Name.ToUpperInvariant() : format.PayloadType switch
        {
            // RFC 3551 table 4, of those that we do not speak
            3 => "GSM",
            4 => "G723",
            13 => "CN",
            18 => "G729",
            _ => "",
        }).Where(name => name.Length > 0);

    public static SdpCodec? Find(CodecChoice chosen)
    {
        foreach (var codec in All)
            if (codec.Name == chosen.Name && codec.ClockRate == chosen.ClockRate) return codec;
        return null;
    }

    /// <summary>
    /// The known codecs of a preference list, in its order, each once. A name may stand for several rates.
    /// The usual ones when it names none that we know: a preference never empties an offer.
    /// </summary>
    public static IReadOnlyList<SdpCodec> Usable(IEnumerable<string> preference)
    {
        List<SdpCodec> usable = [];
        AddTo(usable, preference);
        return usable.Count > 0 ? usable : Usual;
    }

    // Each call asks, some of them several times: no set is made, for there are six.
    private static void AddTo(List<SdpCodec> codecs, IEnumerable<string> preference)
    {
        foreach (string name in preference)
            foreach (var codec in All)
                if (name.Equals(codec.Name, StringComparison.OrdinalIgnoreCase) && !codecs.Contains(codec)) codecs.Add(codec);
    }
}
