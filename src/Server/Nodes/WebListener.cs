using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Ringwright.Http;
using Ringwright.Net;
using Ringwright.Store;
using Ringwright.Store.Blobs;

namespace Ringwright.Server.Nodes;

/// <summary>One web server of the node, with its own port and its own routes.</summary>
internal sealed class WebListener : IAsyncDisposable
{
    private readonly WebApplication _app;

    private WebListener(WebApplication app) => _app = app;

    /// <param name="flag">Which setting chose the place, for the sentence when it is taken.</param>
    /// <param name="where">Null listens only where <paramref name="configure"/> says.</param>
    /// <param name="bound">The socket that has that place, and is the listener's from here on.</param>
    /// <param name="budget">Of its connections.</param>
    /// <param name="configure">More of Kestrel, beside the end point.</param>
    /// <param name="map">The routes.</param>
    /// <exception cref="StartRefused">The place cannot be listened on.</exception>
    public static async Task<WebListener> StartAsync(string flag, IPEndPoint? where, Socket? bound, ConnectionBudget budget,
        ILoggerFactory loggers, Action<KestrelServerOptions>? configure, Action<WebApplication> map, CancellationToken stop)
    {
        // Nothing from outside configures it: the usual builders read appsettings.json and then watch all below
        // the current folder, the database among it.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        // the last one is asked first
        builder.Services.AddSingleton<IConnectionListenerFactory>(new BudgetedTransport(bound, budget, loggers));
        builder.Services.AddRoutingCore();
        builder.Services.Replace(ServiceDescriptor.Singleton(loggers)); // the node's, not one per listener
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = TimeSpan.FromSeconds(5));
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestLineSize = Limits.RequestLineBytes;
            // From the first byte of a later request to the end of its head; the first one's time begins with the connection.
            kestrel.Limits.RequestHeadersTimeout = BudgetedTransport.Silence;
            if (where is not null) kestrel.Listen(where);
            configure?.Invoke(kestrel);
        });
        var app = builder.Build();
        app.Use((HttpContext http, RequestDelegate next) => GuardAsync(http, next));
        map(app);
        try
        {
            await app.StartAsync(stop);
        }
        catch (Exception failed) when (failed is IOException or SocketException)
        {
            await app.DisposeAsync();
            bound?.Dispose();
            throw where is null ? new StartRefused($"the node's socket cannot be made: {failed.Message}", failed)
                : Refusal(flag, where, failed);
        }
        return new(app);
    }

    /// <summary>
    /// For what is no operation of an API; those answer in their own shape. And a connection is at work as long as one of its requests is.
    /// </summary>
    private static async Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        var place = http.Features.Get<ConnectionPlace>();
        if (place is not null)
        {
            place.Prove();
            place.IsAtRest = false;
        }
        var client = http.Features.Get<IClientPresence>() as ClientPresence;
        client?.Begin(isOwedAnswer: !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method));
        try
        {
            await next(http);
        }
        catch (Exception away) when (away is StoreUnavailableException or BlobStoreException && !http.Response.HasStarted)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
            string sentence = away is BlobStoreException ? "The store of files is not available at the moment." : away.Message;
            await http.Response.WriteAsync(sentence + "\n", http.RequestAborted);
        }
        finally
        {
            if (place is not null) place.IsAtRest = true;
            client?.End();
        }
    }

    /// <summary>For who opens the address in a browser.</summary>
    public static async Task SayWhereAsync(HttpContext http, RequestDelegate next)
    {
        await next(http);
        if (http.GetEndpoint() is null && http.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound }
                && !HttpMethods.IsHead(http.Request.Method))
            await http.Response.WriteAsync(
                "There is nothing at this path: the API is below /v2, and / says what else is here.\n", http.RequestAborted);
    }

    /// <summary>Takes no more connections and lets open requests end.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }

    public static StartRefused Refusal(string flag, IPEndPoint where, Exception failed) => failed switch
    {
        { InnerException: AddressInUseException } or SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } =>
            new($"port {where.Port} is in use ({flag} {where}): stop the program that holds it or choose another port with {flag}", failed),
        { InnerException: SocketException { SocketErrorCode: SocketError.AddressNotAvailable } }
            or SocketException { SocketErrorCode: SocketError.AddressNotAvailable } =>
            new($"{where.Address} is not an address of this machine ({flag} {where})", failed),
        { InnerException: SocketException { SocketErrorCode: SocketError.AccessDenied } }
            or SocketException { SocketErrorCode: SocketError.AccessDenied } =>
            new($"this user may not open port {where.Port} ({flag} {where}): choose one from 1024 on, with a proxy or a rule of the "
                + "firewall before it", failed),
        _ => new($"{flag} {where} cannot be listened on: {failed.Message}", failed),
    };

    /// <summary>Signals are the node's business: a host of its own per listener would each react to them.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;
        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
