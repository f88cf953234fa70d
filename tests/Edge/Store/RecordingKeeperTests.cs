using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Edge.Store.Blobs;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Recordings;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

/// <summary>From the end of a recording to its row, its blob and its one event.</summary>
public abstract class RecordingKeeperTests(Product product) : IAsyncLifetime
{
    private readonly Files _files = new();
    private readonly Projector _projector = new();
    private readonly TempFolder _spool = new();
    private TestDatabase _test = null!;     // set before each test
    private Ledger _ledger = null!;
    private RecordingKeeper _keeper = null!;
    private RecordingParts _parts = null!;
    private Script _script = null!;

    private static CancellationToken Stop => TestDatabase.Stop;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync(product, new FakeTimeProvider(Script.Anchor.Wall.AddMinutes(1)));
        _script = new(await _test.TenantAsync());
        Begin();
        await _ledger.AppendAsync(_script.Initiated());
        await _ledger.AppendAsync(_script.Answered());
    }

    public async ValueTask DisposeAsync()
    {
        await _test.DisposeAsync();
        _spool.Dispose();
    }

    [Fact]
    public void Half_a_file_that_cannot_be_deleted_is_named_and_stops_nothing()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder.File("recordings"));
        // Nobody can delete a file of the kernel's.
        Directory.CreateSymbolicLink(folder.File(Path.Combine("recordings", "parts")), "/proc/self/fdinfo");
        var left = RecordingParts.In(folder.Path).DeleteStray(new HashSet<Guid>());
        Assert.NotEmpty(left);
        Assert.All(left, file => Assert.NotEmpty(file.Reason));
    }

    [Fact]
    public async Task A_recording_becomes_a_blob_a_row_and_an_event()
    {
        var plan = await StartAsync();
        Assert.Null(await _test.Database.Recordings.FindAsync(_script.Facts.Tenant, plan.Id, Stop));
        Write(plan, "audio");
        await KeepAsync(plan);

        var row = (await _test.Database.Recordings.FindAsync(_script.Facts.Tenant, plan.Id, Stop))!;
        Assert.Equal((RecordingState.Saved, Script.Anchor.Wall.AddSeconds(4), Script.Anchor.Wall.AddSeconds(9)),
            (row.State, row.StartedAt, row.EndedAt));
        Assert.Equal((TimeSpan.FromSeconds(2), 5L, _script.Facts.Uuid, plan), (row.Length, row.Bytes, row.LegUuid, row.Plan));
        Assert.Equal("audio", await TextAsync(plan));
        var played = (await _test.Database.Media.FindRecordingAsync(_script.Facts.Tenant, plan.Id, Stop))!;
        Assert.Equal((5L, "audio"), (played.Bytes, System.Text.Encoding.UTF8.GetString((await played.Read(Stop))!)));
        var stranger = await _test.TenantAsync("stranger");
        Assert.Null(await _test.Database.Media.FindRecordingAsync(stranger, plan.Id, Stop));
        Assert.Empty(Directory.GetFiles(_spool.Path));
        Assert.Equal(["recording_started", "recording_saved"], await TypesAsync());
        Assert.Equal("RecordingSaved", _projector.Seen[^1].Type);
    }

    [Fact]
    public async Task It_may_be_saved_after_the_end_of_its_leg()
    {
        var plan = await StartAsync();
        Assert.True(await _ledger.AppendAsync(_script.Ended(at: 10)));
        Write(plan, "audio");
        await KeepAsync(plan, RecordEndReason.Hangup);
        Assert.Equal(["recording_started", "leg_ended", "recording_saved"], await TypesAsync());
        // The wall clock says something else by now.
        Assert.Equal((Script.Anchor.Wall.AddSeconds(1), Script.Anchor.Wall.AddSeconds(10)),
            (_projector.Seen[^1].StartedAt, _projector.Seen[^1].At));
        Assert.Equal(StoredLegState.Ended, (await _test.Database.Legs.FindAsync(_script.Facts.Tenant, _script.Facts.Id, Stop))!.State);
    }

    [Fact]
    public async Task One_recording_is_told_once_however_often_it_is_kept()
    {
        var plan = await StartAsync();
        Write(plan, "audio");
        await KeepAsync(plan);
        Write(plan, "again");
        await KeepAsync(plan);
        Assert.Equal(["recording_started", "recording_saved"], await TypesAsync());
    }

    [Fact]
    public async Task A_file_that_failed_is_told_and_is_in_no_list()
    {
        var plan = await StartAsync();
        _files.Written[plan.Id] = RecordedFile.Failed("No space left on device");
        await KeepAsync(plan);
        Assert.Equal(["recording_started", "recording_failed"], await TypesAsync());
        Assert.Equal("No space left on device", ((CallEvent.RecordingFailed)(await RowsAsync())[^1].ToEvent()).Detail);
        Assert.Equal(0, (await _test.Database.Recordings.ListAsync(_script.Facts.Tenant, new(), Stop)).Total);
    }

    [Fact]
    [Failure("recordings-disk-still")]
    public async Task What_is_missing_in_a_recording_is_kept_with_it_and_its_marks_go()
    {
        var plan = await StartAsync();
        Write(plan, "with a gap");
        RecordGap[] gaps = [new(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(9.5)),
            new(TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(1))];
        _files.Written[plan.Id] = _files.Written[plan.Id] with { Gaps = gaps };
        string parts = _parts.Folder, other = Path.Combine(parts, $"{Guid.NewGuid():D}.part");
        Directory.CreateDirectory(parts);
        foreach (string file in new[] { Path.Combine(parts, $"{plan.Id:D}.gaps"), other }) File.WriteAllText(file, "20000 9500");
        await KeepAsync(plan);
        Assert.Equal(gaps, (await _test.Database.Recordings.FindAsync(_script.Facts.Tenant, plan.Id, Stop))!.Gaps);
        Assert.Equal(gaps, ((CallEvent.RecordingSaved)(await RowsAsync())[^1].ToEvent()).Gaps);
        await _keeper.FinishAsync(TimeSpan.FromMinutes(1));
        Assert.Equal([other], Directory.GetFiles(parts));
    }

    [Fact]
    [Failure("files-store-away")]
    public async Task While_the_store_takes_no_files_the_recording_stays_where_it_is_and_is_tried_again()
    {
        var plan = await StartAsync();
        Write(plan, "audio");
        string inTheWay = Path.Combine(_test.Folder, "recordings");
        await File.WriteAllTextAsync(inTheWay, "in the way", Stop);
        var time = (FakeTimeProvider)_test.Time;
        // The database has timers of its own, which come and go.
        Task RestsAsync(int seconds) =>
            Eventually.TrueAsync(() => time.HasTimer(TimeSpan.FromSeconds(seconds)), $"it rests for {seconds} s");
        async Task RestAsync(int seconds)
        {
            await RestsAsync(seconds);
            time.Advance(TimeSpan.FromSeconds(seconds));
        }
        _keeper.Keep(new(_script.Facts, plan, RecordEndReason.Stopped, Script.At(4), Script.At(9), Script.At(10)));
        foreach (int seconds in (int[])[1, 2, 4, 8]) await RestAsync(seconds);
        // The try behind the last rest is over, too: it must not find the way free.
        await RestsAsync(16);
        Assert.Equal(["recording_started"], await TypesAsync());
        Assert.Equal("audio", await File.ReadAllTextAsync(_files.Written[plan.Id].Path, Stop));

        File.Delete(inTheWay);
        await RestAsync(16);
        await Eventually.SomeAsync<object>(async () => (await TypesAsync()).Count() == 2 ? plan : null, "the recording is told");
        Assert.Equal(["recording_started", "recording_saved"], await TypesAsync());
        Assert.Equal("audio", await TextAsync(plan));
        await _keeper.FinishAsync(TimeSpan.FromMinutes(1));
    }

    [Fact]
    [Failure("files-store-away")]
    public async Task A_node_that_ends_while_the_store_is_away_leaves_the_recording_to_the_next_start()
    {
        var store = new RemoteBlobs(_test.Database.Time) { IsAway = true };
        _test.Blobs = store;
        await _test.ReopenAsync();
        Begin();
        _script = new(_script.Facts.Tenant, 2);
        await _ledger.AppendAsync(_script.Initiated());
        await _ledger.AppendAsync(_script.Answered());
        var plan = await StartAsync();
        Write(plan, "audio");
        string file = _files.Written[plan.Id].Path;
        await KeepAsync(plan);      // and finishes: it is asked once more
        Assert.Equal(["recording_started"], await TypesAsync());
        Assert.Equal("audio", await File.ReadAllTextAsync(file, Stop));

        // The next start finds it still away.
        await _test.ReopenAsync();
        Begin();
        await _ledger.RecoverAsync(Stop);
        Assert.Equal(1, await _keeper.RepairAsync(Stop));
        await _keeper.FinishAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["recording_started", "leg_ended"], await TypesAsync());

        store.IsAway = false;
        store.TakesAtMost = 3;      // it breaks off in the middle
        await _test.ReopenAsync();
        Begin();
        int asked = store.Asked;
        await _keeper.RepairAsync(Stop);
        await Eventually.TrueAsync(() => store.Asked > asked, "it was tried");
        Assert.Empty(store.Names);
        store.TakesAtMost = null;
        await _keeper.FinishAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["recording_started", "leg_ended", "recording_saved"], await TypesAsync());
        Assert.Equal([KeyOf(plan).ToString()], store.Names);
        Assert.False(File.Exists(file));
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task What_a_crash_left_is_saved_or_failed_once_at_the_next_start(bool isThere)
    {
        var plan = await StartAsync();
        await _test.ReopenAsync();
        Begin();
        if (isThere) Write(plan, "part");
        await _ledger.RecoverAsync(Stop);
        Assert.Equal(1, await _keeper.RepairAsync(Stop));
        await _keeper.FinishAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["recording_started", "leg_ended", isThere ? "recording_saved" : "recording_failed"], await TypesAsync());

        await _test.ReopenAsync();
        Begin();
        Assert.Equal(0, await _keeper.RepairAsync(Stop));
    }

    [Fact]
    public async Task A_blob_whose_process_died_before_it_told_is_told()
    {
        var plan = await StartAsync();
        await _test.Database.Blobs.TakeAsync(KeyOf(plan), Spooled("moved"), Stop);
        await _keeper.RepairAsync(Stop);
        await _keeper.FinishAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["recording_started", "recording_saved"], await TypesAsync());
    }

    [Fact]
    public async Task A_half_file_that_no_open_row_speaks_of_goes_at_start()
    {
        var plan = await StartAsync();
        string parts = _parts.Folder;
        Directory.CreateDirectory(parts);
        string open = Path.Combine(parts, $"{plan.Id:D}.part"), stray = Path.Combine(parts, $"{Guid.NewGuid():D}.part");
        foreach (string file in new[] { open, stray }) File.WriteAllText(file, "audio");
        await _keeper.RepairAsync(Stop);
        Assert.Equal((true, false), (File.Exists(open), File.Exists(stray)));
    }

    [Fact]
    public async Task Lists_are_filtered_paged_and_each_tenants_own()
    {
        var first = await SavedAsync();
        var second = await SavedAsync();
        var tenant = _script.Facts.Tenant;
        Assert.Equal([second, first], await ListAsync(new()));
        Assert.Equal([first, second], await ListAsync(new() { IsAscending = true }));
        Assert.Equal([first], await ListAsync(new() { Offset = 1, Limit = 1 }));
        Assert.Equal([second, first], await ListAsync(new()
        {
            LegUuid = _script.Facts.Uuid, Session = _script.Facts.Session.Value, Connection = _script.Facts.Connection,
            From = _script.Facts.From, To = _script.Facts.To
        }));
        Assert.Empty(await ListAsync(new() { LegUuid = Guid.NewGuid() }));
        Assert.Empty(await ListAsync(new() { From = "+1" }));
        Assert.Empty(await ListAsync(new() { CreatedFrom = Script.Anchor.Wall.AddHours(1) }));
        Assert.Equal(2, (await ListAsync(new() { CreatedTo = Script.Anchor.Wall.AddHours(1) })).Count);
        var stranger = await _test.TenantAsync("other");
        Assert.Equal(0, (await _test.Database.Recordings.ListAsync(stranger, new(), Stop)).Total);
        Assert.Null(await _test.Database.RecordingLog.DeleteAsync(stranger, first, null, Stop));
        Assert.Equal(first, (await _test.Database.RecordingLog.DeleteAsync(tenant, first, null, Stop))!.Id);
        Assert.Null(await _test.Database.RecordingLog.DeleteAsync(tenant, first, null, Stop));
        Assert.Equal([second], await ListAsync(new()));

        async Task<IReadOnlyList<Guid>> ListAsync(RecordingQuery query) =>
            [.. (await _test.Database.Recordings.ListAsync(tenant, query, Stop)).Rows.Select(r => r.Id)];
    }

    [Fact]
    public async Task A_message_is_in_its_mailbox_and_nowhere_else_and_the_lamp_of_its_phone_tells_of_it()
    {
        var (database, tenant) = (_test.Database, _script.Facts.Tenant);
        var mailbox = new VoiceMailbox(tenant, "+4989111");
        var phone = new Connection
        {
            Id = new(7), Tenant = tenant, Kind = ConnectionKind.Credential, Name = "desk",
            Sip = new() { UserName = "desk1", Password = "x" },
        };
        await database.Connections.Records.AddAsync("7", phone, Script.Anchor.Wall, work: null, Stop);
        await database.Numbers.Records.AddAsync("1000000000000000001", new(mailbox.Number, tenant, phone.Id), Script.Anchor.Wall,
            work: null, Stop);
        await database.MailboxSettings.SetAsync(tenant, mailbox.Number, new(true, "4321"), note: null, Stop);

        var plan = await StartAsync(mailbox.Number);
        Write(plan, "hello");
        await KeepAsync(plan);
        var message = Assert.Single(await database.Mailboxes.ListAsync(mailbox, Stop));
        Assert.Equal((plan.Id, TimeSpan.FromSeconds(2), false), (message.Id, message.Length, message.IsHeard));
        Assert.Equal((1, 0), Lamp());
        Assert.Null(await database.Recordings.FindAsync(tenant, plan.Id, Stop));
        Assert.Empty((await database.Recordings.ListAsync(tenant, new(), Stop)).Rows);
        Assert.NotNull(await database.Media.FindMessageAsync(tenant, plan.Id, Stop));
        Assert.Null(await database.Media.FindRecordingAsync(tenant, plan.Id, Stop));

        // A stranger with the same number in mind has nothing of it.
        var thief = mailbox with { Tenant = await _test.TenantAsync("other") };
        Assert.Empty(await database.Mailboxes.ListAsync(thief, Stop));
        Assert.Null(await database.Mailboxes.ReadAsync(thief, plan.Id, Stop));
        Assert.Null(await database.Media.FindMessageAsync(thief.Tenant, plan.Id, Stop));
        Assert.False(await database.Mailboxes.DeleteAsync(thief, plan.Id, Stop));

        await database.Mailboxes.MarkHeardAsync(mailbox, plan.Id, Stop);
        Assert.Equal((0, 1), Lamp());
        Assert.True(await database.Mailboxes.DeleteAsync(mailbox, plan.Id, Stop));
        Assert.Equal((0, 0), Lamp());
        Assert.Null(await TextAsync(plan));

        (int, int) Lamp() => database.Routing.Current.FindMessages(tenant, "desk1") is { } waiting ? (waiting.New, waiting.Old) : (0, 0);
    }

    [Fact]
    public async Task Who_hangs_up_behind_the_beep_leaves_nothing()
    {
        var plan = await StartAsync("+4989111");
        _files.Written[plan.Id] = new() { Path = Spooled("click"), Bytes = 5, Length = TimeSpan.FromMilliseconds(900) };
        await KeepAsync(plan);
        Assert.Equal(["recording_started", "recording_failed"], await TypesAsync());
        Assert.Null(await TextAsync(plan));
        Assert.Empty(await _test.Database.Recordings.ListOpenOfAllTenantsAsync(Stop));
    }

    private void Begin()
    {
        _parts = RecordingParts.In(_test.Folder);
        _ledger = new(_test.Database, Script.Anchor, [_projector], NullLogger.Instance);
        _keeper = new(_test.Database, _ledger, _files, _parts, NullLogger.Instance);
    }

    private BlobKey KeyOf(RecordPlan plan) => BlobKey.OfRecording(_script.Facts.Tenant, plan.Id, plan.Format);

    private async Task<string?> TextAsync(RecordPlan plan) =>
        await _test.Database.Blobs.ReadAsync(KeyOf(plan), Stop) is { } bytes ? System.Text.Encoding.ASCII.GetString(bytes) : null;

    private async Task<RecordPlan> StartAsync(string? mailbox = null)
    {
        var plan = new RecordPlan
        {
            Id = Guid.NewGuid(), IsDual = true, MaximumLength = TimeSpan.FromMinutes(3), FileName = "mine", Mailbox = mailbox,
        };
        Assert.True(
            await _ledger.AppendAsync(new CallEvent.RecordingStarted(plan) { Leg = _script.Facts, At = Script.At(4 + _started++) }));
        return plan;
    }

    private int _started;

    private async Task<Guid> SavedAsync()
    {
        var plan = await StartAsync();
        Write(plan, "audio");
        await KeepAsync(plan);
        return plan.Id;
    }

    private string Spooled(string text)
    {
        string path = _spool.File(Guid.NewGuid().ToString());
        File.WriteAllText(path, text);
        return path;
    }

    private void Write(RecordPlan plan, string text) =>
        _files.Written[plan.Id] = new() { Path = Spooled(text), Bytes = text.Length, Length = TimeSpan.FromSeconds(2) };

    private async Task KeepAsync(RecordPlan plan, RecordEndReason reason = RecordEndReason.Stopped)
    {
        _keeper.Keep(new(_script.Facts, plan, reason, Script.At(4), Script.At(9), Script.At(10)));
        await _keeper.FinishAsync(TimeSpan.FromMinutes(1));
    }

    private ValueTask<IReadOnlyList<LedgerRow>> RowsAsync() =>
        _test.Database.Events.ListLegAsync(_script.Facts.Tenant, _script.Facts.Id, Stop);

    private async Task<IEnumerable<string>> TypesAsync() => (await RowsAsync()).Select(r => r.Type).Skip(2);

    /// <summary>A media plane whose files the test writes.</summary>
    private sealed class Files : IRecordingFiles
    {
        public Dictionary<Guid, RecordedFile> Written { get; } = [];

        public string? Missing(RecordFormat format) => null;
        public Task<RecordedFile> WhenWrittenAsync(Guid recording) => Task.FromResult(Written[recording]);
        public TimeSpan LengthLeft(RecordPlan plan) => Written.TryGetValue(plan.Id, out var file) ? file.Length : TimeSpan.Zero;
        public Task<RecordedFile> RepairAsync(RecordPlan plan, CancellationToken stop) =>
            Task.FromResult(Written.TryGetValue(plan.Id, out var file) ? file : RecordedFile.Failed("nothing there"));
    }
}

public sealed class RecordingKeeperOnSqlite() : RecordingKeeperTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class RecordingKeeperOnPostgres() : RecordingKeeperTests(Product.Postgres);
