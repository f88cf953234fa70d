using System.Runtime.InteropServices;
using Ringwright.Media.Native;

namespace Ringwright.MediaHost;

/// <summary>A finished WAV as MP3.</summary>
internal static class Mp3File
{
    private const int BlockSamples = 16 * 1024;

    /// <param name="skip">Bytes before the samples.</param>
    /// <returns>Bytes of the MP3.</returns>
    /// <exception cref="NotSupportedException">There is no library for it, or it does not know the rate.</exception>
    public static long Convert(string wav, int skip, string mp3, int rate, int channels)
    {
        if (!Mp3Encoder.TryCreate(rate, channels, out var encoder, out string? problem)) throw new NotSupportedException(problem);
        using (encoder)
        {
            using var source = File.OpenRead(wav);
            using var target = File.Create(mp3);
            source.Position = skip;
            var samples = new short[BlockSamples];
            var frames = new byte[Mp3Encoder.MostBytes(BlockSamples)];
            while (Read(source, samples) is > 0 and int count) target.Write(frames, 0, encoder.Encode(samples.AsSpan(0, count / channels * channels), frames));
            target.Write(frames, 0, encoder.Finish(frames));
            long length = target.Length;
            int header = encoder.WriteHeader(frames);
            target.Position = 0;
            target.Write(frames, 0, header);
            target.Flush(flushToDisk: true);
            return length;
        }
    }

    private static int Read(Stream source, short[] into) => source.ReadAtLeast(MemoryMarshal.AsBytes(into.AsSpan()), into.Length * sizeof(short), throwOnEndOfStream: false) / sizeof(short);
}
