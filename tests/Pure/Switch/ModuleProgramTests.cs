using Ringwright.Calls;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Calls that come in for a program of which a module says more than what holds for any.</summary>
public sealed class ModuleProgramTests
{
    private static readonly Application Ours = new(ApplicationKind.Script, "ours");

    [Fact]
    public void One_that_answers_at_once_lets_nobody_hear_it_ring()
    {
        var rig = Rig(ApplicationTraits.Usual with { AnswersAtOnce = true });
        rig.Receive(Invite());
        Assert.Equal(["SIP/2.0 100 Trying"], rig.StartLines);
        Assert.True(rig.Events[0].Leg.Application.AnswersAtOnce);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(5)]
    public void It_has_as_long_for_its_first_command_as_its_module_says(int seconds)
    {
        var rig = Rig(ApplicationTraits.Usual with { FirstCommandTimeout = TimeSpan.FromSeconds(seconds) });
        rig.Receive(Invite());
        rig.Advance(seconds - 1);
        Assert.DoesNotContain("LegEnded", rig.Kinds);
        rig.Advance(2);
        Assert.Equal(HangupCause.FirstCommandTimeout, rig.Ended.Cause);
    }

    [Fact]
    public void One_of_which_nothing_is_said_rings_and_has_ten_seconds()
    {
        var rig = Rig(null);
        rig.Receive(Invite());
        Assert.Contains(rig.StartLines, line => line.StartsWith("SIP/2.0 180", StringComparison.Ordinal));
        rig.Advance(9);
        Assert.DoesNotContain("LegEnded", rig.Kinds);
        rig.Advance(2);
        Assert.Equal(HangupCause.FirstCommandTimeout, rig.Ended.Cause);
    }

    private static ShardRig Rig(ApplicationTraits? traits) =>
        new(change: settings => settings with { TraitsOf = application => application.Target is "ours" ? traits : null })
        {
            Current = Snapshot(App with { Application = Ours }),
        };
}
