using Ringwright.Http;
using Ringwright.Store.OAuth;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>
/// Where a program sends a person's browser (RFC 6749 section 4.1.1, RFC 7636). Until the program and its address are known,
/// nothing is sent anywhere and who asks sees a page; from then on the program hears of errors itself.
/// </summary>
internal static class Authorize
{
    private const string S256 = "S256";
    private const int ChallengeCharacters = 43;     // SHA-256 in base64url

    public static async ValueTask<Reply> Handle(OperationContext op, OAuthParts parts)
    {
        // RFC 6749 section 3.1: what is said twice could mean one thing to us and another to the person.
        if (op.Query.Pairs.GroupBy(p => p.Key, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
            return op.Fail(OAuthProblems.InvalidRequest($"The parameter {twice.Key} is there twice."));
        foreach (string name in (string[])["client_id", "redirect_uri"])
            if (string.IsNullOrEmpty(op.Query[name]))
                return op.Fail(
                    op.Dialect.Errors.Problem(Fault.MissingParameter, $"The parameter {name} is missing.") with { Parameter = name });
        if (!Guid.TryParseExact(op.Query["client_id"], "D", out var id)
                || await parts.Store.OAuthClients.FindAsync(id, op.Stop) is not { } client)
            return op.Fail(Fault.UnknownResource, "There is no program with this client_id.");
        string redirectUri = op.Query["redirect_uri"]!; // looked at above
        if (!client.RedirectUris().Contains(redirectUri, StringComparer.Ordinal))
            return op.Fail(OAuthProblems.InvalidRequest(
                "The redirect_uri is none of those that this program has registered. Nothing was sent there."));

        string? state = op.Query["state"];
        var (scopes, error, detail) = Check(op, client, state);
        if (error is not null)
            return Redirects.Found(Redirects.To(redirectUri, parts.Tokens.Issuer,
                state?.Length > OAuthLimits.StateCharacters ? null : state, ("error", error), ("error_description", detail)));

        var ticket = new ConsentTicket
        {
            Id = Guid.NewGuid(),
            Client = client.Id,
            RedirectUri = redirectUri,
            Scopes = scopes,
            State = state,
            Challenge = op.Query["code_challenge"],
            ExpiresAt = op.Now + OAuthLimits.ConsentLife,
        };
        return Redirects.Found(op.Links.To(ConsentPage.PathOf(ticket.Seal(parts.Store.Node))));
    }

    private static (IReadOnlyList<string> Scopes, string? Error, string Detail) Check(OperationContext op,
        OAuthClient client, string? state)
    {
        if (state?.Length > OAuthLimits.StateCharacters)
            return Wrong("invalid_request", $"state has at most {OAuthLimits.StateCharacters} characters.");
        switch (op.Query["response_type"])
        {
            case null or "": return Wrong("invalid_request", "response_type is missing.");
            case not "code": return Wrong("unsupported_response_type", "The only response_type is code.");
        }
        if (!client.MayUse(ClientBody.AuthorizationCode))
            return Wrong("unauthorized_client", "This program may not ask for authorization codes.");

        string? challenge = op.Query["code_challenge"], method = op.Query["code_challenge_method"];
        if (challenge is null && (method is not null || client.NeedsPkce()))
            return Wrong("invalid_request", "code_challenge is missing: this program has to use PKCE.");
        // RFC 7636 section 4.3: without a method it is plain, which shows the verifier to whoever sees this request.
        if (challenge is not null && method is not S256) return Wrong("invalid_request", "The only code_challenge_method is S256.");
        if (challenge is not null
                && (challenge.Length != ChallengeCharacters || !challenge.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
            return Wrong("invalid_request", "code_challenge is the SHA-256 of the verifier in base64url: 43 characters.");

        var scopes = op.Query["scope"] is { Length: > 0 } asked ? Scopes.Read(asked) : client.Scopes;
        if (scopes is null || scopes.Count == 0 || scopes.Except(client.Scopes, StringComparer.Ordinal).Any())
            return Wrong("invalid_scope", "This program may not ask for all of these scopes.");
        return (scopes, null, "");
    }

    private static (IReadOnlyList<string> Scopes, string? Error, string Detail) Wrong(string error, string detail) => ([], error, detail);
}
