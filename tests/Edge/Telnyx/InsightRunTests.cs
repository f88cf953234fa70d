using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Assistants;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

public sealed class InsightRunsOnSqlite() : InsightRunTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ScheduledRunsOnPostgresInBrief wait for rows on PostgreSQL there")]
public sealed class InsightRunsOnPostgres() : InsightRunTests(Product.Postgres);

/// <summary>What is found out of a talk on a call once it is over: by a model that says what the test wants, step by step.</summary>
public abstract class InsightRunTests(Product product) : IAsyncLifetime
{
    private const string Plain = "Say what it was about.", Strict = "Find {{shop}}'s topic.";

    private readonly FakeTimeProvider _time = new();
    private readonly Guid _conversation = Guid.NewGuid();
    private readonly Asked _model = new();
    private TestDatabase _test = null!;     // set before each test
    private LookedAt _looked = null!;
    private TenantId _tenant;
    private Ledger _ledger = null!;
    private Script _call = null!;

    private static CancellationToken Stop => TestDatabase.Stop;

    private Database Store => _test.Database;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync(product, _looked = new(_time));
        _tenant = await _test.TenantAsync();
        _ledger = new(Store, Script.Anchor, [], NullLogger.Instance);
        _call = new(_tenant);
        _call.Facts = _call.Facts with
        {
            Labels = Labels.Of((TelnyxLabels.WebhookUrl, "https://hooks.example.com/calls"), (TelnyxLabels.ClientState, "aGV5")),
        };
        await AddAsync(ConversationRecords.Kind, _conversation.ToString(), """{"metadata":{},"agent":{"variables":{"shop":"Uno"}}}""");
        await AddAsync(ConversationMessages.Kind, "m-1",
            $$"""{"conversation_id":"{{_conversation}}","role":"assistant","text":"A pizza?","sent_at":"2026-01-06T15:00:04.000000Z"}""");
        await AddAsync(InsightTemplates.RecordType, "plain", $$"""{"name":"n","instructions":"{{Plain}}"}""");
        await AddAsync(InsightTemplates.RecordType, "strict",
            $$"""{"name":"n","instructions":"{{Strict}}","json_schema":"{\"type\":\"object\"}","webhook":"https://hooks.example.com/own"}""");
        await AddAsync(InsightGroups.RecordType, "group",
            """{"name":"n","webhook":"https://hooks.example.com/all","insight_ids":["plain","strict","gone"]}""");
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Fact]
    public async Task What_was_found_out_is_kept_and_told_once_and_to_the_call_behind_its_end()
    {
        await TalkAsync("group");
        Assert.Null(await StepAsync());     // the last words may not be written yet
        _time.Advance(TimeSpan.FromSeconds(7));
        Assert.Equal(InsightRuns.WhileCallLives, (await StepAsync())!.Value);
        Assert.Equal("completed", (string?)(await RunAsync())!["status"]);
        Assert.Equal([("plain", "Words."), ("strict", """{"topic":"pizza"}""")], (await RunAsync())!["conversation_insights"]!.AsArray()
            .Select(result => ((string)result!["insight_id"]!, (string)result["result"]!)));
        Assert.Equal([("Uno", "pizza-model"), ("Uno", "pizza-model")],
            _model.Questions.Select(question => (question.Variables["shop"], question.Model)));
        Assert.All(_model.Questions, question => Assert.Equal("""[{"role":"assistant","text":"A pizza?"}]""", question.Transcript));
        Assert.Equal([("https://hooks.example.com/all", 2), ("https://hooks.example.com/own", 1)],
            (await ToldAsync()).Select(told => (told.Url, told.Payload["results"]!.AsArray().Count)));

        Assert.True(await _ledger.AppendAsync(_call.Ended(9)));
        _time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Null(await StepAsync());
        Assert.Equal(2, _model.Questions.Count);
        var told = await ToldAsync();
        Assert.Equal(3, told.Count);
        var (url, payload) = told[^1];
        Assert.Equal(("https://hooks.example.com/calls", "aGV5", "group", _conversation.ToString(), "pizza"), (url,
            (string?)payload["client_state"], (string?)payload["insight_group_id"], (string?)payload["conversation_id"],
            (string?)payload["results"]![1]!["result"]!["topic"]));
    }

    [Fact]
    public async Task A_talk_in_writing_is_judged_when_nobody_has_written_for_an_hour_and_again_when_somebody_does()
    {
        string talk = Guid.NewGuid().ToString();
        await AddAsync(AssistantRecords.VersionKind, "v-1",
            """{"assistant_id":"assistant-1","instructions":"Sell pizza.","dynamic_variables":{"shop":"Due"}}""");
        await AddAsync(ConversationRecords.Kind, talk,
            """{"metadata":{"assistant_id":"assistant-1","assistant_version_id":"v-1"},"last_message_at":"2000-01-01T00:00:00.000Z"}""");
        await WriteAsync("One.");
        Assert.Null(await StepAsync());
        _time.Advance(TimeSpan.FromMinutes(40));
        await WriteAsync("Two.");
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.Equal(TimeSpan.FromMinutes(40), await StepAsync());
        _time.Advance(TimeSpan.FromMinutes(40));
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Equal([("Due", "pizza-model"), ("Due", "pizza-model")],
            _model.Questions.Select(question => (question.Variables["shop"], question.Model)));
        Assert.All(_model.Questions, question => Assert.Contains("Two.", question.Transcript, StringComparison.Ordinal));
        Assert.Equal(2, (await ToldAsync()).Count);

        await WriteAsync("Three.");
        _time.Advance(TimeSpan.FromMinutes(60));
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Null(await StepAsync());
        Assert.Equal(4, _model.Questions.Count);

        async Task WriteAsync(string text) => Assert.True(await KeptTurns.KeepAsync(Store, _tenant, talk,
            [new("user", text, _time.GetUtcNow())], body => WrittenInsights.Order(talk, body, "group", "pizza-model"), note: null, Stop));
    }

    [Fact]
    public async Task Those_of_the_node_know_what_the_assistant_was_told()
    {
        var all = await InsightTemplates.Rows(Store).ListAsync(_tenant, new() { Limit = 100 }, Stop);
        var managed = all.Rows.Where(ManagedInsights.Has).ToList();
        await AddAsync(InsightGroups.RecordType, "managed",
            $$"""{"name":"n","insight_ids":["{{string.Join("\",\"", managed.Select(template => template.Id))}}"]}""");
        string other = Guid.NewGuid().ToString();
        await AddAsync(ConversationRecords.Kind, other,
            """{"metadata":{},"agent":{"instructions":"Sell pizza of {{shop}}.","variables":{"shop":"Uno"}}}""");
        await AddAsync(ConversationMessages.Kind, "m-2",
            $$"""{"conversation_id":"{{other}}","role":"assistant","text":"A pizza?","sent_at":"2026-01-06T15:00:04.000000Z"}""");
        await TalkByAsync(new(Guid.Parse(other)) { InsightGroup = "managed" });
        Assert.True(await _ledger.AppendAsync(_call.Ended(6)));
        _time.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Equal([true, false, false], _model.Questions.Select(question => question.Schema is null).OrderDescending());
        Assert.Contains("---\nSell pizza of {{shop}}.\n---", _model.Questions.Single(question =>
            question.Schema?["properties"]?["followed"] is not null).Instructions.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.All(_model.Questions, question => Assert.DoesNotContain(ManagedInsights.OfAssistant, question.Instructions,
            StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_fails_is_asked_again_by_itself_and_given_up_at_last()
    {
        await TalkAsync("group");
        Assert.True(await _ledger.AppendAsync(_call.Ended(6)));
        _model.Answer = question => question.Schema is null ? new("Words.", null) : new(null, "its server answered 500");
        _time.Advance(TimeSpan.FromSeconds(8));
        foreach (var rest in InsightRuns.Rests)
        {
            Assert.Equal(rest, await StepAsync());
            Assert.Equal("in_progress", (string?)(await RunAsync())!["status"]);
            Assert.Null(await StepAsync());
            _time.Advance(rest);
        }
        Assert.Empty(await ToldAsync());
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Equal("failed", (string?)(await RunAsync())!["status"]);
        Assert.Equal([1, 4], _model.Questions.GroupBy(question => question.Schema is null).Select(asked => asked.Count()).Order());
        // What there is, is told.
        Assert.Equal(["plain", "plain"],
            (await ToldAsync()).Select(told => (string?)Assert.Single(told.Payload["results"]!.AsArray())!["insight_id"]));
    }

    [Fact]
    [Failure("process-killed")]
    public async Task A_crash_ends_a_talk_whose_insights_wait_for_a_model_and_go_on_where_they_were_left()
    {
        Assert.True(await _ledger.AppendAsync(_call.Initiated()));
        Assert.True(await _ledger.AppendAsync(_call.Answered()));
        Assert.True(await _ledger.AppendAsync(new CallEvent.AgentStarted(Terms("group")) { Leg = _call.Facts, At = Script.At(4) }));
        await _test.ReopenAsync();
        _ledger = new(Store, Script.Anchor, [], NullLogger.Instance);
        Assert.Equal(1, await _ledger.RecoverAsync(Stop));
        Assert.Equal(0, await _ledger.RecoverAsync(Stop));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(InsightRuns.WithoutModel, await StepAsync(hasModel: false));
        Assert.Equal("pending", (string?)(await RunAsync())!["status"]);
        _time.Advance(InsightRuns.WithoutModel);

        // It is stopped when the first one is kept, and the second one not.
        _model.Answer = question => question.Schema is null ? new("Words.", null) : new(null, "cut off");
        Assert.Equal(InsightRuns.Rests[0], await StepAsync());
        await _test.ReopenAsync();
        _model.Answer = Asked.Usual;
        _time.Advance(InsightRuns.Rests[0]);
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Null(await StepAsync());
        Assert.Equal(2, (await RunAsync())!["conversation_insights"]!.AsArray().Count);
        Assert.Equal(3, _model.Questions.Count);
    }

    [Fact]
    public async Task Nothing_is_asked_where_nothing_is_wanted_or_nothing_is_there_any_more()
    {
        await TalkAsync(null);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(await StepAsync());
        _call = new(_tenant, 2);
        await TalkAsync("group");
        await Store.Documents.Rows(new DocumentKind(ConversationRecords.Kind)).DeleteAsync(_tenant, _conversation.ToString(), Stop);
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Null(await RunAsync());
        Assert.Empty(_model.Questions);
    }

    [Fact]
    public async Task One_that_is_deleted_while_they_begin_leaves_none_behind()
    {
        await TalkAsync("group");
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TimeSpan.Zero, await StepAsync(meanwhile: async () => await Store.Documents
            .Rows(new DocumentKind(ConversationRecords.Kind)).DeleteAsync(_tenant, _conversation.ToString(), Stop)));
        Assert.Null(await RunAsync());
        Assert.Empty(_model.Questions);
    }

    private AgentTerms Terms(string? group) => new(_conversation) { Model = "pizza-model", InsightGroup = group };

    private Task TalkAsync(string? group) => TalkByAsync(Terms(group));

    private async Task TalkByAsync(AgentTerms terms)
    {
        foreach (var happened in new[]
        {
            _call.Initiated(), _call.Answered(), new CallEvent.AgentStarted(terms) { Leg = _call.Facts, At = Script.At(4) },
            new CallEvent.AgentEnded(terms, "stopped", TimeSpan.FromSeconds(1)) { Leg = _call.Facts, At = Script.At(5) },
        }) Assert.True(await _ledger.AppendAsync(happened));
    }

    private async Task AddAsync(string kind, string id, string body)
    {
        var now = _time.GetUtcNow();
        Assert.Equal(WriteOutcome.Done, await Store.Documents.Rows(new DocumentKind(kind)).InsertAsync(new()
        {
            Id = id, Tenant = _tenant, Body = JsonNode.Parse(body)!.AsObject(), CreatedAt = now, UpdatedAt = now,
        }, Stop));
    }

    /// <summary>Does the job that is due, as a runner would.</summary>
    /// <param name="meanwhile">Happens when it has looked for its conversation and is about to write.</param>
    /// <returns>Null when none is; zero when it is over; else how long it waits.</returns>
    private async Task<TimeSpan?> StepAsync(bool hasModel = true, Func<Task>? meanwhile = null)
    {
        if (await Store.Jobs.TakeAsync([TalkJobs.Insights], TimeSpan.FromSeconds(30), Stop) is not { } lease) return null;
        _looked.Before(meanwhile);
        var kind = InsightRuns.Kind(new()
        {
            Assistants = new() { Store = Store, Egress = null!, Voice = null!, Trial = null! }, Calls = null!, Messaging = null!,
            Insights = hasModel ? _model : null, Log = NullLogger.Instance,
            Projector = new(new(Store.Node), Store.Routing, new(Store.Node, PublicLinks.Relative)),
        });
        try
        {
            await kind.Run(new(lease, Store.Jobs, Store.Blobs, Stop));
            Assert.True(await Store.Jobs.CompleteAsync(lease, null, 0, null, Stop));
            return TimeSpan.Zero;
        }
        catch (JobWaitsException waits)
        {
            Assert.True(await Store.Jobs.GiveBackAsync(lease, _time.GetUtcNow() + waits.Rest, waits.IsCounted, Stop));
            return waits.Rest;
        }
    }

    private async Task<JsonObject?> RunAsync() => (await Store.Documents.Rows(InsightRun.Kind).ListAsync(_tenant, new()
    {
        Filters = [new(ConversationRecords.Id, "eq", [_conversation.ToString()])],
    }, Stop)).Rows.SingleOrDefault()?.Body;

    private async Task<IReadOnlyList<(string Url, JsonObject Payload)>> ToldAsync()
    {
        var told = new List<(string, JsonObject)>();
        foreach (var entry in await Store.Outbox.ListPendingAsync(0, 1_000, Stop))
            if (await Store.Outbox.FindAsync(_tenant, entry.Id, Stop) is { EventType: "call.conversation_insights.generated" } message)
                told.Add((message.Url, JsonNode.Parse(message.Body)!["payload"]!.AsObject()));
        return told;
    }

    /// <summary>Whoever is about to write asks for the time: something else happens first, once.</summary>
    private sealed class LookedAt(FakeTimeProvider time) : TimeProvider
    {
        private Func<Task>? _meanwhile;

        public void Before(Func<Task>? happen) => _meanwhile = happen;

        public override long TimestampFrequency => time.TimestampFrequency;

        public override DateTimeOffset GetUtcNow()
        {
            if (Interlocked.Exchange(ref _meanwhile, null) is { } happen) Task.Run(happen).GetAwaiter().GetResult();
            return time.GetUtcNow();
        }

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            time.CreateTimer(callback, state, dueTime, period);
    }

    private sealed class Asked : IInsightModel
    {
        public static readonly Func<InsightQuestion, InsightAnswer> Usual = question =>
            new(question.Schema is null ? "Words." : """{"topic":"pizza"}""", null);

        public ConcurrentQueue<InsightQuestion> Questions { get; } = [];
        public Func<InsightQuestion, InsightAnswer> Answer { get; set; } = Usual;

        public ValueTask<InsightAnswer> AskAsync(InsightQuestion question, CancellationToken stop)
        {
            Questions.Enqueue(question);
            return new(Answer(question));
        }
    }
}
