using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>The same command_id twice within 60 s is acknowledged and ignored. Case 24.</summary>
public sealed class CommandIdTests(RunningNode node) : CallCase(node)
{
    [Fact] // case 24
    public async Task A_repeated_playback_is_heard_once()
    {
        var customer = await CustomerAsync();
        string url = customer.Sink.Serve("tone.wav", Wav.Tone(1_000, 400)), last = customer.Sink.Serve("last.wav", Wav.Tone(400, 400));
        var (call, phone) = await AnsweredAsync(customer);
        for (int i = 0; i < 3; i++)
            (await customer.TryActAsync(call, "playback_start", new() { ["audio_url"] = url, ["command_id"] = "once" })).IsOk();
        // Another id is another command, and its events show that no repetition was queued before it.
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = last, ["command_id"] = "twice" });
        Assert.Equal(last, (string?)(await customer.NextAsync("call.playback.ended", 2))["media_url"]);
        await phone.Audio.HearsToneAsync(1_000, 120);
        Assert.Single(phone.Audio.Heard().Tones, t => t is { Hertz: 1_000, Millis: > 100 });
    }

    [Fact] // case 24
    public async Task A_repeated_speak_is_spoken_once()
    {
        Tool.Require("espeak-ng");
        var customer = await CustomerAsync();
        var (call, _) = await AnsweredAsync(customer);
        var speak = new JsonObject { ["payload"] = "Once.", ["voice"] = "female", ["command_id"] = Guid.NewGuid().ToString() };
        (await customer.TryActAsync(call, "speak", speak)).IsOk();
        (await customer.TryActAsync(call, "speak", speak)).IsOk();
        await customer.NextAsync("call.speak.ended");
        (await customer.TryActAsync(call, "speak", speak)).IsOk();
        await customer.ActAsync(call, "hangup");
        await customer.NextAsync("call.hangup");
        Assert.Single(customer.Types, "call.speak.started");
    }

    [Fact] // case 24
    public async Task An_answer_that_is_repeated_is_accepted_again()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone().Call(customer.Number);
        var call = await customer.NextAsync("call.initiated");
        (await customer.TryActAsync(call, "answer", new() { ["command_id"] = "answer-1" })).IsOk();
        (await customer.TryActAsync(call, "answer", new() { ["command_id"] = "answer-1" })).IsOk();
        await phone.ReachesAsync(200);
        await customer.NextAsync("call.answered");
        Assert.Single(customer.Types, "call.answered");
    }

    [Fact] // case 24
    public async Task A_repeated_hangup_is_accepted_again_and_another_one_is_refused()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        (await customer.TryActAsync(call, "hangup", new() { ["command_id"] = "bye" })).IsOk();
        await phone.ReceivesAsync("BYE");
        await customer.NextAsync("call.hangup");
        (await customer.TryActAsync(call, "hangup", new() { ["command_id"] = "bye" })).IsOk();
        (await customer.TryActAsync(call, "hangup", new() { ["command_id"] = "other" })).Refuses(422, "90018");
        Assert.Single(customer.Types, "call.hangup");
    }

    [Fact] // case 24
    public async Task A_repeated_dial_returns_the_same_call_and_calls_once()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        var more = new JsonObject { ["command_id"] = Guid.NewGuid().ToString() };
        var first = await customer.DialAsync(phone.Uri, more);
        var second = await customer.DialAsync(phone.Uri, more);
        foreach (string id in new[] { "call_control_id", "call_leg_id", "call_session_id" })
            Assert.Equal((string?)first[id], (string?)second[id]);
        await (await phone.RingsAsync()).RefuseAsync(486);
        await customer.NextAsync("call.hangup");
        var third = await customer.DialAsync(phone.Uri, more);
        Assert.Equal((string?)first["call_control_id"], (string?)third["call_control_id"]);
        Assert.Equal(1, phone.InviteCount);
        Assert.Single(customer.Types, "call.initiated");
    }

    [Fact] // case 24
    public async Task The_same_id_on_two_calls_is_two_commands()
    {
        var customer = await CustomerAsync();
        var (first, one) = await DialledAsync(customer);
        var (second, two) = await DialledAsync(customer);
        (await customer.TryActAsync(first, "hangup", new() { ["command_id"] = "same" })).IsOk();
        (await customer.TryActAsync(second, "hangup", new() { ["command_id"] = "same" })).IsOk();
        await one.ReceivesAsync("BYE");
        await two.ReceivesAsync("BYE");
    }
}
