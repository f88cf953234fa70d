using System.Globalization;

namespace Ringwright.Edge.Voipbin.Dialling;

/// <summary>Who waits for an hour that is allowed, or for the next try, while something else is said of that.</summary>
public sealed class ChangedRulesTests : IAsyncLifetime
{
    private CampaignRig _rig = null!;       // set before each test

    public async ValueTask InitializeAsync() => _rig = await CampaignRig.StartAsync();

    public ValueTask DisposeAsync() => _rig.DisposeAsync();

    [Fact]
    public async Task Whoever_waits_does_so_by_what_is_said_now()
    {
        string day = TimeProvider.System.GetUtcNow().AddDays(3).DayOfWeek.ToString()[..3].ToLowerInvariant();
        string source = $$"""{"type":"tel","target":"{{CampaignRig.Source}}"}""";
        // Shut for days; by the clock of somebody whose zone nobody knows; and an hour behind each busy line.
        string shut = await _rig.PlanAsync(1, more: $$"""
            ,"windows":[{"days":["{{day}}"],"start":"09:00","end":"10:00"}]
            """);
        string whole = await _rig.PlanAsync(1, more: """
            ,"windows":[{"days":["mon","tue","wed","thu","fri","sat","sun"],"start":"00:00","end":"24:00"}]
            """);
        string slow = await _rig.PlanAsync(2, more: """
            ,"retry_rules":[{"reason":"busy","interval":3600000}]
            """);
        string early = await _rig.ListAsync(), unknown = await _rig.ListAsync();
        await _rig.Host.DoneAsync("POST", $"/outdials/{early}/targets", TargetAt("wait"));
        string nowhere = await _rig.TargetAsync(unknown, "ok-1");
        string[] campaigns =
        [
            await _rig.CampaignAsync(early, shut), await _rig.CampaignAsync(unknown, whole),
            await _rig.CampaignAsync(await _rig.ListAsync("busy"), slow),
        ];
        foreach (string campaign in campaigns) await _rig.RunAsync(campaign);
        foreach (string campaign in campaigns) await _rig.EventuallyAsync(() => WaitsLongAsync(campaign), "somebody waits");
        Assert.Equal("busy", Assert.Single(_rig.Uas.Calls).User);

        await _rig.Host.DoneAsync("PUT", $"/outplans/{shut}/dial_info", $$"""
            {"source":{{source}},"dial_timeout":5000,"max_try_count_0":1}
            """);
        await _rig.Host.DoneAsync("PUT", $"/outdials/{unknown}/targets/{nowhere}", TargetAt("ok-1"));
        await _rig.Host.DoneAsync("PUT", $"/outplans/{slow}/dial_info", $$"""
            {"source":{{source}},"dial_timeout":5000,"max_try_count_0":2,"retry_rules":[{"reason":"busy","interval":500}]}
            """);
        foreach (string user in new[] { "wait", "ok-1" })
            await _rig.EventuallyAsync(() => _rig.Uas.Of(user).Any(), $"{user} is called");
        await _rig.EventuallyAsync(() => _rig.Uas.Of("busy").Count() == 2, "the second try");
    }

    private string TargetAt(string user) =>
        $$"""{"destination_0":{"type":"sip","target":"{{_rig.Uas.At(user)}}"},"timezone":"Etc/UTC"}""";

    private async Task<bool> WaitsLongAsync(string campaign)
    {
        string later = TimeProvider.System.GetUtcNow().AddMinutes(30).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
        var stats = await _rig.Host.DoneAsync("GET", $"/campaigns/{campaign}/stats");
        return string.CompareOrdinal((string?)stats["targets"]!["tm_next"], later) > 0;
    }
}
