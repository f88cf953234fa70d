using System.Collections.Concurrent;
using System.Threading.Channels;
using Ringwright.Calls;

namespace Ringwright.Programs;

/// <summary>
/// One reader's end of the <see cref="EventFeed"/>. It ends with its subject, when its reader disposes
/// of it, or when that one reads too late.
/// </summary>
public sealed class FeedReader : IDisposable
{
    private readonly Channel<SubjectEvent> _events;
    private readonly Action<FeedReader> _leave;
    private readonly int _bound;
    private ConcurrentDictionary<Subject, bool>? _followed;
    private int _isClosed;
    private volatile bool _isMuted;

    internal FeedReader(int bound, Action<FeedReader> leave)
    {
        _events = Channel.CreateBounded<SubjectEvent>(new BoundedChannelOptions(bound) { SingleReader = true });
        (_bound, _leave) = (bound, leave);
    }

    /// <summary>With its end the feed ends; null for a reader of an account.</summary>
    internal Subject? Main { get; init; }

    internal bool IsClosed => Volatile.Read(ref _isClosed) != 0;

    internal bool IsMuted => _isMuted;

    /// <summary>What it hears beside <see cref="Main"/>.</summary>
    internal ICollection<Subject> Followed => Volatile.Read(ref _followed)?.Keys ?? [];

    /// <summary>
    /// Hears, on the thread that publishes, that nothing more will come: it must be short. Set it before the first event can come.
    /// </summary>
    public Action<FeedEnd>? Closed { get; set; }

    /// <summary>In the order of the commits. Waits for the next one; null when there will be none.</summary>
    /// <exception cref="FeedOverrunException">Events are missing from here on.</exception>
    /// <exception cref="OperationCanceledException"/>
    public async ValueTask<SubjectEvent?> ReadAsync(CancellationToken stop)
    {
        // Goes on where its caller lives, who may have a scheduler of his own.
        while (await _events.Reader.WaitToReadAsync(stop))
            if (_events.Reader.TryRead(out var happened)) return happened;
        return null;
    }

    /// <summary>Wants to hear of nothing but the end from now on; what waits already is still to be read.</summary>
    public void Mute() => _isMuted = true;

    public void Dispose() => Close(FeedEnd.Left);

    /// <returns>False when it hears of that one already.</returns>
    internal bool TryFollow(Subject subject) =>
        LazyInitializer.EnsureInitialized(ref _followed, static () => new ConcurrentDictionary<Subject, bool>()).TryAdd(subject, true);

    internal void Unfollow(Subject subject) => _followed?.TryRemove(subject, out _);

    internal void Post(SubjectEvent happened)
    {
        if (!_isMuted && Volatile.Read(ref _isClosed) == 0 && !_events.Writer.TryWrite(happened)) Close(FeedEnd.Overrun);
    }

    /// <param name="last">Still to be read; null for none.</param>
    internal void Close(FeedEnd why, SubjectEvent? last = null)
    {
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        // Before: whoever reads the last of it finds that it is known to be the last.
        Closed?.Invoke(why);
        bool isWhole = why is not FeedEnd.Overrun && (last is null || _isMuted || _events.Writer.TryWrite(last));
        _events.Writer.TryComplete(isWhole ? null : new FeedOverrunException(_bound));
        _leave(this);
    }
}

/// <summary>Why a <see cref="FeedReader"/> gets nothing more: its subject has ended, it has read too late, or it was disposed of.</summary>
public enum FeedEnd { Over, Overrun, Left }
