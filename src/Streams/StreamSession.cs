using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;
using Ringwright.Egress;

namespace Ringwright.Streams;

/// <summary>
/// One media stream from its order to its end: connects, opens its tap, carries audio, connects again when the connection is lost, tells
/// what became of it.
/// </summary>
internal sealed class StreamSession(StreamOrder order, Action<LiveAudioNews> tell, IAudioTaps taps, EgressClient egress,
    MediaStreamOptions options, TimeProvider time, ILogger log) : ICarrySession
{
    private readonly Lock _lock = new();
    /// <summary>Has no timer, so nothing of it must be disposed.</summary>
    private readonly CancellationTokenSource _connecting = new();
    private StreamAudio? _audio;
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
        lock (_lock) _audio?.Press(key);
    }

    /// <summary>Nothing more is told.</summary>
    public void Close()
    {
        lock (_lock)
        {
            if (_isClosed) return;
            _isClosed = true;
            _audio?.Close();
        }
        // What then stops does so on the pool: our caller may be a shard in its turn.
        _ = _connecting.CancelAsync();
    }

    /// <returns>Why it failed; null when the application closed it, or we were asked to.</returns>
    private async Task<string?> LiveAsync()
    {
        if (StreamCoders.Of(order, options.IsLittleEndian, out string? problem) is not { } coders)
            return problem!.TrimEnd('.'); // there is one then
        var identity = options.Identify(order);
        if (order.Terms.AuthToken is { } token && token.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return "the auth token has characters that no header can have";
        var opened = await ConnectAsync(identity);
        if (opened.Socket is not { } socket) return SocketFailure.Describe(opened);
        IAudioTap tap;
        try
        {
            tap = taps.Open(coders.Plan(order));
        }
        catch (IOException full)
        {
            socket.Dispose();
            log.NoTap(order.Id, full.Message);
            return "the node has no room for one more stream's audio";
        }
        using var _ = tap;
        using var audio = new StreamAudio(order, identity, coders, tap, options, time);
        lock (_lock)
        {
            if (_isClosed)
            {
                socket.Dispose();
                return null;
            }
            _audio = audio;
            tell(new LiveAudioNews.Connected(tap.Plan));
        }
        log.StreamOpened(order.Id, order.Leg.Id, Host);
        var running = audio.RunAsync();
        try
        {
            return await CarryAsync(audio, identity, socket);
        }
        finally
        {
            lock (_lock) _audio = null;
            await audio.StopAsync();
            await running;
        }
    }

    /// <summary>By this socket, and by another when it is lost.</summary>
    /// <returns>As <see cref="LiveAsync"/>.</returns>
    private async Task<string?> CarryAsync(StreamAudio audio, StreamIdentity identity, EgressSocket? socket)
    {
        int tried = 0;
        while (true)
        {
            long began = time.GetTimestamp();
            StreamEnd end;
            using (socket)
            {
                using var link = new StreamLink(audio, socket!, options, time);
                end = await link.RunAsync();
            }
            if (end.Kind is not EndKind.Cut || !order.Terms.Reconnects) return end.Failure;
            if (time.GetElapsedTime(began) >= options.SteadyAfter) tried = 0;
            audio.Out.Suspend();
            log.StreamCut(order.Id, order.Leg.Id, Host, end.Failure!);      // whoever is cut says why
            Metrics.Cuts.Add(1);
            (socket, tried, string? last) = await ReconnectAsync(audio, identity, tried);
            if (audio.Over.IsCompleted)
            {
                socket?.Dispose();
                return (await audio.Over).Failure;
            }
            if (socket is null) return $"{end.Failure}, and {last}";
            audio.Resume();
        }
    }

    /// <returns>No socket when the tries are used up, or the stream is to end.</returns>
    private async Task<(EgressSocket? Socket, int Tried, string? Last)> ReconnectAsync(StreamAudio audio, StreamIdentity identity,
        int tried)
    {
        string last = $"so it was with {tried} connections after that";
        while (tried < options.ReconnectWaits.Count)
        {
            var wait = options.ReconnectWaits[tried++] * (0.5 + RandomNumberGenerator.GetInt32(501) / 1_000.0);
            await Task.WhenAny(Task.Delay(wait, time, _connecting.Token), audio.Over);
            if (audio.Over.IsCompleted) break;
            var opened = await ConnectAsync(identity);
            if (opened.Socket is { } socket) return (socket, tried, null);
            last = SocketFailure.Describe(opened);
        }
        return (null, tried, last);
    }

    private ValueTask<SocketResult> ConnectAsync(StreamIdentity identity) => egress.OpenSocketAsync(new()
    {
        Url = order.Terms.Url,
        Headers = order.Terms.AuthToken is { } secret ? [.. order.Terms.Headers, new(identity.TokenHeader, secret)] : order.Terms.Headers,
        Timeout = options.ConnectTimeout,
        PingInterval = options.PingInterval,
        PongTimeout = options.PongTimeout,
    }, _connecting.Token);

    private void Tell(LiveAudioNews news)
    {
        lock (_lock)
        {
            if (!_isClosed) tell(news);
            _isClosed = true;
        }
    }
}
