using Ringwright.Calls;
using Ringwright.Media.Protocol;

namespace Ringwright.Server.Nodes;

/// <summary>Where a node's audio runs.</summary>
internal interface INodeMedia : IAsyncDisposable
{
    IMediaPlane Plane { get; }
    IRecordingFiles Files { get; }
    /// <summary>Audio of live calls.</summary>
    IAudioTaps Taps { get; }
    /// <summary>Calls can have audio now.</summary>
    bool IsUp { get; }
    bool HasOpus { get; }
    /// <summary>No file is open that the next tick would want.</summary>
    bool IsAtRest { get; }
    /// <summary>Null when media runs inside the node's own process, or is away.</summary>
    int? ProcessId { get; }

    /// <summary>Completes when it is up for the first time.</summary>
    /// <exception cref="StartRefused">It does not come up.</exception>
    Task ReadyAsync(CancellationToken stop);

    /// <summary>The node is stopping: live calls are to keep their audio until they have ended.</summary>
    void Stay();
}
