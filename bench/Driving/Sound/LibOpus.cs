using System.Runtime.InteropServices;

namespace Ringwright.Bench.Driving.Sound;

/// <summary>libopus, as far as the driver's phones need it: a tone in, a tone out. Its own few lines, apart from the program's.</summary>
internal static unsafe partial class LibOpus
{
    private const string Name = "libopus.so.0";
    private const int Rate = 48_000, ApplicationVoip = 2048, SetBitrate = 4002, Bitrate = 24_000, MostBytes = 1_275, MostSamples = 5_760;

    /// <summary>Packets of 20 ms.</summary>
    /// <param name="samples">At 48 kHz.</param>
    /// <exception cref="BenchFailure">It is not installed.</exception>
    public static byte[][] Encode(ReadOnlySpan<short> samples, int frameSamples)
    {
        if (!NativeLibrary.TryLoad(Name, typeof(LibOpus).Assembly, null, out _))
            throw new BenchFailure($"calls in Opus need {Name}: apt-get install libopus0");
        nint encoder = opus_encoder_create(Rate, 1, ApplicationVoip, out int error);
        if (error != 0) throw new BenchFailure($"libopus makes no encoder (error {error})");
        _ = opus_encoder_ctl(encoder, SetBitrate, Bitrate);
        byte[][] packets = new byte[samples.Length / frameSamples][];
        byte[] packet = new byte[MostBytes];
        for (int i = 0; i < packets.Length; i++)
        {
            int length;
            fixed (short* from = samples[(i * frameSamples)..])
            fixed (byte* into = packet) length = opus_encode(encoder, from, frameSamples, into, MostBytes);
            if (length <= 0) throw new BenchFailure($"libopus does not encode (error {length})");
            packets[i] = packet[..length];
        }
        opus_encoder_destroy(encoder);
        return packets;
    }

    /// <summary>Packets that follow each other.</summary>
    /// <returns>Their samples at 48 kHz; those of a packet that cannot be read are missing.</returns>
    public static short[] Decode(IReadOnlyList<byte[]> packets)
    {
        nint decoder = opus_decoder_create(Rate, 1, out int error);
        if (error != 0) throw new BenchFailure($"libopus makes no decoder (error {error})");
        var samples = new List<short>();
        short[] decoded = new short[MostSamples];
        foreach (byte[] packet in packets)
        {
            int count;
            fixed (byte* from = packet)
            fixed (short* into = decoded) count = opus_decode(decoder, from, packet.Length, into, MostSamples, 0);
            samples.AddRange(decoded.AsSpan(0, Math.Max(0, count)));
        }
        opus_decoder_destroy(decoder);
        return [.. samples];
    }

    [LibraryImport(Name)]
    private static partial nint opus_encoder_create(int rate, int channels, int application, out int error);

    [LibraryImport(Name)]
    private static partial void opus_encoder_destroy(nint encoder);

    // A C function of variable arguments, here always with one int, which x64 and arm64 of Linux pass like a fixed one.
    [LibraryImport(Name)]
    private static partial int opus_encoder_ctl(nint encoder, int request, int value);

    [LibraryImport(Name)]
    private static partial int opus_encode(nint encoder, short* samples, int count, byte* into, int size);

    [LibraryImport(Name)]
    private static partial nint opus_decoder_create(int rate, int channels, out int error);

    [LibraryImport(Name)]
    private static partial void opus_decoder_destroy(nint decoder);

    [LibraryImport(Name)]
    private static partial int opus_decode(nint decoder, byte* packet, int length, short* into, int count, int isRedundant);
}
