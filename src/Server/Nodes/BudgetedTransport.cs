using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Ringwright.Net;

namespace Ringwright.Server.Nodes;

/// <summary>
/// Where a web server's connections come from: the sockets that were bound at the start, and no more of them than the budget has places
/// for. Kestrel's own listener would go on accepting until no descriptor is left, and then ask again without a pause.
/// </summary>
/// <param name="bound">The place on TCP; null when there is none.</param>
/// <param name="budget">Of what comes by TCP; the data folder's socket is for who owns the folder.</param>
internal sealed class BudgetedTransport(Socket? bound, ConnectionBudget budget, ILoggerFactory loggers)
    : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    /// <summary>From a connection to the end of the head of its first request.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    // A request goes on where the pool took it from its socket: by default two more threads of the pool are
    // woken on the way in, and one on the way out.
    private static readonly SocketConnectionFactoryOptions Inline = new() { UnsafePreferInlineScheduling = true };
    private const int Backlog = 512;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint or UnixDomainSocketEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        bool isTcp = endpoint is IPEndPoint;
        var socket = isTcp && bound is not null ? bound : SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
        try
        {
            socket.Listen(Backlog);
        }
        catch (SocketException taken) when (taken.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new AddressInUseException(taken.Message, taken);
        }
        return new(new Acceptor(socket, isTcp ? budget : null, new(Inline, loggers.CreateLogger<SocketConnectionContextFactory>())));
    }

    private sealed class Acceptor : IConnectionListener
    {
        private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
        /// <summary>
        /// Without a descriptor for the next connection: some come back meanwhile, and asking again at once would do nothing else.
        /// </summary>
        private static readonly TimeSpan Breath = TimeSpan.FromMilliseconds(100);

        private readonly Socket _socket;
        private readonly ConnectionBudget? _budget;
        private readonly SocketConnectionContextFactory _connections;
        private readonly SilenceWatch? _silence;

        public Acceptor(Socket socket, ConnectionBudget? budget, SocketConnectionContextFactory connections)
        {
            (_socket, _budget, _connections, EndPoint) = (socket, budget, connections, socket.LocalEndPoint!);     // bound
            if (budget is not null) _silence = new(budget, Silence, Look);
        }

        public EndPoint EndPoint { get; }

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    var socket = await _socket.AcceptAsync(cancellationToken);
                    if (await AdmitAsync(socket, cancellationToken) is { } connection) return connection;
                }
                catch (Exception ended)
                    when (ended is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (SocketException failed)
                {
                    if (failed.SocketErrorCode is not SocketError.ConnectionAborted) await Task.Delay(Breath, cancellationToken);
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _socket.Dispose();
            _silence?.Dispose();
            return default;
        }

        /// <summary>By then the connections are over too.</summary>
        public async ValueTask DisposeAsync()
        {
            await UnbindAsync();
            _connections.Dispose();
        }

        /// <returns>Null when there is no place for it; it is closed then.</returns>
        private async ValueTask<BudgetedConnection?> AdmitAsync(Socket socket, CancellationToken stop)
        {
            var connection = new BudgetedConnection();
            try
            {
                if (socket.RemoteEndPoint is IPEndPoint remote)
                {
                    socket.NoDelay = true;
                    if (_budget is not null
                        && (connection.Place = await _budget.EnterAsync(remote.Address, connection.Abort, stop)) is null)
                    {
                        socket.Dispose();
                        return null;
                    }
                    _silence?.Begin();
                }
                connection.Open(_connections.Create(socket));
                return connection;
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException or OperationCanceledException)
            {
                socket.Dispose();       // it was reset already, or nobody listens any more
                connection.Place?.Leave();
                return null;
            }
        }
    }
}
