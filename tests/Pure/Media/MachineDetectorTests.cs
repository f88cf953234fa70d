using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Dsp;
using Ringwright.Media.Dsp.Detection;

namespace Ringwright.Pure.Media;

public sealed class MachineDetectorTests
{
    internal const int Rate = 8_000;
    private const int Tick = 160;

    internal static short[] Voice(int milliseconds) => Signals.SpeechLike(Rate, milliseconds * Rate / 1000);
    internal static short[] Tone(int hertz, int milliseconds, int second = 0) =>
        ToneGenerator.Render(hertz, second, milliseconds, 0, milliseconds, Rate);
    internal static short[] Silence(int milliseconds) => new short[milliseconds * Rate / 1000];

    private static MachineDetection Terms(MachineMode mode = MachineMode.Detect) => new(mode);

    /// <summary>What the detector said, each with the milliseconds at which it said it.</summary>
    internal sealed record Heard(MachineVerdict? Verdict, int VerdictAt, GreetingEnd? Greeting, int GreetingAt, MachineDetector Detector);

    internal static Heard Listen(MachineDetection terms, params short[][] sounds)
    {
        short[] line = [.. sounds.SelectMany(sound => sound)];
        var detector = new MachineDetector();
        detector.Start(terms, Rate);
        MachineVerdict? verdict = null;
        GreetingEnd? greeting = null;
        int verdictAt = 0, greetingAt = 0;
        for (int at = 0; at + Tick <= line.Length && detector.IsOn; at += Tick)
        {
            var finding = detector.Handle(line.AsSpan(at, Tick));
            if (finding is MachineFinding.Verdict)
            {
                Assert.Null(verdict);
                (verdict, verdictAt) = (detector.Verdict, (at + Tick) * 1000 / Rate);
                finding = detector.Next();
            }
            if (finding is not MachineFinding.GreetingEnd) continue;
            Assert.Null(greeting);
            (greeting, greetingAt) = (detector.Greeting, (at + Tick) * 1000 / Rate);
        }
        return new(verdict, verdictAt, greeting, greetingAt, detector);
    }

    [Fact]
    public void A_short_greeting_and_then_silence_is_a_person()
    {
        var heard = Listen(Terms(), Silence(400), Voice(600), Silence(5_000));
        Assert.Equal(MachineVerdict.Human, heard.Verdict);
        Assert.InRange(heard.VerdictAt, 1_800, 1_900);
    }

    [Fact]
    public void Somebody_who_talks_on_is_a_machine()
    {
        var heard = Listen(Terms(), Voice(6_000), Silence(3_000));
        Assert.Equal(MachineVerdict.Machine, heard.Verdict);
        Assert.InRange(heard.VerdictAt, 500, 3_500);
    }

    [Fact]
    public void A_line_without_a_sound_is_not_sure_when_time_is_up()
    {
        var heard = Listen(Terms(), Silence(9_000));
        Assert.Equal((MachineVerdict.NotSure, 3_500), (heard.Verdict, heard.VerdictAt));
    }

    [Fact]
    public void Silence_from_the_start_beyond_the_limit_is_a_machine()
    {
        var heard = Listen(Terms() with { InitialSilence = TimeSpan.FromSeconds(2) }, Silence(9_000));
        Assert.Equal((MachineVerdict.Machine, 2_020), (heard.Verdict, heard.VerdictAt));
    }

    [Fact]
    public void More_words_than_a_person_says_are_a_machines()
    {
        short[][] words = [.. Enumerable.Range(0, 8).SelectMany(_ => (short[][])[Voice(200), Silence(160)])];
        Assert.Equal(MachineVerdict.Machine, Listen(Terms() with { MaximumWords = 3 }, words).Verdict);
        Assert.InRange(Listen(Terms() with { MaximumWords = 3 }, words).VerdictAt, 1_080, 1_260);
        Assert.Equal(MachineVerdict.Human, Listen(Terms() with { MaximumWords = 20 }, [.. words, Silence(2_000)]).Verdict);
    }

    [Fact]
    public void A_pause_between_words_is_as_long_as_the_terms_say()
    {
        short[][] words = [.. Enumerable.Range(0, 5).SelectMany(_ => (short[][])[Voice(200), Silence(160)]), Silence(2_000)];
        var apart = Terms() with { MaximumWords = 2 };
        Assert.Equal(MachineVerdict.Machine, Listen(apart, words).Verdict);
        Assert.Equal(MachineVerdict.Human, Listen(apart with { BetweenWordsSilence = TimeSpan.FromMilliseconds(400) }, words).Verdict);
    }

    [Fact]
    public void A_word_or_a_greeting_that_is_too_long_is_a_machines()
    {
        var wide = Terms() with { BetweenWordsSilence = TimeSpan.FromSeconds(1), TotalAnalysis = TimeSpan.FromSeconds(9) };
        Assert.Contains("a word of", Listen(wide with { MaximumWordLength = TimeSpan.FromSeconds(1) }, Voice(3_000)).Detector.Rule,
            StringComparison.Ordinal);
        Assert.Contains("a greeting of", Listen(wide with { GreetingDuration = TimeSpan.FromSeconds(1) }, Voice(3_000)).Detector.Rule,
            StringComparison.Ordinal);
    }

    [Fact]
    public void How_long_a_person_is_silent_is_for_the_terms_to_say()
    {
        var heard = Listen(Terms() with { AfterGreetingSilence = TimeSpan.FromMilliseconds(300) }, Voice(500), Silence(2_000));
        Assert.Equal(MachineVerdict.Human, heard.Verdict);
        Assert.InRange(heard.VerdictAt, 780, 900);
    }

    [Fact]
    public void What_is_quieter_than_the_threshold_is_silence()
    {
        Assert.Equal(MachineVerdict.NotSure, Listen(Terms() with { SilenceThreshold = 20_000 }, Voice(500), Silence(5_000)).Verdict);
    }

    [Fact]
    public void Noise_is_no_voice_and_a_voice_is_heard_over_it()
    {
        short[] Noisy(short[] line)
        {
            var random = new Rng(3);
            return [.. line.Select(sample => (short)(sample + random.Next(1_600) - 800))];
        }

        Assert.Equal(MachineVerdict.NotSure, Listen(Terms(), Noisy(Silence(5_000))).Verdict);
        Assert.Equal(MachineVerdict.Human, Listen(Terms(), Noisy([.. Silence(500), .. Voice(600), .. Silence(4_000)])).Verdict);
        Assert.Equal(MachineVerdict.Machine, Listen(Terms(), Noisy([.. Silence(500), .. Voice(6_000)])).Verdict);
    }

    [Theory]
    [InlineData(440, 480)]      // ringback
    [InlineData(2_100, 0)]      // fax
    [InlineData(425, 0)]
    public void A_tone_that_stays_is_a_machine(int hertz, int second)
    {
        var heard = Listen(Terms(), Silence(200), Tone(hertz, 3_000, second), Silence(3_000));
        Assert.Equal(MachineVerdict.Machine, heard.Verdict);
        Assert.Contains("steady tone", heard.Detector.Rule, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(440, 400)]
    [InlineData(1_000, 100)]
    [InlineData(1_000, 500)]
    [InlineData(1_400, 1_500)]
    [InlineData(1_950, 200)]
    public void A_beep_behind_a_greeting_is_heard_and_is_a_machines(int hertz, int milliseconds)
    {
        var heard = Listen(Terms(MachineMode.DetectBeep), Silence(200), Voice(1_200), Silence(300),
            Tone(hertz, milliseconds), Silence(4_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.BeepDetected), (heard.Verdict, heard.Greeting));
        Assert.InRange(heard.GreetingAt, 1_700 + milliseconds, 1_700 + milliseconds + 120);
    }

    [Fact]
    public void A_low_tone_in_place_of_a_word_is_no_beep()
    {
        Assert.Equal(MachineVerdict.Human, Listen(Terms(MachineMode.DetectBeep), Silence(200), Tone(560, 500), Silence(3_000)).Verdict);
        Assert.Null(Listen(Terms(MachineMode.DetectBeep), Silence(200), Tone(560, 500), Silence(300), Voice(6_000),
            Silence(2_000)).Greeting);
    }

    [Fact]
    public void A_beep_alone_is_a_machines() =>
        Assert.Equal(MachineVerdict.Machine, Listen(Terms(MachineMode.DetectBeep), Silence(200), Tone(1_000, 500), Silence(3_000)).Verdict);

    [Fact]
    public void A_greetings_end_is_waited_for_as_long_as_the_terms_say()
    {
        var patient = Terms(MachineMode.GreetingEnd) with { GreetingTotalAnalysis = TimeSpan.FromSeconds(50) };
        Assert.Equal(GreetingEnd.Ended, Listen(patient, Voice(45_000), Silence(3_000)).Greeting);
        Assert.Equal(GreetingEnd.NotSure, Listen(patient, Voice(70_000)).Greeting);
    }

    [Fact]
    public void A_beep_long_behind_the_verdict_is_waited_for()
    {
        var heard = Listen(Terms(MachineMode.DetectBeep), Voice(8_000), Silence(4_000), Tone(1_000, 400), Silence(2_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.BeepDetected), (heard.Verdict, heard.Greeting));
        Assert.InRange(heard.GreetingAt, 12_400, 12_500);
    }

    [Theory]
    [InlineData('1'), InlineData('5'), InlineData('#')]
    public void A_DTMF_digit_is_no_beep(char key)
    {
        ToneGenerator.TryKey(key, out int low, out int high);
        Assert.Null(Listen(Terms(MachineMode.DetectBeep), Voice(4_000), Silence(300), Tone(low, 200, high), Silence(2_000)).Greeting);
    }

    [Fact]
    public void A_voice_is_no_beep()
    {
        for (ulong seed = 1; seed <= 20; seed++)
            Assert.Null(Listen(Terms(MachineMode.DetectBeep), Signals.SpeechLike(Rate, 8 * Rate, seed), Silence(2_000)).Greeting);
    }

    [Fact]
    public void A_mode_that_wants_no_greeting_tells_of_none() =>
        Assert.Null(Listen(Terms(), Voice(5_000), Silence(300), Tone(1_000, 400), Silence(3_000)).Greeting);

    [Theory]
    [InlineData(MachineMode.DetectBeep), InlineData(MachineMode.DetectWords), InlineData(MachineMode.GreetingEnd)]
    public void A_beep_behind_a_persons_verdict_proves_it_wrong_and_is_told(MachineMode mode)
    {
        var heard = Listen(Terms(mode), Voice(500), Silence(5_000), Tone(1_000, 400), Silence(3_000));
        Assert.Equal((MachineVerdict.Human, GreetingEnd.BeepDetected), (heard.Verdict, heard.Greeting));
        Assert.False(heard.Detector.IsOn);
    }

    [Fact]
    public void A_beep_where_it_was_not_sure_is_told() =>
        Assert.Equal((MachineVerdict.NotSure, GreetingEnd.BeepDetected),
            Outcome(Listen(Terms(MachineMode.DetectBeep), Silence(6_000), Tone(1_000, 400), Silence(1_000))));

    [Fact]
    public void Behind_a_person_neither_silence_nor_keys_are_told_and_thirty_seconds_later_nobody_listens()
    {
        ToneGenerator.TryKey('5', out int low, out int high);
        var heard = Listen(Terms(MachineMode.GreetingEnd), Voice(500), Silence(5_000), Tone(low, 200, high), Silence(500), Voice(4_000),
            Silence(22_000), Tone(1_000, 400), Silence(1_000));
        Assert.Equal((MachineVerdict.Human, null), Outcome(heard));
        Assert.False(heard.Detector.IsOn);
    }

    [Fact]
    public void Behind_a_person_a_mode_that_wants_no_beep_tells_of_none() =>
        Assert.Equal((MachineVerdict.Human, null), Outcome(Listen(Terms(), Voice(500), Silence(5_000), Tone(1_000, 400), Silence(3_000))));

    [Theory]
    [InlineData(MachineMode.DetectBeep), InlineData(MachineMode.DetectWords)]
    public void A_beep_that_was_missed_ends_the_greeting_by_silence(MachineMode mode)
    {
        var heard = Listen(Terms(mode), Voice(6_000), Silence(1_500), Voice(600), Silence(9_000));      // a buzzer
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.Ended), Outcome(heard));
        Assert.InRange(heard.GreetingAt, 8_100 + 5_000 - 60, 8_100 + 5_000 + 100);
    }

    [Fact]
    public void A_greeting_of_ten_seconds_ends_with_the_defaults()
    {
        var silent = Listen(Terms(MachineMode.GreetingEnd), Voice(10_000), Silence(4_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.Ended), Outcome(silent));
        Assert.InRange(silent.GreetingAt, 11_400, 11_600);
        var beep = Listen(Terms(MachineMode.GreetingEnd), Voice(10_000), Silence(600), Tone(1_400, 300), Silence(4_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.BeepDetected), Outcome(beep));
    }

    [Theory]
    [InlineData(440, 480, 1_000), InlineData(440, 480, 2_000), InlineData(425, 0, 1_000), InlineData(400, 450, 400)]
    public void Ringback_in_an_answered_call_is_nobodys_answer(int hertz, int second, int milliseconds)
    {
        short[] ring = Tone(hertz, milliseconds, second);
        foreach (var mode in Enum.GetValues<MachineMode>().Where(mode => mode is not MachineMode.Classify))
        {
            Assert.Equal((MachineVerdict.NotSure, null), Outcome(Listen(Terms(mode), Silence(200), ring, Silence(3_000))));
            var person = Listen(Terms(mode), Silence(200), ring, Silence(200), Voice(500), Silence(2_000));
            Assert.Equal((MachineVerdict.Human, null), Outcome(person));
        }
    }

    [Fact]
    public void The_silence_that_somebody_may_begin_with_begins_behind_ringback()
    {
        var terms = Terms() with { InitialSilence = TimeSpan.FromSeconds(1) };
        var heard = Listen(terms, Silence(200), Tone(425, 1_000), Silence(3_000));
        Assert.Equal(MachineVerdict.Machine, heard.Verdict);
        Assert.InRange(heard.VerdictAt, 2_180, 2_280);
    }

    [Fact]
    public void A_busy_tone_is_a_machine()
    {
        short[] beat = [.. Tone(425, 500), .. Silence(500)];
        var heard = Listen(Terms(), Silence(300), beat, beat, beat, beat);
        Assert.Equal(MachineVerdict.Machine, heard.Verdict);
        Assert.Contains("busy", heard.Detector.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_calling_fax_is_a_machine_without_a_beep()
    {
        short[] call = [.. Tone(1_100, 500), .. Silence(3_000)];
        var heard = Listen(Terms(MachineMode.DetectBeep), Silence(300), call, call, call);
        Assert.Equal((MachineVerdict.Machine, null), Outcome(heard));
        Assert.Contains("fax", heard.Detector.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void A_calling_fax_of_which_packets_were_lost_is_none_the_less()
    {
        var heard = Listen(Terms(MachineMode.DetectBeep), Silence(300), Tone(1_100, 240), Silence(40), Tone(1_100, 200), Silence(8_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.Ended), Outcome(heard));
    }

    [Fact]
    public void A_low_beep_behind_a_voice_that_was_too_faint_is_told() =>
        Assert.Equal((MachineVerdict.NotSure, GreetingEnd.BeepDetected),
            Outcome(Listen(Terms(MachineMode.DetectBeep), Silence(6_000), Tone(500, 100), Silence(1_000))));

    [Theory]
    [InlineData(2_600), InlineData(3_900)]
    public void A_fax_that_answers_is_a_machine_without_a_beep(int milliseconds) =>
        Assert.Equal((MachineVerdict.Machine, null),
            Outcome(Listen(Terms(MachineMode.DetectBeep), Silence(1_000), Tone(2_100, milliseconds), Silence(75), Voice(3_000))));

    private static (MachineVerdict?, GreetingEnd?) Outcome(Heard heard) => (heard.Verdict, heard.Greeting);

    [Fact]
    public void A_greeting_ends_with_silence()
    {
        var heard = Listen(Terms(MachineMode.GreetingEnd), Voice(6_000), Silence(5_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.Ended), (heard.Verdict, heard.Greeting));
        Assert.InRange(heard.GreetingAt, 7_400, 7_600);
    }

    [Fact]
    public void A_greeting_that_outlasts_its_time_is_not_sure()
    {
        var heard = Listen(Terms(MachineMode.GreetingEnd) with { GreetingTotalAnalysis = TimeSpan.FromSeconds(5) }, Voice(20_000));
        Assert.Equal(GreetingEnd.NotSure, heard.Greeting);
        Assert.InRange(heard.GreetingAt - heard.VerdictAt, 5_000, 5_300);
        heard = Listen(Terms(MachineMode.GreetingEnd), Voice(40_000));
        Assert.Equal(GreetingEnd.NotSure, heard.Greeting);
        Assert.InRange(heard.GreetingAt - heard.VerdictAt, 30_000, 30_300);
    }

    [Fact]
    public void A_beep_that_never_comes_while_somebody_talks_is_told_only_where_words_are_waited_for()
    {
        short[][] line = [Voice(44_000)];
        var words = Listen(Terms(MachineMode.DetectWords), line);
        Assert.Equal(GreetingEnd.NotSure, words.Greeting);
        Assert.InRange(words.GreetingAt - words.VerdictAt, 30_000, 30_020);
        var beep = Listen(Terms(MachineMode.DetectBeep), line);
        Assert.Null(beep.Greeting);
        Assert.False(beep.Detector.IsOn);
    }

    [Fact]
    public void The_evidence_names_what_was_heard_when_and_the_rule_that_decided()
    {
        var heard = Listen(Terms(), Silence(400), Voice(600), Silence(5_000));
        var evidence = heard.Detector.Evidence();
        Assert.StartsWith("voice 0.4", evidence[0], StringComparison.Ordinal);
        Assert.StartsWith("silence ", evidence[^2], StringComparison.Ordinal);
        Assert.StartsWith("silence of 800 ms after 1 word", evidence[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(16_000), InlineData(48_000)]
    public void Wider_codecs_are_judged_alike(int rate)
    {
        short[] line = Resampler.Convert(
            [.. Silence(400), .. Voice(5_000), .. Silence(300), .. Tone(1_000, 400), .. Silence(1_000)], Rate, rate);
        var detector = new MachineDetector();
        detector.Start(Terms(MachineMode.DetectBeep), rate);
        var findings = new List<MachineFinding>();
        for (int at = 0; at + rate / 50 <= line.Length; at += rate / 50)
        {
            if (detector.IsOn && detector.Handle(line.AsSpan(at, rate / 50)) is not MachineFinding.Nothing and var finding)
                findings.Add(finding);
        }
        Assert.Equal([MachineFinding.Verdict, MachineFinding.GreetingEnd], findings);
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.BeepDetected), (detector.Verdict, detector.Greeting));
    }
}
