using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A phone presses keys (RFC 4733) and the application gathers them. Cases 15 to 18.</summary>
public sealed class GatherTests(RunningNode node) : CallCase(node)
{
    [Fact] // case 15
    public async Task Keys_up_to_the_terminator_are_gathered()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        (await customer.TryActAsync(call, "gather", new() { ["maximum_digits"] = 4, ["terminating_digit"] = "#", ["gather_id"] = "menu" }))
            .IsOk();
        phone.Audio.Press("12#");

        var ended = await customer.NextAsync("call.gather.ended");
        Assert.Equal(("12", "valid", "menu"), ((string?)ended["digits"], (string?)ended["status"], (string?)ended["gather_id"]));
        Assert.Equal(["1", "2", "#"], Digits(customer));
        Assert.Equal((string?)call["from"], (string?)ended["from"]);
        Assert.Equal((string?)call["to"], (string?)ended["to"]);
    }

    [Depth("the gate has limits of gathers, and the terminator; the rest is Pure's")]
    [Fact] // case 15
    public async Task The_maximum_of_digits_ends_a_gather_and_later_keys_are_events_only()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await DialledAsync(customer);
        await customer.ActAsync(call, "gather", new() { ["maximum_digits"] = 2 });
        phone.Audio.Press("4567");
        var ended = await customer.NextAsync("call.gather.ended");
        Assert.Equal(("45", "valid"), ((string?)ended["digits"], (string?)ended["status"]));
        await customer.NextAsync("call.dtmf.received", 4);
        Assert.Equal(["4", "5", "6", "7"], Digits(customer));
        Assert.Single(customer.Types, "call.gather.ended");
    }

    [Theory] // case 16
    [InlineData("", """{"initial_timeout_millis":400}""", "", "timeout")]
    [InlineData("", """{"timeout_millis":400}""", "", "timeout")]
    [InlineData("12", """{"inter_digit_timeout_millis":2500}""", "12", "valid")]
    [InlineData("12", """{"inter_digit_timeout_millis":2500,"minimum_digits":3}""", "12", "invalid")]
    [InlineData("1#", """{"minimum_digits":3}""", "1", "invalid")]
    [InlineData("#", """{"initial_timeout_millis":10000}""", "", "invalid")]
    [InlineData("1*", """{"terminating_digit":"*"}""", "1", "valid")]
    [InlineData("19", """{"valid_digits":"123"}""", "19", "invalid")]
    public async Task A_gather_ends_as_its_limits_say(string keys, string body, string digits, string status)
    {
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "gather", JsonNode.Parse(body)!.AsObject());
        // Some of them wait for the next key for a moment only. The others hear each in its own time.
        if (body.Contains("inter_digit", StringComparison.Ordinal)) phone.Audio.PressTogether(keys);
        else phone.Audio.Press(keys);
        var ended = await customer.NextAsync("call.gather.ended");
        Assert.Equal((digits, status), ((string?)ended["digits"], (string?)ended["status"]));
    }

    [Fact] // case 16
    public async Task A_hangup_ends_the_gather_before_the_call()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "gather", new() { ["initial_timeout_millis"] = 60_000 });
        phone.Audio.Press("7");
        await customer.NextAsync("call.dtmf.received");
        phone.Bye();
        await customer.NextAsync("call.hangup");
        var ended = await customer.NextAsync("call.gather.ended");
        Assert.Equal(("7", "call_hangup"), ((string?)ended["digits"], (string?)ended["status"]));
        Assert.Equal(["call.initiated", "call.answered", "call.dtmf.received", "call.gather.ended", "call.hangup"], customer.Types);
    }

    [Depth("the gate has limits of gathers, and the terminator; the rest is Pure's")]
    [Fact] // case 17
    public async Task Two_forbidden_keys_bring_the_invalid_prompt_and_then_the_end()
    {
        Tool.Require("espeak-ng");
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        (await customer.TryActAsync(call, "gather_using_speak", new()
        {
            ["payload"] = "Press one to confirm or two to cancel.",
            ["invalid_payload"] = "That was not one or two.",
            ["voice"] = "female",
            ["maximum_tries"] = 2,
            ["valid_digits"] = "12",
        })).IsOk();
        await phone.Audio.HearsSomethingAsync();
        phone.Audio.Press("9");
        await customer.NextAsync("call.dtmf.received");
        int asked = phone.Audio.Position;
        await phone.Audio.HearsSomethingAsync(asked, millis: 400);
        Assert.DoesNotContain("call.gather.ended", customer.Types);
        phone.Audio.Press("9");

        Assert.Equal("invalid", (string?)(await customer.NextAsync("call.gather.ended"))["status"]);
        Assert.Equal(["9", "9"], Digits(customer));
        Assert.DoesNotContain(customer.Types, t => t.StartsWith("call.speak", StringComparison.Ordinal));
    }

    [Fact] // case 17
    public async Task The_first_key_interrupts_the_prompt()
    {
        Tool.Require("espeak-ng");
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "gather_using_speak", new()
        {
            ["payload"] = string.Join(' ', Enumerable.Repeat("Press one to confirm or two to cancel.", 20)),
            ["voice"] = "female",
            ["valid_digits"] = "12",
            ["maximum_digits"] = 1,
        });
        await phone.Audio.HearsSomethingAsync();
        phone.Audio.Press("1");
        var ended = await customer.NextAsync("call.gather.ended");
        Assert.Equal(("1", "valid"), ((string?)ended["digits"], (string?)ended["status"]));
        Assert.InRange(phone.Audio.Heard().LoudMillis, 100, 15_000);      // the whole of it is longer than 30 s
    }

    [Depth("the gate has limits of gathers, and the terminator; the rest is Pure's")]
    [Fact] // case 17
    public async Task Without_keys_the_prompt_is_asked_as_often_as_there_are_tries()
    {
        Tool.Require("espeak-ng");
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "gather_using_speak",
            new() { ["payload"] = "One?", ["voice"] = "female", ["maximum_tries"] = 2, ["timeout_millis"] = 600 });
        await phone.Audio.HearsSomethingAsync();
        var ended = await customer.NextAsync("call.gather.ended");
        Assert.Equal(("", "timeout"), ((string?)ended["digits"], (string?)ended["status"]));
    }

    [Fact] // case 18
    public async Task A_stopped_gather_is_cancelled_once()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "gather", new() { ["initial_timeout_millis"] = 60_000 });
        phone.Audio.Press("3");
        await customer.NextAsync("call.dtmf.received");
        (await customer.TryActAsync(call, "gather_stop")).IsOk();
        var ended = await customer.NextAsync("call.gather.ended");
        Assert.Equal(("3", "cancelled"), ((string?)ended["digits"], (string?)ended["status"]));

        (await customer.TryActAsync(call, "gather_stop")).IsOk();
        phone.Bye();
        await customer.NextAsync("call.hangup");
        Assert.Single(customer.Types, "call.gather.ended");
    }

    [Depth("the gate has limits of gathers, and the terminator; the rest is Pure's")]
    [Fact] // case 18
    public async Task Stopping_a_spoken_gather_ends_its_prompt_too()
    {
        Tool.Require("espeak-ng");
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "gather_using_speak",
            new() { ["payload"] = string.Join(' ', Enumerable.Repeat("Please choose.", 40)), ["voice"] = "female" });
        await phone.Audio.HearsSomethingAsync();
        await customer.ActAsync(call, "gather_stop");
        Assert.Equal("cancelled", (string?)(await customer.NextAsync("call.gather.ended"))["status"]);

        // What is played now begins at once: nothing of the prompt is left in the queue.
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = customer.Sink.Serve("tone.wav", Wav.Tone(1_000, 400)) });
        await customer.NextAsync("call.playback.ended");
        await phone.Audio.HearsToneAsync(1_000, 360);
    }

    private static IEnumerable<string?> Digits(Customer customer) =>
        customer.Events.Where(w => w.Type == "call.dtmf.received").Select(w => (string?)w.Payload["digit"]);
}
