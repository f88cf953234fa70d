using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>A node whose session timers run so fast that a test can wait for them.</summary>
public sealed class FastTimerNode() : RunningNode("--session-expires", "4", "--session-min", "2");

/// <summary>The classes that take turns on it.</summary>
[CollectionDefinition(nameof(FastTimerNode))]
public sealed class FastTimerNodeDefinition : ICollectionFixture<FastTimerNode>;

/// <summary>RFC 4028 against SIPp, and what happens when both sides change a call at once.</summary>
[Collection(nameof(FastTimerNode))]
public sealed class SessionTimerSippTests(FastTimerNode node)
{
    /// <summary>In the gate without both changing it at once, which is OwnChangeTests' in Pure.</summary>
    public static TheoryData<string> Callers => Depth.Rows(gate: ["uac-session-timer"], deep: ["uac-glare"]);

    [Theory, MemberData(nameof(Callers))]
    public async Task The_node_keeps_the_call_of_a_caller_alive(string scenario)
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var caller = Sipp.Call(node, customer.Number, scenario);
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "answer");
        await caller.SucceedsAsync();
        Assert.Equal("caller", (string?)(await customer.NextAsync("call.hangup"))["hangup_source"]);
    }

    [Fact]
    public async Task A_caller_who_does_not_refresh_is_hung_up()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var caller = Sipp.Call(node, customer.Number, "uac-session-expires");
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "answer");
        await caller.SucceedsAsync();
        await customer.NextAsync("call.hangup");
    }

    [Fact, Depth("the gate has a call that is kept alive, and one that is hung up")]
    public async Task The_node_refreshes_by_re_INVITE_where_UPDATE_is_unknown()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var callee = Sipp.Listen("uas-session-timer");
        await customer.DialAsync($"sip:phone@127.0.0.1:{callee.Port}");
        await callee.SucceedsAsync();
        Assert.Equal("callee", (string?)(await customer.NextAsync("call.hangup"))["hangup_source"]);
    }
}
