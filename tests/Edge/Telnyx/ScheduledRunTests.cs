using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store;
using Ringwright.Http;
using Ringwright.Jobs;
using Ringwright.Store;
using Ringwright.Store.Documents;
using Ringwright.Store.Jobs;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;
using Ringwright.Telnyx;
using Ringwright.Telnyx.Assistants;
using Ringwright.Testing;

namespace Ringwright.Edge.Telnyx;

public sealed class ScheduledRunsOnSqlite() : ScheduledRunTests(Product.Sqlite);

[Depth("the gate runs these on SQLite, and on PostgreSQL those by which somebody might be rung twice")]
public sealed class ScheduledRunsOnPostgres() : ScheduledRunTests(Product.Postgres);

/// <summary>What of them the gate has on PostgreSQL: that nobody is rung twice.</summary>
public sealed class ScheduledRunsOnPostgresInBrief : IAsyncLifetime
{
    private readonly ScheduledRunsOnPostgres _all = new();

    public ValueTask InitializeAsync() => _all.InitializeAsync();

    public ValueTask DisposeAsync() => _all.DisposeAsync();

    [Fact]
    public Task Who_was_killed_before_the_first_row_rings_after_the_next_start_and_behind_it_never_again() =>
        _all.Killed_before_the_first_row_it_rings_after_the_next_start_and_killed_behind_it_never_again();

    [Fact]
    public Task Who_has_lost_the_job_rings_nobody() => _all.Who_has_lost_the_job_while_he_stood_still_rings_nobody();
}

/// <summary>
/// The call of a scheduled event on a real database: how often somebody is rung, whatever happens to who does the job. The engine is a
/// double that writes a leg's first row as the real one does, or is refused.
/// </summary>
public abstract class ScheduledRunTests(Product product) : IAsyncLifetime
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new(Script.Anchor.Wall);
    private readonly Engine _engine = new();
    private TestDatabase _test = null!;     // set before each test
    private TenantId _tenant;

    private static CancellationToken Stop => TestDatabase.Stop;

    private Database Store => _test.Database;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync(product, _time);
        _tenant = await _test.TenantAsync();
        _engine.Ledger = new(Store, Script.Anchor, [], NullLogger.Instance);
        await AddAsync(AssistantRecords.Kind, "assistant-1",
            """{"name":"a","model":"m","instructions":"i","version_id":"v-1","insight_settings":{"insight_group_id":"group"} }""");
        await AddAsync(ScheduledEvents.KindName, "event", $$"""
            {"assistant_id":"assistant-1","telnyx_conversation_channel":"phone_call","telnyx_agent_target":"+15550100001",
             "telnyx_end_user_target":"+15550001234","scheduled_at_fixed_datetime":"{{TelnyxTime.Millis(_time.GetUtcNow())}}",
             "conversation_metadata":{"order":7,"vip":true},"status":"pending","retry_count":0,"errors":[]}
            """, [new(TalkJobs.Scheduled, new() { [ScheduledEvents.Id] = "event" }) { DueAt = _time.GetUtcNow() }]);
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Fact]
    public async Task It_rings_once_with_a_conversation_that_is_there_before()
    {
        Assert.Equal(ScheduledRun.BetweenLooks, await StepAsync());
        var scheduled = (await EventAsync())!;
        Assert.Equal("in_progress", (string?)scheduled["status"]);
        var conversation = (await Store.Documents.Rows(new DocumentKind(ConversationRecords.Kind))
            .FindAsync(_tenant, (string)scheduled["conversation_id"]!, Stop))!.Body["metadata"]!;
        Assert.Equal(("assistant-1", "v-1", "7", "true", "phone_call", "+15550001234"), ((string?)conversation["assistant_id"],
            (string?)conversation["assistant_version_id"], (string?)conversation["order"], (string?)conversation["vip"],
            (string?)conversation["telnyx_conversation_channel"], (string?)conversation["telnyx_end_user_target"]));
        var call = Assert.Single(_engine.Calls);
        Assert.Equal(("+15550100001", "+15550001234", ApplicationKind.Assistant),
            (call.Facts.From, call.Facts.To, call.Facts.Application.Kind));

        _time.Advance(ScheduledRun.BetweenLooks);
        Assert.Equal(ScheduledRun.BetweenLooks, await StepAsync());      // it rings
        await AppendAsync(call.Answered());
        await AppendAsync(new CallEvent.AgentStarted(new(Guid.NewGuid())) { Leg = call.Facts, At = Script.At(4) });
        await AppendAsync(new CallEvent.AgentEnded(new(Guid.NewGuid()), "assistant_hangup", TimeSpan.Zero)
        {
            Leg = call.Facts, At = Script.At(5),
        });
        await AppendAsync(call.Ended(6, HangupCause.ApiHangup));
        _time.Advance(ScheduledRun.BetweenLooks);
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Equal(("completed", "completed"), ((string?)(await EventAsync())!["status"], await CallStatusAsync()));
        Assert.Null(await StepAsync());
        Assert.Single(_engine.Calls);
    }

    [Theory, Depth("the gate has runs that ring once, after a kill too")]
    [InlineData(HangupCause.CalleeBusy, false, "busy", "busy"), InlineData(HangupCause.RingTimeout, false, "no_answer", "no-answer")]
    [InlineData(HangupCause.CalleeDeclined, false, "callee_declined", "failed")]
    [InlineData(HangupCause.RemoteHangup, true, "assistant_failed", "failed")]
    public async Task A_call_without_a_talk_says_what_became_of_it(HangupCause cause, bool isAnswered, string error, string status)
    {
        await StepAsync();
        Assert.Null(await CallStatusAsync());
        var call = Assert.Single(_engine.Calls);
        if (isAnswered) await AppendAsync(call.Answered());
        await AppendAsync(call.Ended(6, cause));
        _time.Advance(ScheduledRun.BetweenLooks);
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Equal(("failed", error), await EndAsync());
        Assert.Equal(status, await CallStatusAsync());
    }

    [Fact]
    [Failure("process-killed")]
    public async Task Killed_before_the_first_row_it_rings_after_the_next_start_and_killed_behind_it_never_again()
    {
        _engine.Before = () => throw new TimeoutException("killed");
        await Assert.ThrowsAsync<TimeoutException>(() => RunAsync(TakeAsync()));
        await StartAgainAsync();
        _engine.After = () => throw new TimeoutException("killed");
        await Assert.ThrowsAsync<TimeoutException>(() => RunAsync(TakeAsync()));
        Assert.Equal("in_progress", (string?)(await EventAsync())!["status"]);
        await StartAgainAsync();
        await _engine.Ledger.RecoverAsync(Stop);
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Equal(("failed", "node_restart"), await EndAsync());
        Assert.Equal("1", Assert.Single(await _test.QueryAsync("select cast(count(*) as text) from rw_leg")));
    }

    [Fact]
    public async Task Who_has_lost_the_job_while_he_stood_still_rings_nobody()
    {
        _engine.Before = async () =>
        {
            _engine.Before = null;
            _time.Advance(Lease);
            Assert.Equal(ScheduledRun.BetweenLooks, await StepAsync());     // somebody else has rung him
        };
        Assert.False(await GiveBackAsync(await TakeAsync(), ScheduledRun.AfterBusy));
        Assert.Equal(("in_progress", 0), ((string?)(await EventAsync())!["status"], (int)(await EventAsync())!["retry_count"]!));
        Assert.Equal("1", Assert.Single(await _test.QueryAsync("select cast(count(*) as text) from rw_leg")));
    }

    [Fact]
    public async Task Where_no_line_is_free_it_is_tried_again_for_a_while_and_a_rule_of_the_gate_ends_it()
    {
        _engine.Refusal = (Refusal.TenantChannelLimit, null);
        Assert.Equal(ScheduledRun.AfterBusy, await StepAsync());
        Assert.Equal(("pending", 1), ((string?)(await EventAsync())!["status"], (int)(await EventAsync())!["retry_count"]!));
        _time.Advance(ScheduledRun.AfterBusy);
        _engine.Refusal = (Refusal.DoNotCall, "do_not_call");
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Equal(("failed", "do_not_call"), await EndAsync());
        Assert.Empty(_engine.Calls);
    }

    [Theory, InlineData(true, "tenant_channel_limit"), InlineData(false, "missed")]
    public async Task What_is_a_quarter_of_an_hour_late_does_not_happen(bool wasTried, string error)
    {
        _engine.Refusal = (Refusal.TenantChannelLimit, null);
        if (wasTried) await StepAsync();
        _engine.Refusal = null;
        _time.Advance(ScheduledRun.Latest + TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Equal(("failed", error), await EndAsync());
        Assert.Empty(_engine.Calls);
    }

    [Fact]
    public async Task Called_off_or_without_its_assistant_it_does_not_happen()
    {
        await Store.Documents.Rows(new DocumentKind(AssistantRecords.Kind)).DeleteAsync(_tenant, "assistant-1", Stop);
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Equal(("failed", "assistant_deleted"), await EndAsync());
        await AddAsync(ScheduledEvents.KindName, "other", """{"status":"pending"}""",
            [new(TalkJobs.Scheduled, new() { [ScheduledEvents.Id] = "other" })]);
        await ScheduledEvents.Rows(Store).DeleteAsync(_tenant, "other", Stop);
        Assert.Equal(TimeSpan.Zero, await StepAsync());
        Assert.Empty(_engine.Calls);
    }

    private async Task AppendAsync(CallEvent happened) => Assert.True(await _engine.Ledger.AppendAsync(happened));

    private async Task AddAsync(string kind, string id, string body, IReadOnlyList<NewJob>? jobs = null)
    {
        var now = _time.GetUtcNow();
        Assert.Equal(WriteOutcome.Done, await Store.Documents.Rows(new DocumentKind(kind)).InsertAsync(new()
        {
            Id = id, Tenant = _tenant, Body = JsonNode.Parse(body)!.AsObject(), CreatedAt = now, UpdatedAt = now,
        }, new UnitOfWork { Jobs = jobs ?? [] }, Stop));
    }

    private async Task StartAgainAsync()
    {
        (_engine.Before, _engine.After) = (null, null);
        _time.Advance(Lease);
        await _test.ReopenAsync();
        _engine.Ledger = new(Store, Script.Anchor, [], NullLogger.Instance);
    }

    private async Task<JsonObject?> EventAsync() => (await ScheduledEvents.Rows(Store).FindAsync(_tenant, "event", Stop))?.Body;

    /// <summary>As a client is shown it.</summary>
    private async Task<string?> CallStatusAsync() =>
        (string?)ScheduledEvents.Show((await ScheduledEvents.Rows(Store).FindAsync(_tenant, "event", Stop))!)["call_status"];

    private async Task<(string? Status, string? Error)> EndAsync() =>
        await EventAsync() is { } over ? ((string?)over["status"], (string?)over["errors"]!.AsArray().SingleOrDefault()) : default;

    private async Task<JobLease> TakeAsync() => (await Store.Jobs.TakeAsync([TalkJobs.Scheduled], Lease, Stop))!;

    private async Task RunAsync(Task<JobLease> taken)
    {
        var lease = await taken;
        await AssistantJobs.All(Parts()).Single(kind => kind.Name == TalkJobs.Scheduled)
            .Run(new(lease, Store.Jobs, Store.Blobs, Stop));
    }

    /// <summary>Does the job that is due, as a runner would.</summary>
    /// <returns>Null when none is; zero when it is over; else how long it waits.</returns>
    private async Task<TimeSpan?> StepAsync()
    {
        if (await Store.Jobs.TakeAsync([TalkJobs.Scheduled], Lease, Stop) is not { } lease) return null;
        try
        {
            await RunAsync(Task.FromResult(lease));
            Assert.True(await Store.Jobs.CompleteAsync(lease, null, 0, null, Stop));
            return TimeSpan.Zero;
        }
        catch (JobWaitsException waits)
        {
            Assert.True(await Store.Jobs.GiveBackAsync(lease, _time.GetUtcNow() + waits.Rest, waits.IsCounted, Stop));
            return waits.Rest;
        }
    }

    /// <returns>Whether it was still there to be given back.</returns>
    private async Task<bool> GiveBackAsync(JobLease lease, TimeSpan expected)
    {
        var waits = await Assert.ThrowsAsync<JobWaitsException>(() => RunAsync(Task.FromResult(lease)));
        Assert.Equal(expected, waits.Rest);
        return await Store.Jobs.GiveBackAsync(lease, _time.GetUtcNow() + waits.Rest, waits.IsCounted, Stop);
    }

    private AssistantJobParts Parts() => new()
    {
        Assistants = new()
        {
            Store = Store, Egress = null!, Trial = null!, Talk = new Talks(),
            Voice = new()
            {
                Ids = new(Store.Node), Egress = null!, Store = Store, Files = new SilentFiles(), Links = null!, Speech = new NoSpeech(),
                Transcriber = new NamedTranscriber(), Sounds = null!,
            },
        },
        Calls = _engine, Messaging = null!, Log = NullLogger.Instance,
        Projector = new(new(Store.Node), Store.Routing, new(Store.Node, PublicLinks.Relative)),
    };

    private sealed class Talks : IAssistantTalk
    {
        public string? FaultOf(JsonObject definition) => null;

        public string GreetingOf(WrittenAgent agent) => "";

        public Task<WrittenAnswer> AnswerAsync(WrittenAgent agent, IReadOnlyList<WrittenMessage> history, CancellationToken stop) =>
            throw new NotSupportedException("Nobody writes here.");
    }

    /// <summary>Commits the first row of a leg, as the engine does before it sends anything.</summary>
    private sealed class Engine : ICallControl
    {
        private uint _counter;

        public Ledger Ledger { get; set; } = null!;     // set before each test
        public Func<Task>? Before { get; set; }
        public Action? After { get; set; }
        public (Refusal Refusal, string? Rule)? Refusal { get; set; }
        /// <summary>Who was rung.</summary>
        public List<Script> Calls { get; } = [];

        public async ValueTask<Dialled> DialAsync(DialRequest request, CancellationToken stop)
        {
            if (Refusal is var (refusal, rule)) return Dialled.Refused(refusal, rule, null);
            if (Before is { } before) await before();
            var script = new Script(request.Tenant, ++_counter);
            script.Facts = script.Facts with
            {
                From = request.From,
                To = request.To,
                Labels = request.Labels,
                Application = request.Application,
                Connection = request.Connection,
            };
            if (!await Ledger.AppendAsync(script.Initiated(commandId: request.CommandId)))
                return Dialled.Refused(Ringwright.Core.Refusal.LedgerUnavailable, null, null);
            Calls.Add(script);
            After?.Invoke();
            return Dialled.Accepted(script.Facts);
        }

        public ValueTask<Ack> SendAsync(Subject to, SubjectCommand command, CancellationToken stop) => throw new NotSupportedException();
    }
}
