using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Delivery.Streams;
using Ringwright.Http;
using Ringwright.Server.Events;
using Ringwright.Server.Nodes;
using static Ringwright.Server.Nodes.SocketReplies;

namespace Ringwright.Server.Operating;

/// <summary>
/// The paths that the commands of earlier releases ask for on the socket, below <c>/node</c>: each asks the operator's API in its turn, as
/// the commands do now, and answers as it did. They are there for one more release, for scripts and for commands that were started before
/// the node was updated.
/// </summary>
/// <param name="data">The node's folder, whose socket answers.</param>
internal sealed class NodeAliases(string data, AdminClient client)
{
    private const string Root = "/node";

    /// <param name="data">The node's folder, whose socket answers.</param>
    public static void Map(WebApplication app, string data)
    {
        var client = new AdminClient(data);
        app.Lifetime.ApplicationStopped.Register(client.Dispose);
        new NodeAliases(data, client).Map(app);
    }

    private void Map(WebApplication app)
    {
        Post(app, "tenants", (_, body, stop) => AccountsClient.CreateAsync(client, body, stop));
        Get(app, "tenants", async (_, stop) => await AccountsClient.ListAsync(client, stop));
        Post(app, "tenants/limits", (_, body, stop) => ChangeAsync(body, stop));
        Post(app, "tenants/webhooks", (_, body, stop) => AccountsClient.ChangeAsync(client, (string?)body["name"],
            new() { ["webhook_retry_schedule"] = (string?)body["retry_schedule"] is "long" ? "long" : "short" }, stop));
        Post(app, "keys", (_, body, stop) => Keys.CreateAsync(client, (string?)body["tenant"], (string?)body["role"],
            (string?)body["label"], stop));
        Get(app, "keys", async (http, stop) => await Keys.ListAsync(client, http.Request.Query["tenant"], stop));
        Post(app, "keys/{id}/revoke", (http, _, stop) => Keys.RevokeAsync(client, Named(http), stop));
        Get(app, "access", async (http, stop) => await Keys.ListNetworksAsync(client, http.Request.Query["tenant"], stop));
        Post(app, "access/remove", (_, body, stop) => Keys.RemoveNetworksAsync(client, (string?)body["tenant"], (string?)body["id"], stop));
        Get(app, "balances", async (http, stop) => await BalancesClient.ShowAsync(client, http.Request.Query["tenant"], stop));
        Post(app, "balances/add", (_, body, stop) => BalancesClient.AddAsync(client, (string?)body["tenant"], (string?)body["amount"],
            (string?)body["currency"], (string?)body["note"], stop));
        Post(app, "balances/credit",
            (_, body, stop) => BalancesClient.LimitCreditAsync(client, (string?)body["tenant"], (string?)body["amount"],
                (string?)body["currency"], stop));
        Post(app, "balances/deck",
            (_, body, stop) => BalancesClient.AssignAsync(client, (string?)body["tenant"], (string?)body["deck"], stop));
        Get(app, "payments", async (_, stop) => await BalancesClient.ListRequestsAsync(client, stop));
        Post(app, "payments/{id}/approve", (http, _, stop) => BalancesClient.DecideAsync(client, Named(http), "approve", stop));
        Post(app, "payments/{id}/reject", (http, _, stop) => BalancesClient.DecideAsync(client, Named(http), "reject", stop));
        MapEvents(app);
        Post(app, "numbers", (_, body, stop) => Numbers.ImportAsync(client, (string?)body["tenant"], body["numbers"]!.AsArray(), stop));
        Post(app, "numbers/ported", (_, body, stop) => Numbers.PortAsync(client, (string?)body["number"], (bool)body["out"]!, stop));
        Post(app, "trunks/{id}/test", (http, _, stop) => TestCallsClient.TestTrunkAsync(client, Named(http), stop));
        Post(app, "calls", (_, body, stop) => TestCallsClient.PlaceAsync(client, body, stop));
        Get(app, "calls/{id}", async (http, stop) => new JsonObject
        {
            ["events"] = await TestCallsClient.ListEventsAsync(client, Named(http),
            stop)
        });
        Post(app, "calls/{id}/hangup", (http, _, stop) => TestCallsClient.HangUpAsync(client, Named(http), stop));
        Post(app, "snapshots/save",
            (_, body, stop) => SnapshotsClient.SaveAsync(client, (string?)body["path"] ?? "", (string?)body["tenant"],
                (bool?)body["files"] ?? true, (bool?)body["overwrite"] ?? false, stop));
        Post(app, "snapshots/load", (_, body, stop) => SnapshotsClient.LoadAsync(client, (string?)body["path"] ?? "", (bool?)body["replace"]
            ?? false, stop));
    }

    private void MapEvents(WebApplication app)
    {
        app.MapGet($"{Root}/events/stream", FollowAsync);
        Get(app, "webhook_deliveries", (http, stop) => EventsAsync(http, async endpoint =>
            await endpoint.ListAsync(
                int.TryParse(http.Request.Query["page[size]"], out int wanted) ? Math.Clamp(wanted, 1, 250) : 20,
                isFailed: false, stop)));
        Post(app, "webhook_deliveries/{id}/actions/replay",
            (http, _, stop) => EventsAsync(http, endpoint => endpoint.ReplayAsync(Named(http),
                stop)));
        Post(app, "webhook_replays", (http, body, stop) => EventsAsync(http, endpoint => endpoint.ReplayManyAsync(body, stop)));
        Get(app, "webhook_replays/{id}", (http, stop) => EventsAsync(http, endpoint => endpoint.ProgressAsync(Named(http), stop)));
    }

    private async Task FollowAsync(HttpContext http)
    {
        try
        {
            using var endpoint = EventsEndpoint.Local(data, http.Request.Query["tenant"]);
            using var events = await endpoint.FollowAsync(http.Request.Query["type"], http.Request.Headers["Last-Event-ID"],
                http.RequestAborted);
            http.Response.ContentType = EventStream.ContentType;
            await events.Content.CopyToAsync(http.Response.Body, http.RequestAborted);
        }
        catch (StartRefused refused)
        {
            await RefuseAsync(http, refused);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException or HttpRequestException)
        {
            // Either end went: whoever listens comes back with the last id.
        }
    }

    private async Task<JsonNode> EventsAsync(HttpContext http, Func<EventsEndpoint, Task<JsonNode>> ask)
    {
        using var endpoint = EventsEndpoint.Local(data, http.Request.Query["tenant"]);
        return new JsonObject { ["data"] = (await ask(endpoint)).DeepClone() };
    }

    private Task<JsonNode> ChangeAsync(JsonObject body, CancellationToken stop)
    {
        body.Remove("name", out var name);
        return AccountsClient.ChangeAsync(client, (string?)name, body, stop);
    }

    private static string Named(HttpContext http) => (string?)http.Request.RouteValues["id"] ?? "";

    private static void Get(WebApplication app, string path, Func<HttpContext, CancellationToken, Task<JsonNode>> ask) =>
        app.MapGet($"{Root}/{path}", http => AnswerAsync(http, ask(http, http.RequestAborted)));

    // What was begun for a client that left is finished.
    private static void Post(WebApplication app, string path, Func<HttpContext, JsonObject, CancellationToken, Task<JsonNode>> ask) =>
        app.MapPost($"{Root}/{path}", http => AnswerAsync(http, ReadThenAsync(http, ask)));

    private static async Task<JsonNode> ReadThenAsync(HttpContext http, Func<HttpContext, JsonObject, CancellationToken,
        Task<JsonNode>> ask) =>
        await ask(http, await ReadAsync(http), CancellationToken.None);

    private static async Task<JsonObject> ReadAsync(HttpContext http) =>
        http.Request.ContentLength is null or 0 && http.Request.ContentType is null ? [] : (await BodyAsync(http)).AsObject();

    private static async Task AnswerAsync(HttpContext http, Task<JsonNode> asked)
    {
        try
        {
            await WriteAsync(http, await asked);
        }
        catch (StartRefused refused)
        {
            await RefuseAsync(http, refused);
        }
    }

    /// <summary>
    /// All that the commands did wrong was 422; a database that is away was 503 with a line of text, and a fault of ours 500 with nothing.
    /// </summary>
    private static async Task RefuseAsync(HttpContext http, StartRefused refused)
    {
        if (refused.Status is not (>= 500 and var status))
        {
            await SocketReplies.RefuseAsync(http, refused.Message);
            return;
        }
        http.Response.StatusCode = status;
        if (status != StatusCodes.Status503ServiceUnavailable) return;
        http.Response.Headers.RetryAfter = Limits.RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        await http.Response.WriteAsync(refused.Message.Split(';')[0].TrimEnd('.') + ".\n", http.RequestAborted);
    }
}
