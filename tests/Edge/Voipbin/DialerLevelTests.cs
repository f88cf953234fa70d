using Ringwright.Testing;

namespace Ringwright.Edge.Voipbin;

/// <summary>How the service level of a campaign with a queue lets it call: cases 82 and 83, by the API alone.</summary>
public sealed class DialerLevelTests : IAsyncLifetime
{
    private CallingHost _host = null!;       // set before each test

    public async ValueTask InitializeAsync() => _host = await CallingHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact, Depth("QueuePaceTests have the arithmetic; this waits for what is not to happen")]
    public async Task D82_D83_a_level_of_nothing_calls_nobody_and_a_half_agent_is_none()
    {
        string queue = await _host.QueueAsync(), list = await MakeAsync("/outdials", """{"name":"list"}""");
        foreach (string user in new[] { "ring-one-700", "ring-two-600", "ring-three-500", "ring-four-400" })
            await MakeAsync($"/outdials/{list}/targets", $$"""{"name":"{{user}}","destination_0":{{_host.Far.Address(user)}}}""");
        string plan = await MakeAsync("/outplans",
            """{"name":"plan","source":{"type":"tel","target":"+15559876543"},"dial_timeout":60000,"max_try_count_0":1}""");
        string campaign = await MakeAsync("/campaigns", $$"""
            {"name":"campaign","type":"call","service_level":0,"end_handle":"stop","actions":[],"outplan_id":"{{plan}}",
             "outdial_id":"{{list}}","queue_id":"{{queue}}","max_calls_per_second":10}
            """);
        await _host.AgentAsync("ring-agent0-1000");
        await _host.Api.DoneAsync("PUT", $"/campaigns/{campaign}/status", """{"status":"run"}""");
        await CallsAsync(0, seconds: 3);
        // Half of one is none, half of three is one at a time.
        await LevelAsync(campaign, 50);
        await CallsAsync(0);
        foreach (int number in new[] { 1, 2 }) await _host.AgentAsync($"ring-agent{number}-1000");
        await CallsAsync(1);
        await LevelAsync(campaign, 100);
        await CallsAsync(3);
        Assert.Equal("run", (string?)(await _host.Api.DoneAsync("GET", "/campaigns/" + campaign))["status"]);
        await Eventually.TrueAsync(() => _host.EventsOf(campaign).Count(type => type == "campaign_updated") == 2, "both changes are told");
    }

    [Fact, Depth("the gate has an answered call that reaches an agent, and who has waited longest; rules of queues are Pure's")]
    public async Task Who_has_answered_and_finds_no_agent_in_time_is_counted_as_abandoned()
    {
        string queue = await _host.QueueAsync(), list = await MakeAsync("/outdials", """{"name":"list"}""");
        await MakeAsync($"/outdials/{list}/targets", $$"""{"destination_0":{{_host.Far.Address("now-caller-700")}}}""");
        string plan = await MakeAsync("/outplans", """{"source":{"type":"tel","target":"+15559876543"},"max_try_count_0":1}""");
        string campaign = await MakeAsync("/campaigns", $$"""
            {"service_level":100,"outplan_id":"{{plan}}","outdial_id":"{{list}}","queue_id":"{{queue}}"}
            """);
        await _host.AgentAsync("ring-agent-1000");
        Assert.Null(await AbandonRateAsync(campaign));
        await _host.Api.DoneAsync("PUT", $"/campaigns/{campaign}/status", """{"status":"run"}""");
        await Eventually.SomeAsync(async () =>
        {
            if (await AbandonRateAsync(campaign) is 1) return "";
            await Task.Delay(100, TestContext.Current.CancellationToken);       // so many questions a second are let in
            return null;
        }, "he is counted");
    }

    private async Task<double?> AbandonRateAsync(string campaign) =>
        (double?)(await _host.Api.DoneAsync("GET", $"/campaigns/{campaign}/stats"))["attempts"]!["abandon_rate"];

    private async Task<string> MakeAsync(string path, string body) => (string)(await _host.Api.DoneAsync("POST", path, body))["id"]!;

    private async Task LevelAsync(string campaign, int level)
    {
        var changed = await _host.Api.DoneAsync("PUT", $"/campaigns/{campaign}/service_level", $$"""{"service_level":{{level}}}""");
        Assert.Equal(level, (int)changed["service_level"]!);
    }

    /// <summary>So many are called soon, and nobody more meanwhile.</summary>
    private async Task CallsAsync(int count, double seconds = 1.5)
    {
        await Eventually.TrueAsync(() => _host.Far.Calls.Count >= count, () => $"{count} are called, and not {_host.Far.Calls.Count}");
        await Task.Delay(TimeSpan.FromSeconds(seconds), TestContext.Current.CancellationToken);
        Assert.Equal(count, _host.Far.Calls.Count);
    }
}
