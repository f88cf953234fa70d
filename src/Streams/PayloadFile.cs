using System.Buffers.Binary;

namespace Ringwright.Streams;

/// <summary>
/// Files where bare samples are wanted: services of voices give them, and applications hand them on as they are. Played as samples they
/// are a crack, or noise as loud as can be.
/// </summary>
internal static class PayloadFile
{
    public const string Wav = "WAV";

    private const int HeadBytes = 12, ChunkBytes = 8, FormatBytes = 16, MostChunks = 16;

    /// <summary>What kind of file it is; null for what is none.</summary>
    public static string? KindOf(ReadOnlySpan<byte> payload)
    {
        if (payload.Length < HeadBytes) return null;
        if (payload.StartsWith("RIFF"u8) && payload[8..HeadBytes].SequenceEqual("WAVE"u8)) return Wav;
        if (payload.StartsWith("OggS\0"u8)) return "Ogg";
        // By its tag of version 2.2 to 2.4: without one its first bytes may as well be samples.
        return payload.StartsWith("ID3"u8) && payload[3] is >= 2 and <= 4 && payload[4] == 0 ? "MP3" : null;
    }

    /// <summary>Where the head of a WAV file stands behind other bytes: each sentence may have a file of its own; -1 for nowhere.</summary>
    public static int HeadBehind(ReadOnlySpan<byte> payload)
    {
        int from = 1;
        while (from < payload.Length && payload[from..].IndexOf("RIFF"u8) is >= 0 and var at)
        {
            from += at;
            if (KindOf(payload[from..]) is Wav && payload[(from + HeadBytes)..].StartsWith("fmt "u8)) return from;
            from++;
        }
        return -1;
    }

    /// <summary>The samples of a WAV file, or of its beginning. False when they are not coded as the stream is.</summary>
    public static bool TryRead(ReadOnlySpan<byte> wav, StreamCodec codec, out ReadOnlySpan<byte> samples)
    {
        samples = default;
        bool isSame = false;
        long at = HeadBytes;
        for (int chunks = 0; chunks < MostChunks && at + ChunkBytes <= wav.Length; chunks++)
        {
            var chunk = wav[(int)at..];
            var body = chunk[ChunkBytes..];
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("data"u8))
            {
                // Where nobody knew how long it would be, or the rest comes in further frames: all that is there.
                samples = length > 0 && length < body.Length ? body[..(int)length] : body;
                return isSame;
            }
            if (chunk.StartsWith("fmt "u8) && body.Length >= FormatBytes) isSame = IsSame(body, codec);
            at += ChunkBytes + length + (length & 1);
        }
        return false;
    }

    private static bool IsSame(ReadOnlySpan<byte> format, StreamCodec codec) =>
        BinaryPrimitives.ReadUInt16LittleEndian(format) == codec.WavTag
        && BinaryPrimitives.ReadUInt16LittleEndian(format[2..]) == 1
        && BinaryPrimitives.ReadUInt32LittleEndian(format[4..]) == codec.SampleRate
        && BinaryPrimitives.ReadUInt16LittleEndian(format[14..]) == codec.WavBits;
}
