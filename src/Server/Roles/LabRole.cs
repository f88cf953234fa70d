using Ringwright.Server.Nodes;

namespace Ringwright.Server.Roles;

/// <summary>The lab beside a node: its process, and what the node must know of it (trunk, route, numbers).</summary>
internal sealed class LabRole : IAsyncDisposable
{
    public static Task<LabRole> StartAsync(Node node, ILoggerFactory loggers, CancellationToken stop) =>
        throw new StartRefused($"--lab is not built yet (data folder {node.Settings.Data})");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
