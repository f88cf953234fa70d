using Ringwright.Calls;
using Ringwright.Egress;
using Ringwright.Server.Modules;
using Ringwright.Server.Settings;
using Ringwright.Streams;

namespace Ringwright.Server.Nodes;

/// <summary>The media streams of a node.</summary>
internal static class NodeStreams
{
    /// <param name="taps">Of the node's media.</param>
    /// <param name="modules">The first that knows a stream's call gives its frames their words.</param>
    /// <returns>To be disposed when calls have ended, and before media and egress are.</returns>
    public static MediaStreamHost Create(IAudioTaps taps, EgressClient egress, IReadOnlyList<JoinedModule> modules, ServeSettings settings,
        Descriptors descriptors, TimeProvider time, ILoggerFactory loggers) =>
        new(taps, egress, new()
        {
            Identify = order => modules.Select(module => module.Identify(order)).FirstOrDefault(identity => identity is not null)
                ?? throw new InvalidOperationException("no module knows the stream's call"),
            Streams = descriptors.Streams,
            IsLittleEndian = settings.IsStreamLittleEndian,
        }, time, loggers.CreateLogger("Ringwright.Streams"));
}
