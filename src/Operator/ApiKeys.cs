using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Operator;

/// <summary>The API keys of accounts. A key's text is in the answer that made it, and kept nowhere.</summary>
internal static class ApiKeys
{
    private const string RecordType = "api_key";

    /// <summary>Those of one account, or all.</summary>
    public static async ValueTask<Reply> List(OperationContext op, Database store)
    {
        IReadOnlyList<Tenant> tenants = await store.Tenants.ListAsync(op.Stop);
        if (op.Query["account_id"] is { } named)
        {
            if (Accounts.Find(op, named) is not { } one)
                return Unknown(op, named); tenants = [one];
        }
        var keys = new List<JsonNode>();
        foreach (var tenant in tenants)
            keys.AddRange((await store.ApiKeys.ListAsync(tenant.Id, op.Stop)).Select(key => Show(key, tenant.Name)));
        return op.Page([.. keys.Skip(op.List.Offset).Take(op.List.Size)], keys.Count);
    }

    public static async ValueTask<Reply> Create(OperationContext op, Database store)
    {
        if (Fields.Unknown(op, RecordType) is { Count: > 0 } unknown) return op.Fail(unknown);
        var body = op.ReadObject();
        string account = (string)body["account_id"]!; // required
        if (Accounts.Find(op, account) is not { } tenant) return Unknown(op, account);
        string label = ((string?)body["label"] ?? "").Trim();
        if (label.Length > Accounts.MostCharacters || label.Any(char.IsControl))
            return Accounts.Invalid(op, $"a label has at most {Accounts.MostCharacters} characters");
        string named = (string?)body["role"] ?? "member";
        if (RoleOf(named) is not { } role)
            return Accounts.Invalid(op, $"there is no role '{named}': a key's role is owner, member or reader");
        string text = ApiKeyTable.NewText();
        var id = await store.ApiKeys.CreateAsync(tenant.Id, text, role, label, op.Stop)
            ?? throw new InvalidOperationException("a random key was there already");
        var shown = Show(new() { Id = id, Tenant = tenant.Id, Role = role, Label = label, CreatedAt = op.Now }, tenant.Name);
        shown["telnyx_key"] = text;
        return op.Created(shown);
    }

    /// <summary>Ends a key. It stops working at once, here as on the connections that are open.</summary>
    public static async ValueTask<Reply> Revoke(OperationContext op, Database store, Action keysChanged)
    {
        string named = op.Path("id");
        if (!Guid.TryParse(named, out var id) || await store.ApiKeys.FindAsync(id, op.Stop) is not { } key)
            return op.Unknown("id",
                $"there is no key '{named}' (ringwright key list shows them; a key is named by its id, not by its text)");
        if (key.RevokedAt is not null || await store.ApiKeys.RevokeAsync(key.Tenant, id, op.Stop) is not WriteOutcome.Done)
            return op.Fail(Fault.WrongState, $"key {id} is revoked already");
        keysChanged();
        return op.Ok(Show(await store.ApiKeys.FindAsync(id, op.Stop) ?? key, op.Routing.FindTenant(key.Tenant)?.Name ?? ""));
    }

    private static Reply Unknown(OperationContext op, string account) =>
        op.Fail(new Problem("unknown_reference", $"account_id names no account: {account}"));

    private static JsonObject Show(ApiKey key, string account) => new()
    {
        ["id"] = key.Id.ToString(),
        ["record_type"] = RecordType,
        ["account"] = account,
        ["account_id"] = key.Tenant.ToString(),
        ["role"] = key.Role.ToString().ToLowerInvariant(),
        ["label"] = key.Label,
        ["created_at"] = OperatorTime.Write(key.CreatedAt),
        ["revoked_at"] = key.RevokedAt is { } at ? OperatorTime.Write(at) : null,
    };

    private static KeyRole? RoleOf(string name) =>
        name switch { "owner" => KeyRole.Owner, "member" => KeyRole.Member, "reader" => KeyRole.Reader, _ => null };
}
