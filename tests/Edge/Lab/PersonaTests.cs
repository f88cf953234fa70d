using Ringwright.Calls;
using Ringwright.Testing;

namespace Ringwright.Edge.Lab;

public sealed class PersonaTests
{
    private static PersonaRig Answered(string number)
    {
        var rig = new PersonaRig(number);
        rig.Ring();
        Assert.IsType<LegCommand.Answer>(Assert.Single(rig.Commands));
        rig.Answer();
        return rig;
    }

    [Theory]
    [InlineData("+15550000000")]
    [InlineData("+15550010000")]
    [InlineData("+15550060000")]
    [InlineData("+15550071000")]
    [InlineData("+15550090142")]
    [InlineData("+15550090300")]
    [InlineData("+15550090600")]
    public void Nobody_picks_up_before_the_first_words_are_ready(string number)
    {
        var voice = new TaskCompletionSource();
        var rig = new PersonaRig(number) { Voice = voice.Task, Time = TimeSpan.FromSeconds(9) };
        rig.Ring();
        Assert.Empty(rig.Commands);
        voice.SetResult();
        rig.Time = TimeSpan.MaxValue;
        rig.Run();
        Assert.IsType<LegCommand.Answer>(Assert.Single(rig.Commands));
        rig.Answer();
        Assert.Equal(Assert.Single(rig.Prepared), rig.Commands.OfType<LegCommand.Speak>().FirstOrDefault()?.Speech.Text ?? rig.Said);
    }

    [Fact]
    public void Nobody_lets_it_ring_for_ever_because_he_cannot_find_the_words()
    {
        var rig = new PersonaRig("+15550000000") { Voice = new TaskCompletionSource().Task };
        rig.Ring();
        Assert.IsType<LegCommand.Answer>(Assert.Single(rig.Commands));
        Assert.Empty(rig.Prepared);
    }

    [Fact]
    public void Who_calls_lets_the_other_side_greet()
    {
        var rig = new PersonaRig("+15550071000", Direction.Outbound);
        rig.Ring();
        Assert.Empty(rig.Commands);
        rig.Answer();
        Assert.IsType<LegCommand.WatchVoice>(Assert.Single(rig.Commands));
        rig.Tell(leg => new CallEvent.VoiceChanged(IsTalking: true) { Leg = leg, At = default });
        rig.Tell(leg => new CallEvent.VoiceChanged(IsTalking: false) { Leg = leg, At = default });
        Assert.Equal(new LegCommand.SendDigits("1"), rig.Last);
    }

    [Fact]
    public void A_voicemail_greets_and_beeps_and_is_silent()
    {
        var rig = Answered("+15550010000");
        Assert.Contains("after the tone", rig.Said, StringComparison.Ordinal);
        rig.Tell(leg => new CallEvent.SpeakStarted(Guid.NewGuid()) { Leg = leg, At = default });
        var beep = Assert.IsType<LegCommand.Play>(rig.Last);
        Assert.Equal((new PromptSource.Tone(1_000, 0, 400, 0, 400), StopWhat.All), (beep.Source, beep.Stop));
        int commands = rig.Commands.Count;
        rig.Tell(leg => new CallEvent.SpeakEnded(Guid.NewGuid(), PlayStatus.Cancelled) { Leg = leg, At = default });
        rig.Tell(leg => new CallEvent.DigitReceived('1', 100) { Leg = leg, At = default });
        Assert.Equal(commands, rig.Commands.Count);
    }

    [Fact]
    public void One_who_holds_the_line_comes_back()
    {
        var rig = Answered("+15550090600");
        Assert.Equal("One moment, please.", rig.Said);
        rig.Tell(leg => new CallEvent.SpeakEnded(Guid.NewGuid(), PlayStatus.Completed) { Leg = leg, At = default });
        Assert.Equal([new LegCommand.Hold(true), new LegCommand.Hold(false)], rig.Commands.OfType<LegCommand.Hold>());
        Assert.Equal("Thank you for waiting.", rig.Said);
        int commands = rig.Commands.Count;
        rig.Tell(leg => new CallEvent.SpeakEnded(Guid.NewGuid(), PlayStatus.Completed) { Leg = leg, At = default });
        Assert.Equal(commands, rig.Commands.Count);
    }

    [Fact]
    public void The_menu_takes_a_customer_number_and_says_it_back()
    {
        var rig = Answered("+15550060000");
        var menu = Assert.IsType<LegCommand.Gather>(rig.Last);
        Assert.Contains("Press 1", rig.Said, StringComparison.Ordinal);
        rig.Gathered(menu.GatherId, "1");
        var number = Assert.IsType<LegCommand.Gather>(rig.Last);
        Assert.Equal((4, 4), (number.MinimumDigits, number.MaximumDigits));
        rig.Gathered(number.GatherId, "4711");
        Assert.StartsWith("You have entered 4 7 1 1.", rig.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_menu_is_said_again_on_9()
    {
        var rig = Answered("+15550060000");
        rig.Gathered(((LegCommand.Gather)rig.Last).GatherId, "9");
        Assert.StartsWith("Press 1", rig.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2", GatherStatus.Valid)]
    [InlineData("7", GatherStatus.Invalid)]
    [InlineData("", GatherStatus.Timeout)]
    public void The_menu_sends_its_recovery_BYEs_and_hangs_up(string digits, GatherStatus status)
    {
        var rig = Answered("+15550060000");
        rig.Gathered(((LegCommand.Gather)rig.Last).GatherId, digits, status);
        Assert.Equal("Goodbye.", rig.Said);
        rig.Tell(leg => new CallEvent.SpeakEnded(Guid.NewGuid(), PlayStatus.Completed) { Leg = leg, At = default });
        Assert.IsType<LegCommand.Hangup>(rig.Last);
    }

    [Fact]
    public void A_person_on_a_bad_line_loses_packets_and_says_hello()
    {
        var rig = Answered("+15550090142");
        var fault = Assert.IsType<LegCommand.Degrade>(rig.Commands[1]).Fault;
        Assert.Equal((0.02, TimeSpan.FromMilliseconds(40)), (fault.Loss, fault.Jitter));
        Assert.Contains("ello", rig.Said, StringComparison.Ordinal);
    }

    [Fact]
    public void The_menu_does_nothing_when_its_caller_has_hung_up()
    {
        var rig = Answered("+15550060000");
        int commands = rig.Commands.Count;
        rig.Gathered(((LegCommand.Gather)rig.Last).GatherId, "", GatherStatus.CallHangup);
        Assert.Equal(commands, rig.Commands.Count);
    }
}
