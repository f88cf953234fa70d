using System.Buffers.Binary;

namespace Ringwright.Bench.Application;

/// <summary>A tone of 440 Hz as a WAV file: 8,000 Hz, 16 bits, mono.</summary>
internal static class ToneFile
{
    private const int Rate = 8_000, HeadBytes = 44;

    public static byte[] Make(int milliseconds)
    {
        int samples = Rate * milliseconds / 1_000, bytes = 2 * samples;
        byte[] file = new byte[HeadBytes + bytes];
        var head = file.AsSpan();
        "RIFF"u8.CopyTo(head);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], HeadBytes - 8 + bytes);
        "WAVEfmt "u8.CopyTo(head[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(head[16..], 16);
        BinaryPrimitives.WriteInt16LittleEndian(head[20..], 1);     // PCM
        BinaryPrimitives.WriteInt16LittleEndian(head[22..], 1);     // channels
        BinaryPrimitives.WriteInt32LittleEndian(head[24..], Rate);
        BinaryPrimitives.WriteInt32LittleEndian(head[28..], 2 * Rate);
        BinaryPrimitives.WriteInt16LittleEndian(head[32..], 2);
        BinaryPrimitives.WriteInt16LittleEndian(head[34..], 16);
        "data"u8.CopyTo(head[36..]);
        BinaryPrimitives.WriteInt32LittleEndian(head[40..], bytes);
        for (int i = 0; i < samples; i++)
            BinaryPrimitives.WriteInt16LittleEndian(head[(HeadBytes + 2 * i)..], (short)(10_000 * Math.Sin(2 * Math.PI * 440 * i / Rate)));
        return file;
    }
}
