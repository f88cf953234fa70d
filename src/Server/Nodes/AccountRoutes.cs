using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Store;
using Ringwright.Store.Tables;
using static Ringwright.Server.Nodes.SocketReplies;

namespace Ringwright.Server.Nodes;

/// <summary>Accounts, their limits and their keys, as the commands <c>tenant</c> and <c>key</c> ask for them.</summary>
/// <param name="keysChanged">Called when a key ends, so that it stops here at once.</param>
internal sealed class AccountRoutes(Database database, Action keysChanged)
{
    private const int MostCharacters = 200;

    public void Map(WebApplication app, string root)
    {
        app.MapPost($"{root}/tenants", MakeTenantAsync);
        app.MapGet($"{root}/tenants", ListTenantsAsync);
        app.MapPost($"{root}/tenants/limits", LimitAsync);
        app.MapPost($"{root}/tenants/webhooks", WebhooksAsync);
        app.MapPost($"{root}/keys", MakeKeyAsync);
        app.MapGet($"{root}/keys", ListKeysAsync);
        app.MapPost($"{root}/keys/{{id}}/revoke", RevokeAsync);
        new AccessRoutes(database).Map(app, root);
    }

    private async Task MakeTenantAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        string name = ((string?)body["name"] ?? "").Trim();
        if (name.Length is 0 or > MostCharacters || name.Any(char.IsControl))
        {
            await RefuseAsync(http, $"an account needs a name of 1 to {MostCharacters} characters");
            return;
        }
        Tenant? parent = null;
        if ((string?)body["parent"] is { } above)
        {
            parent = await database.Tenants.FindByNameAsync(above, http.RequestAborted);
            if (parent is not { Parent: null })
            {
                await RefuseAsync(http, parent is null ? Unknown(above) : $"'{above}' is below another account itself: accounts go no deeper than two");
                return;
            }
        }
        var limits = Named(body.AsObject(), parent?.Limits.CarefulBelow ?? TenantLimits.Careful);
        if (await database.Tenants.CreateAsync(name, limits, parent?.Id, http.RequestAborted) is not { } made)
        {
            await RefuseAsync(http, $"there is an account '{name}' already");
            return;
        }
        string key = ApiKeyTable.NewText();
        await database.ApiKeys.CreateAsync(made.Tenant.Id, key, KeyRole.Owner, "made with the account", http.RequestAborted);
        var answer = Show(made.Tenant, parent?.Name);
        answer["telnyx_key"] = key;
        answer["webhook_secret"] = made.WebhookSecret;
        await WriteAsync(http, answer);
    }

    private async Task ListTenantsAsync(HttpContext http)
    {
        var tenants = await database.Tenants.ListAsync(http.RequestAborted);
        var names = tenants.ToDictionary(t => t.Id, t => t.Name);
        await WriteAsync(http, new JsonArray([.. tenants.Select(t => (JsonNode)Show(t, t.Parent is { } above ? names[above] : null))]));
    }

    /// <summary>Only the limits that the body names change; null lifts one.</summary>
    private async Task LimitAsync(HttpContext http)
    {
        var body = (await BodyAsync(http)).AsObject();
        if (await TenantAsync(http, (string?)body["name"]) is not { } tenant) return;
        var changed = await database.Tenants.ChangeLimitsAsync(tenant.Id, limits => Named(body, limits), http.RequestAborted);
        await WriteAsync(http, Show(changed ?? tenant, tenant.Parent is { } above ? database.Routing.Current.FindTenant(above)?.Name : null));
    }

    /// <summary>How its webhooks are tried again.</summary>
    private async Task WebhooksAsync(HttpContext http)
    {
        var body = (await BodyAsync(http)).AsObject();
        if (await TenantAsync(http, (string?)body["name"]) is not { } tenant) return;
        var wanted = (string?)body["retry_schedule"] is "long" ? RetrySchedule.Long : RetrySchedule.Short;
        var changed = await database.Tenants.ChangeRetriesAsync(tenant.Id, wanted, note: null, http.RequestAborted);
        await WriteAsync(http, Show(changed ?? tenant, tenant.Parent is { } above ? database.Routing.Current.FindTenant(above)?.Name : null));
    }

    /// <summary>The limits that the body names over the others; null lifts one.</summary>
    private static TenantLimits Named(JsonObject body, TenantLimits others) => new()
    {
        Channels = body.ContainsKey("channels") ? (int?)body["channels"] : others.Channels,
        DailySpendMicros = body.ContainsKey("daily_spend_micros") ? (long?)body["daily_spend_micros"] : others.DailySpendMicros,
        RequestRate = body.ContainsKey("request_rate") ? (int?)body["request_rate"] : others.RequestRate,
        MediaBytes = body.ContainsKey("media_bytes") ? (long?)body["media_bytes"] : others.MediaBytes,
    };

    private async Task MakeKeyAsync(HttpContext http)
    {
        var body = await BodyAsync(http);
        if (await TenantAsync(http, (string?)body["tenant"]) is not { } tenant) return;
        string label = ((string?)body["label"] ?? "").Trim();
        if (label.Length > MostCharacters || label.Any(char.IsControl))
        {
            await RefuseAsync(http, $"a label has at most {MostCharacters} characters");
            return;
        }
        if (RoleOf((string?)body["role"]) is not { } role)
        {
            await RefuseAsync(http, $"there is no role '{(string?)body["role"]}': a key's role is owner, member or reader");
            return;
        }
        string text = ApiKeyTable.NewText();
        var made = await database.ApiKeys.CreateAsync(tenant.Id, text, role, label, http.RequestAborted) ?? throw new InvalidOperationException("a random key was there already");
        await WriteAsync(http, new JsonObject { ["id"] = made.ToString(), ["tenant"] = tenant.Name, ["role"] = Name(role), ["label"] = label, ["telnyx_key"] = text });
    }

    private async Task ListKeysAsync(HttpContext http)
    {
        IReadOnlyList<Tenant> tenants = await database.Tenants.ListAsync(http.RequestAborted);
        if ((string?)http.Request.Query["tenant"] is { } named)
        {
            if (await TenantAsync(http, named) is not { } one) return;
            tenants = [one];
        }
        var keys = new JsonArray();
        foreach (var tenant in tenants)
            foreach (var key in await database.ApiKeys.ListAsync(tenant.Id, http.RequestAborted)) keys.Add(Show(key, tenant.Name));
        await WriteAsync(http, keys);
    }

    private async Task RevokeAsync(HttpContext http)
    {
        string named = (string?)http.Request.RouteValues["id"] ?? "";
        if (!Guid.TryParse(named, out var id) || await database.ApiKeys.FindAsync(id, http.RequestAborted) is not { } key)
        {
            await RefuseAsync(http, $"there is no key '{named}' (ringwright key list shows them; a key is named by its id, not by its text)");
            return;
        }
        if (key.RevokedAt is not null || await database.ApiKeys.RevokeAsync(key.Tenant, id, http.RequestAborted) is not Ringwright.Store.Resources.WriteOutcome.Done)
        {
            await RefuseAsync(http, $"key {id} is revoked already");
            return;
        }
        keysChanged();
        await WriteAsync(http, Show(key, database.Routing.Current.FindTenant(key.Tenant)?.Name));
    }

    /// <summary>The account of that name, or the first one when none is named; null when it refused.</summary>
    private async ValueTask<Tenant?> TenantAsync(HttpContext http, string? name)
    {
        var tenant = name is not null ? await database.Tenants.FindByNameAsync(name, http.RequestAborted) : (await database.Tenants.ListAsync(http.RequestAborted)).FirstOrDefault();
        if (tenant is null) await RefuseAsync(http, name is null ? "no account was made yet" : Unknown(name));
        return tenant;
    }

    private static string Unknown(string name) => $"there is no account '{name}' (ringwright tenant list shows them)";

    private static JsonObject Show(Tenant tenant, string? parent) => new()
    {
        ["id"] = tenant.Id.ToString(),
        ["name"] = tenant.Name,
        ["parent"] = parent,
        ["channels"] = tenant.Limits.Channels,
        ["request_rate"] = tenant.Limits.RequestRate,
        ["daily_spend_micros"] = tenant.Limits.DailySpendMicros,
        ["media_bytes"] = tenant.Limits.MediaBytes,
        ["webhook_retry_schedule"] = tenant.WebhookRetries is RetrySchedule.Long ? "long" : "short",
    };

    private static JsonObject Show(ApiKey key, string? tenant) => new()
    {
        ["id"] = key.Id.ToString(),
        ["tenant"] = tenant,
        ["role"] = Name(key.Role),
        ["label"] = key.Label,
        ["created_at"] = key.CreatedAt.ToString("O"),
        ["revoked_at"] = key.RevokedAt?.ToString("O"),
    };

    private static KeyRole? RoleOf(string? name) => name switch { "owner" => KeyRole.Owner, "member" => KeyRole.Member, "reader" => KeyRole.Reader, _ => null };

    private static string Name(KeyRole role) => role.ToString().ToLowerInvariant();
}
