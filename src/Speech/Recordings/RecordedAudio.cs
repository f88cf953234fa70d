using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ringwright.Calls;
using Ringwright.Media.Native;

namespace Ringwright.Speech.Recordings;

/// <summary>A recording's samples, read piece by piece however long it is.</summary>
internal abstract class RecordedAudio : IDisposable
{
    public const string NoOgg = "recordings in Ogg are not written down: record as wav or mp3";

    /// <summary>In hertz.</summary>
    public int SampleRate { get; protected set; }

    /// <summary>1, or 2 interleaved.</summary>
    public int Channels { get; protected set; }

    /// <summary>Of all channels together, as the file says it before they are read; null where it does not.</summary>
    public long? Samples { get; protected set; }

    /// <exception cref="NotTranscribedException">It cannot be read, for good.</exception>
    /// <exception cref="IOException">From the file.</exception>
    public static async ValueTask<RecordedAudio> OpenAsync(Stream file, RecordFormat format, CancellationToken stop)
    {
        if (format is RecordFormat.Ogg) throw new NotTranscribedException(NoOgg, isForGood: true);
        RecordedAudio audio = format is RecordFormat.Mp3 ? new Mp3() : new Wav();
        try
        {
            await audio.BeginAsync(file, stop);
            if (audio.SampleRate is < 4_000 or > 48_000 || audio.Channels is not (1 or 2)) throw Damaged("is of another kind");
            return audio;
        }
        catch
        {
            audio.Dispose();
            throw;
        }
    }

    /// <summary>Fills <paramref name="into"/>, whose length is a multiple of <see cref="Channels"/>.</summary>
    /// <returns>Samples, fewer only at the end; 0 behind it.</returns>
    public abstract ValueTask<int> ReadAsync(Memory<short> into, CancellationToken stop);

    public virtual void Dispose()
    {
    }

    protected abstract ValueTask BeginAsync(Stream file, CancellationToken stop);

    private static NotTranscribedException Damaged(string how) => new($"the recording's file {how}", isForGood: true);

    /// <summary>16-bit PCM, as media writes it.</summary>
    private sealed class Wav : RecordedAudio
    {
        private const int Pcm = 1, FormatBytes = 16, MostChunks = 64, MostSkipped = 64 * 1024;

        private Stream _file = Stream.Null;
        private byte[] _bytes = [];
        private long _left;

        public override async ValueTask<int> ReadAsync(Memory<short> into, CancellationToken stop)
        {
            int want = (int)Math.Min(_left, into.Length * sizeof(short));
            if (_bytes.Length < want) _bytes = new byte[want];
            int got = await _file.ReadAtLeastAsync(_bytes.AsMemory(0, want), want, throwOnEndOfStream: false, stop);
            _left = got < want ? 0 : _left - got;
            int samples = got / sizeof(short) / Channels * Channels;
            MemoryMarshal.Cast<byte, short>(_bytes.AsSpan(0, samples * sizeof(short))).CopyTo(into.Span);
            return samples;
        }

        protected override async ValueTask BeginAsync(Stream file, CancellationToken stop)
        {
            _file = file;
            var head = await TakeAsync(12, stop);
            if (!head.AsSpan(0, 4).SequenceEqual("RIFF"u8) || !head.AsSpan(8, 4).SequenceEqual("WAVE"u8)) throw Damaged("is no WAV file");
            for (int i = 0; i < MostChunks; i++)
            {
                head = await TakeAsync(8, stop);
                uint length = BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4));
                if (head.AsSpan(0, 4).SequenceEqual("data"u8))
                {
                    (_left, Samples) = (length, length / sizeof(short));
                    return;
                }
                if (length > MostSkipped) break;
                var chunk = await TakeAsync((int)(length + (length & 1)), stop);
                if (!head.AsSpan(0, 4).SequenceEqual("fmt "u8) || length < FormatBytes) continue;
                if (BinaryPrimitives.ReadUInt16LittleEndian(chunk) != Pcm
                    || BinaryPrimitives.ReadUInt16LittleEndian(chunk.AsSpan(14)) != 16)
                    throw Damaged("is of another kind");
                Channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk.AsSpan(2));
                SampleRate = (int)Math.Min(int.MaxValue, BinaryPrimitives.ReadUInt32LittleEndian(chunk.AsSpan(4)));
            }
            throw Damaged("has no audio");
        }

        private async ValueTask<byte[]> TakeAsync(int bytes, CancellationToken stop)
        {
            var into = new byte[bytes];
            if (await _file.ReadAtLeastAsync(into, bytes, throwOnEndOfStream: false, stop) < bytes) throw Damaged("is cut off");
            return into;
        }
    }

    private sealed class Mp3 : RecordedAudio
    {
        private const int Piece = 16 * 1024, BlockSamples = 8 * 1024;

        private readonly byte[] _piece = new byte[Piece];
        private readonly short[] _block = new short[BlockSamples];
        private Stream _file = Stream.Null;
        private Mp3Decoder? _decoder;
        private int _from, _to;
        private bool _needsInput = true, _isOver;

        public override async ValueTask<int> ReadAsync(Memory<short> into, CancellationToken stop)
        {
            int written = 0;
            while (written < into.Length && (_from < _to || await FillAsync(stop)))
            {
                int count = Math.Min(into.Length - written, _to - _from);
                _block.AsSpan(_from, count).CopyTo(into.Span[written..]);
                (_from, written) = (_from + count, written + count);
            }
            return written / Channels * Channels;
        }

        public override void Dispose() => _decoder?.Dispose();

        protected override async ValueTask BeginAsync(Stream file, CancellationToken stop)
        {
            _file = file;
            if (!Mp3Decoder.TryCreate(isMono: false, out _decoder, out string? problem))
                throw new NotTranscribedException(problem.TrimEnd('.'), isForGood: true);
            if (!await FillAsync(stop)) throw Damaged("has no audio");
            (SampleRate, Channels) = (_decoder.SampleRate, _decoder.Channels);
        }

        /// <returns>False when there is no more; a torn end is left out.</returns>
        private async ValueTask<bool> FillAsync(CancellationToken stop)
        {
            while (!_isOver)
            {
                int count = 0;
                if (_needsInput && (count = await _file.ReadAsync(_piece, stop)) == 0) break;
                var step = _decoder!.Step(_piece.AsSpan(0, count), _block, out int written); // since the beginning
                _needsInput = step is Mp3Step.NeedsInput;
                _isOver = step is Mp3Step.Broken;
                (_from, _to) = (0, written);
                if (written > 0) return true;
            }
            _isOver = true;
            return false;
        }
    }
}
