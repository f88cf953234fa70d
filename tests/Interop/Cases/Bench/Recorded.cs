using System.Buffers.Binary;
using Ringwright.Media.Native;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A downloaded recording, WAV of 16 bits or MP3, measured channel by channel.</summary>
internal sealed class Recorded
{
    private const int Header = 44, PartRate = 8_000;

    private readonly short[][] _channels;

    public Recorded(byte[] wav)
    {
        Assert.Equal("RIFF"u8.ToArray(), wav[..4]);
        Assert.Equal("WAVEfmt "u8.ToArray(), wav[8..16]);
        int channels = BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(22));
        Rate = BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(24));
        Assert.Equal(wav.Length - 44, BinaryPrimitives.ReadInt32LittleEndian(wav.AsSpan(40)));
        int length = (wav.Length - 44) / 2 / channels;
        _channels = [.. Enumerable.Range(0, channels).Select(c => Enumerable.Range(0, length)
            .Select(i => BinaryPrimitives.ReadInt16LittleEndian(wav.AsSpan(44 + 2 * (i * channels + c)))).ToArray())];
    }

    private Recorded(int rate, short[][] channels) => (Rate, _channels) = (rate, channels);

    /// <summary>The same of an MP3.</summary>
    public static Recorded OfMp3(byte[] mp3)
    {
        Assert.True(Mp3Decoder.TryCreate(isMono: false, out var decoder, out string? problem), problem);
        using var whole = decoder;
        List<short> samples = [];
        short[] room = new short[16_384];
        Mp3Step step;
        ReadOnlySpan<byte> input = mp3;
        do
        {
            step = decoder.Step(input, room, out int written);
            input = [];
            samples.AddRange(room.AsSpan(0, written));
        }
        while (step is Mp3Step.More);
        Assert.Equal(Mp3Step.NeedsInput, step);
        int channels = decoder.Channels;
        return new(decoder.SampleRate,
            [.. Enumerable.Range(0, channels).Select(c => samples.Where((_, i) => i % channels == c).ToArray())]);
    }

    /// <summary>What is on the disk of a recording in one channel that goes on: its header does not say how long it is.</summary>
    private static Recorded OfPart(byte[] part) => new(PartRate,
        [[.. Enumerable.Range(0, Math.Max(0, part.Length - Header) / 2)
            .Select(i => BinaryPrimitives.ReadInt16LittleEndian(part.AsSpan(Header + 2 * i)))]]);

    /// <summary>Until so much of that sine is on the disk of a node, in a recording of one channel that goes on.</summary>
    public static Task IsOnDiskAsync(RunningNode node, int hertz, int millis)
    {
        var folder = new DirectoryInfo(node.PathOf("recordings", "parts"));
        return Eventually.TrueAsync(() => Directory.Exists(folder.FullName) && folder.EnumerateFiles("*.part")
                .Any(part => OfPart(File.ReadAllBytes(part.FullName)).MillisOf(hertz) >= millis),
            $"{millis} ms of {hertz} Hz are on the disk");
    }

    public int Rate { get; }
    public int Channels => _channels.Length;
    public int Millis => _channels[0].Length * 1_000 / Rate;

    /// <summary>How many milliseconds of a channel are mostly this sine, frame by frame of 20 ms.</summary>
    public int MillisOf(int hertz, int channel = 0)
    {
        int frame = Rate / 50, found = 0;
        foreach (short[] samples in _channels[channel].Chunk(frame))
        {
            double real = 0, imaginary = 0, power = 0;
            for (int i = 0; i < samples.Length; i++)
            {
                var (sin, cos) = Math.SinCos(2 * Math.PI * hertz * i / Rate);
                (real, imaginary, power) = (real + samples[i] * cos, imaginary + samples[i] * sin, power + (double)samples[i] * samples[i]);
            }
            if (power / samples.Length > 1_000_000 && 2 * (real * real + imaginary * imaginary) / samples.Length > 0.7 * power) found += 20;
        }
        return found;
    }

    /// <summary>Where a channel becomes loud, in milliseconds.</summary>
    public double OnsetOf(int channel) => Array.FindIndex(_channels[channel], IsLoud) * 1_000.0 / Rate;

    /// <summary>How much there is of a channel behind its last loud sample, in milliseconds.</summary>
    public double RestOf(int channel) => (_channels[channel].Length - 1 - Array.FindLastIndex(_channels[channel], IsLoud)) * 1_000.0 / Rate;

    private static bool IsLoud(short sample) => Math.Abs((int)sample) > 3_000;
}
