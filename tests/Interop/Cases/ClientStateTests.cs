using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>client_state comes back byte for byte in later events. Case 23.</summary>
public sealed class ClientStateTests(RunningNode node) : CallCase(node)
{
    /// <summary>The second and third would not survive decoding and encoding: their last characters carry bits that mean nothing.</summary>
    private const string First = "aGV5IHRoZXJl", Second = "/+AZaz09++==", Third = "dGhpcmR=";

    [Fact] // case 23
    public async Task The_newest_state_comes_back_byte_for_byte()
    {
        Tool.Require("espeak-ng");
        var customer = await CustomerAsync();
        var phone = NewPhone();
        var call = await customer.DialAsync(phone.Uri, new() { ["client_state"] = First });
        Assert.Equal(First, (string?)call["client_state"]);
        var ringing = await phone.RingsAsync();
        await ringing.AcceptAsync();
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "speak", new() { ["payload"] = "Hello.", ["voice"] = "female", ["client_state"] = Second });
        await customer.NextAsync("call.speak.ended");
        (await customer.TryActAsync(call, "client_state_update", new() { ["client_state"] = Third })).IsOk();
        await Eventually.SomeAsync<object>(async () =>
            (string?)(await customer.GetAsync($"calls/{call["call_control_id"]}")).Succeeds().Data["client_state"] == Third ? Third : null,
            "the call shows its newest state");
        ringing.Bye();
        await customer.NextAsync("call.hangup");

        Assert.Equal([("call.initiated", First), ("call.answered", First), ("call.speak.started", Second), ("call.speak.ended", Second),
            ("call.hangup", Third)],
            customer.Events.Select(w => (w.Type, (string)w.Payload["client_state"]!)));
    }

    [Theory] // case 23
    [InlineData("not base64!")]
    [InlineData("YQ")]
    [InlineData("YQ= =")]
    [InlineData("a-_b")]
    [InlineData("YWI=YWI=")]
    [InlineData("YQ===")]
    [InlineData("====")]
    public async Task What_is_not_base64_is_refused_and_changes_nothing(string state)
    {
        var customer = await CustomerAsync();
        var (call, phone) = await DialledAsync(customer, new() { ["client_state"] = First });
        foreach (var (action, body) in new (string, JsonObject)[]
        {
            ("speak", new() { ["payload"] = "x", ["voice"] = "female" }), ("client_state_update", []), ("hangup", [])
        })
        {
            body["client_state"] = state;
            var answer = await customer.TryActAsync(call, action, body);
            answer.Refuses(422, "90017");
            Assert.Equal("/client_state", answer.Pointer);
        }
        phone.Bye();
        Assert.Equal(First, (string?)(await customer.NextAsync("call.hangup"))["client_state"]);
    }

    [Fact] // case 23
    public async Task Without_a_state_events_say_null()
    {
        var customer = await CustomerAsync();
        var (_, phone) = await AnsweredAsync(customer);
        phone.Bye();
        await customer.NextAsync("call.hangup");
        Assert.All(customer.Events, w => Assert.Null(w.Payload["client_state"]));
    }
}
