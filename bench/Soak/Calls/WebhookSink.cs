using System.Text.Json.Nodes;
using Ringwright.Bench.Application;

namespace Ringwright.Bench.Soak.Calls;

/// <summary>How the customer's web server behaves.</summary>
internal enum SinkMood { Well, Refuses, Hangs }

/// <summary>
/// The customer's web server: takes webhooks and serves audio, as well as it is told to.
/// On a port that it keeps when it is gone for a while.
/// </summary>
internal sealed class WebhookSink(int port, CallBook book) : IAsyncDisposable
{
    private const string Signature = "telnyx-signature-ed25519";
    /// <summary>Longer than the node waits.</summary>
    private static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    private WebApplication? _server;

    public Uri Hooks => new($"http://127.0.0.1:{port}/hooks");

    /// <summary>A tone of that length.</summary>
    public Uri Tone(int milliseconds) => new($"http://127.0.0.1:{port}/tone/{milliseconds}.wav");

    public Uri Missing => new($"http://127.0.0.1:{port}/missing.wav");

    public SinkMood Mood { get; set; }

    public async Task StartAsync(CancellationToken stop)
    {
        // Nothing from outside configures it: the usual builders watch every file below the current folder,
        // and whoever writes one pays for that.
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, port));
        builder.Services.AddRoutingCore();
        _server = builder.Build();
        _server.MapPost("/hooks", TakeAsync);
        _server.MapGet("/tone/{file}", async http =>
        {
            string file = (string?)http.Request.RouteValues["file"] ?? "";
            byte[] wav = ToneFile.Make(int.TryParse(file.Split('.')[0], out int milliseconds) ? milliseconds : 500);
            http.Response.ContentType = "audio/wav";
            http.Response.ContentLength = wav.Length;
            await http.Response.Body.WriteAsync(wav, http.RequestAborted);
        });
        await _server.StartAsync(stop);
    }

    /// <summary>Gone: whoever connects is refused.</summary>
    public async Task LeaveAsync()
    {
        if (_server is { } server) await server.DisposeAsync();
        _server = null;
    }

    public async ValueTask DisposeAsync() => await LeaveAsync();

    private async Task TakeAsync(HttpContext http)
    {
        if (Mood is SinkMood.Hangs)
        {
            await Task.Delay(Hang, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }
        if (Mood is SinkMood.Refuses)
        {
            http.Response.StatusCode = StatusCodes.Status500InternalServerError;
            return;
        }
        if ((await JsonNode.ParseAsync(http.Request.Body, cancellationToken: http.RequestAborted))?["data"] is JsonObject data)
            book.Take(data, http.Request.Headers.ContainsKey(Signature));
    }
}
