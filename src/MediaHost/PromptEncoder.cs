using Ringwright.Calls;
using Ringwright.Media;
using Ringwright.Media.Dsp;
using Ringwright.Media.Native;

namespace Ringwright.MediaHost;

/// <summary>Decodes WAV and MP3 files, resamples and encodes prompts by Media's own codecs.</summary>
public sealed class PromptEncoder : IPromptEncoder
{
    private const int ToneRate = 16_000, Mp3Rate = 24_000;

    public DecodedAudio Decode(ReadOnlySpan<byte> file)
    {
        var shelled = WavShell.Mp3Of(file);
        if (!shelled.IsEmpty) file = shelled;
        bool isMp3 = !shelled.IsEmpty || Mp3Reader.IsMp3(file);
        if (isMp3 && !Mp3Reader.IsAvailable) return DecodedAudio.Failed(PromptFailure.UnsupportedFormat, Mp3Reader.Missing);
        bool isRead = isMp3 ? Mp3Reader.TryRead(file, out short[] samples, out int rate, out string? detail)
            : WavReader.TryRead(file, out samples, out rate, out detail);
        return isRead ? DecodedAudio.Of(samples, rate) : DecodedAudio.Failed(PromptFailure.BadAudio, detail ?? "It is damaged.");
    }

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

    public byte[]? EncodeMp3(ReadOnlySpan<short> samples, int sampleRate, out string? missing)
    {
        if (!Mp3Encoder.TryCreate(Mp3Rate, 1, out var encoder, out missing)) return null;
        using (encoder)
        {
            short[] resampled = Resampler.Convert(samples, sampleRate, Mp3Rate);
            byte[] file = new byte[Mp3Encoder.MostBytes(resampled.Length) + Mp3Encoder.MostBytes(0)];
            int length = encoder.Encode(resampled, file);
            length += encoder.Finish(file.AsSpan(length));
            encoder.WriteHeader(file);
            return file[..length];
        }
    }

    public short[] Render(PromptSource.Tone tone) =>
        ToneGenerator.Render(tone.Hertz, tone.SecondHertz, tone.OnMilliseconds, tone.OffMilliseconds, tone.TotalMilliseconds, ToneRate);
}
