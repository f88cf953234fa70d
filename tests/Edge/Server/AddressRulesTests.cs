using System.Net;
using Ringwright.Server;
using Ringwright.Server.Doctor;
using Ringwright.Server.Nodes;
using Ringwright.Server.Settings;

namespace Ringwright.Edge.Server;

/// <summary>Addresses with which no call could be heard, or none come about.</summary>
public sealed class AddressRulesTests
{
    private static readonly IPAddress[] Machine = [IPAddress.Parse("10.0.0.5"), IPAddress.Parse("192.168.1.5")];

    private static ServeSettings Settings(string sip, string? rtp, string? advertise, string? tls = null)
    {
        Dictionary<string, string?> given = new() { ["--sip"] = sip, ["--rtp"] = rtp, ["--advertise"] = advertise, ["--sip-tls"] = tls };
        return ServeFlags.Read(given.GetValueOrDefault, static _ => null);
    }

    [Theory]
    [InlineData("127.0.0.1:5060", null, null)]
    [InlineData("0.0.0.0:5060", null, null)]                                        // sound follows SIP
    [InlineData("0.0.0.0:5060", null, "203.0.113.7")]                               // a NAT maps it
    [InlineData("10.0.0.5:5060", null, "203.0.113.7")]
    [InlineData("10.0.0.5:5060", "16384-32767", "10.0.0.5")]
    [InlineData("0.0.0.0:5060", "10.0.0.5:16384-32767", "10.0.0.5")]
    [InlineData("10.0.0.5:5060", "192.168.1.5:16384-32767", null)]                  // each names its own
    [InlineData("[2001:db8::5]:5060", null, "2001:db8::7")]
    [InlineData("127.0.0.1:5060", null, "127.0.0.1")]
    public void Addresses_that_work_together_are_taken(string sip, string? rtp, string? advertise) =>
        Assert.Empty(AddressRules.Find(Settings(sip, rtp, advertise), Machine));

    [Theory]
    [InlineData("0.0.0.0:5060", "127.0.0.1:16384-32767", null, null, "--rtp")]
    [InlineData("10.0.0.5:5060", "127.0.0.1:16384-32767", "203.0.113.7", null, "--rtp")]
    [InlineData("127.0.0.1:5060", null, null, "0.0.0.0:5061", "--rtp")]             // open by TLS alone
    [InlineData("0.0.0.0:5060", "[::]:16384-32767", null, null, "IPv6")]
    [InlineData("0.0.0.0:5060", "192.168.1.5:16384-32767", "10.0.0.5", null, "192.168.1.5")]      // advertised, and sound listens elsewhere
    [InlineData("192.168.1.5:5060", "0.0.0.0:16384-32767", "10.0.0.5", null, "--sip")]
    [InlineData("0.0.0.0:5060", null, "127.0.0.1", null, "--advertise")]
    [InlineData("127.0.0.1:5060", null, "203.0.113.7", null, "--advertise")]        // nothing leads to loopback from there
    [InlineData("0.0.0.0:5060", null, "0.0.0.0", null, "--advertise")]
    [InlineData("0.0.0.0:5060", null, "224.0.0.1", null, "--advertise")]
    [InlineData("0.0.0.0:5060", null, "2001:db8::7", null, "--advertise")]
    public void Addresses_that_cannot_work_are_refused_by_serve_and_told_by_the_doctor(string sip, string? rtp, string? advertise,
        string? tls, string says)
    {
        var settings = Settings(sip, rtp, advertise, tls);
        var faults = AddressRules.Find(settings, Machine).ToList();
        Assert.NotEmpty(faults);
        Assert.Contains(faults, fault => $"{fault.Says} {fault.Advice}".Contains(says, StringComparison.Ordinal));
    }

    [Fact]
    public void Serve_does_not_start_with_them_and_the_doctor_calls_them_bad()
    {
        var settings = Settings("0.0.0.0:0", "127.0.0.1:16384-32767", null) with
        {
            Http = new(IPAddress.Loopback, 0),
            Admin = new(IPAddress.Loopback, 0)
        };
        using var held = new HeldPorts();
        Assert.Contains("--rtp", Assert.Throws<StartRefused>(() => Ports.Hold(settings, held)).Message, StringComparison.Ordinal);
        Assert.Contains(PortChecks.Run(settings), finding => finding is { About: "addresses", Verdict: Verdict.Bad });
        Assert.DoesNotContain(PortChecks.Run(settings with { Rtp = settings.Rtp with { Address = IPAddress.Any } }),
            finding => finding.About == "addresses");
    }
}
