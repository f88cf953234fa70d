using System.Diagnostics;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Switch.Legs;
using Ringwright.Switch.Routing;

namespace Ringwright.Pure.Switch;

/// <summary>What each timer of a leg does when it fires alone: only those that are there to end a call end one.</summary>
public sealed class LegTimerTests
{
    private static readonly LegTimer[] Ending = [LegTimer.Ring, LegTimer.FirstCommand, LegTimer.TimeLimit, LegTimer.Announced,
        LegTimer.Referred, LegTimer.Released];

    private readonly ShardRig _rig = new();
    private readonly ShardContext _shard;

    public LegTimerTests() => _shard = new(_rig.Settings, _rig, _rig, _rig, _rig, _rig.Registrations) { Now = _rig.Now };

    public static TheoryData<int> All => [.. Enum.GetValues<LegTimer>().Select(timer => (int)timer)];

    [Theory, MemberData(nameof(All))]
    public void A_timer_ends_a_leg_only_where_that_is_what_it_is_for(int timer)
    {
        var leg = Dialling();
        leg.Timers.Arm((LegTimer)timer, _shard.Now);
        leg.OnDue();
        Assert.Equal(Ending.Contains((LegTimer)timer), leg.IsOver);
    }

    [Fact]
    public void A_timer_that_nobody_has_named_does_nothing_to_the_call()
    {
        var leg = Dialling();
        Assert.Throws<UnreachableException>(() => LegTimers.Act(_shard, leg, (LegTimer)Enum.GetValues<LegTimer>().Length));
        Assert.Equal((LegState.Dialling, false), (leg.State, leg.IsOver));
    }

    private Leg Dialling()
    {
        var request = ShardRig.Request();
        var facts = Sample.Facts(Direction.Outbound) with { Id = ShardRig.DialledLeg(1), To = request.To };
        Assert.True(_rig.TryLease(facts.Id, network: 0, out var lease));
        return new(_shard, new LegMessage.Dial(facts, request, DialPlan.For(_rig.Current, request, _rig.Settings.Hosts), lease, ["PCMU"]));
    }
}
