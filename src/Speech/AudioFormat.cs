using System.Buffers.Binary;
using Ringwright.Media.Dsp;

namespace Ringwright.Speech;

/// <summary>As WAV files number them.</summary>
internal enum SampleCoding { Linear = 1, ALaw = 6, MuLaw = 7 }

/// <summary>Looks at the first bytes of a file, and mends the sizes that programs leave open when they write WAV to a pipe.</summary>
internal static class AudioFormat
{
    private const int RiffSizeAt = 4, FirstChunkAt = 12, ChunkHeader = 8, BlockAt = 12;

    public static bool IsWav(ReadOnlySpan<byte> file) => WavReader.IsWav(file);

    /// <summary>The name of a known audio format that is neither WAV nor MP3; null when the bytes tell nothing.</summary>
    public static string? OtherFormat(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith("OggS"u8)) return "Ogg";
        if (file.StartsWith("fLaC"u8)) return "FLAC";
        if (file.StartsWith("RIFX"u8)) return "big-endian WAV";
        if (file.StartsWith("FORM"u8)) return "AIFF";
        if (file.StartsWith(".snd"u8)) return "AU";
        if (file.StartsWith("#!AMR"u8)) return "AMR";
        // What browsers record, whatever name it is kept under.
        if (file.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])) return "WebM";
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

    /// <summary>
    /// Sets the sizes of the RIFF and data chunks to what is really there where they claim more, or were never filled in: up to the end, or
    /// to the head of the next file, which may stand behind.
    /// </summary>
    public static void Mend(Span<byte> file)
    {
        for (int from = 0; from >= 0 && IsWav(file[from..]);) from = MendOne(file, from);
    }

    /// <returns>Where the next file begins; -1 where none does.</returns>
    private static int MendOne(Span<byte> file, int from)
    {
        Shrink(file, from + RiffSizeAt, file.Length - from - ChunkHeader, out bool isOpen);
        for (long at = from + FirstChunkAt; at + ChunkHeader <= file.Length;)
        {
            int start = (int)at + ChunkHeader;
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(file[(start - sizeof(uint))..]);
            if (!file[(int)at..].StartsWith("data"u8))
            {
                at += ChunkHeader + (long)size + (size & 1);
                continue;
            }
            // The whole is no longer than the head where nobody has come back to it.
            isOpen |= BinaryPrimitives.ReadUInt32LittleEndian(file[(from + RiffSizeAt)..]) <= start - from - ChunkHeader;
            bool isTooLong = size > file.Length - start;
            int next = NextHead(file, isTooLong ? start : start + (int)size);
            if (isTooLong || size == 0 && isOpen)
            {
                int end = next < 0 ? file.Length : next;
                BinaryPrimitives.WriteInt32LittleEndian(file[(start - sizeof(int))..], end - start);
                BinaryPrimitives.WriteInt32LittleEndian(file[(from + RiffSizeAt)..], end - from - ChunkHeader);
            }
            return next;
        }
        return -1;
    }

    private static int NextHead(ReadOnlySpan<byte> file, int from)
    {
        while (from < file.Length && file[from..].IndexOf("RIFF"u8) is >= 0 and var at)
        {
            from += at;
            if (IsWav(file[from..]) && file[(from + FirstChunkAt)..].StartsWith("fmt "u8)) return from;
            from++;
        }
        return -1;
    }

    /// <summary>
    /// Some servers answer a text with a whole file for each of its sentences, one behind another, of which a reader takes the first alone.
    /// </summary>
    /// <returns>One file with the sound of all that have the first one's form; the same one where there is no other.</returns>
    public static byte[] Join(byte[] file)
    {
        if (ChunksOf(file, 0) is not var (form, sound)) return file;
        var all = new List<Range> { sound };
        while (ChunksOf(file, Behind(file, all[^1])) is var (other, more) && file.AsSpan(other).SequenceEqual(file.AsSpan(form)))
            all.Add(more);
        if (all.Count == 1) return file;
        int head = sound.Start.Value;
        // Half a sample at the end of one would make noise of all behind it.
        int block = file.AsSpan(form) is { Length: > BlockAt + 1 } found
            ? Math.Max(1, (int)BinaryPrimitives.ReadUInt16LittleEndian(found[BlockAt..])) : 1;
        using var whole = new MemoryStream();
        whole.Write(file, 0, head);
        foreach (var one in all)
        {
            var samples = file.AsSpan(one);
            whole.Write(samples[..(samples.Length - samples.Length % block)]);
        }
        byte[] joined = whole.ToArray();
        BinaryPrimitives.WriteInt32LittleEndian(joined.AsSpan(RiffSizeAt), joined.Length - ChunkHeader);
        BinaryPrimitives.WriteInt32LittleEndian(joined.AsSpan(head - sizeof(int)), joined.Length - head);
        return joined;
    }

    /// <summary>Where form and sound of the file stand that begins here; null where none does, and where it is cut off.</summary>
    private static (Range Form, Range Sound)? ChunksOf(ReadOnlySpan<byte> file, int from)
    {
        if (!IsWav(file[from..])) return null;
        var form = 0..0;
        for (long at = from + FirstChunkAt; at + ChunkHeader <= file.Length;)
        {
            var chunk = file[(int)at..];
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (size > chunk.Length - ChunkHeader) return null;
            int start = (int)at + ChunkHeader;
            var inside = start..(start + (int)size);
            if (chunk.StartsWith("data"u8)) return (form, inside);
            if (chunk.StartsWith("fmt "u8)) form = inside;
            at += ChunkHeader + (long)size + (size & 1);
        }
        return null;
    }

    /// <summary>Where the next file may begin: behind the sound, and behind chunks that follow it.</summary>
    private static int Behind(ReadOnlySpan<byte> file, Range sound)
    {
        long at = sound.End.Value;
        // A chunk of odd length has one byte more behind it, which some writers leave out.
        if (((sound.End.Value - sound.Start.Value) & 1) != 0 && !IsWav(file[(int)at..])) at++;
        while (at + ChunkHeader <= file.Length && !IsWav(file[(int)at..]))
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(file[((int)at + 4)..]);
            at += ChunkHeader + (long)size + (size & 1);
        }
        return (int)Math.Min(at, file.Length);
    }

    /// <param name="isOpen">It claimed more.</param>
    private static void Shrink(Span<byte> file, int at, int most, out bool isOpen)
    {
        isOpen = BinaryPrimitives.ReadUInt32LittleEndian(file[at..]) > most;
        if (isOpen) BinaryPrimitives.WriteInt32LittleEndian(file[at..], most);
    }
}
