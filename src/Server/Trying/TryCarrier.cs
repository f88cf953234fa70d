using System.Net.WebSockets;
using Ringwright.Lab.Visits;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Trying;

/// <summary>
/// Passes messages between a browser's socket and the lab's, which makes the call. What a page may send is bounded: messages that are too
/// long, and more than twice what a microphone gives, end it.
/// </summary>
/// <param name="labSocket">The lab's own door.</param>
/// <param name="time">By which it is counted how fast a page sends.</param>
internal sealed class TryCarrier(string labSocket, TimeProvider time)
{
    public static readonly TimeSpan MostTalk = TimeSpan.FromMinutes(10);

    /// <summary>The lab ends the call when it has had its time, and rings before; behind that nobody is waited for.</summary>
    private static readonly TimeSpan Most = MostTalk + TimeSpan.FromMinutes(3), ToConnect = TimeSpan.FromSeconds(5),
        ToClose = TimeSpan.FromSeconds(3);

    private const int MostBytes = 8_000;

    /// <summary>16,000 samples of two bytes; a burst may have what a browser holds back for a moment.</summary>
    private const int BytesPerSecond = 2 * 32_000, Burst = 4 * 32_000;

    /// <summary>What a message counts at least, 20 ms of audio: small ones are work too.</summary>
    private const int LeastCounted = 640;

    public async Task CarryAsync(WebSocket page, string to, CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        end.CancelAfter(Most);
        using var lab = new ClientWebSocket();
        using var handler = UnixSocketHttp.Handler(() => labSocket);
        using var invoker = new HttpMessageInvoker(handler);
        try
        {
            using var soon = CancellationTokenSource.CreateLinkedTokenSource(end.Token);
            soon.CancelAfter(ToConnect);
            await lab.ConnectAsync(new($"ws://lab/visit?to={Uri.EscapeDataString(to)}&seconds={MostTalk.TotalSeconds:0}"), invoker,
                soon.Token);
        }
        catch (Exception away) when (away is WebSocketException or HttpRequestException or OperationCanceledException)
        {
            await CloseAsync(page, WebSocketCloseStatus.EndpointUnavailable, "the lab is away", end.Token);
            end.CancelAfter(ToClose);
            await SkipAsync(page, end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        var there = PassAsync(page, lab, BytesPerSecond, end.Token);
        var back = PassAsync(lab, page, bytesPerSecond: null, end.Token);
        await Task.WhenAny(there, back);
        // Each side is told by the other's loop, and has a moment to answer.
        end.CancelAfter(ToClose);
        await Task.WhenAll(there, back).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The only sender to <paramref name="to"/>: message by message, then the close with its reason.</summary>
    /// <param name="bytesPerSecond">Null where the sender is our own.</param>
    private async Task PassAsync(WebSocket from, WebSocket to, int? bytesPerSecond, CancellationToken stop)
    {
        byte[] message = new byte[MostBytes];
        long begun = time.GetTimestamp(), sum = 0;
        while (await WholeMessage.ReadAsync(from, message, stop) is var (kind, length))
        {
            sum += Math.Max(length, LeastCounted);
            if (bytesPerSecond is { } most && sum > Burst + most * time.GetElapsedTime(begun).TotalSeconds) break;
            await to.SendAsync(message.AsMemory(0, length), kind, endOfMessage: true, stop);
        }
        await CloseAsync(to, WebSocketCloseStatus.NormalClosure, from.CloseStatusDescription, stop);
    }

    /// <summary>Until the far end has closed too: what it says and nobody reads could take the reason of the close with it.</summary>
    private static async Task SkipAsync(WebSocket socket, CancellationToken stop)
    {
        byte[] message = new byte[MostBytes];
        while (await WholeMessage.ReadAsync(socket, message, stop) is not null) { }
    }

    private static async Task CloseAsync(WebSocket socket, WebSocketCloseStatus status, string? words, CancellationToken stop)
    {
        try
        {
            if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived) await socket.CloseOutputAsync(status, words, stop);
        }
        catch (Exception gone) when (gone is WebSocketException or OperationCanceledException)
        {
            // It has gone by itself.
        }
    }
}
