using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency.Platform;

/// <summary>Administrators of the platform: the operator makes them, and they sign in like users of agencies.</summary>
internal sealed class Administrators(AgencyParts parts)
{
    /// <summary>A new one, with a password that is shown this once.</summary>
    /// <returns>Null where the address is somebody's.</returns>
    public async ValueTask<JsonObject?> MakeAsync(string address, CancellationToken stop)
    {
        string email = AgencyUsers.Email(address);
        if (await parts.Users.FindByEmailAsync(email, stop) is not null) return null;
        string password = AgencyUsers.FirstPassword();
        var at = parts.Store.Time.GetUtcNow();
        var row = new AdministratorRow
        {
            Id = Guid.CreateVersion7(at), Email = email, PasswordHash = Passwords.HashOfDrawn(password), CreatedAt = at, UpdatedAt = at,
        };
        return await parts.Administrators.AddAsync(row, stop) ? new() { ["email"] = email, ["password"] = password } : null;
    }

    public async ValueTask<Reply> GetMe(OperationContext op) => await MeAsync(op) is { } me ? op.Ok(new JsonObject
    {
        ["user"] = Show(me),
        ["permissions"] = new JsonArray([.. Permissions.Of(AgencyRoles.Platform).Select(permission => (JsonNode)permission)]),
    }) : Gone(op);

    /// <summary>Tokens of the old password are good for nothing afterwards.</summary>
    public async ValueTask<Reply> ChangePassword(OperationContext op, SecondFactor second)
    {
        if (await MeAsync(op) is not { } me) return Gone(op);
        return await second.PasswordRefusalAsync(op, me.Id, me.PasswordHash)
            ?? await EndAsync(op, me with { PasswordHash = Passwords.HashOf((string)op.ReadObject()["new_password"]!) });   // required
    }

    /// <summary>All of the administrator's tokens end.</summary>
    public async ValueTask<Reply> Logout(OperationContext op) => await MeAsync(op) is { } me ? await EndAsync(op, me) : Gone(op);

    public static JsonObject Show(AdministratorRow row) => new()
    {
        ["id"] = row.Id.ToString(), ["agency_id"] = null, ["client_id"] = null, ["email"] = row.Email, ["full_name"] = null,
        ["role"] = AgencyRoles.Platform, ["status"] = UserRow.Active, ["totp_enabled"] = false,
        ["last_login_at"] = AgencyText.Time(row.LastLoginAt), ["created_at"] = AgencyText.Time(row.CreatedAt),
        ["updated_at"] = AgencyText.Time(row.UpdatedAt),
    };

    private async ValueTask<Reply> EndAsync(OperationContext op, AdministratorRow me)
    {
        var after = me with { SessionEpoch = me.SessionEpoch + 1, UpdatedAt = op.Now };
        bool isDone = await parts.Administrators.ChangeAsync(me, after, op.Stop);
        parts.UsersChanged();
        return isDone ? op.NoContent() : op.Fail(Fault.Conflict, "Somebody else is changing this administrator.");
    }

    private async ValueTask<AdministratorRow?> MeAsync(OperationContext op) =>
        AgencyKeys.AdministratorOf(op.Caller.KeyId) is { } id ? await parts.Administrators.FindAsync(id, op.Stop) : null;

    private static Reply Gone(OperationContext op) => op.Fail(Fault.UnknownResource, "There is no such administrator any more.");
}
