using System.Text.Json.Nodes;
using Dapper;
using Ringwright.Agency;
using Ringwright.Agency.Calling;
using Ringwright.Agency.Providers;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class ProviderCallsOnSqliteTests() : ProviderCallTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class ProviderCallsOnPostgresTests() : ProviderCallTests(Product.Postgres);

/// <summary>Section D of the agency's cases: how what a provider tells is merged, by a database without a node.</summary>
public abstract class ProviderCallTests(Product product) : IAsyncLifetime
{
    private const string Created = "2026-01-06T14:00:00Z";

    private readonly FakeTimeProvider _clock = new();
    private TestDatabase _test = null!;     // set before each test, like the next
    private AgencyParts _parts = null!;
    private TenantId _agency;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private WebhookFollower Follower => new(_parts);

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.ReserveAsync(product, _clock, isMigrated: true);
        _test.Areas = [AgencyArea.Area];
        await _test.ReopenAsync();
        _parts = new() { Store = _test.Database };
        _agency = await _test.TenantAsync();
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Fact]
    public async Task Whatever_comes_first_late_or_twice_the_same_call_comes_of_it()
    {
        // Case W10.
        string[] events = [ProviderCallFacts.Started, ProviderCallFacts.Joined, ProviderCallFacts.Ended, ProviderCallFacts.Billed];
        var calls = new List<ProviderCall>();
        foreach (var (nth, order) in OrdersOf(events).Index())
        {
            string id = $"c-{nth}";
            foreach (string said in order)
                for (int copy = 0; copy < 2; copy++)
                {
                    await TellAsync(said, CallOf(id, said), key: $"{said} {id} {copy}");
                    Assert.Equal(1, await Follower.LookAsync(Stop));
                }
            calls.Add(await CallAsync(id) with { Id = "", ProviderCallId = "" });
        }
        Assert.Equal(24, calls.Count);
        var call = Assert.Single(calls.Distinct());
        Assert.Equal(("outbound", "+15550100001", "+15550300011", "hangup", "Short.", 61L, "BILLING_STATUS_BILLED"),
            (call.Direction, call.FromNumber, call.ToNumber, call.EndReason, call.ShortSummary, call.BilledSeconds, call.BillingStatus));
        Assert.Equal(("2026-01-06T14:00:00.000Z", "2026-01-06T14:00:05.000Z", "2026-01-06T14:01:06.000Z"), (AgencyText.Time(call.StartedAt),
            AgencyText.Time(call.JoinedAt), AgencyText.Time(call.EndedAt)));
        // One transcript is waited for, for each.
        var (jobs, total) = await _parts.Queue.ListAsync(_agency, "", "", 0, 200, Stop);
        Assert.Equal((24, 24), (jobs.Count(job => job is { Type: "transcript", Status: "pending" }), (int)total));
        // One agent has come to be, which nobody has made here.
        var (agents, _) = await _parts.Agents.ListAsync(_agency, new(""), 0, 10, Stop);
        Assert.Equal(("Anna", "a-1", "ultravox", false),
            (Assert.Single(agents).Name, agents[0].ProviderId, agents[0].VoiceProvider, agents[0].IsManaged));
    }

    [Fact]
    public async Task Who_called_by_sip_and_who_was_called_by_it_are_known_by_their_numbers()
    {
        await TellAsync(ProviderCallFacts.Started, CallBy("c-1", """{"sip":{"incoming":{}}}""", "+15550300012"));
        await TellAsync(ProviderCallFacts.Started, CallBy("c-2", """
            {"sip":{"outgoing":{"to":"sip:+15550300013@sip.example.com","from":"+1 (555) 010-0001","username":"trunk"}}}
            """));
        await TellAsync(ProviderCallFacts.Started, CallBy("c-3", """{"sip":{"incoming":{}}}""", "sip:anna@example.com"));
        // Many carriers leave the plus out. Ten digits may be of the caller's own country.
        await TellAsync(ProviderCallFacts.Started, CallBy("c-4", """{"sip":{"incoming":{}}}""", "15550300014"));
        await TellAsync(ProviderCallFacts.Started, CallBy("c-5", """
            {"sip":{"outgoing":{"to":"sip:525588902311@sip.example.com","from":"5550100001"}}}
            """));
        await Follower.RunAsync(Stop);
        var calls = new List<ProviderCall>();
        foreach (string id in (string[])["c-1", "c-2", "c-3", "c-4", "c-5"]) calls.Add(await CallAsync(id));
        Assert.Equal(["inbound +15550300012 ", "outbound +15550100001 +15550300013", "inbound sip:anna@example.com ",
            "inbound +15550300014 ", "outbound 5550100001 +525588902311"],
            calls.Select(call => $"{call.Direction} {call.FromNumber} {call.ToNumber}"));

        static JsonObject CallBy(string id, string medium, string? caller = null)
        {
            var call = CallOf(id, ProviderCallFacts.Started);
            call["medium"] = JsonNode.Parse(medium);
            call["metadata"] = new JsonObject { ["ultravox.sip.caller_id"] = caller };
            return call;
        }
    }

    [Fact]
    public async Task A_call_of_which_nobody_says_which_way_it_went_goes_as_its_agents_calls_do()
    {
        // A carrier's stream may be either: https://docs.ultravox.ai/telephony/telephony-platforms.
        await StartAsync("c-1", """{"twilio":{}}""");
        await _test.Database.Sql.WriteAsync(db => db.Execute(
            "update agent_mappings set default_direction = 'outbound' where tenant_id = @tenant", new { tenant = _agency }), Stop);
        await StartAsync("c-2", """{"twilio":{}}""");
        await StartAsync("c-3", """{"sip":{"incoming":{}}}""");
        await StartAsync("c-4", "null");
        // What was said of one stays.
        await TellAsync(ProviderCallFacts.Joined, CallBy("c-1", """{"twilio":{}}"""));
        await Follower.RunAsync(Stop);
        var ways = new List<string>();
        foreach (string id in new[] { "c-1", "c-2", "c-3", "c-4" }) ways.Add((await CallAsync(id)).Direction);
        Assert.Equal(["inbound", "outbound", "inbound", "outbound"], ways);

        async Task StartAsync(string id, string medium)
        {
            await TellAsync(ProviderCallFacts.Started, CallBy(id, medium));
            await Follower.RunAsync(Stop);
        }

        static JsonObject CallBy(string id, string medium)
        {
            var call = CallOf(id, ProviderCallFacts.Started);
            call["medium"] = JsonNode.Parse(medium);
            return call;
        }
    }

    [Fact]
    public async Task A_call_that_nobody_joined_waits_for_nothing_until_it_is_known_that_somebody_was_there()
    {
        // Case W16.
        var call = CallOf("c-1", ProviderCallFacts.Ended);
        (call["joined"], call["endReason"]) = (null, "unjoined");
        await TellAsync(ProviderCallFacts.Ended, call);
        await Follower.RunAsync(Stop);
        string id = ProviderCallTable.IdOf(_agency, "c-1").ToString();
        var note = Assert.Single(await _parts.CallNotes.ListAsync(_agency, [id], Stop));
        Assert.Equal(("completed", "completed", "none", "no_answer"),
            (note.TranscriptStatus, note.AnalysisStatus, note.AnalysisModel, note.Disposition));
        Assert.Equal(0, (await _parts.Queue.ListAsync(_agency, "", "", 0, 10, Stop)).Total);
        Assert.Equal("RingTimeout", (await CallAsync("c-1")).AsLeg().Cause.ToString());

        await TellAsync(ProviderCallFacts.Joined, CallOf("c-1", ProviderCallFacts.Joined));
        await Follower.RunAsync(Stop);
        note = Assert.Single(await _parts.CallNotes.ListAsync(_agency, [id], Stop));
        Assert.Equal(("pending", "pending", null, null),
            (note.TranscriptStatus, note.AnalysisStatus, note.AnalysisModel, note.Disposition));
        Assert.Equal(1, (await _parts.Queue.ListAsync(_agency, "pending", "transcript", 0, 10, Stop)).Total);
    }

    public static TheoryData<string, string, string> Reasons()
    {
        var rows = new TheoryData<string, string, string> { { "BUSY", "CalleeBusy", "busy" }, { "TIMEOUT", "RingTimeout", "no_answer" } };
        if (!Depth.IsAll) return rows;
        rows.Add("REJECTED", "CalleeDeclined", "declined");
        rows.Add("INVALID_NUMBER", "NotFound", "failed");
        rows.Add("CANCELED", "CallerCancel", "no_answer");
        rows.Add("DESTINATION_UNAVAILABLE", "RemoteTimeout", "no_answer");
        rows.Add("NORMAL", "RingTimeout", "no_answer");
        rows.Add("UNKNOWN", "RingTimeout", "no_answer");
        return rows;
    }

    [Theory, MemberData(nameof(Reasons))]
    public async Task Why_nobody_joined_is_what_its_session_says_with_the_end_or_the_bill(string reason, string cause, string disposition)
    {
        foreach (string told in new[] { ProviderCallFacts.Ended, ProviderCallFacts.Billed })
        {
            foreach (string said in new[] { ProviderCallFacts.Ended, ProviderCallFacts.Billed })
            {
                var call = CallOf($"c-{told}", said);
                (call["joined"], call["endReason"]) = (null, "unjoined");
                bool isKnown = said == told || said is ProviderCallFacts.Billed;
                call["sipDetails"] = new JsonObject
                {
                    ["billedDuration"] = null, ["terminationReason"] = isKnown ? $"SIP_TERMINATION_{reason}" : null,
                };
                await TellAsync(said, call);
                await Follower.RunAsync(Stop);
            }
            Assert.Equal(cause, (await CallAsync($"c-{told}")).AsLeg().Cause.ToString());
            string id = ProviderCallTable.IdOf(_agency, $"c-{told}").ToString();
            Assert.Equal(disposition, Assert.Single(await _parts.CallNotes.ListAsync(_agency, [id], Stop)).Disposition);
        }
        // Somebody was there all the same.
        await TellAsync(ProviderCallFacts.Joined, CallOf("c-call.ended", ProviderCallFacts.Joined));
        await Follower.RunAsync(Stop);
        Assert.Equal("RemoteHangup", (await CallAsync("c-call.ended")).AsLeg().Cause.ToString());
        string joined = ProviderCallTable.IdOf(_agency, "c-call.ended").ToString();
        Assert.Null(Assert.Single(await _parts.CallNotes.ListAsync(_agency, [joined], Stop)).Disposition);
    }

    [Fact]
    public async Task What_cannot_be_merged_is_tried_five_times_ever_later_and_stays_for_people()
    {
        // Case W12.
        var broken = CallOf("c-1", ProviderCallFacts.Started);
        broken["created"] = "yesterday";
        await TellAsync(ProviderCallFacts.Started, broken);
        await TellAsync(ProviderCallFacts.Started, CallOf("c-2", ProviderCallFacts.Started));
        foreach (int seconds in new[] { 30, 60, 120, 240 })
        {
            await Follower.RunAsync(Stop);
            var row = await FailedAsync();
            Assert.Equal(("created is no time", (TimeSpan?)TimeSpan.FromSeconds(seconds)),
                (row.ErrorMessage, row.NextRetryAt - _clock.GetUtcNow()));
            Assert.Equal(0, await Follower.LookAsync(Stop));
            _clock.Advance(TimeSpan.FromSeconds(seconds));
        }
        await Follower.RunAsync(Stop);
        var dead = await FailedAsync();
        Assert.Equal((5L, null), (dead.Attempts, dead.NextRetryAt));
        _clock.Advance(TimeSpan.FromDays(1));
        Assert.Equal(0, await Follower.LookAsync(Stop));
        // It has kept no other from it.
        Assert.Equal("c-2", (await CallAsync("c-2")).ProviderCallId);
    }

    [Fact]
    public async Task A_look_takes_fifty_the_oldest_first_and_two_who_look_merge_nothing_twice()
    {
        // Cases W13 and W14.
        for (int n = 0; n < 120; n++)
        {
            await TellAsync(ProviderCallFacts.Started, CallOf($"c-{n:D3}", ProviderCallFacts.Started));
            _clock.Advance(TimeSpan.FromMilliseconds(1));
        }
        Assert.Equal(50, await Follower.LookAsync(Stop));
        var (done, total) = await _parts.Webhooks.ListAsync(_agency, "completed", 0, 200, Stop);
        Assert.Equal(50, total);
        Assert.Equal(Enumerable.Range(0, 50).Select(n => $"c-{n:D3}"), done.Select(row => row.ProviderCallId).Order());
        await Task.WhenAll(Follower.RunAsync(Stop), Follower.RunAsync(Stop));
        (done, total) = await _parts.Webhooks.ListAsync(_agency, "", 0, 200, Stop);
        Assert.Equal(120, total);
        Assert.All(done, row => Assert.Equal(("completed", 1L), (row.Status, row.Attempts)));
    }

    [Fact]
    public async Task Of_what_is_the_same_one_waits_and_all_of_it_is_in_the_log()
    {
        // Case W06.
        var call = CallOf("c-1", ProviderCallFacts.Started);
        bool[] isNew = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => TellAsync(ProviderCallFacts.Started, call, "same")));
        Assert.Equal(1, isNew.Count(one => one));
        var (logs, total) = await _parts.WebhookLogs.ListAsync(_agency, 0, 10, Stop);
        Assert.Equal((5, 4), ((int)total, logs.Count(log => log.IsDuplicate)));
        Assert.Equal(1, (await _parts.Webhooks.ListAsync(_agency, "pending", 0, 10, Stop)).Total);
    }

    [Fact]
    public async Task A_call_of_which_nothing_is_heard_is_asked_for_and_ends_within_a_day()
    {
        var provider = new FixedProvider();
        _parts = _parts with { Web = provider };
        await ProviderTranscriptTests.KeyAsync(_parts, _agency, "key");
        foreach (string id in new[] { "c-1", "c-2", "c-3" })
            await TellAsync(ProviderCallFacts.Joined, CallOf(id, ProviderCallFacts.Joined));
        await Follower.RunAsync(Stop);
        var silent = new SilentCalls(_parts);
        await silent.RunAsync(Stop);
        Assert.Empty(provider.Asked);
        _clock.Advance(TimeSpan.FromMinutes(30));       // they began an hour before
        provider.Answer = url => url.EndsWith("/c-1", StringComparison.Ordinal)
                ? (200, CallOf("c-1", ProviderCallFacts.Ended).ToJsonString())
            : url.EndsWith("/c-2", StringComparison.Ordinal) ? (404, "") : (500, "");
        await silent.RunAsync(Stop);
        Assert.Equal(("hangup", "system_error", null),
            ((await CallAsync("c-1")).EndReason, (await CallAsync("c-2")).EndReason, (await CallAsync("c-3")).EndReason));
        Assert.Equal((await CallAsync("c-2")).JoinedAt, (await CallAsync("c-2")).EndedAt);
        await silent.RunAsync(Stop);
        Assert.Equal(3, provider.Asked.Count);
        _clock.Advance(TimeSpan.FromHours(23));
        await silent.RunAsync(Stop);
        Assert.Equal(4, provider.Asked.Count);
        var lost = await CallAsync("c-3");
        Assert.Equal(("system_error", lost.JoinedAt), (lost.EndReason, lost.EndedAt));
        await silent.RunAsync(Stop);
        Assert.Equal(4, provider.Asked.Count);
    }

    [Fact]
    public async Task Of_a_call_that_was_redacted_nothing_is_kept_that_comes_late()
    {
        await TellAsync(ProviderCallFacts.Started, CallOf("c-1", ProviderCallFacts.Started));
        await Follower.RunAsync(Stop);
        var call = await CallAsync("c-1");
        await _parts.CallNotes.RedactAsync(new AgencyCall(_agency, call.AsLeg()) { Remote = call }, call.Id, _clock.GetUtcNow(), new()
        {
            Tenant = _agency, At = _clock.GetUtcNow(), By = AuditActor.Owner, Change = "redacted", RecordType = "agency_call",
            ResourceId = call.Id,
        }, Stop);
        await TellAsync(ProviderCallFacts.Ended, CallOf("c-1", ProviderCallFacts.Ended));
        await Follower.RunAsync(Stop);
        call = await CallAsync("c-1");
        Assert.Equal(("hangup", null, null), (call.EndReason, call.ShortSummary, call.Summary));
        var (told, total) = await _parts.Webhooks.ListAsync(_agency, "completed", 0, 10, Stop);
        Assert.Equal(2, total);
        foreach (var one in told)
            Assert.Equal("{}", (await _parts.Webhooks.FindAsync(_agency, one.Id, Stop))!.Payload.ToJsonString());
    }

    [Fact]
    public async Task What_was_told_in_words_goes_when_it_is_old_unless_its_call_is_held()
    {
        foreach (string id in new[] { "c-1", "c-2" }) await TellAsync(ProviderCallFacts.Ended, CallOf(id, ProviderCallFacts.Ended));
        await Follower.RunAsync(Stop);
        string held = (await CallAsync("c-2")).Id;
        await _parts.Kept.HoldAsync(_agency, null, "outbound", held, isHeld: true, _clock.GetUtcNow(), new()
        {
            Tenant = _agency, At = _clock.GetUtcNow(), By = AuditActor.Owner, Change = "held", RecordType = "agency_call",
            ResourceId = held,
        }, Stop);
        // The call says when it was; what came, when it came.
        var (old, now) = (DateTimeOffset.Parse(Created, System.Globalization.CultureInfo.InvariantCulture), _clock.GetUtcNow());
        await _parts.Kept.ClearToldAsync(_agency, old < now ? old : now, Stop);
        Assert.NotNull((await CallAsync("c-1")).ShortSummary);
        await _parts.Kept.ClearToldAsync(_agency, (old > now ? old : now).AddDays(1), Stop);
        Assert.Equal((null, null), ((await CallAsync("c-1")).ShortSummary, (await CallAsync("c-1")).Summary));
        Assert.NotNull((await CallAsync("c-2")).ShortSummary);
        var (told, _) = await _parts.Webhooks.ListAsync(_agency, "completed", 0, 10, Stop);
        foreach (var one in told)
            Assert.Equal(one.ProviderCallId is "c-1", (await _parts.Webhooks.FindAsync(_agency, one.Id, Stop))!.Payload.Count == 0);
    }

    private Task<bool> TellAsync(string said, JsonObject call, string? key = null) => TellAsync(_parts, _agency, said, call, key);

    /// <summary>As if the provider had told it: it waits to be merged.</summary>
    internal static async Task<bool> TellAsync(AgencyParts parts, TenantId agency, string said, JsonObject call, string? key = null)
    {
        var now = parts.Store.Time.GetUtcNow();
        var (id, text) = (Guid.CreateVersion7(now), (string)call["callId"]!);
        return await parts.Webhooks.AddAsync(new()
        {
            Id = id, TenantId = agency, EventType = said, ProviderCallId = text, DedupeKey = key ?? $"{said} {text}", CreatedAt = now,
            IsVerified = true,
            Payload = new() { ["event"] = said, ["call"] = call.DeepClone() },
        }, new() { Id = id, TenantId = agency, ProviderCallId = text, ResponseStatus = 204, ReceivedAt = now }, Stop);
    }

    private async Task<ProviderCall> CallAsync(string id) =>
        (await _parts.ProviderCalls.FindAsync(_agency, ProviderCallTable.IdOf(_agency, id).ToString(), Stop))!;

    private async Task<QueuedEvent> FailedAsync() =>
        Assert.Single((await _parts.Webhooks.ListAsync(_agency, "failed", 0, 10, Stop)).Rows);

    /// <summary>The call as it is when the event is sent, by the fields of https://docs.ultravox.ai/webhooks/available-webhooks.</summary>
    internal static JsonObject CallOf(string id, string said)
    {
        var call = new JsonObject
        {
            ["callId"] = id, ["created"] = Created, ["joined"] = null, ["ended"] = null, ["endReason"] = null, ["shortSummary"] = null,
            ["agentId"] = "a-1", ["agent"] = new JsonObject { ["agentId"] = "a-1", ["name"] = "Anna" }, ["metadata"] = new JsonObject(),
            ["medium"] = JsonNode.Parse("""{"telnyx":{"outgoing":{"to":"+15550300011","from":"+15550100001"}}}"""),
            ["billingStatus"] = "BILLING_STATUS_PENDING",
        };
        if (said is ProviderCallFacts.Started) return call;
        call["joined"] = "2026-01-06T14:00:05Z";
        if (said is ProviderCallFacts.Joined) return call;
        (call["ended"], call["endReason"], call["shortSummary"], call["summary"]) =
            ("2026-01-06T14:01:06Z", "hangup", "Short.", "Somewhat longer.");
        if (said is ProviderCallFacts.Ended) return call;
        (call["billedDuration"], call["billingStatus"]) = ("60.5s", "BILLING_STATUS_BILLED");
        return call;
    }

    private static IEnumerable<IReadOnlyList<string>> OrdersOf(IReadOnlyList<string> all) => all.Count == 0 ? [[]]
        : all.SelectMany(first => OrdersOf([.. all.Where(one => one != first)]).Select(rest => (IReadOnlyList<string>)[first, .. rest]));
}
