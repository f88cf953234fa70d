using System.Net;
using Ringwright.Core;

namespace Ringwright.Pure.Core;

public sealed class TargetPolicyTests
{
    private static readonly TargetPolicy Laptop = TargetPolicy.For(
        [IPEndPoint.Parse("127.0.0.1:8080"), IPEndPoint.Parse("127.0.0.1:5060")], [], []);

    [Theory]
    [InlineData("8.8.8.8", TargetVerdict.Allowed)]
    [InlineData("2600::1", TargetVerdict.Allowed)]
    [InlineData("0.0.0.0", TargetVerdict.Unspecified)]
    [InlineData("0.1.2.3", TargetVerdict.Unspecified)]
    [InlineData("127.0.0.1", TargetVerdict.Loopback)]
    [InlineData("127.255.1.1", TargetVerdict.Loopback)]
    [InlineData("10.0.0.1", TargetVerdict.Private)]
    [InlineData("172.16.0.1", TargetVerdict.Private)]
    [InlineData("172.31.255.255", TargetVerdict.Private)]
    [InlineData("172.32.0.1", TargetVerdict.Allowed)]
    [InlineData("192.168.1.1", TargetVerdict.Private)]
    [InlineData("100.64.0.1", TargetVerdict.Private)]
    [InlineData("169.254.169.254", TargetVerdict.LinkLocal)]
    [InlineData("168.63.129.16", TargetVerdict.Platform), InlineData("168.63.129.17", TargetVerdict.Allowed),
        InlineData("::ffff:168.63.129.16", TargetVerdict.Platform), InlineData("64:ff9b::168.63.129.16", TargetVerdict.Platform)]
    [InlineData("100.100.100.200", TargetVerdict.Platform), InlineData("192.0.0.192", TargetVerdict.Platform),
        InlineData("fd00:ec2::254", TargetVerdict.Platform), InlineData("fd00:ec2::23", TargetVerdict.Platform),
        InlineData("fd20:ce::254", TargetVerdict.Platform), InlineData("fd00:ec3::254", TargetVerdict.Private)]
    [InlineData("224.0.0.1", TargetVerdict.Multicast)]
    [InlineData("239.255.255.250", TargetVerdict.Multicast)]
    [InlineData("240.0.0.1", TargetVerdict.Reserved)]
    [InlineData("192.0.2.1", TargetVerdict.Reserved)]
    [InlineData("255.255.255.255", TargetVerdict.Broadcast)]
    [InlineData("::", TargetVerdict.Unspecified)]
    [InlineData("::1", TargetVerdict.Loopback)]
    [InlineData("fe80::1", TargetVerdict.LinkLocal)]
    [InlineData("fe80::1%1", TargetVerdict.LinkLocal)]
    [InlineData("fd00::1", TargetVerdict.Private)]
    [InlineData("ff02::1", TargetVerdict.Multicast)]
    [InlineData("::ffff:127.0.0.1", TargetVerdict.Loopback)]
    [InlineData("::ffff:169.254.169.254", TargetVerdict.LinkLocal)]
    [InlineData("::ffff:8.8.8.8", TargetVerdict.Allowed)]
    [InlineData("::127.0.0.1", TargetVerdict.Loopback)]
    [InlineData("2002:7f00:1::", TargetVerdict.Loopback)]
    [InlineData("64:ff9b::10.0.0.1", TargetVerdict.Private)]
    [InlineData("64:ff9b::169.254.169.254", TargetVerdict.LinkLocal), InlineData("64:ff9b::8.8.8.8", TargetVerdict.Allowed)]
    [InlineData("64:ff9b:1::10.0.0.1", TargetVerdict.Reserved), InlineData("64:ff9b:1:ffff::8.8.8.8", TargetVerdict.Reserved),
        InlineData("64:ff9b:2::1", TargetVerdict.Allowed)]
    [InlineData("2001::1", TargetVerdict.Reserved), InlineData("2001:0:ffff::1", TargetVerdict.Reserved),
        InlineData("2001:1::1", TargetVerdict.Allowed), InlineData("2001:4860:4860::8888", TargetVerdict.Allowed)]
    [InlineData("2002:a00:1::1", TargetVerdict.Private), InlineData("2002:a9fe:a9fe::1", TargetVerdict.LinkLocal),
        InlineData("2002:808:808::1", TargetVerdict.Allowed)]
    [InlineData("::ffff:0:10.0.0.1", TargetVerdict.Reserved), InlineData("fec0::1", TargetVerdict.Private),
        InlineData("100::1", TargetVerdict.Reserved), InlineData("100:0:0:1::1", TargetVerdict.Allowed)]
    [InlineData("2001:2::1", TargetVerdict.Reserved), InlineData("2001:1f::1", TargetVerdict.Reserved),
        InlineData("2001:2f::1", TargetVerdict.Reserved), InlineData("2001:30::1", TargetVerdict.Allowed)]
    [InlineData("3fff:fff::1", TargetVerdict.Reserved), InlineData("5f00::1", TargetVerdict.Reserved),
        InlineData("2001:db8::1", TargetVerdict.Reserved)]
    public void A_strict_policy_knows_the_ranges(string address, TargetVerdict expected) =>
        Assert.Equal(expected, TargetPolicy.Strict.Check(IPAddress.Parse(address), 80, TargetUse.Webhook));

    [Theory, InlineData("127.0.0.1:8080", TargetVerdict.OwnListener), InlineData("[::ffff:127.0.0.1]:8080", TargetVerdict.OwnListener),
        InlineData("127.0.0.1:5060", TargetVerdict.OwnListener), InlineData("127.0.0.1:9000", TargetVerdict.Allowed),
        InlineData("[::1]:9000", TargetVerdict.Allowed)]
    public void A_laptop_reaches_loopback_but_not_itself(string target, TargetVerdict expected) =>
        Assert.Equal(expected, Laptop.Check(IPEndPoint.Parse(target), TargetUse.Webhook));

    [Theory, InlineData(TargetUse.Media), InlineData(TargetUse.Document)]
    public void Media_and_documents_may_come_from_the_node_itself(TargetUse use) =>
        Assert.Equal(TargetVerdict.Allowed, Laptop.Check(IPEndPoint.Parse("127.0.0.1:8080"), use));

    [Fact]
    public void On_a_private_address_they_may_too_and_nothing_beside_that_listener()
    {
        var policy = TargetPolicy.For([IPEndPoint.Parse("10.0.0.5:8080"), IPEndPoint.Parse("10.0.0.5:8081")], [], []);
        Assert.Equal(TargetVerdict.Allowed, policy.Check(IPEndPoint.Parse("10.0.0.5:8080"), TargetUse.Document));
        foreach (var (target, use) in new[] { ("10.0.0.5:8080", TargetUse.Webhook), ("10.0.0.5:8081", TargetUse.Document),
            ("10.0.0.5:9000", TargetUse.Document), ("10.0.0.6:8080", TargetUse.Document) })
            Assert.Equal(TargetVerdict.Private, policy.Check(IPEndPoint.Parse(target), use));
    }

    [Theory, InlineData(TargetUse.Media), InlineData(TargetUse.Document)]
    public void They_never_come_from_its_other_listeners(TargetUse use) =>
        Assert.Equal(TargetVerdict.OwnListener, Laptop.Check(IPEndPoint.Parse("127.0.0.1:5060"), use));

    [Theory, InlineData(TargetUse.Webhook), InlineData(TargetUse.Signalling), InlineData(TargetUse.Socket), InlineData(TargetUse.Rtp)]
    public void Nothing_else_may(TargetUse use) =>
        Assert.Equal(TargetVerdict.OwnListener, Laptop.Check(IPEndPoint.Parse("127.0.0.1:8080"), use));

    [Fact]
    public void One_listener_beyond_loopback_shuts_loopback()
    {
        var policy = TargetPolicy.For([IPEndPoint.Parse("127.0.0.1:8080"), IPEndPoint.Parse("192.0.2.7:5060")],
            [IPNetwork.Parse("127.0.0.0/8")], []);
        Assert.Equal(TargetVerdict.Loopback, policy.Check(IPEndPoint.Parse("127.0.0.1:9000"), TargetUse.Webhook));
        Assert.Equal(TargetVerdict.Loopback, policy.Check(IPEndPoint.Parse("127.0.0.1:8080"), TargetUse.Media));
    }

    [Theory, InlineData("10.1.2.3", TargetVerdict.Allowed), InlineData("::ffff:10.1.2.3", TargetVerdict.Allowed),
        InlineData("10.2.0.1", TargetVerdict.Private), InlineData("fd00::5", TargetVerdict.Allowed),
        InlineData("169.254.1.1", TargetVerdict.LinkLocal), InlineData("224.0.0.1", TargetVerdict.Multicast),
        InlineData("fd00:ec2::254", TargetVerdict.Platform), InlineData("100.64.0.9", TargetVerdict.Allowed),
        InlineData("100.100.100.200", TargetVerdict.Platform), InlineData("168.63.129.16", TargetVerdict.Platform)]
    public void The_operator_opens_private_networks_and_nothing_that_is_never_a_target(string address, TargetVerdict expected)
    {
        string[] networks = ["10.1.0.0/16", "fd00::/8", "100.64.0.0/10", "168.63.129.16/32", "169.254.0.0/16", "224.0.0.0/4"];
        var policy = TargetPolicy.For([IPEndPoint.Parse("10.1.0.1:8080")], [.. networks.Select(n => IPNetwork.Parse(n))], []);
        Assert.Equal(expected, policy.Check(IPAddress.Parse(address), 80, TargetUse.Webhook));
    }

    [Fact]
    public void A_listener_on_the_wildcard_address_is_every_address_of_the_machine()
    {
        var policy = TargetPolicy.For([IPEndPoint.Parse("0.0.0.0:8080")],
            [IPNetwork.Parse("10.0.0.0/8")], [IPAddress.Parse("10.0.0.5"), IPAddress.Parse("8.8.4.4")]);
        Assert.Equal(TargetVerdict.OwnListener, policy.Check(IPEndPoint.Parse("10.0.0.5:8080"), TargetUse.Webhook));
        Assert.Equal(TargetVerdict.OwnListener, policy.Check(IPEndPoint.Parse("8.8.4.4:8080"), TargetUse.Webhook));
        Assert.Equal(TargetVerdict.Allowed, policy.Check(IPEndPoint.Parse("10.0.0.6:8080"), TargetUse.Webhook));
        Assert.Equal(TargetVerdict.Allowed, policy.Check(IPEndPoint.Parse("10.0.0.5:9000"), TargetUse.Webhook));
    }

    [Fact]
    public void What_the_operator_configured_is_exempt()
    {
        var policy = new TargetPolicy { Exempt = [IPEndPoint.Parse("127.0.0.1:7060"), IPEndPoint.Parse("10.0.0.9:0")] };
        Assert.Equal(TargetVerdict.Allowed, policy.Check(IPEndPoint.Parse("127.0.0.1:7060"), TargetUse.Signalling));
        Assert.Equal(TargetVerdict.Loopback, policy.Check(IPEndPoint.Parse("127.0.0.1:7061"), TargetUse.Signalling));
        Assert.Equal(TargetVerdict.Allowed, policy.Check(IPEndPoint.Parse("10.0.0.9:1234"), TargetUse.Rtp));
    }

    [Fact]
    public void Every_verdict_has_its_words() =>
        Assert.Equal(Enum.GetValues<TargetVerdict>().Length, Enum.GetValues<TargetVerdict>()
            .Select(TargetPolicy.Describe).Distinct().Count());

    [Theory]
    [InlineData("example.com", true), InlineData("localhost", true), InlineData("LOCALHOST.", true), InlineData("notlocal", false)]
    [InlineData("db", false), InlineData("db.", false), InlineData("printer.local", false), InlineData("Payroll.Internal", false)]
    [InlineData("router.home.arpa", false), InlineData("files.lan", false), InlineData("thelocal.example", true)]
    public void A_name_that_only_an_inner_network_knows_is_looked_up_where_that_is_open(string host, bool isPublic)
    {
        Assert.Equal(isPublic, TargetPolicy.Strict.MayLookUp(host));
        Assert.True(Laptop.MayLookUp(host));
        Assert.True(new TargetPolicy { AllowedNetworks = [IPNetwork.Parse("10.0.0.0/8")] }.MayLookUp(host));
        Assert.True(new TargetPolicy { NamedHosts = [host.TrimEnd('.')] }.MayLookUp(host));
    }
}
