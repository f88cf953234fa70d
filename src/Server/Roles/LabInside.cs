using System.Net;
using Ringwright.Core;
using Ringwright.Egress;
using Ringwright.Lab;
using Ringwright.MediaHost;
using Ringwright.Server.Clock;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Roles;

/// <summary>
/// The lab in the node's own process, for virtual time: one clock and one network in memory for both. The people are the same.
/// </summary>
internal sealed class LabInside : IAsyncDisposable
{
    private readonly VirtualWorld _world;
    private readonly EgressClient _egress;
    private readonly LabNode _lab;

    private LabInside(VirtualWorld world, EgressClient egress, LabNode lab) => (_world, _egress, _lab) = (world, egress, lab);

    public static async Task<LabInside> StartAsync(Node node, VirtualWorld world, ILoggerFactory loggers, CancellationToken stop)
    {
        var settings = node.Settings;
        string folder = Path.Combine(settings.Data, "lab");
        Directory.CreateDirectory(folder);
        AdminSocket.Prepare(LabRole.SocketFor(settings.Data));
        // The people speak with the local voice only: nothing of the lab goes out.
        var egress = new EgressClient(TargetPolicy.Strict, TimeProvider.System);
        var prompts = Voices.Create(settings with { Data = folder, SpeechProvider = null, SpeechUrl = null, SpeechKey = null },
            new PromptEncoder(), egress, library: null, TimeProvider.System, loggers).Prompts;
        var options = new LabOptions
        {
            Node = settings.ForLab!,        // refused without one
            Seed = settings.LabSeed,
            ControlSocket = LabRole.SocketFor(settings.Data),
            Clock = world.Time, Datagrams = world.Datagrams, Packets = world.Packets,
        };
        var lab = new LabNode(options, world.Count(prompts), loggers);
        var inside = new LabInside(world, egress, lab);
        try
        {
            await lab.StartAsync(stop);
            world.Add("the lab", () => lab.TurnsAtRest);
            world.Clock.AddWork(() => lab.LiveLegs > 0);
            await LabProvisioning.RunAsync(node.Database, new(lab.Sip, SecureSip: null, Authority: null),
                new Dictionary<string, IPEndPoint>(), world.Time, stop);
            return inside;
        }
        catch
        {
            await inside.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _world.Clock.Finish();
        await _lab.DisposeAsync();
        _egress.Dispose();
        _world.Dispose();
    }
}
