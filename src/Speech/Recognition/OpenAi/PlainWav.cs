using System.Buffers.Binary;

namespace Ringwright.Speech.Recognition.OpenAi;

/// <summary>A WAV file of mono 16-bit samples.</summary>
internal static class PlainWav
{
    private const int HeaderBytes = 44, FormatBytes = 16, PcmTag = 1, SampleBytes = 2, SampleBits = 16;

    public static byte[] Write(ReadOnlySpan<short> samples, int sampleRate)
    {
        byte[] file = new byte[HeaderBytes + samples.Length * SampleBytes];
        var at = file.AsSpan();
        "RIFF"u8.CopyTo(at);
        BinaryPrimitives.WriteInt32LittleEndian(at[4..], file.Length - 8);
        "WAVEfmt "u8.CopyTo(at[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(at[16..], FormatBytes);
        BinaryPrimitives.WriteInt16LittleEndian(at[20..], PcmTag);
        BinaryPrimitives.WriteInt16LittleEndian(at[22..], 1);
        BinaryPrimitives.WriteInt32LittleEndian(at[24..], sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(at[28..], sampleRate * SampleBytes);
        BinaryPrimitives.WriteInt16LittleEndian(at[32..], SampleBytes);
        BinaryPrimitives.WriteInt16LittleEndian(at[34..], SampleBits);
        "data"u8.CopyTo(at[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(at[40..], samples.Length * SampleBytes);
        for (int i = 0; i < samples.Length; i++) BinaryPrimitives.WriteInt16LittleEndian(at[(HeaderBytes + i * SampleBytes)..], samples[i]);
        return file;
    }
}
