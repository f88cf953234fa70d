using System.Net.Sockets;

namespace Ringwright.Bench.Nodes;

/// <summary>HTTP over a Unix socket, as at the doors in a node's data folder: who may open them needs no key.</summary>
internal static class SocketHttp
{
    public static SocketsHttpHandler Handler(string path) => new()
    {
        ConnectCallback = async (_, stop) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), stop);
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
