using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Audit;
using Ringwright.Store.Documents;
using Ringwright.Store.Keeping;
using Ringwright.Store.Recordings;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>
/// What is older than it is kept goes, and nothing else: an old call, one of today, and one that has been going on since.
/// </summary>
public abstract class RetentionTests(Product product) : IAsyncLifetime
{
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private readonly FakeTimeProvider _time = new(Script.Anchor.Wall.AddMinutes(1));
    private TestDatabase _test = null!;     // set before each test
    private Ledger _ledger = null!;
    private TenantId _tenant;
    private Script _old = null!, _new = null!, _alive = null!;

    private static CancellationToken Stop => TestDatabase.Stop;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync(product, _time);
        _ledger = new(_test.Database, Script.Anchor, [], NullLogger.Instance);
        _tenant = await _test.TenantAsync();
        (_old, _alive, _new) = (new(_tenant, 1), new(_tenant, 2), new(_tenant, 3));
        _new.Facts = _new.Facts with { StartedAt = Script.At(9 * 86_400) };
        await CallAsync(_old, 0);
        await _ledger.AppendAsync(_alive.Initiated());
        await _ledger.AppendAsync(_alive.Answered());
        await CallAsync(_new, 9 * 86_400);
        await _test.Database.Traces.WriteAsync([.. new[] { _old, _new }.Select(script => Trace(script.Facts))], Stop);
        _time.Advance(10 * Day);
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Fact]
    public async Task For_good_is_for_good()
    {
        await KeepAsync(new());
        Assert.Equal((3, 10, 2, 2), await CountAsync());
        Assert.Equal(2, await _test.Database.Sql.ReadAsync(db => Count(db, "rw_trace"), Stop));
    }

    public static TheoryData<string> Jobs => Depth.Rows(gate: [TextReception.StopJob], deep: [TextReception.AnswerJob]);

    [Theory, MemberData(nameof(Jobs))]
    public async Task A_job_of_a_text_that_is_over_goes_after_a_day_and_one_that_waits_stays(string kind)
    {
        var jobs = _test.Database.Jobs;
        for (int i = 0; i < 2; i++)
            Assert.NotNull(await jobs.AddAsync(_tenant, kind, new(), mostOpen: 9, note: null, Stop));
        var lease = (await jobs.TakeAsync([kind], TimeSpan.FromMinutes(1), Stop))!;        // there are two
        Assert.True(await jobs.CompleteAsync(lease, result: null, 0, null, Stop));
        await KeepAsync(new());
        Assert.Equal(2, await _test.Database.Sql.ReadAsync(db => Count(db, "rw_job"), Stop));
        _time.Advance(2 * Day);
        await KeepAsync(new());
        Assert.Equal(1, await _test.Database.Sql.ReadAsync(db => Count(db, "rw_job"), Stop));
    }

    [Fact]
    public async Task Each_kind_goes_by_its_own_age_and_a_call_that_is_up_loses_nothing()
    {
        await KeepAsync(new() { Events = 5 * Day });
        Assert.Equal((3, 6, 2, 2), await CountAsync());
        Assert.Empty(await _test.Database.Events.ListLegAsync(_tenant, _old.Facts.Id, Stop));
        await KeepAsync(new() { Records = 5 * Day });
        Assert.Equal((3, 6, 1, 1), await CountAsync());
        await KeepAsync(new() { Legs = 5 * Day });
        Assert.Equal((2, 6, 1, 1), await CountAsync());
        await KeepAsync(new() { Legs = 5 * Day, Events = 5 * Day, Records = 5 * Day });
        Assert.Equal((2, 6, 1, 1), await CountAsync());
        Assert.Null(await _test.Database.Legs.FindAsync(_tenant, _old.Facts.Id, Stop));
        Assert.Equal(StoredLegState.Answered, (await _test.Database.Legs.FindAsync(_tenant, _alive.Facts.Id, Stop))!.State);
        Assert.Equal(StoredLegState.Ended, (await _test.Database.Legs.FindAsync(_tenant, _new.Facts.Id, Stop))!.State);
    }

    [Fact, Depth("the gate has each kind going by its own age, and what waits for it staying")]
    public async Task Events_of_a_queue_that_is_over_go_and_those_of_a_live_one_stay()
    {
        QueueFacts over = Queue(1), live = Queue(2);
        await _ledger.AppendAsync(new QueueEvent.QueueBegan { Queue = over, At = over.BeganAt });
        await _ledger.AppendAsync(new QueueEvent.QueueBegan { Queue = live, At = live.BeganAt });
        await _ledger.AppendAsync(new QueueEvent.QueueEnded(QueueEnd.Empty) { Queue = over, At = Script.At(5) });
        await KeepAsync(new() { Events = 5 * Day });
        Assert.Empty(await _test.Database.Events.ListAsync(_tenant, Subject.Of(over.Id), Stop));
        Assert.Single(await _test.Database.Events.ListAsync(_tenant, Subject.Of(live.Id), Stop));
    }

    [Fact, Depth("the gate has each kind going by its own age, and what waits for it staying")]
    public async Task A_promise_of_a_conference_is_over_after_a_day_and_goes_unless_the_conference_is_there()
    {
        var room = new Conferring(_alive, 1, "room");
        await _ledger.AppendAsync(room.Began(10));
        var alone = Guid.NewGuid();
        var documents = _test.Database.Documents.Rows(new DocumentKind(PromisedConferenceTable.Kind));
        foreach (var id in (Guid[])[room.Uuid, alone])
        {
            var (body, at) = (new JsonObject { ["max_participants"] = 7 }, _time.GetUtcNow());
            await documents.InsertAsync(new() { Id = id.ToString(), Tenant = _tenant, Body = body, CreatedAt = at, UpdatedAt = at }, Stop);
        }
        Assert.Equal(ConferenceStatus.InProgress, await StatusAsync(room.Uuid));
        Assert.Equal(ConferenceStatus.Init, await StatusAsync(alone));
        _time.Advance(Day + TimeSpan.FromMinutes(1));
        await KeepAsync(new() { Legs = 5 * Day });
        Assert.Equal(ConferenceStatus.InProgress, await StatusAsync(room.Uuid));
        Assert.Equal(ConferenceStatus.Completed, await StatusAsync(alone));
        _time.Advance(5 * Day);
        await KeepAsync(new() { Legs = 5 * Day });
        Assert.Null(await StatusAsync(alone));
        Assert.Equal(7, (int)(await _test.Database.PromisedConferences.FindAsync(_tenant, room.Uuid, Stop))!.Promise!["max_participants"]!);
    }

    private async Task<ConferenceStatus?> StatusAsync(Guid conference) =>
        (await _test.Database.PromisedConferences.FindAsync(_tenant, conference, Stop))?.Status;

    private QueueFacts Queue(uint counter) =>
        new(new(LegId.Compose(1, 0, 1, counter, 7).Value), Guid.NewGuid(), _tenant, "support", 10, Script.At(1));

    [Fact]
    public async Task Traces_go_too()
    {
        await KeepAsync(new() { Traces = 5 * Day });
        Assert.Empty(await _test.Database.Traces.ListLegAsync(_tenant, _old.Facts.Id, Stop));
        Assert.Single(await _test.Database.Traces.ListLegAsync(_tenant, _new.Facts.Id, Stop));
    }

    [Fact]
    public async Task A_recording_goes_with_its_file_and_the_trail_says_who_did_it()
    {
        var (old, young) = (await RecordAsync(_alive, 4), await RecordAsync(_alive, 8 * 86_400));
        await KeepAsync(new() { Recordings = 5 * Day });
        Assert.Null(await _test.Database.Recordings.FindAsync(_tenant, old, Stop));
        Assert.NotNull(await _test.Database.Recordings.FindAsync(_tenant, young, Stop));
        Assert.Equal([$"{young:D}.wav"], Directory.GetFiles(_test.Folder, "*.wav", SearchOption.AllDirectories).Select(Path.GetFileName));
        var told = Assert.Single((await _test.Database.Audit.ListAsync(_tenant, null, null, isFalling: false, 0, 100, Stop)).Events);
        Assert.Equal((AuditActor.Node, "deleted", old.ToString()), (told.By, told.Change, told.ResourceId));
        // And the trail itself is for good.
        _time.Advance(1_000 * Day);
        await KeepAsync(new() { Legs = Day, Events = Day, Records = Day, Recordings = Day, Traces = Day, Deliveries = Day });
        Assert.Equal(2, (await _test.Database.Audit.ListAsync(_tenant, null, null, isFalling: false, 0, 100, Stop)).Events.Count);
    }

    [Fact]
    public async Task Of_one_that_is_in_a_bucket_the_trail_says_where_it_stays()
    {
        var old = await RecordAsync(_alive, 4);
        var place = new RecordingPlace(null, "eu-central-1", "calls", "2025-03-04/one.wav");
        Assert.True(await _test.Database.Recordings.BringAsync(_tenant, old, place, _time.GetUtcNow(), Stop));
        await KeepAsync(new() { Recordings = 5 * Day });
        Assert.Null(await _test.Database.Recordings.FindAsync(_tenant, old, Stop));
        var told = Assert.Single((await _test.Database.Audit.ListAsync(_tenant, null, null, isFalling: false, 0, 100, Stop)).Events);
        var change = Assert.Single(told.Changes)!;
        Assert.Equal(("left_in_bucket", "calls/2025-03-04/one.wav"), ((string?)change["field"], (string?)change["to"]));
    }

    [Fact]
    public async Task A_leg_whose_recording_is_still_to_be_told_of_stays()
    {
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        var script = new Script(_tenant, 4);
        await _ledger.AppendAsync(script.Initiated());
        await _ledger.AppendAsync(new CallEvent.RecordingStarted(plan) { Leg = script.Facts, At = Script.At(4) });
        await _ledger.AppendAsync(script.Ended());
        await KeepAsync(new() { Legs = Day, Events = Day, Records = Day });
        Assert.NotNull(await _test.Database.Legs.FindAsync(_tenant, script.Facts.Id, Stop));
    }

    [Fact]
    public async Task What_was_answered_under_a_clients_key_goes_after_a_day_whatever_is_kept()
    {
        var rows = _test.Database.Documents.Rows(new(RequestKeyRows.Kind));
        foreach (var (id, age) in new[] { ("old", 1.1 * Day), ("young", 0.9 * Day) })
        {
            var at = _time.GetUtcNow() - age;
            ResourceRow row = new() { Id = id, Tenant = _tenant, Body = [], CreatedAt = at, UpdatedAt = at };
            Assert.Equal(WriteOutcome.Done, await rows.InsertAsync(row, Stop));
        }
        await KeepAsync(new());
        Assert.Null(await rows.FindAsync(_tenant, "old", Stop));
        Assert.NotNull(await rows.FindAsync(_tenant, "young", Stop));
    }

    [Fact, Depth("the gate has each kind going by its own age, and what waits for it staying")]
    public async Task It_is_noted_how_much_there_is()
    {
        await KeepAsync(new());
        await RecordAsync(_alive, 8 * 86_400);
        _time.Advance(TimeSpan.FromHours(1));
        await KeepAsync(new());
        // A day has 24 such hours.
        Assert.InRange(Growth.BytesADay(_test.Folder, _time.GetUtcNow())!.Value, 24 * 5, 24 * 1_000_000);
    }

    private Task KeepAsync(Retention retention) =>
        new Housekeeping(_test.Database, retention, _test.Folder, NullLogger.Instance).RunAsync(Stop);

    private async Task CallAsync(Script script, double at)
    {
        await _ledger.AppendAsync(script.Initiated(at + 1));
        await _ledger.AppendAsync(script.Answered(at + 3));
        await _ledger.AppendAsync(new CallEvent.SpeakStarted(Guid.NewGuid()) { Leg = script.Facts, At = Script.At(at + 4) });
        await _ledger.AppendAsync(script.Ended(at + 5));
    }

    private async Task<Guid> RecordAsync(Script script, double at)
    {
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        string blob = $"recordings/{plan.Id:D}.wav";
        await _test.Database.Blobs.PutAsync(BlobKey.OfRecording(_tenant, plan.Id, plan.Format), "audio"u8.ToArray(), Stop);
        await _ledger.AppendAsync(new CallEvent.RecordingStarted(plan) { Leg = script.Facts, At = Script.At(at) });
        Assert.True(await _ledger.AppendAsync(new CallEvent.RecordingSaved
        {
            Leg = script.Facts, At = Script.At(at + 2), Plan = plan, Reason = RecordEndReason.Stopped, StartedAt = Script.At(at),
            EndedAt = Script.At(at + 1), Length = TimeSpan.FromSeconds(1), Bytes = 5, Blob = blob,
        }));
        return plan.Id;
    }

    private static TraceEntry Trace(LegFacts leg) => new()
    {
        Tenant = leg.Tenant, Leg = leg.Id, At = Script.Anchor.ToWall(leg.StartedAt), Kind = TraceKind.Note, Name = "note",
        Local = "", Remote = "",
    };

    /// <summary>Legs, events, records of calls and of spoken texts.</summary>
    private ValueTask<(long, long, long, long)> CountAsync() => _test.Database.Sql.ReadAsync(
        db => (Count(db, "rw_leg"), Count(db, "rw_ledger"), Count(db, "rw_call_record"), Count(db, "rw_feature_use")), Stop);

    private static long Count(System.Data.IDbConnection db, string table)
    {
        using var command = db.CreateCommand();
        command.CommandText = $"select count(*) from {table}";
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}

public sealed class RetentionOnSqlite() : RetentionTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class RetentionOnPostgres() : RetentionTests(Product.Postgres);
