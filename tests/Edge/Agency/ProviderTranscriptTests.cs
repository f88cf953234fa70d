using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency;
using Ringwright.Agency.Providers;
using Ringwright.Agency.Tables;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Store.Audit;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class ProviderTranscriptsOnSqliteTests() : ProviderTranscriptTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class ProviderTranscriptsOnPostgresTests() : ProviderTranscriptTests(Product.Postgres);

/// <summary>Section E of the agency's cases: how what was said in calls of providers is fetched, by a database without a node.</summary>
public abstract class ProviderTranscriptTests(Product product) : IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(new(2026, 1, 6, 14, 3, 6, TimeSpan.Zero));
    private readonly FixedProvider _provider = new();
    private TestDatabase _test = null!;     // set before each test, like the next
    private AgencyParts _parts = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.ReserveAsync(product, _clock, isMigrated: true);
        _test.Areas = [AgencyArea.Area];
        await _test.ReopenAsync();
        _parts = new() { Store = _test.Database, Web = _provider };
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Fact]
    public async Task A_call_that_is_not_there_yet_is_asked_for_again_and_not_for_ever()
    {
        // Case T02: the call has ended two minutes ago.
        var agency = await AgencyAsync("acme", "key");
        await EndAsync(agency, "c-1");
        _provider.Answer = _ => (404, "{}");
        await RunAsync();
        var job = await JobAsync(agency);
        Assert.Equal(("failed", 1L, "the provider answered 404", (TimeSpan?)TimeSpan.FromSeconds(20)),
            (job.Status, job.Attempts, job.ErrorMessage, job.NextRetryAt - _clock.GetUtcNow()));
        Assert.Equal(("pending", "pending"), await StandAsync(agency, "c-1"));
        _clock.Advance(TimeSpan.FromMinutes(9));
        await RunAsync();
        job = await JobAsync(agency);
        Assert.Equal((2L, null), (job.Attempts, job.NextRetryAt));
        Assert.Equal(("failed", "failed"), await StandAsync(agency, "c-1"));
        _clock.Advance(TimeSpan.FromDays(1));
        int asked = _provider.Asked.Count;
        await RunAsync();
        Assert.Equal(asked, _provider.Asked.Count);
    }

    [Fact]
    public async Task An_outage_backs_off_and_loses_nothing_and_a_key_that_is_not_good_ends_it()
    {
        var agency = await AgencyAsync("acme", "key");
        await EndAsync(agency, "c-1");
        _provider.Answer = _ => (503, "");
        foreach (int seconds in new[] { 20, 40, 80, 160, 320 })
        {
            await RunAsync();
            Assert.Equal(TimeSpan.FromSeconds(seconds), (await JobAsync(agency)).NextRetryAt - _clock.GetUtcNow());
            _clock.Advance(TimeSpan.FromSeconds(seconds));
        }
        _provider.Answer = Talk;
        await RunAsync();
        Assert.Equal(("completed", "pending"), await StandAsync(agency, "c-1"));
        Assert.Equal(["agent: Hello.", "user: Yes.", "tool_call: {}", "tool_result: done"],
            (await _parts.Turns.ListAsync(agency, IdOf(agency, "c-1"), Stop)).Select(turn => $"{turn.Role}: {turn.Body}"));

        await EndAsync(agency, "c-2");
        _provider.Answer = _ => (401, "");
        await RunAsync();
        Assert.Equal(("failed", "failed"), await StandAsync(agency, "c-2"));
    }

    public static TheoryData<int> Refusals => Depth.Rows(gate: [422], deep: [400, 403, 410]);

    [Theory, MemberData(nameof(Refusals))]
    public async Task What_would_be_answered_the_same_again_is_not_asked_again(int status)
    {
        var agency = await AgencyAsync("acme", "key");
        await EndAsync(agency, "c-1");
        _provider.Answer = _ => (status, "{}");
        await RunAsync();
        Assert.Equal(("failed", 1L, null), ((await JobAsync(agency)).Status, (await JobAsync(agency)).Attempts,
            (await JobAsync(agency)).NextRetryAt));
        Assert.Equal(("failed", "failed"), await StandAsync(agency, "c-1"));
    }

    [Fact]
    public async Task What_was_said_is_not_lost_for_a_recording_of_which_nobody_knows()
    {
        var agency = await AgencyAsync("acme", "key");
        await EndAsync(agency, "c-1");
        _provider.Answer = url => url.EndsWith("/recording", StringComparison.Ordinal) ? (425, "") : Talk(url);
        foreach (int seconds in new[] { 20, 40, 80, 160, 320 })
        {
            await RunAsync();
            Assert.Equal(("pending", "pending"), await StandAsync(agency, "c-1"));
            Assert.Equal("nobody knows whether it was recorded", (await JobAsync(agency)).ErrorMessage);
            _clock.Advance(TimeSpan.FromSeconds(seconds));
        }
        await RunAsync();
        Assert.Equal(("completed", "pending"), await StandAsync(agency, "c-1"));
        Assert.Equal(4, (await _parts.Turns.ListAsync(agency, IdOf(agency, "c-1"), Stop)).Count);
        Assert.False((await _parts.ProviderCalls.FindAsync(agency, IdOf(agency, "c-1"), Stop))!.HasRecording);
    }

    [Fact]
    public async Task A_call_in_which_too_little_was_said_is_no_models_to_judge()
    {
        var agency = await AgencyAsync("acme", "key");
        _provider.Answer = Talk;
        foreach (var (call, least, stands) in new[] { ("c-1", 2, "completed"), ("c-2", 1, "pending") })
        {
            await _parts.Tenancy.AgencyAsync(agency, Stop);
            await _parts.Tenancy.ChangeAgencyAsync(agency, row => row with
            {
                Settings = new() { ["analysis"] = new JsonObject { ["min_user_turns"] = least } },
            }, (_, _) => new()
            {
                Tenant = agency, At = _clock.GetUtcNow(), By = AuditActor.Owner, Change = "updated", RecordType = "agency",
                ResourceId = "1",
            }, Stop);
            await EndAsync(agency, call);
            await RunAsync();
            Assert.Equal(("completed", stands), await StandAsync(agency, call));
        }
    }

    [Fact]
    public async Task An_agency_without_a_key_waits_and_a_backlog_keeps_no_other_waiting()
    {
        // Cases T04 and T05.
        var (first, second, third) = (await AgencyAsync("acme", "key"), await AgencyAsync("beta", "key"), await _test.TenantAsync("gamma"));
        for (int n = 0; n < 12; n++) await EndAsync(first, $"c-{n}");
        await EndAsync(second, "c-1");
        await EndAsync(third, "c-1");
        _provider.Answer = Talk;
        await RunAsync();
        Assert.Equal((9, 1, 0), (await DoneAsync(first), await DoneAsync(second), await DoneAsync(third)));
        await Task.WhenAll(RunAsync(), RunAsync());
        Assert.Equal((12, 1, 0), (await DoneAsync(first), await DoneAsync(second), await DoneAsync(third)));
        // One question for messages, one for the recording.
        Assert.Equal(2 * 13, _provider.Asked.Count);
        Assert.Equal(("pending", 0L), ((await JobAsync(third)).Status, (await JobAsync(third)).Attempts));
    }

    [Fact]
    public async Task The_key_goes_to_the_agencys_address_alone_whatever_an_answer_names()
    {
        var agency = await AgencyAsync("acme", "key");
        await EndAsync(agency, "../c 1?x=");
        _provider.Answer = url => url.Contains("cursor=2", StringComparison.Ordinal) ? (200, """{"results":[],"next":null}""")
            : url.EndsWith("/recording", StringComparison.Ordinal) ? (302, "")
            : (200, """{"results":[7,{"role":"MESSAGE_ROLE_OTHER"}],"next":"https://evil.example/api/messages?cursor=2"}""");
        await RunAsync();
        Assert.Equal(["https://voice.example/api/calls/..%2Fc%201%3Fx%3D/messages?mode=in_call&pageSize=100",
            "https://voice.example/api/messages?cursor=2", "https://voice.example/api/calls/..%2Fc%201%3Fx%3D/recording"], _provider.Asked);
        var call = await _parts.ProviderCalls.FindAsync(agency, IdOf(agency, "../c 1?x="), Stop);
        Assert.True(call!.HasRecording);
        // Nobody said anything: no model is asked.
        Assert.Equal(("completed", "completed"), await StandAsync(agency, "../c 1?x="));
    }

    [Fact]
    public async Task What_was_said_in_all_stages_of_a_call_is_asked_for()
    {
        var agency = await AgencyAsync("acme", "key");
        await EndAsync(agency, "c-1");
        _provider.Answer = url => url.EndsWith("/recording", StringComparison.Ordinal) ? (404, "")
            : (200, url.Contains("mode=in_call", StringComparison.Ordinal) ? """
                {"next":null,"total":2,"results":[
                 {"role":"MESSAGE_ROLE_AGENT","text":"Who is it?","callStageMessageIndex":0,"callStageId":"s-1"},
                 {"role":"MESSAGE_ROLE_USER","text":"Zoe.","callStageMessageIndex":0,"callStageId":"s-2"}]}
                """ : """{"next":null,"total":1,"results":[{"role":"MESSAGE_ROLE_USER","text":"Zoe.","callStageMessageIndex":0}]}""");
        await RunAsync();
        var turns = await _parts.Turns.ListAsync(agency, IdOf(agency, "c-1"), Stop);
        Assert.Equal(["Who is it?", "Zoe."], turns.Select(turn => turn.Body));
    }

    [Fact]
    public async Task A_call_with_more_messages_than_can_be_held_is_left_for_people()
    {
        var agency = await AgencyAsync("acme", "key");
        await EndAsync(agency, "c-1");
        string text = new('x', 9 * 1024 * 1024), row = $$"""{"role":"MESSAGE_ROLE_USER","text":"{{text}}"}""";
        int asked = 0;
        _provider.Answer = _ => (200, $$"""{"next":"https://voice.example/api/messages?cursor={{++asked}}","results":[{{row}}]}""");
        await RunAsync();
        var job = await JobAsync(agency);
        Assert.Equal(("failed", "it has too many messages", 2), (job.Status, job.ErrorMessage, asked));
        Assert.Null(job.NextRetryAt);
    }

    public static TheoryData<string> Twice => Depth.Rows(
        gate: ["""{"results":[],"next":null,"next":null}"""],
        deep: ["""{"next":null,"results":[{"role":"MESSAGE_ROLE_USER","text":"Yes.","text":"No."}]}"""]);

    [Theory, MemberData(nameof(Twice))]
    public async Task An_answer_that_says_a_field_twice_is_no_list(string answer)
    {
        var agency = await AgencyAsync("acme", "key");
        await EndAsync(agency, "c-1");
        _provider.Answer = _ => (200, answer);
        await RunAsync();
        Assert.Equal("the provider's answer is no list", (await JobAsync(agency)).ErrorMessage);
        Assert.Empty(await _parts.Turns.ListAsync(agency, IdOf(agency, "c-1"), Stop));
    }

    private static (int, string) Talk(string url) => url.EndsWith("/recording", StringComparison.Ordinal) ? (404, "") : (200, """
        {"next":null,"results":[
         {"role":"MESSAGE_ROLE_USER","text":"Yes.","ordinal":2,"timespan":{"start":"1.5s","end":"2.5s"}},
         {"role":"MESSAGE_ROLE_AGENT","text":"Hello.","ordinal":1,"timespan":{"start":"0.5s","end":"1s"}},
         {"role":"MESSAGE_ROLE_TOOL_CALL","text":"{}","ordinal":3,"toolName":"book","invocationId":"i"},
         {"role":"MESSAGE_ROLE_TOOL_RESULT","text":"done","ordinal":4,"toolName":"book","invocationId":"i"}]}
        """);

    private Task RunAsync() => new ProviderTranscripts(_parts).RunAsync(Stop);

    private async Task<TenantId> AgencyAsync(string name, string key)
    {
        var agency = await _test.TenantAsync(name);
        await KeyAsync(_parts, agency, key);
        return agency;
    }

    /// <summary>As if somebody had given the agency's key.</summary>
    internal static async Task KeyAsync(AgencyParts parts, TenantId agency, string key)
    {
        var now = parts.Store.Time.GetUtcNow();
        await parts.Integrations.EnsureAsync(agency, ProviderKeys.NewNonce(), now, Stop);
        await parts.Integrations.ChangeAsync(agency, row => row with
        {
            ApiKey = new ProviderKeys(parts.Store).SealKey(agency, key),
            BaseUrl = "https://voice.example",
        }, new()
        {
            Tenant = agency, At = now, By = AuditActor.Owner, Change = "updated", RecordType = "agency_integration", ResourceId = "1",
        }, Stop);
    }

    private async Task EndAsync(TenantId agency, string call)
    {
        await ProviderCallTests.TellAsync(_parts, agency, ProviderCallFacts.Ended, ProviderCallTests.CallOf(call, ProviderCallFacts.Ended));
        await new WebhookFollower(_parts).RunAsync(Stop);
    }

    private static string IdOf(TenantId agency, string call) => ProviderCallTable.IdOf(agency, call).ToString();

    private async Task<QueuedRow> JobAsync(TenantId agency) =>
        Assert.Single((await _parts.Queue.ListAsync(agency, "", "transcript", 0, 10, Stop)).Rows);

    private async Task<int> DoneAsync(TenantId agency) =>
        (int)(await _parts.Queue.ListAsync(agency, "completed", "transcript", 0, 10, Stop)).Total;

    private async Task<(string Transcript, string Analysis)> StandAsync(TenantId agency, string call)
    {
        var note = Assert.Single(await _parts.CallNotes.ListAsync(agency, [IdOf(agency, call)], Stop));
        return (note.TranscriptStatus, note.AnalysisStatus);
    }
}

/// <summary>A provider that answers what a test says; what it was asked for is in order.</summary>
internal sealed class FixedProvider : IProviderWeb
{
    private readonly Lock _gate = new();
    private readonly List<string> _asked = [];

    public Func<string, (int Status, string Body)> Answer { get; set; } = static _ => (404, "");

    /// <summary>Happens while a question is on its way.</summary>
    public Func<Task> Asking { get; set; } = static () => Task.CompletedTask;

    public IReadOnlyList<string> Asked
    {
        get
        {
            lock (_gate) return [.. _asked];
        }
    }

    public ValueTask<ProviderAnswer> SendAsync(ProviderRequest request, CancellationToken stop) =>
        throw new NotSupportedException("It is read alone.");

    public async ValueTask<ProviderAnswer> GetAsync(string url, string apiKey, CancellationToken stop)
    {
        lock (_gate) _asked.Add(url);
        await Asking();
        var (status, body) = Answer(url);
        return new(status, null, Encoding.UTF8.GetBytes(body));
    }
}
