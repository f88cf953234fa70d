using System.Buffers.Binary;

namespace Ringwright.Media.Dsp;

/// <summary>WAV files that are the shell of an MP3 (format 85), as some recorders of calls and old editors write them.</summary>
public static class WavShell
{
    private const int Mp3 = 0x55, FirstChunkAt = 12, ChunkHeader = 8;

    /// <summary>The MP3 within; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Mp3Of(ReadOnlySpan<byte> file)
    {
        if (!WavReader.IsWav(file)) return [];
        bool isMp3 = false;
        int at = FirstChunkAt;
        for (int chunks = 0; chunks < Limits.WavChunks && at + ChunkHeader <= file.Length; chunks++)
        {
            var chunk = file[at..];
            var body = chunk[ChunkHeader..];
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("data"u8))
            {
                if (!isMp3) return [];
                // Where nobody knew how long it would be: all that is there, of which the decoder leaves out what is none.
                return length > 0 && length < body.Length ? body[..(int)length] : body;
            }
            if (chunk.StartsWith("fmt "u8) && body.Length >= sizeof(ushort)) isMp3 = BinaryPrimitives.ReadUInt16LittleEndian(body) == Mp3;
            at = (int)Math.Min(file.Length, at + ChunkHeader + (long)length + (length & 1));
        }
        return [];
    }
}
