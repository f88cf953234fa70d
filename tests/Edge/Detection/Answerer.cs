using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Detection;

/// <summary>Who picks up, for the detection that tells kinds. A long office greets for longer than the default lets a person.</summary>
internal enum AnswererKind { Home, Office, LongOffice, Greeting, GreetingAndBeep, FaxAnswers, FaxCalls, Nobody }

/// <summary>
/// One answered call that SoX, flite, espeak-ng and recorded speakers make, from its seed alone, and what the engine makes of it: with the
/// defaults, and with a greeting's length as for offices. Even seeds are held out, with words and voices of their own.
/// </summary>
internal sealed record Answerer(ulong Seed, AnswererKind Kind, short[] Samples, string Words)
{
    public static readonly MachineDetection Terms = new(MachineMode.Classify) { TotalAnalysis = TimeSpan.FromSeconds(30) };
    public static readonly MachineDetection OfficeTerms = Terms with { GreetingDuration = TimeSpan.FromSeconds(6) };

    private static readonly string[] Codecs = ["", "", "al", "vox", "gsm"];
    private static readonly AnswererKind[] Kinds =
    [
        AnswererKind.Home, AnswererKind.Office, AnswererKind.Greeting, AnswererKind.GreetingAndBeep, AnswererKind.FaxAnswers,
        AnswererKind.FaxCalls, AnswererKind.Nobody,
    ];

    public bool IsHeldOut => Seed % 2 == 0;
    public double Loss { get; private init; }

    public required Hearing Usual { get; init; }
    public required Hearing ForOffices { get; init; }

    public static Answerer Make(ulong seed)
    {
        var random = new Rng(seed * 15_485_863);
        bool isHeldOut = seed % 2 == 0;
        var kind = Kinds[seed / 2 % (ulong)Kinds.Length];
        string codec = Codecs[random.Next(Codecs.Length)];
        int level = -12 - 6 * random.Next(4), noise = random.Chance(0.5) ? 20 + 5 * random.Next(4) : 0;
        double loss = random.Chance(0.5) ? 0.01 * (1 + random.Next(2)) : 0;
        var sound = new Tape(0.2 + 1.3 * random.NextDouble());
        string words = Fill(sound, ref kind, random, isHeldOut);
        double[] made = sound.Finish(noise == 0 ? 0 : Tape.Loudness * Math.Pow(10, -noise / 20.0), random);
        short[] samples = Tape.ToSamples(made, level);
        if (codec.Length > 0) samples = Sox.Through(codec, samples);
        return new(seed, kind, samples, $"{words}, {codec} {level} dB, noise {noise}")
        {
            Loss = loss, Usual = Hear(Terms), ForOffices = Hear(OfficeTerms),
        };

        Hearing Hear(MachineDetection terms)
        {
            var lost = new Rng(seed);
            bool wasLost = false;
            return Hearing.Of(samples, () => wasLost = lost.Chance(wasLost ? Math.Min(0.3, 20 * loss) : loss), terms);
        }
    }

    /// <summary>The kind as a webhook says it, or that a beep came before it.</summary>
    public static string Told(Hearing heard) => (heard.Verdict, heard.End) switch
    {
        (null, GreetingEnd.BeepDetected) => "beep alone",
        (null, _) => "nothing",
        var (verdict, _) => verdict.Value.ToString(),
    };

    public bool IsRight(Hearing heard) => Kind switch
    {
        AnswererKind.Home => heard.Verdict is MachineVerdict.Residence,
        AnswererKind.Office or AnswererKind.LongOffice => heard.Verdict is MachineVerdict.Business,
        AnswererKind.Greeting => heard.Verdict is MachineVerdict.Machine && heard.End is GreetingEnd.NoBeep,
        AnswererKind.GreetingAndBeep => heard.Verdict is MachineVerdict.Machine or null && heard.End is GreetingEnd.BeepDetected,
        AnswererKind.Nobody => heard.Verdict is MachineVerdict.Silence,
        _ => heard.Verdict is MachineVerdict.Fax && heard.End is null,
    };

    public override string ToString() =>
        $"seed {Seed}, {Kind}, {Words}, loss {Loss}: {Describe(Usual)}; for offices {Describe(ForOffices)}";

    private static string Describe(Hearing heard) =>
        $"{Told(heard)} at {heard.VerdictAt:F2} ({string.Join("; ", heard.Evidence)}), {heard.End} at {heard.EndAt:F2} ({heard.Rule})";

    private static string Fill(Tape sound, ref AnswererKind kind, Rng random, bool isHeldOut)
    {
        double start = sound.Seconds;
        string words;
        switch (kind)
        {
            case AnswererKind.Home:
                words = sound.AddVoice(Speaker.Home(random, isHeldOut));
                break;
            case AnswererKind.Office:
                words = sound.AddVoice(Speaker.Office(random, isHeldOut));
                if (sound.Seconds - start >= Terms.GreetingDuration.TotalSeconds) kind = AnswererKind.LongOffice;
                break;
            case AnswererKind.FaxAnswers:
                words = FaxAnswer(sound, random);
                break;
            case AnswererKind.FaxCalls:
                words = "1100 Hz";
                for (int i = 0; i < 3; i++)
                {
                    sound.Add(Sox.Synth("synth", "0.5", "sine", "1100", "gain", "-6"), Tape.Loudness, isWhole: true);
                    sound.Rest(3);
                }
                break;
            case AnswererKind.Nobody:
                words = "";
                sound.Rest(31);
                return words;
            default:
                words = sound.AddVoice(Speaker.Machine(random, isHeldOut));
                if (kind is not AnswererKind.GreetingAndBeep) break;
                sound.Rest(0.2 + random.NextDouble());
                sound.Add(Sox.Synth("synth", "0.4", "sine", Number(800 + random.Next(900)), "gain", "-6"), Tape.Loudness, isWhole: true);
                break;
        }
        words += FormattableString.Invariant($" {sound.Seconds - start:F2} s");
        sound.Rest(8);
        return words;
    }

    /// <summary>2100 Hz: plain (ITU-T T.30), or turned round every 450 ms, and half of those trembling at 15 Hz (ITU-T V.8).</summary>
    private static string FaxAnswer(Tape sound, Rng random)
    {
        if (random.Chance(0.5))
        {
            sound.Add(Sox.Synth("synth", "3", "sine", "2100", "gain", "-6"), Tape.Loudness, isWhole: true);
            return "2100 Hz";
        }
        string[] trembles = random.Chance(0.5) ? ["tremolo", "15", "20"] : [];
        for (int i = 0; i < 7; i++)
            sound.Add(Sox.Synth(["synth", "0.45", "sine", "2100", "0", i % 2 == 0 ? "0" : "50", "gain", "-6", .. trembles]), Tape.Loudness,
                isWhole: true);
        return $"2100 Hz turned {string.Join(' ', trembles)}";
    }

    private static string Number(int value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
