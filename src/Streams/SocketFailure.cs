using System.Net.WebSockets;
using Ringwright.Egress;

namespace Ringwright.Streams;

/// <summary>What went wrong with a socket, as part of a sentence for the customer. Nothing of what the far end said is in it.</summary>
internal static class SocketFailure
{
    public static string Describe(SocketResult failed) => $"no WebSocket could be opened: {failed.Detail?.TrimEnd('.')}";

    /// <summary>How the connection ends: broken by what came by it, or lost, with nobody to blame.</summary>
    public static StreamEnd EndOf(Exception failed, EgressSocket on, MediaStreamOptions options)
    {
        for (Exception? cause = failed; cause is not null; cause = cause.InnerException)
        {
            if (cause is not WebSocketException socket) continue;
            switch (socket.WebSocketErrorCode)
            {
                case WebSocketError.ConnectionClosedPrematurely:
                    return StreamEnd.Cut("the application dropped the connection without closing it");
                case WebSocketError.Faulted when socket.InnerException is not IOException && on.IsSilent(options.PongTimeout):
                    return StreamEnd.Cut(
                        $"the application gave no sign of life for {(options.PingInterval + options.PongTimeout).TotalSeconds:0.###} s");
                case WebSocketError.Faulted or WebSocketError.HeaderError or WebSocketError.UnsupportedProtocol
                    or WebSocketError.InvalidMessageType when socket.InnerException is not IOException:
                    return StreamEnd.Broken("the application sent what is no WebSocket frame");
            }
        }
        return StreamEnd.Cut("the connection to the application broke");
    }
}
