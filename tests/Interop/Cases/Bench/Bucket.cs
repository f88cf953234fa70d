using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Ringwright.Interop.Cases;

/// <summary>A bucket that keeps what is put into it as a whole. That servers of others are understood is shown by the suite Node.</summary>
internal sealed class Bucket : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Bucket(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>By the path; one that is put again takes the other's place.</summary>
    public ConcurrentDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    public static async Task<Bucket> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var bucket = new Bucket(builder.Build());
        bucket._app.Run(bucket.AnswerAsync);
        await bucket._app.StartAsync(TestContext.Current.CancellationToken);
        bucket.Url = bucket._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return bucket;
    }

    private async Task AnswerAsync(HttpContext http)
    {
        if (http.Request.Method is not "PUT")
        {
            http.Response.StatusCode = StatusCodes.Status501NotImplemented;
            return;
        }
        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        Objects[http.Request.Path.Value ?? ""] = body.ToArray();
        http.Response.Headers.ETag = "\"whole\"";
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
