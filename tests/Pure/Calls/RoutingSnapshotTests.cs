using System.Net;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Pure.Calls;

public sealed class RoutingSnapshotTests
{
    [Theory]
    [InlineData("192.0.2.10", "narrow")]
    [InlineData("192.0.2.11", "wide")]
    [InlineData("198.51.100.1", "a twin")]
    [InlineData("203.0.113.1", null)]
    public void The_narrowest_network_names_the_trunk_and_a_tie_goes_by_name(string source, string? expected)
    {
        var snapshot = Snapshot(
            Trunk("wide", "192.0.2.0/24"), Trunk("narrow", "192.0.2.10/32"), Trunk("off", "203.0.113.0/24") with { IsEnabled = false },
            Trunk("b twin", "198.51.100.0/24"), Trunk("a twin", "198.51.100.0/24"));
        Assert.Equal(expected, snapshot.FindTrunkBySource(IPAddress.Parse(source))?.Name);
    }

    [Fact]
    public void Routes_come_by_prefix_then_priority_then_weight()
    {
        var trunk = Trunk("only", "192.0.2.0/24");
        Route[] routes = [Route("+", 1, 1, "all"), Route("+49", 200, 1, "late"), Route("+49", 100, 1, "light"),
            Route("+49", 100, 5, "heavy"), Route("+33", 1, 1, "else"), Route("+49", 1, 1, "off") with { IsEnabled = false }];
        var snapshot = new RoutingSnapshot([], [], [], [], [trunk], routes);
        Assert.Equal(["heavy", "light", "late", "all"], snapshot.FindRoutes("+4930123").Select(r => r.CallerId));

        Route Route(string prefix, int priority, int weight, string name) =>
            new() { Id = Guid.NewGuid(), Trunk = trunk.Id, Prefix = prefix, Priority = priority, Weight = weight, CallerId = name };
    }

    private static RoutingSnapshot Snapshot(params Trunk[] trunks) => new([], [], [], [], trunks, []);

    private static Trunk Trunk(string name, string network) =>
        new() { Id = new TrunkId(Guid.NewGuid()), Name = name, Host = "192.0.2.1", Sources = [IPNetwork.Parse(network)] };
}
