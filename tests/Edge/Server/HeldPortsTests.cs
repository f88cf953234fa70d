using System.Net;
using System.Net.Sockets;
using Ringwright.Server.Nodes;

namespace Ringwright.Edge.Server;

/// <summary>The free ports of a node between their choice and its listeners.</summary>
public sealed class HeldPortsTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task A_listener_takes_the_place_of_what_holds_its_port()
    {
        using var held = new HeldPorts();
        var where = held.HoldTcp(AnyPort);
        using var early = new TcpClient(AddressFamily.InterNetwork);
        await Assert.ThrowsAsync<SocketException>(() => early.ConnectAsync(where, TestContext.Current.CancellationToken).AsTask());

        using var listener = new TcpListener(where);
        listener.Start();
        using var client = new TcpClient(AddressFamily.InterNetwork);
        await client.ConnectAsync(where, TestContext.Current.CancellationToken);
        using var accepted = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        Assert.Equal(client.Client.LocalEndPoint, accepted.Client.RemoteEndPoint);
    }

    [Fact]
    public void A_port_for_SIP_is_held_by_UDP_until_it_is_let_go()
    {
        using var held = new HeldPorts();
        var where = held.HoldSip(AnyPort);
        Assert.Throws<SocketException>(() => new UdpClient(where));

        held.LetUdpGo();
        using var datagrams = new UdpClient(where);
        using var streams = new TcpListener(where);
        streams.Start();
    }

    [Fact]
    public void A_port_that_was_chosen_is_not_held()
    {
        var chosen = new IPEndPoint(IPAddress.Loopback, 1);      // nobody here may bind it
        using var held = new HeldPorts();
        Assert.Same(chosen, held.HoldTcp(chosen));
        Assert.Same(chosen, held.HoldSip(chosen));
    }

    [Fact]
    public void An_address_of_another_machine_is_refused_with_its_name()
    {
        using var held = new HeldPorts();
        var refused = Assert.Throws<Ringwright.Server.StartRefused>(() => held.HoldSip(new(IPAddress.Parse("192.0.2.1"), 0)));
        Assert.Contains("192.0.2.1", refused.Message, StringComparison.Ordinal);
    }
}
