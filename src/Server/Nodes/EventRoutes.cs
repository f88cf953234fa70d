using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Delivery.Streams;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using static Ringwright.Server.Nodes.SocketReplies;

namespace Ringwright.Server.Nodes;

/// <summary>An account's events and their deliveries, as the command <c>events</c> asks for them; in the shapes of the public API.</summary>
/// <param name="stream">Null where no node runs.</param>
internal sealed class EventRoutes(Database database, EventStream? stream)
{
    private const int MostRows = 250;

    public void Map(WebApplication app, string root)
    {
        app.MapGet($"{root}/events/stream", StreamAsync);
        app.MapGet($"{root}/webhook_deliveries", ListAsync);
        app.MapPost($"{root}/webhook_deliveries/{{id}}/actions/replay", ReplayAsync);
        app.MapPost($"{root}/webhook_replays", ReplayManyAsync);
        app.MapGet($"{root}/webhook_replays/{{id}}", ProgressAsync);
    }

    private async Task StreamAsync(HttpContext http)
    {
        if (await TenantAsync(http) is not { } tenant) return;
        long? after = long.TryParse(http.Request.Headers["Last-Event-ID"], NumberStyles.None, CultureInfo.InvariantCulture, out long seen) ? seen : null;
        if (stream is null || !stream.TryEnter(tenant.Id))
        {
            await RefuseAsync(http, stream is null ? "events come from a running node: start it with serve" : $"at most {EventStream.MostListeners} listeners may follow an account at the same time");
            return;
        }
        http.Response.ContentType = EventStream.ContentType;
        await stream.WriteAsync(tenant.Id, EventFilter.Of(http.Request.Query["type"]), after, http.Response.Body, static _ => new(true), http.RequestAborted);
    }

    private async Task ListAsync(HttpContext http)
    {
        if (await TenantAsync(http) is not { } tenant) return;
        int limit = int.TryParse(http.Request.Query["page[size]"], NumberStyles.None, CultureInfo.InvariantCulture, out int wanted) ? Math.Clamp(wanted, 1, MostRows) : 20;
        var page = await database.Deliveries.ListAsync(tenant.Id, new() { Limit = limit }, http.RequestAborted);
        await WriteAsync(http, new JsonObject { ["data"] = new JsonArray([.. page.Rows.Select(row => (JsonNode)Show(row))]) });
    }

    private async Task ReplayAsync(HttpContext http)
    {
        if (await TenantAsync(http) is not { } tenant) return;
        string named = (string?)http.Request.RouteValues["id"] ?? "";
        var delivery = !Guid.TryParse(named, out var id) ? null
            : await database.Deliveries.FindAsync(tenant.Id, id, http.RequestAborted) ?? await database.Deliveries.FindByMessageAsync(tenant.Id, id, http.RequestAborted);
        if (delivery is null)
        {
            await RefuseAsync(http, $"account '{tenant.Name}' has no finished webhook '{named}' (ringwright events list shows them)");
            return;
        }
        var outcome = await database.Outbox.ReplayAsync(tenant.Id, delivery.Id, http.RequestAborted);
        if (outcome is ReplayOutcome.Begun) await WriteAsync(http, new JsonObject { ["data"] = Show(delivery) });
        else await RefuseAsync(http, outcome is ReplayOutcome.UnderWay ? "it is being sent at the moment" : "an earlier version sent it, which did not keep what a replay needs");
    }

    /// <summary>Asks the node's jobs for it, as the public API does.</summary>
    private async Task ReplayManyAsync(HttpContext http)
    {
        if (await TenantAsync(http) is not { } tenant) return;
        if (stream is null)
        {
            await RefuseAsync(http, "webhooks go out from a running node: start it with serve");
            return;
        }
        if (WebhookReplayJob.Read((await BodyAsync(http)).AsObject(), out string? problem) is not { } input)
        {
            await RefuseAsync(http, problem!); // one of the two
            return;
        }
        var note = new AuditNote
        {
            Tenant = tenant.Id, At = database.Time.GetUtcNow(), By = AuditActor.Operator, Change = "created", RecordType = WebhookReplayJob.KindName, ResourceId = "", After = input.DeepClone().AsObject(),
        };
        if (await database.Jobs.AddAsync(tenant.Id, WebhookReplayJob.KindName, input, WebhookReplayJob.MostOpen, note, http.RequestAborted) is { } job)
            await WriteAsync(http, new JsonObject { ["data"] = WebhookReplayJob.Show(job) });
        else
            await RefuseAsync(http, $"{WebhookReplayJob.MostOpen} jobs of account '{tenant.Name}' are under way: wait until one of them is done");
    }

    private async Task ProgressAsync(HttpContext http)
    {
        if (await TenantAsync(http) is not { } tenant) return;
        string named = (string?)http.Request.RouteValues["id"] ?? "";
        if (Guid.TryParse(named, out var id) && await database.Jobs.FindAsync(tenant.Id, id, http.RequestAborted) is { Kind: WebhookReplayJob.KindName } job)
            await WriteAsync(http, new JsonObject { ["data"] = WebhookReplayJob.Show(job) });
        else
            await RefuseAsync(http, $"account '{tenant.Name}' has no replay '{named}'");
    }

    /// <summary>The account that the query names, or the first one; null when it refused.</summary>
    private async ValueTask<Tenant?> TenantAsync(HttpContext http)
    {
        string? name = http.Request.Query["tenant"];
        var tenant = name is not null ? await database.Tenants.FindByNameAsync(name, http.RequestAborted) : (await database.Tenants.ListAsync(http.RequestAborted)).FirstOrDefault();
        if (tenant is null) await RefuseAsync(http, name is null ? "no account was made yet" : $"there is no account '{name}' (ringwright tenant list shows them)");
        return tenant;
    }

    private static JsonObject Show(WebhookDelivery delivery) => new()
    {
        ["id"] = delivery.Id.ToString(),
        ["status"] = delivery.IsDelivered ? "delivered" : "failed",
        ["finished_at"] = delivery.FinishedAt.ToString("O", CultureInfo.InvariantCulture),
        ["webhook"] = new JsonObject { ["event_type"] = delivery.EventType, ["id"] = delivery.Message.ToString() },
        ["attempts"] = new JsonArray([.. delivery.Attempts.Select(a => (JsonNode)new JsonObject { ["http"] = new JsonObject { ["request"] = new JsonObject { ["url"] = a.Url } } })]),
    };
}
