using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store.Blobs;
using Ringwright.Testing;

namespace Ringwright.Edge.Store.Blobs;

/// <summary>What every store of blobs does alike: another one has to pass these.</summary>
public abstract class BlobStoreTests : IDisposable
{
    private static readonly TenantId Acme = new(Guid.NewGuid()), Other = new(Guid.NewGuid());

    private protected TempFolder Folder { get; } = new();

    private protected abstract IBlobs Blobs { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<BlobArea> Areas => [.. Enum.GetValues<BlobArea>()];

    public void Dispose() => Folder.Dispose();

    [Theory, MemberData(nameof(Areas))]
    public async Task What_is_put_is_there_until_it_is_deleted(BlobArea area)
    {
        var key = KeyOf(area, Acme);
        await PutAsync(key, "0123456789");
        Assert.Equal(10, (await Blobs.FindAsync(key, Stop))!.Bytes);
        Assert.Equal("0123456789", await ReadAsync(key));
        await Blobs.DeleteAsync(key, Stop);
        Assert.Null(await Blobs.FindAsync(key, Stop));
        Assert.Null(await ReadAsync(key));
        // What is not there is no error.
        await Blobs.DeleteAsync(key, Stop);
    }

    [Theory]
    [InlineData(0, null, "0123456789"), InlineData(0, 3, "012"), InlineData(4, 3, "456"), InlineData(8, 9, "89"),
        InlineData(4, null, "456789"), InlineData(10, null, ""), InlineData(99, 1, "")]
    public async Task A_part_of_it_is_read(long from, int? length, string expected)
    {
        var key = KeyOf(BlobArea.Recordings, Acme);
        await PutAsync(key, "0123456789");
        Assert.Equal(expected, await ReadAsync(key, from, length));
    }

    [Fact]
    public async Task One_that_is_put_again_is_replaced_as_a_whole()
    {
        var key = KeyOf(BlobArea.Results, Acme);
        await PutAsync(key, "the first, which was longer");
        await PutAsync(key, "the second");
        Assert.Equal("the second", await ReadAsync(key));
        Assert.Single(await ListAsync(BlobArea.Results));
    }

    [Theory, MemberData(nameof(Areas))]
    public async Task Nothing_is_seen_of_one_whose_writer_breaks_off(BlobArea area)
    {
        var (key, known) = (KeyOf(area, Acme), KeyOf(area, Acme));
        await PutAsync(known, "as it was");
        foreach (var each in new[] { key, known })
        {
            var fault = await Assert.ThrowsAsync<InvalidOperationException>(async () => await Blobs.PutAsync(each, async (content, stop) =>
            {
                await content.WriteAsync("half of"u8.ToArray(), stop);
                await content.FlushAsync(stop);
                throw new InvalidOperationException("the writer's own fault");
            }, Stop));
            Assert.Equal("the writer's own fault", fault.Message);
        }
        Assert.Null(await Blobs.FindAsync(key, Stop));
        Assert.Equal("as it was", await ReadAsync(known));
        Assert.Equal([known], (await ListAsync(area)).Select(blob => blob.Key));
        AssertNothingHalf();
    }

    [Theory, MemberData(nameof(Areas))]
    public async Task A_file_of_this_machine_is_taken_over(BlobArea area)
    {
        var key = KeyOf(area, Acme);
        string file = Folder.File("whole");
        await File.WriteAllTextAsync(file, "from elsewhere", Stop);
        await Blobs.TakeAsync(key, file, Stop);
        Assert.Equal("from elsewhere", await ReadAsync(key));
        Assert.False(File.Exists(file));
        await Assert.ThrowsAsync<FileNotFoundException>(async () => await Blobs.TakeAsync(key, file, Stop));
        Assert.Equal("from elsewhere", await ReadAsync(key));
        AssertNothingHalf();
    }

    [Theory, MemberData(nameof(Areas))]
    public async Task Another_accounts_is_not_there_whoever_knows_its_id(BlobArea area)
    {
        var mine = KeyOf(area, Acme);
        var theirs = KeyOf(area, Other, mine.Id);
        await PutAsync(mine, "mine");
        Assert.Null(await Blobs.FindAsync(theirs, Stop));
        Assert.Null(await ReadAsync(theirs));
        await Blobs.DeleteAsync(theirs, Stop);
        Assert.Equal("mine", await ReadAsync(mine));
    }

    [Fact]
    public async Task An_area_lists_its_own()
    {
        var before = DateTimeOffset.UtcNow.AddMinutes(-1);
        foreach (var area in Enum.GetValues<BlobArea>()) Assert.Empty(await ListAsync(area));
        foreach (var area in Enum.GetValues<BlobArea>())
        {
            BlobKey[] keys = [KeyOf(area, Acme), KeyOf(area, Acme), KeyOf(area, Other)];
            foreach (var key in keys) await PutAsync(key, "12345");
            var listed = await ListAsync(area);
            Assert.Equal(keys.ToHashSet(), listed.Select(blob => blob.Key).ToHashSet());
            Assert.All(listed, blob => Assert.Equal(5, blob.Facts.Bytes));
            Assert.All(listed, blob => Assert.True(blob.Facts.ChangedAt > before));
        }
    }

    private protected virtual void AssertNothingHalf() { }

    private protected static BlobKey KeyOf(BlobArea area, TenantId tenant, Guid? id = null) => area switch
    {
        BlobArea.Media => BlobKey.OfMedia(tenant, id ?? Guid.NewGuid()),
        BlobArea.Recordings => BlobKey.OfRecording(tenant, id ?? Guid.NewGuid(), RecordFormat.Mp3),
        _ => BlobKey.OfResult(tenant, id ?? Guid.NewGuid()),
    };

    private protected ValueTask PutAsync(BlobKey key, string text) => Blobs.PutAsync(key, Encoding.ASCII.GetBytes(text), Stop);

    private protected async Task<string?> ReadAsync(BlobKey key, long from = 0, long? length = null)
    {
        if (await Blobs.OpenAsync(key, from, length, Stop) is not { } content) return null;
        await using (content)
        using (var text = new StreamReader(content)) return await text.ReadToEndAsync(Stop);
    }

    private protected async Task<IReadOnlyList<ListedBlob>> ListAsync(BlobArea area)
    {
        var all = new List<ListedBlob>();
        await foreach (var blob in Blobs.ListAsync(area, Stop)) all.Add(blob);
        return all;
    }
}

public sealed class BlobsElsewhereTests : BlobStoreTests
{
    private readonly RemoteBlobs _blobs = new();

    private protected override IBlobs Blobs => _blobs;
}

public sealed class BlobsOnDiskTests : BlobStoreTests
{
    private static readonly TenantId Tenant = new(Guid.NewGuid());

    private DiskBlobs? _blobs;

    private protected override IBlobs Blobs => _blobs ??= new(Folder.File("data"));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected override void AssertNothingHalf() =>
        Assert.Empty(Directory.EnumerateFiles(Folder.Path, "*.put", SearchOption.AllDirectories));

    public static TheoryData<BlobArea, string> Former
    {
        get
        {
            const string id = "5f0b2c3d-0000-4000-8000-0123456789ab";
            return new()
            {
                { BlobArea.Media, "media/5f0b2c3d000040008000" + "0123456789ab" }, { BlobArea.Recordings, $"recordings/5f/{id}.mp3" },
                { BlobArea.Results, $"results/ab/{id}" }
            };
        }
    }

    [Theory, MemberData(nameof(Former))]
    public async Task What_was_written_before_owners_had_folders_is_read_listed_replaced_and_deleted(BlobArea area, string place)
    {
        var key = KeyOf(area, Tenant, Guid.Parse("5f0b2c3d-0000-4000-8000-0123456789ab"));
        string file = Folder.File(Path.Combine("data", place));
        async Task WriteAsync()
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "of before", Stop);
        }
        await WriteAsync();
        Assert.Equal("of before", await ReadAsync(key));
        Assert.Equal(9, (await Blobs.FindAsync(key, Stop))!.Bytes);
        Assert.Equal(key.Id, Assert.Single(await ListAsync(area)).Key.Id);

        await PutAsync(key, "of now");
        Assert.Equal("of now", await ReadAsync(key));
        Assert.Equal(key, Assert.Single(await ListAsync(area)).Key);
        await Blobs.DeleteAsync(key, Stop);
        Assert.Null(await ReadAsync(key));

        await WriteAsync();
        await Blobs.DeleteAsync(Assert.Single(await ListAsync(area)).Key, Stop);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task What_a_dead_process_left_half_written_goes_at_the_next_start_and_nothing_else()
    {
        var key = BlobKey.OfMedia(Tenant, Guid.NewGuid());
        await PutAsync(key, "whole");
        string[] half = [Folder.File("data/media/parts/1.put"), Folder.File("data/results/parts/2.put"), Folder.File("data/media/3.part")];
        string recording = Folder.File("data/recordings/parts/4.part");
        foreach (string file in half.Append(recording))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, "half", Stop);
        }
        _blobs = new(Folder.File("data"));
        Assert.All(half, file => Assert.False(File.Exists(file), file));
        Assert.True(File.Exists(recording), "media's own are the keeper's to judge");
        Assert.Equal("whole", await ReadAsync(key));
    }

    [Fact]
    public async Task A_disk_that_refuses_says_so_as_the_store_and_the_file_stays_where_it_was()
    {
        _ = Blobs;
        await File.WriteAllTextAsync(Folder.File("data/recordings"), "in the way", Stop);
        string file = Folder.File("recorded.wav");
        await File.WriteAllTextAsync(file, "audio", Stop);
        var key = BlobKey.OfRecording(Tenant, Guid.NewGuid(), RecordFormat.Wav);
        await Assert.ThrowsAsync<BlobStoreException>(async () => await Blobs.TakeAsync(key, file, Stop));
        Assert.Equal("audio", await File.ReadAllTextAsync(file, Stop));
        await Assert.ThrowsAsync<BlobStoreException>(async () => await PutAsync(key, "audio"));
        Assert.Null(await Blobs.FindAsync(key, Stop));
    }

    [Fact]
    public async Task A_disk_that_dies_under_a_file_says_so_as_the_store()
    {
        var key = BlobKey.OfMedia(Tenant, Guid.NewGuid());
        await Assert.ThrowsAsync<BlobStoreException>(async () => await Blobs.PutAsync(key, (_, _) =>
        {
            // What is half written cannot be deleted either.
            string part = Assert.Single(Directory.GetFiles(Folder.File("data/media/parts")));
            File.Delete(part);
            Directory.CreateDirectory(part);
            throw new BlobStoreException(new IOException("Input/output error"));
        }, Stop));
        Assert.Null(await Blobs.FindAsync(key, Stop));
    }

    [Fact]
    public async Task What_nobody_but_its_owner_may_see_lies_in_folders_of_his()
    {
        await PutAsync(BlobKey.OfMedia(Tenant, Guid.NewGuid()), "x");
        foreach (string folder in Directory.EnumerateDirectories(Folder.File("data"), "*", SearchOption.AllDirectories))
            Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(folder)
                & (UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute));
    }
}

/// <summary>No text of anybody's becomes a name: only the id in it is read.</summary>
public sealed class BlobKeyTests
{
    private const string Id = "5f0b2c3d-0000-4000-8000-0123456789ab";
    private static readonly TenantId Acme = new(Guid.NewGuid());

    [Theory]
    [InlineData(null), InlineData(""), InlineData("../key"), InlineData("/etc/passwd"), InlineData("media"), InlineData("."),
        InlineData(".."), InlineData("..\\..\\key"), InlineData("%2e%2e%2fkey")]
    [InlineData($"{Id}/.."), InlineData($"{Id}.exe"), InlineData($"{Id}.wav/../../key"), InlineData($"{Id}\0"), InlineData("5f0b2c3d"),
        InlineData($" {Id}.wav.part")]
    public void A_text_that_holds_no_id_of_ours_is_no_key(string? text)
    {
        foreach (var area in Enum.GetValues<BlobArea>()) Assert.Null(BlobKey.Read(area, Acme, text));
    }

    [Theory]
    [InlineData(BlobArea.Recordings, $"recordings/5f/{Id}.wav", ".wav"),
        InlineData(BlobArea.Recordings, $"../../../other/{Id}.mp3", ".mp3"), InlineData(BlobArea.Media, $"/etc/{Id}", "")]
    public void Of_one_that_does_nothing_counts_but_the_id_and_whose_the_row_is(BlobArea area, string text, string extension) =>
        Assert.Equal($"{area.ToString().ToLowerInvariant()}/{Acme}/{Id}{extension}", BlobKey.Read(area, Acme, text)!.Value.ToString());

    [Fact]
    public void A_recording_has_a_format_and_nothing_else_has() =>
        Assert.Null(BlobKey.Read(BlobArea.Recordings, Acme, Id) ?? BlobKey.Read(BlobArea.Media, Acme, Id + ".wav")
            ?? BlobKey.Read(BlobArea.Results, Acme, Id + ".mp3"));
}
