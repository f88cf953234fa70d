using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Net;
using Ringwright.Store;
using Ringwright.Store.Tables;
using static Ringwright.Server.Nodes.SocketReplies;

namespace Ringwright.Server.Nodes;

/// <summary>
/// What the commands of the program ask beside the operator's API, under <c>/node</c> and on the socket only: numbers, accounts, keys, events, a test call.
/// </summary>
/// <param name="engine">Null where a command opened the database by itself.</param>
/// <param name="snapshots">Backup and restore.</param>
/// <param name="events">Webhooks and events.</param>
internal sealed class NodeRoutes(Database database, SipEngine? engine, Snowflakes snowflakes, TimeProvider clock, SnapshotRoutes snapshots,
    EventRoutes events)
{
    public const int MaximumNumbers = 100_000;
    private const string Root = "/node";

    public void Map(WebApplication app)
    {
        app.MapPost($"{Root}/numbers", ImportNumbersAsync);
        app.MapPost($"{Root}/numbers/ported", PortNumberAsync);
        app.MapPost($"{Root}/trunks/{{id}}/test", TestTrunkAsync);
        app.MapPost($"{Root}/calls", CallAsync);
        app.MapGet($"{Root}/calls/{{leg}}", ShowCallAsync);
        app.MapPost($"{Root}/calls/{{leg}}/hangup", HangUpAsync);
        snapshots.Map(app, Root);
        events.Map(app, Root);
    }

    private async Task ImportNumbersAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        var tenant = await TenantAsync((string?)body["tenant"], http.RequestAborted);
        if (tenant is null)
        {
            await RefuseAsync(http, $"there is no account '{(string?)body["tenant"]}'");
            return;
        }
        var now = clock.GetUtcNow();
        var numbers = new List<NewNumber>();
        foreach (var item in body["numbers"]!.AsArray()) // our own command writes it
        {
            string text = (string)item!["number"]!;
            ConnectionId? connection = null;
            if ((string?)item["connection"] is { Length: > 0 } named)
            {
                if (!long.TryParse(named, CultureInfo.InvariantCulture, out long id) || database.Routing.Current.FindConnection(tenant.Id, new(id)) is null)
                {
                    await RefuseAsync(http, $"{text}: connection {named} is no application of account '{tenant.Name}'");
                    return;
                }
                connection = new(id);
            }
            string[] tags = [.. item["tags"]?.AsArray().Select(t => (string)t!) ?? []];
            numbers.Add(new(new(text, tenant.Id, connection) { Tags = tags }, snowflakes.Next(), now));
        }
        int added = await database.Numbers.ImportAsync(numbers, http.RequestAborted);
        await WriteAsync(http, new JsonObject { ["added"] = added, ["known"] = numbers.Count - added, ["tenant"] = tenant.Name });
    }

    private async Task PortNumberAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        var (text, isOut) = ((string)body["number"]!, (bool)body["out"]!); // our own command writes them
        if (await database.Numbers.PortAsync(text, isOut, clock.GetUtcNow(), http.RequestAborted)) await WriteAsync(http, new JsonObject { ["number"] = text });
        else await RefuseAsync(http, $"no account has the number {text}");
    }

    private async Task TestTrunkAsync(HttpContext http)
    {
        if (engine is null || !Guid.TryParse((string?)http.Request.RouteValues["id"], out var id) || database.Routing.Current.FindTrunk(new(id)) is not { } trunk)
        {
            await RefuseAsync(http, "there is no such trunk");
            return;
        }
        var attempts = await engine.PingAsync(trunk, http.RequestAborted);
        await WriteAsync(http, new JsonObject
        {
            ["trunk"] = trunk.Name,
            ["has_login"] = trunk.AuthUser is not null,
            ["attempts"] = new JsonArray(
            [
                .. attempts.Select(a => (JsonNode)new JsonObject
                {
                    ["transport"] = a.Transport?.ToString().ToLowerInvariant(), ["address"] = a.Remote?.ToString(), ["status"] = a.Answer.Status, ["trouble"] = a.Answer.Trouble,
                }),
            ]),
        });
    }

    private async Task CallAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        if (engine is null || await TenantAsync(null, http.RequestAborted) is not { } tenant)
        {
            await RefuseAsync(http, "no account was made yet: start the node once with serve");
            return;
        }
        string? say = (string?)body["say"];
        string from = (string?)body["from"] ?? "anonymous";
        var dialled = await engine.Calls.DialAsync(new()
        {
            Tenant = tenant.Id,
            Connection = default, // belongs to no application: no webhook tells of it
            IsByOperator = true,
            To = (string)body["to"]!, // our own command writes it
            From = from,
            BroughtCaller = from, // the operator calls, whose trunks they are
            RingTimeout = TimeSpan.FromSeconds((double?)body["ring_seconds"] ?? 30),
            PromptOnAnswer = say is null ? null : new PromptSource.Speech(say, "", null, IsSsml: false),
        }, http.RequestAborted);
        if (dialled.Leg is not { } leg) await RefuseAsync(http, dialled.Detail ?? dialled.Ack.Refusal.ToString());
        else await WriteAsync(http, new JsonObject { ["leg"] = leg.Id.ToString(), ["from"] = leg.From, ["to"] = leg.To });
    }

    private async Task ShowCallAsync(HttpContext http)
    {
        if (await TenantAsync(null, http.RequestAborted) is not { } tenant || !LegId.TryParse((string?)http.Request.RouteValues["leg"], out var leg))
        {
            await RefuseAsync(http, "there is no such call");
            return;
        }
        var happened = new JsonArray();
        foreach (var row in await database.Events.ListLegAsync(tenant.Id, leg, http.RequestAborted))
            happened.Add(new JsonObject { ["type"] = row.Type, ["at"] = row.At.ToString("O"), ["says"] = CallWords.Of((CallEvent)row.ToEvent()) });
        await WriteAsync(http, new JsonObject { ["events"] = happened });
    }

    private async Task HangUpAsync(HttpContext http)
    {
        if (engine is not null && LegId.TryParse((string?)http.Request.RouteValues["leg"], out var leg))
            await engine.Calls.SendAsync(leg, new LegCommand.Hangup(), http.RequestAborted);
        await WriteAsync(http, new JsonObject());
    }

    /// <summary>The account of that name; the first one when none is named.</summary>
    private async ValueTask<Tenant?> TenantAsync(string? name, CancellationToken stop) =>
        name is not null ? await database.Tenants.FindByNameAsync(name, stop) : (await database.Tenants.ListAsync(stop)).FirstOrDefault();
}
