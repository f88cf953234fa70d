using Ringwright.Calls;
using Ringwright.Core;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Two who talk are bridged once more: by the newer terms, and nobody is told what he knows.</summary>
public sealed class BridgedAgainTests
{
    private readonly ShardRig _rig = new();
    private uint _counter = 1_000;

    private int Told => _rig.Events.OfType<CallEvent.LegBridged>().Count();

    [Fact]
    public void The_same_two_are_told_once_and_a_third_is_news()
    {
        var (one, other) = (Answered(), Answered());
        Bridge(one, other);
        Assert.Equal(2, Told);
        Bridge(one, other);
        Bridge(other, one);
        Assert.Equal(2, Told);
        Assert.Empty(_rig.Events.OfType<CallEvent.LegUnbridged>());
        Bridge(one, Answered());
        Assert.Equal(4, Told);
    }

    [Fact]
    public void What_the_second_command_says_of_the_end_holds()
    {
        var (one, other) = (Answered(), Answered());
        Bridge(one, other);
        Assert.True(_rig.Command(new LegCommand.Bridge(other) { ParksAfterUnbridge = true }, one).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.Hangup(), other).IsAccepted);
        Assert.Equal(other, Assert.Single(_rig.Events.OfType<CallEvent.LegEnded>()).Leg.Id);
    }

    [Fact]
    public void Whoever_is_bridged_is_left_to_whom_he_talks_to_where_the_command_says_so()
    {
        var (one, other, third) = (Answered(), Answered(), Answered());
        Bridge(one, other);
        Assert.Equal(Refusal.WrongState, _rig.Command(new LegCommand.Bridge(other) { LeavesBridged = true }, third).Refusal);
        Assert.Equal(2, Told);
        Assert.Empty(_rig.Events.OfType<CallEvent.LegEnded>());
        // The same two, and one who is free.
        Assert.True(_rig.Command(new LegCommand.Bridge(other) { LeavesBridged = true }, one).IsAccepted);
        Assert.True(_rig.Command(new LegCommand.Bridge(Answered()) { LeavesBridged = true }, third).IsAccepted);
        Assert.Equal(4, Told);
    }

    private void Bridge(LegId leg, LegId peer) => Assert.True(_rig.Command(new LegCommand.Bridge(peer), leg).IsAccepted);

    private LegId Answered()
    {
        var leg = _rig.Dial(ShardRig.Request(), ++_counter).Id;
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));
        return leg;
    }
}
