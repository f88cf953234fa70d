using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>What a phone hears of playback and speech, and what the events say of it. Cases 13 and 14, and speak.</summary>
public sealed class PlaybackTests(RunningNode node) : CallCase(node)
{
    /// <summary>Half a frame at each end may be cut, and the last one is filled up.</summary>
    private const int Slack = 40;

    /// <summary>In the gate the one whose rate is no multiple of a call's.</summary>
    public static TheoryData<int> Rates => Depth.Rows(gate: [44_100], deep: [8_000, 16_000]);

    [Theory, MemberData(nameof(Rates))] // case 13
    public async Task A_WAV_by_URL_is_heard_for_its_length_without_a_gap(int rate)
    {
        var customer = await CustomerAsync();
        string url = customer.Sink.Serve("tone.wav", Wav.Tone(1_000, 1_500, rate));
        var (call, phone) = await AnsweredAsync(customer);
        (await customer.TryActAsync(call, "playback_start", new() { ["audio_url"] = url })).IsOk();

        var started = await customer.NextAsync("call.playback.started");
        var ended = await customer.NextAsync("call.playback.ended");
        Assert.Equal((url, url), ((string?)started["media_url"], (string?)ended["media_url"]));
        Assert.Equal("completed", (string?)ended["status"]);
        await HearsAsync(phone, (1_000, 1_500));
    }

    [Depth("the gate has speech, a WAV by URL, digits, and files that cannot be fetched")]
    [Fact] // case 13
    public async Task A_WAV_in_the_command_is_heard_by_a_dialled_phone()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await DialledAsync(customer);
        await customer.ActAsync(call, "playback_start", new() { ["playback_content"] = Convert.ToBase64String(Wav.Tone(800, 1_000)) });
        var ended = await customer.NextAsync("call.playback.ended");
        Assert.Equal("completed", (string?)ended["status"]);
        Assert.False(ended.ContainsKey("media_url"));
        await HearsAsync(phone, (800, 1_000));
    }

    [Depth("the gate has speech, a WAV by URL, digits, and files that cannot be fetched")]
    [Fact] // case 13
    public async Task A_file_is_played_as_often_as_its_loop_says()
    {
        var customer = await CustomerAsync();
        string url = customer.Sink.Serve("tone.wav", Wav.Tone(1_000, 400));
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = url, ["loop"] = 3 });
        await customer.NextAsync("call.playback.ended");
        await HearsAsync(phone, (1_000, 1_200));
        Assert.Single(customer.Types, "call.playback.started");
    }

    [Theory] // case 13
    [InlineData("missing.wav", "file_not_found")]
    [InlineData("broken.wav", "failed")]
    public async Task A_file_that_cannot_be_fetched_ends_and_the_call_goes_on(string name, string status)
    {
        var customer = await CustomerAsync();
        string url = $"{customer.Sink.Root}audio/{name}", good = customer.Sink.Serve("good.wav", Wav.Tone(600, 400));
        var (call, phone) = await AnsweredAsync(customer);
        (await customer.TryActAsync(call, "playback_start", new() { ["audio_url"] = url })).IsOk();
        var ended = await customer.NextAsync("call.playback.ended");
        Assert.Equal((url, status), ((string?)ended["media_url"], (string?)ended["status"]));
        Assert.DoesNotContain("call.playback.started", customer.Types);

        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = good });
        Assert.Equal("completed", (string?)(await customer.NextAsync("call.playback.ended", 2))["status"]);
        await HearsAsync(phone, (600, 400));
    }

    [Fact] // case 13
    public async Task A_file_that_is_no_audio_fails()
    {
        var customer = await CustomerAsync();
        string url = customer.Sink.Serve("text.wav", "This is not a sound."u8.ToArray());
        var (call, _) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = url });
        Assert.Equal("failed", (string?)(await customer.NextAsync("call.playback.ended"))["status"]);
    }

    [Depth("the gate has speech, a WAV by URL, digits, and files that cannot be fetched")]
    [Fact] // case 14
    public async Task Two_playbacks_are_heard_one_after_the_other()
    {
        var customer = await CustomerAsync();
        string first = customer.Sink.Serve("first.wav", Wav.Tone(1_000, 800)),
            second = customer.Sink.Serve("second.wav", Wav.Tone(400, 800));
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = first });
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = second });
        await customer.NextAsync("call.playback.ended", 2);

        await HearsAsync(phone, (1_000, 800), (400, 800));
        Assert.Equal([("call.playback.started", first), ("call.playback.ended", first), ("call.playback.started", second),
            ("call.playback.ended", second)],
            customer.Events.Where(w => w.Type.StartsWith("call.playback", StringComparison.Ordinal))
                .Select(w => (w.Type, (string)w.Payload["media_url"]!)));
    }

    [Fact] // case 14
    public async Task Stopping_all_cancels_the_running_playback_and_forgets_the_queued_ones()
    {
        var customer = await CustomerAsync();
        string first = customer.Sink.Serve("first.wav", Wav.Tone(1_000, 20_000)),
            second = customer.Sink.Serve("second.wav", Wav.Tone(400, 1_000)), third = customer.Sink.Serve("third.wav", Wav.Tone(600, 400));
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = first });
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = second });
        await phone.Audio.HearsSomethingAsync();
        (await customer.TryActAsync(call, "playback_stop")).IsOk();
        var ended = await customer.NextAsync("call.playback.ended");
        Assert.Equal((first, "cancelled"), ((string?)ended["media_url"], (string?)ended["status"]));

        // A third playback's events are the proof that none of the second's came before.
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = third });
        Assert.Equal((third, "completed"), ((string?)(await customer.NextAsync("call.playback.ended", 2))["media_url"],
            (string?)(await customer.NextAsync("call.playback.ended", 2))["status"]));
        Assert.Equal(4, customer.Types.Count(t => t.StartsWith("call.playback", StringComparison.Ordinal)));
        Assert.DoesNotContain(phone.Audio.Heard().Tones, t => t.Hertz == 400);
    }

    [Depth("the gate has speech, a WAV by URL, digits, and files that cannot be fetched")]
    [Fact] // case 14
    public async Task Stopping_the_current_playback_lets_the_next_begin()
    {
        var customer = await CustomerAsync();
        string first = customer.Sink.Serve("first.wav", Wav.Tone(1_000, 20_000)),
            second = customer.Sink.Serve("second.wav", Wav.Tone(400, 400));
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = first });
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = second });
        await phone.Audio.HearsSomethingAsync();
        await customer.ActAsync(call, "playback_stop", new() { ["stop"] = "current" });
        Assert.Equal("cancelled", (string?)(await customer.NextAsync("call.playback.ended"))["status"]);
        var last = await customer.NextAsync("call.playback.ended", 2);
        Assert.Equal((second, "completed"), ((string?)last["media_url"], (string?)last["status"]));
        await phone.Audio.HearsToneAsync(400, 400 - Slack);
    }

    [Depth("the gate has speech, a WAV by URL, digits, and files that cannot be fetched")]
    [Fact] // case 14
    public async Task A_playback_without_end_is_heard_until_a_new_one_takes_over()
    {
        var customer = await CustomerAsync();
        string music = customer.Sink.Serve("music.wav", Wav.Tone(1_000, 200)),
            notice = customer.Sink.Serve("notice.wav", Wav.Tone(400, 400));
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = music, ["loop"] = "infinity" });
        await phone.Audio.HearsSomethingAsync(millis: 600);
        Assert.DoesNotContain("call.playback.ended", customer.Types);
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = notice, ["stop"] = "all" });
        Assert.Equal((music, "cancelled"), Ended(await customer.NextAsync("call.playback.ended")));
        Assert.Equal((notice, "completed"), Ended(await customer.NextAsync("call.playback.ended", 2)));
        await phone.Audio.HearsToneAsync(400, 400 - Slack);

        static (string?, string?) Ended(JsonObject payload) => ((string?)payload["media_url"], (string?)payload["status"]);
    }

    [Fact] // case 14
    public async Task A_hangup_ends_the_running_playback_before_the_call()
    {
        var customer = await CustomerAsync();
        string url = customer.Sink.Serve("long.wav", Wav.Tone(1_000, 20_000));
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = url });
        await phone.Audio.HearsSomethingAsync();
        phone.Bye();
        await customer.NextAsync("call.hangup");
        Assert.Equal("call_hangup", (string?)(await customer.NextAsync("call.playback.ended"))["status"]);
        Assert.Equal(["call.initiated", "call.answered", "call.playback.started", "call.playback.ended", "call.hangup"], customer.Types);
    }

    [Fact]
    public async Task Speech_is_heard_and_announced()
    {
        Tool.Require("espeak-ng");
        var customer = await CustomerAsync();
        var (call, phone) = await AnsweredAsync(customer);
        (await customer.TryActAsync(call, "speak",
            new() { ["payload"] = "Your appointment is tomorrow at nine.", ["voice"] = "female", ["language"] = "en-US" })).IsOk();
        var started = await customer.NextAsync("call.speak.started");
        var ended = await customer.NextAsync("call.speak.ended");
        Assert.Equal((string?)started["speak_id"], (string?)ended["speak_id"]);
        Assert.Equal("completed", (string?)ended["status"]);
        await phone.Audio.HearsSomethingAsync(millis: 800);
        Assert.InRange(phone.Audio.Heard().LoudMillis, 800, 6_000);
    }

    [Fact, Depth("the gate has speech, a WAV by URL, digits, and files that cannot be fetched")]
    public async Task Speech_and_playback_wait_for_each_other()
    {
        Tool.Require("espeak-ng");
        var customer = await CustomerAsync();
        string url = customer.Sink.Serve("tone.wav", Wav.Tone(1_000, 400));
        var (call, _) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "speak", new() { ["payload"] = "One.", ["voice"] = "male" });
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = url });
        await customer.ActAsync(call, "speak", new() { ["payload"] = "Two.", ["voice"] = "male" });
        await customer.NextAsync("call.speak.ended", 2);
        Assert.Equal(["call.speak.started", "call.speak.ended", "call.playback.started", "call.playback.ended", "call.speak.started",
            "call.speak.ended"], customer.Types.Skip(2));
    }

    [Fact]
    public async Task Digits_that_are_sent_arrive_at_the_phone()
    {
        var customer = await CustomerAsync();
        var (call, phone) = await DialledAsync(customer);
        await customer.ActAsync(call, "send_dtmf", new() { ["digits"] = "1w23#*A", ["duration_millis"] = 100 });
        await Eventually.TrueAsync(() => phone.Audio.Digits.Length == 6, "six digits arrive");
        Assert.Equal("123#*A", phone.Audio.Digits);
    }

    [Fact, Depth("the gate has speech, a WAV by URL, digits, and files that cannot be fetched")]
    public async Task Digits_of_an_application_that_sends_tones_are_heard_and_no_events()
    {
        var customer = await CustomerAsync(_ => new() { ["dtmf_type"] = "Inband" });
        var (call, phone) = await DialledAsync(customer);
        await customer.ActAsync(call, "send_dtmf", new() { ["digits"] = "12", ["duration_millis"] = 400 });
        await Eventually.TrueAsync(() => phone.Audio.Heard().LoudMillis >= 800 - 2 * Slack, "two tones arrive");
        Assert.Equal("", phone.Audio.Digits);
    }

    [Fact, Depth("the gate has speech, a WAV by URL, digits, and files that cannot be fetched")]
    public async Task Digits_of_an_application_that_sends_INFO_come_one_after_another()
    {
        var customer = await CustomerAsync(_ => new() { ["dtmf_type"] = "SIP INFO" });
        var (call, phone) = await DialledAsync(customer);
        await customer.ActAsync(call, "send_dtmf", new() { ["digits"] = "1w#A", ["duration_millis"] = 100 });
        await Eventually.TrueAsync(() => phone.Received("INFO").Count == 3, "three INFOs arrive");
        Assert.All(phone.Received("INFO"), info => Assert.Equal("application/dtmf-relay", info["Content-Type"]));
        Assert.Equal(["1", "#", "A"], phone.Received("INFO").Select(info => info.Body.Split("\r\n")[0]["Signal=".Length..]));
        Assert.Equal(("", 0), (phone.Audio.Digits, phone.Audio.Heard().LoudMillis));
    }

    /// <summary>
    /// The phone heard exactly these tones, each whole and in one piece, and nothing else. That they have been sent is told by another way
    /// than they come.
    /// </summary>
    private static Task HearsAsync(PhoneCall phone, params (int Hertz, int Millis)[] expected) => Eventually.TrueAsync(
        () =>
        {
            // The first or last frame of a tone may be so short that it measures as another one.
            var tones = phone.Audio.Heard().Tones.Where(t => t.Millis > PhoneAudio.FrameMillis).ToList();
            return tones.Count == expected.Length
                && tones.Zip(expected).All(t => t.First.Hertz == t.Second.Hertz && Math.Abs(t.First.Millis - t.Second.Millis) <= Slack)
                && tones.Zip(tones.Skip(1)).All(t => t.Second.At >= t.First.At + t.First.Millis);
        }, () => string.Join(", ", phone.Audio.Heard().Tones.Select(t => $"{t.Hertz} Hz for {t.Millis} ms at {t.At}")));
}
