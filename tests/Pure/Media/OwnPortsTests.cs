using System.Net;
using Ringwright.Core;
using Ringwright.MediaHost;
using Ringwright.Testing;

namespace Ringwright.Pure.Media;

/// <summary>Which ports nobody may name, however he spells them.</summary>
public sealed class OwnPortsTests
{
    private static readonly IPAddress Lan = IPAddress.Parse("10.0.0.5"), World = IPAddress.Parse("198.51.100.7");

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", true), InlineData("127.0.0.1", "::ffff:127.0.0.1", true),
        InlineData("127.0.0.1", "2002:7f00:1::", true), InlineData("127.0.0.1", "64:ff9b::127.0.0.1", true),
        InlineData("127.0.0.1", "127.0.0.2", false)]
    [InlineData("0.0.0.0", "127.0.0.9", true), InlineData("0.0.0.0", "10.0.0.5", true), InlineData("0.0.0.0", "10.0.0.6", false),
        InlineData("0.0.0.0", "::1", true), InlineData("::", "10.0.0.5", true)]
    [InlineData("10.0.0.5", "198.51.100.7", true), InlineData("10.0.0.5", "10.0.0.5", true), InlineData("10.0.0.5", "127.0.0.1", false)]
    public void A_port_is_known_by_each_name_of_its_address(string bound, string named, bool isOwn)
    {
        var own = new OwnPorts([Lan]);
        own.Add(IPAddress.Parse(bound), 20_000, bound is "10.0.0.5" ? World : null);
        Assert.Equal(isOwn, own.Has(IPAddress.Parse(named), 20_000));
        Assert.False(own.Has(IPAddress.Parse(named), 20_002));
        own.Remove(IPAddress.Parse(bound), 20_000, bound is "10.0.0.5" ? World : null);
        Assert.False(own.Has(IPAddress.Parse(named), 20_000));
    }

    [Fact]
    public void Whoever_watches_an_address_hears_when_it_becomes_our_own_and_not_of_others()
    {
        var own = new OwnPorts();
        int told = 0;
        using (own.Watch([IPEndPoint.Parse("127.0.0.1:20000"), IPEndPoint.Parse("127.0.0.1:20010")], () => told++))
        {
            own.Add(IPAddress.Loopback, 20_002);
            own.Add(IPAddress.Parse("127.0.0.2"), 20_000);
            Assert.Equal(0, told);
            own.Add(IPAddress.Loopback, 20_010);
            Assert.Equal(1, told);
        }
        own.Add(IPAddress.Loopback, 20_000);
        Assert.Equal(1, told);
        using var late = own.Watch([IPEndPoint.Parse("[::ffff:127.0.0.1]:20000")], () => told++);
        Assert.Equal(2, told);
    }

    [Theory, Seeds(50)]
    public void A_port_is_a_target_exactly_while_the_node_does_not_have_it_for_every_use_that_takes_datagrams(ulong seed)
    {
        var rng = new Rng(seed);
        var own = new OwnPorts();
        var policy = TargetPolicy.For([IPEndPoint.Parse("127.0.0.1:8080"), IPEndPoint.Parse("127.0.0.1:5060")], [], [], own: own);
        var bound = new Dictionary<int, int>();
        for (int step = 0; step < 300; step++)
        {
            int port = 20_000 + rng.Next(12);
            bool isAdded = rng.Next(2) == 0;
            bound[port] = Math.Max(0, bound.GetValueOrDefault(port) + (isAdded ? 1 : -1));
            if (isAdded) own.Add(IPAddress.Loopback, port);
            else own.Remove(IPAddress.Loopback, port);

            var asked = new IPEndPoint(rng.Next(2) == 0 ? IPAddress.Loopback : IPAddress.Loopback.MapToIPv6(), 20_000 + rng.Next(12));
            bool isOwn = bound.GetValueOrDefault(asked.Port) > 0;
            Assert.Equal(isOwn, policy.IsOwn(asked));
            foreach (var use in Enum.GetValues<TargetUse>())
                Assert.Equal(isOwn && use is TargetUse.Rtp or TargetUse.Signalling ? TargetVerdict.OwnPort : TargetVerdict.Allowed,
                    policy.Check(asked, use));
        }
        // The listeners are no target of anything, and no description may name them.
        Assert.True(policy.IsOwn(IPEndPoint.Parse("127.0.0.1:5060")));
        foreach (var use in Enum.GetValues<TargetUse>())
            Assert.Equal(TargetVerdict.OwnListener, policy.Check(IPEndPoint.Parse("127.0.0.1:5060"), use));
    }

    [Fact]
    public void The_listeners_are_at_the_advertised_address_too()
    {
        var policy = TargetPolicy.For([IPEndPoint.Parse("10.0.0.5:5060")], [], [Lan], [IPAddress.Parse("8.8.4.4")]);
        Assert.Equal(TargetVerdict.OwnListener, policy.Check(IPEndPoint.Parse("8.8.4.4:5060"), TargetUse.Rtp));
        Assert.Equal(TargetVerdict.Allowed, policy.Check(IPEndPoint.Parse("8.8.4.4:5062"), TargetUse.Rtp));
    }
}
