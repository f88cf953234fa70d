using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A phone calls an own number; the application answers, rejects or hangs up. Cases 2 to 5.</summary>
public sealed class IncomingCallTests(RunningNode node) : CallCase(node)
{
    [Fact] // case 2
    public async Task A_call_to_an_own_number_is_announced_and_rings_without_being_answered()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone().Call(customer.Number, from: "+13125550142", name: "Ada Lovelace");
        var initiated = await customer.NextAsync("call.initiated");
        await phone.ReachesAsync(180);

        Assert.Equal(("incoming", "parked"), ((string?)initiated["direction"], (string?)initiated["state"]));
        Assert.Equal(("+13125550142", customer.Number), ((string?)initiated["from"], (string?)initiated["to"]));
        Assert.Equal("Ada Lovelace", (string?)initiated["caller_id_name"]);
        Assert.Null(initiated["client_state"]);
        Assert.Matches(Webhook.Micros(), (string)initiated["start_time"]!);
        Assert.Equal([100, 180], phone.Statuses);
        Assert.True((bool)(await customer.GetAsync($"calls/{initiated["call_control_id"]}")).Succeeds().Data["is_alive"]!);

        phone.Cancel();
        await phone.ReachesAsync(487);
        Assert.Equal(("originator_cancel", "caller", "487"), Hangup(await customer.NextAsync("call.hangup")));
        Assert.Equal(["call.initiated", "call.hangup"], customer.Types);
    }

    [Fact] // case 3
    public async Task An_answer_command_gives_the_caller_200_and_is_announced()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone().Call(customer.Number);
        var initiated = await customer.NextAsync("call.initiated");
        (await customer.TryActAsync(initiated, "answer")).IsOk();
        await phone.ReachesAsync(200);

        var answered = await customer.NextAsync("call.answered");
        Assert.Equal((string?)initiated["start_time"], (string?)answered["start_time"]);
        Assert.Equal((string?)initiated["call_control_id"], (string?)answered["call_control_id"]);
        Assert.Equal((string?)initiated["call_session_id"], (string?)answered["call_session_id"]);
        Assert.Equal("answered", (string?)answered["state"]);

        phone.Bye();
        Assert.Equal(("normal_clearing", "caller", "200"), Hangup(await customer.NextAsync("call.hangup")));
        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], customer.Types);
    }

    [Theory] // case 4
    [InlineData("USER_BUSY", 486, "user_busy")]
    [InlineData("CALL_REJECTED", 603, "call_rejected")]
    public async Task A_reject_command_gives_the_caller_its_status(string cause, int status, string hangupCause)
    {
        var customer = await CustomerAsync();
        var phone = NewPhone().Call(customer.Number);
        var initiated = await customer.NextAsync("call.initiated");
        (await customer.TryActAsync(initiated, "reject", new() { ["cause"] = cause })).IsOk();
        await phone.ReachesAsync(status);

        Assert.Equal((hangupCause, "callee", $"{status}"), Hangup(await customer.NextAsync("call.hangup")));
        Assert.DoesNotContain(200, phone.Statuses);
        Assert.Equal(["call.initiated", "call.hangup"], customer.Types);
        (await customer.TryActAsync(initiated, "answer")).Refuses(422, "90018");
    }

    [Theory] // case 4
    [InlineData("""{}""")]
    [InlineData("""{"cause":"TIRED"}""")]
    public async Task A_reject_command_without_a_known_cause_is_refused_and_the_call_rings_on(string body)
    {
        var customer = await CustomerAsync();
        var phone = NewPhone().Call(customer.Number);
        var initiated = await customer.NextAsync("call.initiated");
        var answer = await customer.TryActAsync(initiated, "reject", JsonNode.Parse(body)!.AsObject());
        Assert.Equal((422, "/cause"), (answer.Status, answer.Pointer));

        (await customer.TryActAsync(initiated, "answer")).IsOk();
        await phone.ReachesAsync(200);
    }

    [Fact] // case 5
    public async Task A_hangup_command_sends_BYE_and_a_second_one_is_refused()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        (await customer.TryActAsync(call, "hangup")).IsOk();
        await phone.ReceivesAsync("BYE");

        var ended = await customer.NextAsync("call.hangup");
        Assert.Equal(("normal_clearing", "callee", "unspecified"), Hangup(ended));
        Assert.Equal((string?)call["start_time"], (string?)ended["start_time"]);
        Assert.Matches(Webhook.Micros(), (string)ended["end_time"]!);
        (await customer.TryActAsync(call, "hangup")).Refuses(422, "90018");
        (await customer.TryActAsync(call, "speak", new() { ["payload"] = "too late", ["voice"] = "female" })).Refuses(422, "90018");
        Assert.Single(phone.Received("BYE"));
        Assert.Single(customer.Types, "call.hangup");
    }

    [Fact] // case 5
    public async Task A_hangup_command_on_a_ringing_caller_declines_the_call()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone().Call(customer.Number);
        var initiated = await customer.NextAsync("call.initiated");
        (await customer.TryActAsync(initiated, "hangup")).IsOk();
        await phone.ReachesAsync(603);
        Assert.Equal("call_rejected", (string?)(await customer.NextAsync("call.hangup"))["hangup_cause"]);
    }

    [Fact] // case 2
    public async Task A_repeated_INVITE_is_the_same_call()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone().Call(customer.Number);
        phone.RepeatInvite();
        var initiated = await customer.NextAsync("call.initiated");
        phone.RepeatInvite();
        await customer.ActAsync(initiated, "answer");
        await phone.ReachesAsync(200);
        await customer.NextAsync("call.answered");
        Assert.Single(customer.Types, "call.initiated");
    }

    [Fact] // case 2
    public async Task A_call_to_a_number_that_nobody_owns_is_not_found()
    {
        var phone = NewPhone().Call("+15559998877");
        await phone.ReachesAsync(404);
        Assert.DoesNotContain(180, phone.Statuses);
    }

    [Fact] // case 2
    public async Task A_number_without_an_application_rings_nobody()
    {
        var customer = await CustomerAsync();
        await customer.SendAsync(HttpMethod.Patch, $"phone_numbers/{Uri.EscapeDataString(customer.Number)}",
            new() { ["connection_id"] = "" });
        var phone = NewPhone().Call(customer.Number);
        await Eventually.TrueAsync(() => phone.Statuses.Any(s => s >= 400), "the caller is refused");
        Assert.DoesNotContain(180, phone.Statuses);
        Assert.Empty(customer.Types);
    }

    [Fact] // case 4
    public async Task An_application_that_says_nothing_in_time_loses_the_call()
    {
        var customer = await CustomerAsync(_ => new() { ["first_command_timeout"] = true, ["first_command_timeout_secs"] = 1 });
        var phone = NewPhone().Call(customer.Number);
        var ended = await customer.NextAsync("call.hangup");
        Assert.Equal("timeout", (string?)ended["hangup_cause"]);
        await phone.ReachesAsync(480);
    }
}
