using System.Net;
using Ringwright.Net;
using Ringwright.Server.Telemetry;

namespace Ringwright.Server.Nodes;

/// <summary>The budget of a web server's connections, with what it counts and writes.</summary>
internal static class ListenerBudget
{
    /// <param name="listener">As metrics and log lines name it.</param>
    /// <param name="isTrusted">Whose connections are bounded by the listener's places alone.</param>
    public static ConnectionBudget Create(string listener, ConnectionLimits limits, Func<IPAddress, bool> isTrusted, ILogger logger)
    {
        var name = new KeyValuePair<string, object?>("listener", listener);
        return new(limits, isTrusted, new(
            why => Metrics.ConnectionsRefused.Add(1, name, new("reason", why)),
            (why, source, times) => logger.ConnectionsRefused(listener, times, source, why)));
    }
}
