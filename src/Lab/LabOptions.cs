using System.Net;
using Ringwright.MediaHost;
using Ringwright.Net;
using Ringwright.Net.Streams;

namespace Ringwright.Lab;

/// <summary>Where the lab listens, which node it serves, and what fixes its people's choices.</summary>
public sealed record LabOptions
{
    /// <summary>UDP and TCP listeners for SIP; port 0 takes a free one.</summary>
    public IPEndPoint Sip { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>TLS listener; none when null.</summary>
    public TlsListenerOptions? Tls { get; init; }

    /// <summary>The node's SIP listener: where the people's own calls go, and the only address they take calls from.</summary>
    public required IPEndPoint Node { get; init; }

    public int FirstRtpPort { get; init; } = 16384;
    public int LastRtpPort { get; init; } = 32767;

    /// <summary>Fixes delays and words, not wall-clock timing.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The people's time.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// The ways to a node in the same process, whose clock is <see cref="Clock"/>; by the wire alone when null.
    /// With them there are no carriers with bad habits: they live on sockets and the wall clock.
    /// </summary>
    public DatagramExchange? Datagrams { get; init; }

    /// <inheritdoc cref="Datagrams"/>
    public PacketExchange? Packets { get; init; }

    /// <summary>Unix socket for <c>ringwright lab dial</c> and <c>lab calls</c>.</summary>
    public required string ControlSocket { get; init; }
}
