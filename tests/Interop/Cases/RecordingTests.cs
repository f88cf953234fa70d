using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>What is recorded of real calls, fetched by its link and measured. Cases 25, 26 and 27.</summary>
public sealed class RecordingTests(RunningNode node) : CallCase(node)
{
    private static readonly HttpClient Http = new();

    [Fact] // case 25
    public async Task A_bridged_call_is_recorded_with_each_party_on_its_own_channel()
    {
        var customer = await CustomerAsync();
        var (a, caller, callee) = await BridgedAsync(customer);
        (await customer.TryActAsync(a, "record_start", new() { ["format"] = "wav", ["channels"] = "dual" })).IsOk();
        caller.Audio.Say(440, 1_000);
        callee.Audio.Say(1_000, 1_000);
        // What was said last is in the jitter buffer, which holds half a second at most.
        caller.Audio.Rest(600);
        callee.Audio.Rest(600);
        await Task.WhenAll(caller.Audio.SaidAsync(), callee.Audio.SaidAsync(), callee.Audio.HearsSomethingAsync(0, 800));
        (await customer.TryActAsync(a, "record_stop")).IsOk();

        var saved = await customer.NextAsync("call.recording.saved");
        Assert.Equal("dual", (string?)saved["channels"]);
        Assert.Matches(Webhook.Micros(), (string?)saved["recording_started_at"] ?? "");
        Assert.Matches(Webhook.Micros(), (string?)saved["recording_ended_at"] ?? "");
        Assert.Equal(((string?)saved["recording_started_at"], (string?)saved["recording_ended_at"]),
            ((string?)saved["start_time"], (string?)saved["end_time"]));
        var file = await FetchAsync((string)saved["recording_urls"]!["wav"]!);
        Assert.Equal(2, file.Channels);
        Assert.InRange(file.MillisOf(440, 0), 800, 1_100);
        Assert.InRange(file.MillisOf(1_000, 1), 800, 1_100);
        Assert.Equal((0, 0), (file.MillisOf(1_000, 0), file.MillisOf(440, 1)));

        string id = (string)saved["recording_id"]!;
        var listed = Assert.Single((await customer.GetAsync($"recordings?filter[call_leg_id]={(string?)a["call_leg_id"]}"))
            .Succeeds().Data.AsArray())!;
        Assert.Equal((id, file.Millis), ((string?)listed["id"], (int)listed["duration_millis"]!));
        Assert.Equal(file.Millis, (await FetchAsync((string)listed["download_urls"]!["wav"]!)).Millis);
        Assert.Equal(id, (string?)(await customer.GetAsync($"recordings/{id}")).Succeeds().Data["id"]);
        (await customer.TryAsync(HttpMethod.Delete, $"recordings/{id}")).Succeeds();
        (await customer.GetAsync($"recordings/{id}")).Refuses(404, "10005");
    }

    [Depth("the gate has a recording of each kind, and one of a conference that nobody's silence ends")]
    [Fact] // case 25
    public async Task Tones_that_two_parties_begin_together_are_recorded_together()
    {
        var customer = await CustomerAsync();
        var (a, caller, callee) = await BridgedAsync(customer);
        await customer.ActAsync(a, "record_start", new() { ["format"] = "wav", ["channels"] = "dual" });
        // Long enough for the jitter buffers to be what they stay.
        await Eventually.TrueAsync(() => caller.Audio.Position > 100 && callee.Audio.Position > 100, "the streams run");
        caller.Audio.Say(440, 600);
        callee.Audio.Say(1_000, 600);
        await Task.WhenAll(caller.Audio.SaidAsync(), callee.Audio.SaidAsync(), callee.Audio.HearsSomethingAsync(0, 400));
        await customer.ActAsync(a, "record_stop");
        var file = await FetchAsync((string)(await customer.NextAsync("call.recording.saved"))["recording_urls"]!["wav"]!);

        double said = (callee.Audio.FirstLoudAt!.Value - caller.Audio.FirstLoudAt!.Value).TotalMilliseconds;     // both have spoken
        double recorded = file.OnsetOf(1) - file.OnsetOf(0);
        Assert.True(Math.Abs(recorded - said) < 20, $"said {said:F1} ms apart, recorded {recorded:F1} ms apart");
    }

    [Fact] // case 26
    public async Task What_is_said_in_a_pause_is_absent_and_no_event_tells_of_it()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "record_start", new() { ["format"] = "wav", ["channels"] = "single" });
        foreach (var (hertz, then) in ((int, string)[])[(500, "record_pause"), (900, "record_resume"), (1_400, "record_stop")])
        {
            phone.Audio.Say(hertz, 600);
            // What was said last is in the jitter buffer, which holds half a second at most.
            phone.Audio.Rest(600);
            await phone.Audio.SaidAsync();
            (await customer.TryActAsync(call, then)).IsOk();
        }
        var saved = await customer.NextAsync("call.recording.saved");
        var file = await FetchAsync((string)saved["recording_urls"]!["wav"]!);
        Assert.Equal(1, file.Channels);
        Assert.InRange(file.MillisOf(500), 500, 640);
        Assert.Equal(0, file.MillisOf(900));
        Assert.InRange(file.MillisOf(1_400), 500, 640);
        Assert.Equal(["call.initiated", "call.answered", "call.recording.saved"], customer.TypesOf(call));
    }

    [Depth("the gate has a recording of each kind, and one of a conference that nobody's silence ends")]
    [Theory] // case 27
    [InlineData("wav", "dual")]
    [InlineData("mp3", null)]
    public async Task A_dial_says_which_recording_it_begins_and_the_event_after_the_hangup_names_it(string format, string? channels)
    {
        if (format == "mp3") Tool.Require("libmp3lame.so.0");
        var customer = await CustomerAsync();
        var more = new JsonObject { ["record"] = "record-from-answer", ["record_custom_file_name"] = "my call" };
        if (channels is not null) (more["record_format"], more["record_channels"]) = (format, channels);
        var (call, phone) = await DialledAsync(customer, more);
        Assert.Matches("^[0-9a-f-]{36}$", (string?)call["recording_id"] ?? "");
        phone.Audio.Say(700, 400);
        await phone.Audio.SaidAsync();
        phone.Bye();

        await customer.NextAsync("call.hangup");
        var saved = await customer.NextAsync("call.recording.saved");
        Assert.Equal(((string?)call["recording_id"], "dual"), ((string?)saved["recording_id"], (string?)saved["channels"]));
        Assert.Equal(["call.initiated", "call.answered", "call.hangup", "call.recording.saved"], customer.TypesOf(call));
        using var fetched = await Http.GetAsync((string)saved["public_recording_urls"]![format]!, TestContext.Current.CancellationToken);
        Assert.Equal(format == "mp3" ? "audio/mpeg" : "audio/wav", fetched.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("my call-", fetched.Content.Headers.ContentDisposition?.FileName?.Trim('"') ?? "");
        Assert.NotEmpty(await fetched.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact, Depth("the gate has a recording of each kind, and one of a conference that nobody's silence ends")]
    public async Task An_answer_may_begin_a_recording_that_ends_at_its_longest()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone().Call(customer.Number);
        var call = await customer.NextAsync("call.initiated");
        var answer = (await customer.TryActAsync(call, "answer", new()
        {
            ["record"] = "record-from-answer", ["record_format"] = "wav", ["record_channels"] = "single", ["record_max_length"] = 1,
        })).Succeeds().Data;
        await phone.ReachesAsync(200);
        var saved = await customer.NextAsync("call.recording.saved");
        Assert.Equal((string?)answer["recording_id"], (string?)saved["recording_id"]);
        Assert.Equal(1_000, (await FetchAsync((string)saved["recording_urls"]!["wav"]!)).Millis);
        await customer.ActAsync(call, "send_dtmf", new() { ["digits"] = "1" });
    }

    [Fact]
    public async Task A_beep_is_heard_first_and_not_recorded()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "record_start", new() { ["format"] = "wav", ["channels"] = "dual", ["play_beep"] = true });
        await phone.Audio.HearsSomethingAsync(0, 300);
        phone.Audio.Say(600, 600);
        await phone.Audio.SaidAsync();
        await customer.ActAsync(call, "record_stop");
        var file = await FetchAsync((string)(await customer.NextAsync("call.recording.saved"))["recording_urls"]!["wav"]!);
        Assert.Equal(1_000, Assert.Single(phone.Audio.Heard().Tones).Hertz);
        Assert.Equal(0, file.MillisOf(1_000, 1));
    }

    [Fact]
    public async Task Recording_is_refused_where_it_makes_no_sense()
    {
        var customer = await CustomerAsync();
        var phone = NewPhone().Call(customer.Number);
        var call = await customer.NextAsync("call.initiated");
        var start = new JsonObject { ["format"] = "wav", ["channels"] = "dual" };
        (await customer.TryActAsync(call, "record_start", start)).Refuses(422, "90034");
        await customer.ActAsync(call, "answer");
        await phone.ReachesAsync(200);
        foreach (string action in (string[])["record_pause", "record_resume", "record_stop"])
            (await customer.TryActAsync(call, action)).Refuses(422, "10015");
        await customer.ActAsync(call, "record_start", start);
        (await customer.TryActAsync(call, "record_pause", new() { ["recording_id"] = Guid.NewGuid().ToString() })).Refuses(422, "10015");
        await customer.ActAsync(call, "hangup");
        await customer.NextAsync("call.recording.saved");
        (await customer.TryActAsync(call, "record_start", start)).Refuses(422, "90018");
    }

    /// <summary>A caller and somebody who was dialled, joined.</summary>
    private async Task<(JsonObject Call, PhoneCall Caller, PhoneCall Callee)> BridgedAsync(Customer customer)
    {
        var (a, caller) = await AnsweredAsync(customer);
        var phone = NewPhone();
        var b = await customer.DialAsync(phone.Uri);
        var callee = await phone.RingsAsync();
        await callee.AcceptAsync();
        await customer.CountAsync("call.answered", 2);
        await customer.ActAsync(a, "bridge", new() { ["call_control_id"] = (string?)b["call_control_id"] });
        await customer.CountAsync("call.bridged", 2);
        return (a, caller, callee);
    }

    private static async Task<Recorded> FetchAsync(string link)
    {
        using var fetched = await Http.GetAsync(link, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, fetched.StatusCode);
        return new(await fetched.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }
}
