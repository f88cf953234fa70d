using System.Runtime.InteropServices;
using Ringwright.Media.Native;

namespace Ringwright.MediaHost;

/// <summary>A finished WAV as MP3.</summary>
internal static class Mp3File
{
    private const int BlockSamples = 16 * 1024;
    private const int FrameHeaderBytes = 4, Mpeg1 = 3;

    /// <summary>
    /// Layer III, by the index in a frame's header: MPEG-1, and MPEG-2 with its lower rates (ISO 11172-3 and 13818-3, section 2.4.2.3).
    /// </summary>
    private static readonly int[] Kilobits = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0],
        LowKilobits = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];

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
            while (Read(source, samples) is > 0 and int count)
                target.Write(frames, 0, encoder.Encode(samples.AsSpan(0, count / channels * channels), frames));
            target.Write(frames, 0, encoder.Finish(frames));
            long length = target.Length;
            int header = encoder.WriteHeader(frames);
            target.Position = 0;
            target.Write(frames, 0, header);
            target.Flush(flushToDisk: true);
            return length;
        }
    }

    /// <summary>
    /// Of a file that <see cref="Convert"/> made, by its constant bit rate:
    /// some tens of milliseconds too long, for the frames that an encoder adds.
    /// </summary>
    public static TimeSpan LengthOf(string mp3)
    {
        using var file = File.OpenRead(mp3);
        Span<byte> header = stackalloc byte[FrameHeaderBytes];
        if (file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) return TimeSpan.Zero;
        int kilobits = ((header[1] >> 3 & 3) == Mpeg1 ? Kilobits : LowKilobits)[header[2] >> 4];
        return kilobits == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(file.Length * 8.0 / kilobits);
    }

    private static int Read(Stream source, short[] into) =>
        source.ReadAtLeast(MemoryMarshal.AsBytes(into.AsSpan()), into.Length * sizeof(short), throwOnEndOfStream: false) / sizeof(short);
}
