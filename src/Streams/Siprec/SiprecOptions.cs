using System.Net;
using System.Net.Security;
using Ringwright.Egress;

namespace Ringwright.Streams.Siprec;

/// <summary>How a node has calls recorded by recording servers.</summary>
public sealed record SiprecOptions
{
    /// <summary>At the same time; one more fails. Each has a socket for SIP and one for each of its tracks.</summary>
    public int Sessions { get; init; } = 500;

    /// <summary>Asks for the addresses of servers.</summary>
    public NameLookups Names { get; init; } = new();

    /// <summary>For name, connection and handshake.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the INVITE waits for its final answer.</summary>
    public TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long the end of a session waits for the server's word.</summary>
    public TimeSpan ByeWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Servers that refuse the streams' packets for so long end their session.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>After so long without a refusal, the next one is the first. Routers tell of one a second.</summary>
    public TimeSpan Forgiveness { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a session whose tap has ended waits to be closed, before it says that the call's audio has gone.</summary>
    public TimeSpan TapGrace { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How public servers are told to reach us, where that is not the address of the socket.</summary>
    public IPAddress? Advertise { get; init; }

    /// <summary>Null takes the certificates that the system trusts.</summary>
    public RemoteCertificateValidationCallback? Trust { get; init; }
}
