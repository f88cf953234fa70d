using Ringwright.Calls;
using Ringwright.Media;
using Ringwright.Media.Dsp;

namespace Ringwright.MediaHost;

/// <summary>Decodes WAV files, resamples and encodes prompts by Media's own codecs.</summary>
public sealed class PromptEncoder : IPromptEncoder
{
    private const int ToneRate = 16_000;

    public bool TryDecode(ReadOnlySpan<byte> wav, out short[] samples, out int sampleRate, out string? detail) =>
        WavReader.TryRead(wav, out samples, out sampleRate, out detail);

    public byte[] Encode(ReadOnlySpan<short> samples, int sampleRate, string codec)
    {
        var to = Codecs.Find(codec) ?? throw new ArgumentException($"There is no codec {codec}.", nameof(codec));
        short[] resampled = Resampler.Convert(samples, sampleRate, to.SampleRate);
        int frames = (resampled.Length + to.FrameSamples - 1) / to.FrameSamples;
        Array.Resize(ref resampled, frames * to.FrameSamples);
        var encoded = new byte[frames * to.FrameBytes];
        to.CreateEncoder().Encode(resampled, encoded);
        return encoded;
    }

    public short[] Render(PromptSource.Tone tone) =>
        ToneGenerator.Render(tone.Hertz, tone.SecondHertz, tone.OnMilliseconds, tone.OffMilliseconds, tone.TotalMilliseconds, ToneRate);
}
