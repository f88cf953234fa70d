using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Ringwright.Agency.Tables;
using Ringwright.Http;

namespace Ringwright.Agency;

/// <summary>
/// A second factor of a user, beside the password. It is asked for once the user has shown a code of it; whoever may change the user takes
/// it away where the telephone is lost.
/// </summary>
internal sealed class SecondFactor(AgencyParts parts)
{
    private const int MostFailures = 10, NonceBytes = 16;
    private const string Field = "totp", Password = "current_password";

    /// <summary>Guesses at one user, wherever they come from: six digits are few.</summary>
    private readonly BruteForceLimiter _failed = new();

    /// <summary>A new secret, which is shown this once.</summary>
    public async ValueTask<Reply> Begin(OperationContext op)
    {
        if (await MeAsync(op) is not { } user) return NoUser(op);
        if (user.Totp is not null) return op.Fail(Fault.WrongState, "There is a second factor: end it first.");
        if (await PasswordRefusalAsync(op, user.Id, user.PasswordHash) is { } refused) return refused;
        string nonce = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(NonceBytes));
        if (!await SetAsync(op, user, null, nonce, "second_factor_begun")) return Changed(op);
        string secret = Totp.Base32(SecretOf(user, nonce));
        string issuer = Uri.EscapeDataString((await parts.Tenancy.AgencyAsync(user.TenantId, op.Stop)).Name);
        return op.Ok(new JsonObject
        {
            ["secret"] = secret,
            ["otpauth_uri"] = $"otpauth://totp/{issuer}:{Uri.EscapeDataString(user.Email)}?secret={secret}&issuer={issuer}",
        }).With("Cache-Control", "no-store");
    }

    /// <summary>The user has the secret: from now on a code is asked for.</summary>
    public async ValueTask<Reply> Confirm(OperationContext op)
    {
        if (await MeAsync(op) is not { } user) return NoUser(op);
        if (user.TotpPending is not { } nonce) return op.Fail(Fault.WrongState, "No second factor was begun.");
        if (await CodeRefusalAsync(op, user, nonce, CodeOf(op), Bad) is { } refused) return refused;
        return await SetAsync(op, user, nonce, null, "second_factor_set") ? op.NoContent() : Changed(op);
    }

    public async ValueTask<Reply> End(OperationContext op)
    {
        if (await MeAsync(op) is not { } user) return NoUser(op);
        if (user.Totp is not { } nonce) return op.Fail(Fault.WrongState, "There is no second factor.");
        if (await PasswordRefusalAsync(op, user.Id, user.PasswordHash) is { } wrong) return wrong;
        if (await CodeRefusalAsync(op, user, nonce, CodeOf(op), Bad) is { } refused) return refused;
        return await SetAsync(op, user, null, null, "second_factor_ended") ? op.NoContent() : Changed(op);
    }

    /// <summary>By somebody else.</summary>
    /// <returns>False when the user is being changed.</returns>
    public ValueTask<bool> ResetAsync(OperationContext op, UserRow user) => SetAsync(op, user, null, null, "second_factor_reset");

    /// <summary>Of a sign-in whose password was right; null when it may go on.</summary>
    public async ValueTask<Reply?> RefusalAsync(OperationContext op, UserRow user, string? code)
    {
        if (user.Totp is not { } nonce) return null;
        return code is null ? Wrong(op, "A code of the second factor is needed.") : await CodeRefusalAsync(op, user, nonce, code, Wrong);
    }

    /// <summary>
    /// Of whoever makes somebody an owner; null when he is who has signed in. A copied token, or a screen that was left open, makes none.
    /// </summary>
    public async ValueTask<Reply?> MakerRefusalAsync(OperationContext op)
    {
        var (id, hash) = AgencyKeys.UserOf(op.Caller) is { } user ? (user, (await parts.Users.FindAsync(user, op.Stop))?.PasswordHash)
            : AgencyKeys.AdministratorOf(op.Caller.KeyId) is { } above
                ? (above, (await parts.Administrators.FindAsync(above, op.Stop))?.PasswordHash)
            : default;
        if (hash is null) return op.Fail(Fault.Forbidden, "A key has no password: an owner who has signed in makes somebody an owner.");
        return op.ReadObject()[Password] is null
            ? op.Fail(AgencyText.Bad(Password, $"Whoever makes somebody an owner says his own {Password}."))
            : await PasswordRefusalAsync(op, id, hash);
    }

    /// <summary>
    /// Of who has signed in, and says by his own password that it is he. A copied token does not find it out: guesses are counted.
    /// </summary>
    /// <param name="id">Of the user or the administrator.</param>
    /// <returns>Null when it is right.</returns>
    public async ValueTask<Reply?> PasswordRefusalAsync(OperationContext op, Guid id, string? hash)
    {
        string guessed = id.ToString(), password = (string)op.ReadObject()[Password]!;      // required, or asked for before
        // Ahead, for a comparison takes its time: of many guesses at once no more are compared, and others' wait for no more.
        if (!_failed.TryCount(guessed, MostFailures, op.Now)) return TooMany(op);
        if (!await Passwords.FitsAsync(hash, password, op.Stop)) return op.Fail(AgencyText.Bad(Password, "The current password is wrong."));
        _failed.Forgive(guessed);
        return null;
    }

    private async ValueTask<Reply?> CodeRefusalAsync(OperationContext op, UserRow user, string nonce, string code,
        Func<OperationContext, string, Reply> wrong)
    {
        string guessed = user.Id.ToString();
        if (!_failed.TryCount(guessed, MostFailures, op.Now)) return TooMany(op);
        if (Totp.Find(SecretOf(user, nonce), code, op.Now) is not { } step || !await parts.Users.TakeStepAsync(user, step, op.Stop))
            return wrong(op, "The code is wrong, or was used already.");
        _failed.Forgive(guessed);
        return null;
    }

    private byte[] SecretOf(UserRow user, string nonce) => Totp.SecretOf(parts.Store.Node.TokenKey.Span, user.Id, nonce);

    private ValueTask<bool> SetAsync(OperationContext op, UserRow user, string? nonce, string? pending, string change) =>
        parts.Users.SetTotpAsync(user, nonce, pending, op.Now,
            op.Note(change, AgencyUsers.RecordType, user.Id.ToString()) with { Tenant = user.TenantId }, op.Stop);

    private async ValueTask<UserRow?> MeAsync(OperationContext op) =>
        AgencyKeys.UserOf(op.Caller) is { } id ? await parts.Users.FindAsync(id, op.Stop) : null;

    private static Reply NoUser(OperationContext op) => op.Fail(Fault.UnknownResource, "A key is no user.");

    private static Reply Changed(OperationContext op) => op.Fail(Fault.Conflict, "Somebody else is changing this user.");

    private static string CodeOf(OperationContext op) => (string)op.ReadObject()[Field]!;       // required

    /// <summary>Of who has signed in.</summary>
    private static Reply Bad(OperationContext op, string sentence) => op.Fail(AgencyText.Bad(Field, sentence));

    /// <summary>Of who has not.</summary>
    private static Reply Wrong(OperationContext op, string sentence) =>
        op.Fail(op.Dialect.Errors.Problem(Fault.UnknownCredential, sentence) with { Pointer = "/" + Field });

    private static Reply TooMany(OperationContext op) =>
        op.Fail(Fault.TooManyRequests, "Too many codes or passwords were wrong: try again in a minute.").With("Retry-After", "60");
}
