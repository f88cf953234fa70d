using Ringwright.Calls;

namespace Ringwright.Streams;

/// <summary>How a node carries media streams.</summary>
public sealed record MediaStreamOptions
{
    /// <summary>How the customers of a stream's call know it.</summary>
    public required Func<StreamOrder, StreamIdentity> Identify { get; init; }

    /// <summary>Open at the same time; one more fails.</summary>
    public int Streams { get; init; } = 1_000;

    /// <summary>L16 has its low byte first, both ways. RFC 3551 says the high one.</summary>
    public bool IsLittleEndian { get; init; }

    /// <summary>Names, connect, TLS and handshake together.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For one frame to be taken by a far end that reads slowly.</summary>
    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the first byte of a message to its last fragment.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(15);

    public TimeSpan PongTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the last frames, the close and its answer together.</summary>
    public TimeSpan FarewellTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a stream whose tap has ended waits to be closed, before it says that the call's audio has gone.</summary>
    public TimeSpan TapGrace { get; init; } = TimeSpan.FromSeconds(5);
}
