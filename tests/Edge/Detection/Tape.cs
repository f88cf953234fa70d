using Ringwright.Core;

namespace Ringwright.Edge.Detection;

/// <summary>A sound that grows.</summary>
internal sealed class Tape(double seconds)
{
    /// <summary>A voice at its loudest; what is put beside it is measured by its power.</summary>
    public const double Loudness = 3_000;

    private readonly List<double> _samples = [.. new double[(int)(seconds * Sox.Rate)]];

    public double Seconds => (double)_samples.Count / Sox.Rate;

    public void Rest(double seconds) => _samples.AddRange(new double[(int)(seconds * Sox.Rate)]);

    /// <returns>Whose it is.</returns>
    public string AddVoice((string Name, double[] Sound) voice)
    {
        Add(voice.Sound, Loudness);
        return voice.Name;
    }

    /// <param name="isWhole">It has no pauses, so that its power is that of all of it; of speech only the louder half counts.</param>
    public void Add(double[] sound, double loudness, bool isWhole = false)
    {
        const int part = Sox.Rate / 50;
        var powers = sound.Chunk(part).Select(samples => Noise.Power(samples)).OrderDescending().ToList();
        double power = powers.Take(isWhole ? powers.Count : (powers.Count + 1) / 2).Average(),
            scale = loudness / Math.Sqrt(Math.Max(1, power));
        _samples.AddRange(sound.Select(sample => sample * scale));
    }

    /// <param name="noise">Root mean square of the line's own.</param>
    public double[] Finish(double noise, Rng random)
    {
        if (noise == 0) return [.. _samples];
        string[] colours = ["whitenoise", "pinknoise", "brownnoise"];
        double[] line = Sox.Synth("synth", Seconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture),
            colours[random.Next(colours.Length)], "gain", "-10");
        double scale = noise / Math.Sqrt(Noise.Power(line));
        return [.. _samples.Select((sample, i) => sample + (i < line.Length ? scale * line[i] : 0))];
    }

    /// <summary>As loud as a sine of that level, in decibels below full scale; the peaks of what is near to it are cut.</summary>
    public static short[] ToSamples(double[] made, int level)
    {
        double scale = short.MaxValue / Math.Sqrt(2) * Math.Pow(10, level / 20.0) / Loudness;
        return [.. made.Select(value => (short)Math.Clamp(Math.Round(value * scale), short.MinValue, short.MaxValue))];
    }
}
