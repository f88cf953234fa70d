using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Ringwright.Net.Streams;

/// <summary>Where TLS is listened on, and who we are there.</summary>
public sealed record TlsListenerOptions
{
    /// <summary>On the first network; port 0 takes a free one. None there when null.</summary>
    public required IPEndPoint? Listen { get; init; }
    /// <summary>A socket that has that place already; it is the engine's from then on.</summary>
    public Socket? Bound { get; init; }
    /// <summary>What Via and Contact name in place of the address, on all networks; the address when null.</summary>
    public string? Name { get; init; }
    /// <summary>With its private key.</summary>
    public required X509Certificate2 Certificate { get; init; }
    /// <summary>Certificates between ours and the root, to be shown with it.</summary>
    public X509Certificate2Collection Chain { get; init; } = [];
    /// <summary>
    /// Asked before each handshake, by several at once: what is shown from then on in place of these two; null where nothing has changed.
    /// </summary>
    public Func<TlsIdentity?>? Renewed { get; init; }
    /// <summary>When set, only clients with a certificate of one of these are let in (mutual TLS).</summary>
    public X509Certificate2Collection? ClientAuthorities { get; init; }
}

/// <summary>Who a listener is.</summary>
/// <param name="Certificate">With its private key.</param>
/// <param name="Chain">Certificates between it and the root, to be shown with it.</param>
public sealed record TlsIdentity(X509Certificate2 Certificate, X509Certificate2Collection Chain);
