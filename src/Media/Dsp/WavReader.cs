using System.Buffers.Binary;

namespace Ringwright.Media.Dsp;

/// <summary>
/// Reads WAV files of any rate, width and channel count into mono 16-bit samples. A file that lies about itself is refused with the reason.
/// </summary>
public static class WavReader
{
    private enum Coding { Integer = 1, Float = 3, ALaw = 6, MuLaw = 7 }

    /// <summary>
    /// Programs that write WAV into a pipe do not know the length and say this much or more (espeak-ng 0x7FFFF000, ffmpeg 0xFFFFFFFF,
    /// servers of voices 2,000,000,000). No file that is read here is so long.
    /// </summary>
    private const uint UnknownLength = 1_000_000_000;

    private readonly record struct Format(Coding Coding, int Channels, int Rate, int SampleBytes)
    {
        public int BlockBytes => Channels * SampleBytes;
    }

    /// <summary>By its head; also with sizes of 64 bits (RF64, EBU Tech 3306, and BW64).</summary>
    public static bool IsWav(ReadOnlySpan<byte> file) => file.Length >= 12 && file[8..12].SequenceEqual("WAVE"u8)
        && (file.StartsWith("RIFF"u8) || file.StartsWith("RF64"u8) || file.StartsWith("BW64"u8));

    public static bool TryRead(ReadOnlySpan<byte> file, out short[] samples, out int sampleRate, out string? detail)
    {
        (samples, sampleRate) = ([], 0);
        detail = Container(file);
        if (detail is not null) return false;

        Format? found = null;
        // Of RF64, whose writers have their sizes there however short the file is.
        ulong? size64 = null;
        int at = 12;
        for (int chunks = 0; ; chunks++)
        {
            if (at + 8 > file.Length || chunks == Limits.WavChunks) return Refuse("The WAV file has no audio (no data chunk).", out detail);
            var name = file.Slice(at, 4);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(file[(at + 4)..]);
            var rest = file[(at + 8)..];
            if (name.SequenceEqual("data"u8))
            {
                if (found is not { } format) return Refuse("The WAV file has audio before its format (data chunk before fmt).", out detail);
                if (length == uint.MaxValue && size64 is { } size && size <= (uint)rest.Length) length = (uint)size;
                return TryAudio(file, at, length, format, out samples, out sampleRate, out detail);
            }
            if (length > rest.Length)
                return Refuse($"The WAV file is cut off: a chunk of {length} bytes has only {rest.Length}.", out detail);
            if (name.SequenceEqual("fmt "u8))
            {
                detail = ReadFormat(rest[..(int)length], out var read);
                if (detail is not null) return false;
                found = read;
            }
            else if (name.SequenceEqual("ds64"u8) && length >= 16) size64 = BinaryPrimitives.ReadUInt64LittleEndian(rest[8..]);
            at = (int)Math.Min(file.Length, at + 8L + length);
            if ((length & 1) != 0 && !IsChunk(file[at..])) at = Math.Min(file.Length, at + 1);
        }
    }

    /// <summary>A chunk of odd length has one byte more behind it, which some writers leave out.</summary>
    private static bool IsChunk(ReadOnlySpan<byte> next) => next.StartsWith("fmt "u8) || next.StartsWith("data"u8);

    private static string? Container(ReadOnlySpan<byte> file)
    {
        if (file.IsEmpty) return "The file is empty.";
        if (IsWav(file)) return null;
        if (file.StartsWith("RIFX"u8)) return "This kind of WAV file (RIFX) is not supported.";
        if (file.StartsWith("ID3"u8) || (file.Length > 1 && file[0] == 0xFF && (file[1] & 0xE0) == 0xE0))
            return "This looks like MP3; only WAV is supported.";
        if (file.StartsWith("OggS"u8)) return "This looks like Ogg; only WAV is supported.";
        return "This is no WAV file (no RIFF/WAVE header).";
    }

    private static string? ReadFormat(ReadOnlySpan<byte> chunk, out Format format)
    {
        format = default;
        if (chunk.Length < 16) return $"The WAV format chunk is too short ({chunk.Length} bytes).";
        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk);
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        int block = BinaryPrimitives.ReadUInt16LittleEndian(chunk[12..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        if (tag == 0xFFFE)
        {
            // WAVE_FORMAT_EXTENSIBLE: the real tag begins the sub-format GUID.
            if (chunk.Length < 40) return "The WAV file's extensible format is cut off.";
            if (!chunk[26..40].SequenceEqual((ReadOnlySpan<byte>)[0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]))
                return "The WAV file's extensible format is unknown.";
            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);
        }
        if (channels is 0 or > Limits.WavChannels)
            return $"A WAV file with {channels} channels is not supported (1 to {Limits.WavChannels}).";
        if (rate is < Limits.MinimumWavRate or > Limits.MaximumWavRate)
            return $"A WAV file of {rate} samples a second is not supported ({Limits.MinimumWavRate} to {Limits.MaximumWavRate}).";
        // Some write 1, nothing, or the bytes of one channel: then channels and bits say how large a block is.
        int least = channels * ((bits + 7) / 8);
        if (block < least && (block <= 1 || block == least / channels)) block = least;
        if (block == 0 || block % channels != 0) return $"The WAV file's block size ({block}) does not fit {channels} channels.";

        int bytes = block / channels;
        bool isKnown = (Coding)tag switch
        {
            Coding.Integer => bytes is >= 1 and <= 4 && bits > 8 * (bytes - 1) && bits <= 8 * bytes,
            Coding.Float => (bytes, bits) is (4, 32) or (8, 64),
            Coding.ALaw or Coding.MuLaw => (bytes, bits) is (1, 8),
            _ => false,
        };
        if (!isKnown) return $"A WAV file with format {tag}, {bits} bits and {bytes} bytes per sample is not supported.";
        format = new((Coding)tag, channels, (int)rate, bytes);
        return null;
    }

    /// <param name="at">Where the data chunk begins.</param>
    private static bool TryAudio(ReadOnlySpan<byte> file, int at, uint length, Format format, out short[] samples,
        out int sampleRate, out string? detail)
    {
        (samples, sampleRate, detail) = ([], 0, null);
        var rest = file[(at + 8)..];
        uint whole = BinaryPrimitives.ReadUInt32LittleEndian(file[4..]);
        // A header that was written before the sound and never again says that the file ends with it: its length counts from byte 8 on,
        // as the place of the chunk's does without the chunk's own head.
        bool isUnfinished = length == 0 && (whole <= at || whole >= UnknownLength);
        bool isPiped = length >= UnknownLength || isUnfinished;
        bool isTooLong = length > rest.Length;
        // Nothing is missing where the outer length ends with the file, or where the file's own stands in place of the sound's; whoever
        // counted the heads among the sound is off by no more than these.
        bool isWhole = (whole + 8L == file.Length || length == file.Length) && length - rest.Length <= at + 8;
        if (!isPiped && isTooLong && !isWhole)
            return Refuse($"The WAV file is cut off: it says {length} bytes of audio and has {rest.Length}.", out detail);
        var audio = isPiped || isTooLong ? rest : rest[..(int)length];
        int count = audio.Length / format.BlockBytes;
        if (count == 0) return Refuse("The WAV file has no audio.", out detail);
        if (count / format.Rate >= Limits.PromptSeconds)
            return Refuse($"The WAV file is longer than {Limits.PromptSeconds} seconds.", out detail);

        samples = new short[count];
        for (int i = 0; i < count; i++)
        {
            double sum = 0;
            for (int channel = 0; channel < format.Channels; channel++)
                sum += Sample(audio[(i * format.BlockBytes + channel * format.SampleBytes)..], format);
            samples[i] = (short)Math.Clamp(Math.Round(sum / format.Channels), short.MinValue, short.MaxValue);
        }
        sampleRate = format.Rate;
        return true;
    }

    /// <summary>One sample on the scale of 16 bits.</summary>
    private static double Sample(ReadOnlySpan<byte> from, Format format) => (format.Coding, format.SampleBytes) switch
    {
        (Coding.Integer, 1) => (from[0] - 128) * 256,
        (Coding.Integer, 2) => BinaryPrimitives.ReadInt16LittleEndian(from),
        (Coding.Integer, 3) => (from[0] << 8 | from[1] << 16 | from[2] << 24) / 65536.0,
        (Coding.Integer, _) => BinaryPrimitives.ReadInt32LittleEndian(from) / 65536.0,
        (Coding.Float, 4) => Finite(BinaryPrimitives.ReadSingleLittleEndian(from)) * 32767,
        (Coding.Float, _) => Finite(BinaryPrimitives.ReadDoubleLittleEndian(from)) * 32767,
        (Coding.ALaw, _) => Pcma.Expand(from[0]),
        _ => Pcmu.Expand(from[0]),
    };

    private static double Finite(double value) => double.IsFinite(value) ? Math.Clamp(value, -1, 1) : 0;

    private static bool Refuse(string reason, out string? detail)
    {
        detail = reason;
        return false;
    }
}
