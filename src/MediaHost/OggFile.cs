using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Ringwright.Media.Native;

namespace Ringwright.MediaHost;

/// <summary>A finished WAV as Opus in Ogg (RFC 7845).</summary>
internal static class OggFile
{
    private const int FrameTicks = OpusPackets.ClockRate / 1_000 * OpusPackets.FrameMilliseconds;

    /// <param name="skip">Bytes before the samples.</param>
    /// <returns>Bytes of the file.</returns>
    /// <exception cref="NotSupportedException">There is no library for it, or it does not know the rate.</exception>
    public static long Convert(string wav, int skip, string ogg, int rate, int channels)
    {
        if (!OpusPackets.TryCreate(rate, channels, out var packets, out string? problem)) throw new NotSupportedException(problem);
        using (packets)
        {
            using var source = File.OpenRead(wav);
            using var target = File.Create(ogg);
            long end = OpusPackets.Delay + (source.Length - skip) / (sizeof(short) * channels) * OpusPackets.ClockRate / rate;
            source.Position = skip;
            var pages = new OggPages(target);
            foreach (byte[] header in (byte[][])[Head(rate, channels), Tags()])
            {
                pages.Add(header, 0);
                pages.End();
            }
            var frame = new short[rate / 1_000 * OpusPackets.FrameMilliseconds * channels];
            var packet = new byte[OpusPackets.MostBytes(channels)];
            // What the library holds back at the end comes out by silence behind it, which the last position cuts off.
            for (long at = 0; at < end;)
            {
                Read(source, frame);
                at += FrameTicks;
                pages.Add(packet.AsSpan(0, packets.Encode(frame, packet)), Math.Min(at, end));
            }
            pages.End(isLast: true);
            target.Flush(flushToDisk: true);
            return target.Length;
        }
    }

    /// <summary>Of a file that <see cref="Convert"/> made.</summary>
    public static TimeSpan LengthOf(string ogg)
    {
        using var file = File.OpenRead(ogg);
        file.Position = Math.Max(0, file.Length - OggPages.MostBytes);
        var tail = new byte[file.Length - file.Position];
        file.ReadExactly(tail);
        long ticks = Math.Max(0, (OggPages.LastPosition(tail) ?? 0) - OpusPackets.Delay);
        return TimeSpan.FromTicks(ticks * TimeSpan.TicksPerSecond / OpusPackets.ClockRate);
    }

    /// <summary>Silence behind the end.</summary>
    private static void Read(Stream source, short[] into)
    {
        var bytes = MemoryMarshal.AsBytes(into.AsSpan());
        bytes[source.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)..].Clear();
    }

    /// <summary>Section 5.1.</summary>
    private static byte[] Head(int rate, int channels)
    {
        const byte version = 1, mapped = 1;
        var head = new byte[channels == 1 ? 19 : 21 + channels];
        "OpusHead"u8.CopyTo(head);
        (head[8], head[9]) = (version, (byte)channels);
        BinaryPrimitives.WriteUInt16LittleEndian(head.AsSpan(10), OpusPackets.Delay);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(12), rate);
        if (channels == 1) return head;
        // Each channel is a stream: left, right (section 5.1.1).
        (head[18], head[19]) = (mapped, (byte)channels);
        for (int channel = 0; channel < channels; channel++) head[21 + channel] = (byte)channel;
        return head;
    }

    /// <summary>Section 5.2: who wrote it, and nothing else.</summary>
    private static byte[] Tags() => [.. "OpusTags"u8, 10, 0, 0, 0, .. "Ringwright"u8, 0, 0, 0, 0];
}
