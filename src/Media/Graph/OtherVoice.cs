using Ringwright.Media.Dsp;

namespace Ringwright.Media.Graph;

/// <summary>
/// The decoders of what a peer speaks beside the codec that a port sends: its samples at the port's rate. Each is made with the first
/// packet that needs it; after that nothing is allocated.
/// </summary>
internal sealed class OtherVoice : IDisposable
{
    private readonly Voice?[] _voices = new Voice?[Codecs.All.Count];
    private short[] _decoded = [];
    private int _sampleRate;

    public void Configure(int sampleRate)
    {
        Dispose();
        _sampleRate = sampleRate;
    }

    /// <summary>How many samples at the port's rate a payload holds.</summary>
    public int Samples(byte format, ReadOnlySpan<byte> payload) =>
        Math.Clamp(Codecs.All[format].Samples(payload) * _sampleRate / Codecs.All[format].SampleRate, 1, Limits.PacketSamples);

    /// <param name="into">As long as <see cref="Samples"/> says.</param>
    public void Decode(byte format, ReadOnlySpan<byte> payload, Span<short> into)
    {
        if (_decoded.Length == 0) _decoded = new short[Limits.PacketSamples];
        var codec = Codecs.All[format];
        var voice = _voices[format] ??= new(codec, _sampleRate);
        int samples = voice.Decoder.Decode(payload, _decoded), most = into.Length * codec.SampleRate / _sampleRate;
        samples = Math.Min(samples, most - most % Math.Max(1, codec.SampleRate / _sampleRate));      // the resampler keeps nothing back
        var decoded = _decoded.AsSpan(0, samples);
        int written = samples;
        if (voice.Resampler is { } resampler) written = resampler.Process(decoded, into);
        else decoded.CopyTo(into);
        into[written..].Clear();
    }

    public void Dispose()
    {
        foreach (var voice in _voices) (voice?.Decoder as IDisposable)?.Dispose();
        Array.Clear(_voices);
    }

    private sealed class Voice(Codec codec, int sampleRate)
    {
        public IAudioDecoder Decoder { get; } = codec.CreateDecoder();
        public Resampler? Resampler { get; } = codec.SampleRate == sampleRate ? null : new(codec.SampleRate, sampleRate);
    }
}
