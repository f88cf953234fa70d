using System.Text.Json.Nodes;
using Ringwright.Interop.Cases;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>Two real parties joined by the node: what each says, the other hears, measured by frequency.</summary>
public sealed class BridgeTests(RunningNode node)
{
    private const int Low = 440, High = 1_000;

    [Fact]
    public async Task A_transferred_caller_and_the_callee_hear_each_other_until_one_hangs_up()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var caller = new Phone(node, Low);
        await using var callee = new Phone(node, High);
        var a = await AnsweredAsync(customer, caller);

        await customer.ActAsync(a, "transfer",
            new() { ["to"] = $"sip:callee@127.0.0.1:{callee.Port}", ["target_leg_client_state"] = "Qg==" });
        await Task.WhenAll(caller.HearsAsync(High), callee.HearsAsync(Low));
        var b = await customer.PlacedAsync();
        Assert.Equal(("bridging", (string?)a["call_session_id"], (string?)a["to"], "Qg=="),
            ((string?)b["state"], (string?)b["call_session_id"], (string?)b["from"], (string?)b["client_state"]));

        callee.Hangup();
        await caller.IsOverAsync();
        await customer.CountAsync("call.hangup", 2);
        Assert.Equal(2, customer.Payloads("call.bridged").Count());
        Assert.Equal(["call.initiated", "call.answered", "call.bridged", "call.hangup"], customer.TypesOf(a));
        Assert.Equal(["call.initiated", "call.answered", "call.bridged", "call.hangup"], customer.TypesOf(b));
    }

    [Fact]
    public async Task A_parked_caller_survives_the_callee_and_takes_commands()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var caller = new Phone(node, Low);
        await using var callee = new Phone(node, High);
        var a = await AnsweredAsync(customer, caller);

        await customer.ActAsync(a, "transfer", new() { ["to"] = $"sip:callee@127.0.0.1:{callee.Port}", ["park_after_unbridge"] = "self" });
        await caller.HearsAsync(High);
        callee.Hangup();
        await customer.CountAsync("call.hangup", 1);
        Assert.False(caller.IsOver);
        await customer.ActAsync(a, "send_dtmf", new() { ["digits"] = "1" });
        await customer.ActAsync(a, "hangup");
        await caller.IsOverAsync();
    }

    [Fact, Depth("the gate has bridges of each kind; pitch and mixing are Pure's")]
    public async Task A_file_is_heard_by_the_opposite_leg_by_both_and_over_another()
    {
        const int File = 1_500, Over = 2_100;
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var caller = new Phone(node, Low);
        await using var callee = new Phone(node, High);
        var a = await AnsweredAsync(customer, caller);
        string file = customer.Sink.Serve("file.wav", Wav.Tone(File, 20_000));
        string over = customer.Sink.Serve("over.wav", Wav.Tone(Over, 20_000));
        var opposite = new JsonObject { ["audio_url"] = file, ["target_legs"] = "opposite" };
        (await customer.TryActAsync(a, "playback_start", opposite)).Refuses(422, "10015");
        await customer.ActAsync(a, "transfer", new() { ["to"] = $"sip:callee@127.0.0.1:{callee.Port}" });
        await Task.WhenAll(caller.HearsAsync(High), callee.HearsAsync(Low));

        await customer.ActAsync(a, "playback_start", opposite);
        await Task.WhenAll(callee.HearsOnlyAsync([File], Low), caller.HearsOnlyAsync([High], File));
        Assert.Equal((string?)a["call_control_id"], (string?)(await customer.NextAsync("call.playback.started"))["call_control_id"]);
        await customer.ActAsync(a, "playback_stop");
        Assert.Equal("cancelled", (string?)(await customer.NextAsync("call.playback.ended"))["status"]);
        await callee.HearsOnlyAsync([Low], File);

        await customer.ActAsync(a, "playback_start", new() { ["audio_url"] = file, ["target_legs"] = "both" });
        await Task.WhenAll(callee.HearsOnlyAsync([File], Low), caller.HearsOnlyAsync([File], High));
        await customer.ActAsync(a, "playback_start", new() { ["audio_url"] = over, ["overlay"] = true });
        await Task.WhenAll(caller.HearsOnlyAsync([File, Over], High), callee.HearsOnlyAsync([File], Over));
        Assert.True((bool?)(await customer.NextAsync("call.playback.started", 3))["overlay"]);
        await customer.ActAsync(a, "playback_stop", new() { ["overlay"] = true });
        await caller.HearsOnlyAsync([File], Over);
        await customer.ActAsync(a, "playback_stop");
        await Task.WhenAll(callee.HearsOnlyAsync([Low], File), caller.HearsOnlyAsync([High], File));
        (await customer.TryActAsync(a, "playback_start", new() { ["audio_url"] = over, ["overlay"] = true })).Refuses(422, "10015");
        caller.Hangup();
        await callee.IsOverAsync();
    }

    [Theory, Depth("the gate has bridges of each kind; pitch and mixing are Pure's")]
    [InlineData("outbound", 660, 1_000), InlineData("inbound", 440, 1_500), InlineData("both", 660, 1_500)]
    public async Task Voices_on_the_leg_of_a_transfer_are_heard_at_another_pitch(string track, int byCallee, int byCaller)
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var caller = new Phone(node, Low);
        await using var callee = new Phone(node, High);
        var a = await AnsweredAsync(customer, caller);

        await customer.ActAsync(a, "transfer", new()
        {
            ["to"] = $"sip:callee@127.0.0.1:{callee.Port}",
            ["sound_modifications"] = new JsonObject { ["pitch"] = 1.5, ["track"] = track },
        });
        await Task.WhenAll(callee.HearsOnlyAsync([byCallee], byCallee == Low ? 660 : Low),
            caller.HearsOnlyAsync([byCaller], byCaller == High ? 1_500 : High));
        caller.Hangup();
        await callee.IsOverAsync();
    }

    [Fact]
    public async Task A_busy_callee_leaves_the_caller_up()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var caller = new Phone(node, Low);
        await using var callee = new Phone(node, High) { AnswersWith = 486 };
        var a = await AnsweredAsync(customer, caller);

        await customer.ActAsync(a, "transfer", new() { ["to"] = $"sip:callee@127.0.0.1:{callee.Port}" });
        Assert.Equal("user_busy", (string?)(await customer.NextAsync("call.hangup"))["hangup_cause"]);
        await customer.ActAsync(a, "hangup");
        await caller.IsOverAsync();
    }

    [Fact]
    public async Task A_linked_dial_is_bridged_on_its_answer_in_one_session()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var caller = new Phone(node, Low);
        await using var callee = new Phone(node, High);
        var a = await AnsweredAsync(customer, caller);

        var b = await customer.SendAsync(HttpMethod.Post, "calls",
            Dial(customer, callee, ("link_to", (string?)a["call_control_id"]), ("bridge_on_answer", true)));
        Assert.Equal((string?)a["call_session_id"], (string?)b["call_session_id"]);
        await Task.WhenAll(caller.HearsAsync(High), callee.HearsAsync(Low));
        await customer.CountAsync("call.bridged", 2);
        caller.Hangup();
        await callee.IsOverAsync();
    }

    [Fact]
    public async Task Two_calls_that_are_up_are_bridged_by_a_command()
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        await using var caller = new Phone(node, Low);
        await using var callee = new Phone(node, High);
        var a = await AnsweredAsync(customer, caller);
        var b = await customer.SendAsync(HttpMethod.Post, "calls", Dial(customer, callee));
        await customer.CountAsync("call.answered", 2);

        await customer.ActAsync(a, "bridge", new() { ["call_control_id"] = (string?)b["call_control_id"] });
        await Task.WhenAll(caller.HearsAsync(High), callee.HearsAsync(Low));
        await customer.ActAsync(b, "hangup");
        await Task.WhenAll(caller.IsOverAsync(), callee.IsOverAsync());
    }

    private static async Task<JsonObject> AnsweredAsync(Customer customer, Phone caller)
    {
        caller.Call(customer.Number);
        var call = await customer.NextAsync("call.initiated");
        await customer.ActAsync(call, "answer");
        await customer.NextAsync("call.answered");
        return call;
    }

    private static JsonObject Dial(Customer customer, Phone phone, params ReadOnlySpan<(string Name, JsonNode? Value)> more)
    {
        var body = new JsonObject
        {
            ["connection_id"] = customer.Application, ["to"] = $"sip:callee@127.0.0.1:{phone.Port}", ["from"] = customer.Number
        };
        foreach (var (name, value) in more) body[name] = value;
        return body;
    }
}
