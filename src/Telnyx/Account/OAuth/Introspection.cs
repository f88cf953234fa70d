using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Store.OAuth;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>
/// What a token is good for (RFC 7662), and its end (RFC 7009). Programs ask with their own credentials, accounts with a key;
/// each hears of the tokens that concern it, and of all others that they are not active.
/// </summary>
internal static class Introspection
{
    public static async ValueTask<Reply> Introspect(OperationContext op, OAuthParts parts, ClientProof proof)
    {
        var body = op.ReadObject();
        var (asker, problem) = await AskerAsync(op, parts, proof, body);
        if (problem is not null) return op.Refuse(problem);
        // RFC 7662 section 2.1: this is for who protects something, not for who guesses.
        if (asker.Client is { Secret: null })
            return op.Refuse(OAuthProblems.InvalidClient("A program without a secret cannot look at tokens."));
        if (asker.Client?.Tenant is { } own && AccountGuard.Refusal(op.Routing, own, op.Origin) is { Fault: Fault.AddressNotAllowed } shut)
            return op.Refuse(OAuthProblems.UnauthorizedClient(shut.Detail));
        var found = await FindAsync(op, parts, body);
        return op.Bare(200, found.Family is { } family && asker.MaySee(family)
            && op.Routing.FindTenant(family.Tenant) is not { IsDisabled: true }
            ? Show(parts, found, family)
            : new JsonObject { ["active"] = false }).With("cache-control", "no-store");
    }

    public static async ValueTask<Reply> Revoke(OperationContext op, OAuthParts parts, ClientProof proof)
    {
        var body = op.ReadObject();
        var (asker, problem) = await AskerAsync(op, parts, proof, body);
        if (problem is not null) return op.Refuse(problem);
        if (asker.Caller is { Role: < CallerRole.Owner })
            return op.Fail(Fault.Forbidden, "This needs an owner's key, or the program's own credentials.");
        // RFC 7009 section 2.2: a token that is not good is as the asker wants it.
        if ((await FindAsync(op, parts, body)).Family is { } family)
        {
            if (!asker.MayEnd(family)) return op.Refuse(OAuthProblems.UnauthorizedClient("This token was given to another program."));
            await parts.Store.OAuthTokens.EndAsync(family.Tenant, family.Id, op.Stop);
            parts.Tokens.Ended();
        }
        return new Reply { Status = 200 }.With("cache-control", "no-store");
    }

    /// <summary>Who asks: a program or an account.</summary>
    private readonly record struct Asker(OAuthClient? Client, Caller? Caller)
    {
        public bool MaySee(OAuthFamily family) => Caller is not null ? family.Tenant == Caller.Tenant : family.Client == Client!.Id
            || (Client.Tenant is { } own && own == family.Tenant);

        public bool MayEnd(OAuthFamily family) => Caller is not null ? family.Tenant == Caller.Tenant : family.Client == Client!.Id;
    }

    private static async ValueTask<(Asker Asker, Problem? Problem)> AskerAsync(OperationContext op, OAuthParts parts,
        ClientProof proof, JsonObject body)
    {
        if (op.Caller.Role is not CallerRole.Public) return (new(null, op.Caller), null);
        var (client, problem) = await proof.FindAsync(op, parts.Store, body);
        return (new(client, null), problem);
    }

    private static async ValueTask<ReadToken> FindAsync(OperationContext op, OAuthParts parts, JsonObject body)
    {
        string token = body.Text("token") ?? "";
        if (AccessTokens.IsOne(token)) return await parts.Tokens.ReadAsync(token, op.Stop);
        var (family, isUsed) = await parts.Store.OAuthTokens.FindByRefreshAsync(token, op.Stop);
        return family is null || isUsed ? new() : new()
        {
            Family = family, Scopes = family.Scopes, IssuedAt = family.CreatedAt.ToUnixTimeSeconds(),
            ExpiresAt = family.ExpiresAt.ToUnixTimeSeconds(),
        };
    }

    private static JsonObject Show(OAuthParts parts, ReadToken found, OAuthFamily family) => new()
    {
        ["active"] = true,
        ["client_id"] = family.Client.ToString(),
        ["scope"] = string.Join(' ', found.Scopes),
        ["iss"] = parts.Tokens.Issuer,
        ["aud"] = parts.Tokens.Issuer,
        ["iat"] = found.IssuedAt,
        ["exp"] = found.ExpiresAt,
        ["sub"] = family.Grant is null ? family.Client.ToString() : family.Tenant.ToString(),
    };
}
