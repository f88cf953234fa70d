using System.Net;
using System.Net.Sockets;

namespace Ringwright.Net;

/// <summary>A further network that the engine listens on.</summary>
public sealed record SipListener
{
    /// <summary>By UDP and TCP; port 0 takes one that is free for both.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Sockets that have that place already; they are the engine's from then on.</summary>
    public SipSockets? Bound { get; init; }

    /// <summary>By TLS, where the engine has a certificate; none when null.</summary>
    public IPEndPoint? Secure { get; init; }

    /// <inheritdoc cref="Bound"/>
    public Socket? SecureBound { get; init; }

    /// <summary>The address written into Via and Contact there; the listener's own when not set.</summary>
    public IPAddress? Advertise { get; init; }
}
