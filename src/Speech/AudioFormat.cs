using System.Buffers.Binary;

namespace Ringwright.Speech;

/// <summary>As WAV files number them.</summary>
internal enum SampleCoding { Linear = 1, ALaw = 6, MuLaw = 7 }

/// <summary>Looks at the first bytes of a file, and mends the sizes that programs leave open when they write WAV to a pipe.</summary>
internal static class AudioFormat
{
    private const int RiffSizeAt = 4, FirstChunkAt = 12, ChunkHeader = 8;

    public static bool IsWav(ReadOnlySpan<byte> file) =>
        file.Length >= FirstChunkAt && file.StartsWith("RIFF"u8) && file[8..12].SequenceEqual("WAVE"u8);

    /// <summary>An ID3 tag, or an MPEG frame: eleven set bits and a layer that is not 0.</summary>
    public static bool IsMp3(ReadOnlySpan<byte> file) =>
        file.StartsWith("ID3"u8) || (file.Length > 2 && file[0] == 0xFF && (file[1] & 0xE0) == 0xE0 && (file[1] & 0x06) != 0);

    /// <summary>The name of a known audio format that is neither WAV nor MP3; null when the bytes tell nothing.</summary>
    public static string? OtherFormat(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("OggS"u8)) return "Ogg";
        if (file.StartsWith("fLaC"u8)) return "FLAC";
        if (file.StartsWith("RIFX"u8) || file.StartsWith("RF64"u8)) return "big-endian or 64-bit WAV";
        if (file.StartsWith("FORM"u8)) return "AIFF";
        if (file.StartsWith(".snd"u8)) return "AU";
        if (file.StartsWith("#!AMR"u8)) return "AMR";
        if (file.Length > 8 && file[4..8].SequenceEqual("ftyp"u8)) return "MP4";
        return null;
    }

    /// <summary>Bare samples of one channel as a file, linear ones of 16 bits, little-endian; half a one at the end is left out.</summary>
    public static byte[] ToWav(ReadOnlySpan<byte> samples, int sampleRate, SampleCoding coding = SampleCoding.Linear)
    {
        const int header = 44;
        int width = coding is SampleCoding.Linear ? sizeof(short) : sizeof(byte);
        samples = samples[..(samples.Length - samples.Length % width)];
        byte[] file = new byte[header + samples.Length];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(RiffSizeAt), file.Length - ChunkHeader);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), (short)coding);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), sampleRate * width);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), (short)width);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), (short)(8 * width));
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), samples.Length);
        samples.CopyTo(file.AsSpan(header));
        return file;
    }

    /// <summary>Sets the sizes of the RIFF and data chunks to what is really there when they claim more.</summary>
    public static void Mend(Span<byte> file)
    {
        if (!IsWav(file)) return;
        Shrink(file, RiffSizeAt, file.Length - ChunkHeader);
        for (long at = FirstChunkAt; at + ChunkHeader <= file.Length;)
        {
            var chunk = file[(int)at..];
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("data"u8))
            {
                Shrink(file, (int)at + 4, chunk.Length - ChunkHeader);
                return;
            }
            at += ChunkHeader + size + (size & 1);
        }
    }

    private static void Shrink(Span<byte> file, int at, int most)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(file[at..]) > most) BinaryPrimitives.WriteUInt32LittleEndian(file[at..], (uint)most);
    }
}
