using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Net;
using Ringwright.Switch;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

/// <summary>A dial gate that does not answer at once, in the running engine.</summary>
public sealed class SlowGateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_dial_waits_for_its_answer_and_others_do_not_wait_for_it()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        using var phone = new SipPeer(rig.Engine.Local);
        string slow = $"sip:slow@{phone.Local}";
        var thought = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Thinks = call => call.To == slow ? thought.Task : Task.CompletedTask;

        var waiting = rig.Engine.Calls.DialAsync(EngineRig.Request(slow), Stop).AsTask();
        Assert.True((await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{phone.Local}"), Stop)).Ack.IsAccepted);
        Assert.False(waiting.IsCompleted);
        Assert.Equal((1, 1), (rig.InGate, rig.OpenPorts));
        thought.SetResult();
        Assert.True((await waiting).Ack.IsAccepted);
        Assert.Equal((2, 2), (rig.InGate, rig.OpenPorts));
    }

    [Fact]
    public async Task A_dial_that_waits_when_the_node_begins_to_stop_is_not_placed()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        var thought = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        rig.Thinks = _ => thought.Task;
        var waiting = rig.Engine.Calls.DialAsync(EngineRig.Request("sip:bob@127.0.0.1:9"), Stop).AsTask();
        rig.Engine.Drain();
        thought.SetResult();
        Assert.Equal((Refusal.Draining, "draining"), (await waiting is var refused ? (refused.Ack.Refusal, refused.Rule) : default));
        Assert.Equal((0, 0), (rig.InGate, rig.OpenPorts));
        Assert.Empty(rig.Events);
    }

    [Fact]
    public async Task A_gate_that_fails_has_refused()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        rig.Thinks = async _ =>
        {
            await Task.Yield();
            throw new InvalidOperationException("no connection");
        };
        var refused = await rig.Engine.Calls.DialAsync(EngineRig.Request("sip:bob@127.0.0.1:9"), Stop);
        Assert.Equal((Refusal.Overloaded, "gate_silent"), (refused.Ack.Refusal, refused.Rule));
        Assert.Equal((0, 0), (rig.InGate, rig.OpenPorts));
    }

    [Fact]
    public async Task Nobody_waits_longer_than_the_limit()
    {
        var clock = new FakeTimeProvider();
        var waiting = new GateWait(clock, NullLogger.Instance).ForAsync(new TaskCompletionSource<GateAnswer>().Task);
        clock.Advance(Limits.GateAnswer - TimeSpan.FromMilliseconds(1));
        Assert.False(waiting.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(GateAnswer.Silent, await waiting);
    }
}
