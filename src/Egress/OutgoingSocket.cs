using System.Diagnostics;
using System.Net.Sockets;

namespace Ringwright.Egress;

/// <summary>A connection out, which gives its place back when it is closed.</summary>
internal class OutgoingSocket(Socket socket, SemaphoreSlim? places) : NetworkStream(socket, ownsSocket: true)
{
    private int _isClosed;

    /// <summary>Called once, when it is closed; set before anybody else has it.</summary>
    public Action? Closed { get; set; }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        Metrics.Connections.Add(-1);
        places?.Release();
        Closed?.Invoke();
    }
}

/// <summary>Counts what came in, below TLS and all framing: whoever reads messages does not see pings and empty fragments.</summary>
internal sealed class CountingSocket(Socket socket, SemaphoreSlim? places) : OutgoingSocket(socket, places)
{
    private long _received, _lastAt = Stopwatch.GetTimestamp();

    public long Received => Interlocked.Read(ref _received);

    /// <summary>Since something came last.</summary>
    public TimeSpan Silence => Stopwatch.GetElapsedTime(Interlocked.Read(ref _lastAt));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        Counted(await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false));

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Counted(await base.ReadAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false));

    public override int Read(byte[] buffer, int offset, int count) => Counted(base.Read(buffer, offset, count));

    public override int Read(Span<byte> buffer) => Counted(base.Read(buffer));

    private int Counted(int count)
    {
        Interlocked.Add(ref _received, count);
        if (count > 0) Interlocked.Exchange(ref _lastAt, Stopwatch.GetTimestamp());
        return count;
    }
}
