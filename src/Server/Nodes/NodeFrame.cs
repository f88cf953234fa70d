using Ringwright.Server.Clock;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Nodes;

/// <summary>What every part of a node is made with, before the first of them is there.</summary>
internal sealed record NodeFrame
{
    public required ServeSettings Settings { get; init; }
    /// <summary>Null on a node that goes by the wall clock.</summary>
    public required VirtualWorld? World { get; init; }
    public required TimeProvider Clock { get; init; }
    public required ILoggerFactory Loggers { get; init; }
    public required Descriptors Descriptors { get; init; }
    /// <summary>Ports that are the node's already.</summary>
    public required HeldPorts Held { get; init; }
    public required NodeParts Parts { get; init; }
    /// <summary>Who waits for an answer is let go.</summary>
    public CancellationTokenSource Closing { get; } = new();
    /// <summary>What was begun for a request is given up.</summary>
    public CancellationTokenSource GivenUp { get; } = new();

    /// <summary>Between two looks for what other nodes did; null for what is usual.</summary>
    public TimeSpan? Rest => World is null ? null : VirtualWorld.Rest;

    /// <summary>What loops wait by that look whether something has been done.</summary>
    public TimeProvider LookTime => World?.Time.Looks ?? Clock;

    public ILogger Log(string part) => Loggers.CreateLogger("Ringwright." + part);
}
