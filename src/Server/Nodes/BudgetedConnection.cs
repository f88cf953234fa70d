using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Ringwright.Net;

namespace Ringwright.Server.Nodes;

/// <summary>A web server's connection, with its place in the listener's budget. The place is free when the socket is closed.</summary>
internal sealed class BudgetedConnection : ConnectionContext
{
    private readonly Lock _gate = new();
    private ConnectionContext? _inner;
    private bool _isAborted;

    public ConnectionPlace? Place { get; set; }

    public override IDuplexPipe Transport { get => Inner.Transport; set => Inner.Transport = value; }
    public override string ConnectionId { get => Inner.ConnectionId; set => Inner.ConnectionId = value; }
    public override IFeatureCollection Features => Inner.Features;
    public override IDictionary<object, object?> Items { get => Inner.Items; set => Inner.Items = value; }
    public override CancellationToken ConnectionClosed { get => Inner.ConnectionClosed; set => Inner.ConnectionClosed = value; }
    public override EndPoint? LocalEndPoint { get => Inner.LocalEndPoint; set => Inner.LocalEndPoint = value; }
    public override EndPoint? RemoteEndPoint { get => Inner.RemoteEndPoint; set => Inner.RemoteEndPoint = value; }

    private ConnectionContext Inner => _inner ?? throw new InvalidOperationException("the connection is not open");

    public void Open(ConnectionContext inner)
    {
        lock (_gate)
        {
            _inner = inner;
            if (Place is { } place) inner.Features.Set(place);
            if (!_isAborted) return;
        }
        inner.Abort();
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
}
