using System.Net.WebSockets;

namespace Ringwright.Streams;

internal enum EndKind
{
    /// <summary>We were asked to.</summary>
    Asked,
    /// <summary>The application closed it.</summary>
    Closed,
    /// <summary>We give it up, and say so on the socket.</summary>
    GivenUp,
    /// <summary>The socket is of no more use, and what came by it is why.</summary>
    Broken,
    /// <summary>The connection was lost: another one may do.</summary>
    Cut,
}

/// <summary>How a stream that was open ends, or one connection of it.</summary>
/// <param name="Failure">For the customer, as part of a sentence; null when it is none.</param>
internal sealed record StreamEnd(EndKind Kind, string? Failure)
{
    /// <summary>The last error frame.</summary>
    public StreamFault? Fault { get; init; }

    public WebSocketCloseStatus Status { get; init; } = WebSocketCloseStatus.NormalClosure;

    public static readonly StreamEnd Asked = new(EndKind.Asked, null), Closed = new(EndKind.Closed, null);

    public static StreamEnd GivenUp(string failure, WebSocketCloseStatus status, StreamFault? fault = null) =>
        new(EndKind.GivenUp, failure) { Status = status, Fault = fault };

    public static StreamEnd Cut(string failure) => new(EndKind.Cut, failure);

    public static StreamEnd Broken(string failure) => new(EndKind.Broken, failure);
}
