using Ringwright.Core;

namespace Ringwright.Sip.Sdp;

/// <summary>An audio codec as SDP names it.</summary>
/// <param name="StaticType">Its number in RFC 3551 table 4; null when it always needs an rtpmap.</param>
/// <param name="ClockRate">RTP clock: 8000 for G.722 too, an old mistake that RFC 3551 section 4.5.2 keeps.</param>
public sealed record SdpCodec(string Name, byte? StaticType, int ClockRate, int SampleRate)
{
    public CodecChoice With(byte payloadType) => new(Name, payloadType, ClockRate, SampleRate);
}

/// <summary>The codecs that offer/answer knows. A new one is a row here and a codec in Media.</summary>
public static class SdpCodecs
{
    /// <summary>In our order of preference.</summary>
    public static readonly IReadOnlyList<SdpCodec> All =
    [
        new("PCMU", 0, 8_000, 8_000),
        new("PCMA", 8, 8_000, 8_000),
        new("G722", 9, 8_000, 16_000),
    ];

    public static readonly IReadOnlyList<string> DefaultOrder = [.. All.Select(c => c.Name)];

    public static SdpCodec? Find(ReadOnlySpan<char> name)
    {
        foreach (var codec in All)
            if (name.Equals(codec.Name, StringComparison.OrdinalIgnoreCase)) return codec;
        return null;
    }

    /// <summary>The known codecs of a preference list, in its order, each once. All of them when it names none that we know: a preference never empties an offer.</summary>
    public static IReadOnlyList<SdpCodec> Usable(IEnumerable<string> preference)
    {
        List<SdpCodec> usable = [];
        foreach (string name in preference)
            if (Find(name) is { } codec && !usable.Contains(codec)) usable.Add(codec);
        return usable.Count > 0 ? usable : All;
    }
}
