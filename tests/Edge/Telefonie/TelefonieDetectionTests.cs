using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Telefonie;

/// <summary>Who answers, by far ends that say nothing or make a tone; what is told beside the status; and calls beyond a limit.</summary>
public sealed class TelefonieDetectionTests : IAsyncLifetime
{
    private TelefonieHost _host = null!;       // set before each test

    public async ValueTask InitializeAsync() => _host = await TelefonieHost.StartAsync(null);

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task TF24_who_says_nothing_is_unknown_a_fax_is_a_machine_and_it_is_told_to_who_asks()
    {
        const string more = ",\"machine_detection\":true",
            asked = ",\"machine_detection\":\"True\",\"status_callback_events\":[\"call.amd\"]";
        var silent = await _host.CallAsync("wait", asked);
        var fax = await _host.CallAsync("fax", more);
        foreach (var (call, who) in new[] { (silent, "unknown"), (fax, "machine") })
        {
            string seen = await Eventually.SomeAsync(async () => (string?)(await _host.GetAsync(call))["answered_by"], "it is clear");
            Assert.Equal(who, seen);
            await _host.DoneAsync(204, "DELETE", $"/voice/calls/{call["id"]}");
            Assert.Equal(who, (string?)(await _host.ShownAsync(call, "completed"))["answered_by"]);
            await _host.ToldAsync(call, "queued", "ringing", "in-progress", "completed");
            Assert.Equal(who, (string?)_host.Told(call)[^1]["call"]!["answered_by"]);
        }
        Assert.Equal([100, 200, 300, 400], _host.Told(silent).Select(told => (int)told["sequence"]!));
        await Eventually.TrueAsync(() => News(silent).Count == 1, "it is told");
        var news = News(silent).Single();
        Assert.Equal(("call.amd", "unknown", 301), ((string?)news["event"], (string?)news["answered_by"], (int)news["sequence"]!));
        Assert.NotEmpty((string?)news["event_id"] ?? "");
        // Who did not ask is told of statuses alone, and whose far end nobody listens to has no such field.
        Assert.Equal([1, 2, 3, 4], _host.Told(fax).Select(told => (int)told["sequence"]!));
        Assert.Empty(News(fax));
        var plain = await _host.CallAsync("ok-1");
        Assert.False((await _host.ShownAsync(plain, "completed")).ContainsKey("answered_by"));
    }

    [Fact, Depth("the gate has telefonie.test.js, twenty calls of all ends, and each kind's life, pages and walls once")]
    public async Task A_recording_that_can_be_fetched_is_told_to_who_asks()
    {
        var call = await _host.CallAsync("wait", ",\"record\":true,\"status_callback_events\":[\"call.recording.completed\"]");
        var other = await _host.CallAsync("wait", ",\"record\":true");
        foreach (var one in new[] { call, other })
        {
            await _host.ShownAsync(one, "in-progress");
            await _host.DoneAsync(204, "DELETE", $"/voice/calls/{one["id"]}");
            await Eventually.SomeAsync(async () => (string?)(await _host.GetAsync(one))["recording_url"], "it is saved");
        }
        await Eventually.TrueAsync(() => News(call).Count == 1, "it is told");
        var news = News(call).Single();
        Assert.Equal("call.recording.completed", (string?)news["event"]);
        Assert.InRange((int)news["sequence"]!, 301, 499);
        var recording = news["recording"]!.AsObject();
        var kept = await _host.DoneAsync(200, "GET", $"/recordings/recordings/{recording["id"]}");
        foreach (var (name, value) in recording) Assert.True(JsonNode.DeepEquals(value, kept[name]), $"{name}: {kept.ToJsonString()}");
        Assert.Equal((string?)(await _host.GetAsync(call))["recording_url"], (string?)recording["media_url"]);
        await _host.ToldAsync(other, "queued", "ringing", "in-progress", "completed");
        Assert.Empty(News(other));
    }

    [Fact]
    public async Task What_may_be_told_is_named_and_goes_with_a_callback()
    {
        string wait = TelefonieHost.Number("wait"), from = TelefonieHost.FirstNumber, hook = $"{_host.Hook.Url}/hook";
        foreach (string more in new[]
            {
                $$""","status_callback":"{{hook}}","status_callback_events":["call.status"]""",
                $$""","status_callback":"{{hook}}","status_callback_events":"call.amd" """, ",\"status_callback_events\":[\"call.amd\"]",
            })
        {
            var error = await _host.RefusesAsync(400, "invalid_request", "POST", "/voice/calls",
                $$"""{"to":"{{wait}}","from":"{{from}}"{{more}}}""");
            Assert.Equal("/status_callback_events", (string?)error["details"]![0]!["pointer"]);
        }
        Assert.Empty(_host.Far.Calls);
    }

    [Fact, Depth("WaitingCallTests hold calls in the switch, and SharedLimitsTests refuse what does not wait")]
    public async Task TF9_a_call_beyond_the_limit_is_queued_and_who_is_cancelled_then_is_never_called()
    {
        await _host.Operator.DataAsync("PATCH", $"/accounts/{_host.Account}", """{"channels":1}""");
        var live = await _host.CallAsync("wait");
        await _host.ShownAsync(live, "in-progress");
        var queued = await _host.CallAsync("ring");
        var next = await _host.CallAsync("ok-1");
        // Longer than it takes to ask for room.
        await Task.Delay(1_500, TestContext.Current.CancellationToken);
        foreach (var call in new[] { queued, next })
        {
            Assert.Equal("queued", (string?)call["status"]);
            Assert.Equal("queued", (string?)(await _host.GetAsync(call))["status"]);
        }
        string path = $"/voice/calls/{queued["id"]}";
        await _host.RefusesAsync(409, "invalid_state", "POST", path, """{"status":"completed"}""");
        var canceled = await _host.SettledAsync(path, """{"status":"canceled"}""", call => (string?)call["status"] is "canceled");
        Assert.Equal((0, null), ((int)canceled["duration"]!, (string?)canceled["start_time"]));
        await _host.ToldAsync(queued, "queued", "canceled");
        Assert.Equal(canceled.ToJsonString(), (await _host.DoneAsync(200, "POST", path, """{"status":"canceled"}""")).ToJsonString());

        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{live["id"]}");
        await _host.ShownAsync(live, "completed");
        // Whoever waits has the room that is free, and who was cancelled does not come by itself.
        await _host.ShownAsync(next, "completed");
        await _host.ToldAsync(next, "queued", "ringing", "in-progress", "completed");
        await _host.ToldAsync(queued, "queued", "canceled");
        Assert.Empty(_host.Far.Of(TelefonieHost.Number("ring")));
        Assert.Equal(3, (int)(await _host.DoneAsync(200, "GET", "/voice/calls"))["total"]!);
    }

    [Fact, Depth("WaitingCallTests hold calls in the switch, and TrunkLimitTests count them")]
    public async Task TF9_calls_beyond_the_pace_of_a_trunk_are_queued_and_leave_when_it_takes_them()
    {
        await _host.Operator.DataAsync("PATCH", $"/trunks/{_host.Trunk}", """{"calls_per_second":1}""");
        long begun = Stopwatch.GetTimestamp();
        var calls = new List<JsonObject>();
        for (int i = 0; i < 3; i++) calls.Add(await _host.CallAsync("ok-1"));
        foreach (var call in calls) await _host.ShownAsync(call, "completed");
        Assert.True(Stopwatch.GetElapsedTime(begun) > TimeSpan.FromSeconds(1.9), "one a second, and the first at once");
        foreach (var call in calls) await _host.ToldAsync(call, "queued", "ringing", "in-progress", "completed");
        Assert.Equal(calls.Count, _host.Far.Of(TelefonieHost.Number("ok-1")).Count());
    }

    [Fact, Depth("WaitingCallTests hold calls in the switch, and TrunkLimitTests count them")]
    public async Task TF9_a_call_that_every_trunk_is_too_full_for_is_queued_until_another_ends()
    {
        await _host.Operator.DataAsync("PATCH", $"/trunks/{_host.Trunk}", """{"channel_limit":1}""");
        var live = await _host.CallAsync("wait");
        await _host.ShownAsync(live, "in-progress");
        var queued = await _host.CallAsync("ok-1");
        // Longer than it takes to ask for room.
        await Task.Delay(1_500, TestContext.Current.CancellationToken);
        Assert.Equal("queued", (string?)(await _host.GetAsync(queued))["status"]);
        Assert.Equal(["waiting", "answered"],
            (await _host.Operator.DataAsync("GET", "/calls")).AsArray().Select(call => (string?)call!["state"]));
        Assert.Empty(_host.Far.Of(TelefonieHost.Number("ok-1")));
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{live["id"]}");
        await _host.ShownAsync(queued, "completed");
        await _host.ToldAsync(queued, "queued", "ringing", "in-progress", "completed");
    }

    [Fact, Depth("WaitingCallTests have the order in the switch, and TrunkLimitTests count them")]
    public async Task TF9_calls_of_two_accounts_get_a_trunk_in_the_order_in_which_they_came()
    {
        await _host.Operator.DataAsync("PATCH", $"/trunks/{_host.Trunk}", """{"channel_limit":1}""");
        var live = await _host.CallAsync("wait");
        await _host.ShownAsync(live, "in-progress");
        string[] order = [TelefonieHost.SecondNumber, TelefonieHost.FirstNumber, TelefonieHost.SecondNumber, TelefonieHost.FirstNumber];
        foreach (string from in order)
        {
            await _host.DoneAsync(201, "POST", "/voice/calls", $$"""{"to":"{{TelefonieHost.Number("ok-1")}}","from":"{{from}}"}""",
                from == TelefonieHost.FirstNumber ? _host.First : _host.Second);
        }
        await _host.DoneAsync(204, "DELETE", $"/voice/calls/{live["id"]}");
        await Eventually.TrueAsync(() => _host.Far.Of(TelefonieHost.Number("ok-1")).Count() == order.Length, "all are called",
            TimeSpan.FromMinutes(1));
        Assert.Equal(order, _host.Far.Of(TelefonieHost.Number("ok-1")).OrderBy(call => call.At).Select(call => call.Caller));
    }

    [Fact, Depth("DialGateTests tell a limit of none from one that is reached, and WaitingCallTests wait for the other alone")]
    public async Task An_account_that_may_have_no_call_is_refused_at_once()
    {
        await _host.Operator.DataAsync("PATCH", $"/accounts/{_host.Account}", """{"channels":0}""");
        await _host.RefusesAsync(429, "limit_reached", "POST", "/voice/calls",
            $$"""{"to":"{{TelefonieHost.Number("ok-1")}}","from":"{{TelefonieHost.FirstNumber}}"}""");
        Assert.Empty(_host.Far.Calls);
    }

    /// <summary>What was told of a call beside its status.</summary>
    private List<JsonObject> News(JsonObject call) =>
    [
        .. _host.Hook.All.Select(received => JsonNode.Parse(received.Text)!.AsObject())
            .Where(told => (string?)told["call_id"] == (string?)call["id"]),
    ];
}
