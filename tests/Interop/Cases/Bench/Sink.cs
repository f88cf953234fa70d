using System.Net;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ringwright.Interop;

/// <summary>A customer's web server: takes webhooks on any path, answers as the test says, and serves audio files.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Webhook> _taken = new();
    private readonly ConcurrentDictionary<string, Func<Webhook, Task<int>>> _reactions = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);

    private Sink(WebApplication app) => _app = app;

    // A port that one sink gives back may be the next one's: the name tells whose a late webhook is.
    private readonly string _name = Guid.NewGuid().ToString("N");

    /// <summary>Scheme, host, port and this sink's own folder, with a slash at the end.</summary>
    public string Root { get; private set; } = "";

    /// <summary>In the order in which they came, each attempt for itself.</summary>
    public IReadOnlyCollection<Webhook> Taken => _taken;

    /// <param name="host">Loopback when null.</param>
    public static async Task<Sink> StartAsync(IPAddress? host = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{host ?? IPAddress.Loopback}:0");
        var sink = new Sink(builder.Build());
        sink._app.MapPost($"/{sink._name}/{{**path}}", sink.TakeAsync);
        sink._app.MapGet($"/{sink._name}/audio/{{name}}", sink.ServeAsync);
        await sink._app.StartAsync(TestContext.Current.CancellationToken);
        sink.Root = sink._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
            + $"/{sink._name}/"; // Kestrel always says where it listens
        return sink;
    }

    /// <summary>
    /// Answers webhooks to <paramref name="path"/> with the status that <paramref name="react"/> gives, when it gives it.
    /// </summary>
    public void React(string path, Func<Webhook, Task<int>> react) => _reactions[path] = react;

    public void React(string path, int status) => React(path, _ => Task.FromResult(status));

    /// <summary>Serves the bytes as audio/wav.</summary>
    /// <returns>The file's URL.</returns>
    public string Serve(string name, byte[] content)
    {
        _files[name] = content;
        return $"{Root}audio/{name}";
    }

    private async Task TakeAsync(HttpContext context, string path)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        var webhook = new Webhook(Root + path, new HeaderDictionary(context.Request.Headers.ToDictionary()), buffer.ToArray());
        _taken.Enqueue(webhook);
        if (_reactions.TryGetValue(path, out var react))
            context.Response.StatusCode = await react(webhook).WaitAsync(context.RequestAborted);
    }

    private async Task ServeAsync(HttpContext context, string name)
    {
        if (!_files.TryGetValue(name, out byte[]? content))
        {
            context.Response.StatusCode = name.StartsWith("broken", StringComparison.Ordinal) ? StatusCodes.Status500InternalServerError
                : StatusCodes.Status404NotFound;
            return;
        }
        context.Response.ContentType = "audio/wav";
        context.Response.ContentLength = content.Length;
        await context.Response.Body.WriteAsync(content, context.RequestAborted);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
