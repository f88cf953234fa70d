using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ringwright.Edge.Egress;

/// <summary>What a sink received.</summary>
internal sealed record Received(string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => System.Text.Encoding.UTF8.GetString(Body);
    public string this[string header] => Headers[header];
}

/// <summary>A real HTTP server on a free loopback port that answers as told and keeps what came.</summary>
internal sealed class Sink : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private Sink(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";
    public IReadOnlyList<Received> All => [.. _received];

    public static Task<Sink> StartAsync(int status = 200) => StartAsync((_, context) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    public static Task<Sink> StartAsync(Func<Received, int> answer) => StartAsync((received, context) =>
    {
        context.Response.StatusCode = answer(received);
        return Task.CompletedTask;
    });

    public static async Task<Sink> StartAsync(Func<Received, HttpContext, Task> answer,
        System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null, int port = 0)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, port, listen =>
        {
            if (certificate is not null) listen.UseHttps(certificate);
        }));
        var app = builder.Build();
        var sink = new Sink(app);
        app.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            var received = new Received(context.Request.Method, context.Request.Path, context.Request.QueryString.Value ?? "",
                context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()), body.ToArray());
            sink._received.Enqueue(received);
            await answer(received, context);
        });
        await app.StartAsync(TestContext.Current.CancellationToken);
        sink.Url = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return sink;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
