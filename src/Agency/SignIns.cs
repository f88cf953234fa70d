using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Agency.Platform;
using Ringwright.Agency.Tables;

namespace Ringwright.Agency;

/// <summary>Tokens for a password, for a token that refreshes, and for an invitation.</summary>
internal sealed class SignIns(AgencyParts parts, SecondFactor second)
{
    private const int MostFailures = 10;
    private const string WrongPassword = "The address or the password is wrong.", WrongCode = "The code is not good, or not any more.";

    private readonly BruteForceLimiter _failed = new();
    private readonly SignInLocks _locks = new();
    private readonly UserTokens _tokens = new(parts.Store.Node);

    public async ValueTask<Reply> Login(OperationContext op)
    {
        string source = BruteForceLimiter.SourceOf(op.Credential.Remote);
        var body = op.ReadObject();
        string email = AgencyUsers.Email((string)body["email"]!), password = (string)body["password"]!;     // both are required
        if (Unheard(op, email, source) is { } unheard) return unheard;
        if (await parts.Administrators.FindByEmailAsync(email, op.Stop) is { } administrator)
            return await LoginAsync(op, administrator, password, source);
        var user = await parts.Users.FindByEmailAsync(email, op.Stop);
        bool fits = await Passwords.FitsAsync(user?.PasswordHash, password, () => Unheard(op, email, source) is null, op.Stop);
        if (!fits || user is not { Status: UserRow.Active })
            return await WrongAsync(op, email, source);
        if (Shut(op, user) is { } shut) return shut;
        string? code = AgencyText.Text(body, "totp");
        if (await second.RefusalAsync(op, user, code) is { } refused)
        {
            // A form that is sent as it stands has an empty one, before it is known that one is needed.
            if (code is null) return refused;
            // By ten tries a minute six digits are found out in some weeks: whoever knows the password guesses as slowly as who does not.
            _locks.Fail(email, op.Now);
            await _failed.CountAsync(source, op.Now, op.Stop);
            return refused;
        }
        var now = op.Now;
        var signedIn = user with { LastLoginAt = now, UpdatedAt = now };
        await parts.Users.ChangeAsync(user, signedIn, note: null, op.Stop);
        _locks.Show(email, source, now);
        return await OpenAsync(op, signedIn);
    }

    /// <summary>A token and no more: an administrator of the platform signs in again when its time is over.</summary>
    private async ValueTask<Reply> LoginAsync(OperationContext op, AdministratorRow known, string password, string source)
    {
        if (!await Passwords.FitsAsync(known.PasswordHash, password, () => Unheard(op, known.Email, source) is null, op.Stop))
            return await WrongAsync(op, known.Email, source);
        var now = op.Now;
        var signedIn = known with { LastLoginAt = now, UpdatedAt = now };
        await parts.Administrators.ChangeAsync(known, signedIn, op.Stop);
        _locks.Show(known.Email, source, now);
        return op.Ok(new JsonObject
        {
            ["access_token"] = _tokens.Write(new(known.Id, TokenUse.Platform, known.SessionEpoch, op.Now + UserTokens.AccessLife), op.Now),
            ["token_type"] = "Bearer", ["expires_in"] = (int)UserTokens.AccessLife.TotalSeconds, ["user"] = Administrators.Show(signedIn),
        }).With("Cache-Control", "no-store");
    }

    /// <summary>A refresh token is good once; one that is used again later was copied, and ends the sign-in.</summary>
    public async ValueTask<Reply> Refresh(OperationContext op)
    {
        if (ClaimsOf(op, (string)op.ReadObject()["refresh_token"]!, TokenUse.Refresh) is not { } claims      // required
                || await UserOfAsync(claims, op.Stop) is not { Status: UserRow.Active } user)
            return Refused();
        if (Shut(op, user) is { } shut) return shut;        // the token is as good afterwards
        var turned = await parts.Sessions.TurnAsync(user.TenantId, claims.Session, claims.Turn, op.Now, UserTokens.RefreshLife, op.Stop);
        if (turned.Turn is { } turn) return await TokensAsync(op, user, claims.Session, turn);
        if (!turned.IsCopied) return Refused();
        parts.UsersChanged();
        parts.Log.RefreshTokenCopied(user.Id);
        return Refused();

        Reply Refused() => op.Fail(Fault.UnknownCredential, "The refresh token is not good, or not any more.");
    }

    /// <summary>The sign-in that the token is of ends at once; others of the user go on.</summary>
    public async ValueTask<Reply> Logout(OperationContext op)
    {
        if (AgencyKeys.UserOf(op.Caller) is null || op.Credential.Key is not { } text || _tokens.Read(text) is not { } claims)
            return op.Fail(Fault.UnknownResource, "A key has not signed in.");
        await parts.Sessions.EndAsync(op.Caller.Root, claims.Session, op.Stop);
        parts.UsersChanged();
        return op.NoContent();
    }

    /// <summary>An invitation is good once: the user's epoch rises.</summary>
    public async ValueTask<Reply> Accept(OperationContext op)
    {
        var body = op.ReadObject();
        if (ClaimsOf(op, (string)body["token"]!, TokenUse.Invite) is not { } claims        // required
                || await UserOfAsync(claims, op.Stop) is not { Status: UserRow.Invited } user)
            return op.Fail(Fault.UnknownCredential, "The invitation is not good, or not any more.");
        if (Shut(op, user) is { } shut) return shut;
        var accepted = user with
        {
            PasswordHash = Passwords.HashOf((string)body["password"]!),
            Status = UserRow.Active,
            SessionEpoch = user.SessionEpoch + 1,
            FullName = AgencyText.Text(body, "full_name") ?? user.FullName,
            LastLoginAt = op.Now,
            UpdatedAt = op.Now,
        };
        var note = op.Note("accepted", AgencyUsers.RecordType, user.Id.ToString()) with { Tenant = user.TenantId };
        return await parts.Users.ChangeAsync(user, accepted, note, op.Stop) is UserChange.Done ? await OpenAsync(op, accepted)
            : op.Fail(Fault.UnknownCredential, "The invitation is not good, or not any more.");
    }

    /// <summary>The code of a mail is good once: the user's epoch rises, and all sign-ins end.</summary>
    public async ValueTask<Reply> Reset(OperationContext op)
    {
        var body = op.ReadObject();
        if (ClaimsOf(op, (string)body["token"]!, TokenUse.Reset) is not { } claims         // required
                || await UserOfAsync(claims, op.Stop) is not { Status: UserRow.Active } user)
            return op.Fail(Fault.UnknownCredential, WrongCode);
        var after = user with
        {
            PasswordHash = Passwords.HashOf((string)body["password"]!),
            SessionEpoch = user.SessionEpoch + 1,
            UpdatedAt = op.Now,
        };
        var note = op.Note("password_changed", AgencyUsers.RecordType, user.Id.ToString()) with { Tenant = user.TenantId };
        var change = await parts.Users.ChangeAsync(user, after, note, op.Stop);
        parts.UsersChanged();
        if (change is not UserChange.Done) return op.Fail(Fault.UnknownCredential, WrongCode);
        _locks.Show(user.Email, BruteForceLimiter.SourceOf(op.Credential.Remote), op.Now);
        return op.NoContent();
    }

    /// <summary>Of an account that is switched off nobody signs in, as none of its keys is good.</summary>
    /// <returns>The refusal; null where it is on.</returns>
    private static Reply? Shut(OperationContext op, UserRow user) =>
        op.Routing.FindTenant(user.ClientId is { } client ? new(Guid.Parse(client)) : user.TenantId) is { IsDisabled: true }
            ? op.Fail(Fault.AccountDisabled, "This account is switched off: whoever manages it can switch it on again.") : null;

    public string InviteOf(UserRow user, DateTimeOffset now) =>
        _tokens.Write(new(user.Id, TokenUse.Invite, user.SessionEpoch, now + UserTokens.InviteLife), now);

    private UserClaims? ClaimsOf(OperationContext op, string text, TokenUse use) =>
        _tokens.Read(text) is { } claims && claims.Use == use && claims.EndsAt > op.Now ? claims : null;

    private async ValueTask<UserRow?> UserOfAsync(UserClaims claims, CancellationToken stop) =>
        await parts.Users.FindAsync(claims.User, stop) is { } user && user.SessionEpoch == claims.Epoch ? user : null;

    private async ValueTask<Reply> OpenAsync(OperationContext op, UserRow user) =>
        await TokensAsync(op, user, await parts.Sessions.OpenAsync(user, op.Now, UserTokens.RefreshLife, op.Stop), turn: 0);

    private async ValueTask<Reply> TokensAsync(OperationContext op, UserRow user, Guid session, long turn)
    {
        string Token(TokenUse use, TimeSpan life) => _tokens.Write(new(user.Id, use, user.SessionEpoch, op.Now + life)
        {
            Session = session, Turn = turn,
        }, op.Now);
        var reply = new JsonObject
        {
            ["access_token"] = Token(TokenUse.Access, UserTokens.AccessLife), ["token_type"] = "Bearer",
            ["expires_in"] = (int)UserTokens.AccessLife.TotalSeconds,
            ["refresh_token"] = Token(TokenUse.Refresh, UserTokens.RefreshLife), ["user"] = AgencyUsers.Show(user),
        };
        await AgencyProfile.AddTenancyAsync(reply, parts, user.TenantId, user.ClientId, op.Stop);
        return op.Ok(reply).With("Cache-Control", "no-store");
    }

    /// <summary>
    /// Asked once more when the password's turn has come: of many that come at once each is counted before the next is compared.
    /// </summary>
    /// <returns>The refusal; null for whoever is heard.</returns>
    private Reply? Unheard(OperationContext op, string email, string source) =>
        _failed.IsShut(source, MostFailures, op.Now) ? TooMany(op) : _locks.IsLocked(email, source, op.Now) ? Locked(op) : null;

    private async ValueTask<Reply> WrongAsync(OperationContext op, string email, string source)
    {
        if (Unheard(op, email, source) is { } unheard) return unheard;
        _locks.Fail(email, op.Now);
        await _failed.CountAsync(source, op.Now, op.Stop);
        return op.Fail(Fault.UnknownCredential, WrongPassword);
    }

    private static Reply Locked(OperationContext op) =>
        op.Fail(Fault.TooManyRequests, "Too many sign-ins by this address have failed: try again in a quarter of an hour.")
            .With("Retry-After", "900");

    private static Reply TooMany(OperationContext op) =>
        op.Fail(Fault.TooManyRequests, "Too many sign-ins have failed: try again in a minute.").With("Retry-After", "60");
}
