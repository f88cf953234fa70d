using Ringwright.Calls;
using static Ringwright.Pure.Media.MachineDetectorTests;

namespace Ringwright.Pure.Media;

/// <summary>What is told where kinds are asked for: a home, a business, a machine, a fax, nobody, or a beep before all that.</summary>
public sealed class AnswererKindTests
{
    private static readonly MachineDetection Terms = new(MachineMode.Classify) { TotalAnalysis = TimeSpan.FromSeconds(30) };

    private static (MachineVerdict?, GreetingEnd?) Outcome(Heard heard) => (heard.Verdict, heard.Greeting);

    [Fact]
    public void A_short_hello_is_a_home()
    {
        var heard = Listen(Terms, Silence(400), Voice(600), Silence(5_000));
        Assert.Equal((MachineVerdict.Residence, null), Outcome(heard));
        Assert.InRange(heard.VerdictAt, 1_800, 1_900);
        Assert.StartsWith("silence of 800 ms after 1 phrase in 6", heard.Detector.Rule, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_says_more_and_waits_is_a_business()
    {
        var heard = Listen(Terms, Silence(400), Voice(2_600), Silence(5_000));
        Assert.Equal((MachineVerdict.Business, null), Outcome(heard));
        Assert.InRange(heard.VerdictAt, 4_200, 4_300);
    }

    [Fact]
    public void Three_phrases_are_a_business_however_short()
    {
        short[][] said = [Voice(300), Silence(340), Voice(300), Silence(340), Voice(300), Silence(3_000)];
        Assert.Equal(MachineVerdict.Business, Listen(Terms, said).Verdict);
        Assert.Equal(MachineVerdict.Residence, Listen(Terms, said[2..]).Verdict);
    }

    [Fact]
    public void A_pause_within_a_longer_greeting_ends_it_later()
    {
        var heard = Listen(Terms, Voice(2_000), Silence(1_000), Voice(3_000), Silence(6_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.NoBeep), Outcome(heard));
    }

    [Fact]
    public void A_greeting_longer_than_the_terms_say_is_a_machine_and_the_beep_behind_it_is_told()
    {
        var heard = Listen(Terms, Voice(5_000), Silence(600), Tone(1_000, 400), Silence(3_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.BeepDetected), Outcome(heard));
        Assert.InRange(heard.VerdictAt, 3_400, 3_600);
        var patient = Terms with { GreetingDuration = TimeSpan.FromSeconds(6) };
        Assert.Equal(MachineVerdict.Business, Listen(patient, Voice(5_000), Silence(3_000)).Verdict);
    }

    [Fact]
    public void A_beep_before_the_verdict_is_told_alone_with_all_that_was_heard()
    {
        var heard = Listen(Terms, Silence(200), Voice(1_200), Silence(300), Tone(1_000, 400), Silence(4_000));
        Assert.Equal((null, GreetingEnd.BeepDetected), Outcome(heard));
        Assert.False(heard.Detector.IsOn);
        Assert.Matches("^voice 0.*; beep of 1000 Hz 1.*; a beep of 1000 Hz before any verdict$", heard.Detector.Rule);
    }

    [Fact]
    public void A_beep_behind_a_persons_verdict_is_told() =>
        Assert.Equal((MachineVerdict.Residence, GreetingEnd.BeepDetected),
            Outcome(Listen(Terms, Voice(500), Silence(5_000), Tone(1_000, 400), Silence(3_000))));

    [Fact]
    public void A_machine_that_is_silent_or_talks_on_has_no_beep()
    {
        var silent = Listen(Terms, Voice(6_000), Silence(9_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.NoBeep), Outcome(silent));
        Assert.InRange(silent.GreetingAt, 10_900, 11_100);
        var talking = Listen(Terms, Voice(44_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.NoBeep), Outcome(talking));
        Assert.InRange(talking.GreetingAt - talking.VerdictAt, 30_000, 30_020);
    }

    [Fact]
    public void What_a_phone_asks_that_screens_its_calls_has_an_end()
    {
        var screening = Terms with { PromptEnd = TimeSpan.FromSeconds(10) };
        var asked = Listen(screening, Voice(6_000), Silence(9_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.PromptEnded), Outcome(asked));
        Assert.InRange(asked.GreetingAt, 7_400, 7_600);
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.BeepDetected),
            Outcome(Listen(screening, Voice(5_000), Silence(600), Tone(1_000, 400), Silence(3_000))));
        var talking = Listen(screening, Voice(44_000));
        Assert.Equal((MachineVerdict.Machine, GreetingEnd.NoBeep), Outcome(talking));
        Assert.InRange(talking.GreetingAt - talking.VerdictAt, 10_000, 11_000);
        Assert.Equal((MachineVerdict.Residence, null), Outcome(Listen(screening, Silence(400), Voice(600), Silence(5_000))));
    }

    [Fact]
    public void Nothing_said_is_silence_when_time_is_up_and_not_before()
    {
        Assert.Equal((MachineVerdict.Silence, 30_000), (Listen(Terms, Silence(40_000)).Verdict, Listen(Terms, Silence(40_000)).VerdictAt));
        var hasty = Terms with { TotalAnalysis = TimeSpan.FromSeconds(4) };
        Assert.Equal((MachineVerdict.Silence, 4_000), (Listen(hasty, Silence(9_000)).Verdict, Listen(hasty, Silence(9_000)).VerdictAt));
        Assert.Equal(MachineVerdict.Silence, Listen(hasty, Tone(425, 1_000), Silence(5_000)).Verdict);       // ringback is nobody
    }

    [Fact]
    public void Who_picks_up_late_is_waited_for() =>
        Assert.Equal(MachineVerdict.Residence, Listen(Terms, Silence(12_000), Voice(600), Silence(3_000)).Verdict);

    [Theory]
    [InlineData(1_500, 300, MachineVerdict.NotSure)]        // began to talk just before the end
    [InlineData(1_000, 900, MachineVerdict.NotSure)]
    [InlineData(100, 1_900, MachineVerdict.Machine)]
    [InlineData(800, 600, MachineVerdict.Residence)]
    public void When_time_is_up_it_is_judged_by_what_there_is(int silence, int talk, MachineVerdict expected)
    {
        var hasty = Terms with { TotalAnalysis = TimeSpan.FromSeconds(2) };
        bool isPerson = expected is MachineVerdict.Residence;
        Assert.Equal(expected, Listen(hasty, Silence(silence), Voice(talk), isPerson ? Silence(3_000) : Voice(3_000)).Verdict);
    }

    [Theory]
    [InlineData(2_600), InlineData(3_900)]
    public void A_fax_that_answers_is_one_and_no_more_is_told(int milliseconds)
    {
        var heard = Listen(Terms, Silence(1_000), Tone(2_100, milliseconds), Silence(75), Voice(3_000), Silence(9_000));
        Assert.Equal((MachineVerdict.Fax, null), Outcome(heard));
        Assert.False(heard.Detector.IsOn);
    }

    [Fact]
    public void A_fax_that_calls_is_one()
    {
        short[] call = [.. Tone(1_100, 500), .. Silence(3_000)];
        Assert.Equal((MachineVerdict.Fax, null), Outcome(Listen(Terms, Silence(300), call, call, call)));
    }

    [Theory]
    [InlineData(1_004), InlineData(2_000)]
    public void Another_tone_without_an_end_is_a_machine(int hertz) =>
        Assert.Equal(MachineVerdict.Machine, Listen(Terms, Silence(300), Tone(hertz, 4_000)).Verdict);

    [Fact]
    public void A_voice_is_no_fax()
    {
        for (ulong seed = 1; seed <= 20; seed++)
            Assert.Equal(MachineVerdict.Machine, Listen(Terms, Signals.SpeechLike(Rate, 8 * Rate, seed)).Verdict);
    }
}
