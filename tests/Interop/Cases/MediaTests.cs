using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>MP3 prompts, files that the customer keeps, and servers that mean harm. Case 13 and the ends of bad prompts.</summary>
public sealed class MediaTests(RunningNode node) : CallCase(node)
{
    private static string Name() => $"tone {Guid.NewGuid():N}";

    private static (string?, string?) Ended(JsonObject payload) =>
        ((string?)payload["media_url"] ?? (string?)payload["media_name"], (string?)payload["status"]);

    [Fact]
    public async Task An_MP3_by_URL_is_heard_whatever_its_server_calls_it()
    {
        Tool.Require("libmpg123.so.0", "libmp3lame.so.0");
        var customer = await CustomerAsync();
        string url = customer.Sink.Serve("tone.mp3", Mp3.Tone(1_000, 1_000));
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = url, ["audio_type"] = "mp3" });
        Assert.Equal(url, (string?)(await customer.NextAsync("call.playback.started"))["media_url"]);
        Assert.Equal((url, "completed"), Ended(await customer.NextAsync("call.playback.ended")));
        await Eventually.TrueAsync(() => phone.Audio.Heard().Tones.Where(t => t.Hertz == 1_000).Sum(t => t.Millis) is >= 900 and <= 1_100,
            () => $"a second of it is heard: {string.Join(", ", phone.Audio.Heard().Tones)}");
    }

    [Fact]
    public async Task A_file_that_is_kept_by_URL_is_played_by_its_name()
    {
        var customer = await CustomerAsync();
        string name = Name(), url = customer.Sink.Serve("kept.wav", Wav.Tone(600, 500));
        var made = (await customer.TryAsync(HttpMethod.Post, "media",
            new() { ["media_url"] = url, ["media_name"] = name, ["ttl_secs"] = 600 })).Succeeds(201).Data;
        Assert.Equal((name, "audio/wav"), ((string?)made["media_name"], (string?)made["content_type"]));

        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "playback_start", new() { ["media_name"] = name });
        var started = await customer.NextAsync("call.playback.started");
        Assert.Equal((name, false), ((string?)started["media_name"], started.ContainsKey("media_url")));
        Assert.Equal((name, "completed"), Ended(await customer.NextAsync("call.playback.ended")));
        await phone.Audio.HearsToneAsync(600, 460);

        Assert.Equal(204, (await customer.TryAsync(HttpMethod.Delete, $"media/{Uri.EscapeDataString(name)}")).Status);
        await customer.ActAsync(call, "playback_start", new() { ["media_name"] = name });
        Assert.Equal((name, "file_not_found"), Ended(await customer.NextAsync("call.playback.ended", 2)));
        Assert.Equal((true, 1), ((bool)(await customer.GetAsync($"calls/{call["call_control_id"]}")).Data["is_alive"]!,
            customer.Types.Count(t => t == "call.playback.started")));
    }

    [Fact]
    public async Task An_uploaded_file_greets_a_dialled_phone()
    {
        var customer = await CustomerAsync();
        string name = Name();
        using (var form = new MultipartFormDataContent())
        {
            form.Add(new ByteArrayContent(Wav.Tone(800, 500)) { Headers = { ContentType = new MediaTypeHeaderValue("audio/wav") } },
                "media", "hello.wav");
            form.Add(new StringContent(name), "media_name");
            (await customer.UploadAsync("media", form)).Succeeds(201);
        }

        var (_, phone) = await DialledAsync(customer, new() { ["media_name"] = name });
        Assert.Equal((name, "completed"), Ended(await customer.NextAsync("call.playback.ended")));
        await phone.Audio.HearsToneAsync(800, 460);
    }

    [Theory]
    [InlineData("short", "failed", "could not be fetched")]
    [InlineData("lies", "failed", "cut off")]
    [InlineData("noise", "failed", "neither WAV nor MP3")]
    [InlineData("noise.mp3", "failed", "MP3 file")]
    [InlineData("endless", "failed", "longer than")]
    [InlineData("empty", "failed", "neither WAV nor MP3")]
    [InlineData("circle", "failed", "redirects")]
    [InlineData("away", "failed", "169.254.169.254")]
    [InlineData("closes", "failed", "could not be fetched")]
    public async Task A_prompt_server_that_means_harm_ends_the_prompt_and_not_the_call(string path, string status, string words)
    {
        if (path == "noise.mp3") Tool.Require("libmpg123.so.0");
        var customer = await CustomerAsync();
        await using var server = await HostileServer.StartAsync();
        var (call, phone) = await AnsweredAsync(customer);
        long began = Stopwatch.GetTimestamp();
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = server.Root + path });
        var ended = await customer.NextAsync("call.playback.ended");
        Assert.Equal((server.Root + path, status), Ended(ended));
        Assert.Matches(words, (string?)ended["status_detail"]);
        Assert.DoesNotContain("call.playback.started", customer.Types);
        Assert.True(Stopwatch.GetElapsedTime(began) < TimeSpan.FromSeconds(25));

        string good = customer.Sink.Serve("good.wav", Wav.Tone(600, 400));
        await customer.ActAsync(call, "playback_start", new() { ["audio_url"] = good });
        Assert.Equal((good, "completed"), Ended(await customer.NextAsync("call.playback.ended", 2)));
        await phone.Audio.HearsToneAsync(600, 360);
    }

    [Theory, Depth("HostileDocumentTests in the gate have servers that drip and hang")]
    [InlineData("drips")]
    [InlineData("hangs")]
    public Task A_prompt_server_that_drips_or_says_nothing_does_so_too(string path) =>
        A_prompt_server_that_means_harm_ends_the_prompt_and_not_the_call(path, "failed", "No complete answer");

    [Fact]
    public async Task A_gather_whose_prompt_cannot_be_had_listens_all_the_same()
    {
        var customer = await CustomerAsync();
        await using var server = await HostileServer.StartAsync();
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "gather_using_audio",
            new() { ["audio_url"] = server.Root + "noise", ["maximum_digits"] = 2, ["maximum_tries"] = 1 });
        Assert.Equal("failed", (string?)(await customer.NextAsync("call.playback.ended"))["status"]);
        phone.Audio.Press("42");
        var gathered = await customer.NextAsync("call.gather.ended");
        Assert.Equal(("42", "valid"), ((string?)gathered["digits"], (string?)gathered["status"]));
    }

    [Fact]
    public async Task A_gather_with_audio_tells_of_its_prompt_which_the_first_digit_stops()
    {
        var customer = await CustomerAsync();
        string url = customer.Sink.Serve("menu.wav", Wav.Tone(1_000, 20_000));
        var (call, phone) = await AnsweredAsync(customer);
        (await customer.TryActAsync(call, "gather_using_audio", new() { ["audio_url"] = url, ["maximum_digits"] = 2 })).IsOk();
        Assert.Equal(url, (string?)(await customer.NextAsync("call.playback.started"))["media_url"]);
        await phone.Audio.HearsSomethingAsync();
        phone.Audio.Press("1");
        Assert.Equal((url, "cancelled"), Ended(await customer.NextAsync("call.playback.ended")));
        phone.Audio.Press("2");
        var gathered = await customer.NextAsync("call.gather.ended");
        Assert.Equal(("12", "valid"), ((string?)gathered["digits"], (string?)gathered["status"]));
        Assert.Equal(["call.playback.started", "call.dtmf.received", "call.playback.ended", "call.dtmf.received", "call.gather.ended"],
            customer.Types.Skip(2));
    }

    [Fact]
    public async Task A_wrong_entry_is_told_and_the_tries_are_counted()
    {
        var customer = await CustomerAsync();
        string menu = customer.Sink.Serve("menu.wav", Wav.Tone(1_000, 300)), wrong = customer.Sink.Serve("wrong.wav", Wav.Tone(400, 300));
        var (call, phone) = await AnsweredAsync(customer);
        await customer.ActAsync(call, "gather_using_audio", new()
        {
            ["audio_url"] = menu, ["invalid_audio_url"] = wrong, ["valid_digits"] = "12", ["maximum_tries"] = 2, ["maximum_digits"] = 1,
        });
        await customer.NextAsync("call.playback.ended");
        phone.Audio.Press("9");
        await customer.NextAsync("call.playback.ended", 3);
        phone.Audio.Press("8");
        var gathered = await customer.NextAsync("call.gather.ended");
        Assert.Equal(("8", "invalid"), ((string?)gathered["digits"], (string?)gathered["status"]));
        Assert.Equal([menu, wrong, menu], customer.Payloads("call.playback.ended").Select(p => (string?)p["media_url"]));
        await phone.Audio.HearsToneAsync(400, 260);
    }
}
