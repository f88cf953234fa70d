using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Messages;

namespace Ringwright.Edge.Net.Streams;

/// <summary>A far end on one TCP or TLS connection that says exactly what the test writes.</summary>
internal sealed class StreamPeer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Socket _socket;
    private readonly StreamFramer _framer = new();

    private StreamPeer(Socket socket, Stream stream, SipTransport transport, IPEndPoint listens)
    {
        (_socket, Stream, Transport, Listens) = (socket, stream, transport, listens);
    }

    public Stream Stream { get; }
    public SipTransport Transport { get; }
    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;
    public IPEndPoint Remote => (IPEndPoint)_socket.RemoteEndPoint!;
    /// <summary>Where its Contact leads.</summary>
    public IPEndPoint Listens { get; }
    public int Pings { get; private set; }

    public static async Task<StreamPeer> ConnectAsync(IPEndPoint engine, IPEndPoint? listens = null,
        SslClientAuthenticationOptions? tls = null)
    {
        var socket = new Socket(engine.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(engine, TestContext.Current.CancellationToken);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (tls is not null)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsClientAsync(tls, TestContext.Current.CancellationToken);
            stream = secure;
        }
        return new(socket, stream, tls is null ? SipTransport.Tcp : SipTransport.Tls, listens ?? (IPEndPoint)socket.LocalEndPoint!);
    }

    public static async Task<StreamPeer> AcceptAsync(TcpListener listener, SslServerAuthenticationOptions? tls = null)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        var socket = await listener.AcceptSocketAsync(limit.Token);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (tls is not null)
        {
            var secure = new SslStream(stream);
            await secure.AuthenticateAsServerAsync(tls, limit.Token);
            stream = secure;
        }
        return new(socket, stream, tls is null ? SipTransport.Tcp : SipTransport.Tls, (IPEndPoint)listener.LocalEndpoint);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));

    public async Task SendAsync(byte[] bytes)
    {
        await Stream.WriteAsync(bytes, TestContext.Current.CancellationToken);
        await Stream.FlushAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>The next message whose first line begins so; null when the connection ends first.</summary>
    public async Task<string?> TryHearAsync(string start)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (true)
        {
            for (var found = _framer.TryTake(out byte[] message); found is not Framed.NeedsMore; found = _framer.TryTake(out message))
            {
                if (found is Framed.Broken) throw new InvalidDataException($"the engine sent no SIP: {_framer.Fault}");
                if (found is Framed.Ping) Pings++;
                else if (Encoding.UTF8.GetString(message) is var text && text.StartsWith(start, StringComparison.Ordinal)) return text;
            }
            int read;
            try
            {
                read = await Stream.ReadAsync(_framer.Room(), limit.Token);
            }
            catch (IOException)
            {
                return null;
            }
            if (read == 0) return null;
            _framer.Advance(read);
        }
    }

    public async Task<string> HearAsync(string start) =>
        await TryHearAsync(start) ?? throw new InvalidOperationException($"the connection ended without {start}");

    /// <summary>Returns when the engine has closed the connection, whatever came before.</summary>
    public async Task ClosedAsync() => Assert.Null(await TryHearAsync("nothing begins like this"));

    /// <summary>As a machine that is switched off: no recovery BYE, a reset for whatever comes.</summary>
    public void Break()
    {
        _socket.LingerState = new(true, 0);
        _socket.Dispose();
    }

    public string Sdp => $"""
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        c=IN IP4 127.0.0.1
        t=0 0
        m=audio 40000 RTP/AVP 0 101
        a=rtpmap:101 telephone-event/8000

        """;

    public string Invite(string to, string callId = "call-1") => Request("INVITE", to, callId, $"<sip:{to}@engine.example>", 1, Sdp);

    public string Inside(string ours, string to, string method, int cseq, string callId = "call-1") =>
        Request(method, to, callId, SipPeer.Header(ours, "To"), cseq, null);

    public string Request(string method, string to, string callId, string toHeader, int cseq, string? body) => $"""
        {method} sip:{to}@engine.example;transport={Name.ToLowerInvariant()} SIP/2.0
        Via: SIP/2.0/{Name} {Listens};branch=z9hG4bK{callId}{method}{cseq}
        Max-Forwards: 70
        From: <sip:+4930123@example.net>;tag=peer
        To: {toHeader}
        Call-ID: {callId}
        CSeq: {cseq} {method}
        Contact: <sip:peer@{Listens};transport={Name.ToLowerInvariant()}>
        {Content(body)}
        """;

    public string Response(string request, string status, string? body = null) => $"""
        SIP/2.0 {status}
        Via: {SipPeer.Header(request, "Via")}
        From: {SipPeer.Header(request, "From")}
        To: {SipPeer.Header(request, "To")}{(SipPeer.Header(request, "To").Contains(";tag=") ? "" : ";tag=peer")}
        Call-ID: {SipPeer.Header(request, "Call-ID")}
        CSeq: {SipPeer.Header(request, "CSeq")}
        Contact: <sip:peer@{Listens};transport={Name.ToLowerInvariant()}>
        {Content(body)}
        """;

    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    private string Name => Transport is SipTransport.Tls ? "TLS" : "TCP";

    private static string Content(string? body) => body is null
        ? "Content-Length: 0\n\n"
        : $"Content-Type: application/sdp\nContent-Length: {Encoding.UTF8.GetByteCount(body.ReplaceLineEndings("\r\n"))}\n\n{body}";
}
