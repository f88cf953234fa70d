using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Ringwright.Calls;

namespace Ringwright.Lab;

/// <summary>
/// The lab's own small door, on a Unix socket: <c>POST /dial</c> {from, to}, <c>GET /calls</c>, with <c>?after=N</c> those behind the
/// call of that number, and the web socket <c>/visit?to=NUMBER&amp;seconds=N</c> of somebody with a microphone elsewhere.
/// </summary>
internal sealed class LabControl : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _socket;

    /// <param name="visit">Calls that number for whoever has the socket, for so long at most, until either is over.</param>
    public LabControl(string socket, Func<string, string, CancellationToken, ValueTask<Dialled>> dial, Func<IEnumerable<LabCall>> calls,
        Func<WebSocket, string, TimeSpan, CancellationToken, Task> visit)
    {
        _socket = socket;
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore();
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(socket));
        _app = builder.Build();
        _app.UseWebSockets(new() { KeepAliveInterval = Timeout.InfiniteTimeSpan });
        _app.MapPost("/dial", async context =>
        {
            var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            if ((string?)body?["from"] is not { } from || (string?)body["to"] is not { } to)
            {
                await WriteAsync(context, StatusCodes.Status400BadRequest, new JsonObject { ["error"] = "from and to are needed" });
                return;
            }
            var dialled = await dial(from, to, context.RequestAborted);
            // an accepted dial has a leg
            await (dialled.Ack.IsAccepted
                ? WriteAsync(context, StatusCodes.Status200OK, new JsonObject { ["leg"] = dialled.Leg!.Id.ToString() })
                : WriteAsync(context, StatusCodes.Status422UnprocessableEntity,
                    new JsonObject { ["error"] = dialled.Detail ?? dialled.Ack.Refusal.ToString() }));
        });
        _app.MapGet("/visit", async context =>
        {
            if (!context.WebSockets.IsWebSocketRequest || (string?)context.Request.Query["to"] is not { Length: > 0 } to
                || !int.TryParse(context.Request.Query["seconds"], CultureInfo.InvariantCulture, out int seconds) || seconds <= 0)
            {
                await WriteAsync(context, StatusCodes.Status400BadRequest,
                    new JsonObject { ["error"] = "to and seconds are needed, by a web socket" });
                return;
            }
            using var web = await context.WebSockets.AcceptWebSocketAsync();
            await visit(web, to, TimeSpan.FromSeconds(seconds), context.RequestAborted);
        });
        _app.MapGet("/calls", context =>
        {
            long after = long.TryParse(context.Request.Query["after"], CultureInfo.InvariantCulture, out long number) ? number : 0;
            return WriteAsync(context, StatusCodes.Status200OK, new JsonArray([.. calls().Where(call => call.Number > after).Select(Row)]));
        });
    }

    public Task StartAsync(CancellationToken stop)
    {
        File.Delete(_socket);
        return _app.StartAsync(stop);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        File.Delete(_socket);
    }

    private static JsonNode Row(LabCall call) => new JsonObject
    {
        ["number"] = call.Number,
        ["from"] = call.From,
        ["to"] = call.To,
        ["direction"] = call.Direction is Direction.Inbound ? "inbound" : "outbound",
        ["started_at"] = call.StartedAt.ToString("O"),
        ["answered"] = call.IsAnswered,
        ["digits"] = call.Digits,
        ["person"] = call.Person,
        ["pressed"] = call.Pressed,
        ["said"] = new JsonArray([.. call.Said.Select(words => (JsonNode)words)]),
        ["ended"] = call.Cause?.ToString(),
        ["packets_received"] = call.Heard.PacketsReceived,
        ["packets_lost"] = call.Heard.PacketsLost,
        ["packets_skipped"] = call.Heard.PacketsSkipped,
        ["packets_sent"] = call.Heard.PacketsSent,
    };

    private static Task WriteAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(body.ToJsonString(), context.RequestAborted);
    }
}
