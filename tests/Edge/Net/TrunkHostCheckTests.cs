using System.Net;
using System.Net.Sockets;
using Ringwright.Calls;
using Ringwright.Net.Dns;
using Ringwright.Switch.Routing;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

public sealed class TrunkHostCheckTests : IDisposable
{
    private readonly NameServer _names = new();

    public void Dispose() => _names.Dispose();

    private async Task<TrunkHostFinding> CheckAsync(string host, int? port = null, string? registrar = null)
    {
        _names.A("sip.carrier.example", "192.0.2.7");
        _names.A("us.example", "192.0.2.1");
        var check = new TrunkHostCheck(new Resolver(new DnsClient([_names.Local]), EngineRig.Networks, new FakeTimeProvider()),
            new SipDomains(["calls.example"], [IPEndPoint.Parse("192.0.2.1:5060")]));
        return await check.CheckAsync(new() { Id = new(Guid.NewGuid()), Name = "t", Host = host, Port = port, Registrar = registrar },
            TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("sip.carrier.example", null)]
    [InlineData("192.0.2.7", 5060)]
    [InlineData("192.0.2.1", 5080)]             // a PBX on the same machine
    public async Task A_host_that_leads_somewhere_else_is_good(string host, int? port) =>
        Assert.Equal(TrunkHostFinding.Good, await CheckAsync(host, port));

    [Theory]
    [InlineData("calls.example", null, "this node")]
    [InlineData("us.example", 5060, "this node")]
    [InlineData("192.0.2.1", 5060, "this node")]
    [InlineData("0.0.0.0", 5060, "no address")]
    [InlineData("224.0.0.5", 5060, "no address")]
    public async Task A_host_that_can_never_take_a_call_is_refused(string host, int? port, string says)
    {
        var found = await CheckAsync(host, port);
        Assert.True(found.IsRefused);
        Assert.Contains(says, found.Says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_leads_nowhere_is_told_and_may_come_right()
    {
        Assert.Equal(new TrunkHostFinding("host nobody.example leads nowhere: there is no such name.", IsRefused: false),
            await CheckAsync("nobody.example", 5060));
        Assert.Equal(new TrunkHostFinding("registrar nobody.example leads nowhere: there is no such name.", IsRefused: false),
            await CheckAsync("sip.carrier.example", registrar: "nobody.example:5060"));
    }
}
