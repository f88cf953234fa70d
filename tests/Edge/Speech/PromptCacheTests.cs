using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Speech;
using Ringwright.Speech.Prompts;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech;

public sealed class PromptCacheTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_least_recently_used_goes_first()
    {
        var cache = Cache(limit: 300);
        Write(cache, "a", "b", "c");
        Later();
        cache.Find("a");
        Later();

        cache.Write("d", new byte[100]);

        Assert.Equal(["a", "c", "d"], Names());
        Assert.Equal(300, cache.Bytes);
        Assert.Null(cache.Find("b"));
    }

    [Fact]
    public void At_the_limit_nothing_goes_and_one_byte_above_something_does()
    {
        var cache = Cache(limit: 300);
        Write(cache, "a", "b", "c");
        Later();
        Assert.Equal(3, Names().Length);

        cache.Write("d", new byte[1]);
        Assert.Equal(["b", "c", "d"], Names());
    }

    [Fact]
    public void A_file_just_used_stays_until_the_cache_is_twice_as_large()
    {
        var cache = Cache(limit: 200);
        Write(cache, "a", "b", "c", "d");
        Assert.Equal(["a", "b", "c", "d"], Names());

        Write(cache, "e");
        Assert.Equal(["b", "c", "d", "e"], Names());
    }

    [Fact]
    public void A_file_larger_than_the_cache_is_kept_until_the_next()
    {
        var cache = Cache(limit: 50);
        Write(cache, "a");
        Assert.Equal(["a"], Names());
        Later();
        Write(cache, "b");
        Assert.Equal(["b"], Names());
    }

    [Fact]
    public void Writing_again_replaces_and_counts_once()
    {
        var cache = Cache(limit: 1_000);
        cache.Write("a", new byte[100]);
        string path = cache.Write("a", [1, 2, 3]);

        Assert.Equal(3, cache.Bytes);
        Assert.Equal([1, 2, 3], File.ReadAllBytes(path));
        Assert.Equal([1, 2, 3], cache.Read("a"));
    }

    [Fact]
    public void A_start_takes_over_files_in_the_order_of_their_use_and_removes_unfinished_ones()
    {
        var first = Cache(limit: 1_000);
        Write(first, "a", "b", "c");
        File.SetLastWriteTimeUtc(_folder.File("a"), new(2026, 1, 3, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(_folder.File("b"), new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(_folder.File("c"), new(2026, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        File.WriteAllBytes(_folder.File("d.123.part"), new byte[100]);

        var second = Cache(limit: 250);

        Assert.Equal(["a", "c"], Names());
        Assert.Equal(200, second.Bytes);
    }

    [Fact]
    public void Use_is_remembered_over_a_start()
    {
        var cache = Cache(limit: 1_000);
        Write(cache, "a", "b");
        foreach (string name in Names()) File.SetLastWriteTimeUtc(_folder.File(name), _clock.GetUtcNow().UtcDateTime.AddDays(-1));
        Later();
        cache.Find("a");

        Assert.Equal(_clock.GetUtcNow().UtcDateTime, File.GetLastWriteTimeUtc(_folder.File("a")));
    }

    [Fact]
    public void A_reference_survives_its_bytes_and_garbage_is_none()
    {
        var reference = new PromptReference(PromptCache.Hash("x"u8), _clock.GetUtcNow());

        Assert.Equal(reference, PromptReference.From(reference.ToBytes()));
        Assert.Null(PromptReference.From("garbage"u8.ToArray()));
        Assert.Null(PromptReference.From([]));
        Assert.Null(PromptReference.From(null));
    }

    private PromptCache Cache(long limit) =>
        new(new SpeechOptions { Folder = _folder.Path, CacheBytes = limit }, _clock, NullLogger.Instance);

    private void Later() => _clock.Advance(TimeSpan.FromMinutes(3));

    private string[] Names() => [.. Directory.GetFiles(_folder.Path).Select(p => Path.GetFileName(p)).Order(StringComparer.Ordinal)];

    private static void Write(PromptCache cache, params ReadOnlySpan<string> names)
    {
        foreach (string name in names) cache.Write(name, new byte[100]);
    }
}
