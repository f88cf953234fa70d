using System.Net.Sockets;
using Ringwright.Http;

namespace Ringwright.Server.Nodes;

/// <summary>What the kernel knows of the far end of a web server's connection (tcp(7), TCP_INFO).</summary>
internal sealed class ClientPresence(Socket socket, CancellationToken saidAll) : IClientPresence
{
    private const int TcpLevel = 6, TcpInfo = 11, Established = 1, Closed = 7, CloseWait = 8;
    private const int Looks = 10;
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);
    private static readonly byte[] Interim = "HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray();

    private volatile bool _isAtWork, _isOwedAnswer;

    /// <summary>The node's own socket is none of TCP, and other systems say it otherwise.</summary>
    public static bool IsKnownOf(Socket socket) =>
        OperatingSystem.IsLinux() && socket.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;

    public CancellationToken SaidAll => saidAll;

    /// <summary>A request is under way.</summary>
    public bool IsAtWork => _isAtWork;

    /// <summary>
    /// It is answered even when the client has sent all that it has to send: it asked for more than to be told something.
    /// </summary>
    public bool IsOwedAnswer => _isOwedAnswer;

    public void Begin(bool isOwedAnswer) => (_isOwedAnswer, _isAtWork) = (isOwedAnswer, true);

    public void End() => (_isOwedAnswer, _isAtWork) = (false, false);

    /// <summary>The client sends nothing more; it may have closed the connection, or wait for an answer.</summary>
    public bool HasSaidAll => State() == CloseWait;

    public async ValueTask<bool> HasLeftAsync(bool takesInterim)
    {
        int state = State();
        if (state != CloseWait) return state != Established;
        if (!takesInterim) return false;
        // To who has closed both ways anything that is sent is an error, which its kernel says by a reset; who waits reads on over it.
        try
        {
            await socket.SendAsync(Interim);
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return true;
        }
        for (int look = 0; look < Looks; look++)
        {
            await Task.Delay(BetweenLooks);
            if (State() != CloseWait) return true;
        }
        return false;
    }

    private int State()
    {
        Span<byte> info = stackalloc byte[8];
        try
        {
            return socket.GetRawSocketOption(TcpLevel, TcpInfo, info) > 0 ? info[0] : Closed;
        }
        catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
        {
            return Closed;
        }
    }
}
