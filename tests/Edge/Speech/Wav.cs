using System.Buffers.Binary;
using Ringwright.Calls;

namespace Ringwright.Edge.Speech;

/// <summary>WAV files of mono 16-bit samples.</summary>
internal static class Wav
{
    public const int HeaderBytes = 44;

    public static byte[] Make(int samples, int sampleRate = 8_000, short value = 1_000)
    {
        byte[] file = new byte[HeaderBytes + samples * 2];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), sampleRate * 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), 2);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 16);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), samples * 2);
        for (int i = 0; i < samples; i++) BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(HeaderBytes + 2 * i), value);
        return file;
    }

    public static int DataBytes(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadInt32LittleEndian(file[40..]);
    public static int SampleRate(ReadOnlySpan<byte> file) => BinaryPrimitives.ReadInt32LittleEndian(file[24..]);
    public static double Seconds(ReadOnlySpan<byte> file) => DataBytes(file) / 2.0 / SampleRate(file);
}

/// <summary>Reads only what <see cref="Wav"/> makes, and "encodes" each 20 ms into 160 bytes that name codec and level. Counts its work.</summary>
internal sealed class CountingEncoder : IPromptEncoder
{
    private int _encoded;

    public int Encoded => Volatile.Read(ref _encoded);

    public DecodedAudio Decode(ReadOnlySpan<byte> file)
    {
        if (file.Length < Wav.HeaderBytes || Wav.SampleRate(file) <= 0) return DecodedAudio.Failed(PromptFailure.BadAudio, "It is cut off.");
        var samples = new short[Wav.DataBytes(file) / 2];
        for (int i = 0; i < samples.Length; i++) samples[i] = BinaryPrimitives.ReadInt16LittleEndian(file[(Wav.HeaderBytes + 2 * i)..]);
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

    public short[] Render(PromptSource.Tone tone) => new short[16 * tone.TotalMilliseconds];
}
