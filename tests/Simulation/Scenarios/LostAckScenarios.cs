using Ringwright.Testing;

namespace Ringwright.Simulation;

public sealed class LostAckScenarios : Scenario
{
    [Theory, Seeds(200)]
    public void A_lost_ACK_leaves_no_leg_behind(ulong seed)
    {
        var world = new SimWorld(seed) { Net = { Loss = 0.2, Reorder = 0.05 } };
        world.Customer("telnyx").On("call.initiated", (call, api) => api.Answer(call));
        var caller = world.Phone("+4930123");

        caller.Dial("+4989456");
        caller.DropOutgoing("ACK", times: 3);
        world.RunUntil(() => caller.IsEstablished);
        caller.Hangup();
        world.RunUntilQuiet();

        world.AssertNothingLeft();          // timers, ports, leases, transactions, gate slots
        Assert.Equal("call.hangup", world.Events[^1].Name);
    }
}
