using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Switch;
using Ringwright.Testing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>What a shard allocates for whole calls, from the datagram to the last timer; ledger, media and network are the rig's.</summary>
[Collection(nameof(Counting))]
public sealed class CallAllocationTests
{
    private const int Calls = 20, Rounds = 12, MostRounds = 300;

    private readonly ShardRig _rig = new();
    private int _call;

    [Fact]
    public void A_call_that_comes_in_keeps_to_its_budget() => Holds("call: in, answered, ended by the caller", () =>
    {
        int number = ++_call;
        _rig.Receive(Mine(Invite(branch: $"z9hG4bKi{number}")));
        var leg = _rig.Events[^1].Leg.Id;
        if (!_rig.Command(new LegCommand.Answer(), leg).IsAccepted) throw new InvalidOperationException();
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.Receive(Mine(Inside(ok, "ACK", 1, $"z9hG4bKa{number}")));
        _rig.Receive(Mine(Inside(ok, "BYE", 2, $"z9hG4bKb{number}")));
        string Mine(string text) => text.Replace("call-1@", $"call-{number}@", StringComparison.Ordinal);
    });

    [Fact]
    public void A_call_that_goes_out_keeps_to_its_budget() => Holds("call: out, answered, ended by us", () =>
    {
        var leg = _rig.Dial(counter: (uint)(1_000 + ++_call)).Id;
        _rig.Receive(Response(_rig.SentLast("INVITE"), "200 OK", body: Answer));
        if (!_rig.Command(new LegCommand.Hangup(), leg).IsAccepted) throw new InvalidOperationException();
        _rig.Receive(Response(_rig.SentLast("BYE"), "200 OK"));
    });

    private void Holds(string path, Action call)
    {
        for (int i = 0; i < Calls; i++) Run(call);
        long least = long.MaxValue;
        for (int round = 0; round < Rounds || (round < MostRounds && least > Allowed(path)); round++)
        {
            // Optimised code keeps on the stack what the first code allocates, and is made beside: it is waited for, longer where others
            // have the processors.
            Thread.Sleep(200);
            long before = _rig.Allocated;
            for (int i = 0; i < Calls; i++) Run(call);
            least = Math.Min(least, _rig.Allocated - before);
        }
        AllocationBudget.Check(path, Calls, least);
        Assert.Equal(_call, _rig.Events.OfType<CallEvent.LegEnded>().Count());
        Assert.Equal(_call, _rig.Events.OfType<CallEvent.LegAnswered>().Count());
        _rig.AssertNothingLeft();
    }

    private static long Allowed(string path) =>
        AllocationBudget.All.TryGetValue(path, out var budget) ? budget.Bytes * Calls : long.MaxValue;

    /// <summary>One call, and its transactions' timers.</summary>
    private void Run(Action call)
    {
        call();
        _rig.Advance(100);
    }
}
