using Dapper;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class CampaignDiallerOnSqliteTests() : CampaignDiallerTests(Product.Sqlite);

[Depth("the gate runs these on SQLite, and kills a campaign on PostgreSQL in Interop")]
[Collection(nameof(Starving))] // its clock is the test's and its database is not: a server that is busy with others is late by that clock
public sealed class CampaignDiallerOnPostgresTests() : CampaignDiallerTests(Product.Postgres);

/// <summary>Who is called, when, and how often. INVITEs are counted at the far end.</summary>
public abstract class CampaignDiallerTests(Product product) : DiallerRig(product)
{
    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_busy_target_is_called_again_after_the_interval_and_not_after_it_has_answered()
    {
        Far.Script(Anna, TakenCall.Busy, TakenCall.Busy, TakenCall.Talks(3));
        var campaign = await CampaignAsync(Terms(tries: 5), Anna);
        StartDialler();
        var started = Time.GetUtcNow();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        await PassAsync(15);

        var invites = Far.InvitesTo(Anna).ToList();
        Assert.Equal(3, invites.Count);
        Assert.InRange((invites[0] - started).TotalSeconds, 0.8, 2.5);
        // From the end of one, which is half a second behind its beginning.
        Assert.InRange((invites[1] - invites[0]).TotalSeconds, 3.5, 9);
        Assert.InRange((invites[2] - invites[1]).TotalSeconds, 3.5, 9);
        var target = await TargetAsync(campaign, Anna);
        Assert.Equal((TargetState.Done, "remote_hangup", 3), (target.State, target.Outcome, target.Tries[0]));
        Assert.Equal(["fail", "fail", "success"], (await AttemptsAsync(campaign)).Select(attempt => attempt.Result));
        Assert.Equal("exhausted", (await FindAsync(campaign)).StopReason);
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task Tries_are_counted_and_a_target_without_any_left_is_done()
    {
        var campaign = await CampaignAsync(Terms(tries: 2), Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(2, Far.Invites.Count);
        var target = await TargetAsync(campaign, Anna);
        Assert.Equal((TargetState.Done, "callee_busy", 2), (target.State, target.Outcome, target.Tries[0]));
        var attempts = await AttemptsAsync(campaign);
        Assert.Equal([1, 2], attempts.Select(attempt => attempt.Try));
        Assert.All(attempts, attempt => Assert.Equal((HangupCause.CalleeBusy, 486, "callee_busy", AttemptState.Settled),
            (attempt.Cause, attempt.SipStatus, attempt.Reason, attempt.State)));
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task Whoever_did_not_answer_has_failed_though_his_network_has_cleared_as_behind_any_talk()
    {
        Far.Script(Anna, new TakenCall(null, TimeSpan.FromSeconds(0.5), HangupCause.RemoteHangup), TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(tries: 2), Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(["fail", "success"], (await AttemptsAsync(campaign)).Select(attempt => attempt.Result));
        Assert.Equal(2, Far.InvitesTo(Anna).Count());
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task Calls_begin_evenly_two_a_second_in_the_order_of_the_list()
    {
        string[] numbers = [.. Enumerable.Range(0, 8).Select(i => $"+1212555011{i}")];
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(30));
        var campaign = await CampaignAsync(Terms(), numbers);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count == numbers.Length));
        Assert.Equal(numbers, Far.Invites.Select(invite => invite.Number));
        var times = Far.Invites.Select(invite => invite.At).ToList();
        for (int i = 1; i < times.Count; i++) Assert.InRange((times[i] - times[i - 1]).TotalSeconds, 0.2, 0.9);
        Assert.InRange((times[^1] - times[0]).TotalSeconds, 3.2, 4.2);
        Assert.Equal(numbers.Length, Far.MostUp);
    }

    [Fact]
    public async Task A_campaign_that_has_no_caller_to_show_calls_nobody_and_stops()
    {
        var campaign = await CampaignAsync(Terms() with { From = [""] }, Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Empty(Far.Invites);
        Assert.Empty(await AttemptsAsync(campaign));
        Assert.Equal("no_caller_id", (await FindAsync(campaign)).StopReason);
        var target = await TargetAsync(campaign, Anna);
        Assert.Equal((TargetState.Idle, 0), (target.State, target.Tries[0]));
    }

    [Fact, Depth("SlotTests have a campaign and a node that may have one call at once in the gate")]
    public async Task No_more_are_up_at_once_than_may()
    {
        string[] numbers = [.. Enumerable.Range(0, 9).Select(i => $"+1212555011{i}")];
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(4));
        var campaign = await CampaignAsync(Terms() with { ConcurrentCalls = 2, CallsPerSecond = 20 }, numbers);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal((9, 2), (Far.Invites.Count, Far.MostUp));
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task One_who_waits_for_a_retry_holds_up_nobody()
    {
        Far.Script(Bert, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(tries: 2, retrySeconds: 60), Anna);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count == 1));
        await PassAsync(5);
        // He may be called before the addition is answered.
        var added = Time.GetUtcNow();
        await AddAsync(campaign.List, Bert);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count == 2));
        Assert.InRange((Far.InvitesTo(Bert).Single() - added).TotalSeconds, 0, 6);
    }

    [Fact]
    public async Task Two_campaigns_never_call_a_number_at_once()
    {
        Far.Script(Anna, TakenCall.Talks(10), TakenCall.Talks(2));
        var one = await CampaignAsync(Terms(), Anna);
        var two = await CampaignAsync(Terms(), Anna);
        StartDialler();
        await RunningAsync(one);
        await RunningAsync(two);
        await StoppedAsync(one);
        await StoppedAsync(two);
        Assert.Equal((2, 1), (Far.Invites.Count, Far.MostUp));
        // What was put off has taken no try.
        int first = (await TargetAsync(one, Anna)).Tries[0], second = (await TargetAsync(two, Anna)).Tries[0];
        Assert.Equal((1, 1), (first, second));
    }

    [Theory, InlineData(HangupCause.NodeRestart), InlineData(HangupCause.TimeLimit), InlineData(HangupCause.RtpTimeout)]
    [Depth("AskedReasonTests have who has answered and is not called again in the gate, by the node's own death too")]
    public async Task Who_has_answered_is_never_called_again_whatever_became_of_the_call(HangupCause cause)
    {
        Far.Script(Anna, TakenCall.Talks(2, cause));
        var campaign = await CampaignAsync(Terms(tries: 5), Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        await PassAsync(10);
        Assert.Single(Far.Invites);
        Assert.Equal("fail", Assert.Single(await AttemptsAsync(campaign)).Result);
        Assert.Equal(TargetState.Done, (await TargetAsync(campaign, Anna)).State);
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_retry_rule_has_its_own_interval_and_count()
    {
        Far.Script(Anna, TakenCall.Silent, TakenCall.Busy);
        var terms = Terms(tries: 9, retrySeconds: 2) with { RetryRules = [new("callee_busy", TimeSpan.FromSeconds(20), Most: 2)] };
        var campaign = await CampaignAsync(terms, Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        var invites = Far.InvitesTo(Anna).ToList();
        Assert.Equal(3, invites.Count);
        Assert.InRange((invites[1] - invites[0]).TotalSeconds, 7, 13);
        Assert.InRange((invites[2] - invites[1]).TotalSeconds, 20.5, 26);
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task Destinations_are_tried_by_their_places_and_those_without_a_try_are_not()
    {
        var campaign = await CampaignAsync(Terms() with { Tries = [0, 2, 1, 1, 1] });
        var now = Time.GetUtcNow();
        await Store.Targets.AddAsync(
        [
            new()
            {
                Id = Guid.CreateVersion7(now), Tenant = Tenant, List = campaign.List, Name = "Anna", DueAt = now, CreatedAt = now,
                UpdatedAt = now, Destinations = [Anna, Bert, null, "sip:cleo@192.0.2.9", null],
            },
        ], Stop);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal([Bert, Bert, "sip:cleo@192.0.2.9"], Far.Invites.Select(invite => invite.Number));
        Assert.Equal([(1, 1), (1, 2), (3, 1)], (await AttemptsAsync(campaign)).Select(attempt => (attempt.Destination, attempt.Try)));
    }

    [Fact]
    public async Task Stop_begins_nothing_more_and_what_is_up_goes_on()
    {
        string[] numbers = [.. Enumerable.Range(0, 20).Select(i => $"+121255501{i:00}")];
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(8));
        var campaign = await CampaignAsync(Terms(), numbers);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count >= 4));
        Assert.True(await CampaignSwitch.StopAsync(Store, Tenant, campaign.Id, Time.GetUtcNow(), note: null, Stop));
        int before = Far.Invites.Count;
        await PassAsync(3);
        Assert.InRange(Far.Invites.Count, before, before + 1);
        Assert.Equal(CampaignState.Stopping, (await FindAsync(campaign)).State);
        Assert.True(Far.Up >= 4);
        await StoppedAsync(campaign);
        Assert.Equal((0, "requested"), (Far.Up, (await FindAsync(campaign)).StopReason));
        // And on again, by one loop.
        int soFar = Far.Invites.Count;
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(numbers.Length, Far.Invites.Count);
        Assert.Equal(numbers.Length, Far.Invites.Select(invite => invite.Number).Distinct().Count());
        Assert.True(soFar < numbers.Length);
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_list_that_goes_on_waits_for_who_comes_yet()
    {
        Far.Script(Bert, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms() with { End = ListEnd.Continue });
        StartDialler();
        await RunningAsync(campaign);
        await PassAsync(15);
        Assert.Equal(CampaignState.Run, (await FindAsync(campaign)).State);
        await AddAsync(campaign.List, Bert);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count == 1), withinSeconds: 6);
        await PassAsync(5);
        Assert.Equal(CampaignState.Run, (await FindAsync(campaign)).State);
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task The_next_campaign_runs_when_the_list_is_exhausted_and_not_when_somebody_stopped_it()
    {
        var next = await CampaignAsync(Terms(), Bert);
        var campaign = await CampaignAsync(Terms() with { Next = next.Id }, Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        await UntilAsync(() => Task.FromResult(Far.InvitesTo(Bert).Any()));
        await StoppedAsync(next);

        await AddAsync(campaign.List, Cleo);
        Far.Script(Cleo, TakenCall.Talks(5));
        await RunningAsync(campaign);
        await UntilAsync(() => Task.FromResult(Far.InvitesTo(Cleo).Any()));
        Assert.True(await CampaignSwitch.StopAsync(Store, Tenant, campaign.Id, Time.GetUtcNow(), note: null, Stop));
        await StoppedAsync(campaign);
        await PassAsync(3);
        Assert.Equal(CampaignState.Stop, (await FindAsync(next)).State);
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_next_campaign_that_may_not_run_shows_why()
    {
        var late = await CampaignAsync(Terms() with { EndsAt = Time.GetUtcNow().AddSeconds(1) }, Bert);
        var nobody = await CampaignAsync(Terms() with { From = [] }, Bert);
        Far.Script(Anna, TakenCall.Talks(3));
        StartDialler();
        foreach (var (next, reason) in new[] { (late, "ended"), (nobody, "no_caller_id") })
        {
            var campaign = await CampaignAsync(Terms() with { Next = next.Id }, Anna);
            await RunningAsync(campaign);
            await StoppedAsync(campaign);
            await UntilAsync(async () => (await FindAsync(next)).StopReason is not null);
            var shown = await FindAsync(next);
            Assert.Equal((CampaignState.Stop, reason), (shown.State, shown.StopReason));
        }
        Assert.Empty(Far.InvitesTo(Bert));
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_time_to_start_and_one_to_end_hold()
    {
        var now = Time.GetUtcNow();
        foreach (string number in (string[])[Anna, Bert]) Far.Script(number, TakenCall.Talks(1));
        var campaign = await CampaignAsync(
            Terms() with { StartsAt = now.AddSeconds(10), EndsAt = now.AddSeconds(20), End = ListEnd.Continue }, Anna);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(() => Task.FromResult(!Far.Invites.IsEmpty));
        Assert.InRange((Far.Invites.First().At - now).TotalSeconds, 10, 16);
        await StoppedAsync(campaign);
        Assert.Equal("ended", (await FindAsync(campaign)).StopReason);
        await AddAsync(campaign.List, Bert);
        Assert.NotNull(await CampaignSwitch.StartAsync(Store, Tenant, campaign.Id, Time.GetUtcNow(), note: null, Stop));
        Assert.Single(Far.Invites);
    }

    [Fact]
    public async Task Where_consent_is_demanded_nobody_is_called_without_one()
    {
        Far.Script(Anna, TakenCall.Talks(1));
        foreach (var (number, kind, revoked) in new[] { (Anna, ConsentKind.Written, false), (Bert, ConsentKind.Written, true) })
        {
            var at = Time.GetUtcNow();
            await Store.Consents.AddAsync(new()
            {
                Id = Guid.CreateVersion7(at), Tenant = Tenant, Number = number, Kind = kind, Channel = ConsentChannel.Voice,
                Source = "form", GivenAt = at, At = at,
            }, note: null, Stop);
            if (revoked) await Store.Consents.RevokeAsync(Tenant, number, ConsentChannel.Voice, "him", at, _ => null, Stop);
        }
        var campaign = await CampaignAsync(Terms() with { Consent = ConsentKind.Express }, Anna, Bert, Cleo);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal([Anna], Far.Invites.Select(invite => invite.Number));
        // The proof that it was allowed is with the attempt.
        Assert.Equal("written", (string?)Assert.Single(await AttemptsAsync(campaign)).Evidence["consent"]!["kind"]);
        Assert.Equal("no_consent", (await TargetAsync(campaign, Cleo)).Outcome);
        Assert.Equal("no_consent", (await TargetAsync(campaign, Bert)).Outcome);
    }

    /// <summary>As by a form that is sent with each order, and taken back once.</summary>
    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_consent_behind_many_that_were_taken_back_holds()
    {
        Far.Script(Anna, TakenCall.Talks(1));
        var at = Time.GetUtcNow();
        for (int i = 0; i < 101; i++)
        {
            if (i == 100) await Store.Consents.RevokeAsync(Tenant, Anna, ConsentChannel.Voice, "her", at, _ => null, Stop);
            at = at.AddMilliseconds(1);
            await Store.Consents.AddAsync(new()
            {
                Id = Guid.CreateVersion7(at), Tenant = Tenant, Number = Anna, Kind = ConsentKind.Express, Channel = ConsentChannel.Voice,
                Source = "form", GivenAt = at, At = at,
            }, note: null, Stop);
        }
        var campaign = await CampaignAsync(Terms() with { Consent = ConsentKind.Express }, Anna);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Single(Far.Invites);
    }

    [Fact]
    public async Task One_who_is_taken_off_the_list_is_not_called_and_not_called_again()
    {
        Far.Script(Bert, new TakenCall(null, TimeSpan.FromSeconds(4), HangupCause.CalleeBusy));
        var campaign = await CampaignAsync(Terms(tries: 3), Anna, Bert);
        Assert.True(await ForgetAsync(campaign, Anna));
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count == 1));
        // Whoever is called at this moment is taken off with the whole list alone.
        Assert.False(await ForgetAsync(campaign, Bert));
        await Store.Targets.ForgetAsync(Tenant, campaign.List, Time.GetUtcNow(), Stop);
        await StoppedAsync(campaign);
        Assert.Equal([Bert], Far.Invites.Select(invite => invite.Number));
    }

    private async Task<bool> ForgetAsync(Campaign campaign, string number) => await Store.Targets.ForgetAsync(Tenant, campaign.List,
        (await TargetAsync(campaign, number)).Id, Time.GetUtcNow(), static _ => { }, Stop);

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_list_that_is_begun_anew_is_called_from_the_first_try_on()
    {
        Far.Script(Bert, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(tries: 2), Anna, Bert);
        StartDialler();
        for (int round = 1; round <= 3; round++)
        {
            await RunningAsync(campaign);
            await StoppedAsync(campaign);
            // Only those who were busy.
            Assert.Equal((2 * round, 1), (Far.InvitesTo(Anna).Count(), Far.InvitesTo(Bert).Count()));
            Assert.Equal(1, await Store.Targets.ResetAsync(Tenant, campaign.List, "callee_busy", Time.GetUtcNow(), Stop));
        }
    }

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task The_same_person_sees_the_same_of_several_callers_and_all_are_seen()
    {
        string[] callers = ["+15550100001", "+15550100002", "+15550100003"];
        string[] numbers = [.. Enumerable.Range(0, 24).Select(i => $"+121255501{i:00}")];
        var campaign = await CampaignAsync(Terms(tries: 2, retrySeconds: 1) with { From = callers, CallsPerSecond = 20 }, numbers);
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(48, Far.Invites.Count);
        Assert.All(Far.Invites.GroupBy(invite => invite.Number), calls => Assert.Single(calls.Select(call => call.From).Distinct()));
        Assert.Equal(callers, Far.Invites.Select(invite => invite.From).Distinct().Order());
    }

    /// <summary>The clock begins on a Tuesday at 15:00 UTC: seven in the morning in Los Angeles, ten in New York.</summary>
    [Fact]
    public async Task Nobody_is_called_outside_his_own_hours_and_the_proof_is_kept()
    {
        const string west = "+13105550101", east = "+12125550101";
        foreach (string number in (string[])[west, east]) Far.Script(number, TakenCall.Talks(1));
        var windows = CampaignTerms.WindowsOf(System.Text.Json.Nodes.JsonNode.Parse("""
            { "windows": [{ "days": ["mon", "tue", "wed", "thu", "fri"], "start": "08:00", "end": "20:00" }] }
            """)!.AsObject(), []);
        var campaign = await CampaignAsync(Terms() with { Windows = windows }, west, east);
        StartDialler();
        var started = Time.GetUtcNow();
        await RunningAsync(campaign);
        await UntilAsync(() => Task.FromResult(Far.InvitesTo(east).Any()), withinSeconds: 5);
        await PassAsync(10);
        Assert.Empty(Far.InvitesTo(west));
        Assert.Equal((TargetState.Idle, 0, started.Date.AddHours(16)),
            ((await TargetAsync(campaign, west)).State, (await TargetAsync(campaign, west)).Tries[0],
                (await TargetAsync(campaign, west)).DueAt.UtcDateTime));
        Time.Advance(TimeSpan.FromMinutes(59));
        await StoppedAsync(campaign);
        Assert.InRange((Far.InvitesTo(west).Single() - started).TotalMinutes, 60, 61);
        string proof = (await AttemptsAsync(campaign)).Single(one => one.Number == east).Evidence.ToJsonString();
        Assert.Contains("America/New_York", proof, StringComparison.Ordinal);
        Assert.Contains("10:0", proof, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_number_is_called_so_often_a_day_by_all_campaigns_together_and_a_retry_waits_for_that()
    {
        Far.Script(Anna, TakenCall.Silent);
        var terms = Terms(tries: 9, retrySeconds: 1) with { Caps = new() { MaxPerDay = 2 } };
        var one = await CampaignAsync(terms, Anna);
        StartDialler();
        await RunningAsync(one);
        await UntilAsync(() => Task.FromResult(Far.Invites.Count == 2));
        await PassAsync(20);
        Assert.Equal(2, Far.Invites.Count);
        // Midnight in New York.
        Assert.Equal(new DateTime(2026, 1, 7, 5, 0, 0), (await TargetAsync(one, Anna)).DueAt.UtcDateTime);
        var two = await CampaignAsync(terms, Anna);
        await RunningAsync(two);
        await PassAsync(10);
        Assert.Equal(2, Far.Invites.Count);
    }

    [Fact]
    public async Task Rules_that_are_set_and_cannot_be_read_call_nobody()
    {
        var campaign = await CampaignAsync(Terms(), Anna);
        await Store.Sql.WriteAsync(db => db.Execute("update rw_campaign set terms = @terms", new
        {
            terms = """{"from":["+15550100000"],"windows":[{"days":["someday"],"start":"9"}]}""",
        }), Stop);
        StartDialler();
        await RunningAsync(campaign);
        await PassAsync(10);
        Assert.Empty(Far.Invites);
        Assert.Equal(CampaignState.Run, (await FindAsync(campaign)).State);
    }

    /// <summary>A satellite's number is of no country.</summary>
    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task Somebody_of_whom_nobody_knows_where_he_is_waits_until_somebody_does()
    {
        const string satellite = "+881612345678";
        Far.Script(satellite, TakenCall.Talks(1));
        var windows = CampaignTerms.WindowsOf(System.Text.Json.Nodes.JsonNode.Parse("""
            { "windows": [{ "days": ["tue"], "start": "00:00", "end": "24:00" }] }
            """)!.AsObject(), []);
        var campaign = await CampaignAsync(Terms() with { Windows = windows }, satellite);
        StartDialler();
        await RunningAsync(campaign);
        await PassAsync(10);
        Assert.Empty(Far.Invites);
        var target = await TargetAsync(campaign, satellite);
        Assert.Equal((TargetState.Idle, "unknown_time_zone", 0), (target.State, target.Outcome, target.Tries[0]));
        Assert.True(target.DueAt > Time.GetUtcNow());
        Assert.Equal(CampaignState.Run, (await FindAsync(campaign)).State);
        await Store.Sql.WriteAsync(db => db.Execute("update rw_target set timezone = 'Etc/UTC'"), Stop);
        Time.Advance(TimeSpan.FromHours(1));
        await StoppedAsync(campaign);
        Assert.Equal([satellite], Far.Invites.Select(invite => invite.Number));
    }

    [Fact]
    public async Task A_campaign_that_nobody_can_read_holds_up_no_other()
    {
        var broken = await CampaignAsync(Terms(), Bert);
        await Store.Sql.WriteAsync(db => db.Execute("update rw_campaign set terms = @terms", new
        {
            terms = """{"from":["+15550100000"],"consent":"by a nod"}""",
        }), Stop);
        Far.Script(Anna, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(), Anna);
        StartDialler();
        await Store.Campaigns.MoveAsync(Tenant, broken.Id, [CampaignState.Stop], CampaignState.Run, null, Time.GetUtcNow(), null, Stop);
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal([Anna], Far.Invites.Select(invite => invite.Number));
    }
}
