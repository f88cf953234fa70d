using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A node and its lab by a clock of their own, each test on a node of its own: they move its time.</summary>
public sealed class VirtualNodeTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Start = new(2026, 1, 6, 15, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(60);
    private const string Busy = "+15550020001", Absent = "+15550030001", Person = "+15550000001";

    private readonly RunningNode _node = new("--api-rate", "100000") { HasVirtualClock = true };
    /// <summary>It waits: a day is as long as the machine takes for what is due in it.</summary>
    private readonly HttpClient _operator = new() { Timeout = Timeout.InfiniteTimeSpan };
    private Customer? _customer;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Customer Customer => _customer!;      // made before any test

    public async ValueTask InitializeAsync()
    {
        await _node.InitializeAsync();
        _operator.BaseAddress = _node.Admin;
        // This process may stand: a webhook is answered late then, and does not come twice.
        _customer = await Customer.CreateAsync(_node, _node.NextNumber(), _ => new() { ["webhook_timeout_secs"] = 30 });
    }

    public async ValueTask DisposeAsync()
    {
        if (_customer is not null) await _customer.DisposeAsync();
        _operator.Dispose();
        await _node.DisposeAsync();
    }

    [Fact, Depth("the gate holds the clock under a call, and advances it")]
    public async Task Calls_begin_on_tuesday_afternoon_and_take_the_time_that_they_take()
    {
        Assert.Equal((Start, "virtual", false), await ClockAsync());
        await Customer.DialAsync(Busy);
        await Customer.NextAsync("call.hangup");
        var busy = Customer.Events.ToList();
        Assert.Equal(["call.initiated", "call.hangup"], busy.Select(w => w.Type));
        Assert.Equal("user_busy", (string?)busy[1].Payload["hangup_cause"]);
        Assert.Equal(Start, At(busy[0]));
        Assert.InRange(At(busy[1]) - At(busy[0]), TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(400) + Tolerance);

        var watch = Stopwatch.StartNew();
        await Customer.DialAsync(Absent, new() { ["timeout_secs"] = 120 });
        await Customer.NextAsync("call.hangup", 2);
        var took = watch.Elapsed;
        var absent = Customer.Events.Skip(2).ToList();
        Assert.Equal("timeout", (string?)absent[1].Payload["hangup_cause"]);
        Assert.InRange(At(absent[1]) - At(absent[0]), TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(120) + Tolerance);
        Assert.True(took < TimeSpan.FromSeconds(120), $"two minutes took {took}");
        // Receivers judge signatures by the wall clock.
        Assert.All(Customer.Events, webhook => Assert.Empty(webhook.Faults(Customer.PublicKey, Customer.Application)));
    }

    [Fact, Depth("the gate has a held clock that is advanced under a call")]
    public async Task A_call_that_is_answered_and_spoken_to_hears_all_of_it()
    {
        Tool.Require("espeak-ng");
        // What is done within the answer to a webhook is done at its time.
        Customer.Sink.React("hooks", async webhook =>
        {
            if (webhook.Type == "call.answered")
                Assert.Equal(200, (await Customer.TryActAsync(webhook.Call, "playback_start",
                    new() { ["audio_url"] = Customer.Sink.Serve("tone.wav", Wav.Tone(440, 30_000)) })).Status);
            if (webhook.Type == "call.playback.ended") Assert.Equal(200, (await Customer.TryActAsync(webhook.Call, "hangup")).Status);
            return 200;
        });
        var watch = Stopwatch.StartNew();
        await Customer.DialAsync(Person);
        var end = await Customer.NextAsync("call.hangup");
        Assert.Equal("normal_clearing", (string?)end["hangup_cause"]);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"half a minute of sound took {watch.Elapsed}");
        Assert.Equal(["call.initiated", "call.answered", "call.playback.started", "call.playback.ended", "call.hangup"], Customer.Types);
        var at = Customer.Events.ToDictionary(w => w.Type, At);
        Assert.InRange(at["call.answered"] - at["call.initiated"], TimeSpan.FromMilliseconds(300), TimeSpan.FromSeconds(1));
        Assert.InRange(at["call.playback.ended"] - at["call.playback.started"], TimeSpan.FromSeconds(30),
            TimeSpan.FromSeconds(30) + 2 * Tolerance);
        // The person heard it: packets of 20 ms, none of them lost.
        var stats = end["call_quality_stats"]!["outbound"]!;
        Assert.InRange(int.Parse((string)stats["packet_count"]!, CultureInfo.InvariantCulture), 1_450, 1_600);
    }

    [Fact, Depth("WebhookDispatcherTests in Edge try again by a clock that is moved")]
    public async Task A_webhook_that_is_refused_comes_again_at_its_times()
    {
        Customer.Sink.React("hooks", webhook => Task.FromResult(webhook.Attempt < 3 ? 503 : 200));
        await Customer.DialAsync(Busy);
        var third = await Eventually.SomeAsync(() => ValueTask.FromResult(Customer.Sink.Taken.FirstOrDefault(w =>
            w is { Type: "call.hangup", Attempt: 3 })), "the third attempt");
        var passed = (await ClockAsync()).Now - Start;
        Assert.True(passed >= TimeSpan.FromSeconds(3), $"{passed}");
        // Behind the end of the first attempt a second, behind the next one's two, by the node's clock and its log.
        var delivery = await Eventually.SomeAsync(async () => (await Customer.GetAsync(
            $"webhook_deliveries?filter[webhook][contains]={third.Id}")).Succeeds().Data.AsArray().FirstOrDefault(), "it is logged");
        var attempts = delivery["attempts"]!.AsArray();       // newest first
        Assert.Equal(3, attempts.Count);
        Assert.InRange(Waited(1, 0), TimeSpan.FromSeconds(2) - Tolerance, TimeSpan.FromSeconds(3));
        Assert.InRange(Waited(2, 1), TimeSpan.FromSeconds(1) - Tolerance, TimeSpan.FromSeconds(2) - 2 * Tolerance);

        TimeSpan Waited(int before, int next) => TimeOf(attempts[next]!["started_at"]!) - TimeOf(attempts[before]!["finished_at"]!);
    }

    [Fact]
    public async Task A_held_clock_stands_an_advance_moves_it_exactly_and_anything_else_is_refused()
    {
        await RefusesAnythingElseAsync();
        Assert.Equal((Start, "virtual", true), await SetAsync(new { hold = true }));
        await Customer.DialAsync(Absent, new() { ["timeout_secs"] = 30 });
        await Customer.NextAsync("call.initiated");
        await Task.Delay(500, Stop);
        Assert.Equal((Start, "virtual", true), await ClockAsync());

        Assert.Equal((Start.AddMilliseconds(29_990), "virtual", true), await SetAsync(new { advance_ms = 29_990 }));
        Assert.Equal(["call.initiated"], Customer.Types);
        Assert.Equal((Start.AddMilliseconds(30_100), "virtual", true), await SetAsync(new { advance_ms = 110 }));
        // It is answered when all is done: the webhook has been delivered.
        Assert.Equal(["call.initiated", "call.hangup"], Customer.Types);
        Assert.Equal((Start.AddMilliseconds(30_100), "virtual", false), await SetAsync(new { hold = false }));
    }

    [Fact, Depth("the gate advances a held clock; MonthTests in Edge dial through a month")]
    public async Task What_a_day_brings_is_there_when_the_day_has_been_advanced()
    {
        var watch = Stopwatch.StartNew();
        Assert.Equal(Start.AddDays(1), (await SetAsync(new { advance_ms = 86_400_000 })).Now);
        Assert.True(watch.Elapsed < TimeSpan.FromDays(1) / 100, $"a day took {watch.Elapsed}");
        await Customer.DialAsync(Busy);
        await Customer.NextAsync("call.initiated");
        Assert.Equal(Start.AddDays(1), At(Customer.Events.First()));
    }

    [Fact, Depth("the gate opens the link at once, in Edge; eight days take their time")]
    public async Task TF28_the_link_to_a_recording_opens_after_eight_days()
    {
        using var client = new HttpClient { BaseAddress = new(_node.Api, "/"), Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Add("X-API-Key", _node.Key);
        await SetAsync(new { hold = true });
        var call = await AskAsync("voice/calls", new { to = Person, from = _node.NextNumber(), record = true });
        string shown = $"voice/calls/{call["id"]}";
        await SetAsync(new { advance_ms = 6_000 });
        Assert.Equal("in-progress", (string?)(await AskAsync(shown))["status"]);
        await AskAsync(shown, new { status = "completed" });
        await SetAsync(new { advance_ms = 2_000 });
        string link = await Eventually.SomeAsync(async () => (string?)(await AskAsync(shown))["recording_url"], "it is saved");

        await SetAsync(new { advance_ms = 8L * 86_400_000 });
        Assert.Equal(link, (string?)(await AskAsync(shown))["recording_url"]);
        byte[] sound = await client.GetByteArrayAsync(link, Stop);
        // Some five seconds behind the answer, of whatever rate.
        Assert.True(sound.AsSpan().StartsWith("RIFF"u8));
        Assert.InRange(sound.Length, 8_000 * 4, 32_000 * 7);
        using var stranger = new HttpClient();
        using var refused = await stranger.GetAsync(link, Stop);
        Assert.Equal(401, (int)refused.StatusCode);

        async Task<JsonObject> AskAsync(string path, object? body = null)
        {
            using var answer = body is null ? await client.GetAsync("telefonie/v1/" + path, Stop)
                : await client.PostAsJsonAsync("telefonie/v1/" + path, body, Stop);
            string text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.IsSuccessStatusCode, text);
            return JsonNode.Parse(text)!.AsObject();
        }
    }

    [Fact, Depth("an hour of talk, packet by packet")]
    public async Task A_call_of_the_dialers_api_ends_after_an_hour_as_timeout()
    {
        using var client = new HttpClient { BaseAddress = new(_node.Api, "/"), Timeout = Timeout.InfiniteTimeSpan };
        await SetAsync(new { hold = true });
        using var content = new StringContent($$"""
            {"source":{"type":"tel","target":"{{_node.NextNumber()}}"},"destinations":[{"type":"tel","target":"{{Person}}"}],
             "actions":[{"type":"sleep","option":{"duration":3600000} },{"type":"sleep","option":{"duration":3600000} }]}
            """, null, "application/json");
        using var made = await client.PostAsync("v1.0/calls?accesskey=" + _node.Key, content, Stop);
        string text = await made.Content.ReadAsStringAsync(Stop);
        Assert.True(made.IsSuccessStatusCode, text);
        string path = $"v1.0/calls/{JsonNode.Parse(text)!["id"]}?accesskey={_node.Key}";
        await SetAsync(new { advance_ms = 3_590_000 });
        Assert.Equal("progressing", (string?)JsonNode.Parse(await client.GetStringAsync(path, Stop))!["status"]);
        await SetAsync(new { advance_ms = 20_000 });
        var over = await Eventually.SomeAsync(async () => JsonNode.Parse(await client.GetStringAsync(path, Stop)) is { } shown
            && (string?)shown["status"] is "hangup" ? shown : null, "it is over");
        Assert.Equal(("local", "timeout"), ((string?)over["hangup_by"], (string?)over["hangup_reason"]));
    }

    /// <summary>CH32.</summary>
    [Fact, Depth("what a week brings takes a while; CallFacesTests in Edge opens the link at once")]
    public async Task A_recording_opens_by_the_call_log_a_week_later()
    {
        Customer.Sink.React("hooks", async webhook =>
        {
            if (webhook.Type == "call.answered")
                Assert.Equal(200, (await Customer.TryActAsync(webhook.Call, "playback_start",
                    new() { ["audio_url"] = Customer.Sink.Serve("tone.wav", Wav.Tone(440, 2_000)) })).Status);
            if (webhook.Type == "call.playback.ended") Assert.Equal(200, (await Customer.TryActAsync(webhook.Call, "hangup")).Status);
            return 200;
        });
        await Customer.DialAsync(Person, new() { ["record"] = "record-from-answer", ["record_format"] = "wav" });
        await Customer.NextAsync("call.recording.saved");
        using var team = new HttpClient { DefaultRequestHeaders = { Authorization = new("Bearer", _node.Key) } };
        using var nobody = new HttpClient();
        var call = await Eventually.SomeAsync(async () =>
        {
            using var answer = await team.PostAsJsonAsync(new Uri(_node.Api, "/chakra/v1/ext/call/list"), new { limit = 10 }, Stop);
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["_data"]!.AsArray()
                .FirstOrDefault(one => one!["recordingUrl"] is not null);
        }, "the call is listed with its recording");
        Assert.Equal(("OUTBOUND", "api", "COMPLETED", Person), ((string?)call["type"], (string?)call["callInitiateLocation"],
            (string?)call["callStatus"], (string?)call["to"]));
        var url = new Uri(_node.Api, (string)call["recordingUrl"]!);

        for (int day = 0; day < 7; day++) await SetAsync(new { advance_ms = 86_400_000 });
        Assert.True((await ClockAsync()).Now >= Start.AddDays(7));
        Assert.Equal("RIFF"u8.ToArray(), (await team.GetByteArrayAsync(url, Stop))[..4]);
        using var refused = await nobody.GetAsync(url, Stop);
        Assert.Equal(401, (int)refused.StatusCode);
    }

    private async Task RefusesAnythingElseAsync()
    {
        foreach (string body in new[]
            {
                "{}", """{"hold":true,"advance_ms":5}""", """{"skip_ms":5,"advance_ms":5}""", """{"advance_ms":-1}""", """{"until":5}""",
            })
        {
            using var content = new StringContent(body, null, "application/json");
            using var answer = await _operator.PostAsync("operator/v1/clock", content, Stop);
            Assert.True((int)answer.StatusCode == 422, $"{body}: {(int)answer.StatusCode}");
            Assert.Equal((Start, "virtual", false), await ClockAsync());
        }
    }

    private static DateTimeOffset At(Webhook webhook) => TimeOf(webhook.Data["occurred_at"]!);

    private static DateTimeOffset TimeOf(JsonNode shown) => DateTimeOffset.Parse((string)shown!, CultureInfo.InvariantCulture);

    private async Task<(DateTimeOffset Now, string? Mode, bool IsHeld)> ClockAsync() =>
        Read(await _operator.GetStringAsync("operator/v1/clock", Stop));

    private async Task<(DateTimeOffset Now, string? Mode, bool IsHeld)> SetAsync(object body)
    {
        using var answer = await _operator.PostAsJsonAsync("operator/v1/clock", body, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.IsSuccessStatusCode, text);
        return Read(text);
    }

    private static (DateTimeOffset, string?, bool) Read(string text)
    {
        var data = JsonNode.Parse(text)!["data"]!;
        return ((DateTimeOffset)data["now"]!, (string?)data["mode"], (bool)data["held"]!);
    }
}
