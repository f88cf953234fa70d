using Ringwright.Media.Dsp;

namespace Ringwright.Speech.Recognition.Segments;

/// <summary>
/// Cuts what is heard into pieces of speech: one begins a little before the voice does and ends after a pause, or at a quiet place when it
/// grows too long. Silence is in none. Pure: no clock, no I/O; memory is bounded by the longest piece.
/// </summary>
internal sealed class Segmenter
{
    private const int TickMilliseconds = 20;

    private readonly SegmentTerms _terms;
    private readonly VoiceDetector _voice = new();
    private readonly Action<SpeechSegment> _found;
    private readonly int _tick, _before, _most;
    /// <summary>What belongs to the next piece; while nobody speaks, what came just before.</summary>
    private readonly short[] _held;
    private readonly double[] _powers;
    private readonly short[] _partial;
    private int _count, _inPartial;
    private long _heard;
    private bool _isSpeech;

    /// <param name="found">Gets each piece, in order.</param>
    public Segmenter(int sampleRate, SegmentTerms terms, Action<SpeechSegment> found)
    {
        (_terms, _found) = (terms, found);
        _tick = sampleRate * TickMilliseconds / 1000;
        _before = terms.Before / TickMilliseconds * _tick;
        _most = terms.Most / TickMilliseconds * _tick;
        _held = new short[_most];
        _powers = new double[_most / _tick];
        _partial = new short[_tick];
        _voice.Watch(terms.Pause);
    }

    public void Handle(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            int take = Math.Min(samples.Length, _tick - _inPartial);
            samples[..take].CopyTo(_partial.AsSpan(_inPartial));
            _inPartial += take;
            samples = samples[take..];
            if (_inPartial < _tick) return;
            _inPartial = 0;
            Tick();
        }
    }

    /// <summary>Nothing more comes: what is there of a piece is one.</summary>
    public void Finish()
    {
        if (_isSpeech) Cut(_count);
        _isSpeech = false;
    }

    private void Tick()
    {
        if (!_isSpeech && _count >= _before) Forget(_count - _before + _tick);
        _partial.CopyTo(_held, _count);
        _powers[_count / _tick] = Power(_partial);
        _count += _tick;
        _heard += _tick;
        if (_voice.Handle(_partial))
        {
            _isSpeech = _voice.IsTalking;
            if (!_isSpeech) CutPause();
        }
        if (_isSpeech && _count == _most) CutAtQuiet();
    }

    private void CutPause()
    {
        int silence = Math.Max(0, _terms.Pause - _terms.After) / TickMilliseconds * _tick;
        // Where the piece was just cut for its length, nothing but the pause may be left.
        if (_count > silence) Cut(_count - silence);
    }

    private void CutAtQuiet()
    {
        int ticks = _count / _tick, quietest = ticks - 1;
        for (int i = Math.Max(1, ticks - _terms.Seam / TickMilliseconds); i < ticks; i++)
            if (_powers[i] < _powers[quietest]) quietest = i;
        Cut(quietest * _tick);
    }

    private void Cut(int length)
    {
        _found(new(_held[..length], _heard - _count));
        Forget(length);
    }

    private void Forget(int length)
    {
        length = Math.Min(length, _count);
        _held.AsSpan(length, _count - length).CopyTo(_held);
        _powers.AsSpan(length / _tick, (_count - length) / _tick).CopyTo(_powers);
        _count -= length;
    }

    private static double Power(ReadOnlySpan<short> samples)
    {
        double sum = 0;
        foreach (short sample in samples) sum += sample * (double)sample;
        return sum / samples.Length;
    }
}
