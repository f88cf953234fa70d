using System.Diagnostics.CodeAnalysis;
using static Ringwright.Media.Native.OpusLibrary;

namespace Ringwright.Media.Native;

/// <summary>
/// Frames of 20 ms as packets of Opus for a file. Two channels are two streams of their own: where they are one, a little of one party is
/// in the other's. Holds native memory until disposed.
/// </summary>
public sealed unsafe class OpusPackets : IDisposable
{
    public const string Missing = "Recordings in Ogg need libopus, which is not installed on this node: install it, or record as wav.";

    /// <summary>The clock of packets and files, whatever rate is in them (RFC 7845 section 4).</summary>
    public const int ClockRate = 48_000;
    public const int FrameMilliseconds = 20;
    /// <summary>By so many ticks of that clock the library is late.</summary>
    public const int Delay = 312;

    private const int BitsPerSecond = 24_000, Complexity = 5, MostPacketBytes = 1_276, LengthBytes = 2;
    /// <summary>Lengths from here on have two bytes (RFC 6716 section 3.2.1).</summary>
    private const int LongLength = 252;

    private readonly OpusHandle[] _streams;
    private readonly short[] _one;
    private readonly byte[] _packet = new byte[MostPacketBytes];

    private OpusPackets(int sampleRate, int channels)
    {
        _one = new short[sampleRate / 1_000 * FrameMilliseconds];
        _streams = [.. Enumerable.Range(0, channels).Select(_ => OpusHandle.Encoder(sampleRate))];
        foreach (var stream in _streams)
        {
            _ = opus_encoder_ctl(stream, SetBitrate, BitsPerSecond);
            _ = opus_encoder_ctl(stream, SetComplexity, Complexity);
        }
    }

    /// <summary>False when the library for it is not installed.</summary>
    public static bool IsAvailable => IsPresent;

    /// <param name="sampleRate">8000, 12000, 16000, 24000 or 48000.</param>
    /// <param name="channels">1 or 2.</param>
    /// <returns>False when the library is not there or does not know the rate; <paramref name="problem"/> says so.</returns>
    public static bool TryCreate(int sampleRate, int channels,
        [NotNullWhen(true)] out OpusPackets? packets, [NotNullWhen(false)] out string? problem)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(channels is 1 or 2, true, nameof(channels));
        packets = null;
        problem = !IsPresent ? Missing
            : sampleRate is 8_000 or 12_000 or 16_000 or 24_000 or 48_000 ? null : $"Opus does not know {sampleRate} samples a second.";
        if (problem is not null) return false;
        packets = new(sampleRate, channels);
        return true;
    }

    /// <summary>Room that <see cref="Encode"/> needs.</summary>
    public static int MostBytes(int channels) => channels * (MostPacketBytes + LengthBytes);

    /// <param name="frame">Of one channel, or of two in turn (left, right).</param>
    /// <returns>Bytes of the packet.</returns>
    public int Encode(ReadOnlySpan<short> frame, Span<byte> into)
    {
        int written = 0;
        for (int channel = 0; channel < _streams.Length; channel++)
        {
            for (int i = 0; i < _one.Length; i++) _one[i] = frame[i * _streams.Length + channel];
            int length;
            fixed (short* from = _one)
            fixed (byte* to = _packet) length = opus_encode(_streams[channel], from, _one.Length, to, _packet.Length);
            if (length <= 0) throw new InvalidOperationException($"{Name} does not encode: {length}.");
            written += Put(_packet.AsSpan(0, length), into[written..], isLast: channel == _streams.Length - 1);
        }
        return written;
    }

    public void Dispose()
    {
        foreach (var stream in _streams) stream.Dispose();
    }

    /// <summary>
    /// All streams of a packet but the last have their length behind the first byte (RFC 6716 appendix B): 20 ms are one frame each.
    /// </summary>
    private static int Put(ReadOnlySpan<byte> packet, Span<byte> into, bool isLast)
    {
        int at = 0, length = packet.Length - 1;
        into[at++] = packet[0];
        if (!isLast && length < LongLength) into[at++] = (byte)length;
        else if (!isLast)
        {
            int first = LongLength + (length & 3);
            into[at++] = (byte)first;
            into[at++] = (byte)((length - first) / 4);
        }
        packet[1..].CopyTo(into[at..]);
        return at + length;
    }
}
