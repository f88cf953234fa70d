using Ringwright.Calls;
using Ringwright.Media.Dsp;

namespace Ringwright.Media.Graph;

/// <summary>Lets a waiting caller hear that the far end rings.</summary>
internal sealed class RingSource : IFrameSource
{
    private readonly ToneGenerator _generator = new();
    private RingTone? _tone;
    private Codec? _codec;
    private IAudioEncoder? _encoder;
    private int _part, _ticksLeft;

    public void Configure(Codec codec)
    {
        (_codec, _encoder) = (codec, codec.CreateEncoder());
        Begin(_tone);
    }

    /// <summary>Begins at the first ring; null falls silent.</summary>
    public void Begin(RingTone? tone) => (_tone, _part, _ticksLeft) = (tone is { Cadence.Count: > 0 } ? tone : null, -1, 0);

    public bool TryRead(Span<byte> frame)
    {
        if (_tone is not { } tone || _codec is not { } codec || _encoder is null) return false;
        if (_ticksLeft-- <= 0) Next(tone, codec);
        Span<short> samples = stackalloc short[codec.FrameSamples];
        _generator.Read(samples);
        _encoder.Encode(samples, frame);
        return true;
    }

    private void Next(RingTone tone, Codec codec)
    {
        _part = (_part + 1) % tone.Cadence.Count;
        _ticksLeft = Math.Max(1, tone.Cadence[_part] / Limits.TickMilliseconds) - 1;
        if (_part % 2 == 0) _generator.Start(tone.Hertz, tone.SecondHertz, codec.SampleRate);
        else _generator.Stop();
    }
}
