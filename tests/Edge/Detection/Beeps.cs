using System.Globalization;
using Ringwright.Core;

namespace Ringwright.Edge.Detection;

/// <summary>Beeps that SoX makes: what machines of many makers have.</summary>
internal static class Beeps
{
    private static readonly (int Low, int High)[] Pairs = [(850, 1_100), (950, 1_400)];

    public static (string Name, double[] Sound) Make(ClipKind kind, Rng random, bool isHeldOut)
    {
        switch (kind)
        {
            case ClipKind.Low:
                return Tone("sine", 350 + random.Next(350), 0.1);
            case ClipKind.Pair:
                var (low, high) = random.Chance(0.7) ? Pairs[random.Next(Pairs.Length)] : Apart(random);
                double length = 0.15 + random.NextDouble();
                return ($"{low}+{high} Hz {length:F2} s", Sox.Synth("synth", Text(length), "sine", Text(low), "sine", Text(high), "remix",
                    "-", "fade", "t", "0.003", Text(length), "0.003", "gain", "-3"));
            case ClipKind.Chime:
                return Chime(random, isString: false);
            case ClipKind.Sweep:
                return Sweep(random);
            case ClipKind.Row:
                return Row(random);
            case ClipKind.Wave:
                return random.Chance(0.25) ? Chime(random, isString: true)
                    : Tone(random.Chance(0.5) ? "triangle" : "square", 500 + random.Next(700), 0.15 + 0.6 * random.NextDouble());
            case ClipKind.Recorded:
                return Recordings.Beep(random, isHeldOut);
            default:
                return Tone("sine", 400 + random.Next(2_000), 0.12 + 0.9 * random.NextDouble());
        }
    }

    public static (string Name, double[] Sound) Tone(string wave, int hertz, double length)
    {
        string[] effects = ["synth", Text(length), wave, Text(hertz), "fade", "t", "0.003", Text(length), "0.003", "gain", "-3"];
        return ($"{wave} {hertz} Hz {length:F2} s", Sox.Synth(effects));
    }

    /// <summary>The two are so far apart that they are two, and are none of the keys' or the network's.</summary>
    private static (int Low, int High) Apart(Rng random)
    {
        while (true)
        {
            int low = 400 + random.Next(800), high = low + 150 + random.Next(900);
            bool isKey = low is > 670 and < 980 && high is > 1_170 and < 1_680, isBusy = low is > 440 and < 520 && high is > 580 and < 660;
            if (!isKey && !isBusy) return (low, high);
        }
    }

    /// <summary>One to three notes of a bell, a string or a bare tone, each struck while the one before dies away.</summary>
    private static (string Name, double[] Sound) Chime(Rng random, bool isString)
    {
        int notes = 1 + random.Next(3), hertz = 500 + random.Next(900), kind = isString ? 1 : 2 * random.Next(2);
        double die = 1.2 + 1.8 * random.NextDouble(), step = 0.25 + 0.35 * random.NextDouble();
        string name = $"{notes} x {(kind == 0 ? "bell" : kind == 1 ? "string" : "tone")} from {hertz} Hz";
        double[] sound = [];
        for (int note = 0; note < notes; note++)
        {
            double pitch = hertz * Math.Pow(2, (random.Next(2) == 0 ? 4 : -3) * note / 12.0);
            string[] made = kind switch
            {
                0 => ["synth", Text(die), "sine", Text(pitch), "sine", Text(2.76 * pitch), "sine", Text(5.4 * pitch), "remix",
                    "1v0.8,2v0.16,3v0.05", "fade", "l", "0.002", Text(die), Text(die - 0.01)],
                1 => ["synth", Text(die), "pluck", Text(pitch), "fade", "t", "0.001", Text(die), "0.1"],
                _ => ["synth", Text(die), "sine", Text(pitch), "fade", "l", "0.002", Text(die), Text(die - 0.01)],
            };
            sound = Add(sound, Sox.Synth([.. made, "gain", "-6"]), (int)(note * step * Sox.Rate));
        }
        return (name, Audible(sound));
    }

    private static (string Name, double[] Sound) Sweep(Rng random)
    {
        int from = 450 + random.Next(900), to = (int)(from * (1.4 + random.NextDouble()));
        if (random.Chance(0.4)) (from, to) = (to, from);
        double length = 0.2 + 0.6 * random.NextDouble();
        string way = random.Chance(0.5) ? ":" : "-";      // so many hertz, or so many octaves, in each second
        return ($"sweep {from}{way}{to} Hz {length:F2} s",
            Sox.Synth("synth", Text(length), "sine", $"{from}{way}{to}", "fade", "t", "0.003", Text(length), "0.003", "gain", "-3"));
    }

    /// <summary>Two to four short tones, of one pitch or of several.</summary>
    private static (string Name, double[] Sound) Row(Rng random)
    {
        int tones = 2 + random.Next(3), hertz = 600 + random.Next(900);
        double length = 0.1 + 0.15 * random.NextDouble(), gap = 0.08 + 0.1 * random.NextDouble();
        bool isOne = random.Chance(0.5);
        double[] sound = [];
        for (int i = 0; i < tones; i++)
            sound = Add(sound, Tone("sine", isOne ? hertz : hertz + 150 * i, length).Sound, (int)(i * (length + gap) * Sox.Rate));
        return ($"{tones} x {hertz} Hz {length:F2} s", sound);
    }

    private static double[] Add(double[] first, double[] second, int at)
    {
        var sum = new double[Math.Max(first.Length, at + second.Length)];
        first.CopyTo(sum, 0);
        for (int i = 0; i < second.Length; i++) sum[at + i] += second[i];
        return sum;
    }

    /// <summary>Until it is 30 dB quieter than it was.</summary>
    private static double[] Audible(double[] sound)
    {
        double least = sound.Max(Math.Abs) * 0.03;
        return sound[..(Array.FindLastIndex(sound, sample => Math.Abs(sample) >= least) + 1)];
    }

    private static string Text(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);
}
