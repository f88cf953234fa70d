using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>Calls through a real proxy that stays in the path by two Record-Route headers and refuses what goes past them.</summary>
[Collection(nameof(FastTimerNode))]
public sealed class ProxiedCallTests(FastTimerNode node)
{
    /// <summary>Who hangs up, who is hung up by the node, and whose session the node refreshes by re-INVITE.</summary>
    [Fact]
    public Task A_caller_and_a_callee_behind_the_proxy_are_joined_held_refreshed_and_hung_up() =>
        CallAsync("uac-proxied-waits", "uas-proxied");

    [Fact, Depth("the same with the parts of caller and callee exchanged")]
    public Task A_caller_behind_the_proxy_hangs_up() => CallAsync("uac-proxied", "uas-proxied-waits");

    private async Task CallAsync(string callerDoes, string calleeDoes)
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var callee = Sipp.Listen(calleeDoes);
        await using var proxy = await Kamailio.StartAsync(node, callee.Port);
        using var caller = Sipp.Call(proxy.PhoneSide, customer.Number, callerDoes);
        var call = await customer.NextAsync("call.initiated");
        // Unanswered yet: its answer is the callee's, so that whoever holds half a second later holds somebody, on a slow machine too.
        await customer.ActAsync(call, "transfer", new() { ["to"] = $"sip:callee@127.0.0.1:{proxy.NodeSide}" });
        await customer.CountAsync("call.bridged", 2);
        await caller.SucceedsAsync();
        await callee.SucceedsAsync();
        await customer.CountAsync("call.hangup", 2);
    }
}
