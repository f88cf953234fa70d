using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using static Ringwright.Server.Nodes.SocketReplies;

namespace Ringwright.Server.Operating;

/// <summary>
/// The paths that the commands of earlier releases ask for on the socket, below <c>/node</c>: each asks the operator's API in its turn, as the commands do
/// now, and answers as it did. They are there for one more release, for scripts and for commands that were started before the node was updated.
/// </summary>
internal sealed class NodeAliases(AdminClient client)
{
    private const string Root = "/node";

    /// <param name="data">The node's folder, whose socket answers.</param>
    public static void Map(WebApplication app, string data)
    {
        var client = new AdminClient(data);
        app.Lifetime.ApplicationStopped.Register(client.Dispose);
        new NodeAliases(client).Map(app);
    }

    private void Map(WebApplication app)
    {
        Post(app, "tenants", (_, body, stop) => Accounts.CreateAsync(client, body, stop));
        Get(app, "tenants", async (_, stop) => await Accounts.ListAsync(client, stop));
        Post(app, "tenants/limits", (_, body, stop) => ChangeAsync(body, stop));
        Post(app, "tenants/webhooks", (_, body, stop) => Accounts.ChangeAsync(client, (string?)body["name"], new() { ["webhook_retry_schedule"] = (string?)body["retry_schedule"] is "long" ? "long" : "short" }, stop));
        Post(app, "keys", (_, body, stop) => Keys.CreateAsync(client, (string?)body["tenant"], (string?)body["role"], (string?)body["label"], stop));
        Get(app, "keys", async (http, stop) => await Keys.ListAsync(client, http.Request.Query["tenant"], stop));
        Post(app, "keys/{id}/revoke", (http, _, stop) => Keys.RevokeAsync(client, Named(http), stop));
        Get(app, "access", async (http, stop) => await Keys.ListNetworksAsync(client, http.Request.Query["tenant"], stop));
        Post(app, "access/remove", (_, body, stop) => Keys.RemoveNetworksAsync(client, (string?)body["tenant"], (string?)body["id"], stop));
        Get(app, "balances", async (http, stop) => await Balances.ShowAsync(client, http.Request.Query["tenant"], stop));
        Post(app, "balances/add", (_, body, stop) => Balances.AddAsync(client, (string?)body["tenant"], (string?)body["amount"], (string?)body["currency"], (string?)body["note"], stop));
        Post(app, "balances/credit", (_, body, stop) => Balances.LimitCreditAsync(client, (string?)body["tenant"], (string?)body["amount"], (string?)body["currency"], stop));
        Post(app, "balances/deck", (_, body, stop) => Balances.AssignAsync(client, (string?)body["tenant"], (string?)body["deck"], stop));
        Get(app, "payments", async (_, stop) => await Balances.ListRequestsAsync(client, stop));
        Post(app, "payments/{id}/approve", (http, _, stop) => Balances.DecideAsync(client, Named(http), "approve", stop));
        Post(app, "payments/{id}/reject", (http, _, stop) => Balances.DecideAsync(client, Named(http), "reject", stop));
    }

    private Task<JsonNode> ChangeAsync(JsonObject body, CancellationToken stop)
    {
        body.Remove("name", out var name);
        return Accounts.ChangeAsync(client, (string?)name, body, stop);
    }

    private static string Named(HttpContext http) => (string?)http.Request.RouteValues["id"] ?? "";

    private static void Get(WebApplication app, string path, Func<HttpContext, CancellationToken, Task<JsonNode>> ask) =>
        app.MapGet($"{Root}/{path}", http => AnswerAsync(http, ask(http, http.RequestAborted)));

    // What was begun for a client that left is finished.
    private static void Post(WebApplication app, string path, Func<HttpContext, JsonObject, CancellationToken, Task<JsonNode>> ask) =>
        app.MapPost($"{Root}/{path}", http => AnswerAsync(http, ReadThenAsync(http, ask)));

    private static async Task<JsonNode> ReadThenAsync(HttpContext http, Func<HttpContext, JsonObject, CancellationToken, Task<JsonNode>> ask) =>
        await ask(http, await ReadAsync(http), CancellationToken.None);

    private static async Task<JsonObject> ReadAsync(HttpContext http) => http.Request.ContentLength is null or 0 && http.Request.ContentType is null ? [] : (await BodyAsync(http)).AsObject();

    private static async Task AnswerAsync(HttpContext http, Task<JsonNode> asked)
    {
        try
        {
            await WriteAsync(http, await asked);
        }
        catch (StartRefused refused)
        {
            await RefuseAsync(http, refused.Message);
        }
    }
}
