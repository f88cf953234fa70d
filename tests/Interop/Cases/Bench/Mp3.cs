using Ringwright.Media.Native;

namespace Ringwright.Interop.Cases;

internal static class Mp3
{
    /// <summary>A sine as an MP3 file.</summary>
    public static byte[] Tone(int hertz, int millis, int rate = 24_000)
    {
        var samples = new short[rate * millis / 1_000];
        for (int i = 0; i < samples.Length; i++) samples[i] = (short)(12_000 * Math.Sin(2 * Math.PI * hertz * i / rate));
        Assert.True(Mp3Encoder.TryCreate(rate, channels: 1, out var encoder, out string? problem), problem);
        using (encoder)
        {
            byte[] file = new byte[2 * Mp3Encoder.MostBytes(samples.Length)];
            int length = encoder.Encode(samples, file);
            length += encoder.Finish(file.AsSpan(length));
            encoder.WriteHeader(file);
            return file[..length];
        }
    }
}
