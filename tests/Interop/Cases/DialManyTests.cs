using System.Text.Json.Nodes;

namespace Ringwright.Interop.Cases;

/// <summary>Several destinations ring at once, and one call comes of it.</summary>
public sealed class DialManyTests(RunningNode node) : CallCase(node)
{
    private static JsonObject Many(params Phone[] phones) => new() { ["to"] = new JsonArray([.. phones.Select(p => (JsonNode)p.Uri)]) };

    private static JsonObject EndOf(Customer customer, string call) =>
        customer.Payloads("call.hangup").Single(p => (string?)p["call_control_id"] == call);

    [Fact]
    public async Task The_first_that_answers_stays_and_the_others_are_cancelled()
    {
        var customer = await CustomerAsync();
        Phone[] phones = [NewPhone(), NewPhone(), NewPhone()];
        var dialled = await customer.DialAsync("", Many(phones));
        PhoneCall[] calls = [await phones[0].RingsAsync(), await phones[1].RingsAsync(), await phones[2].RingsAsync()];
        await customer.CountAsync("call.initiated", 3);
        var initiated = customer.Payloads("call.initiated").ToList();
        Assert.Equal(phones.Select(p => p.Uri).Order(), initiated.Select(p => (string?)p["to"]).Order());
        Assert.Single(initiated.Select(p => (string?)p["call_session_id"]).Distinct());
        Assert.Equal(3, initiated.Select(p => (string?)p["call_leg_id"]).Distinct().Count());
        Assert.Equal(phones[0].Uri,
            (string?)initiated.Single(p => (string?)p["call_control_id"] == (string?)dialled["call_control_id"])["to"]);

        foreach (var call in calls) call.Ring();
        await calls[1].AcceptAsync();
        var answered = await customer.NextAsync("call.answered");
        Assert.Equal(phones[1].Uri, (string?)answered["to"]);
        await calls[0].ReceivesAsync("CANCEL");
        await calls[2].ReceivesAsync("CANCEL");
        await customer.CountAsync("call.hangup", 2);
        foreach (var loser in initiated.Where(p => (string?)p["to"] != phones[1].Uri))
            Assert.Equal(("originator_cancel", "caller", "487"), Hangup(EndOf(customer, (string)loser["call_control_id"]!)));

        calls[1].Bye();
        await customer.CountAsync("call.hangup", 3);
        Assert.Equal(("normal_clearing", "callee", "200"), Hangup(EndOf(customer, (string)answered["call_control_id"]!)));
    }

    [Fact]
    public async Task Two_that_answer_at_once_leave_one_call()
    {
        var customer = await CustomerAsync();
        Phone[] phones = [NewPhone(), NewPhone()];
        await customer.DialAsync("", Many(phones));
        PhoneCall[] calls = [await phones[0].RingsAsync(), await phones[1].RingsAsync()];
        calls[0].Accept();
        calls[1].Accept();

        var answered = await customer.NextAsync("call.answered");
        var ended = await customer.NextAsync("call.hangup");
        Assert.Equal(("originator_cancel", "caller", "487"), Hangup(ended));
        Assert.NotEqual((string?)answered["to"], (string?)ended["to"]);
        var loser = calls[(string?)ended["to"] == phones[0].Uri ? 0 : 1];
        await loser.ReceivesAsync("ACK");
        await loser.ReceivesAsync("BYE");
        Assert.Single(customer.Types, "call.answered");
    }

    [Fact]
    public async Task The_one_that_answers_is_bridged_to_the_call_that_they_were_dialled_for()
    {
        var customer = await CustomerAsync();
        var (first, caller) = await AnsweredAsync(customer);
        Phone[] phones = [NewPhone(), NewPhone()];
        var body = Many(phones);
        (body["link_to"], body["bridge_on_answer"]) = ((string)first["call_control_id"]!, true);
        await customer.DialAsync("", body);
        PhoneCall[] calls = [await phones[0].RingsAsync(), await phones[1].RingsAsync()];
        calls[0].Ring();
        await calls[1].AcceptAsync();
        await customer.CountAsync("call.bridged", 2);
        Assert.Equal([(string)first["call_session_id"]!], customer.Payloads("call.bridged")
            .Select(p => (string)p["call_session_id"]!).Distinct());
        await calls[0].ReceivesAsync("CANCEL");

        caller.Bye();
        await calls[1].ReceivesAsync("BYE");
        await customer.CountAsync("call.hangup", 3);
    }

    [Fact]
    public async Task Nobody_who_answers_is_a_hangup_for_each()
    {
        var customer = await CustomerAsync();
        Phone[] phones = [NewPhone(), NewPhone()];
        await customer.DialAsync("", Many(phones));
        await (await phones[0].RingsAsync()).RefuseAsync(486);
        await (await phones[1].RingsAsync()).RefuseAsync(603);
        await customer.CountAsync("call.hangup", 2);
        Assert.Equal(["call_rejected", "user_busy"], customer.Payloads("call.hangup").Select(p => (string?)p["hangup_cause"]).Order());
    }
}
