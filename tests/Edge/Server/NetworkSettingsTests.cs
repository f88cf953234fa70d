using System.Net;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;

namespace Ringwright.Edge.Server;

/// <summary>Which of the addresses that were given belong together.</summary>
public sealed class NetworkSettingsTests
{
    private static ServeSettings Read(string sip, string? rtp = null, string? advertise = null, string? tls = null)
    {
        Dictionary<string, string?> given = new() { ["--sip"] = sip, ["--rtp"] = rtp, ["--advertise"] = advertise, ["--sip-tls"] = tls };
        return ServeFlags.Read(given.GetValueOrDefault, static _ => null);
    }

    private static string[] Shown(ServeSettings settings) =>
        [.. settings.Networks.Select(n => $"{n.Sip} {n.SipTls?.ToString() ?? "-"} {n.Rtp} {n.Advertise?.ToString() ?? "-"}")];

    [Fact]
    public void One_is_as_it_always_was()
    {
        Assert.Equal(["0.0.0.0:5060 10.0.0.5:5061 10.0.0.6:20000-20999 203.0.113.7"],
            Shown(Read("0.0.0.0:5060", "10.0.0.6:20000-20999", "203.0.113.7", "10.0.0.5:5061")));
        Assert.Equal(["127.0.0.1:5060 - 127.0.0.1:16384-32767 -"], Shown(Read("127.0.0.1:5060")));
        Assert.Equal(["127.0.0.1:5060 - 127.0.0.1:20000-20999 -"], Shown(Read("127.0.0.1:5060", "20000-20999")));
    }

    [Fact]
    public void Several_find_theirs_by_the_local_host()
    {
        Assert.Equal(
            [
                "10.0.0.5:5060 10.0.0.5:5061 10.0.0.5:20000-20999 203.0.113.9",
                "192.168.7.2:5070 - 192.168.7.2:40000-40999 203.0.113.7",
                "[2001:db8::7]:5060 - [2001:db8::7]:20000-20999 2001:db8::8",
            ],
            Shown(Read("10.0.0.5:5060,192.168.7.2:5070,[2001:db8::7]:5060", "20000-20999,192.168.7.2:40000-40999",
                "192.168.7.2=203.0.113.7,203.0.113.9,2001:db8::8", "10.0.0.5:5061")));
    }

    [Theory]
    [InlineData("10.0.0.5:5060,10.0.0.5:5070", null, null, null, "are on one host: a network has one port")]
    [InlineData("10.0.0.5:5060,0.0.0.0:5070", null, null, null, "overlap: one of them listens on every address")]
    [InlineData("10.0.0.5:5060,10.0.0.6:5060", "10.0.0.7:20000-20999", null, null, "--rtp 10.0.0.7:20000-20999 belongs to no --sip")]
    [InlineData("10.0.0.5:5060,10.0.0.6:5060", "20000-20999,30000-30999", null, null, "two --rtp name no host")]
    [InlineData("10.0.0.5:5060,10.0.0.6:5060", "10.0.0.5:20000-20999,10.0.0.5:30000-30999", null, null, "are both for --sip 10.0.0.5:5060")]
    [InlineData("10.0.0.5:5060,10.0.0.6:5060", null, null, "10.0.0.7:5061", "--sip-tls 10.0.0.7:5061 belongs to no --sip")]
    [InlineData("10.0.0.5:5060,10.0.0.6:5060", null, "10.0.0.7=203.0.113.7", null, "belongs to no --sip: none listens on 10.0.0.7")]
    [InlineData("10.0.0.5:5060,10.0.0.6:5060", null, "2001:db8::7", null, "none is of its IP version")]
    [InlineData("10.0.0.5:5060", null, "203.0.113.7,203.0.113.8", null, "says both 203.0.113.7 and 203.0.113.8")]
    [InlineData("10.0.0.5:5060", null, "here", null, "--advertise must be an IP address, not 'here'")]
    [InlineData("10.0.0.5:5060,10.0.0.6", null, null, null, "--sip must be HOST:PORT")]
    [InlineData("10.0.0.5:5060,10.0.0.6:5060,10.0.0.7:5060", "1024-65535", null, null, "give less")]
    public void What_contradicts_itself_or_belongs_to_nobody_is_refused_in_one_line(string sip, string? rtp, string? advertise, string? tls,
        string says)
    {
        string refusal = Assert.Throws<StartRefused>(() => Read(sip, rtp, advertise, tls)).Message;
        Assert.Contains(says, refusal, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal);
    }

    [Fact]
    public void Loopback_only_is_all_of_them()
    {
        Assert.True(Read("127.0.0.1:5060,[::1]:5060").IsOnLoopbackOnly);
        Assert.False(Read("127.0.0.1:5060,10.0.0.5:5060").IsOnLoopbackOnly);
    }

    [Fact]
    public void An_address_that_the_machine_has_not_ends_the_start_by_name()
    {
        var settings = Read("127.0.0.1:0,192.0.2.77:5060") with { Http = new(IPAddress.Loopback, 0), Admin = new(IPAddress.Loopback, 0) };
        using var held = new HeldPorts();
        Assert.Contains("192.0.2.77", Assert.Throws<StartRefused>(() => Ports.Hold(settings, held)).Message, StringComparison.Ordinal);
    }
}
