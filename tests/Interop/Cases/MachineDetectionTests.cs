using System.Text.Json.Nodes;
using Ringwright.Testing;
using static Ringwright.Interop.Cases.PhoneVoice;

namespace Ringwright.Interop.Cases;

/// <summary>The application wants to know who has answered. Case 42.</summary>
public sealed class MachineDetectionTests(RunningNode node) : CallCase(node)
{
    private Task<(JsonNode Call, PhoneCall Phone, Customer Customer)> AnsweredByAsync(string mode, params short[][] sounds) =>
        AnsweredByAsync(mode, null, sounds);

    private async Task<(JsonNode Call, PhoneCall Phone, Customer Customer)> AnsweredByAsync(string mode, JsonObject? terms,
        params short[][] sounds)
    {
        var customer = await CustomerAsync();
        var phone = NewPhone();
        var call = await customer.DialAsync(phone.Uri,
            new() { ["answering_machine_detection"] = mode, ["answering_machine_detection_config"] = terms ?? [] });
        var ringing = await phone.RingsAsync();
        ringing.Audio.Play(sounds);
        await ringing.AcceptAsync();
        await customer.NextAsync("call.answered");
        return (call, ringing, customer);
    }

    private static async Task<string?> VerdictAsync(Customer customer) =>
        (string?)(await customer.NextAsync("call.machine.detection.ended"))["result"];

    private static async Task<string?> GreetingAsync(Customer customer) =>
        (string?)(await customer.NextAsync("call.machine.greeting.ended"))["result"];

    [Depth("the gate has a machine, its beep, a human and a fax")]
    [Fact] // case 42
    public async Task Six_seconds_of_talk_are_a_machine()
    {
        var (call, _, customer) = await AnsweredByAsync("detect", Talk(6_000));
        Assert.Equal("machine", await VerdictAsync(customer));
        var told = customer.Payloads("call.machine.detection.ended").Single();
        Assert.Equal((string?)call["call_control_id"], (string?)told["call_control_id"]);
        Assert.Equal(customer.Number, (string?)told["from"]);

        (await customer.TryActAsync(call, "hangup")).IsOk();
        await customer.NextAsync("call.hangup");
        Assert.Equal(["call.initiated", "call.answered", "call.machine.detection.ended", "call.hangup"], customer.Types);
    }

    [Fact] // case 42
    public async Task A_short_hello_and_silence_are_a_human()
    {
        var (_, _, customer) = await AnsweredByAsync("greeting_end", Silence(300), Talk(600));
        Assert.Equal("human", await VerdictAsync(customer));
    }

    [Fact, Depth("the gate announces a machine's beep; ends of greetings are MachineDetectorTests' in Pure")] // case 42
    public async Task The_end_of_a_machines_greeting_is_announced()
    {
        var (_, _, customer) = await AnsweredByAsync("greeting_end", Talk(6_000));
        Assert.Equal("machine", await VerdictAsync(customer));
        Assert.Equal("ended", await GreetingAsync(customer));
    }

    [Fact] // case 42
    public async Task A_machines_beep_is_announced()
    {
        var (_, _, customer) = await AnsweredByAsync("detect_beep", Talk(4_000), Silence(400), Beep(1_000, 500));
        Assert.Equal("machine", await VerdictAsync(customer));
        Assert.Equal("beep_detected", await GreetingAsync(customer));
    }

    private const string Verdict = "call.machine.premium.detection.ended", Greeting = "call.machine.premium.greeting.ended";

    [Fact] // case 43
    public async Task Premium_tells_a_home_by_names_of_its_own()
    {
        var (call, _, customer) = await AnsweredByAsync("premium", Silence(300), Talk(600));
        var told = await customer.NextAsync(Verdict);
        Assert.Equal("human_residence", (string?)told["result"]);
        Assert.Equal((string?)call["call_control_id"], (string?)told["call_control_id"]);
        Assert.Equal(customer.Number, (string?)told["from"]);
        await EndsAsync(customer, call, Verdict);
    }

    [Fact, Depth("the gate tells a home and a fax; the kinds are AnswererKindTests' in Pure")] // case 43
    public async Task Premium_tells_a_business_by_a_longer_greeting()
    {
        var (call, _, customer) = await AnsweredByAsync("premium", Silence(300), Talk(2_600));
        Assert.Equal("human_business", (string?)(await customer.NextAsync(Verdict))["result"]);
        await EndsAsync(customer, call, Verdict);
    }

    [Fact, Depth("the gate tells a home and a fax; the kinds are AnswererKindTests' in Pure")] // case 43
    public async Task Premium_tells_a_phone_that_stays_mute_as_silence()
    {
        var (call, _, customer) = await AnsweredByAsync("premium", new JsonObject { ["total_analysis_time_millis"] = 3_000 });
        Assert.Equal("silence", (string?)(await customer.NextAsync(Verdict))["result"]);
        await EndsAsync(customer, call, Verdict);
    }

    [Fact, Depth("the gate tells a home and a fax; the kinds are AnswererKindTests' in Pure")] // case 43
    public async Task Premium_tells_a_machine_and_its_beep()
    {
        var (call, _, customer) = await AnsweredByAsync("premium", Talk(4_500), Silence(400), Beep(1_000, 500));
        Assert.Equal("machine", (string?)(await customer.NextAsync(Verdict))["result"]);
        Assert.Equal("beep_detected", (string?)(await customer.NextAsync(Greeting))["result"]);
        await EndsAsync(customer, call, Verdict, Greeting);
    }

    [Fact, Depth("the gate tells a home and a fax; the kinds are AnswererKindTests' in Pure")] // case 43
    public async Task Premium_tells_when_a_phone_has_asked_who_calls()
    {
        var (call, _, customer) = await AnsweredByAsync("premium_ios_call_screening_detection", Talk(4_500), Silence(3_000));
        Assert.Equal("machine", (string?)(await customer.NextAsync(Verdict))["result"]);
        Assert.Equal("prompt_ended", (string?)(await customer.NextAsync(Greeting))["result"]);
        await EndsAsync(customer, call, Verdict, Greeting);
    }

    [Fact, Depth("the gate tells a home and a fax; the kinds are AnswererKindTests' in Pure")] // case 43
    public async Task Premium_tells_a_beep_that_comes_first_alone()
    {
        var (call, _, customer) = await AnsweredByAsync("premium", Silence(300), Talk(1_500), Silence(300), Beep(1_000, 500));
        Assert.Equal("beep_detected", (string?)(await customer.NextAsync(Greeting))["result"]);
        await EndsAsync(customer, call, Greeting);
    }

    [Fact]
    public async Task Premium_tells_a_fax()
    {
        var (call, _, customer) = await AnsweredByAsync("premium", Silence(300), Beep(2_100, 3_000));
        Assert.Equal("fax_detected", (string?)(await customer.NextAsync(Verdict))["result"]);
        await EndsAsync(customer, call, Verdict);
    }

    /// <summary>These are all that was told of who had answered.</summary>
    private static async Task EndsAsync(Customer customer, JsonNode call, params string[] told)
    {
        (await customer.TryActAsync(call, "hangup")).IsOk();
        await customer.NextAsync("call.hangup");
        Assert.Equal(["call.initiated", "call.answered", .. told, "call.hangup"], customer.Types);
    }

    [Fact, Depth("the gate has a machine, its beep, a human and a fax")]
    public async Task What_is_being_said_to_a_machine_ends_with_cancelled_amd()
    {
        var (call, _, customer) = await AnsweredByAsync("detect", Talk(6_000));
        (await customer.TryActAsync(call, "playback_start",
            new() { ["audio_url"] = customer.Sink.Serve("long.wav", Wav.Tone(440, 20_000)) })).IsOk();
        (await customer.TryActAsync(call, "gather", new() { ["gather_id"] = "g" })).IsOk();
        Assert.Equal("machine", await VerdictAsync(customer));
        Assert.Equal("cancelled_amd", (string?)(await customer.NextAsync("call.playback.ended"))["status"]);
        Assert.Equal("cancelled_amd", (string?)(await customer.NextAsync("call.gather.ended"))["status"]);
    }

    [Fact, Depth("the gate has a machine, its beep, a human and a fax")]
    public async Task A_transfers_new_leg_can_be_examined()
    {
        var customer = await CustomerAsync();
        var (call, _) = await AnsweredAsync(customer);
        var other = NewPhone();
        (await customer.TryActAsync(call, "transfer",
            new() { ["to"] = other.Uri, ["from"] = customer.Number, ["answering_machine_detection"] = "detect" })).IsOk();
        var ringing = await other.RingsAsync();
        ringing.Audio.Play(Talk(6_000));
        await ringing.AcceptAsync();
        Assert.Equal("machine", await VerdictAsync(customer));
        Assert.Equal(other.Uri, (string?)customer.Payloads("call.machine.detection.ended").Single()["to"]);
    }
}
