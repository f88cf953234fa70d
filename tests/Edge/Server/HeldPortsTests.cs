using System.Net;
using System.Net.Sockets;
using Ringwright.Server;
using Ringwright.Server.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>The ports of a node between their choice and its listeners.</summary>
public sealed class HeldPortsTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_held_port_answers_nobody_until_the_socket_that_was_handed_on_listens()
    {
        using var held = new HeldPorts();
        var where = held.HoldWeb("--http", AnyPort);
        using var early = new TcpClient(AddressFamily.InterNetwork);
        await Assert.ThrowsAsync<SocketException>(() => early.ConnectAsync(where, Stop).AsTask());

        using var listener = held.Take(where);
        listener.Listen();
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(where, Stop);
        using var accepted = await listener.AcceptAsync(Stop);
        Assert.Equal(client.Client.LocalEndPoint, accepted.RemoteEndPoint);
    }

    [Fact]
    public void A_port_for_SIP_is_never_let_go_between_its_choice_and_its_listener()
    {
        using var held = new HeldPorts();
        var where = held.HoldSip("--sip", AnyPort);
        Assert.Throws<SocketException>(() => new UdpClient(where));
        using var sockets = held.TakeSip(where);
        Assert.Equal((where, where), (sockets.Datagrams.LocalEndPoint, sockets.Streams.LocalEndPoint));
        Assert.Throws<SocketException>(() => new UdpClient(where));
        sockets.Streams.Listen();
    }

    [Fact]
    public void A_port_that_was_chosen_is_held_too_and_closed_when_nobody_took_it()
    {
        var chosen = new IPEndPoint(IPAddress.Loopback, FreePort.Udp());
        using (var held = new HeldPorts())
        {
            Assert.Equal(chosen, held.HoldSip("--sip", chosen));
            Assert.Throws<SocketException>(() => new UdpClient(chosen));
        }
        new UdpClient(chosen).Dispose();
    }

    [Fact]
    public void An_address_of_another_machine_is_refused_with_its_name_and_flag()
    {
        using var held = new HeldPorts();
        var refused = Assert.Throws<StartRefused>(() => held.HoldSip("--sip", new(IPAddress.Parse("192.0.2.1"), 0)));
        Assert.Contains("192.0.2.1", refused.Message, StringComparison.Ordinal);
        Assert.Contains("--sip", refused.Message, StringComparison.Ordinal);
    }
}
