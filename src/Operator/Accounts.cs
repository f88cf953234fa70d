using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>Accounts, which see nothing of each other, and what they may use.</summary>
internal static class Accounts
{
    public const string RecordType = "account";
    public const int MostCharacters = 200;

    /// <summary>The account that the path names; null when there is none.</summary>
    public static Tenant? Of(OperationContext op) => Find(op, op.Path("account_id"));

    /// <summary>The account of that id; null when there is none.</summary>
    public static Tenant? Find(OperationContext op, string? id) =>
        Guid.TryParseExact(id, "D", out var read) ? op.Routing.FindTenant(new(read)) : null;

    /// <summary>The oldest first; with <c>name</c> the one of that name, or none.</summary>
    public static async ValueTask<Reply> List(OperationContext op, Database store)
    {
        var all = await store.Tenants.ListAsync(op.Stop);
        var names = all.ToDictionary(tenant => tenant.Id, tenant => tenant.Name);
        if (op.Query["name"] is { } name) all = [.. all.Where(tenant => tenant.Name == name)];
        var page = all.Skip(op.List.Offset).Take(op.List.Size);
        return op.Page([.. page.Select(tenant => (JsonNode)Show(tenant, tenant.Parent is { } above ? names[above] : null))], all.Count);
    }

    public static Reply Get(OperationContext op) => Of(op) is { } tenant ? op.Ok(Show(op, tenant)) : op.Unknown("account_id");

    /// <summary>With its first keys, an owner's each, its webhook secret and its auth token: all are shown here and nowhere else.</summary>
    public static async ValueTask<Reply> Create(OperationContext op, OperatorParts parts)
    {
        var store = parts.Store;
        if (Fields.Unknown(op, RecordType) is { Count: > 0 } unknown) return op.Fail(unknown);
        var body = op.ReadObject();
        string name = ((string)body["name"]!).Trim();       // required
        if (name.Length is 0 or > MostCharacters || name.Any(char.IsControl))
            return Invalid(op, $"an account needs a name of 1 to {MostCharacters} characters");
        Tenant? parent = null;
        if ((string?)body["parent_id"] is { } above)
        {
            if (Find(op, above) is not { } found)
                return op.Invalid("/parent_id", "unknown_reference", $"parent_id names no account: {above}");
            if (found.Parent is not null)
                return Invalid(op, $"'{found.Name}' is below another account itself: accounts go no deeper than two"); parent = found;
        }
        var limits = Named(body, parent?.Limits.CarefulBelow ?? TenantLimits.Careful);
        if (await store.Tenants.CreateAsync(name, limits, parent?.Id, op.Stop) is not { } made)
            return op.Fail(Fault.Duplicate, $"there is an account '{name}' already");
        string key = ApiKeyTable.NewText();
        await store.ApiKeys.CreateAsync(made.Tenant.Id, key, KeyRole.Owner, "made with the account", op.Stop);
        string accesskey = await MakeAccesskeyAsync(op, store, made.Tenant.Id);
        string telefonie = ApiKeyTable.NewText(), token = ApiKeyTable.NewText(ApiKeyTable.TokenStart);
        await store.ApiKeys.CreateAsync(made.Tenant.Id, telefonie, KeyRole.Owner, "telefonie, made with the account", op.Stop);
        await store.ApiKeys.CreateAsync(made.Tenant.Id, token, KeyRole.Owner, "token made with the account", op.Stop);
        var shown = Show(made.Tenant, parent?.Name);
        shown["telnyx_key"] = key;
        shown["voipbin_accesskey"] = accesskey;
        shown["telefonie_key"] = telefonie;
        shown["chakra_token"] = token;
        shown["webhook_secret"] = made.WebhookSecret;
        shown["auth_token"] = made.AuthToken;
        shown["needs_prices"] = PriceRule.Asks(made.Tenant.Id, profile: null, op.Routing) is not null;
        shown["needs_text_prices"] = PriceRule.AsksOfTexts(made.Tenant.Id, op.Routing) is not null;
        shown["rate_deck"] = op.Routing.Rates.DeckOf(made.Tenant.Id)?.Name;
        foreach (var (member, value) in await parts.Accounts.Credentials(made.Tenant, op.Stop)) shown[member] = value?.DeepClone();
        return op.Created(shown);
    }

    /// <summary>A key that its customer sees among those of his own.</summary>
    private static async ValueTask<string> MakeAccesskeyAsync(OperationContext op, Database store, TenantId tenant)
    {
        string text = ApiKeyTable.NewText(ApiKeyTable.AccesskeyStart);
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(op.Now), Tenant = tenant, Role = KeyRole.Owner, Label = "made with the account",
            Prefix = ApiKeyTable.PrefixOf(text), CreatedAt = op.Now,
        };
        await store.ApiKeys.AddAsync(key, text, op.Note("created", "api_key", key.Id.ToString()) with { Tenant = tenant }, op.Stop);
        return text;
    }

    /// <summary>What the body does not name stays; null lifts a limit. It holds at once.</summary>
    public static async ValueTask<Reply> Update(OperationContext op, Database store)
    {
        if (Of(op) is not { } tenant) return op.Unknown("account_id");
        if (Fields.Unknown(op, RecordType) is { Count: > 0 } unknown) return op.Fail(unknown);
        var body = op.ReadObject();
        tenant = await store.Tenants.ChangeLimitsAsync(tenant.Id, limits => Named(body, limits), op.Stop) ?? tenant;
        if ((string?)body["webhook_retry_schedule"] is { } schedule)
            tenant = await store.Tenants.ChangeRetriesAsync(tenant.Id, schedule is "long" ? RetrySchedule.Long : RetrySchedule.Short,
                note: null, op.Stop) ?? tenant;
        return op.Ok(Show(op, tenant));
    }

    /// <summary>A new token in place of the one before, which opens and signs nothing from now on.</summary>
    public static async ValueTask<Reply> ReplaceToken(OperationContext op, Database store, Action keysChanged)
    {
        if (Of(op) is not { } tenant || await store.AuthTokens.ReplaceAsync(tenant.Id, op.Stop) is not { } token)
            return op.Unknown("account_id");
        keysChanged();
        return op.Created(new JsonObject
        {
            ["record_type"] = "auth_token", ["account"] = tenant.Name, ["account_id"] = tenant.Id.ToString(),
            ["account_sid"] = SidOf(tenant), ["auth_token"] = token,
        });
    }

    /// <summary>What clients of TwiML call the account.</summary>
    private static string SidOf(Tenant tenant) => $"AC{tenant.Id.Value:N}";

    /// <summary>A refusal in a sentence that says by itself what it is about.</summary>
    public static Reply Invalid(OperationContext op, string sentence) => op.Fail(new Problem("invalid", sentence));

    /// <summary>The limits that the body names over the others; null lifts one.</summary>
    private static TenantLimits Named(JsonObject body, TenantLimits others) => new()
    {
        Channels = body.ContainsKey("channels") ? (int?)body["channels"] : others.Channels,
        DailySpendMicros = body.ContainsKey("daily_spend_micros") ? (long?)body["daily_spend_micros"] : others.DailySpendMicros,
        RequestRate = body.ContainsKey("request_rate") ? (int?)body["request_rate"] : others.RequestRate,
        MediaBytes = body.ContainsKey("media_bytes") ? (long?)body["media_bytes"] : others.MediaBytes,
        LiveAudio = body.ContainsKey("live_audio") ? (int?)body["live_audio"] : others.LiveAudio,
    };

    private static JsonObject Show(OperationContext op, Tenant tenant) =>
        Show(tenant, tenant.Parent is { } above ? op.Routing.FindTenant(above)?.Name : null);

    private static JsonObject Show(Tenant tenant, string? parent) => new()
    {
        ["id"] = tenant.Id.ToString(),
        ["account_sid"] = SidOf(tenant),
        ["record_type"] = RecordType,
        ["name"] = tenant.Name,
        ["parent"] = parent,
        ["parent_id"] = tenant.Parent?.ToString(),
        ["channels"] = tenant.Limits.Channels,
        ["daily_spend_micros"] = tenant.Limits.DailySpendMicros,
        ["request_rate"] = tenant.Limits.RequestRate,
        ["media_bytes"] = tenant.Limits.MediaBytes,
        ["live_audio"] = tenant.Limits.LiveAudio,
        ["webhook_retry_schedule"] = tenant.WebhookRetries is RetrySchedule.Long ? "long" : "short",
    };
}
