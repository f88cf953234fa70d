using Ringwright.Calls;
using Ringwright.Media;

namespace Ringwright.Streams;

/// <summary>How audio may be coded on a media stream; whoever takes an order asks here before it is accepted.</summary>
public static class StreamFormats
{
    internal const string Linear = "L16", Opus = "OPUS", Wide = "G722";

    /// <summary>
    /// G722 is 16 kHz of audio under an RTP clock of 8 (RFC 3551 section 4.5.2), and is known by either; Opus packets say themselves how
    /// wide they are.
    /// </summary>
    private static readonly (string Encoding, int[] Rates)[] Known =
    [
        ("PCMU", [8_000]), ("PCMA", [8_000]), (Wide, [8_000, 16_000]), (Linear, [8_000, 16_000, 24_000, 48_000]), (Opus, [8_000, 16_000]),
    ];

    public static bool IsSupported(StreamFormat format) => ProblemOf(format) is null;

    /// <summary>MP3 files can be played on this node. Where they cannot, each is answered by an error frame.</summary>
    public static bool HasMp3 => Media.Native.Mp3Reader.IsAvailable;

    /// <returns>Why not, as one sentence for the customer; null when it is supported.</returns>
    public static string? ProblemOf(StreamFormat format)
    {
        int[]? rates = Known.FirstOrDefault(k => Is(k.Encoding, format)).Rates;
        if (rates is null) return $"{format.Encoding} is not built; there are {string.Join(", ", Known.Select(k => k.Encoding))}.";
        if (!rates.Contains(format.SampleRate))
            return $"{format.Encoding} at {format.SampleRate} Hz is not built; there is {string.Join(", ", rates)}.";
        return Is(Opus, format) && !Codecs.HasOpus ? "OPUS needs the library libopus.so.0, which is not installed here." : null;
    }

    private static bool Is(string encoding, StreamFormat format) => encoding.Equals(format.Encoding, StringComparison.OrdinalIgnoreCase);
}
