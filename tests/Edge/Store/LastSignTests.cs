using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>A process that carried a call has died, and hours later the next one starts: until when did the call last?</summary>
public abstract class LastSignTests(Product product) : IAsyncLifetime
{
    private static readonly DateTimeOffset Began = Script.Anchor.Wall;
    private static readonly TimeSpan Outage = TimeSpan.FromHours(2);

    private readonly FakeTimeProvider _time = new(Began);
    private readonly Projector _projector = new();
    private TimeSpan _elapsed;
    private TestDatabase _test = null!;     // set before each test
    private Ledger _ledger = null!;
    private Script _script = null!;

    private static CancellationToken Stop => TestDatabase.Stop;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync(product, _time);
        _script = new(await _test.TenantAsync());
        _script.Facts = _script.Facts with { Id = IdOf(1), Trunk = new(Guid.NewGuid()) };      // which costs
        _ledger = new(_test.Database, new(new(0), Began), [], NullLogger.Instance);
        await _ledger.AppendAsync(_script.Initiated(at: 1));
        await _ledger.AppendAsync(_script.Answered(at: 3));
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    [Fact, Failure("process-killed")]
    public async Task It_ends_at_its_last_event_when_there_is_no_later_sign()
    {
        await _ledger.AppendAsync(_script.Digit('1', at: 7));
        await CheckEndAsync(await StartAgainAsync(), seconds: 7, "its last event");
    }

    [Fact, Failure("process-killed")]
    public async Task It_ends_at_the_nodes_last_sign()
    {
        await SignAsync(20);
        await SignAsync(25.25);
        await CheckEndAsync(await StartAgainAsync(), seconds: 25.25, "a sign of the node");
    }

    [Fact]
    public async Task An_event_after_the_last_sign_is_a_later_one()
    {
        await SignAsync(20);
        await _ledger.AppendAsync(_script.Digit('1', at: 21));
        await CheckEndAsync(await StartAgainAsync(), seconds: 21, "its last event");
    }

    [Fact, Failure("process-killed")]
    public async Task It_ends_with_what_was_recorded_of_it_when_that_is_more()
    {
        var plan = new RecordPlan { Id = Guid.NewGuid() };
        await SignAsync(20);
        await _ledger.AppendAsync(new CallEvent.RecordingStarted(plan) { Leg = _script.Facts, At = Script.At(5) });
        await CheckEndAsync(await StartAgainAsync(new Recorded(plan.Id, TimeSpan.FromSeconds(18.5))), seconds: 23.5,
            "the end of its recording");
    }

    [Fact]
    public async Task The_sign_of_a_later_process_says_nothing_of_it()
    {
        await _ledger.AppendAsync(_script.Digit('1', at: 20));
        await _test.ReopenAsync();
        _time.Advance(TimeSpan.FromMinutes(1));
        // This start is killed before it has ended anything, but not before a call of its own.
        var second = new Ledger(_test.Database, new(new(0), Began), [], NullLogger.Instance);
        var other = new Script(_script.Facts.Tenant, 2);
        other.Facts = other.Facts with { Id = IdOf(2) };
        await second.AppendAsync(other.Initiated());
        await second.SignAsync(Stop);
        await StartAgainAsync(legs: 2);
        Assert.Equal(Began.AddSeconds(20), (await LegAsync()).EndedAt);
    }

    [Theory, InlineData(1), InlineData(-1), Failure("clock-stepped")]
    public async Task A_clock_that_was_set_during_the_call_neither_lengthens_nor_shortens_it(int hours)
    {
        _time.Step(TimeSpan.FromHours(hours));
        await SignAsync(20);
        await CheckEndAsync(await StartAgainAsync(), seconds: 20, "a sign of the node");
    }

    [Fact, Failure("clock-stepped")]
    public async Task A_clock_that_was_set_back_during_the_outage_puts_the_hang_up_at_the_end_and_not_before()
    {
        await SignAsync(20);
        _time.Step(-TimeSpan.FromHours(5));
        await StartAgainAsync();
        var leg = await LegAsync();
        Assert.Equal((Began.AddSeconds(20), null), (leg.EndedAt, leg.FoundEndedAt));
        Assert.Equal(Began.AddSeconds(20), Assert.Single(_projector.Seen, s => s.Type == "LegEnded").At);
    }

    [Fact]
    public async Task A_node_without_a_call_writes_no_sign()
    {
        await _ledger.AppendAsync(_script.Ended(at: 5));
        await SignAsync(20);
        Assert.Equal(["0"], await _test.QueryAsync("select cast(count(alive_nanos) as text) from rw_node"));
    }

    [Fact]
    public async Task The_hang_up_is_found_in_the_log_of_its_call_however_long_the_outage_was()
    {
        await SignAsync(20);
        await StartAgainAsync();
        var page = await _test.Database.CallEvents.ListAsync(_script.Facts.Tenant, "LegEnded",
            new() { LegUuid = _script.Facts.Uuid }, Stop);
        Assert.Contains(page!.Rows, row => row is { Name: "LegEnded", Verdict.Cause: HangupCause.NodeRestart });
    }

    /// <summary>Of the process that has the database open.</summary>
    private LegId IdOf(uint counter) => LegId.Compose(_test.Database.Node.Node, 0, _test.Database.Node.Epoch, counter, counter);

    /// <summary>So many seconds after the beginning, by the clock that nobody sets.</summary>
    private async Task SignAsync(double seconds)
    {
        _time.Advance(TimeSpan.FromSeconds(seconds) - _elapsed);
        _elapsed = TimeSpan.FromSeconds(seconds);
        await _ledger.SignAsync(Stop);
    }

    /// <returns>When that was.</returns>
    private async Task<DateTimeOffset> StartAgainAsync(IRecordingFiles? files = null, int legs = 1)
    {
        _time.Advance(Outage);
        await _test.ReopenAsync();
        var deck = (await _test.Database.RateDecks.CreateAsync("deck", isDefault: true, Stop))!;
        var rate = new Rate { Prefix = "+1", Currency = "USD", MicrosPerMinute = 60_000, InitialSeconds = 1, IncrementSeconds = 1 };
        await _test.Database.RateDecks.ImportAsync(deck.Id, [(Direction.Outbound, rate)], isWhole: false, Stop);
        var now = _time.GetUtcNow();
        // The new process has another clock.
        var next = new Ledger(_test.Database, new(new(5_000_000_000_000), now), [_projector], NullLogger.Instance);
        Assert.Equal(legs, await next.RecoverAsync(Stop, files));
        return now;
    }

    private async Task<LegRow> LegAsync() => (await _test.Database.Legs.FindAsync(_script.Facts.Tenant, _script.Facts.Id, Stop))!;

    private async Task CheckEndAsync(DateTimeOffset restartedAt, double seconds, string sign)
    {
        var (tenant, id) = (_script.Facts.Tenant, _script.Facts.Id);
        var end = Began.AddSeconds(seconds);
        int talk = (int)Math.Ceiling(seconds - 3);
        var leg = await LegAsync();
        Assert.Equal((end, restartedAt, HangupCause.NodeRestart), (leg.EndedAt, leg.FoundEndedAt, leg.Cause));
        var record = (await _test.Database.CallRecords.FindAsync(tenant, id, Stop))!;
        Assert.Equal((end, (int)Math.Ceiling(seconds - 1), talk, new Money(talk * 1_000, "USD")),
            (record.EndedAt, record.TotalSeconds, record.TalkSeconds, record.Cost));

        // Told at the restart, so behind everything that went before.
        var told = (await _test.Database.Events.ListLegAsync(tenant, id, Stop)).Single(row => row.Type == "leg_ended");
        var ended = (CallEvent.LegEnded)told.ToEvent();
        Assert.Equal((restartedAt, end), (told.At, told.At - (ended.At - ended.EndedAt())));
        Assert.Equal(restartedAt, Assert.Single(_projector.Seen, s => s.Type == "LegEnded").At);
        Assert.Equal($"The node stopped while the leg was alive. Its last sign of life, {sign} at "
            + $"{end.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'}, counts as its end.",
            ended.Evidence);
        Assert.Equal(ended.Evidence, leg.Evidence);
    }

    /// <summary>What there is of one recording.</summary>
    private sealed class Recorded(Guid id, TimeSpan length) : IRecordingFiles
    {
        public string? Missing(RecordFormat format) => null;
        public Task<RecordedFile> WhenWrittenAsync(Guid recording) => throw new NotSupportedException();
        public TimeSpan LengthLeft(RecordPlan plan) => plan.Id == id ? length : TimeSpan.Zero;
        public Task<RecordedFile> RepairAsync(RecordPlan plan, CancellationToken stop) => throw new NotSupportedException();
    }
}

public sealed class LastSignOnSqlite() : LastSignTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class LastSignOnPostgres() : LastSignTests(Product.Postgres);
