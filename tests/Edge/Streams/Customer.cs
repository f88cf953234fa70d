using System.Collections.Concurrent;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ringwright.Edge.Streams;

/// <summary>A customer's server with one WebSocket: keeps the frames that come, and sends what the test says.</summary>
internal sealed class Customer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly WebApplication _app;
    private readonly TaskCompletionSource<WebSocket> _socket = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BlockingCollection<JsonElement> _frames = [];
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private Customer(WebApplication app) => _app = app;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public string Url { get; private set; } = "";
    public IReadOnlyDictionary<string, string> Headers { get; private set; } = new Dictionary<string, string>();
    public WebSocketCloseStatus? CloseStatus { get; private set; }
    /// <summary>The socket is of no more use.</summary>
    public Task Over => _over.Task;

    public static async Task<Customer> StartAsync(
        System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var customer = new Customer(app);
        app.UseWebSockets(new() { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        app.Run(customer.ServeAsync);
        await app.StartAsync(Stop);
        string url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        customer.Url = url.Replace("http", "ws", StringComparison.Ordinal) + "/audio?secret=in-the-query";
        return customer;
    }

    public Task SendAsync(string text) => SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text);

    public async Task SendAsync(byte[] message, WebSocketMessageType type, bool isEnd = true) =>
        await (await _socket.Task).SendAsync(message, type, isEnd, Stop);

    public Task SendMediaAsync(byte[] payload) => SendAsync($$$"""{"event":"media","media":{"payload":"{{{Convert.ToBase64String(payload)}}}"}}""");

    public Task SendMarkAsync(string name) => SendAsync($$$"""{"event":"mark","mark":{"name":"{{{name}}}"}}""");

    public async Task CloseAsync() => await (await _socket.Task).CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);

    /// <summary>Without a word.</summary>
    public async Task AbortAsync() => (await _socket.Task).Abort();

    /// <summary>The next frame, which has to be of this event.</summary>
    public JsonElement Next(string name)
    {
        Assert.True(_frames.TryTake(out var frame, Patience), $"no {name} came");
        Assert.True(frame.GetProperty("event").GetString() == name, $"{name} was due, this came: {frame}");
        return frame;
    }

    /// <summary>The frames so far, and none of them any more.</summary>
    public List<JsonElement> Drain()
    {
        var all = new List<JsonElement>();
        while (_frames.TryTake(out var frame)) all.Add(frame);
        return all;
    }

    /// <summary>The fault of the next frame, which has to be an error.</summary>
    public (int Code, string? Title, string? Detail) NextError()
    {
        var payload = Next("error").GetProperty("payload");
        return (payload.GetProperty("code").GetInt32(), payload.GetProperty("title").GetString(),
            payload.GetProperty("detail").GetString());
    }

    /// <summary>connected and start, which come first.</summary>
    public void Begin()
    {
        Next("connected");
        Next("start");
    }

    public async ValueTask DisposeAsync()
    {
        _over.TrySetResult();
        await _app.DisposeAsync();
        _frames.Dispose();
    }

    private async Task ServeAsync(HttpContext context)
    {
        Headers = context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString());
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        _socket.TrySetResult(socket);
        var message = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(message.AsMemory(), Stop);
                if (part.MessageType is WebSocketMessageType.Close) break;
                Assert.True(part.EndOfMessage && part.MessageType is WebSocketMessageType.Text);
                using var document = JsonDocument.Parse(message.AsMemory(0, part.Count));
                _frames.Add(document.RootElement.Clone(), Stop);
            }
            CloseStatus = socket.CloseStatus;
            if (socket.State is WebSocketState.CloseReceived) await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, Stop);
        }
        catch (Exception broken) when (broken is WebSocketException or OperationCanceledException or IOException)
        {
            // The test looks at what came before.
        }
        _over.TrySetResult();
    }
}
