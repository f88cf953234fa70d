using System.Net;
using System.Net.Sockets;
using Ringwright.Calls;
using Ringwright.Core;

namespace Ringwright.Edge.Net;

/// <summary>An engine on IPv4 and IPv6 at once, on real sockets.</summary>
public sealed class EngineNetworksTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static EngineRig Rig() => new(change: options => options with
    {
        Others = [new() { Listen = new(IPAddress.IPv6Loopback, 0) }, new() { Listen = IPEndPoint.Parse("127.0.0.2:0") }],
    });

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_call_in_is_answered_by_the_socket_that_it_came_by(int network)
    {
        await using var rig = Rig();
        await rig.Engine.StartAsync(Stop);
        var own = rig.Engine.At(network).Local;
        using var phone = new SipPeer(own);
        phone.Send(phone.Invite("+4989456"));
        await phone.HearAsync("SIP/2.0 180");
        await rig.Engine.Calls.SendAsync((await rig.EventAsync<CallEvent.LegInitiated>()).Leg.Id, new LegCommand.Answer(), Stop);
        string ok = await phone.HearAsync("SIP/2.0 200");
        Assert.Equal($"<sip:{own}>", SipPeer.Header(ok, "Contact"));
        Assert.Contains($" {own.Address}\r\n", ok, StringComparison.Ordinal);
        phone.Send(phone.Inside(ok, "+4989456", "ACK", 1));
        phone.Send(phone.Inside(ok, "+4989456", "BYE", 2));
        await phone.HearAsync("SIP/2.0 200");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_call_out_leaves_by_the_network_of_its_IP_version(int network)
    {
        await using var rig = Rig();
        await rig.Engine.StartAsync(Stop);
        var own = rig.Engine.At(network).Local;
        using var phone = new SipPeer(own);
        Assert.True((await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{phone.Local}"), Stop)).Ack.IsAccepted);
        string invite = await phone.HearAsync("INVITE ");
        Assert.StartsWith($"SIP/2.0/UDP {own};", SipPeer.Header(invite, "Via"));
        Assert.Equal($"<sip:{own}>", SipPeer.Header(invite, "Contact"));
        Assert.Contains(network == 1 ? "@[::1]>;tag=" : "@127.0.0.1>;tag=", SipPeer.Header(invite, "From"));
        Assert.Contains($" {own.Address}\r\n", invite, StringComparison.Ordinal);
        phone.Send(phone.Response(invite, "603 Decline"));
        await rig.EventAsync<CallEvent.LegEnded>();
    }

    [Fact]
    public async Task A_connection_is_opened_from_the_address_of_its_network()
    {
        await using var rig = Rig();
        await rig.Engine.StartAsync(Stop);
        using var listener = new Socket(AddressFamily.InterNetworkV6, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        listener.Listen();
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@{listener.LocalEndPoint};transport=tcp"), Stop);
        using var accepted = await listener.AcceptAsync(Stop);
        byte[] buffer = new byte[4_096];
        string invite = System.Text.Encoding.UTF8.GetString(buffer, 0, await accepted.ReceiveAsync(buffer, Stop));
        Assert.StartsWith($"SIP/2.0/TCP {rig.Engine.At(1).Local};", SipPeer.Header(invite, "Via"));
    }

    [Fact]
    public async Task An_address_of_an_IP_version_without_a_listener_fails_at_once_and_says_so()
    {
        await using var rig = new EngineRig();
        await rig.Engine.StartAsync(Stop);
        await rig.Engine.Calls.DialAsync(EngineRig.Request("sip:bob@[::1]:5099"), Stop);
        Assert.Contains("it is an IPv6 address, and the node listens on IPv4 alone (--sip)",
            (await rig.EventAsync<CallEvent.LegEnded>()).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_with_addresses_of_both_versions_is_tried_on_both()
    {
        await using var rig = Rig();
        await rig.Engine.StartAsync(Stop);
        // localhost is both; nobody is there by IPv6.
        using var phone = new SipPeer(rig.Engine.Local);
        await rig.Engine.Calls.DialAsync(EngineRig.Request($"sip:bob@localhost:{phone.Local.Port}"), Stop);
        string invite = await phone.HearAsync("INVITE ");
        Assert.StartsWith($"SIP/2.0/UDP {rig.Engine.Local};", SipPeer.Header(invite, "Via"));
        phone.Send(phone.Response(invite, "603 Decline"));
        await rig.EventAsync<CallEvent.LegEnded>();
    }
}
