using System.Net;
using Ringwright.Core;

namespace Ringwright.Pure.Core;

public sealed class TypedNetworkTests
{
    [Theory]
    [InlineData("10.0.0.0/8", "10.0.0.0/8"), InlineData("0.0.0.0/0", "0.0.0.0/0"), InlineData("192.0.2.5", "192.0.2.5/32")]
    [InlineData("172.18.0.1/16", "172.18.0.0/16"), InlineData("198.51.100.23/28", "198.51.100.16/28")]
    [InlineData("255.255.255.255/0", "0.0.0.0/0"), InlineData("2001:db8::/32", "2001:db8::/32"), InlineData("::1", "::1/128")]
    [InlineData("2001:db8:1:2::5/64", "2001:db8:1:2::/64"), InlineData("2001:DB8::5/127", "2001:db8::4/127")]
    public void An_address_with_the_length_of_its_network_is_that_network(string typed, string network)
    {
        Assert.True(TypedNetwork.TryRead(typed, out var read));
        Assert.Equal(IPNetwork.Parse(network), read);
    }

    [Theory]
    [InlineData(""), InlineData("10"), InlineData("10/8"), InlineData("0x7f.0.0.1"), InlineData("10.0.0.0/33"), InlineData("10.0.0.0/")]
    [InlineData("10.0.0.0/-1"), InlineData("10.0.0.0/+8"), InlineData("10.0.0.0/8/8"), InlineData("10.0.0.0/255.0.0.0"), InlineData("/8")]
    [InlineData("fe80::1%eth0"), InlineData("fe80::1%eth0/64"), InlineData("2001:db8::/129"), InlineData("example.com/24")]
    public void What_is_no_network_is_none(string typed) => Assert.False(TypedNetwork.TryRead(typed, out _));
}
