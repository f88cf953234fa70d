using System.Diagnostics.CodeAnalysis;
using Ringwright.Media.Dsp;
using Ringwright.Media.Native;

namespace Ringwright.Streams;

/// <summary>
/// One MP3 file that is decoded as it is played: only the file itself is kept, however long it sounds. What comes after the last good frame
/// is left out. Files of several rates that were put behind each other are played one behind the other.
/// </summary>
internal sealed class Mp3Source : IDisposable
{
    private const int Piece = 16 * 1024, BlockSamples = 4 * 1024;

    private readonly byte[] _file;
    private readonly int _rate;
    private readonly Mp3Decoder _decoder;
    private readonly short[] _block = new short[BlockSamples];
    private Resampler? _resampler;
    private int _resampledRate;
    private short[] _ready = [];
    private int _readyFrom, _readyTo, _fed;
    private bool _needsInput = true, _isOver;

    private Mp3Source(byte[] file, int rate, Mp3Decoder decoder) =>
        (_file, _rate, _decoder, _fed) = (file, rate, decoder, file.Length - Mp3Reader.SoundOf(file).Length);

    public int Bytes => _file.Length;

    /// <summary>It ended before its end.</summary>
    public bool IsTorn { get; private set; }

    /// <param name="rate">Of the samples that are read.</param>
    /// <param name="problem">Why it cannot be played, as a sentence.</param>
    public static bool TryOpen(byte[] file, int rate, [NotNullWhen(true)] out Mp3Source? source, [NotNullWhen(false)] out string? problem)
    {
        source = null;
        if (!Mp3Decoder.TryCreate(isMono: true, out var decoder, out problem, mayChange: true)) return false;
        var opened = new Mp3Source(file, rate, decoder);
        if (Mp3Reader.IsMp3(file) && opened.Fill())
        {
            (source, problem) = (opened, null);
            return true;
        }
        opened.Dispose();
        problem = "The payload is no MP3 file, or no audio can be read from it.";
        return false;
    }

    /// <returns>Samples written; 0 at the end.</returns>
    public int Read(Span<short> into)
    {
        int written = 0;
        while (written < into.Length && (_readyFrom < _readyTo || Fill()))
        {
            int count = Math.Min(into.Length - written, _readyTo - _readyFrom);
            _ready.AsSpan(_readyFrom, count).CopyTo(into[written..]);
            (_readyFrom, written) = (_readyFrom + count, written + count);
        }
        return written;
    }

    public void Dispose() => _decoder.Dispose();

    /// <returns>False when there is no more.</returns>
    private bool Fill()
    {
        while (!_isOver)
        {
            ReadOnlySpan<byte> piece = [];
            if (_needsInput)
            {
                piece = _file.AsSpan(_fed, Math.Min(Piece, _file.Length - _fed));
                _fed += piece.Length;
                _isOver = piece.IsEmpty;
                if (_isOver) break;
            }
            // A step in which the rate changes gives samples of the one before.
            int rate = _decoder.SampleRate;
            var step = _decoder.Step(piece, _block, out int written);
            _needsInput = step is Mp3Step.NeedsInput;
            if (step is Mp3Step.Broken) _isOver = IsTorn = true;
            if (written > 0 && Take(_block.AsSpan(0, written), rate)) return true;
        }
        return false;
    }

    private bool Take(ReadOnlySpan<short> samples, int from)
    {
        int most = (int)(samples.Length * (long)_rate / from) + 2;
        if (_ready.Length < most) _ready = new short[most];
        _readyFrom = 0;
        if (from == _rate)
        {
            samples.CopyTo(_ready);
            _readyTo = samples.Length;
        }
        else
        {
            if (_resampler is null || _resampledRate != from) (_resampler, _resampledRate) = (new(from, _rate), from);
            _readyTo = _resampler.Process(samples, _ready);
        }
        return _readyTo > 0;
    }
}
