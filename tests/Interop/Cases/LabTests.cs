using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>The people of the lab as an application meets them, by SIP and RTP.</summary>
public sealed class LabTests(RunningNode node) : CallCase(node)
{
    [Fact, Depth("the gate has a person, and a carrier with a habit; the lab's own tests have the rest")]
    public async Task A_message_can_be_left_behind_the_beep_of_a_voicemail()
    {
        var customer = await CustomerAsync();
        var call = await customer.DialAsync("+15550010042", new() { ["answering_machine_detection"] = "detect_beep" });
        Assert.Equal("machine", (string?)(await customer.NextAsync("call.machine.detection.ended"))["result"]);
        Assert.Equal("beep_detected", (string?)(await customer.NextAsync("call.machine.greeting.ended"))["result"]);
        (await customer.TryActAsync(call, "playback_start",
            new() { ["audio_url"] = customer.Sink.Serve("message.wav", Wav.Tone(440, 500)) })).IsOk();
        Assert.Equal("completed", (string?)(await customer.NextAsync("call.playback.ended"))["status"]);
        (await customer.TryActAsync(call, "hangup")).IsOk();
    }

    [Fact]
    public async Task A_person_of_the_lab_is_a_human()
    {
        Tool.Require("espeak-ng");
        var customer = await CustomerAsync();
        await customer.DialAsync("+15550000042", new() { ["answering_machine_detection"] = "greeting_end" });
        Assert.Equal("human", (string?)(await customer.NextAsync("call.machine.detection.ended"))["result"]);
    }

    [Fact, Depth("the gate has a person, and a carrier with a habit; the lab's own tests have the rest")]
    public async Task The_menu_hears_digits_and_hangs_up_on_2()
    {
        Tool.Require("espeak-ng");
        var customer = await CustomerAsync();
        var call = await customer.DialAsync("+15550060042");
        await customer.NextAsync("call.answered");
        (await customer.TryActAsync(call, "send_dtmf", new() { ["digits"] = "W1" })).IsOk();
        (await customer.TryActAsync(call, "send_dtmf", new() { ["digits"] = "W4711" })).IsOk();
        (await customer.TryActAsync(call, "send_dtmf", new() { ["digits"] = "W2" })).IsOk();
        Assert.Equal(("normal_clearing", "callee", "200"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Fact, Depth("the gate has a person, and a carrier with a habit; the lab's own tests have the rest")]
    public async Task Packets_are_lost_and_late_on_a_bad_line()
    {
        var customer = await CustomerAsync();
        var call = await customer.DialAsync("+15550090142");
        await customer.NextAsync("call.answered");
        (await customer.TryActAsync(call, "playback_start",
            new() { ["audio_url"] = customer.Sink.Serve("talk.wav", Wav.Tone(300, 6_000)) })).IsOk();
        await customer.NextAsync("call.playback.ended");
        (await customer.TryActAsync(call, "hangup")).IsOk();
        var ended = await customer.NextAsync("call.hangup");
        var heard = ended["call_quality_stats"]!["inbound"]!;
        // Fifty in a second, at most: a busy machine hangs up later.
        Assert.InRange(int.Parse((string)heard["packet_count"]!, CultureInfo.InvariantCulture), 150,
            Math.Max(400, 50 * (Time(ended["end_time"]) - Time(ended["start_time"])).TotalSeconds));
        Assert.NotEqual("0", (string?)heard["skip_packet_count"]);
        // A difference of a second or more is a pause and no jitter, so it stays below that however long somebody stood.
        Assert.InRange(double.Parse((string)heard["jitter_max_variance"]!, CultureInfo.InvariantCulture), 4, 1_000);
    }

    private static DateTimeOffset Time(JsonNode? node) => DateTimeOffset.Parse((string)node!, CultureInfo.InvariantCulture);

    /// <summary>In the gate one habit: each is the lab's own, and has its tests in Pure and in the simulator.</summary>
    public static TheoryData<string> Carriers => Depth.Rows(gate: ["+15550090342"], deep: ["+15550090242", "+15550090542"]);

    [Theory, MemberData(nameof(Carriers))]
    public async Task A_call_through_a_carrier_with_a_habit_is_answered_heard_and_ended(string number)
    {
        var customer = await CustomerAsync();
        var call = await customer.DialAsync(number, new() { ["answering_machine_detection"] = "detect" });
        await customer.NextAsync("call.answered");
        // The person says hello and is silent: heard through the detector.
        Assert.Equal("human", (string?)(await customer.NextAsync("call.machine.detection.ended"))["result"]);
        (await customer.TryActAsync(call, "hangup")).IsOk();
        Assert.Equal(("normal_clearing", "caller", "unspecified"), Hangup(await customer.NextAsync("call.hangup")));
    }

    [Fact]
    public async Task A_carrier_that_ends_the_call_behind_its_answer_leaves_an_answered_call()
    {
        var customer = await CustomerAsync();
        await customer.DialAsync("+15550090442");
        Assert.Equal(("normal_clearing", "callee", "200"), Hangup(await customer.NextAsync("call.hangup")));
        Assert.Equal(["call.initiated", "call.answered", "call.hangup"], customer.Types);
    }
}
