using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Ringwright.Delivery;

namespace Ringwright.Server.Demo;

/// <summary>
/// The customer's web server: takes webhooks on a free loopback port, checks each signature as a customer would (Ed25519 over timestamp,
/// pipe, raw body; an independent implementation, not the node's), and hands the event on.
/// </summary>
internal sealed class WebhookSink : IAsyncDisposable
{
    /// <summary>In the query of a URL: what is told there is of.</summary>
    public const string Of = "of";

    private const string WebhookPath = "/webhooks", DocumentPath = "/documents/";
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly WebApplication _app;
    private readonly IWebhookFormat _format;
    private readonly Func<byte[], string?, Task> _onEvent;
    private Ed25519PublicKeyParameters? _key;
    private int _verified;
    private int _refused;

    private WebhookSink(WebApplication app, IWebhookFormat format, Func<byte[], string?, Task> onEvent) =>
        (_app, _format, _onEvent) = (app, format, onEvent);

    public int Verified => _verified;
    public int Refused => _refused;
    public string Url { get; private set; } = "";

    /// <summary>Where documents are asked for, up to their names.</summary>
    public string Documents => Url[..^WebhookPath.Length] + DocumentPath;

    /// <param name="format">Names the headers; how they are checked is the customer's own.</param>
    /// <param name="documents">Answers what calls ask for by name: with a document.</param>
    public static async Task<WebhookSink> StartAsync(IWebhookFormat format, Func<byte[], string?, Task> onEvent,
        Func<string, IFormCollection, string> documents, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var sink = new WebhookSink(builder.Build(), format, onEvent);
        sink._app.MapPost(WebhookPath, sink.TakeAsync);
        sink._app.MapPost(DocumentPath + "{name}", async (string name, HttpContext http) => Results.Text(
            documents(name, await http.Request.ReadFormAsync(http.RequestAborted)), "application/xml"));
        await sink._app.StartAsync(stop);
        sink.Url = sink._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
            + WebhookPath;
        return sink;
    }

    /// <param name="key">The answer of GET /v2/public_key: base64 of 32 bytes.</param>
    public void Trust(string key) => _key = new Ed25519PublicKeyParameters(Convert.FromBase64String(key), 0);

    private async Task TakeAsync(HttpContext context)
    {
        using var buffer = new MemoryStream();
        await context.Request.Body.CopyToAsync(buffer, context.RequestAborted);
        byte[] body = buffer.ToArray();
        if (!IsGenuine(context.Request.Headers, body))
        {
            Interlocked.Increment(ref _refused);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }
        Interlocked.Increment(ref _verified);
        context.Response.StatusCode = StatusCodes.Status200OK;
        await context.Response.CompleteAsync();
        await _onEvent(body, context.Request.Query[Of]);
    }

    private bool IsGenuine(IHeaderDictionary headers, byte[] body)
    {
        string timestamp = headers[_format.TimestampHeader].ToString();
        Span<byte> signature = stackalloc byte[64];
        if (_key is null || !long.TryParse(timestamp, out long seconds)
                || !Convert.TryFromBase64String(headers[_format.SignatureHeader].ToString(), signature, out int length) || length != 64)
            return false;
        if ((DateTimeOffset.UtcNow - DateTimeOffset.FromUnixTimeSeconds(seconds)).Duration() > Tolerance) return false;
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, _key);
        byte[] prefix = Encoding.ASCII.GetBytes(timestamp + "|");
        verifier.BlockUpdate(prefix, 0, prefix.Length);
        verifier.BlockUpdate(body, 0, body.Length);
        return verifier.VerifySignature(signature.ToArray());
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
