using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Agency.Figures;
using Ringwright.Agency.Tables;
using Ringwright.Http;
using Ringwright.Store;
using Ringwright.Store.Tables;

namespace Ringwright.Agency;

/// <summary>Keys of this API: made by users, for programs. One is shown once, and ends with the rights of whoever made it.</summary>
internal sealed class AgencyApiKeys(AgencyParts parts)
{
    private const string RecordType = "agency_api_key", Permission = "api_keys.manage", Mark = "agk_";
    private const int RandomBytes = 32, ShownLetters = 12;

    public static bool IsOne(string text) => text.StartsWith(Mark, StringComparison.Ordinal);

    public async ValueTask<Reply> List(OperationContext op)
    {
        if (RefuseKeys(op) is { } refused) return refused;
        var (rows, total) = await parts.Keys.ListAsync(AgencyScope.Of(op).Agency, Mine(op) ?? "", op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public async ValueTask<Reply> Create(OperationContext op)
    {
        if (RefuseKeys(op) is { } refused) return refused;
        var scope = AgencyScope.Of(op);
        var body = op.ReadObject();
        if (AgencyText.Text(body, "name") is not { } name) return op.Fail(AgencyText.Bad("name", "A key needs a name."));
        string? client = AgencyText.Text(body, "client_id")?.ToLowerInvariant();
        // Without a word for more it reads.
        string role = AgencyText.Text(body, "role") ?? (client is null ? AgencyRoles.Member : AgencyRoles.ClientViewer);
        if (role is AgencyRoles.Platform || !Permissions.Covers(scope.Role, role))
            return op.Fail(Fault.Forbidden, $"The part {scope.Role} makes no key of the part {role}.");
        if (AgencyRoles.IsOfClient(role) != client is not null)
            return op.Fail(AgencyText.Bad("client_id", $"A key of the part {role} is "
                + (client is null ? "a client's: client_id is needed." : "the agency's: client_id may not be there.")));
        if (client is not null && await parts.Tenancy.ClientAsync(scope.Agency, client, op.Stop) is null) return op.Unknown("client_id");
        string? expires = AgencyText.Text(body, "expires_at");
        // A day alone is the last on which the key is good.
        var end = expires is null ? null
            : FigurePeriod.MomentOf(expires, (await parts.Tenancy.AgencyAsync(scope.Agency, op.Stop)).Timezone, daysOn: 1);
        if (expires is not null && !(end > op.Now))
            return op.Fail(AgencyText.Bad("expires_at", "expires_at is a moment that is to come, such as 2126-02-20T10:00:00Z."));
        string secret = Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));
        var key = new AgencyKey
        {
            Id = Guid.CreateVersion7(op.Now), TenantId = scope.Agency, ClientId = client, Name = name, Prefix = secret[..ShownLetters],
            Role = role, CreatedBy = op.Caller.KeyId, CreatedAt = Times.Cut(op.Now), ExpiresAt = end is { } at ? Times.Cut(at) : null,
        };
        var note = op.Note("created", RecordType, key.Id.ToString(), null, Show(key)) with { Tenant = scope.Agency };
        if (!await parts.Keys.AddAsync(key, ApiKeyTable.Hash(secret), note, op.Stop)) return op.Unknown("client_id");
        var shown = Show(key);
        shown["key"] = secret;
        return op.Created(shown).With("Cache-Control", "no-store");
    }

    /// <summary>It is good for nothing from then on.</summary>
    public async ValueTask<Reply> Revoke(OperationContext op)
    {
        if (RefuseKeys(op) is { } refused) return refused;
        var agency = AgencyScope.Of(op).Agency;
        if (!Guid.TryParse(op.Path("id"), out var id) || await parts.Keys.FindAsync(agency, id, op.Stop) is not { RevokedAt: null } key)
            return op.Unknown("id");
        if (Mine(op) is { } own && own != key.CreatedBy) return op.Fail(Fault.Forbidden, "The key is somebody else's.");
        var note = op.Note("revoked", RecordType, key.Id.ToString(), Show(key)) with { Tenant = agency };
        bool isRevoked = await parts.Keys.RevokeAsync(key, op.Now, note, op.Stop);
        parts.UsersChanged();
        return isRevoked ? op.NoContent() : op.Unknown("id");
    }

    /// <summary>Who sees and revokes only those that he has made; null for who sees all.</summary>
    private static string? Mine(OperationContext op) =>
        Permissions.MayInPart(AgencyRoles.Of(op.Caller), Permission) ? op.Caller.KeyId : null;

    /// <summary>A key of this API, or a program's token, that could make others would leave behind what outlives it.</summary>
    private static Reply? RefuseKeys(OperationContext op) => AgencyKeys.IsLasting(op.Caller) ? null
        : op.Fail(Fault.Forbidden, "Users and keys of the account make and revoke keys of this API, and nobody else does.");

    private static JsonObject Show(AgencyKey key) => new()
    {
        ["id"] = key.Id.ToString(), ["agency_id"] = key.TenantId.ToString(), ["client_id"] = key.ClientId, ["name"] = key.Name,
        ["prefix"] = key.Prefix, ["role"] = key.Role, ["created_by"] = key.CreatedBy, ["created_at"] = AgencyText.Time(key.CreatedAt),
        ["expires_at"] = AgencyText.Time(key.ExpiresAt), ["revoked_at"] = AgencyText.Time(key.RevokedAt),
    };
}
