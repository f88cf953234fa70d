using Ringwright.Media.Dsp;

namespace Ringwright.Media.Graph;

/// <summary>Sends a generated tone: digits to a peer that does not take telephone events.</summary>
internal sealed class ToneSource : IFrameSource
{
    private readonly ToneGenerator _generator = new();
    private IAudioEncoder? _encoder;
    private Codec? _codec;

    public void Configure(Codec codec) => (_codec, _encoder) = (codec, codec.CreateEncoder());

    public void Start(int hertz, int secondHertz)
    {
        if (_codec is not null) _generator.Start(hertz, secondHertz, _codec.SampleRate);
    }

    public void Stop() => _generator.Stop();

    public bool TryRead(Span<byte> frame)
    {
        if (_encoder is null || _codec is null) return false;
        Span<short> samples = stackalloc short[_codec.FrameSamples];
        _generator.Read(samples);
        _encoder.Encode(samples, frame);
        return true;
    }
}
