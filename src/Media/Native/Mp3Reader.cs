using Ringwright.Media.Dsp;

namespace Ringwright.Media.Native;

/// <summary>
/// Reads whole MP3 files into mono 16-bit samples. What comes after the last good frame (a foreign tag, a torn end) is left out. Files of
/// several rates that were put behind each other have the highest of these.
/// </summary>
public static class Mp3Reader
{
    /// <summary>Bytes that the decoder gets at once; it copies them.</summary>
    private const int Piece = 16 * 1024;

    /// <summary>False when the library for it is not installed.</summary>
    public static bool IsAvailable => Mpg123.IsPresent;

    /// <summary>The sentence for then.</summary>
    public static string Missing => Mpg123.Missing;

    /// <summary>
    /// An ID3 tag, or eleven set bits followed by a layer that is not 0; zeros may come before, and little else before frames that follow
    /// each other.
    /// </summary>
    public static bool IsMp3(ReadOnlySpan<byte> file) => Begins(file) || !WavReader.IsWav(file) && Mp3Frames.FirstIn(file) >= 0;

    /// <summary>The file without what stands before its first frame, or its tag: the decoder seeks one for so long, and gives up.</summary>
    public static ReadOnlySpan<byte> SoundOf(ReadOnlySpan<byte> file)
    {
        if (!Begins(file)) file = file[Math.Max(0, Mp3Frames.FirstIn(file))..];
        return file.TrimStart((byte)0);
    }

    public static bool TryRead(ReadOnlySpan<byte> file, out short[] samples, out int sampleRate, out string? detail)
    {
        (samples, sampleRate) = ([], 0);
        file = SoundOf(file);
        if (!Mp3Decoder.TryCreate(isMono: true, out var decoder, out detail, mayChange: true)) return false;
        using (decoder)
        {
            var blocks = new SampleBlocks();
            var ends = new List<(int Rate, int End)>();
            bool isWhole = Run(decoder, file, blocks, ends);
            if (blocks.Count == 0)
            {
                detail = isWhole ? "The MP3 file holds no audio." : "The MP3 file is damaged: no audio frame can be read.";
                return false;
            }
            ends.Add((decoder.SampleRate, blocks.Count));
            int rate = ends.Max(part => part.Rate);
            if (LengthAt(rate, ends) is var length && (length > Limits.Mp3Samples || length / rate >= Limits.PromptSeconds))
            {
                detail = $"The MP3 file is too long: at most {Math.Min(Limits.PromptSeconds, Limits.Mp3Samples / rate)} "
                    + $"seconds can be read at {rate} samples a second.";
                return false;
            }
            (samples, sampleRate) = (ends.Count == 1 ? blocks.ToArray() : Joined(blocks.ToArray(), rate, ends), rate);
            return true;
        }
    }

    private static bool Begins(ReadOnlySpan<byte> file)
    {
        var sound = file.TrimStart((byte)0);
        if (sound.StartsWith("ID3"u8)) return true;
        bool isFrame = sound.Length > 2 && sound[0] == 0xFF && (sound[1] & 0xE0) == 0xE0 && (sound[1] & 0x06) != 0;
        // Behind zeros bare samples look alike: no frame has these numbers for its rates.
        return isFrame && (sound.Length == file.Length || (sound[2] & 0xF0) != 0xF0 && (sound[2] & 0x0C) != 0x0C);
    }

    /// <param name="ends">The rate of each part, and where the part behind it begins.</param>
    private static long LengthAt(int rate, List<(int Rate, int End)> ends)
    {
        long length = 0;
        int from = 0;
        foreach (var (of, end) in ends)
        {
            length += (long)(end - from) * rate / of;
            from = end;
        }
        return length;
    }

    private static short[] Joined(ReadOnlySpan<short> parts, int rate, List<(int Rate, int End)> ends)
    {
        var all = new List<short>();
        int from = 0;
        foreach (var (of, end) in ends)
        {
            all.AddRange(Resampler.Convert(parts[from..end], of, rate));
            from = end;
        }
        return [.. all];
    }

    /// <param name="ends">Gets each rate that ended, and where.</param>
    /// <returns>False when a frame could not be read.</returns>
    private static bool Run(Mp3Decoder decoder, ReadOnlySpan<byte> file, SampleBlocks blocks, List<(int Rate, int End)> ends)
    {
        while (!file.IsEmpty)
        {
            var piece = file[..Math.Min(Piece, file.Length)];
            file = file[piece.Length..];
            var step = Mp3Step.More;
            while (step is Mp3Step.More)
            {
                int rate = decoder.SampleRate;
                step = decoder.Step(piece, blocks.Room, out int written);
                piece = [];
                blocks.Take(written);
                if (rate != decoder.SampleRate && blocks.Count > 0) ends.Add((rate, blocks.Count));
                if (blocks.Count > Limits.Mp3Samples) return true;
            }
            if (step is Mp3Step.Broken) return false;
        }
        return true;
    }

    /// <summary>Grows without copying what it has.</summary>
    private sealed class SampleBlocks
    {
        private const int BlockSamples = 256 * 1024;
        private readonly List<short[]> _full = [];
        private short[] _block = new short[BlockSamples];
        private int _used;

        public int Count => _full.Count * BlockSamples + _used;
        public Span<short> Room => _block.AsSpan(_used);

        public void Take(int written)
        {
            _used += written;
            if (_used < BlockSamples) return;
            _full.Add(_block);
            (_block, _used) = (new short[BlockSamples], 0);
        }

        public short[] ToArray()
        {
            var all = new short[Count];
            for (int i = 0; i < _full.Count; i++) _full[i].CopyTo(all, i * BlockSamples);
            _block.AsSpan(0, _used).CopyTo(all.AsSpan(_full.Count * BlockSamples));
            return all;
        }
    }
}
