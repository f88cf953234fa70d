using Ringwright.Core;

namespace Ringwright.Edge.Detection;

/// <summary>
/// Answered calls that SoX, flite, espeak-ng and recorded speakers make, each from its seed alone: voices, beeps, codecs that lose,
/// packets that are lost, and levels from -40 dB to full scale. Even seeds are held out.
/// </summary>
internal static class Clips
{
    // A voice at its loudest; what is put beside it is measured by its power.
    private const double Loudness = 3_000;
    private const int Behind = 7;

    private static readonly ClipKind[] Kinds = Enum.GetValues<ClipKind>();
    private static readonly int[] Levels = [0, -6, -12, -18, -24, -30, -36, -40];
    // GSM 06.10 at 13 kbit/s, Dialogic ADPCM at 32, CVSD at 16, A-law at 64.
    private static readonly string[] Codecs = ["", "", "", "gsm", "gsm", "vox", "cvsd", "al"];

    public static Clip Make(ulong seed)
    {
        var random = new Rng(seed * 104_729);
        bool isHeldOut = seed % 2 == 0;
        var kind = Kinds[seed / 2 % (ulong)Kinds.Length];
        string codec = Codecs[random.Next(Codecs.Length)];
        int level = Levels[random.Next(Levels.Length)], noise = random.Chance(0.4) ? 15 + 5 * random.Next(5) : 0;
        var sound = new Tape(0.1 + random.NextDouble());
        string words = "";
        switch (kind)
        {
            case ClipKind.Person:
                words += sound.AddVoice(Speaker.Person(random, isHeldOut));
                break;
            case ClipKind.Greeting:
                words += sound.AddVoice(Speaker.Machine(random, isHeldOut));
                break;
            case ClipKind.Ringback:
                words = Ringback(sound, random);
                if (random.Chance(0.5)) words += sound.AddVoice(Speaker.Person(random, isHeldOut));
                break;
            case ClipKind.Fax:
                words = Fax(sound, random);
                break;
            case ClipKind.Music:
                string[] songs = Recordings.Songs();
                double[] song = Recordings.Read(songs[random.Next(songs.Length)]);
                int from = random.Next(song.Length - 25 * Sox.Rate);
                sound.Add(song[from..(from + 25 * Sox.Rate)], Loudness);
                break;
            default:
                // Some greetings are so short that they seem to be a person's.
                words += sound.AddVoice(random.Chance(0.2) ? Speaker.Person(random, isHeldOut) : Speaker.Machine(random, isHeldOut));
                sound.Rest(0.15 + 1.5 * random.NextDouble());
                break;
        }
        double start = sound.Seconds, end = start;
        if (kind >= ClipKind.Steady)
        {
            var beep = Beeps.Make(kind, random, isHeldOut);
            words += ", " + beep.Name;
            sound.Add(beep.Sound, Loudness * Math.Pow(10, (random.Next(13) - 6) / 20.0), isWhole: true);
            end = sound.Seconds;
        }
        sound.Rest(Behind);
        double[] made = sound.Finish(noise == 0 ? 0 : Loudness * Math.Pow(10, -noise / 20.0), random);
        // As loud as a sine of that level; the peaks of what is near to full scale are cut.
        double scale = short.MaxValue / Math.Sqrt(2) * Math.Pow(10, level / 20.0) / Loudness;
        short[] samples = [.. made.Select(value => (short)Math.Clamp(Math.Round(value * scale), short.MinValue, short.MaxValue))];
        return new()
        {
            Seed = seed,
            IsHeldOut = isHeldOut,
            Kind = kind,
            Codec = codec,
            Level = level,
            Loss = random.Chance(0.5) ? 0.01 * (1 + random.Next(3)) : 0,
            SignalToNoise = noise,
            Samples = codec.Length == 0 ? samples : Sox.Through(codec, samples),
            BeepStart = kind >= ClipKind.Steady ? start : 0,
            BeepEnd = kind >= ClipKind.Steady ? end : 0,
            Words = words,
        };
    }

    /// <summary>One burst: the network's own, from before the answer.</summary>
    private static string Ringback(Tape sound, Rng random)
    {
        (string name, string[] waves, double length) = random.Next(4) switch
        {
            0 => ("North America's", (string[])["sine", "440", "sine", "480"], 0.4 + 1.6 * random.NextDouble()),
            1 => ("Europe's", ["sine", "425"], 1.0),
            2 => ("Britain's", ["sine", "400", "sine", "450"], 0.4),
            _ => ("France's", ["sine", "440"], 0.5 + random.NextDouble()),
        };
        string seconds = length.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture);
        sound.Add(Sox.Synth(["synth", seconds, .. waves, "remix", "-", "gain", "-6"]), Loudness, isWhole: true);
        sound.Rest(0.2 + random.NextDouble());
        return $"{name} ringback {seconds} s";
    }

    private static string Fax(Tape sound, Rng random)
    {
        if (random.Chance(0.5))
        {
            sound.Add(Sox.Synth("synth", "3", "sine", "2100", "gain", "-6"), Loudness, isWhole: true);
            return "fax that answers";
        }
        for (int i = 0; i < 3; i++)
        {
            sound.Add(Sox.Synth("synth", "0.5", "sine", "1100", "gain", "-6"), Loudness, isWhole: true);
            sound.Rest(3);
        }
        return "fax that calls";
    }

    /// <summary>A sound that grows.</summary>
    private sealed class Tape(double seconds)
    {
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
    }
}
