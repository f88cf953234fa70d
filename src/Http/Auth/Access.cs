using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Primitives;

namespace Ringwright.Http;

/// <summary>How an API lets callers in: which credentials it takes, and what it says to who has none.</summary>
public sealed record Access
{
    public required IReadOnlyList<CredentialForm> Forms { get; init; }

    /// <summary>
    /// What a caller without a good credential is told to do, as the rest of a sentence: "send 'Authorization: Bearer KEY'".
    /// </summary>
    public required string Hint { get; init; }

    /// <summary>
    /// The forms are looked for in the order of <see cref="Forms"/>, and the first that is there and not empty is the credential, good or
    /// bad. Otherwise in the order of <see cref="Read"/>.
    /// </summary>
    public bool IsInOrder { get; init; }

    public T? Find<T>() where T : CredentialForm => Forms.OfType<T>().FirstOrDefault();

    /// <summary>
    /// What the request brings: a key in the API's own header, else the Authorization header, else a key in the query, else a cookie.
    /// </summary>
    internal Credential Read(HttpContext http)
    {
        if (IsInOrder) return ReadInOrder(http);
        var remote = http.Connection.RemoteIpAddress;
        string? key = Find<CredentialForm.QueryParameter>() is { } query ? TakeOut(http.Request, query.Name) : null;
        if (Find<CredentialForm.KeyHeader>() is { } own && http.Request.Headers[own.Name] is { Count: > 0 } keys)
            return new(null, null, remote) { Kind = CredentialKind.Header, Key = KeyOf(own, keys) };
        string? header = http.Request.Headers.Authorization;
        if (header is not null) return OfHeader(Credential.OfHeader(header, remote));
        if (key is not null) return new(null, null, remote) { Kind = CredentialKind.Query, Key = key };
        if (Find<CredentialForm.SessionCookie>() is { } session && http.Request.Cookies[session.Cookie] is { Length: > 0 } cookie)
            return new(null, null, remote) { Kind = CredentialKind.Session, Key = cookie };
        return new(null, null, remote);
    }

    private Credential ReadInOrder(HttpContext http)
    {
        var remote = http.Connection.RemoteIpAddress;
        // All keys leave the query, also those that another one comes before.
        var asked = Forms.OfType<CredentialForm.QueryParameter>()
            .ToDictionary(form => form.Name, form => TakeOutAll(http.Request, form.Name));
        foreach (var form in Forms)
        {
            var found = form switch
            {
                // One that is there twice is none, and nothing else is looked for behind it.
                CredentialForm.QueryParameter query => asked[query.Name].Where(text => text.Length > 0).ToList() is { Count: > 0 } given
                    ? new(null, null, remote) { Kind = CredentialKind.Query, Key = given.Count == 1 ? given[0] : null } : null,
                CredentialForm.KeyCookie cookie => http.Request.Cookies[cookie.Name] is { Length: > 0 } key
                    ? new(null, null, remote) { Kind = CredentialKind.Cookie, Key = key } : null,
                CredentialForm.KeyHeader own => http.Request.Headers[own.Name] is { Count: > 0 } keys
                    ? new(null, null, remote) { Kind = CredentialKind.Header, Key = KeyOf(own, keys) } : null,
                CredentialForm.BearerHeader or CredentialForm.BasicHeader =>
                    http.Request.Headers.Authorization.ToString() is { Length: > 0 } header
                        ? OfHeader(Credential.OfHeader(header, remote)) : null,
                CredentialForm.SessionCookie session => http.Request.Cookies[session.Cookie] is { Length: > 0 } opened
                    ? new Credential(null, null, remote) { Kind = CredentialKind.Session, Key = opened } : null,
                _ => throw new System.Diagnostics.UnreachableException(),
            };
            if (found is not null) return found;
        }
        return new(null, null, remote);
    }

    private static string? KeyOf(CredentialForm.KeyHeader form, StringValues keys) =>
        keys.Count == 1 && form.Takes(keys[0]) ? keys[0] : null;

    /// <summary>What WWW-Authenticate says (RFC 9110 section 11.6.1), one for each form that has a header.</summary>
    /// <param name="error">Of RFC 6750 section 3.1.</param>
    internal string[] Challenges(PublicLinks links, string? error = null, string? scope = null) =>
        [.. Forms.Select(form => ChallengeOf(form, links, error, scope)).OfType<string>()];

    private static string? ChallengeOf(CredentialForm form, PublicLinks links, string? error, string? scope)
    {
        if (form is CredentialForm.BasicHeader basic) return $"Basic realm=\"{basic.Realm}\", charset=\"UTF-8\"";
        if (form is not CredentialForm.BearerHeader bearer) return null;
        // RFC 6750 section 3 and, where tokens can be had, RFC 9728 section 5.1.
        var parameters = new List<string>();
        if (error is not null) parameters.Add($"error=\"{error}\"");
        if (scope is not null) parameters.Add($"scope=\"{scope}\"");
        if (bearer.Help is { } help) parameters.Add($"resource_metadata=\"{links.To(help)}\"");
        return parameters.Count == 0 ? "Bearer" : "Bearer " + string.Join(", ", parameters);
    }

    private Credential OfHeader(Credential read)
    {
        if (read.IsBearer)
            return Find<CredentialForm.BearerHeader>() is not null ? read : read with { Kind = CredentialKind.Other, Key = null };
        if (!read.IsBasic || Find<CredentialForm.BasicHeader>() is null) return read;
        return DecodeBasic(read.Token) is { } pair ? read with { Kind = CredentialKind.Basic, User = pair.User, Key = pair.Password }
            : read;
    }

    private static (string User, string Password)? DecodeBasic(string? token)
    {
        if (token is not { Length: > 0 and <= Limits.TokenCharacters } || !Base64.IsValid(token)) return null;
        string text = Encoding.UTF8.GetString(Convert.FromBase64String(token));
        int colon = text.IndexOf(':');
        return colon < 0 ? null : (text[..colon], text[(colon + 1)..]);
    }

    /// <summary>The parameter's value, which from here on is nowhere in the request; null when it is not there, or there twice.</summary>
    private static string? TakeOut(HttpRequest request, string name) =>
        TakeOutAll(request, name) is [var only] ? only : null;

    /// <summary>All values of the parameter; they are nowhere in the request from here on.</summary>
    private static List<string> TakeOutAll(HttpRequest request, string name)
    {
        string? text = request.QueryString.Value;
        if (string.IsNullOrEmpty(text)) return [];
        var (found, rest) = (new List<string>(), new StringBuilder());
        foreach (var pair in new QueryStringEnumerable(text))
        {
            if (pair.DecodeName().Span.SequenceEqual(name)) found.Add(pair.DecodeValue().ToString());
            else rest.Append(rest.Length == 0 ? '?' : '&').Append(pair.EncodedName).Append('=').Append(pair.EncodedValue);
        }
        if (found.Count == 0) return [];
        request.QueryString = new(rest.ToString());
        return found;
    }
}
