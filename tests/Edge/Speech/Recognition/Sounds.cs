using Ringwright.Speech.Recognition;

namespace Ringwright.Edge.Speech.Recognition;

/// <summary>Sound to recognise, and what comes of it.</summary>
internal static class Sounds
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static short[] Silence(int rate, int milliseconds) => new short[rate / 1000 * milliseconds];

    /// <param name="size">The top of the wave.</param>
    public static short[] Tone(int rate, int milliseconds, int hertz = 400, int size = 8_000) =>
        [.. Enumerable.Range(0, rate / 1000 * milliseconds).Select(i => (short)(size * Math.Sin(2 * Math.PI * hertz * i / rate)))];

    /// <summary>As loud as <see cref="Tone"/>; and as a voice it does not stay where it is: it rises from 300 to 900 Hz.</summary>
    public static short[] Voice(int rate, int milliseconds, int size = 8_000)
    {
        int samples = rate / 1000 * milliseconds;
        return
        [
            .. Enumerable.Range(0, samples).Select(i => (short)(size * Math.Sin(2 * Math.PI * (300.0 + 300.0 * i / samples) * i / rate))),
        ];
    }

    /// <summary>Writes it as a call does, 20 ms at a time.</summary>
    public static void Say(this IRecognition recognition, int rate, params short[][] sounds)
    {
        foreach (short[] sound in sounds)
            foreach (short[] tick in sound.Chunk(rate / 50)) recognition.Write(tick);
    }

    public static async Task<List<Recognised>> ReadAllAsync(this IRecognition recognition)
    {
        var all = new List<Recognised>();
        await foreach (var result in recognition.ReadAsync(Stop)) all.Add(result);
        return all;
    }
}
