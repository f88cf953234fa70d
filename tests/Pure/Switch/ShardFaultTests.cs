using Ringwright.Switch;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Faults of ours outside of any actor's turn: told, and of no consequence for the other calls of the shard.</summary>
public sealed class ShardFaultTests
{
    [Fact]
    public void Timers_that_throw_are_told_and_rest_while_the_others_go_on()
    {
        var rig = new ShardRig();
        rig.FireAt(rig.Now);
        rig.Dial();
        int sent = rig.SentCount("INVITE ");
        var whole = rig.Current;
        rig.Current = null!;        // whoever follows the configuration throws
        rig.FireAt(rig.Now);
        int told = rig.Failures.Count;
        Assert.NotEqual(0, told);
        rig.FireAt(rig.Now);
        Assert.Equal(told, rig.Failures.Count);
        Assert.True(rig.NextDue > rig.Now);
        rig.Advance(0.6);
        Assert.Equal(sent + 1, rig.SentCount("INVITE "));
        rig.Current = whole;
        rig.Failures.Clear();
        rig.Advance(2);
        Assert.Empty(rig.Failures);
    }

    [Fact]
    public void A_message_that_is_none_of_an_actors_is_told_when_it_throws()
    {
        var rig = new ShardRig();
        rig.Handle(new ShardMessage.Restore([null!]));
        Assert.IsType<NullReferenceException>(Assert.Single(rig.Failures));
    }

    [Fact]
    public void A_request_that_makes_us_throw_is_answered_and_leaves_nothing()
    {
        var rig = new ShardRig(change: s => s with { UserAgent = null! });
        rig.Receive(Invite(body: null).Replace("INVITE", "OPTIONS"));
        Assert.Single(rig.Failures);
        Assert.StartsWith("SIP/2.0 500", rig.Last);
        rig.Failures.Clear();
        rig.AssertNothingLeft();
    }
}
