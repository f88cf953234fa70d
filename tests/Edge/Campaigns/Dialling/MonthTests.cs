using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

/// <summary>Weeks of a campaign by a clock that jumps: who sleeps until something is due is done with a month in a moment.</summary>
public sealed class MonthTests() : DiallerRig(Product.Sqlite)
{
    /// <summary>Nine to ten in New York on working days. The clock begins there on a Tuesday at ten: just behind it.</summary>
    private static readonly JsonObject Hours = JsonNode.Parse("""
        { "windows": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "start": "09:00", "end": "10:00" }] }
        """)!.AsObject();

    [Fact]
    public async Task A_month_of_windows_and_retries_is_done_in_seconds()
    {
        // Anna is busy for three weeks of working days and answers then, Bert never answers.
        Far.Script(Anna, [.. Enumerable.Repeat(TakenCall.Busy, 15), TakenCall.Talks(30)]);
        Far.Script(Bert, TakenCall.Silent);
        var campaign = await CampaignAsync(Terms(tries: 22, retrySeconds: 20 * 3_600) with
        {
            Windows = CampaignTerms.WindowsOf(Hours, []),
        }, Anna, Bert);
        var watch = Stopwatch.StartNew();
        var begun = Time.GetUtcNow();
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1) });
        await RunningAsync(campaign);
        int jumps = await JumpUntilAsync(async () => (await FindAsync(campaign)).State is CampaignState.Stop, TimeSpan.FromDays(40));

        // One call of a working day each, in the hour that is open.
        Assert.Equal((16, 22), (Far.InvitesTo(Anna).Count(), Far.InvitesTo(Bert).Count()));
        Assert.All(Far.Invites, invite => Assert.Equal(14, invite.At.UtcDateTime.Hour));
        Assert.All(Far.Invites, invite => Assert.True(invite.At.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday)));
        Assert.Equal(22, Far.InvitesTo(Bert).Select(at => at.Date).Distinct().Count());
        var (anna, bert) = (await TargetAsync(campaign, Anna), await TargetAsync(campaign, Bert));
        Assert.Equal((TargetState.Done, "remote_hangup", 16), (anna.State, anna.Outcome, anna.Tries[0]));
        Assert.Equal((TargetState.Done, "ring_timeout", 22), (bert.State, bert.Outcome, bert.Tries[0]));
        Assert.Equal("exhausted", (await FindAsync(campaign)).StopReason);
        var passed = Time.GetUtcNow() - begun;
        Assert.InRange(passed.TotalDays, 29, 32);
        // By a look of every hour, and what is due.
        Assert.InRange(jumps, 100, 2_000);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{passed} took {watch.Elapsed} with {jumps} jumps");
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{passed.TotalDays:0.0} days took {watch.Elapsed.TotalSeconds:0.0} s, {jumps} jumps");
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task Whoever_is_added_during_a_long_sleep_is_called_at_once()
    {
        Far.Script(Anna, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms() with { End = ListEnd.Continue });
        var dialler = StartDialler(parts => parts with { Rest = TimeSpan.FromHours(1) });
        await RunningAsync(campaign);
        await JumpUntilAsync(() => Task.FromResult(dialler.HasWork), TimeSpan.FromHours(2));
        await PassAsync(30);
        await AddAsync(campaign.List, Anna);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count == 1), withinSeconds: 2);
        // And a stop is one at once.
        await UntilAsync(() => Task.FromResult(Far.Up == 0));
        await CampaignSwitch.StopAsync(Store, Tenant, campaign.Id, Time.GetUtcNow(), note: null, Stop);
        await StoppedAsync(campaign, withinSeconds: 1);
    }

    [Fact]
    public async Task A_campaign_begins_and_ends_at_its_times_without_anybody_looking()
    {
        var now = Time.GetUtcNow();
        var campaign = await CampaignAsync(Terms(tries: 100, retrySeconds: 3_600) with
        {
            StartsAt = now.AddDays(3),
            EndsAt = now.AddDays(4),
        }, Anna);
        StartDialler(parts => parts with { Rest = TimeSpan.FromHours(10) });
        await RunningAsync(campaign);
        await JumpUntilAsync(async () => (await FindAsync(campaign)).State is CampaignState.Stop, TimeSpan.FromDays(5));
        Assert.Equal("ended", (await FindAsync(campaign)).StopReason);
        Assert.InRange((Far.Invites.First().At - now).TotalDays, 3, 3.001);
        Assert.Equal(24, Far.Invites.Count);
        Assert.InRange((Time.GetUtcNow() - now).TotalDays, 4, 4.001);
    }
}
