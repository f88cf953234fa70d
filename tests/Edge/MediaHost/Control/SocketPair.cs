using System.Net.Sockets;
using Ringwright.Testing;

namespace Ringwright.Edge.MediaHost.Control;

/// <summary>Two ends of one Unix socket.</summary>
internal sealed class SocketPair : IDisposable
{
    private readonly TempFolder _folder = new();

    public SocketPair()
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var place = new UnixDomainSocketEndPoint(_folder.File("socket"));
        listener.Bind(place);
        listener.Listen(1);
        Far = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Far.Connect(place);
        Near = listener.Accept();
    }

    public Socket Near { get; }
    public Socket Far { get; }

    public void Dispose()
    {
        Near.Dispose();
        Far.Dispose();
        _folder.Dispose();
    }
}
