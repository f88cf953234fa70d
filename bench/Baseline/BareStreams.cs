using System.Net.WebSockets;
using System.Text.Json.Serialization;
using Ringwright.Bench.Application;
using Ringwright.Bench.Machine;
using Ringwright.Bench.Sockets;

namespace Ringwright.Bench.Baseline;

/// <summary>What the baseline of media streams shall move: so many sockets, a frame each 20 ms and its echo.</summary>
internal sealed record BareStreamPlan(Uri Url, int Sockets, int Frames);

internal sealed record BareStreamWord(double CpuMs, long Sent, long Received);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(BareStreamPlan)), JsonSerializable(typeof(BareStreamWord))]
internal sealed partial class BareStreamJson : JsonSerializerContext;

/// <summary>
/// The floor under a media stream: WebSockets that carry the same frames to the same echo and back, and nobody looks into them. All sockets
/// send in one turn, so that nothing is spent on waking up for each.
/// </summary>
internal static class BareStreams
{
    private const int WarmUpFrames = 150;
    private const long FrameNanos = 20_000_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <exception cref="BenchFailure">Fewer frames came back than were sent.</exception>
    public static async Task<BareStreamWord> RunAsync(BareStreamPlan plan, CancellationToken stop)
    {
        var sockets = new List<ClientWebSocket>();
        long received = 0;
        for (int i = 0; i < plan.Sockets; i++)
        {
            sockets.Add(new());
            await sockets[i].ConnectAsync(plan.Url, stop);
        }
        var readers = sockets.ConvertAll(socket => ReadAsync(socket));
        await SendAsync(sockets, WarmUpFrames, stop);
        long before = CpuClock.OwnNanos;
        await SendAsync(sockets, plan.Frames, stop);
        long expected = (long)plan.Sockets * (WarmUpFrames + plan.Frames);
        for (long limit = Poller.Now + Patience.Ticks * 100; Interlocked.Read(ref received) < expected && Poller.Now < limit;)
            await Task.Delay(5, stop);
        double milliseconds = (CpuClock.OwnNanos - before) / 1e6;
        foreach (var socket in sockets) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, stop);
        await Task.WhenAll(readers);
        foreach (var socket in sockets) socket.Dispose();
        return received == expected ? new(milliseconds, (long)plan.Sockets * plan.Frames, received)
            : throw new BenchFailure($"{received} of {expected} frames came back over bare WebSockets");

        async Task ReadAsync(ClientWebSocket socket)
        {
            byte[] into = new byte[8_192];
            while ((await socket.ReceiveAsync(into.AsMemory(), stop)).MessageType is not WebSocketMessageType.Close)
                Interlocked.Increment(ref received);
        }
    }

    private static async Task SendAsync(List<ClientWebSocket> sockets, int frames, CancellationToken stop)
    {
        long due = Poller.Now;
        for (int i = 0; i < frames; i++, due += FrameNanos)
        {
            if (due - Poller.Now is > 0 and var early) await Task.Delay(TimeSpan.FromTicks(early / 100), stop);
            byte[] frame = StreamEcho.Frame(i);
            foreach (var socket in sockets) await socket.SendAsync(frame.AsMemory(), WebSocketMessageType.Text, endOfMessage: true, stop);
        }
    }
}
