using System.Net;
using System.Net.Security;
using System.Net.WebSockets;
using Ringwright.Core;

namespace Ringwright.Egress;

/// <summary>An open WebSocket to a customer's server, or to a provider's.</summary>
public sealed class EgressSocket : IDisposable
{
    private readonly CountingSocket _connection;

    private EgressSocket(WebSocket socket, CountingSocket connection) => (WebSocket, _connection) = (socket, connection);

    public WebSocket WebSocket { get; }

    /// <summary>All bytes that came, with those of the handshake, of TLS, of frame headers and of pings.</summary>
    public long Received => _connection.Received;

    /// <summary>
    /// Of a socket that has faulted: the far end was given up for its silence, and has not broken the protocol just now. The socket itself
    /// tells the two apart by its text only.
    /// </summary>
    /// <param name="timeout">How long the far end has for the answer to a ping.</param>
    public bool IsSilent(TimeSpan timeout) => _connection.Silence >= timeout / 2;

    public void Dispose()
    {
        WebSocket.Dispose();
        _connection.Dispose();
    }

    internal static async ValueTask<SocketResult> OpenAsync(SocketRequest request, Uri uri, EgressConnector connector, TimeProvider time,
        CancellationToken stop)
    {
        CountingSocket? connection = null;
        using var limit = new CancellationTokenSource(request.Timeout, time);
        using var stopped = stop.UnsafeRegister(static source => ((CancellationTokenSource)source!).Cancel(), limit);
        // A handler for each: the socket takes its connection with it, and nothing of it is ever used for another.
        using var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None,
            MaxResponseHeadersLength = 64,
            ActivityHeadersPropagator = null,
            SslOptions = new SslClientAuthenticationOptions(),
            ConnectCallback = async (context, token) => connection = (CountingSocket)await connector
                .ConnectAsync(context.DnsEndPoint, TargetUse.Socket, request.IsOperatorConfigured, places: null, token)
                .ConfigureAwait(false),
        };
        using var invoker = new HttpMessageInvoker(handler);
        var socket = new ClientWebSocket();
        try
        {
            socket.Options.KeepAliveInterval = request.PingInterval;
            socket.Options.KeepAliveTimeout = request.PongTimeout;
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.SetRequestHeader(EgressClient.UserAgentHeader, EgressClient.UserAgent);
            // What the request says of itself counts before what its URL says.
            if (UrlCredentials.Of(uri) is { } credentials) socket.Options.SetRequestHeader(UrlCredentials.Header, credentials);
            foreach (var (name, value) in request.Headers) socket.Options.SetRequestHeader(name, value);
            await socket.ConnectAsync(uri, invoker, limit.Token).ConfigureAwait(false);
            return new() { Socket = new(socket, connection!) }; // there is no socket without its connection
        }
        catch (Exception failed) when (failed is OperationCanceledException or WebSocketException or HttpRequestException or IOException
            && !stop.IsCancellationRequested)
        {
            var status = socket.HttpStatusCode;
            socket.Dispose();
            connection?.Dispose();
            return Failed(failed, status, isLate: limit.IsCancellationRequested, request.Timeout);
        }
        catch
        {
            socket.Dispose();
            connection?.Dispose();
            throw;
        }
    }

    private static SocketResult Failed(Exception failed, HttpStatusCode status, bool isLate, TimeSpan timeout)
    {
        if (status is not 0 and not HttpStatusCode.SwitchingProtocols)
            return SocketResult.Failed(EgressFailure.HttpStatus, $"The server answered {(int)status} instead of opening a WebSocket.")
                with
            { Status = (int)status };
        if (isLate) return SocketResult.Failed(EgressFailure.TimedOut, $"No WebSocket within {timeout.TotalSeconds:0.###} s.");
        var (failure, detail) = EgressException.Classify(failed);
        return failure is EgressFailure.Broken
            ? SocketResult.Failed(failure, "The server broke the connection, or did not answer as a WebSocket does.")
            : SocketResult.Failed(failure, detail);
    }
}
