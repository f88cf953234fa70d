using Ringwright.Server.Settings;
using Ringwright.Store;

namespace Ringwright.Server.Nodes;

internal static class Databases
{
    /// <exception cref="StartRefused">The folder is taken, cannot be written, or holds what we cannot read.</exception>
    public static async Task<Database> OpenAsync(ServeSettings settings, TimeProvider clock, ILoggerFactory loggers, CancellationToken stop)
    {
        var options = new DatabaseOptions
        {
            DataFolder = settings.Data,
            Connection = "sqlite:" + settings.DatabasePath,
            EchoNumber = settings.EchoNumber,
            Durability = settings.IsFullyDurable ? Durability.Full : Durability.Process,
        };
        try
        {
            return await Database.OpenAsync(options, clock, loggers.CreateLogger("Ringwright.Store"), stop);
        }
        catch (StoreException refused)
        {
            using var other = new AdminClient(settings.Data);
            throw await other.FindNodeAsync(stop) is { } node
                ? new StartRefused($"process {node.Pid} runs a node on {settings.Data} already; stop it, or choose another folder with --data", refused)
                : new StartRefused(refused.Message, refused);
        }
    }
}
