using System.Data;
using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Calls;
using Ringwright.Campaigns.Dialling;
using Ringwright.Edge.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Campaigns.Dialling;

public sealed class NeverTooOftenOnSqliteTests() : NeverTooOftenTests(Product.Sqlite);

[Depth("the gate runs these on SQLite")]
[Collection(nameof(Starving))] // as with CampaignDiallerOnPostgresTests
public sealed class NeverTooOftenOnPostgresTests() : NeverTooOftenTests(Product.Postgres);

/// <summary>Ways in which somebody might be called too often, or too late in the day. INVITEs are counted at the far end.</summary>
public abstract class NeverTooOftenTests(Product product) : DiallerRig(product)
{
    private const string Uri = "sip:bob@phones.example.com";
    private const string InsertCalled = """
        insert into rw_attempt (id, tenant_id, campaign_id, list_id, target_id, round, number, from_party, destination, try, state, node,
            claimed_at, ended_at, evidence)
        values (@id, @tenant, @campaign, @list, @target, 0, @number, @from, 0, 1, 'settled', 1, @at, @at, '{}')
        """;

    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_gap_of_a_month_is_kept()
    {
        Far.Script(Anna, TakenCall.Talks(1), TakenCall.Talks(1));
        var terms = Terms() with { Caps = new() { MinGap = TimeSpan.FromDays(30) } };
        var one = await CampaignAsync(terms, Anna);
        StartDialler();
        await RunningAsync(one);
        await StoppedAsync(one);
        Time.Advance(TimeSpan.FromDays(10));
        var two = await CampaignAsync(terms, Anna);
        await RunningAsync(two);
        await PassAsync(10);
        Assert.Single(Far.Invites);
        Time.Advance(TimeSpan.FromDays(20));
        await StoppedAsync(two);
        Assert.Equal(2, Far.Invites.Count);
    }

    /// <summary>Two accounts below one, as two clients of an agency, have one person on their lists.</summary>
    [Theory, InlineData(false, 2), InlineData(true, 1)]
    [Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task A_week_is_each_accounts_own_or_shared_by_all_below_one(bool isShared, int calls)
    {
        Far.Script(Anna, TakenCall.Talks(1), TakenCall.Talks(1));
        var terms = Terms() with { Caps = new() { MaxPerWeek = 1, IsWeekShared = isShared } };
        var above = Tenant;
        var campaigns = new List<Campaign>();
        foreach (string name in (string[])["first", "second"])
        {
            // No other has its name.
            Tenant = (await Store.Tenants.CreateAsync(name, TenantLimits.None, above, Stop))!.Tenant.Id;
            campaigns.Add(await CampaignAsync(terms, Anna));
        }
        StartDialler();
        await RunningAsync(campaigns[0]);
        await StoppedAsync(campaigns[0]);
        await RunningAsync(campaigns[1]);
        await PassAsync(10);
        Assert.Equal(calls, Far.Invites.Count);
    }

    [Fact, Depth("the gate has two numbers of one telephone, and a number in a URI")]
    public async Task Two_targets_of_one_SIP_URI_are_one_person_for_the_caps()
    {
        Far.Script(Uri, TakenCall.Talks(1), TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 20, Caps = new() { MaxPerDay = 1 } });
        var now = Time.GetUtcNow();
        await Store.Targets.AddAsync([.. new[] { "one", "two" }.Select(name => new Target
        {
            Id = Guid.CreateVersion7(now), Tenant = Tenant, List = campaign.List, Name = name, TimeZone = "Europe/Berlin",
            Destinations = [Uri, null, null, null, null], DueAt = now, CreatedAt = now, UpdatedAt = now,
        })], Stop);
        // Both are due for some time, and are looked at together.
        await PassAsync(3);
        StartDialler();
        await RunningAsync(campaign);
        await PassAsync(30);
        Assert.Single(Far.Invites);
    }

    public static TheoryData<string> Uris => Depth.Rows(
        gate: ["sip:+1-555-010-0009;npdi=yes@10.0.0.1;user=phone"],
        deep: ["sip:+15550100009@carrier.example.com"]);

    /// <summary>A number at a carrier's host is the number, for the caps and for whoever is on the line with it.</summary>
    [Theory, MemberData(nameof(Uris))]
    public async Task A_number_in_a_SIP_URI_is_that_number(string uri)
    {
        const string number = "+15550100009";
        Far.Script(number, TakenCall.Talks(1), TakenCall.Talks(1));
        Far.Script(uri, TakenCall.Talks(1), TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms() with { CallsPerSecond = 20, Caps = new() { MaxPerDay = 1 } });
        var now = Time.GetUtcNow();
        await Store.Targets.AddAsync([.. new[] { number, uri }.Select(address => new Target
        {
            Id = Guid.CreateVersion7(now), Tenant = Tenant, List = campaign.List, Name = address, TimeZone = "Europe/Berlin",
            Destinations = [address, null, null, null, null], DueAt = now, CreatedAt = now, UpdatedAt = now,
        })], Stop);
        await PassAsync(3);
        StartDialler();
        await RunningAsync(campaign);
        await PassAsync(60);
        Assert.Single(Far.Invites);
    }

    /// <summary>In the gate by the caps; OneTelephoneClaimTests have two that are due at once there.</summary>
    public static TheoryData<bool, int> Talks()
    {
        var rows = new TheoryData<bool, int> { { true, 1 } };
        if (!Depth.IsAll) return rows;
        rows.Add(false, 60);
        return rows;
    }

    /// <summary>Messengers, and lists that come from them, have a 1 in Mexican mobile numbers that nobody dials any more.</summary>
    [Theory, MemberData(nameof(Talks))]
    public async Task Two_numbers_of_one_telephone_are_one_person(bool hasCap, int talkSeconds)
    {
        string[] numbers = ["+5215512345678", "+525512345678"];
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(talkSeconds), TakenCall.Talks(talkSeconds));
        var terms = Terms() with { CallsPerSecond = 20 };
        var campaign = await CampaignAsync(hasCap ? terms with { Caps = new() { MaxPerDay = 1 } } : terms);
        var now = Time.GetUtcNow();
        await Store.Targets.AddAsync([.. numbers.Select(number => new Target
        {
            Id = Guid.CreateVersion7(now), Tenant = Tenant, List = campaign.List, Name = number, TimeZone = "America/Mexico_City",
            Destinations = [number, null, null, null, null], DueAt = now, CreatedAt = now, UpdatedAt = now,
        })], Stop);
        // Both are due for some time, and are looked at together.
        await PassAsync(3);
        StartDialler();
        await RunningAsync(campaign);
        await PassAsync(30);
        Assert.Single(Far.Invites);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_an_hour_silences_nobody()
    {
        Far.Script(Anna, TakenCall.Talks(1));
        Far.Script(Bert, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms() with { End = ListEnd.Continue }, Anna);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(async () => (await TargetAsync(campaign, Anna)).State is TargetState.Done);
        Time.Step(-TimeSpan.FromHours(1));
        await AddAsync(campaign.List, Bert);
        await UntilAsync(async () => (await TargetAsync(campaign, Bert)).State is TargetState.Done, withinSeconds: 20);
        Assert.Equal([Anna, Bert], Far.Invites.Select(invite => invite.Number));
    }

    [Fact, Depth("the gate has a clock that is set back under a campaign that runs")]
    public async Task Whoever_was_on_a_list_before_the_clock_was_set_back_is_called_as_if_it_had_not_been()
    {
        Far.Script(Anna, TakenCall.Talks(1));
        Far.Script(Bert, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(), Anna, Bert);
        Time.Step(-TimeSpan.FromHours(1));
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal([Anna, Bert], Far.Invites.Select(invite => invite.Number));
    }

    [Fact]
    public async Task Whoever_waits_for_a_retry_when_the_clock_is_set_back_waits_no_hour_longer()
    {
        Far.Script(Anna, TakenCall.Busy, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms(tries: 2, retrySeconds: 20), Anna);
        StartDialler();
        await RunningAsync(campaign);
        await UntilAsync(async () => await TargetAsync(campaign, Anna) is { State: TargetState.Idle, Tries: [1, ..] });
        Time.Step(-TimeSpan.FromHours(1));
        var back = Time.GetUtcNow();
        await StoppedAsync(campaign);
        Assert.Equal(2, Far.Invites.Count);
        // And no less than the interval.
        Assert.True(Far.InvitesTo(Anna).Last() - back >= TimeSpan.FromSeconds(19));
    }

    public static TheoryData<int> Hours => Depth.Rows(gate: [1], deep: [0]);

    /// <summary>Each of them has a moment of its own, a microsecond behind the other's; their ids say nothing of their order.</summary>
    [Theory, MemberData(nameof(Hours))]
    public async Task Who_was_put_on_a_list_by_one_request_is_called_in_its_order(int hoursBack)
    {
        string[] numbers = [.. Enumerable.Range(0, 8).Select(n => $"+1212555010{n}")];
        foreach (string number in numbers) Far.Script(number, TakenCall.Talks(1));
        var campaign = await CampaignAsync(Terms());
        var now = Time.GetUtcNow();
        var ids = numbers.Select(_ => Guid.CreateVersion7(now)).OrderDescending().ToList();
        await Store.Targets.AddAsync([.. numbers.Select((number, n) => new Target
        {
            Id = ids[n], Tenant = Tenant, List = campaign.List, Name = number, Destinations = [number, null, null, null, null],
            DueAt = now + TimeSpan.FromMicroseconds(n), CreatedAt = now + TimeSpan.FromMicroseconds(n), UpdatedAt = now,
        })], Stop);
        if (hoursBack > 0) Time.Step(-TimeSpan.FromHours(hoursBack));
        StartDialler();
        await RunningAsync(campaign);
        await StoppedAsync(campaign);
        Assert.Equal(numbers, Far.Invites.Select(invite => invite.Number));
    }

    /// <summary>It is a Tuesday, ten o'clock in New York.</summary>
    [Fact]
    public async Task A_window_that_shuts_while_the_disk_stands_is_shut()
    {
        var windows = CampaignTerms.WindowsOf(JsonNode.Parse("""
            { "windows": [{ "days": ["tue"], "start": "09:00", "end": "10:01" }] }
            """)!.AsObject(), []);
        var campaign = await CampaignAsync(Terms() with { Windows = windows }, Anna);
        var dialler = StartDialler();
        await PassAsync(57);
        await RunningAsync(campaign);
        await PassAsync(0.6);
        var target = await LookedAsTheDiskStoodAsync(campaign, dialler);
        Assert.Equal(new DateTime(2026, 1, 13, 14, 0, 0), target.DueAt.UtcDateTime);
    }

    /// <summary>By another node, behind the question whether the caps allow it and before the claim.</summary>
    [Fact, Depth("the gate has whom nobody may call, caps, hours, stops and who has answered; these only call later or less")]
    public async Task Whom_somebody_has_called_while_the_disk_stood_is_not_called_beyond_the_caps()
    {
        var terms = Terms() with { Caps = new() { MaxPerDay = 1 } };
        var campaign = await CampaignAsync(terms, Anna);
        var other = await CampaignAsync(terms, Anna);
        var called = await TargetAsync(other, Anna);
        var dialler = StartDialler();
        await RunningAsync(campaign);
        await PassAsync(0.6);
        var at = Time.GetUtcNow();
        var target = await LookedAsTheDiskStoodAsync(campaign, dialler, db => db.Execute(InsertCalled, new
        {
            id = Guid.CreateVersion7(at), tenant = Tenant, campaign = other.Id, list = other.List, target = called.Id, number = Anna,
            from = Caller, at,
        }));
        Assert.True(target.DueAt > at.AddHours(12), $"due at {target.DueAt}");
    }

    /// <summary>It is ten o'clock in New York, and midnight in Tokyo: somebody says where whoever is to be called lives.</summary>
    [Fact]
    public async Task Whoever_was_given_another_clock_while_the_disk_stood_is_called_by_that()
    {
        var windows = CampaignTerms.WindowsOf(JsonNode.Parse("""
            { "windows": [{ "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "09:00", "end": "17:00" }] }
            """)!.AsObject(), []);
        var campaign = await CampaignAsync(Terms() with { Windows = windows }, Anna);
        var dialler = StartDialler();
        await RunningAsync(campaign);
        await PassAsync(0.6);
        var target = await LookedAsTheDiskStoodAsync(campaign, dialler,
            static db => db.Execute("update rw_target set timezone = 'Asia/Tokyo'"));
        Assert.Equal(new DateTime(2026, 1, 7, 0, 0, 0), target.DueAt.UtcDateTime);
    }

    /// <summary>It looks while the disk takes nothing for five seconds, and calls nobody when that is over.</summary>
    /// <param name="first">What is written then, and is there behind it.</param>
    /// <returns>Whom it would have called.</returns>
    private async Task<Target> LookedAsTheDiskStoodAsync(Campaign campaign, CampaignDialler dialler, Action<IDbConnection>? first = null)
    {
        using var disk = new ManualResetEventSlim();
        var stands = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var standing = Store.Sql.WriteAsync(db =>
        {
            first?.Invoke(db);
            stands.TrySetResult();
            return disk.Wait(TimeSpan.FromSeconds(30), Stop);
        }, Stop).AsTask();
        // A claim that were written before would be a call that waits for its row, and not for its claim.
        await stands.Task.WaitAsync(Stop);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() => !dialler.IsAtRest, "the dialler looks");
        // It may have come to the claim by now; otherwise it finds by itself that nobody may be called.
        await Task.Delay(300, Stop);
        Time.Advance(TimeSpan.FromSeconds(5));
        disk.Set();
        Assert.True(await standing);
        await PassAsync(5);

        Assert.Empty(Far.Invites);
        Assert.All(await AttemptsAsync(campaign), attempt =>
            Assert.Equal((AttemptState.Returned, "too_late"), (attempt.State, attempt.Reason)));
        var target = await TargetAsync(campaign, Anna);
        Assert.Equal((TargetState.Idle, 0), (target.State, target.Tries[0]));
        return target;
    }
}
