using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Http;
using Ringwright.Agency.Tables;
using Ringwright.Store;

namespace Ringwright.Agency;

/// <summary>Users of the agency and of its clients. Who may change whom depends on the part of both.</summary>
internal sealed class AgencyUsers(AgencyParts parts, SignIns signIns, SecondFactor second)
{
    public const string RecordType = "agency_user";

    private const int FirstPasswordBytes = 15;
    private const string ResetTotp = "reset_totp";

    /// <summary>A new one, in letters that a URL may have.</summary>
    public static string FirstPassword() =>
        Convert.ToBase64String(RandomNumberGenerator.GetBytes(FirstPasswordBytes)).Replace('+', '-').Replace('/', '_');

    /// <summary>The first owner of a new account, with a password that is shown this once.</summary>
    public static async ValueTask<JsonObject> MakeOwnerAsync(Database store, Tenant tenant, CancellationToken stop)
    {
        string password = FirstPassword();
        var at = store.Time.GetUtcNow();
        var owner = new UserRow
        {
            Id = Guid.CreateVersion7(at), TenantId = tenant.Id, Email = $"owner@{tenant.Id}.invalid", Role = AgencyRoles.Owner,
            PasswordHash = Passwords.HashOfDrawn(password), Status = UserRow.Active, CreatedAt = at, UpdatedAt = at,
        };
        await new UserTable(store).AddAsync(owner, note: null, stop);
        return new() { ["email"] = owner.Email, ["password"] = password };
    }

    public async ValueTask<Reply> List(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var (rows, total) = await parts.Users.ListAsync(scope.Agency, scope.Narrow(op.Query["client_id"]?.ToLowerInvariant()),
            op.Query["role"] ?? "", op.Query["status"] ?? "", op.List.Offset, op.List.Size, op.Stop);
        return op.Page([.. rows.Select(row => (JsonNode)Show(row))], total);
    }

    public async ValueTask<Reply> Get(OperationContext op) => await FindAsync(op) is { } user ? op.Ok(Show(user)) : op.Unknown("id");

    public async ValueTask<Reply> Invite(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        var body = op.ReadObject();
        string role = (string)body["role"]!, email = Email((string)body["email"]!);     // both are required
        string? client = AgencyText.Text(body, "client_id")?.ToLowerInvariant() ?? scope.Client?.ToString();
        if (role == AgencyRoles.Platform)
            return op.Fail(Fault.Forbidden, "Administrators of the platform are not made here.");
        if (AgencyRoles.IsOfClient(role) != client is not null)
            return op.Fail(AgencyText.Bad("client_id", $"A user of the part {role} is "
                + (client is null ? "a client's: client_id is needed." : "the agency's: client_id may not be there.")));
        if (Refusal(op, scope, null, role) is { } refused) return op.Fail(refused);
        if (client is not null && (!scope.Sees(client) || await parts.Tenancy.ClientAsync(scope.Agency, client, op.Stop) is null))
            return op.Unknown("client_id");
        if (await parts.Users.FindByEmailAsync(email, op.Stop) is { Status: UserRow.Invited } known && known.TenantId == scope.Agency
                && known.ClientId == client)
            return await InviteAgainAsync(op, scope, known, role);
        var now = op.Now;
        var user = new UserRow
        {
            Id = Guid.CreateVersion7(now), TenantId = scope.Agency, ClientId = client, Email = email, Role = role,
            FullName = AgencyText.Text(body, "full_name"), CreatedAt = now, UpdatedAt = now,
        };
        var note = op.Note("invited", RecordType, user.Id.ToString(), null, Show(user)) with { Tenant = scope.Agency };
        var change = await parts.Users.AddAsync(user, note, op.Stop);
        if (change is UserChange.EmailTaken) return op.Fail(Fault.Duplicate, "There is a user of this address.");
        return change is UserChange.Unknown ? op.Unknown("client_id") : Invited(op, user);
    }

    /// <summary>Whoever has not accepted gets another token, for as long as the first; that of before is good no more.</summary>
    private async ValueTask<Reply> InviteAgainAsync(OperationContext op, AgencyScope scope, UserRow known, string role)
    {
        if (Refusal(op, scope, known, role) is { } refused) return op.Fail(refused);
        var after = known with
        {
            Role = role,
            FullName = AgencyText.Text(op.ReadObject(), "full_name") ?? known.FullName,
            SessionEpoch = known.SessionEpoch + 1,
            UpdatedAt = op.Now,
        };
        var note = op.Note("invited", RecordType, known.Id.ToString(), Show(known), Show(after)) with { Tenant = known.TenantId };
        return Answer(op, await parts.Users.ChangeAsync(known, after, note, op.Stop)) ?? Invited(op, after);
    }

    private Reply Invited(OperationContext op, UserRow user) => op.Created(new JsonObject
    {
        ["user"] = Show(user), ["invite_token"] = signIns.InviteOf(user, op.Now),
        ["invite_expires_at"] = AgencyText.Time(op.Now + UserTokens.InviteLife),
    });

    /// <summary>A new part and a disabled account end the user's tokens at once.</summary>
    public async ValueTask<Reply> Update(OperationContext op)
    {
        if (await FindAsync(op) is not { } user) return op.Unknown("id");
        var body = op.ReadObject();
        string role = (string?)body["role"] ?? user.Role, status = (string?)body["status"] ?? user.Status;
        if (Refusal(op, AgencyScope.Of(op), user, role) is { } refused) return op.Fail(refused);
        if (role != user.Role && (AgencyRoles.IsOfClient(role) != AgencyRoles.IsOfClient(user.Role) || role == AgencyRoles.Platform))
            return op.Fail(AgencyText.Bad("role", "A user of a client does not become one of the agency, nor the reverse: invite anew."));
        if (status != user.Status && status == UserRow.Active && user.PasswordHash is null)
            return op.Fail(new Problem("invalid_state", "Whoever was invited accepts that himself."));
        if ((bool?)body[ResetTotp] is true && AgencyKeys.UserOf(op.Caller) == user.Id)
            return op.Fail(AgencyText.Bad(ResetTotp, "One's own second factor is ended with a code of it."));
        if (role == AgencyRoles.Owner && user.Role != AgencyRoles.Owner && await second.MakerRefusalAsync(op) is { } denied) return denied;
        bool isOther = role != user.Role || status != user.Status;
        var after = user with
        {
            Role = role,
            Status = status,
            UpdatedAt = op.Now,
            SessionEpoch = user.SessionEpoch + (isOther ? 1 : 0),
            FullName = body.ContainsKey("full_name") ? AgencyText.Text(body, "full_name") : user.FullName,
        };
        var note = op.Note("updated", RecordType, user.Id.ToString(), Show(user), Show(after)) with { Tenant = user.TenantId };
        if (Answer(op, await parts.Users.ChangeAsync(user, after, note, op.Stop)) is { } failed) return failed;
        if ((bool?)body[ResetTotp] is not true) return op.Ok(Show(after));
        return await second.ResetAsync(op, after) ? op.Ok(Show(after with { Totp = null }))
            : op.Fail(Fault.Conflict, "Somebody else is changing this user.");
    }

    public async ValueTask<Reply> Delete(OperationContext op)
    {
        if (await FindAsync(op) is not { } user) return op.Unknown("id");
        if (Refusal(op, AgencyScope.Of(op), user, user.Role) is { } refused) return op.Fail(refused);
        var note = op.Note("deleted", RecordType, user.Id.ToString(), Show(user)) with { Tenant = user.TenantId };
        return Answer(op, await parts.Users.RemoveAsync(user, note, op.Stop)) ?? op.NoContent();
    }

    private Reply? Answer(OperationContext op, UserChange change)
    {
        parts.UsersChanged();
        return change switch
        {
            UserChange.Done => null,
            UserChange.LastOwner => op.Fail(new Problem("last_owner", "An agency keeps at least one active owner.")),
            UserChange.EmailTaken => op.Fail(Fault.Duplicate, "There is a user of this address."),
            _ => op.Fail(Fault.Conflict, "Somebody else is changing this user."),
        };
    }

    /// <summary>Owners change everybody, administrators members and users of clients, a client's administrator that client's.</summary>
    private static Problem? Refusal(OperationContext op, AgencyScope scope, UserRow? user, string role)
    {
        // Whom a key made would sign in when the key has ended.
        if (!AgencyKeys.IsLasting(op.Caller))
            return op.Dialect.Errors.Problem(Fault.Forbidden, "Users and keys of the account change users, and nobody else does.");
        bool isOfAgency = AgencyRoles.IsOfAgency(role) || user is not null && AgencyRoles.IsOfAgency(user.Role);
        bool isAbove = role is not AgencyRoles.Member || user is not null && user.Role is not AgencyRoles.Member;
        bool may = isOfAgency ? Permissions.May(scope.Role, "agency_users.change")
                && (scope.Role is AgencyRoles.Owner or AgencyRoles.Acting || !isAbove)
            : Permissions.May(scope.Role, "client_users.change");
        bool isSelf = user is not null && AgencyKeys.UserOf(op.Caller) == user.Id && role != user.Role && scope.Role != AgencyRoles.Owner;
        return !may || isSelf ? op.Dialect.Errors.Problem(Fault.Forbidden, $"The part {scope.Role} may not do this to a user of the part "
            + $"{user?.Role ?? role}.") : null;
    }

    private async ValueTask<UserRow?> FindAsync(OperationContext op)
    {
        var scope = AgencyScope.Of(op);
        return Guid.TryParse(op.Path("id"), out var id) && await parts.Users.FindAsync(id, op.Stop) is { } user
            && user.TenantId == scope.Agency && scope.Sees(user.ClientId) ? user : null;
    }

    public static string Email(string text) => text.Trim().ToLowerInvariant();

    public static JsonObject Show(UserRow user) => new()
    {
        ["id"] = user.Id.ToString(), ["agency_id"] = user.TenantId.ToString(), ["client_id"] = user.ClientId, ["email"] = user.Email,
        ["full_name"] = user.FullName, ["role"] = user.Role, ["status"] = user.Status, ["totp_enabled"] = user.Totp is not null,
        ["last_login_at"] = AgencyText.Time(user.LastLoginAt), ["created_at"] = AgencyText.Time(user.CreatedAt),
        ["updated_at"] = AgencyText.Time(user.UpdatedAt),
    };
}
