using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Faults;
using Ringwright.Store;
using Ringwright.Store.Ledgers;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class LedgerTests(Product product)
{
    private static readonly AgentTerms Agent = new(new Guid("5a3f1a52-6f07-4c8e-9a53-2f1f4b1c7a10"))
    {
        Assistant = "assistant-1", Model = "some/model", Voice = "female", Recogniser = "own",
    };

    protected static CancellationToken Stop => TestDatabase.Stop;

    [Fact]
    public async Task A_legs_events_make_its_row_its_record_its_ledger_and_its_messages()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var projector = new Projector();
        var ledger = Open(test, projector);
        var script = new Script(tenant);

        Assert.True(await ledger.AppendAsync(script.Initiated(commandId: "c1")));
        Assert.Equal(StoredLegState.Initiated, (await LegAsync(test, script))!.State);
        Assert.True(await ledger.AppendAsync(script.Ringing()));
        Assert.Equal(StoredLegState.Ringing, (await LegAsync(test, script))!.State);
        Assert.True(await ledger.AppendAsync(script.Answered()));
        var answered = (await LegAsync(test, script))!;
        Assert.Equal((StoredLegState.Answered, "PCMU", Script.Anchor.Wall.AddSeconds(3)),
            (answered.State, answered.Codec, answered.AnsweredAt));
        Assert.True(await ledger.AppendAsync(script.Labelled(Labels.Of(("telnyx.tag", "b")))));
        Assert.True(await ledger.AppendAsync(script.Ended(at: 5.2)));

        var leg = (await LegAsync(test, script))!;
        Assert.Equal((StoredLegState.Ended, HangupCause.RemoteHangup, HangupParty.Remote, 200, "BYE received."),
            (leg.State, leg.Cause, leg.By, leg.SipStatus, leg.Evidence));
        Assert.Equal(("b", 10L, "c1", "X-One"),
            (leg.Labels["telnyx.tag"], leg.Quality!.PacketsReceived, leg.CommandId, leg.Headers[0].Name));
        Assert.Equal((Script.Anchor.Wall.AddSeconds(1), Script.Anchor.Wall.AddSeconds(5.2)), (leg.StartedAt, leg.EndedAt));
        Assert.False(leg.IsAlive);

        var record = (await test.Database.CallRecords.FindAsync(tenant, script.Facts.Id, Stop))!;
        Assert.Equal((5, 3, HangupCause.RemoteHangup), (record.TotalSeconds, record.TalkSeconds, record.Cause));
        Assert.Equal([record], await test.Database.CallRecords.ListAsync(tenant, Script.Anchor.Wall, 0, 10, Stop));

        var rows = await test.Database.Events.ListLegAsync(tenant, script.Facts.Id, Stop);
        Assert.Equal(["leg_initiated", "leg_ringing", "leg_answered", "labels_changed", "leg_ended"], rows.Select(r => r.Type));
        Assert.Equal("a", ((CallEvent)rows[0].ToEvent()).Leg.Labels["telnyx.tag"]);

        Assert.Equal(rows.Select(r => r.At), projector.Seen.Select(s => s.At));
        Assert.All(projector.Seen, s => Assert.Equal(Script.Anchor.Wall.AddSeconds(1), s.StartedAt));
        Assert.Equal(5, (await test.Database.Outbox.ListPendingAsync(0, 100, Stop)).Count);
    }

    [Fact]
    public async Task Who_listens_inside_hears_what_is_committed_behind_its_asker_and_nothing_else()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var ledger = Open(test);
        var script = new Script(await test.TenantAsync());
        List<string> told = [];
        ledger.Committed = happened => told.Add($"heard {happened.GetType().Name}");
        Task<bool> Append(CallEvent happened)
        {
            var done = new TaskCompletionSource<bool>();
            ledger.Append(happened, (_, isCommitted) =>
            {
                told.Add($"told {isCommitted}");
                done.SetResult(isCommitted);
            });
            return done.Task;
        }
        Assert.False(await Append(script.Answered()));      // of a leg that never began
        Assert.True(await Append(script.Initiated()));
        Assert.True(await Append(script.Ended()));
        Assert.False(await Append(script.Digit('1')));
        await ledger.FlushAsync();
        Assert.Equal(["told False", "told True", "heard LegInitiated", "told True", "heard LegEnded", "told False"], told);
    }

    [Fact]
    public async Task An_unanswered_leg_has_no_talk_time()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        var script = new Script(tenant);
        await ledger.AppendAsync(script.Initiated());
        await ledger.AppendAsync(script.Ended(cause: HangupCause.CalleeBusy));
        var record = (await test.Database.CallRecords.FindAsync(tenant, script.Facts.Id, Stop))!;
        Assert.Equal((4, 0, null), (record.TotalSeconds, record.TalkSeconds, record.AnsweredAt));
    }

    [Fact]
    public async Task Nothing_is_written_after_the_end_or_of_a_leg_that_never_began()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test, new Projector());
        var script = new Script(tenant);
        Assert.False(await ledger.AppendAsync(script.Ringing()));
        Assert.True(await ledger.AppendAsync(script.Initiated()));
        Assert.True(await ledger.AppendAsync(script.Ended()));
        Assert.False(await ledger.AppendAsync(script.Ended()));
        Assert.False(await ledger.AppendAsync(script.Digit('1')));
        Assert.Equal(2, (await test.Database.Events.ListAsync(tenant, 0, 100, Stop)).Count);
        Assert.Equal(2, await test.Database.Outbox.CountAsync(Stop));
    }

    [Fact]
    public async Task Wall_time_never_goes_backwards_within_a_leg()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        var script = new Script(tenant);
        await ledger.AppendAsync(script.Initiated(at: 1));
        await ledger.AppendAsync(script.Answered(at: 9));
        await ledger.AppendAsync(script.Digit('1', at: 4));
        await ledger.AppendAsync(script.Ended(at: 5));
        var rows = await test.Database.Events.ListLegAsync(tenant, script.Facts.Id, Stop);
        Assert.Equal([1, 9, 9, 9], rows.Select(r => (r.At - Script.Anchor.Wall).TotalSeconds));
    }

    [Fact]
    public async Task Events_of_a_leg_are_committed_in_the_order_of_the_calls()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        var scripts = Enumerable.Range(1, 20).Select(i => new Script(tenant, (uint)i)).ToList();
        var tasks = new List<Task<bool>>();
        foreach (var script in scripts) tasks.Add(ledger.AppendAsync(script.Initiated()));
        for (int i = 0; i < 100; i++)
            foreach (var script in scripts) tasks.Add(ledger.AppendAsync(script.Digit((char)('0' + i % 10), at: 2 + i)));
        Assert.DoesNotContain(false, await Task.WhenAll(tasks));
        foreach (var script in scripts)
        {
            var digits = (await test.Database.Events.ListLegAsync(tenant, script.Facts.Id, Stop)).Skip(1)
                .Select(r => ((CallEvent.DigitReceived)r.ToEvent()).Digit);
            Assert.Equal(string.Concat(Enumerable.Repeat("0123456789", 10)), string.Concat(digits));
        }
        Assert.True(ledger.IsReady);
    }

    [Fact]
    public async Task A_projectors_bug_costs_the_webhook_and_not_the_event()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test, new Projector { Throws = e => e is CallEvent.LegRinging }, new Projector());
        var script = new Script(tenant);
        Assert.True(await ledger.AppendAsync(script.Initiated()));
        Assert.True(await ledger.AppendAsync(script.Ringing()));
        Assert.Equal(2, (await test.Database.Events.ListLegAsync(tenant, script.Facts.Id, Stop)).Count);
        Assert.Equal(3, await test.Database.Outbox.CountAsync(Stop));
    }

    [Fact]
    public async Task An_event_that_a_bug_keeps_from_being_written_costs_its_call_and_no_other()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var log = new Lines();
        var ledger = new Ledger(test.Database, Script.Anchor, [new Projector()], log);
        Script live = new(tenant, 1), broken = new(tenant, 2), next = new(tenant, 3);
        broken.Facts = broken.Facts with { Headers = new Unreadable() };
        Assert.True(await ledger.AppendAsync(live.Initiated()));
        bool[] written = await Task.WhenAll(ledger.AppendAsync(live.Answered()), ledger.AppendAsync(broken.Initiated()),
            ledger.AppendAsync(next.Initiated()));
        Assert.Equal([true, false, true], written);
        Assert.True(ledger.IsReady);
        Assert.False(ledger.Failed.IsCancellationRequested);
        Assert.Contains(broken.Facts.Uuid.ToString(), Assert.Single(log.Of(1124)));
        Assert.Equal(3, await test.Database.Outbox.CountAsync(Stop));
        Assert.True(await ledger.AppendAsync(live.Ended()));
    }

    private sealed class Unreadable : IReadOnlyList<CustomSipHeader>
    {
        public int Count => 1;
        public CustomSipHeader this[int index] => throw new InvalidOperationException("a bug");
        public IEnumerator<CustomSipHeader> GetEnumerator() => throw new InvalidOperationException("a bug");
        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }

    [Fact]
    public async Task What_another_node_of_the_same_database_has_alive_is_left_to_it()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        Script ours = new(tenant, 1), theirs = new(tenant, 2);
        theirs.Facts = theirs.Facts with { Id = LegId.Compose(2, 0, 1, 2, 2) };
        await ledger.AppendAsync(ours.Initiated(), "ours");
        await ledger.AppendAsync(theirs.Initiated(), "theirs");

        var next = Open(test);
        Assert.Equal(1, await next.RecoverAsync(Stop));
        Assert.Equal("ours", Assert.Single(await next.ListRecoveryByesAsync(Stop)).Text);
        Assert.Equal(StoredLegState.Initiated, (await test.Database.Legs.FindAsync(tenant, theirs.Facts.Id, Stop))!.State);
    }

    [Fact]
    public async Task A_repeated_leg_id_is_refused_without_harm_to_its_neighbours()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var (first, second) = (Open(test), Open(test, new Projector()));
        var script = new Script(tenant);
        Assert.True(await first.AppendAsync(script.Initiated()));
        var other = new Script(tenant, 2);
        bool[] written = await Task.WhenAll(second.AppendAsync(script.Initiated()), second.AppendAsync(other.Initiated()));
        Assert.Equal([false, true], written);
        Assert.Equal(1, await test.Database.Outbox.CountAsync(Stop));
    }

    [Fact]
    public async Task A_closed_database_answers_false()
    {
        var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        await test.DisposeAsync();
        Assert.False(await ledger.AppendAsync(new Script(tenant).Initiated()));
        Assert.False(ledger.IsReady);
    }

    [Fact]
    public async Task The_queue_has_a_bound_and_says_earlier_that_it_fills()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        var script = new Script(tenant);
        Assert.True(await ledger.AppendAsync(script.Initiated()));
        using var open = new ManualResetEventSlim();
        var held = test.Database.Sql.WriteAsync(_ => open.Wait(TimeSpan.FromMinutes(1)), Stop).AsTask();

        var digit = script.Digit('1');
        var waiting = new List<Task<bool>>();
        for (int i = 0; i < Ledger.Bound / 4 * 3 - 1; i++) waiting.Add(ledger.AppendAsync(digit));
        Assert.True(ledger.IsReady);
        waiting.Add(ledger.AppendAsync(digit));
        Assert.False(ledger.IsReady);
        for (int i = waiting.Count; i < Ledger.Bound; i++) waiting.Add(ledger.AppendAsync(digit));
        Assert.False(await ledger.AppendAsync(digit));
        waiting.Add(ledger.AppendAsync(script.Ended()));        // how a call ends is never lost to a full queue

        open.Set();
        await held;
        Assert.DoesNotContain(false, await Task.WhenAll(waiting));
        Assert.True(ledger.IsReady);
        Assert.False(ledger.Failed.IsCancellationRequested);
    }

    [Fact]
    public async Task Legs_that_a_dead_process_left_alive_end_exactly_once()
    {
        await using var test = await TestDatabase.OpenAsync(product);
        var (acme, other) = (await test.TenantAsync("acme"), await test.TenantAsync("other"));
        var ledger = Open(test);
        Script ringing = new(acme, 1), answered = new(other, 2), ended = new(acme, 3);
        foreach (var script in new[] { ringing, answered, ended }) await ledger.AppendAsync(script.Initiated());
        await ledger.AppendAsync(answered.Answered());
        await ledger.AppendAsync(ended.Ended());
        await test.ReopenAsync();

        // The new process has another monotonic clock.
        var projector = new Projector();
        var anchor = new WallAnchor(new(5_000_000_000_000), Script.Anchor.Wall.AddMinutes(10));
        var again = new Ledger(test.Database, anchor, [projector], NullLogger.Instance);
        ((FakeTimeProvider)test.Time).Advance(Script.Anchor.Wall.AddMinutes(10) - test.Time.GetUtcNow());
        Assert.Equal(2, await again.RecoverAsync(Stop));
        Assert.Equal(0, await again.RecoverAsync(Stop));

        Assert.Equal(2, projector.Seen.Count);
        Assert.All(projector.Seen, s => Assert.Equal(("LegEnded", Script.Anchor.Wall.AddMinutes(10), Script.Anchor.Wall.AddSeconds(1)), s));
        var leg = (await test.Database.Legs.FindAsync(other, answered.Facts.Id, Stop))!;
        Assert.Equal((StoredLegState.Ended, HangupCause.NodeRestart, Script.Anchor.Wall.AddSeconds(3)),
            (leg.State, leg.Cause, leg.AnsweredAt));
        // The outage is nobody's call: nothing is known of this one after its answer.
        Assert.Equal((Script.Anchor.Wall.AddSeconds(3), Script.Anchor.Wall.AddMinutes(10)), (leg.EndedAt, leg.FoundEndedAt));
        Assert.Equal(0, (await test.Database.CallRecords.FindAsync(other, answered.Facts.Id, Stop))!.TalkSeconds);
        var last = (CallEvent.LegEnded)(await test.Database.Events.ListLegAsync(acme, ringing.Facts.Id, Stop))[^1].ToEvent();
        Assert.Equal((HangupCause.NodeRestart, "a"), (last.Cause, last.Leg.Labels["telnyx.tag"]));
    }

    [Fact]
    public void Every_event_is_written_and_read_back()
    {
        var script = new Script(new(Guid.NewGuid()));
        script.Answered();
        script.Facts = script.Facts with { Trunk = new(Guid.NewGuid()), FromUri = "a@b", ToUri = "c@d", CallerName = "Ann" };
        var (facts, at) = (script.Facts, Script.At(4));
        CallEvent[] events =
        [
            script.Initiated(commandId: "x"), script.Ringing(), script.Answered(), script.Digit('#'),
            (CallEvent.LegEnded)script.Ended() with { Answer = new("a84b@10.0.0.7", [new("X-Desk", "7")]) },
            script.Labelled(Labels.Of(("k", "v"))), new CallEvent.LegHeld(true) { Leg = facts, At = at },
            new CallEvent.LegBridged(facts.Id) { Leg = facts, At = at },
            new CallEvent.LegUnbridged(LegId.Compose(1, 0, 1, 1, 7)) { Leg = facts, At = at },
            new CallEvent.Noted(NoteKind.Step, "<Say> (line 2, column 5)") { Leg = facts, At = at },
            new CallEvent.Noted(NoteKind.Warning, "colour is no attribute") { Leg = facts, At = at, Url = "http://x/a", Line = 2 },
            new CallEvent.GatherHeard("g", "yes, please", IsFinal: true, 0.5) { Leg = facts, At = at },
            new CallEvent.GatherEnded
            {
                Leg = facts, At = at, Digits = "12", Status = GatherStatus.Valid, GatherId = "g", Speech = "one two", Confidence = 0.5,
                SpeechFailure = "it is tired"
            },
            new CallEvent.PlaybackStarted(Guid.NewGuid(), new PromptSource.Url("http://x/a.wav") { IsCached = false })
            {
                Leg = facts, At = at
            },
            new CallEvent.PlaybackEnded(Guid.NewGuid(), new PromptSource.Tone(440, 480, 1, 2, 3), PlayStatus.FileNotFound, "gone")
            {
                Leg = facts, At = at
            },
            new CallEvent.SpeakStarted(Guid.NewGuid()) { Leg = facts, At = at },
            new CallEvent.InfoReceived("text/plain", "hello") { Leg = facts, At = at },
            new CallEvent.LegEnqueued(new(77), "support", 5) { Leg = facts, At = at, Position = 2, AverageWait = TimeSpan.FromSeconds(3) },
            new CallEvent.LegDequeued(new(77), "support", DequeueReason.Timeout)
            {
                Leg = facts, At = at, Position = 1, Waited = TimeSpan.FromSeconds(9)
            },
            new CallEvent.LegHandedOver { Leg = facts with { Application = new(ApplicationKind.Voicemail, "+4989111") }, At = at },
            new CallEvent.StreamStarted(Guid.NewGuid(), "wss://a.example/in?x=1", TapTracks.Said | TapTracks.Heard)
            {
                Leg = facts, At = at
            },
            new CallEvent.StreamStopped(Guid.NewGuid(), "ws://a/", TapTracks.Heard) { Leg = facts, At = at },
            new CallEvent.StreamFailed(Guid.NewGuid(), "ws://a/", TapTracks.Said, "the server answered 403") { Leg = facts, At = at },
            new CallEvent.TranscriptionStarted(Guid.NewGuid(), TapTracks.Said | TapTracks.Heard) { Leg = facts, At = at },
            new CallEvent.SpeechTranscribed(Guid.NewGuid(), TapTracks.Heard, "so it is", IsFinal: true, 0.75) { Leg = facts, At = at },
            new CallEvent.TranscriptionEnded(Guid.NewGuid(), TapTracks.Said, "the recogniser is gone") { Leg = facts, At = at },
            new CallEvent.ForkStarted(Guid.NewGuid(), new("192.0.2.1:4000", "[2001:db8::1]:4000")) { Leg = facts, At = at },
            new CallEvent.ForkStopped(Guid.NewGuid(), new(null, "192.0.2.1:4000"), "nobody took it") { Leg = facts, At = at },
            new CallEvent.AgentStarted(Agent) { Leg = facts, At = at },
            new CallEvent.AgentTold(Agent, new(Guid.NewGuid(), 2, AnswersNow: true)) { Leg = facts, At = at },
            new CallEvent.AgentGathering(Agent with { Gather = new() { TellsResults = true } },
                new("{\"age\":42}", "[{\"content\":\"hello\",\"role\":\"user\"}]", IsComplete: false), GatherChange.Result)
            {
                Leg = facts, At = at
            },
            new CallEvent.AgentGatherEnded(Agent, AgentGathered.Nothing) { Leg = facts, At = at },
            new CallEvent.AgentEnded(Agent, "assistant_hangup", TimeSpan.FromSeconds(9)) { Leg = facts, At = at },
            new CallEvent.SiprecStarted(Guid.NewGuid(), "archive") { Leg = facts, At = at },
            new CallEvent.SiprecStopped(Guid.NewGuid(), "archive") { Leg = facts, At = at },
            new CallEvent.SiprecFailed(Guid.NewGuid(), "archive", "the server answered 403") { Leg = facts, At = at },
            new CallEvent.ReferStarted { Leg = facts, At = at },
            new CallEvent.ReferAsked("sip:eve@example.com?X-Who=me") { Leg = facts, At = at },
            new CallEvent.ReferEnded(404, "The far end's NOTIFY says so.") { Leg = facts, At = at },
            new CallEvent.SpeakEnded(Guid.NewGuid(), PlayStatus.Cancelled) { Leg = facts, At = at },
            new CallEvent.MachineDetected(MachineVerdict.Machine)
            {
                Leg = facts, At = at, Evidence = ["voice 0.20-0.90", "a beep of 1000 Hz"]
            },
            new CallEvent.MachineGreetingEnded(GreetingEnd.BeepDetected, "a beep of 1000 Hz") { Leg = facts, At = at },
            new CallEvent.VoiceChanged(true) { Leg = facts, At = at },
            new CallEvent.RecordingStarted(new()
            {
                Id = Guid.NewGuid(), Format = RecordFormat.Mp3, IsDual = true, MaximumLength = TimeSpan.FromSeconds(9), FileName = "mine"
            })
            {
                Leg = facts, At = at
            },
            new CallEvent.RecordingSaved
            {
                Leg = facts, At = at, Plan = new() { Id = Guid.NewGuid() }, Reason = RecordEndReason.Silence, StartedAt = Script.At(2),
                EndedAt = at, Length = TimeSpan.FromSeconds(1.5), Bytes = 24_044, Blob = "recordings/a/b.wav",
            },
            new CallEvent.RecordingTranscribed(Guid.NewGuid(), Guid.NewGuid(), "so it is", null) { Leg = facts, At = at },
            new CallEvent.RecordingFailed(Guid.NewGuid(), "disk full") { Leg = facts, At = at },
            new CallEvent.LegCharged(
                new() { Micros = 12_500, Currency = "USD", BilledSeconds = 75, MicrosPerMinute = 10_000, FeeMicros = 3, Prefix = "+1" })
            {
                Leg = facts, At = at
            },
        ];
        Assert.Equal(typeof(CallEvent).GetNestedTypes().Order(ByName), EventJson.OfLegs.Types.Order(ByName));
        Assert.Equal(EventJson.OfLegs.Types.Order(ByName), events.Select(e => e.GetType()).Distinct().Order(ByName));
        foreach (var happened in events)
        {
            string body = EventJson.OfLegs.Write(happened).ToString();
            Assert.Equal(body, EventJson.OfLegs.Write(EventJson.OfLegs.Read(EventJson.OfLegs.NameOf(happened), body)).ToString());
            // Each number begins with a plus, which needs no escape.
            Assert.DoesNotContain("\\u002B", body);
            using var json = JsonDocument.Parse(body);
            var shown = json.RootElement.GetProperty("leg");
            Assert.Equal((facts.Id.ToString(), facts.Session.ToString(), facts.Tenant.ToString(), facts.Connection.ToString()),
                (shown.GetProperty("id").GetString(), shown.GetProperty("session").GetString(), shown.GetProperty("tenant").GetString(),
                    shown.GetProperty("connection").GetString()));
        }
    }

    [Fact]
    public void A_prompts_bytes_stay_out_of_the_ledger()
    {
        var script = new Script(new(Guid.NewGuid()));
        string body = EventJson.OfLegs.Write(new CallEvent.PlaybackStarted(Guid.NewGuid(), new PromptSource.Content(new byte[500_000]))
        {
            Leg = script.Facts, At = Script.At(1)
        }).ToString();
        Assert.True(body.Length < 2_000);
        Assert.Contains("\"bytes\":500000", body);
        Assert.IsType<PromptSource.Content>(((CallEvent.PlaybackStarted)EventJson.OfLegs.Read("playback_started", body)).Source);
    }

    [Fact]
    public void Of_an_application_the_ledger_keeps_what_it_is_and_what_its_module_said()
    {
        var script = new Script(new(Guid.NewGuid()));
        Assert.Equal("""{"kind":"webhook","target":""}""", Kept(Application.Webhook));
        Assert.Equal("""{"kind":"echo","target":""}""", Kept(Application.Echo));
        var told = new Application(ApplicationKind.Script, "menu") { Traits = ApplicationTraits.Usual with { IsConfidential = true } };
        Assert.Contains("\"is_confidential\":true", Kept(told));

        string Kept(Application application)
        {
            script.Facts = script.Facts with { Application = application };
            string body = EventJson.OfLegs.Write(script.Initiated()).ToString();
            var read = (CallEvent)EventJson.OfLegs.Read("leg_initiated", body);
            Assert.Equal(application, read.Leg.Application);
            Assert.Equal(application.IsConfidential, read.Leg.Application.IsConfidential);
            using var json = JsonDocument.Parse(body);
            return json.RootElement.GetProperty("leg").GetProperty("application").GetRawText();
        }
    }

    [Fact]
    public void What_an_older_node_kept_of_an_application_beside_is_passed_over()
    {
        string body = EventJson.OfLegs.Write(new Script(new(Guid.NewGuid())).Initiated()).ToString();
        string older = body.Replace("""{"kind":"webhook","target":""}""",
            """{"kind":"webhook","target":"","is_program":false,"is_confidential":false,"answers_at_once":false}""",
            StringComparison.Ordinal);
        Assert.NotEqual(body, older);
        Assert.Equal(Application.Webhook, ((CallEvent)EventJson.OfLegs.Read("leg_initiated", older)).Leg.Application);
    }

    private static readonly Comparer<Type> ByName = Comparer<Type>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name));

    private protected static Ledger Open(TestDatabase test, params IProjector[] projectors) =>
        new(test.Database, Script.Anchor, projectors, NullLogger.Instance);

    private protected static ValueTask<LegRow?> LegAsync(TestDatabase test, Script script) =>
        test.Database.Legs.FindAsync(script.Facts.Tenant, script.Facts.Id, Stop);
}

public sealed class LedgerOnSqlite() : LedgerTests(Product.Sqlite)
{
    [Fact]
    public async Task A_lock_by_another_program_is_waited_for()
    {
        await using var test = await TestDatabase.OpenAsync();
        var tenant = await test.TenantAsync();
        var ledger = Open(test);
        using var other =
            new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={Path.Combine(test.Folder, "ringwright.db")};Pooling=False");
        other.Open();
        other.Execute("begin immediate");
        var script = new Script(tenant);
        var written = ledger.AppendAsync(script.Initiated());
        other.Execute("rollback");
        Assert.True(await written);
    }
}

[Depth("the gate runs these on SQLite, and on PostgreSQL a whole leg, one that comes twice, two nodes and what a dead one left")]
public sealed class LedgerOnPostgres() : LedgerTests(Product.Postgres);

/// <summary>What of them the gate has on PostgreSQL: each way in which a leg is written.</summary>
public sealed class LedgerOnPostgresInBrief
{
    private readonly LedgerOnPostgres _all = new();

    [Fact]
    public Task A_legs_events_make_all_its_rows() => _all.A_legs_events_make_its_row_its_record_its_ledger_and_its_messages();

    [Fact]
    public Task A_repeated_leg_id_is_refused() => _all.A_repeated_leg_id_is_refused_without_harm_to_its_neighbours();

    [Fact]
    public Task What_another_node_has_alive_is_left_to_it() => _all.What_another_node_of_the_same_database_has_alive_is_left_to_it();

    [Fact]
    public Task Legs_that_a_dead_process_left_alive_end_once() => _all.Legs_that_a_dead_process_left_alive_end_exactly_once();
}
