using System.Buffers.Binary;
using Ringwright.Core;
using Ringwright.Media;

namespace Ringwright.Simulation;

/// <summary>Keeps the last moments of what a phone hears, and says how loud a frequency is in them.</summary>
internal sealed class PhoneEar
{
    /// <summary>400 ms: frequencies that are multiples of 50 Hz do not disturb each other. The first two teach the decoder.</summary>
    private const int Packets = 22, Lessons = 2;
    private static readonly TimeSpan Longest = (Packets + 3) * SimMedia.Step;

    private readonly Queue<byte[]> _last = new();
    private readonly Queue<Instant> _came = new();

    /// <param name="packet">RTP with audio.</param>
    public void Take(ReadOnlySpan<byte> packet, Instant now)
    {
        if (_last.Count == Packets)
        {
            _last.Dequeue();
            _came.Dequeue();
        }
        _last.Enqueue(packet.ToArray());
        _came.Enqueue(now);
    }

    /// <summary>As the amplitude of a sine; 0 while nothing comes, as to a call that is idle.</summary>
    public double LevelOf(double hertz, CodecChoice agreed, int headerBytes, Instant now)
    {
        var codec = Codecs.Find(agreed.Name, agreed.ClockRate);
        if (_last.Count < Packets || now - _came.Peek() > Longest || codec is null) return 0;
        var decoder = codec.CreateDecoder();
        var samples = new List<short>();
        short[] decoded = new short[2_000];
        ushort first = Number(_last.Peek());
        foreach (byte[] packet in _last.OrderBy(packet => (short)(Number(packet) - first)))
            samples.AddRange(decoded.AsSpan(0, decoder.Decode(packet.AsSpan(headerBytes), decoded)));
        return LevelAt(hertz, codec.SampleRate, samples[(Lessons * codec.FrameSamples)..]);
    }

    private static ushort Number(byte[] packet) => BinaryPrimitives.ReadUInt16BigEndian(packet.AsSpan(2));

    /// <summary>By Goertzel's filter.</summary>
    private static double LevelAt(double hertz, int rate, List<short> samples)
    {
        double factor = 2 * Math.Cos(2 * Math.PI * hertz / rate), before = 0, last = 0;
        foreach (short sample in samples) (before, last) = (last, sample + factor * last - before);
        double power = last * last + before * before - factor * last * before;
        return 2 * Math.Sqrt(Math.Max(0, power)) / samples.Count;
    }
}
