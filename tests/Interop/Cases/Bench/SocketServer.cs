using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>An application that calls are streamed to: keeps what comes by each connection, and breaks them.</summary>
internal sealed class SocketServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Connection> _connections = new();

    private SocketServer(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    public int Count => _connections.Count;

    /// <summary>Each connection is dropped as soon as the first frame of audio came.</summary>
    public bool BreaksAlways { get; set; }

    public static async Task<SocketServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var server = new SocketServer(builder.Build());
        server._app.UseWebSockets();
        server._app.Run(server.ServeAsync);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        string root = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Url = root.Replace("http", "ws", StringComparison.Ordinal) + "/audio";
        return server;
    }

    /// <summary>The connection of that number, from 1, as soon as audio comes by it.</summary>
    public async Task<Connection> NextAsync(int nth) => await Eventually.SomeAsync(() => ValueTask.FromResult(
        _connections.ElementAtOrDefault(nth - 1) is { } found && found.Of("media").Any() ? found : null), $"connection {nth} has audio");

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task ServeAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var connection = new Connection(socket);
        _connections.Enqueue(connection);
        byte[] message = new byte[64 * 1024];
        try
        {
            while (await socket.ReceiveAsync(message.AsMemory(), CancellationToken.None) is { MessageType: WebSocketMessageType.Text } part)
            {
                connection.Take((JsonObject)JsonNode.Parse(message.AsSpan(0, part.Count))!);
                if (BreaksAlways && connection.Of("media").Any()) connection.Break();
            }
            if (socket.State is WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }
        catch (Exception broken) when (broken is WebSocketException or OperationCanceledException or IOException)
        {
            // It was broken, by either side.
        }
    }

    internal sealed class Connection(WebSocket socket)
    {
        private readonly ConcurrentQueue<JsonObject> _frames = new();

        public void Take(JsonObject frame) => _frames.Enqueue(frame);

        public IEnumerable<JsonObject> Of(string name) => _frames.Where(frame => (string?)frame["event"] == name);

        public IEnumerable<string> Events => _frames.Select(frame => (string)frame["event"]!);

        public Task SendAsync(JsonObject frame) => socket.SendAsync(Encoding.UTF8.GetBytes(frame.ToJsonString()), WebSocketMessageType.Text,
            endOfMessage: true, TestContext.Current.CancellationToken);

        /// <summary>Without a word.</summary>
        public void Break() => socket.Abort();

        public Task CloseAsync() =>
            socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, TestContext.Current.CancellationToken);
    }
}
