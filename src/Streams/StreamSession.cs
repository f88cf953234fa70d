using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Egress;

namespace Ringwright.Streams;

/// <summary>One media stream from its order to its end: connects, opens its tap, carries audio, tells what became of it.</summary>
internal sealed class StreamSession(StreamOrder order, Action<LiveAudioNews> tell, IAudioTaps taps, EgressClient egress,
    MediaStreamOptions options, TimeProvider time, ILogger log) : ICarrySession
{
    private readonly Lock _lock = new();
    /// <summary>Has no timer, so nothing of it must be disposed.</summary>
    private readonly CancellationTokenSource _connecting = new();
    private StreamLink? _link;
    private bool _isClosed;

    /// <summary>For logs; what follows the host in a URL may be a secret.</summary>
    private string Host => Uri.TryCreate(order.Terms.Url, UriKind.Absolute, out var uri) ? uri.Authority : "?";

    /// <summary>Never throws.</summary>
    public async Task RunAsync()
    {
        Metrics.Active.Add(1);
        string? failure = null;
        try
        {
            failure = await LiveAsync();
            if (failure is not null && !_isClosed) log.StreamFailed(order.Id, order.Leg.Id, Host, failure);
        }
        catch (OperationCanceledException) when (_isClosed)
        {
            // Closed before it was open.
        }
        catch (Exception fault)
        {
            log.StreamBroke(fault, order.Id);
            failure = "of a fault inside the node";
        }
        Metrics.Active.Add(-1);
        Metrics.Ended.Add(1, new KeyValuePair<string, object?>("outcome", _isClosed ? "closed" : failure is null ? "left" : "failed"));
        Tell(new LiveAudioNews.Ended(failure));
    }

    public void Press(char key)
    {
        lock (_lock) _link?.Press(key);
    }

    /// <summary>Nothing more is told.</summary>
    public void Close()
    {
        StreamLink? link;
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            link = _link;
        }
        // What then stops does so on the pool: our caller may be a shard in its turn.
        if (link is null) _ = _connecting.CancelAsync();
        else link.Close();
    }

    /// <returns>Why it failed; null when the application closed it, or we were asked to.</returns>
    private async Task<string?> LiveAsync()
    {
        if (StreamCoders.Of(order, options.IsLittleEndian, out string? problem) is not { } coders)
            return problem!.TrimEnd('.'); // there is one then
        var identity = options.Identify(order);
        if (order.Terms.AuthToken is { } token && token.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return "the auth token has characters that no header can have";
        var opened = await egress.OpenSocketAsync(new()
        {
            Url = order.Terms.Url,
            Headers = order.Terms.AuthToken is { } secret ? [new(identity.TokenHeader, secret)] : [],
            Timeout = options.ConnectTimeout,
            PingInterval = options.PingInterval,
            PongTimeout = options.PongTimeout,
        }, _connecting.Token);
        if (opened.Socket is not { } open) return SocketFailure.Describe(opened);

        using var socket = open;
        IAudioTap? tap = null;
        try
        {
            tap = taps.Open(coders.Plan(order));
        }
        catch (IOException full)
        {
            log.NoTap(order.Id, full.Message);
            return "the node has no room for one more stream's audio";
        }
        using var _ = tap;
        await using var link = new StreamLink(order, identity, coders, socket, tap, options, time);
        lock (_lock)
        {
            if (_isClosed) return null;
            _link = link;
            tell(new LiveAudioNews.Connected(tap.Plan));
        }
        log.StreamOpened(order.Id, order.Leg.Id, Host);
        try
        {
            return (await link.RunAsync()).Failure;
        }
        finally
        {
            lock (_lock) _link = null;
        }
    }

    private void Tell(LiveAudioNews news)
    {
        lock (_lock)
        {
            if (!_isClosed) tell(news);
            _isClosed = true;
        }
    }
}
