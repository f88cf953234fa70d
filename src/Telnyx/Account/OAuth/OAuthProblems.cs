using Ringwright.Http;

namespace Ringwright.Telnyx.Account.OAuth;

/// <summary>The errors of RFC 6749 section 5.2 and its relatives, each with the code that it has in the errors array.</summary>
internal static class OAuthProblems
{
    public static Problem InvalidRequest(string detail) => new("10015", detail) { Word = "invalid_request", Status = 400 };

    public static Problem InvalidClient(string detail) => new("10009", detail) { Word = "invalid_client", Status = 401 };

    public static Problem InvalidGrant(string detail) => new("10015", detail) { Word = "invalid_grant", Status = 400 };

    public static Problem InvalidScope(string detail) => new("10015", detail) { Word = "invalid_scope", Status = 400, Pointer = "/scope" };

    public static Problem UnauthorizedClient(string detail) => new("10010", detail) { Word = "unauthorized_client", Status = 400 };

    public static Problem UnsupportedGrantType(string detail) =>
        new("10032", detail) { Word = "unsupported_grant_type", Status = 400, Pointer = "/grant_type" };

    /// <summary>RFC 7591 section 3.2.2.</summary>
    public static Problem InvalidRedirectUri(string detail, string pointer) =>
        new("10003", detail) { Word = "invalid_redirect_uri", Pointer = pointer };

    public static Problem InvalidMetadata(string detail, string pointer) =>
        new("10015", detail) { Word = "invalid_client_metadata", Pointer = pointer };

    /// <summary>Too many wrong secrets.</summary>
    public static Problem TooManyGuesses =>
        new("10011", "Too many wrong credentials came from this address: try again in a minute.") { Word = "temporarily_unavailable" };

    /// <summary>The answer, with what RFC 6749 section 5.2 and RFC 9110 section 11.6.1 want beside a 401.</summary>
    public static Reply Refuse(this OperationContext op, Problem problem)
    {
        var reply = op.Fail(problem).With("cache-control", "no-store");
        return problem.Status == 401 ? reply.With("www-authenticate", "Basic realm=\"oauth\", charset=\"UTF-8\"") : reply;
    }
}
