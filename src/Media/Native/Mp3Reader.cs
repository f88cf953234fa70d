namespace Ringwright.Media.Native;

/// <summary>
/// Reads whole MP3 files into mono 16-bit samples. What comes after the last good frame (a foreign tag, a torn end) is left out.
/// </summary>
public static class Mp3Reader
{
    /// <summary>Bytes that the decoder gets at once; it copies them.</summary>
    private const int Piece = 16 * 1024;

    /// <summary>False when the library for it is not installed.</summary>
    public static bool IsAvailable => Mpg123.IsPresent;

    /// <summary>The sentence for then.</summary>
    public static string Missing => Mpg123.Missing;

    /// <summary>An ID3 tag, or eleven set bits followed by a layer that is not 0.</summary>
    public static bool IsMp3(ReadOnlySpan<byte> file) =>
        file.StartsWith("ID3"u8) || (file.Length > 2 && file[0] == 0xFF && (file[1] & 0xE0) == 0xE0 && (file[1] & 0x06) != 0);

    public static bool TryRead(ReadOnlySpan<byte> file, out short[] samples, out int sampleRate, out string? detail)
    {
        (samples, sampleRate) = ([], 0);
        if (!Mp3Decoder.TryCreate(isMono: true, out var decoder, out detail)) return false;
        using (decoder)
        {
            var blocks = new SampleBlocks();
            bool isWhole = Run(decoder, file, blocks);
            if (blocks.Count == 0)
            {
                detail = isWhole ? "The MP3 file holds no audio." : "The MP3 file is damaged: no audio frame can be read.";
                return false;
            }
            if (blocks.Count > Limits.Mp3Samples || blocks.Count / decoder.SampleRate >= Limits.PromptSeconds)
            {
                detail = $"The MP3 file is too long: at most {Math.Min(Limits.PromptSeconds, Limits.Mp3Samples / decoder.SampleRate)} "
                    + $"seconds can be read at {decoder.SampleRate} samples a second.";
                return false;
            }
            (samples, sampleRate) = (blocks.ToArray(), decoder.SampleRate);
            return true;
        }
    }

    /// <returns>False when a frame could not be read.</returns>
    private static bool Run(Mp3Decoder decoder, ReadOnlySpan<byte> file, SampleBlocks blocks)
    {
        while (!file.IsEmpty)
        {
            var piece = file[..Math.Min(Piece, file.Length)];
            file = file[piece.Length..];
            var step = Mp3Step.More;
            while (step is Mp3Step.More)
            {
                step = decoder.Step(piece, blocks.Room, out int written);
                piece = [];
                blocks.Take(written);
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
