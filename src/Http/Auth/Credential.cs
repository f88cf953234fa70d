using System.Net;

namespace Ringwright.Http;

/// <summary>Which way a credential came.</summary>
public enum CredentialKind
{
    None,
    /// <summary>An Authorization header of a scheme that the API does not take.</summary>
    Other,
    Bearer,
    Basic,
    /// <summary>A key in a header of the API's own.</summary>
    Header,
    Query,
    /// <summary>A key in a cookie.</summary>
    Cookie,
    Session,
}

/// <summary>What a request brings to say who it is.</summary>
/// <param name="Scheme">"Bearer", "Basic", in the request's spelling; null without an Authorization header.</param>
/// <param name="Token">What stands behind the scheme.</param>
public sealed record Credential(string? Scheme, string? Token, IPAddress? Remote)
{
    public static readonly Credential None = new(null, null, null);

    public bool IsBearer => string.Equals(Scheme, "Bearer", StringComparison.OrdinalIgnoreCase);
    public bool IsBasic => string.Equals(Scheme, "Basic", StringComparison.OrdinalIgnoreCase);

    /// <summary>The secret to be looked up; null where nothing was brought that the API takes.</summary>
    public string? Key { get; init; } = string.Equals(Scheme, "Bearer", StringComparison.OrdinalIgnoreCase) ? Token : null;

    public CredentialKind Kind { get; init; } = Scheme is null ? CredentialKind.None
        : string.Equals(Scheme, "Bearer", StringComparison.OrdinalIgnoreCase) ? CredentialKind.Bearer : CredentialKind.Other;

    /// <summary>Whom a Basic header names beside its password.</summary>
    public string? User { get; init; }

    /// <summary>An Authorization header as it came.</summary>
    public static Credential OfHeader(string header, IPAddress? remote)
    {
        int space = header.IndexOf(' ');
        return space > 0 ? new(header[..space], header[(space + 1)..].Trim(), remote) : new(header, null, remote);
    }

    /// <summary>Never the secret: this may come into a log.</summary>
    public override string ToString() => $"{Kind} of {Remote}";
}
