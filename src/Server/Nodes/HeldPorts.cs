using System.Net;
using System.Net.Sockets;
using Ringwright.Net;

namespace Ringwright.Server.Nodes;

/// <summary>
/// The sockets of the node's listeners, bound before anything else is made: a port in use is found at once,
/// a free one that stands where settings say 0 is known, and nobody takes either while the rest of the start goes on.
/// Each listener takes its socket; what nobody took is closed.
/// </summary>
internal sealed class HeldPorts : IDisposable
{
    private readonly Dictionary<IPEndPoint, Socket> _streams = [];
    private readonly Dictionary<IPEndPoint, SipSockets> _sip = [];

    /// <summary>For a web server.</summary>
    /// <exception cref="StartRefused">The address cannot be listened on.</exception>
    public IPEndPoint HoldWeb(string flag, IPEndPoint where) => Hold(flag, where, isDual: true);

    /// <summary>For SIP by TLS.</summary>
    /// <exception cref="StartRefused">The address cannot be listened on.</exception>
    public IPEndPoint HoldSipTls(string flag, IPEndPoint where) => Hold(flag, where, isDual: false);

    /// <summary>SIP takes the same port by UDP and by TCP.</summary>
    /// <exception cref="StartRefused">The address cannot be listened on.</exception>
    public IPEndPoint HoldSip(string flag, IPEndPoint where)
    {
        var sockets = Try(flag, where, () => BoundSockets.Sip(where));
        _sip.Add(sockets.Local, sockets);
        return sockets.Local;
    }

    /// <summary>The socket of that place; it belongs to who takes it.</summary>
    public Socket Take(IPEndPoint where) =>
        _streams.Remove(where, out var socket) ? socket : throw new InvalidOperationException($"{where} is not held");

    /// <summary>Those of SIP; they belong to who takes them.</summary>
    public SipSockets TakeSip(IPEndPoint where) =>
        _sip.Remove(where, out var sockets) ? sockets : throw new InvalidOperationException($"SIP on {where} is not held");

    public void Dispose()
    {
        foreach (var sockets in _sip.Values) sockets.Dispose();
        foreach (var socket in _streams.Values) socket.Dispose();
    }

    private IPEndPoint Hold(string flag, IPEndPoint where, bool isDual)
    {
        var socket = Try(flag, where, () => BoundSockets.Stream(where, isDual));
        var held = new IPEndPoint(where.Address, BoundSockets.Local(socket).Port);
        _streams.Add(held, socket);
        return held;
    }

    private static T Try<T>(string flag, IPEndPoint where, Func<T> bind)
    {
        try
        {
            return bind();
        }
        catch (SocketException failed)
        {
            throw WebListener.Refusal(flag, where, failed);
        }
    }
}
