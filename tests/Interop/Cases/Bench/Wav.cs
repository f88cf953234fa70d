using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

internal static class Wav
{
    /// <summary>A sine as a WAV file: 16 bits, mono.</summary>
    public static byte[] Tone(int hertz, int millis, int rate = 8_000) =>
        WavFile.Make(rate * millis / 1_000, rate, i => (short)(12_000 * Math.Sin(2 * Math.PI * hertz * i / rate)));
}
