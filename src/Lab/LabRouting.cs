using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Lab;

/// <summary>The lab's whole configuration: every number is somebody, and every call out goes to the node.</summary>
internal sealed class LabRouting(IPEndPoint node) : IRouting
{
    public static readonly TenantId Tenant = new(new Guid("00000000-0000-0000-0000-00000000001a"));
    public static readonly ConnectionId People = new(1);
    /// <summary>All numbers are people.</summary>
    public static readonly Application Script = new(ApplicationKind.Script, "people");
    /// <summary>Some let it ring: then it is the ringing that ends.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(10);
    private const long Profile = 1;

    public RoutingSnapshot Current { get; } = Build(node);

    private static RoutingSnapshot Build(IPEndPoint node)
    {
        var trunk = new Trunk
        {
            Id = new TrunkId(Tenant.Value), Name = "node", Host = node.Address.ToString(),
            Port = node.Port, Sources = [new IPNetwork(node.Address, 32)], CallerIds = CallerChoice.Any
        };
        return new RoutingSnapshot(
            [new Tenant { Id = Tenant, Name = "lab" }],
            [new Connection
            {
                Id = People, Tenant = Tenant, Kind = ConnectionKind.CallControl, Application = Script, FirstCommandTimeout = LongestSilence,
                Name = "people", OutboundProfile = Profile, Codecs = ["PCMU", "PCMA", "G722", "OPUS", "L16"]
            }],
            [new Number("*", Tenant, People)],
            [new OutboundProfile { Id = Profile, Tenant = Tenant, Name = "people" }],
            [trunk],
            [new Route { Id = Tenant.Value, Trunk = trunk.Id }]);
    }
}
