using System.Net;
using System.Net.Sockets;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;

namespace Ringwright.Pure.Switch;

/// <summary>Which of the node's networks reaches an address.</summary>
public sealed class NetworksTests
{
    private const int Lan = 0, Uplink = 1, Version6 = 2;
    private static readonly SipNetwork[] Listeners =
        [Of("10.0.0.5:5060"), Of("203.0.113.7:5080", "198.51.100.7"), Of("[2001:db8::7]:5060")];

    private int _asked;

    internal static SipNetwork Of(string local, string? advertise = null) => IPEndPoint.Parse(local) is var where && advertise is null
        ? new(where, where)
        : new(where, new(IPAddress.Parse(advertise!), where.Port));

    private SipNetworks Networks(Func<string, string?> source, params SipNetwork[] listeners) =>
        new(listeners.Length > 0 ? listeners : Listeners, remote =>
        {
            _asked++;
            return source(remote.ToString()) is { } own ? IPAddress.Parse(own) : null;
        }, (one, other) => IsUplink(one) && IsUplink(other));

    private static bool IsUplink(IPAddress address) => address.ToString().StartsWith("203.", StringComparison.Ordinal);

    [Theory]
    [InlineData("10.0.0.99", "10.0.0.5", Lan)]
    [InlineData("9.9.9.9", "203.0.113.7", Uplink)]
    // The machine would send from another address of the same interface.
    [InlineData("9.9.9.9", "203.0.113.2", Uplink)]
    // Nothing listens on the interface that leads there, or none does: whoever is first tries, and fails by name.
    [InlineData("172.16.0.1", "172.16.0.9", Lan)]
    [InlineData("172.16.0.1", null, Lan)]
    public void The_one_whose_address_the_machine_would_send_from(string remote, string? own, int expected)
    {
        var networks = Networks(_ => own);
        Assert.Equal(expected, networks.Find(IPAddress.Parse(remote), default));
        Assert.Equal(own is not null, networks.IsRouted(IPAddress.Parse(remote), default));
    }

    [Fact]
    public void Who_is_alone_in_its_family_is_not_asked_about()
    {
        var networks = Networks(_ => null);
        Assert.Equal(Version6, networks.Find(IPAddress.Parse("2001:db8::99"), default));
        Assert.Equal(Version6, networks.TryFind(IPAddress.Parse("2001:db8::99")));
        Assert.Equal(0, _asked);
    }

    [Fact]
    public void A_family_without_a_listener_is_reached_by_none()
    {
        var networks = Networks(_ => "10.0.0.5", Of("10.0.0.5:5060"), Of("203.0.113.7:5060"));
        Assert.Null(networks.Find(IPAddress.Parse("2001:db8::99"), default));
        Assert.Null(networks.On(SipFlow.Udp(IPEndPoint.Parse("[2001:db8::99]:5060")), default));
        Assert.False(networks.IsRouted(IPAddress.Parse("2001:db8::99"), default));
        Assert.Null(networks.FirstOf(AddressFamily.InterNetworkV6));
        Assert.Equal(0, _asked);
    }

    [Fact]
    public void A_listener_on_every_address_of_its_family_has_all_of_that()
    {
        var networks = Networks(_ => "172.16.0.9", Of("[2001:db8::7]:5060"), Of("[2001:db8:1::7]:5060"), Of("0.0.0.0:5060", "203.0.113.7"));
        Assert.Equal(2, networks.Find(IPAddress.Parse("9.9.9.9"), default));
    }

    [Fact]
    public void Routes_are_asked_for_once_in_half_a_minute_and_never_by_who_may_not_wait()
    {
        string own = "203.0.113.7";
        var networks = Networks(_ => own);
        var remote = IPAddress.Parse("9.9.9.9");
        Assert.Null(networks.TryFind(remote));
        Assert.Equal(0, _asked);
        for (int second = 0; second < 30; second++) Assert.Equal(Uplink, networks.Find(remote, new(second * 1_000_000_000L)));
        Assert.Equal(Uplink, networks.TryFind(remote));
        Assert.Equal(1, _asked);
        own = "10.0.0.5";
        Assert.Null(networks.TryFind(remote, new(31_000_000_000L)));
        Assert.Equal(Lan, networks.Find(remote, new(31_000_000_000L)));
        Assert.Equal(Lan, networks.TryFind(remote));
        Assert.Equal(2, _asked);
    }

    [Fact]
    public void What_outlives_the_process_is_found_by_its_listener_and_by_the_routes_when_that_is_gone()
    {
        var networks = Networks(_ => "10.0.0.5");
        var flow = SipFlow.Udp(IPEndPoint.Parse("9.9.9.9:5060"));
        Assert.Equal("203.0.113.7:5080", networks.NameOf(Uplink));
        Assert.Equal(Uplink, networks.On(flow, "203.0.113.7:5080", default).Network);
        Assert.Equal(Lan, networks.On(flow, "203.0.113.8:5060", default).Network);
        Assert.Equal(Lan, networks.On(flow, "[2001:db8::7]:5060", default).Network);
        Assert.Null(Networks(_ => null, Of("10.0.0.5:5060")).NameOf(0));
    }
}
