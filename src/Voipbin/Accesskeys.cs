using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;

namespace Ringwright.Voipbin;

/// <summary>
/// Keys of the account that its customer makes. They are kept among its other keys, by the hash of their text, and act as an admin.
/// </summary>
internal static class Accesskeys
{
    private const string RecordType = "api_key";

    public static async ValueTask<Reply> List(OperationContext op, VoipbinParts parts)
    {
        var before = MomentPages.Before(op.List);
        var keys = (await parts.Store.ApiKeys.ListAsync(op.Tenant, op.Stop)).Where(key => key.Prefix is not null)
            .Where(key => before is null || key.CreatedAt < before).OrderByDescending(key => key.CreatedAt).ToList();
        return op.Page([.. keys.Take(op.List.Size).Select(key => (JsonNode)Show(key))], keys.Count);
    }

    public static async ValueTask<Reply> Create(OperationContext op, VoipbinParts parts)
    {
        var body = op.ReadObject();
        string text = ApiKeyTable.NewText(ApiKeyTable.AccesskeyStart);
        var now = VoipbinForm.Moments.Next(RecordType, op.Tenant, op.Now);
        long seconds = (long?)body["expire"] ?? 0;
        var key = new ApiKey
        {
            Id = Guid.CreateVersion7(now), Tenant = op.Tenant, Role = KeyRole.Owner, Label = (string?)body["name"] ?? "",
            Detail = (string?)body["detail"] ?? "", Prefix = ApiKeyTable.PrefixOf(text), CreatedAt = now,
            ExpiresAt = seconds == 0 ? null : now + TimeSpan.FromSeconds(seconds),
        };
        await parts.Store.ApiKeys.AddAsync(key, text, op.Note("created", RecordType, key.Id.ToString(), after: Told(key)), op.Stop);
        parts.KeysChanged();
        var shown = Show(key);
        shown["token"] = text;
        return op.Ok(shown).With("Cache-Control", "no-store");
    }

    public static async ValueTask<Reply> Get(OperationContext op, VoipbinParts parts) =>
        await FindAsync(op, parts) is { Key: { } key } ? op.Ok(Show(key)) : await RefuseAsync(op, parts);

    public static async ValueTask<Reply> Update(OperationContext op, VoipbinParts parts)
    {
        if (await FindAsync(op, parts) is not { Key: { RevokedAt: null } key }) return await RefuseAsync(op, parts);
        var body = op.ReadObject();
        var now = VoipbinForm.Moments.Next(RecordType, op.Tenant, op.Now);
        var changed = key with { Label = (string?)body["name"] ?? "", Detail = (string?)body["detail"] ?? "", UpdatedAt = now };
        var note = op.Note("updated", RecordType, key.Id.ToString(), Told(key), Told(changed)) with { At = now };
        return await parts.Store.ApiKeys.RenameAsync(changed, note, op.Stop) ? op.Ok(Show(changed)) : op.Unknown("id");
    }

    public static async ValueTask<Reply> Delete(OperationContext op, VoipbinParts parts)
    {
        if (await FindAsync(op, parts) is not { Key: { RevokedAt: null } key }) return await RefuseAsync(op, parts);
        var note = op.Note("deleted", RecordType, key.Id.ToString(), Told(key));
        if (await parts.Store.ApiKeys.RevokeAsync(op.Tenant, key.Id, op.Stop, note) is not WriteOutcome.Done) return op.Unknown("id");
        parts.KeysChanged();
        var now = op.Now;
        return op.Ok(Show(key with { RevokedAt = now, UpdatedAt = now }));
    }

    private static async ValueTask<(ApiKey? Key, bool IsForeign)> FindAsync(OperationContext op, VoipbinParts parts)
    {
        var key = await parts.Store.ApiKeys.FindAsync(Guid.Parse(op.Path("id")), op.Stop);
        return key is not { Prefix: not null } ? (null, false) : key.Tenant == op.Tenant ? (key, false) : (null, true);
    }

    private static async ValueTask<Reply> RefuseAsync(OperationContext op, VoipbinParts parts) =>
        (await FindAsync(op, parts)).IsForeign ? op.Fail(Fault.ForeignResource, "This belongs to another account.") : op.Unknown("id");

    private static JsonObject Told(ApiKey key) =>
        new() { ["name"] = key.Label, ["detail"] = key.Detail, ["expires_at"] = VoipbinTime.Text(key.ExpiresAt) };

    private static JsonObject Show(ApiKey key) => new()
    {
        ["id"] = key.Id.ToString(),
        ["customer_id"] = key.Tenant.ToString(),
        ["name"] = key.Label,
        ["detail"] = key.Detail,
        ["token_prefix"] = key.Prefix,
        ["tm_expire"] = VoipbinTime.Text(key.ExpiresAt),
        ["tm_create"] = VoipbinTime.Text(key.CreatedAt),
        ["tm_update"] = VoipbinTime.Text(key.UpdatedAt ?? key.RevokedAt),
        ["tm_delete"] = VoipbinTime.Text(key.RevokedAt),
    };
}
