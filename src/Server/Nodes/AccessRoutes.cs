using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Store;
using Ringwright.Store.Audit;
using Ringwright.Store.Tables;
using static Ringwright.Server.Nodes.SocketReplies;

namespace Ringwright.Server.Nodes;

/// <summary>The addresses that accounts have listed for their keys, as the command <c>access</c> asks for them: the way back for who is shut out.</summary>
internal sealed class AccessRoutes(Database database)
{
    public void Map(WebApplication app, string root)
    {
        app.MapGet($"{root}/access", ListAsync);
        app.MapPost($"{root}/access/remove", RemoveAsync);
    }

    private async Task ListAsync(HttpContext http)
    {
        if (await TenantAsync(http, (string?)http.Request.Query["tenant"]) is not { } tenant) return;
        await WriteAsync(http, new JsonArray([.. (await database.AccessNetworks.ListAsync(tenant.Id, http.RequestAborted)).Select(e => (JsonNode)Show(e))]));
    }

    /// <summary>One entry by its id, or all of the account when none is named.</summary>
    private async Task RemoveAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        if (await TenantAsync(http, (string?)body["tenant"]) is not { } tenant) return;
        var entries = await database.AccessNetworks.ListAsync(tenant.Id, http.RequestAborted);
        if ((string?)body["id"] is { } named)
        {
            entries = [.. entries.Where(e => e.Id.ToString(CultureInfo.InvariantCulture) == named)];
            if (entries.Count == 0)
            {
                await RefuseAsync(http, $"account '{tenant.Name}' lists nothing under '{named}' (ringwright access list shows what it lists)");
                return;
            }
        }
        int removed = await database.AccessNetworks.RemoveAsync(tenant.Id, [.. entries.Select(e => e.Id)], id => Note(tenant, entries.First(e => e.Id == id)), http.RequestAborted);
        await WriteAsync(http, new JsonObject { ["tenant"] = tenant.Name, ["removed"] = removed });
    }

    private async ValueTask<Tenant?> TenantAsync(HttpContext http, string? name)
    {
        var tenant = name is not null ? await database.Tenants.FindByNameAsync(name, http.RequestAborted) : (await database.Tenants.ListAsync(http.RequestAborted)).FirstOrDefault();
        if (tenant is null) await RefuseAsync(http, name is null ? "no account was made yet" : $"there is no account '{name}' (ringwright tenant list shows them)");
        return tenant;
    }

    private AuditNote Note(Tenant tenant, AccessEntry entry) => new()
    {
        Tenant = tenant.Id,
        At = database.Time.GetUtcNow(),
        By = AuditActor.Operator,
        Change = "deleted",
        RecordType = entry.Kind is AccessKind.Address ? "access_ip_address" : "access_ip_range",
        ResourceId = entry.Id.ToString(CultureInfo.InvariantCulture),
        Before = new() { ["network"] = entry.Network.ToString() },
    };

    private static JsonObject Show(AccessEntry entry) => new()
    {
        ["id"] = entry.Id.ToString(CultureInfo.InvariantCulture),
        ["kind"] = entry.Kind.ToString().ToLowerInvariant(),
        ["network"] = entry.Network.ToString(),
        ["created_at"] = entry.CreatedAt.ToString("O"),
    };
}
