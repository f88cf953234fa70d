using Ringwright.Media.Dsp;

namespace Ringwright.Media.Graph;

/// <summary>What a port sends, at another pitch. Off, which is the rule, it holds and does nothing.</summary>
internal sealed class PitchedFrames
{
    /// <summary>So long there is still something in the shifter when nothing comes any more.</summary>
    private const int TailTicks = 4;

    private Codec? _codec;
    private double? _pitch;
    private PitchShifter? _shifter;
    private IAudioDecoder? _decoder;
    private IAudioEncoder? _encoder;
    private short[] _samples = [];
    private int _quietTicks = TailTicks;

    public bool IsOn => _shifter is not null;

    /// <param name="codec">Of the port's frames.</param>
    public void Configure(Codec codec)
    {
        _codec = codec;
        Prepare();
    }

    /// <param name="pitch">Null leaves what is sent as it is.</param>
    public void Follow(double? pitch)
    {
        if (pitch == _pitch) return;
        _pitch = pitch;
        Prepare();
    }

    /// <summary>What is still to come of what was said is not said.</summary>
    public void Clear()
    {
        if (_quietTicks >= TailTicks) return;
        _shifter?.Clear();
        _quietTicks = TailTicks;
    }

    public void Reset() => (_codec, _pitch, _shifter, _decoder, _encoder, _quietTicks) = (null, null, null, null, null, TailTicks);

    /// <summary>One tick, while it is on.</summary>
    /// <param name="frame">What would be sent, and what is to be.</param>
    /// <param name="hasFrame">False when nothing would be.</param>
    /// <returns>False when nothing is to be, because all has been said.</returns>
    public bool TryShift(Span<byte> frame, bool hasFrame)
    {
        if (_decoder is null || !hasFrame && _quietTicks >= TailTicks) return false;
        if (hasFrame) _decoder.Decode(frame, _samples);
        else Array.Clear(_samples);
        int quiet = _quietTicks;
        Shift(_samples, frame);
        if (!hasFrame) _quietTicks = quiet + 1;
        return true;
    }

    /// <summary>The same of sound that is no frame yet.</summary>
    public void Shift(ReadOnlySpan<short> samples, Span<byte> frame)
    {
        _quietTicks = 0;
        _shifter?.Process(samples, _samples);
        _encoder?.Encode(_samples, frame);
    }

    private void Prepare()
    {
        (_shifter, _decoder, _encoder, _quietTicks) = (null, null, null, TailTicks);
        if (_pitch is not { } pitch || _codec is not { } codec) return;
        (_shifter, _decoder, _encoder) = (new(pitch, codec.SampleRate), codec.CreateDecoder(), codec.CreateEncoder());
        _samples = new short[codec.FrameSamples];
    }
}
