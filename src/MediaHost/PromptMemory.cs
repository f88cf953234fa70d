using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Media;

namespace Ringwright.MediaHost;

/// <summary>
/// Prompt files in memory, shared by all ports. A question never blocks; loading happens on the host's file thread.
/// A playback that runs keeps its bytes even if the cache lets go of them.
/// </summary>
internal sealed class PromptMemory(long budgetBytes, ILogger logger) : IPromptFrames, IDisposable
{
    /// <summary>An hour of G.711 has 29 MB.</summary>
    private const long MostFileBytes = 128 * 1024 * 1024;
    /// <summary>A file that was just loaded stays until its asker has seen it.</summary>
    private const long RestMilliseconds = 1000;

    private sealed class Entry
    {
        public volatile byte[]? Frames;
        public volatile bool IsFailed;
        public long LastUsed = Environment.TickCount64;
    }

    private readonly ConcurrentDictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly BlockingCollection<string?> _wanted = new(new ConcurrentQueue<string?>());
    private long _bytes;

    /// <summary>A file that somebody wants is on its way into memory.</summary>
    public bool IsLoading => _entries.Values.Any(entry => entry is { Frames: null, IsFailed: false });

    public PromptState Find(string file, out byte[] frames)
    {
        frames = [];
        if (!_entries.TryGetValue(file, out var entry))
        {
            if (_entries.TryAdd(file, new Entry())) _wanted.Add(file);
            return PromptState.Loading;
        }
        entry.LastUsed = Environment.TickCount64;
        if (entry.Frames is { } loaded)
        {
            frames = loaded;
            return PromptState.Ready;
        }
        if (!entry.IsFailed) return PromptState.Loading;
        // Told once; the next question tries again.
        _entries.TryRemove(new(file, entry));
        return PromptState.Failed;
    }

    /// <summary>Wakes <see cref="LoadNext"/> without a file.</summary>
    public void Wake() => _wanted.Add(null);

    /// <summary>Waits for a wanted file at most that long, and loads it. Called by the file thread.</summary>
    public void LoadNext(TimeSpan wait)
    {
        if (!_wanted.TryTake(out string? file, wait) || file is null || !_entries.TryGetValue(file, out var entry)) return;
        try
        {
            long length = new FileInfo(file).Length;
            if (length > MostFileBytes) throw new IOException($"The prompt has {length} bytes; at most {MostFileBytes} are played.");
            byte[] frames = File.ReadAllBytes(file);
            _bytes += frames.Length;
            entry.LastUsed = Environment.TickCount64;
            entry.Frames = frames;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            logger.PromptFailed(Path.GetFileName(file), e.Message);
            entry.IsFailed = true;
        }
        Evict();
    }

    public void Dispose() => _wanted.Dispose();

    private void Evict()
    {
        while (_bytes > budgetBytes)
        {
            KeyValuePair<string, Entry>? oldest = null;
            foreach (var pair in _entries)
            {
                if (pair.Value.Frames is null || Environment.TickCount64 - pair.Value.LastUsed < RestMilliseconds) continue;
                if (oldest is null || pair.Value.LastUsed < oldest.Value.Value.LastUsed) oldest = pair;
            }
            if (oldest is not { } gone) return;
            _entries.TryRemove(gone);
            _bytes -= gone.Value.Frames?.Length ?? 0;
        }
    }
}
