using Ringwright.Calls;
using Ringwright.Core;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class SpentTimerTests
{
    private const uint Calls = 1_000;

    private readonly ShardRig _rig = new();

    [Fact]
    public void Calls_that_end_before_their_time_limit_leave_no_deadlines_behind()
    {
        // As long as it is up, its deadline stands before those of all that end meanwhile.
        var longest = Answered(number: 1);
        for (uint i = 0; i < Calls; i++) HangUp(Answered(number: 2 + i));
        _rig.Advance(100);
        Assert.Equal(1, _rig.State.Actors);
        Assert.InRange(_rig.State.QueuedTimers, 1, 100);
        HangUp(longest);
        _rig.Advance(100);
        Assert.True(_rig.State.IsEmpty, _rig.State.ToString());
    }

    private LegId Answered(uint number)
    {
        var leg = _rig.Dial(counter: number).Id;
        _rig.Receive(Response(_rig.SentLast("INVITE "), "200 OK", body: Answer));
        // The deadlines of the set-up are over; that of the time limit, hours ahead, is left.
        _rig.Advance(5);
        return leg;
    }

    private void HangUp(LegId leg)
    {
        Assert.True(_rig.Command(new LegCommand.Hangup(), leg).IsAccepted);
        _rig.Receive(Response(_rig.SentLast("BYE "), "200 OK"));
        _rig.Sent.Clear();
    }
}
