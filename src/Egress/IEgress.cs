using Ringwright.Core;

namespace Ringwright.Egress;

/// <summary>
/// The way out over HTTP, as who only asks sees it: <see cref="EgressClient"/>, and in the simulator a world without sockets.
/// </summary>
public interface IEgress
{
    /// <inheritdoc cref="EgressClient.CheckUrl"/>
    UrlVerdict CheckUrl(string url, TargetUse use);

    /// <inheritdoc cref="EgressClient.SendAsync"/>
    ValueTask<EgressResult> SendAsync(EgressRequest request, CancellationToken stop);
}
