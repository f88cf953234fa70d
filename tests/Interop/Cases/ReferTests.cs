using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>An application refers a phone to somebody else, and SIPp plays the phone. Case 78.</summary>
public sealed class ReferTests(RunningNode node) : CallCase(node)
{
    [Fact] // case 78
    public async Task A_NOTIFY_of_200_completes_the_refer_and_the_call_ends()
    {
        var (customer, call, phone) = await ReferredAsync("uas-refer");
        using var _ = phone;
        Assert.Equal(100, (int)(await customer.NextAsync("call.refer.started"))["sip_notify_response"]!);
        var completed = await customer.NextAsync("call.refer.completed");
        Assert.Equal(200, (int)completed["sip_notify_response"]!);
        Assert.Equal(((string?)call["call_control_id"], customer.Number),
            ((string?)completed["call_control_id"], (string?)completed["from"]));
        Assert.Equal("normal_clearing", (string?)(await customer.NextAsync("call.hangup"))["hangup_cause"]);
        await phone.SucceedsAsync();
    }

    [Depth("the gate has one of each: a view of rooms, a refer that completes")]
    [Fact] // case 78
    public async Task A_NOTIFY_of_404_fails_the_refer_and_the_call_remains()
    {
        var (customer, _, phone) = await ReferredAsync("uas-refer-fails");
        using var __ = phone;
        Assert.Equal(404, (int)(await customer.NextAsync("call.refer.failed"))["sip_notify_response"]!);
        await phone.SucceedsAsync();        // it hangs up half a second later: until then nobody had
        Assert.Equal(("normal_clearing", "callee", "200"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Fact, Depth("the gate has one of each: a view of rooms, a refer that completes")]
    public async Task A_phone_that_tells_nothing_and_hangs_up_leaves_a_refer_that_failed()
    {
        var (customer, _, phone) = await ReferredAsync("uas-refer-silent");
        using var __ = phone;
        await phone.SucceedsAsync();
        await customer.NextAsync("call.hangup");
        Assert.Equal(487, (int)(await customer.NextAsync("call.refer.failed"))["sip_notify_response"]!);
        Assert.Equal(["call.initiated", "call.answered", "call.refer.started", "call.refer.failed", "call.hangup"], customer.Types);
    }

    private async Task<(Customer Customer, JsonNode Call, Sipp Phone)> ReferredAsync(string scenario)
    {
        var customer = await CustomerAsync();
        var phone = Sipp.Listen(scenario);
        var call = await customer.DialAsync($"sip:phone@127.0.0.1:{phone.Port}");
        await customer.NextAsync("call.answered");
        (await customer.TryActAsync(call, "refer", new() { ["sip_address"] = "sip:next@example.net" })).IsOk();
        return (customer, call, phone);
    }
}
