namespace Ringwright.Sip.Transactions;

/// <summary>Where the peers of one network reach us, as Via and Contact write it: <c>host:port</c>.</summary>
/// <param name="Secure">The same for TLS, which has a port of its own; without it as for the others.</param>
public sealed record SentBy(string Plain, string? Secure = null)
{
    /// <summary>The address and port of <see cref="Secure"/>, where that is a name.</summary>
    public string? SecureAddress { get; init; }
}
