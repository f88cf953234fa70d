using System.Text.Json.Nodes;

namespace Ringwright.Interop;

/// <summary>What carriers and phones do inside dialogs, done by SIPp: reliable ringing, refusals, early media, redirections.</summary>
public sealed class DialogSippTests(RunningNode node)
{
    [Fact]
    public async Task A_caller_who_requires_reliable_ringing_gets_it_with_our_offer()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var caller = Sipp.Call(node, customer.Number, "uac-100rel");
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "answer");
        await caller.SucceedsAsync();
        await customer.NextAsync("call.hangup");
        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], customer.Types);
    }

    [Fact]
    public async Task Reliable_ringing_of_a_callee_is_acknowledged_by_PRACK()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var callee = Sipp.Listen("uas-100rel");
        var call = await DialAsync(customer, callee);
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "hangup");
        await callee.SucceedsAsync();
    }

    [Fact]
    public async Task REFER_and_other_strange_requests_are_refused_and_the_call_goes_on()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var caller = Sipp.Call(node, customer.Number, "uac-inside");
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "answer");
        await caller.SucceedsAsync();
        Assert.Equal("normal_clearing", (string?)(await customer.NextAsync("call.hangup"))["hangup_cause"]);
    }

    [Fact]
    public async Task A_caller_hears_the_network_of_the_one_that_the_call_is_transferred_to()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var callee = Sipp.Listen("uas-early-media");
        using var caller = Sipp.Call(node, customer.Number, "uac-early-media");
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "transfer",
            new() { ["to"] = $"sip:phone@127.0.0.1:{callee.Port}" });
        await caller.SucceedsAsync();
        await callee.SucceedsAsync();
        await customer.CountAsync("call.bridged", 2);
    }

    [Fact]
    public async Task A_call_that_is_sent_on_is_one_call()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var next = Sipp.Listen("uas-basic");
        using var first = Sipp.Listen("uas-redirect", "-key", "next", $"{next.Port}");
        var call = await DialAsync(customer, first);
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "hangup");
        await first.SucceedsAsync();
        await next.SucceedsAsync();
        Assert.Single(customer.Payloads("call.initiated"));
    }

    private static Task<JsonNode> DialAsync(Customer customer, Sipp phone) => customer.DialAsync($"sip:phone@127.0.0.1:{phone.Port}");
}
