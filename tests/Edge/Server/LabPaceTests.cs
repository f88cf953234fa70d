using Ringwright.Server;
using Ringwright.Server.Settings;

namespace Ringwright.Edge.Server;

/// <summary>How fast the lab decides on orders of numbers.</summary>
public sealed class LabPaceTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_is_the_nodes_policy_from_the_start_on()
    {
        await using var node = await RunningNode.StartAsync(settings => settings with { HasLab = true, LabPace = TimeSpan.FromSeconds(3) });
        Assert.Equal("digits:3", (await node.Node.Database.NodePolicies.FindAsync(Stop)).ToString());
    }

    [Fact]
    public async Task Without_it_the_lab_does_orders_at_once()
    {
        await using var node = await RunningNode.StartAsync(settings => settings with { HasLab = true });
        Assert.True((await node.Node.Database.NodePolicies.FindAsync(Stop)).IsNobody);
    }

    [Fact]
    public void It_is_seconds_and_of_a_lab_alone()
    {
        static ServeSettings Read(string pace, string lab) => ServeFlags.Read(
            name => name == "--lab-pace" ? pace : name == "--lab" ? lab : null, _ => null);

        Assert.Equal(TimeSpan.FromSeconds(2), Read("2", "true").LabPace);
        Assert.Equal(TimeSpan.Zero, Read("0", "true").LabPace);
        foreach (string bad in new[] { "-1", "soon", "1000000" })
            Assert.StartsWith("--lab-pace", Assert.Throws<StartRefused>(() => Read(bad, "true")).Message, StringComparison.Ordinal);
        Assert.Contains("needs --lab", Assert.Throws<StartRefused>(() => Read("2", "false")).Message, StringComparison.Ordinal);
    }
}
