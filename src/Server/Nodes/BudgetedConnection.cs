using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Ringwright.Http;
using Ringwright.Net;

namespace Ringwright.Server.Nodes;

/// <summary>
/// A web server's connection, with its place in the listener's budget. The place is free when the socket is closed.
/// A client that is done with sending gets its answer: by itself Kestrel takes that for the end of the connection.
/// </summary>
internal sealed class BudgetedConnection : ConnectionContext
{
    /// <summary>From the end of what the client sends to its request's being under way.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(500);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _closed = new(), _saidAll = new();
    private ConnectionContext? _inner;
    private ClientPresence? _client;
    private IDuplexPipe? _transport;
    private bool _isAborted;

    public ConnectionPlace? Place { get; set; }

    public override IDuplexPipe Transport { get => _transport ?? Inner.Transport; set => _transport = value; }
    public override string ConnectionId { get => Inner.ConnectionId; set => Inner.ConnectionId = value; }
    public override IFeatureCollection Features => Inner.Features;
    public override IDictionary<object, object?> Items { get => Inner.Items; set => Inner.Items = value; }
    public override CancellationToken ConnectionClosed { get => _closed.Token; set => Inner.ConnectionClosed = value; }
    public override EndPoint? LocalEndPoint { get => Inner.LocalEndPoint; set => Inner.LocalEndPoint = value; }
    public override EndPoint? RemoteEndPoint { get => Inner.RemoteEndPoint; set => Inner.RemoteEndPoint = value; }

    private ConnectionContext Inner => _inner ?? throw new InvalidOperationException("the connection is not open");

    public void Open(ConnectionContext inner)
    {
        lock (_gate)
        {
            _inner = inner;
            if (Place is { } place) inner.Features.Set(place);
            if (inner.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket && ClientPresence.IsKnownOf(socket))
                inner.Features.Set<IClientPresence>(_client = new(socket, _saidAll.Token));
            _transport = new Pipes(new HeldEnd(inner.Transport.Input), inner.Transport.Output);
            inner.ConnectionClosed.UnsafeRegister(static connection => _ = ((BudgetedConnection)connection!).EndAsync(), this);
            if (!_isAborted) return;
        }
        inner.Abort();
    }

    /// <summary>Nothing more comes from the client.</summary>
    private async Task EndAsync()
    {
        await _saidAll.CancelAsync();
        if (_client is { HasSaidAll: true } client)
        {
            if (!client.IsAtWork) await Task.Delay(Grace);
            // When it is answered, the server finds that nothing more comes, and closes.
            if (client.IsOwedAnswer) return;
        }
        await _closed.CancelAsync();
    }

    /// <summary>Also before it is open: then it is closed at once.</summary>
    public override void Abort()
    {
        lock (_gate)
        {
            _isAborted = true;
            if (_inner is null) return;
        }
        _inner.Abort();
    }

    public override void Abort(ConnectionAbortedException abortReason) => Inner.Abort(abortReason);

    public override async ValueTask DisposeAsync()
    {
        try
        {
            await Inner.DisposeAsync();
        }
        finally
        {
            Place?.Leave();
        }
    }

    private sealed record Pipes(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
