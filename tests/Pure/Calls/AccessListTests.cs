using System.Net;
using Ringwright.Calls;

namespace Ringwright.Pure.Calls;

public sealed class AccessListTests
{
    private static AccessList List(params string[] networks) => new(networks.Select(IPNetwork.Parse));

    private static bool Allows(AccessList list, string source, bool isKnown = true) => list.Allows(IPAddress.Parse(source), isKnown);

    [Fact]
    public void An_empty_list_is_everywhere()
    {
        Assert.True(Allows(AccessList.Everywhere, "203.0.113.7"));
        Assert.True(Allows(AccessList.Everywhere, "2001:db8::1"));
        Assert.Equal(0, AccessList.Everywhere.Count);
    }

    [Theory]
    [InlineData("203.0.113.7", true), InlineData("203.0.113.8", false), InlineData("198.51.100.255", true),
        InlineData("198.51.101.0", false)]
    [InlineData("::ffff:203.0.113.7", true), InlineData("2001:db8:0:1::9", true), InlineData("2001:db8:0:2::9", false)]
    public void Listed_addresses_and_ranges_are_let_in_and_others_are_not(string source, bool isAllowed) =>
        Assert.Equal(isAllowed, Allows(List("203.0.113.7/32", "198.51.100.0/24", "2001:db8:0:1::/64"), source));

    [Fact]
    public void The_nodes_own_machine_is_let_in_where_the_list_names_it_and_a_local_socket_always()
    {
        Assert.False(Allows(List("203.0.113.7/32"), "127.0.0.1"));
        Assert.True(Allows(List("203.0.113.7/32", "127.0.0.1/32"), "127.0.0.1"));
        Assert.True(Allows(List("127.0.0.0/8"), "::ffff:127.0.0.1"));
        Assert.False(Allows(List("127.0.0.1/32"), "127.0.0.2"));
        Assert.False(Allows(List("::1/128"), "127.0.0.1"));
        Assert.True(List("203.0.113.7/32").Allows(null));
    }

    [Fact]
    public void Who_only_handed_a_request_on_is_let_in_by_no_list()
    {
        Assert.False(Allows(List("127.0.0.1/32"), "127.0.0.1", isKnown: false));
        Assert.False(Allows(List("0.0.0.0/0"), "127.0.0.1", isKnown: false));
        Assert.True(Allows(AccessList.Everywhere, "127.0.0.1", isKnown: false));
    }

    [Fact]
    public void A_network_that_goes_takes_nothing_else_with_it()
    {
        var list = List("203.0.113.7/32").With(IPNetwork.Parse("203.0.113.7/32")).With(IPNetwork.Parse("203.0.113.0/24"));
        Assert.Equal(3, list.Count);
        Assert.Equal(2, list.Without(IPNetwork.Parse("203.0.113.7/32")).Count);
        Assert.Equal(3, list.Without(IPNetwork.Parse("203.0.113.8/32")).Count);
        Assert.True(Allows(list.Without(IPNetwork.Parse("203.0.113.7/32")), "203.0.113.7"));
    }
}
