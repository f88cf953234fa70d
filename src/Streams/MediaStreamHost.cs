using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Egress;

namespace Ringwright.Streams;

/// <summary>All media streams of a node.</summary>
public sealed class MediaStreamHost(IAudioTaps taps, EgressClient egress, MediaStreamOptions options, TimeProvider time, ILogger log)
    : IAsyncDisposable
{
    /// <summary>Beyond the time that a stream gives itself for its end.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, (StreamSession Session, Task Running)> _streams = new();
    private readonly Lock _lock = new();
    private bool _isDisposed;

    /// <summary>Open, or being connected or closed.</summary>
    public int Count => _streams.Count;

    /// <inheritdoc cref="ILiveAudio.Open"/>
    public void Open(StreamOrder order, Action<LiveAudioNews> tell)
    {
        lock (_lock)
        {
            if (Refuse(order) is { } why)
            {
                // Later, as all else is told: who orders may not be ready to hear.
                _ = Task.Run(() => tell(new LiveAudioNews.Ended(why)), CancellationToken.None);
                return;
            }
            var session = new StreamSession(order, tell, taps, egress, options, time, log);
            var running = new Task<Task>(() => RunAsync(order.Id, session));
            _streams[order.Id] = (session, running.Unwrap());
            running.Start(TaskScheduler.Default);
        }
    }

    /// <inheritdoc cref="ILiveAudio.Press"/>
    public void Press(Guid id, char key)
    {
        if (_streams.TryGetValue(id, out var stream)) stream.Session.Press(key);
    }

    /// <inheritdoc cref="ILiveAudio.Close"/>
    public void Close(Guid id)
    {
        if (_streams.TryGetValue(id, out var stream)) stream.Session.Close();
    }

    /// <summary>Every stream says goodbye, and has so long for it as its options say.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_lock) _isDisposed = true;
        var all = _streams.Values.ToList();
        foreach (var (session, _) in all) session.Close();
        var limit = options.FarewellTimeout + Slack;
        try
        {
            await Task.WhenAll(all.Select(stream => stream.Running)).WaitAsync(limit, time);
        }
        catch (TimeoutException)
        {
            log.StreamsLeft(_streams.Count, limit.TotalSeconds);
        }
    }

    private string? Refuse(StreamOrder order) =>
        _isDisposed ? "the node is stopping"
        : _streams.Count >= options.Streams ? $"{options.Streams} streams are open, and the node carries no more"
        : _streams.ContainsKey(order.Id) ? "a stream of this id is open"
        : null;

    private async Task RunAsync(Guid id, StreamSession session)
    {
        try
        {
            await session.RunAsync();
        }
        finally
        {
            _streams.TryRemove(id, out _);
        }
    }
}
