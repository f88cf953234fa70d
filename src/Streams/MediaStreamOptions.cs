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

    /// <summary>
    /// Before each try to connect again when a connection was lost; when there is none left the stream fails. Where several streams lose
    /// theirs at once, each waits somewhat less.
    /// </summary>
    public IReadOnlyList<TimeSpan> ReconnectWaits { get; init; } =
        [.. new[] { 0.5, 1, 2, 4, 8 }.Select(TimeSpan.FromSeconds)];

    /// <summary>A connection that has lasted so long has all tries before it when it is lost.</summary>
    public TimeSpan SteadyAfter { get; init; } = TimeSpan.FromMinutes(1);
}
