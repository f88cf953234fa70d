using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Crypto.Signers;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>A request for a document, or a callback.</summary>
internal sealed record Asked(string Method, string Path, IReadOnlyDictionary<string, string> Fields, IHeaderDictionary Headers, string Body)
{
    /// <summary>With its question mark.</summary>
    public string Query { get; init; } = "";

    public string this[string field] => Fields.GetValueOrDefault(field, "");

    /// <summary>Ed25519 over timestamp, pipe and raw body, by an implementation that is not the node's.</summary>
    public bool IsSignedBy(byte[] key)
    {
        byte[] signed = Encoding.UTF8.GetBytes($"{Headers["telnyx-timestamp"]}|{Body}");
        var verifier = new Ed25519Signer();
        verifier.Init(forSigning: false, new Ed25519PublicKeyParameters(key, 0));
        verifier.BlockUpdate(signed, 0, signed.Length);
        return verifier.VerifySignature(Convert.FromBase64String(Headers["telnyx-signature-ed25519"].ToString()));
    }
}

/// <summary>A customer's web server: documents by path, and whatever else is asked of it is kept and answered with 200.</summary>
internal sealed class DocumentServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Asked> _asked = new();
    private readonly ConcurrentDictionary<string, Func<Asked, HttpContext, Task>> _paths = new();

    private DocumentServer(WebApplication app) => _app = app;

    public string Root { get; private set; } = "";

    public IReadOnlyList<Asked> All => [.. _asked];

    public static async Task<DocumentServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        var server = new DocumentServer(builder.Build());
        server._app.UseWebSockets();
        server._app.Run(server.AnswerAsync);
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        server.Root = server._app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single() + "/";
        return server;
    }

    /// <returns>The URL.</returns>
    public string Serve(string path, string verbs) => Serve(path, _ => verbs);

    /// <param name="verbs">What stands within Response.</param>
    public string Serve(string path, Func<Asked, string> verbs) => Serve(path, (asked, context) =>
    {
        context.Response.ContentType = "text/xml";
        return context.Response.WriteAsync($"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>{verbs(asked)}</Response>");
    });

    public string Serve(string path, Func<Asked, HttpContext, Task> answer)
    {
        _paths[path] = answer;
        return Root + path;
    }

    public async Task<Asked> NextAsync(string path, int nth = 1) => await Eventually.SomeAsync(
        () => ValueTask.FromResult(All.Where(asked => asked.Path == path).ElementAtOrDefault(nth - 1)),
        () => $"request {nth} for {path}; there were {string.Join(", ", All.Select(asked => asked.Path))}");

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        string body = await reader.ReadToEndAsync();
        string query = context.Request.Method == "GET" ? context.Request.QueryString.Value ?? "" : body;
        var fields = QueryHelpers.ParseQuery(query).ToDictionary(field => field.Key, field => field.Value.ToString());
        var asked = new Asked(context.Request.Method, context.Request.Path.Value!.TrimStart('/'), fields,
            new HeaderDictionary(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value)), body)
        {
            Query = context.Request.QueryString.Value ?? "",
        };
        _asked.Enqueue(asked);
        if (_paths.TryGetValue(asked.Path, out var answer)) await answer(asked, context);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
