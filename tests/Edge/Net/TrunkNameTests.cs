using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Net.Dns;
using Ringwright.Sip.Transactions;
using Ringwright.Testing;

namespace Ringwright.Edge.Net;

/// <summary>Destinations that turn out to be a trunk only when names are looked up.</summary>
public sealed class TrunkNameTests : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly NameServer _names = new();

    public void Dispose() => _names.Dispose();

    [Theory]
    [InlineData("sip:+19005551234@127.0.0.1:PORT", false)]          // the carrier by its address
    [InlineData("sip:+19005551234@evil.example:PORT", false)]       // a name of a stranger's that leads to it
    [InlineData("sip:+19005551234@service.example", false)]         // the same by SRV records
    [InlineData("sip:+19005551234@127.0.0.1:PORT", true)]
    [InlineData("sip:+19005551234@evil.example:PORT", true)]
    public async Task Nothing_is_sent_to_a_trunk_under_another_name(string to, bool isServed)
    {
        await using var rig = new EngineRig(change: options => options with { NameServers = [_names.Local] });
        await rig.Engine.StartAsync(Stop);
        using var carrier = new SipPeer(rig.Engine.Local);
        ushort port = (ushort)carrier.Local.Port;
        _names.A("sbc.carrier.example", "127.0.0.1");
        _names.A("evil.example", "192.0.2.66", "127.0.0.1");
        _names.Srv("_sip._udp.service.example", (1, 1, port, "evil.example"));
        _names.Srv("_sip._udp.carrier.example", (1, 1, port, "sbc.carrier.example"));
        rig.Current = EngineRig.Routing(new Trunk
        {
            Id = new(Guid.NewGuid()), Name = "carrier", Host = isServed ? "carrier.example" : "sbc.carrier.example",
            Port = isServed ? null : port
        });

        var dialled = await rig.Engine.Calls.DialAsync(EngineRig.Request(to.Replace("PORT", $"{port}", StringComparison.Ordinal)), Stop);
        Assert.True(dialled.Ack.IsAccepted);
        var ended = await rig.EventAsync<CallEvent.LegEnded>();
        Assert.Equal((HangupCause.CalleeDeclined, 403), (ended.Cause, ended.SipStatus));
        await Eventually.TrueAsync(() => rig.OpenPorts == 0 && rig.InGate == 0 && rig.Engine.LiveLegs == 0, "everything is given back");
        Assert.True(carrier.HasHeardNothing);

        // Whoever is dialled by number is reached, and so is somebody else at the same address.
        using var softphone = new SipPeer(rig.Engine.Local);
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{softphone.Local}"), Stop);
        await softphone.HearAsync("INVITE sip:bob@");
        await rig.Engine.Calls.DialAsync(EngineRig.Request("+4930555"), Stop);
        await carrier.HearAsync("INVITE sip:+4930555@");
    }

    [Fact]
    public async Task A_name_that_changes_its_mind_is_looked_at_each_time_that_something_is_sent()
    {
        await using var rig = new EngineRig(change: options => options with { NameServers = [_names.Local] });
        await rig.Engine.StartAsync(Stop);
        using var carrier = new SipPeer(rig.Engine.Local);
        using var honest = new SipPeer(rig.Engine.Local);
        rig.Current =
            EngineRig.Routing(new Trunk { Id = new(Guid.NewGuid()), Name = "carrier", Host = "127.0.0.1", Port = carrier.Local.Port });
        _names.Srv("_sip._udp.one.example", (1, 1, (ushort)honest.Local.Port, "localhost"));
        await rig.Engine.Calls.DialAsync(EngineRig.Request("sip:+19005551234@one.example"), Stop);
        honest.Send(honest.Response(await honest.HearAsync("INVITE "), "302 Moved")
            .Replace($"<sip:peer@{honest.Local}>", "<sip:+19005551234@two.example>", StringComparison.Ordinal));
        _names.Srv("_sip._udp.two.example", (1, 1, (ushort)carrier.Local.Port, "localhost"));
        await honest.HearAsync("ACK ");
        var ended = await rig.EventAsync<CallEvent.LegEnded>();
        Assert.Equal((HangupCause.CalleeDeclined, 403), (ended.Cause, ended.SipStatus));
        Assert.True(carrier.HasHeardNothing);
    }

    [Theory]
    [InlineData("registrar.example", true)]
    [InlineData("registrar.example", false)]        // a carrier's address is the carrier's, also where we only could register
    [InlineData("registrar.example:5070", false)]
    public async Task The_registrar_of_a_trunk_is_watched_whether_we_register_or_not(string registrar, bool registers)
    {
        _names.A("registrar.example", "192.0.2.7");
        await using var rig = new EngineRig(change: options => options with { NameServers = [_names.Local], IsLoopbackOnly = false });
        var trunk = new Trunk
        {
            Id = new(Guid.NewGuid()), Name = "carrier", Host = "192.0.2.1", Registrar = registrar, Registers = registers, AuthUser = "us",
            AuthPassword = "password-of-us"
        };
        rig.Current = EngineRig.Routing(trunk);
        await rig.Engine.StartAsync(Stop);
        await Eventually.TrueAsync(() => rig.Engine.TrunkHosts.Find(IPAddress.Parse("192.0.2.7")) == trunk.Id,
            "the registrar's address is the trunk's");
    }

    /// <summary>Else a customer who lists the address of a carrier gets its first calls behind a start.</summary>
    [Fact]
    public async Task Where_a_name_leads_is_known_before_the_first_call_is_taken()
    {
        _names.A("sbc.carrier.example", "192.0.2.7");
        _names.Thinks = TimeSpan.FromMilliseconds(50);
        await using var rig = new EngineRig(change: options => options with { NameServers = [_names.Local], IsLoopbackOnly = false });
        var trunk = new Trunk { Id = new(Guid.NewGuid()), Name = "carrier", Host = "sbc.carrier.example" };
        rig.Current = EngineRig.Routing(trunk);
        await rig.Engine.StartAsync(Stop);
        Assert.Equal(trunk.Id, rig.Engine.TrunkHosts.Find(IPAddress.Parse("192.0.2.7")));
    }

    [Fact]
    public async Task A_name_server_that_says_nothing_keeps_no_node_from_starting()
    {
        _names.Thinks = TimeSpan.FromMinutes(5);
        await using var rig = new EngineRig(change: options => options with { NameServers = [_names.Local], IsLoopbackOnly = false });
        rig.Current = EngineRig.Routing(new Trunk { Id = new(Guid.NewGuid()), Name = "carrier", Host = "sbc.carrier.example" });
        await rig.Engine.StartAsync(Stop);
        Assert.True(rig.Engine.IsRunning);
    }

    [Fact]
    public async Task A_call_to_an_address_asks_what_is_known_of_trunks_and_no_name_server()
    {
        var carrier = new SipFlow(SipTransport.Udp, IPEndPoint.Parse("192.0.2.7:5060"));
        var stranger = new SipFlow(SipTransport.Udp, IPEndPoint.Parse("192.0.2.8:5060"));
        var clock = new FakeTimeProvider();
        var routing = new FixedRouting(
            EngineRig.Routing(new Trunk { Id = new(Guid.NewGuid()), Name = "carrier", Host = "sbc.carrier.example", Port = 5060 }));
        var watch = new TrunkWatch(routing, new Resolver(new DnsClient([_names.Local]), EngineRig.Networks, clock), new(),
            isLoopbackOnly: false, clock, NullLogger.Instance);

        Assert.False(await watch.AreTrunksAsync([carrier], Stop));        // the name has no address yet
        _names.A("sbc.carrier.example", "192.0.2.7");
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.True(await watch.AreTrunksAsync([stranger, carrier], Stop));

        int asked = _names.Questions;
        clock.Advance(TimeSpan.FromHours(1));      // whatever the resolver kept has lapsed
        Assert.True(await watch.AreTrunksAsync([carrier], Stop));
        Assert.False(await watch.AreTrunksAsync([stranger], Stop));
        Assert.Equal(asked, _names.Questions);
    }

    private sealed class FixedRouting(RoutingSnapshot current) : IRouting
    {
        public RoutingSnapshot Current => current;
    }
}
