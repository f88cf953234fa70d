using System.Buffers.Binary;
using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

/// <summary>WAV files of mono 16-bit samples.</summary>
internal static class Wav
{
    public static byte[] Make(int samples, int sampleRate = 8_000, short value = 1_000) => WavFile.Make(samples, sampleRate, _ => value);

    public static int DataBytes(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadInt32LittleEndian(file[40..]);
    public static int SampleRate(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadInt32LittleEndian(file[24..]);
    public static double Seconds(ReadOnlySpan<byte> file) => DataBytes(file) / 2.0 / SampleRate(file);
}

/// <summary>
/// Reads only what <see cref="Wav"/> makes, and "encodes" each 20 ms into 160 bytes that name codec and level. Counts its work.
/// </summary>
internal sealed class CountingEncoder : IPromptEncoder
{
    private int _encoded;

    public int Encoded => Volatile.Read(ref _encoded);

    public DecodedAudio Decode(ReadOnlySpan<byte> file)
    {
        if (file.Length < WavFile.HeaderBytes || Wav.SampleRate(file) <= 0)
            return DecodedAudio.Failed(PromptFailure.BadAudio, "It is cut off.");
        var samples = new short[Wav.DataBytes(file) / 2];
        for (int i = 0; i < samples.Length; i++) samples[i] = BinaryPrimitives.ReadInt16LittleEndian(file[(WavFile.HeaderBytes + 2 * i)..]);
        return DecodedAudio.Of(samples, Wav.SampleRate(file));
    }

    public byte[] Encode(ReadOnlySpan<short> samples, int sampleRate, string codec)
    {
        Interlocked.Increment(ref _encoded);
        int perFrame = sampleRate / 50;
        byte[] frames = new byte[(samples.Length + perFrame - 1) / perFrame * 160];
        frames.AsSpan().Fill((byte)(codec[^1] + samples[0]));
        return frames;
    }

    public byte[]? EncodeMp3(ReadOnlySpan<short> samples, int sampleRate, out string? missing)
    {
        missing = "There is no MP3 here.";
        return null;
    }

    public short[] Render(PromptSource.Tone tone) => new short[16 * tone.TotalMilliseconds];
}
