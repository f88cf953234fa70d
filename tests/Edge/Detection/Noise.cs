using Ringwright.Core;

namespace Ringwright.Edge.Detection;

internal enum NoiseKind { None, White, Pink, Hum, Babble }

/// <summary>What a line or a room adds.</summary>
internal static class Noise
{
    /// <summary>Adds noise of the given power (mean square of 16-bit samples).</summary>
    public static void Add(double[] into, NoiseKind kind, double power, Rng random)
    {
        double[] noise = kind switch
        {
            NoiseKind.White => White(into.Length, random),
            NoiseKind.Pink => Pink(into.Length, random),
            NoiseKind.Hum => Hum(into.Length, random),
            NoiseKind.Babble => Babble(into.Length, random),
            _ => [],
        };
        double scale = Math.Sqrt(power / Math.Max(1e-9, Power(noise)));
        for (int i = 0; i < noise.Length; i++) into[i] += noise[i] * scale;
    }

    public static double Power(ReadOnlySpan<double> samples)
    {
        double sum = 0;
        foreach (double sample in samples) sum += sample * sample;
        return samples.IsEmpty ? 0 : sum / samples.Length;
    }

    private static double[] White(int count, Rng random)
    {
        var noise = new double[count];
        for (int i = 0; i < count; i++) noise[i] = random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5;
        return noise;
    }

    /// <summary>Three leaky sums of white noise (Kellet's economy filter).</summary>
    private static double[] Pink(int count, Rng random)
    {
        double[] noise = White(count, random);
        double a = 0, b = 0, c = 0;
        for (int i = 0; i < count; i++)
        {
            a = 0.99765 * a + noise[i] * 0.0990460;
            b = 0.96300 * b + noise[i] * 0.2965164;
            c = 0.57000 * c + noise[i] * 1.0526913;
            noise[i] = a + b + c + noise[i] * 0.1848;
        }
        return noise;
    }

    private static double[] Hum(int count, Rng random)
    {
        double mains = random.Chance(0.5) ? 50 : 60;
        double[] noise = White(count, random);
        for (int i = 0; i < count; i++)
        {
            double turn = 2 * Math.PI * mains * i / Voice.SampleRate;
            noise[i] = 0.2 * noise[i] + Math.Sin(turn) + 0.6 * Math.Sin(3 * turn + 1) + 0.3 * Math.Sin(5 * turn + 2);
        }
        return noise;
    }

    /// <summary>Five people who talk at once.</summary>
    private static double[] Babble(int count, Rng random)
    {
        var noise = new double[count];
        for (int person = 0; person < 5; person++)
        {
            var script = Script.All[random.Next(Script.All.Length)];
            short[] words = new Voice(person % 2 == 0 ? "m6" : "f2", 150, 50).Say(script.Machines[0], script.Language);
            int at = random.Next(words.Length);
            for (int i = 0; i < count; i++) noise[i] += words[(at + i) % words.Length];
        }
        return noise;
    }
}
