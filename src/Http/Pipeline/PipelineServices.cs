using Ringwright.Calls;

namespace Ringwright.Http;

/// <summary>What the pipeline and its handlers use, written out.</summary>
public sealed record PipelineServices
{
    public required IRouting Routing { get; init; }
    public required ICallControl Calls { get; init; }
    public required TimeProvider Time { get; init; }
    public required Snowflakes Snowflakes { get; init; }
    public PublicLinks Links { get; init; } = PublicLinks.Relative;
    /// <summary>Ends when the listeners close: sockets are closed then, and requests that are under way go on.</summary>
    public CancellationToken Closing { get; init; }
    /// <summary>Ends when the node gives up waiting for requests.</summary>
    public CancellationToken Stopping { get; init; }
}
