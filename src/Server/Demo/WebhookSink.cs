using System.Text;
using System.Text.Json.Nodes;
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
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    private readonly WebApplication _app;
    private readonly IWebhookFormat _format;
    private readonly Func<JsonObject, Task> _onEvent;
    private Ed25519PublicKeyParameters? _key;
    private int _verified;
    private int _refused;

    private WebhookSink(WebApplication app, IWebhookFormat format, Func<JsonObject, Task> onEvent) =>
        (_app, _format, _onEvent) = (app, format, onEvent);

    public int Verified => _verified;
    public int Refused => _refused;
    public string Url { get; private set; } = "";

    /// <param name="format">Names the headers; how they are checked is the customer's own.</param>
    public static async Task<WebhookSink> StartAsync(IWebhookFormat format, Func<JsonObject, Task> onEvent, CancellationToken stop)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var sink = new WebhookSink(builder.Build(), format, onEvent);
        sink._app.MapPost("/webhooks", sink.TakeAsync);
        await sink._app.StartAsync(stop);
        sink.Url = sink._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()
            + "/webhooks";
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
        if (JsonNode.Parse(body)?["data"] is JsonObject data) await _onEvent(data);
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
