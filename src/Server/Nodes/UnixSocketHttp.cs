using System.Net.Sockets;

namespace Ringwright.Server.Nodes;

/// <summary>HTTP over a Unix socket: for the node's and the lab's own doors.</summary>
internal static class UnixSocketHttp
{
    /// <param name="path">Asked at each connection.</param>
    public static SocketsHttpHandler Handler(Func<string> path) => new()
    {
        // What the environment names for requests to the outside is asked for none of these.
        UseProxy = false,
        ConnectCallback = async (_, stop) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path()), stop);
                return new NetworkStream(socket, ownsSocket: true);
            }
            catch
            {
                socket.Dispose();
                throw;
            }
        },
    };
}
