using System.Buffers.Binary;

namespace Ringwright.Admission.Rating;

/// <summary>Three short tones, as a WAV file: so pay phones said that their coins were used up.</summary>
internal static class WarningTone
{
    private const int Rate = 8_000, HeaderBytes = 44, Tones = 3, Hertz = 1_400;
    private const int ToneSamples = Rate / 5, GapSamples = Rate / 5;
    private const double Loud = 6_000;

    public static readonly byte[] Wav = Make();

    private static byte[] Make()
    {
        int samples = Tones * (ToneSamples + GapSamples), bytes = samples * sizeof(short);
        byte[] file = new byte[HeaderBytes + bytes];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), file.Length - 8);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16), 16);
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(20), 1);        // PCM, one channel
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(22), 1);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(24), Rate);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), Rate * sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(32), sizeof(short));
        BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(34), 8 * sizeof(short));
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), bytes);
        for (int n = 0; n < samples; n++)
        {
            int at = n % (ToneSamples + GapSamples);
            double sample = at < ToneSamples ? Loud * Math.Sin(2 * Math.PI * Hertz * at / Rate) : 0;
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(HeaderBytes + n * sizeof(short)), (short)sample);
        }
        return file;
    }
}
