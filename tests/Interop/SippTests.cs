using System.Text.Json.Nodes;

namespace Ringwright.Interop;

/// <summary>Calls between the node and SIPp, in both directions, commanded through the REST API and watched through webhooks.</summary>
public sealed class SippTests(RunningNode node)
{
    [Fact]
    public async Task A_caller_is_answered_and_hangs_up()
    {
        await using var customer = await Customer.CreateAsync(node, 0);
        using var caller = Sipp.Call(node, customer.Number, "uac-basic");
        await AnswerAsync(customer);
        await caller.SucceedsAsync();

        var ended = await customer.NextAsync("call.hangup");
        Assert.Equal(("normal_clearing", "caller", "200"), Hangup(ended));
        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], customer.Types);
    }

    [Fact]
    public async Task A_caller_gets_the_BYE_of_a_hangup_command()
    {
        await using var customer = await Customer.CreateAsync(node, 1);
        using var caller = Sipp.Call(node, customer.Number, "uac-waits-for-bye");
        var call = await AnswerAsync(customer);
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "hangup");
        await caller.SucceedsAsync();
        Assert.Equal(("normal_clearing", "callee", "unspecified"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Fact]
    public async Task A_caller_cancels_while_it_rings()
    {
        await using var customer = await Customer.CreateAsync(node, 2);
        using var caller = Sipp.Call(node, customer.Number, "uac-cancel");
        await caller.SucceedsAsync();
        Assert.Equal(("originator_cancel", "caller", "487"), Hangup(await customer.NextAsync("call.hangup")));
        Assert.Equal(["call.initiated", "call.hangup"], customer.Types);
    }

    [Fact]
    public async Task A_rejected_caller_hears_busy()
    {
        await using var customer = await Customer.CreateAsync(node, 3);
        using var caller = Sipp.Call(node, customer.Number, "uac-rejected");
        await customer.ActAsync(await customer.NextAsync("call.initiated"), "reject", new() { ["cause"] = "USER_BUSY" });
        await caller.SucceedsAsync();
        Assert.Equal(("user_busy", "callee", "486"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Fact]
    public async Task A_caller_holds_and_resumes_by_re_INVITE()
    {
        await using var customer = await Customer.CreateAsync(node, 4);
        using var caller = Sipp.Call(node, customer.Number, "uac-reinvite");
        await AnswerAsync(customer);
        await caller.SucceedsAsync();
        Assert.Equal(("normal_clearing", "caller", "200"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Fact]
    public async Task Digits_sent_by_RFC_4733_are_gathered()
    {
        await using var customer = await Customer.CreateAsync(node, 5);
        using var caller = Sipp.Call(node, customer.Number, "uac-digits");
        var call = await AnswerAsync(customer);
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "gather",
            new() { ["maximum_digits"] = 4, ["terminating_digit"] = "#", ["initial_timeout_millis"] = 10_000 });
        await customer.ActAsync(call, "send_sip_info", new() { ["content_type"] = "text/plain", ["body"] = "now" });
        var gathered = await customer.NextAsync("call.gather.ended");
        await customer.ActAsync(call, "hangup");
        await caller.SucceedsAsync();

        Assert.Equal(("12", "valid"), ((string?)gathered["digits"], (string?)gathered["status"]));
        Assert.Equal(3, customer.Types.Count(t => t == "call.dtmf.received"));
    }

    [Fact]
    public async Task A_dialled_phone_answers_and_gets_the_BYE()
    {
        await using var customer = await Customer.CreateAsync(node, 6);
        using var phone = Sipp.Listen("uas-basic");
        var call = await DialAsync(customer, phone);
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "hangup");
        await phone.SucceedsAsync();
        Assert.Equal(("normal_clearing", "caller", "unspecified"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Fact]
    public async Task A_dialled_phone_answers_and_hangs_up()
    {
        await using var customer = await Customer.CreateAsync(node, 7);
        using var phone = Sipp.Listen("uas-hangs-up");
        await DialAsync(customer, phone);
        await phone.SucceedsAsync();
        Assert.Equal(("normal_clearing", "callee", "200"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Theory]
    [InlineData("uas-busy", "user_busy", "486")]
    [InlineData("uas-missing", "not_found", "404")]
    [InlineData("uas-declined", "call_rejected", "603")]
    public async Task A_dialled_phone_refuses(string scenario, string cause, string status)
    {
        await using var customer = await Customer.CreateAsync(node, 8);
        using var phone = Sipp.Listen(scenario);
        await DialAsync(customer, phone);
        await phone.SucceedsAsync();
        Assert.Equal((cause, "callee", status), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Fact]
    public async Task A_ringing_phone_gets_the_CANCEL_of_a_hangup_command()
    {
        await using var customer = await Customer.CreateAsync(node, 9);
        using var phone = Sipp.Listen("uas-cancelled");
        var call = await DialAsync(customer, phone);
        await customer.NextAsync("call.initiated");
        await phone.HasSaidAsync(180);
        await customer.ActAsync(call, "hangup");
        await phone.SucceedsAsync();
        Assert.Equal(("originator_cancel", "caller", "487"), Hangup(await customer.NextAsync("call.hangup")));
    }

    private static async Task<JsonNode> AnswerAsync(Customer customer)
    {
        var call = await customer.NextAsync("call.initiated");
        await customer.ActAsync(call, "answer");
        return call;
    }

    private static Task<JsonNode> DialAsync(Customer customer, Sipp phone) => customer.SendAsync(HttpMethod.Post, "calls", new()
    {
        ["connection_id"] = customer.Application,
        ["to"] = $"sip:phone@127.0.0.1:{phone.Port}",
        ["from"] = customer.Number,
    });

    private static (string?, string?, string?) Hangup(JsonObject payload) =>
        ((string?)payload["hangup_cause"], (string?)payload["hangup_source"], (string?)payload["sip_hangup_cause"]);
}
