namespace Ringwright.Http;

/// <summary>A way in which an API lets callers say who they are. Six and no other.</summary>
public abstract record CredentialForm
{
    private CredentialForm() { }

    /// <summary>A key or a token in the Authorization header (RFC 6750).</summary>
    public sealed record BearerHeader : CredentialForm
    {
        /// <summary>Path at the host's root where a program learns how to get a token (RFC 9728); null where there are none.</summary>
        public string? Help { get; init; }
    }

    /// <summary>A name with a key as its password (RFC 7617).</summary>
    /// <param name="IsUser">Whether the key's caller may go by that name.</param>
    public sealed record BasicHeader(string Realm, Func<Caller, string, bool> IsUser) : CredentialForm;

    /// <summary>A key, and nothing else, in a request header of the API's own ("X-API-Key").</summary>
    public sealed record KeyHeader(string Name) : CredentialForm
    {
        /// <summary>How keys begin that were made to be shown in another way: here they are nobody's.</summary>
        public IReadOnlyList<string> Foreign { get; init; } = [];

        internal bool Takes(string? key) => key is not null && !Foreign.Any(start => key.StartsWith(start, StringComparison.Ordinal));
    }

    /// <summary>
    /// A key as a query parameter. It is taken out of the request before anything else reads the query,
    /// so that no log and no reply can have it.
    /// </summary>
    public sealed record QueryParameter(string Name) : CredentialForm;

    /// <summary>
    /// A key or a token in a cookie. What changes something, and a socket, must not come from a page of another origin.
    /// </summary>
    public sealed record KeyCookie(string Name) : CredentialForm;

    /// <summary>
    /// A session that <see cref="Sessions"/> opened. Browsers send its cookie with whatever page asks, so each request that
    /// changes something, and each socket, must come from an origin of the API's own, and each request that changes something must have
    /// the session's token in a header, which only such a page knows.
    /// </summary>
    /// <param name="Cookie">Begin it with <c>__Host-</c> where the API is reached by https alone.</param>
    /// <param name="TokenHeader">The request header that holds what <see cref="Sessions.TokenOf"/> says.</param>
    public sealed record SessionCookie(string Cookie, string TokenHeader) : CredentialForm
    {
        /// <summary>Other origins whose pages may ask ("https://console.example.com"), beside the one that the API is reached by.</summary>
        public IReadOnlyList<string> Origins { get; init; } = [];
    }
}
