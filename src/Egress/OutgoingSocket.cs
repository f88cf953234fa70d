using System.Net.Sockets;

namespace Ringwright.Egress;

/// <summary>A connection out, which gives its place back when it is closed.</summary>
internal sealed class OutgoingSocket(Socket socket, SemaphoreSlim places) : NetworkStream(socket, ownsSocket: true)
{
    private int _isClosed;

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (Interlocked.Exchange(ref _isClosed, 1) != 0) return;
        Metrics.Connections.Add(-1);
        places.Release();
    }
}
