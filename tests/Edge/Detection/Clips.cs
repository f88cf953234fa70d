using Ringwright.Core;

namespace Ringwright.Edge.Detection;

/// <summary>
/// Answered calls that SoX, flite, espeak-ng and recorded speakers make, each from its seed alone: voices, beeps, codecs that lose,
/// packets that are lost, and levels from -40 dB to full scale. Even seeds are held out.
/// </summary>
internal static class Clips
{
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
                sound.Add(song[from..(from + 25 * Sox.Rate)], Tape.Loudness);
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
            sound.Add(beep.Sound, Tape.Loudness * Math.Pow(10, (random.Next(13) - 6) / 20.0), isWhole: true);
            end = sound.Seconds;
        }
        sound.Rest(Behind);
        double[] made = sound.Finish(noise == 0 ? 0 : Tape.Loudness * Math.Pow(10, -noise / 20.0), random);
        short[] samples = Tape.ToSamples(made, level);
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
        sound.Add(Sox.Synth(["synth", seconds, .. waves, "remix", "-", "gain", "-6"]), Tape.Loudness, isWhole: true);
        sound.Rest(0.2 + random.NextDouble());
        return $"{name} ringback {seconds} s";
    }

    private static string Fax(Tape sound, Rng random)
    {
        if (random.Chance(0.5))
        {
            sound.Add(Sox.Synth("synth", "3", "sine", "2100", "gain", "-6"), Tape.Loudness, isWhole: true);
            return "fax that answers";
        }
        for (int i = 0; i < 3; i++)
        {
            sound.Add(Sox.Synth("synth", "0.5", "sine", "1100", "gain", "-6"), Tape.Loudness, isWhole: true);
            sound.Rest(3);
        }
        return "fax that calls";
    }
}
