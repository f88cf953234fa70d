using Ringwright.Core;

namespace Ringwright.Edge.Detection;

/// <summary>
/// Answered calls without end, each made from its seed alone. Odd seeds are for tuning;
/// even ones are held out, with words and voices of their own.
/// </summary>
internal static class Corpus
{
    private const int Seconds = 14;

    /// <summary>Those of the first so many seeds that no tuning has heard.</summary>
    public static IEnumerable<ulong> HeldOut(int count)
    {
        for (ulong seed = 2; seed <= (ulong)count; seed += 2) yield return seed;
    }

    public static CorpusItem Make(ulong seed)
    {
        var random = new Rng(seed * 7_919);
        bool isHeldOut = seed % 2 == 0, isNoisy = seed / 2 % 2 == 1;
        var kind = random.Next(100) switch
        {
            < 46 => SoundKind.Person,
            < 64 => SoundKind.Greeting,
            < 86 => SoundKind.GreetingAndBeep,
            < 92 => SoundKind.Music,
            < 97 => SoundKind.Tone,
            _ => SoundKind.Silence
        };
        var sound = new double[Seconds * Voice.SampleRate];
        int at = random.Next(Voice.SampleRate) + Voice.SampleRate / 10;
        double loudness = Math.Pow(10, (90.3 - 20 - random.Next(7)) / 20);      // root mean square, 20 to 26 dB below full scale
        string words = "";
        double? beepEnd = null;
        switch (kind)
        {
            case SoundKind.Person:
                words = Speak(sound, ref at, loudness, isMachine: false, isHeldOut, random);
                break;
            case SoundKind.Greeting or SoundKind.GreetingAndBeep:
                words = Speak(sound, ref at, loudness, isMachine: true, isHeldOut, random);
                if (kind is SoundKind.Greeting) break;
                at += random.Next(Voice.SampleRate);
                int hertz = 420 + random.Next(1_550), milliseconds = 150 + random.Next(1_050);
                Beep(sound, ref at, loudness * (1 + random.NextDouble()), hertz, milliseconds);
                beepEnd = (double)at / Voice.SampleRate;
                words += $" [{hertz} Hz, {milliseconds} ms]";
                break;
            case SoundKind.Music:
                Music(sound, at, loudness, random);
                break;
            case SoundKind.Tone:
                words = Signal(sound, at, loudness, random);
                break;
        }

        var noise = isNoisy ? (NoiseKind)(1 + random.Next(4)) : NoiseKind.None;
        int ratio = isNoisy ? 10 + 5 * random.Next(3) : 0;
        // Half of the clean lines are digitally silent between words, the others have a little of their own.
        if (isNoisy) Noise.Add(sound, noise, loudness * loudness / Math.Pow(10, ratio / 10.0), random);
        else if (random.Chance(0.5)) Noise.Add(sound, NoiseKind.White, Math.Pow(10, (90.3 - 62) / 10), random);
        return new()
        {
            Seed = seed,
            IsHeldOut = isHeldOut,
            Kind = kind,
            Noise = noise,
            SignalToNoise = ratio,
            Loss = isNoisy && random.Chance(0.5) ? 0.01 * (1 + random.Next(3)) : 0,
            Samples = [.. sound.Select(value => (short)Math.Clamp(Math.Round(value), short.MinValue, short.MaxValue))],
            BeepEnd = beepEnd,
            Words = words,
        };
    }

    private static string Speak(double[] into, ref int at, double loudness, bool isMachine, bool isHeldOut, Rng random)
    {
        var script = Script.All[random.Next(Script.All.Length)];
        string[] texts = isMachine ? script.MachinesOf(isHeldOut) : script.PeopleOf(isHeldOut);
        string text = texts[random.Next(texts.Length)];
        short[] words = Voice.Choose(random, isHeldOut).Say(text, script.Language);
        double[] wide = [.. words.Select(sample => (double)sample)];
        double scale = loudness / Math.Sqrt(Math.Max(1, Noise.Power(wide)));
        foreach (double sample in wide)
            if (at < into.Length) into[at++] += sample * scale;
        return text;
    }

    private static void Beep(double[] into, ref int at, double loudness, int hertz, int milliseconds)
    {
        const int ramp = Voice.SampleRate / 250;
        int count = milliseconds * Voice.SampleRate / 1000;
        for (int i = 0; i < count && at < into.Length; i++, at++)
        {
            double edge = Math.Min(1, Math.Min(i, count - i) / (double)ramp);
            into[at] += Math.Sqrt(2) * loudness * edge * Math.Sin(2 * Math.PI * hertz * i / Voice.SampleRate);
        }
    }

    /// <summary>Chords of three plucked strings, one to four a second.</summary>
    private static void Music(double[] into, int at, double loudness, Rng random)
    {
        int step = Voice.SampleRate / (1 + random.Next(4));
        int[] scale = [0, 2, 4, 5, 7, 9, 11, 12];
        for (int note = at; note < into.Length; note += step)
        {
            for (int voice = 0; voice < 3; voice++)
            {
                double hertz = 196 * Math.Pow(2, (scale[random.Next(scale.Length)] + 4 * voice) / 12.0);
                for (int i = 0; i < 2 * step && note + i < into.Length; i++)
                {
                    double turn = 2 * Math.PI * hertz * i / Voice.SampleRate, fade = Math.Exp(-2.0 * i / Voice.SampleRate);
                    into[note + i] += 0.8 * loudness * fade * (Math.Sin(turn) + 0.5 * Math.Sin(2 * turn) + 0.25 * Math.Sin(3 * turn));
                }
            }
        }
    }

    /// <summary>What networks and machines send in place of a voice: a fax's answer, ringback behind the answer, busy tone.</summary>
    private static string Signal(double[] into, int at, double loudness, Rng random)
    {
        var (name, low, high, on, off) = random.Next(3) switch
        {
            0 => ("fax", 2_100, 0, 3_000, 75),
            1 => ("ringback", 440, 480, 2_000, 4_000),
            _ => ("busy tone", 425, 0, 500, 500),
        };
        for (int i = 0; at + i < into.Length; i++)
        {
            if (i * 1000L / Voice.SampleRate % (on + off) >= on) continue;
            double turn = 2 * Math.PI * i / Voice.SampleRate;
            into[at + i] += loudness * (high == 0 ? Math.Sqrt(2) * Math.Sin(turn * low) : Math.Sin(turn * low) + Math.Sin(turn * high));
        }
        return name;
    }
}
