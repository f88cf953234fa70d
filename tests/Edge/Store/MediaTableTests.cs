using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Blobs;
using Ringwright.Store.Tables;
using Ringwright.Testing;

namespace Ringwright.Edge.Store;

public abstract class MediaTableTests(Product product) : IAsyncLifetime
{
    private readonly FakeTimeProvider _time = new();
    private TestDatabase _test = null!;         // set before each test
    private TenantId _tenant;

    private MediaTable Media => _test.Database.Media;
    private string[] Files => Directory.GetFiles(Path.Combine(_test.Folder, "media"), "*", SearchOption.AllDirectories);
    private static CancellationToken Stop => TestDatabase.Stop;

    public async ValueTask InitializeAsync()
    {
        _test = await TestDatabase.OpenAsync(product, _time);
        _tenant = await _test.TenantAsync();
    }

    public ValueTask DisposeAsync() => _test.DisposeAsync();

    private async ValueTask<MediaRow?> AddAsync(string name, byte content = 1, double hours = 1, string type = "audio/wav") =>
        (await Media.AddAsync(_tenant, name, type, _time.GetUtcNow().AddHours(hours), new[] { content }, null, null, Stop)).Row;

    private async Task<byte[]?> ReadAsync(string name) =>
        await Media.FindAsync(_tenant, name, Stop) is { } found ? await found.Read(Stop) : null;

    [Fact]
    public async Task What_is_kept_is_found_by_its_owner_and_by_nobody_else()
    {
        var added = await AddAsync("hello", 7);
        var other = await _test.TenantAsync("other");

        Assert.Equal(("hello", "audio/wav", 1L, _time.GetUtcNow().AddHours(1)),
            (added!.Name, added.ContentType, added.Bytes, added.ExpiresAt));
        Assert.Equal([7], await ReadAsync("hello"));
        Assert.Null(await Media.FindAsync(other, "hello", Stop));
        Assert.Null(await Media.GetAsync(other, "hello", Stop));
        Assert.False(await Media.DeleteAsync(other, "hello", null, Stop));
        Assert.Equal(new(MediaOutcome.Missing),
            await Media.ChangeAsync(other, "hello", new() { ExpiresAt = _time.GetUtcNow() }, null, null, Stop));
        Assert.Empty((await Media.ListAsync(other, [], 0, 10, Stop)).Rows);
    }

    [Fact]
    public async Task What_a_dead_process_left_half_written_goes_at_the_next_start()
    {
        await AddAsync("whole", 7);
        string half = Path.Combine(_test.Folder, "media", "0123.part");
        await File.WriteAllBytesAsync(half, [1], Stop);
        await _test.ReopenAsync();
        Assert.False(File.Exists(half));
        Assert.Equal([7], await ReadAsync("whole"));
    }

    [Fact]
    public async Task A_tenants_files_have_no_more_bytes_together_than_it_may_keep()
    {
        Task<MediaWritten> PutAsync(TenantId tenant, string name, int bytes) =>
            Media.AddAsync(tenant, name, "audio/wav", _time.GetUtcNow().AddHours(1), new byte[bytes], 10, null, Stop).AsTask();
        var other = await _test.TenantAsync("other");
        Assert.Equal(MediaOutcome.Done, (await PutAsync(_tenant, "a", 6)).Outcome);
        Assert.Equal(MediaOutcome.OverLimit, (await PutAsync(_tenant, "b", 5)).Outcome);
        Assert.Equal(MediaOutcome.Done, (await PutAsync(_tenant, "b", 4)).Outcome);
        Assert.Equal(MediaOutcome.Done, (await PutAsync(other, "b", 10)).Outcome);

        Assert.Equal(MediaOutcome.OverLimit,
            (await Media.ChangeAsync(_tenant, "b", new() { Content = new byte[5] }, 10, null, Stop)).Outcome);
        Assert.Equal(MediaOutcome.Done, (await Media.ChangeAsync(_tenant, "b", new() { Content = new byte[3] }, 10, null, Stop)).Outcome);
        Assert.Equal(3, Files.Length);

        _time.Advance(TimeSpan.FromHours(1));       // what has expired takes no room
        Assert.Equal(MediaOutcome.Done, (await PutAsync(_tenant, "c", 10)).Outcome);
    }

    [Fact]
    public async Task A_name_is_taken_until_its_file_expires()
    {
        await AddAsync("hello", 1);
        Assert.Null(await AddAsync("hello", 2));
        Assert.Single(Files);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Null(await ReadAsync("hello"));
        Assert.NotNull(await AddAsync("hello", 3));
        Assert.Equal([3], await ReadAsync("hello"));
        Assert.Single(Files);
    }

    [Fact]
    public async Task New_content_replaces_the_file_and_the_rest_stays_unless_it_is_said()
    {
        var added = await AddAsync("hello", 1);
        _time.Advance(TimeSpan.FromMinutes(1));

        var changed = (await Media.ChangeAsync(_tenant, "hello", new() { Content = new byte[] { 2, 2 }, ContentType = "audio/mpeg" },
            null, null, Stop)).Row;
        Assert.Equal(("audio/mpeg", 2L, added!.ExpiresAt, added.CreatedAt),
            (changed!.ContentType, changed.Bytes, changed.ExpiresAt, changed.CreatedAt));
        Assert.True(changed.UpdatedAt > changed.CreatedAt);
        Assert.Equal([2, 2], await ReadAsync("hello"));
        Assert.Single(Files);

        var later = (await Media.ChangeAsync(_tenant, "hello", new() { ExpiresAt = _time.GetUtcNow().AddDays(9) }, null, null, Stop)).Row;
        Assert.Equal(("audio/mpeg", 2L, _time.GetUtcNow().AddDays(9)), (later!.ContentType, later.Bytes, later.ExpiresAt));
    }

    [Fact]
    public async Task What_is_deleted_is_gone_with_its_file()
    {
        await AddAsync("hello");
        Assert.True(await Media.DeleteAsync(_tenant, "hello", null, Stop));
        Assert.False(await Media.DeleteAsync(_tenant, "hello", null, Stop));
        Assert.Null(await ReadAsync("hello"));
        Assert.Empty(Files);
    }

    [Fact]
    public async Task The_list_is_newest_first_by_page_and_by_type()
    {
        foreach (var (name, type) in new[] { ("a", "audio/wav"), ("b", "audio/mpeg"), ("c", "audio/wav") })
        {
            await AddAsync(name, type: type);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
        await AddAsync("old", hours: 0.0001);
        _time.Advance(TimeSpan.FromSeconds(1));

        var page = await Media.ListAsync(_tenant, [], 0, 2, Stop);
        Assert.Equal(["c", "b"], page.Rows.Select(r => r.Name));
        Assert.Equal(3, page.Total);
        Assert.Equal(["a"], (await Media.ListAsync(_tenant, [], 2, 2, Stop)).Rows.Select(r => r.Name));
        var wavs = await Media.ListAsync(_tenant, ["audio/wav"], 0, 10, Stop);
        Assert.Equal(["c", "a"], wavs.Rows.Select(r => r.Name));
        Assert.Equal(2, wavs.Total);
    }

    [Fact]
    public async Task The_sweep_frees_expired_files_and_what_a_crash_left()
    {
        await AddAsync("short", hours: 0.5);
        await AddAsync("long", hours: 99);
        string former = Path.Combine(_test.Folder, "media", $"{Guid.NewGuid():N}");
        await File.WriteAllTextAsync(former, "written before owners had folders", Stop);
        await _test.Database.Blobs.PutAsync(BlobKey.OfMedia(_tenant, Guid.NewGuid()),
            "of a write that never came to its row"u8.ToArray(), Stop);
        var young = Guid.NewGuid();
        await _test.Database.Blobs.PutAsync(BlobKey.OfMedia(_tenant, young), "just being written"u8.ToArray(), Stop);
        string fresh = Files.Single(file => Path.GetFileName(file) == $"{young:D}");
        Assert.Equal(5, Files.Length);
        _time.Advance(TimeSpan.FromHours(2));
        foreach (string file in Files) File.SetLastWriteTimeUtc(file, _time.GetUtcNow().UtcDateTime.AddHours(file == fresh ? 0 : -2));

        Assert.Equal(1, await Media.PruneAsync(Stop));

        Assert.Equal(2, Files.Length);
        Assert.Contains(fresh, Files);
        Assert.NotNull(await ReadAsync("long"));
    }

    [Fact]
    public async Task The_sweep_runs_at_the_start()
    {
        await AddAsync("short", hours: 0.5);
        _time.Advance(TimeSpan.FromHours(2));
        File.SetLastWriteTimeUtc(Files[0], _time.GetUtcNow().UtcDateTime.AddHours(-2));

        await using (var sweep = Sweep.OfMedia(Media, NullLogger.Instance))
        {
            sweep.Start(_time, NullLogger.Instance);
            await Eventually.TrueAsync(() => Files.Length == 0, "the expired file is gone");
        }
    }
}

public sealed class MediaTableOnSqlite() : MediaTableTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class MediaTableOnPostgres() : MediaTableTests(Product.Postgres);
