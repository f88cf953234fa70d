using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Sip.Messages;

namespace Ringwright.Streams.Siprec;

/// <summary>SIP messages to and from one recording server: by a socket, or a connection, of its session's own.</summary>
internal sealed class SiprecWire : IDisposable
{
    private const int MostDatagram = 65_535;
    private static readonly byte[] Pong = "\r\n"u8.ToArray();

    private readonly Socket _socket;
    private readonly Stream? _stream;
    private readonly StreamFramer _framer = new();
    private readonly byte[] _datagram;
    private readonly IDisposable? _own;

    private SiprecWire(Socket socket, Stream? stream, IPEndPoint remote, IDisposable? own = null)
    {
        _own = own;
        (_socket, _stream, Remote) = (socket, stream, remote);
        _datagram = stream is null ? new byte[MostDatagram] : [];
    }

    public IPEndPoint Remote { get; }
    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    /// <summary>To the first address of the server's that may be sent to and, over TCP, answers.</summary>
    /// <exception cref="SiprecException">There is no way there.</exception>
    public static async Task<SiprecWire> ConnectAsync(SiprecTerms terms, TargetPolicy policy, SiprecOptions options, CancellationToken stop)
    {
        if (!IPAddress.TryParse(terms.Host, out _) && !policy.MayLookUp(terms.Host))
            throw new SiprecException($"{terms.Host}: {TargetPolicy.OnlyInside}");
        string problem = $"{terms.Host} has no address";
        foreach (var address in await LookUpAsync(terms.Host, options.Names, stop))
        {
            var remote = new IPEndPoint(address, terms.Port);
            if (policy.Check(remote, TargetUse.Signalling) is not TargetVerdict.Allowed and var verdict)
            {
                problem = $"{remote}: {TargetPolicy.Describe(verdict)}";
                continue;
            }
            try
            {
                return terms.Transport is SipTransport.Udp
                    ? Bind(remote, policy.OwnPorts, options)
                    : await ConnectAsync(terms, remote, options, stop);
            }
            catch (Exception failed) when (failed is SocketException or IOException or AuthenticationException)
            {
                problem = $"{remote}: {failed.Message}";
            }
        }
        throw new SiprecException(problem);
    }

    /// <param name="to">Of datagrams; a connection leads to one place only.</param>
    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, IPEndPoint to, CancellationToken stop)
    {
        if (_stream is { } stream) await stream.WriteAsync(message, stop);
        else await _socket.SendToAsync(message, SocketFlags.None, to, stop);
    }

    /// <returns>One message and where it came from; null when the server has closed the connection, or sends what is no SIP.</returns>
    public async Task<(byte[] Message, IPEndPoint From)?> ReceiveAsync(CancellationToken stop)
    {
        if (_stream is not { } stream)
        {
            var any = new IPEndPoint(Remote.AddressFamily is AddressFamily.InterNetworkV6 ? IPAddress.IPv6Any : IPAddress.Any, 0);
            var received = await _socket.ReceiveFromAsync(_datagram, SocketFlags.None, any, stop);
            return (_datagram.AsSpan(0, received.ReceivedBytes).ToArray(), (IPEndPoint)received.RemoteEndPoint);
        }
        while (true)
        {
            switch (_framer.TryTake(out byte[] message))
            {
                case Framed.Message:
                    return (message, Remote);
                case Framed.Broken:
                    return null;
                case Framed.Ping:
                    await stream.WriteAsync(Pong, stop);
                    break;
                default:
                    int read = await stream.ReadAsync(_framer.Room(), stop);
                    if (read == 0) return null;
                    _framer.Advance(read);
                    break;
            }
        }
    }

    public void Dispose()
    {
        _own?.Dispose();
        _stream?.Dispose();
        _socket.Dispose();
    }

    private static SiprecWire Bind(IPEndPoint remote, IOwnPorts own, SiprecOptions options)
    {
        using var probe = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        probe.Connect(remote);      // sends nothing; the system says which address of ours leads there
        var socket = new Socket(remote.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            socket.Bind(new IPEndPoint(((IPEndPoint)probe.LocalEndPoint!).Address, 0));
            return new(socket, null, remote, own.Hold((IPEndPoint)socket.LocalEndPoint!, options.Advertise));
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<SiprecWire> ConnectAsync(SiprecTerms terms, IPEndPoint remote, SiprecOptions options, CancellationToken stop)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(remote, stop);
            Stream stream = new NetworkStream(socket);
            if (terms.Transport is SipTransport.Tls)
            {
                var secured = new SslStream(stream);
                stream = secured;
                await secured.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
                {
                    TargetHost = terms.Host, RemoteCertificateValidationCallback = options.Trust,
                }, stop);
            }
            return new(socket, stream, remote);
        }
        catch (Exception)
        {
            socket.Dispose();
            throw;
        }
    }

    private static async ValueTask<IPAddress[]> LookUpAsync(string host, NameLookups names, CancellationToken stop)
    {
        if (IPAddress.TryParse(host, out var literal)) return [literal];
        try
        {
            return await names.FindAsync(host, stop);
        }
        catch (SocketException unknown)
        {
            throw new SiprecException($"{host}: {unknown.Message}");
        }
    }
}

/// <summary>There is no session to be had; the message is part of a sentence for the customer.</summary>
internal sealed class SiprecException(string message) : Exception(message);
