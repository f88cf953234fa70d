using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Http;
using Ringwright.Store.OAuth;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>Gives tokens (RFC 6749 sections 4.1.3, 4.4 and 6, RFC 7636 section 4.5).</summary>
internal static class TokenEndpoint
{
    public static async ValueTask<Reply> Handle(OperationContext op, OAuthParts parts, ClientProof proof)
    {
        var body = op.ReadObject();
        string grantType = body.Text("grant_type") ?? "";
        if (grantType is not (ClientBody.AuthorizationCode or ClientBody.ClientCredentials or ClientBody.RefreshToken))
            return op.Refuse(OAuthProblems.UnsupportedGrantType(
                $"The grant_type is {ClientBody.AuthorizationCode}, {ClientBody.ClientCredentials} or {ClientBody.RefreshToken}."));
        var (client, problem) = await proof.FindAsync(op, parts.Store, body);
        if (client is null) return op.Refuse(problem!); // one of the two is there
        if (!client.MayUse(grantType))
            return op.Refuse(OAuthProblems.UnauthorizedClient($"This program may not use the grant type {grantType}."));
        return grantType switch
        {
            ClientBody.AuthorizationCode => await RedeemAsync(op, parts, client, body),
            ClientBody.ClientCredentials => await ForItselfAsync(op, parts, client, body),
            _ => await RefreshAsync(op, parts, client, body),
        };
    }

    private static async ValueTask<Reply> RedeemAsync(OperationContext op, OAuthParts parts, OAuthClient client, JsonObject body)
    {
        if (body.Filled("code") is not { } text)
            return op.Refuse(OAuthProblems.InvalidRequest("code is missing.") with { Pointer = "/code" });
        var code = await parts.Store.OAuthTokens.FindCodeAsync(text, op.Stop);
        if (code is null || code.Client != client.Id) return op.Refuse(OAuthProblems.InvalidGrant("There is no such code."));
        if (Shut(op, code.Tenant) is { } shut) return op.Refuse(OAuthProblems.InvalidGrant(shut));
        if (body.Text("redirect_uri") != code.RedirectUri)
            return op.Refuse(OAuthProblems.InvalidGrant("The redirect_uri is not the one that the code was asked for with."));
        if (!IsVerified(code.Challenge, body.Filled("code_verifier")))
            return op.Refuse(OAuthProblems.InvalidGrant("The code_verifier does not fit the code_challenge."));

        string? refresh = client.MayUse(ClientBody.RefreshToken) ? OAuthText.New() : null;
        var family = Family(op, code.Tenant, client, code.Scopes, refresh is null ? AccessTokens.Life : OAuthLimits.FamilyLife) with
        {
            Grant = code.Grant
        };
        // Made before anything is spent, so that what fails here costs nobody a code.
        string access = await parts.Tokens.IssueAsync(family, family.Scopes, op.Stop);
        switch (await parts.Store.OAuthTokens.RedeemAsync(text, family, refresh, op.Stop))
        {
            case OAuthExchange.Repeated:
                parts.Tokens.Ended();
                return op.Refuse(OAuthProblems.InvalidGrant("The code was exchanged before: all tokens that came from it have ended."));
            case OAuthExchange.Unknown: return op.Refuse(OAuthProblems.InvalidGrant("The code's time is over."));
            default: return Give(op, access, family.Scopes, refresh);
        }
    }

    private static async ValueTask<Reply> ForItselfAsync(OperationContext op, OAuthParts parts, OAuthClient client, JsonObject body)
    {
        // RFC 6749 section 4.4: a program without a secret has shown nothing, and one without an account has nothing of its own.
        if (client.Secret is null || client.Tenant is not { } tenant)
            return op.Refuse(OAuthProblems.UnauthorizedClient("Only a confidential program of an account gets tokens for itself."));
        if (Shut(op, tenant) is { } shut) return op.Refuse(OAuthProblems.UnauthorizedClient(shut));
        var scopes = body.Filled("scope") is { } asked ? Scopes.Read(asked) : client.Scopes;
        if (scopes is null || scopes.Count == 0 || scopes.Except(client.Scopes, StringComparer.Ordinal).Any())
            return op.Refuse(OAuthProblems.InvalidScope("This program may not ask for all of these scopes."));
        var family = Family(op, tenant, client, scopes, AccessTokens.Life);
        string access = await parts.Tokens.IssueAsync(family, scopes, op.Stop);
        await parts.Store.OAuthTokens.OpenAsync(family, op.Stop);
        return Give(op, access, scopes, refresh: null);
    }

    private static async ValueTask<Reply> RefreshAsync(OperationContext op, OAuthParts parts, OAuthClient client, JsonObject body)
    {
        if (body.Filled("refresh_token") is not { } text)
            return op.Refuse(OAuthProblems.InvalidRequest("refresh_token is missing.") with { Pointer = "/refresh_token" });
        var (family, _) = await parts.Store.OAuthTokens.FindByRefreshAsync(text, op.Stop);
        if (family is null || family.Client != client.Id)
            return op.Refuse(OAuthProblems.InvalidGrant("There is no such refresh token, or its time is over."));
        if (Shut(op, family.Tenant) is { } shut) return op.Refuse(OAuthProblems.InvalidGrant(shut));
        var scopes = body.Filled("scope") is { } asked ? Scopes.Read(asked) : family.Scopes;
        if (scopes is null || scopes.Count == 0 || scopes.Except(family.Scopes, StringComparer.Ordinal).Any())
            return op.Refuse(OAuthProblems.InvalidScope("A refresh token gives no scope that was not allowed at first."));

        string next = OAuthText.New(), access = await parts.Tokens.IssueAsync(family, scopes, op.Stop);
        switch (await parts.Store.OAuthTokens.RotateAsync(text, next, op.Stop))
        {
            case OAuthExchange.Repeated:
                parts.Tokens.Ended();
                return op.Refuse(OAuthProblems.InvalidGrant("The refresh token was used before: all tokens of its family have ended."));
            case OAuthExchange.Unknown:
                return op.Refuse(OAuthProblems.InvalidGrant("There is no such refresh token, or its time is over."));
            default: return Give(op, access, scopes, next);
        }
    }

    /// <summary>Why the account's keys open nothing from where this is asked, and so no token of it either; null when they do.</summary>
    private static string? Shut(OperationContext op, Core.TenantId tenant) => AccountGuard.Refusal(op.Routing, tenant, op.Origin)?.Detail;

    private static OAuthFamily Family(OperationContext op, Core.TenantId tenant, OAuthClient client, IReadOnlyList<string> scopes,
        TimeSpan life)
    {
        var now = op.Now;
        return new()
        {
            Id = Guid.NewGuid(), Tenant = tenant, Client = client.Id, Scopes = scopes, CreatedAt = now, ExpiresAt = now + life,
        };
    }

    private static Reply Give(OperationContext op, string access, IReadOnlyList<string> scopes, string? refresh)
    {
        var given = new JsonObject
        {
            ["access_token"] = access,
            ["token_type"] = "Bearer",
            ["expires_in"] = (int)AccessTokens.Life.TotalSeconds,
            ["scope"] = string.Join(' ', scopes),
        };
        if (refresh is not null) given["refresh_token"] = refresh;
        return op.Bare(200, given).With("cache-control", "no-store").With("pragma", "no-cache");
    }

    /// <summary>
    /// Who exchanges the code knows what was hashed when it was asked for. A verifier for a code without a challenge is
    /// a sign of one that was taken out on the way.
    /// </summary>
    private static bool IsVerified(string? challenge, string? verifier)
    {
        if (challenge is null || verifier is null) return challenge is null && verifier is null;
        byte[] expected = Encoding.ASCII.GetBytes(challenge);
        return CryptographicOperations.FixedTimeEquals(expected,
            Encoding.ASCII.GetBytes(Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(verifier)))));
    }
}
