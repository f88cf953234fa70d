using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Ringwright.Speech.Prompts;

/// <summary>
/// Files by name in one folder: <c>HASH.audio</c> (a fetched or rendered source), <c>HASH.CODEC</c> (raw frames),
/// <c>KEY.ref</c> (the hash that a URL or a text led to). Written beside and renamed, so a reader never sees half a file;
/// the least recently used go when the folder is full.
/// </summary>
internal sealed class PromptCache
{
    private const string Unfinished = ".part";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Entry> _files = new(StringComparer.Ordinal);
    private readonly LinkedList<string> _order = [];        // least recently used first
    private readonly string _folder;
    private readonly long _limit;
    private readonly TimeSpan _grace;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private long _bytes;

    public PromptCache(SpeechOptions options, TimeProvider clock, ILogger log)
    {
        (_folder, _limit, _grace, _clock, _log) = (Path.GetFullPath(options.Folder), options.CacheBytes, options.CacheGrace, clock, log);
        Directory.CreateDirectory(_folder);
        foreach (var file in new DirectoryInfo(_folder).GetFiles().OrderBy(f => f.LastWriteTimeUtc))
        {
            if (file.Name.EndsWith(Unfinished, StringComparison.Ordinal)) file.Delete();
            else Add(file.Name, file.Length, usedAt: null);
        }
        Evict(keep: null);
    }

    public long Bytes
    {
        get { lock (_gate) return _bytes; }
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>The full path and length when the file is there; it then counts as used.</summary>
    public (string Path, long Bytes)? Find(string name)
    {
        string path = Path.Combine(_folder, name);
        lock (_gate)
        {
            if (!_files.TryGetValue(name, out var entry)) return null;
            if (File.Exists(path))
            {
                Touch(entry, path);
                return (path, entry.Bytes);
            }
            Forget(name, entry);            // somebody cleaned up by hand
            return null;
        }
    }

    public byte[]? Read(string name)
    {
        try
        {
            return Find(name) is { } file ? File.ReadAllBytes(file.Path) : null;
        }
        catch (IOException)
        {
            return null;                    // evicted in between: as if it had not been there
        }
    }

    /// <summary>Stores the file and returns its full path.</summary>
    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        string path = Path.Combine(_folder, name);
        string part = Path.Combine(_folder, $"{name}.{Guid.NewGuid():N}{Unfinished}");
        try
        {
            File.WriteAllBytes(part, bytes);
            File.Move(part, path, overwrite: true);
        }
        catch
        {
            File.Delete(part);
            throw;
        }
        lock (_gate)
        {
            if (_files.TryGetValue(name, out var old)) Forget(name, old);
            Add(name, bytes.Length, _clock.GetTimestamp());
            Evict(keep: name);
        }
        return path;
    }

    public void Remove(string name)
    {
        lock (_gate)
        {
            if (!_files.TryGetValue(name, out var entry)) return;
            Forget(name, entry);
            Delete(name);
        }
    }

    /// <param name="usedAt">By the monotonic clock; null when no call of this process has used it.</param>
    private void Add(string name, long bytes, long? usedAt)
    {
        _files[name] = new(_order.AddLast(name), bytes) { UsedAt = usedAt, StampedAt = usedAt };
        _bytes += bytes;
    }

    private void Forget(string name, Entry entry)
    {
        _order.Remove(entry.Node);
        _files.Remove(name);
        _bytes -= entry.Bytes;
    }

    private void Touch(Entry entry, string path)
    {
        long now = _clock.GetTimestamp();
        entry.UsedAt = now;
        _order.Remove(entry.Node);
        _order.AddLast(entry.Node);
        // The file's time carries the order over a restart; once a minute is exact enough for that.
        if (entry.StampedAt is { } stamped && _clock.GetElapsedTime(stamped, now) < TimeSpan.FromMinutes(1)) return;
        entry.StampedAt = now;
        File.SetLastWriteTimeUtc(path, _clock.GetUtcNow().UtcDateTime);
    }

    private void Evict(string? keep)
    {
        long now = _clock.GetTimestamp();
        while (_bytes > _limit && _order.First is { } oldest)
        {
            var entry = _files[oldest.Value];
            bool isYoung = entry.UsedAt is { } used && _clock.GetElapsedTime(used, now) < _grace;
            if (oldest.Value == keep || (isYoung && _bytes <= 2 * _limit)) return;
            string name = oldest.Value;
            Forget(name, entry);
            if (Delete(name)) Metrics.Evicted.Add(1);
        }
    }

    private bool Delete(string name)
    {
        try
        {
            File.Delete(Path.Combine(_folder, name));
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log.NotRemoved(e, name);
            return false;
        }
    }

    private sealed class Entry(LinkedListNode<string> node, long bytes)
    {
        public LinkedListNode<string> Node => node;
        public long Bytes => bytes;
        public long? UsedAt { get; set; }
        public long? StampedAt { get; set; }
    }
}

/// <summary>What a URL or a text led to, and when.</summary>
internal readonly record struct PromptReference(string Hash, DateTimeOffset At)
{
    public byte[] ToBytes() =>
        System.Text.Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Hash} {At.ToUnixTimeSeconds()}"));

    public static PromptReference? From(byte[]? bytes)
    {
        if (bytes is null) return null;
        string[] words = System.Text.Encoding.ASCII.GetString(bytes).Split(' ');
        return words.Length == 2 && words[0].Length == 64
            && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds < 253_402_300_800
            ? new(words[0], DateTimeOffset.FromUnixTimeSeconds(seconds)) : null;
    }
}
