namespace Ringwright.Calls;

/// <summary>
/// How a trunk proves over TLS who it is, and how we do. By default its certificate must be good for its host by the system's roots.
/// </summary>
public sealed record TrunkTls
{
    public static readonly TrunkTls Default = new();

    /// <summary>The name that SNI says and its certificate must carry; its host when null.</summary>
    public string? ServerName { get; init; }
    /// <summary>PEM certificates, one of which must have signed the trunk's; the system's roots when null.</summary>
    public string? Authorities { get; init; }
    /// <summary>
    /// SHA-256 over whole certificates, 64 lower-case hex digits each: one of them must be the trunk's, and then nothing else is asked.
    /// </summary>
    public IReadOnlyList<string> Pins { get; init; } = [];
    /// <summary>Our own PEM certificate with its chain, for trunks that ask for one.</summary>
    public string? Certificate { get; init; }
    /// <summary>Its PEM key.</summary>
    public string? CertificateKey { get; init; }
    /// <summary>False takes any certificate: encrypted, but to nobody knows whom.</summary>
    public bool IsVerified { get; init; } = true;
}
