using System.Net.WebSockets;
using Ringwright.Egress;

namespace Ringwright.Streams;

/// <summary>What went wrong with a socket, as part of a sentence for the customer. Nothing of what the far end said is in it.</summary>
internal static class SocketFailure
{
    public static string Describe(SocketResult failed) => $"no WebSocket could be opened: {failed.Detail?.TrimEnd('.')}";

    /// <summary>The connection was lost: nothing that came by it is to blame.</summary>
    public static bool IsLoss(Exception failed) => failed is not WebSocketException socket || !IsNoFrame(socket);

    public static string Describe(Exception failed, MediaStreamOptions options)
    {
        for (Exception? cause = failed; cause is not null; cause = cause.InnerException)
        {
            if (cause is not WebSocketException socket) continue;
            if (cause == failed && IsNoFrame(socket)) return "the application sent what is no WebSocket frame";
            switch (socket.WebSocketErrorCode)
            {
                case WebSocketError.ConnectionClosedPrematurely:
                    return "the application dropped the connection without closing it";
                case WebSocketError.Faulted when socket.InnerException is not IOException:
                    return $"the application gave no sign of life for {(options.PingInterval + options.PongTimeout).TotalSeconds:0.###} s";
            }
        }
        return "the connection to the application broke";
    }

    /// <summary>A frame that breaks the protocol faults whoever reads it; a socket that gave up waiting is cancelled first.</summary>
    private static bool IsNoFrame(WebSocketException failed) => failed is
    {
        InnerException: not IOException, WebSocketErrorCode:
        WebSocketError.Faulted or WebSocketError.HeaderError or WebSocketError.UnsupportedProtocol or WebSocketError.InvalidMessageType
    };
}
