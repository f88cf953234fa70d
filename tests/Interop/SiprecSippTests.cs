using System.Net;
using System.Net.Sockets;

namespace Ringwright.Interop;

/// <summary>A call that SIPp records as a SIPREC server; the streams come to sockets of the test.</summary>
public sealed class SiprecSippTests(RunningNode node)
{
    [Fact]
    public async Task The_server_gets_two_streams_with_metadata_until_the_session_is_stopped()      // case 77
    {
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var said = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var heard = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        using var callee = Sipp.Listen("uas-basic");
        using var server = Sipp.Listen("uas-siprec", "-key", "said", $"{Port(said)}", "-key", "heard", $"{Port(heard)}");
        await customer.SendAsync(HttpMethod.Post, "siprec_connectors",
            new() { ["name"] = "sipp", ["host"] = "127.0.0.1", ["port"] = server.Port });
        var call = await customer.DialAsync($"sip:phone@127.0.0.1:{callee.Port}");
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "siprec_start", new() { ["connector_name"] = "sipp" });
        await customer.NextAsync("siprec.started");
        var streams = new[] { await SourcesAsync(said), await SourcesAsync(heard) };
        Assert.NotEqual(Assert.Single(streams[0]), Assert.Single(streams[1]));
        Assert.Equal(422, (await customer.TryActAsync(call, "siprec_start", new() { ["connector_name"] = "sipp" })).Status);

        await customer.ActAsync(call, "siprec_stop");
        Assert.Equal("normal_clearing", (string?)(await customer.NextAsync("siprec.stopped"))["hangup_cause"]);
        await server.SucceedsAsync();
        await customer.ActAsync(call, "hangup");
        await callee.SucceedsAsync();
        Assert.Single(customer.Payloads("siprec.stopped"));
        Assert.Empty(customer.Payloads("siprec.failed"));
    }

    private static int Port(UdpClient socket) => ((IPEndPoint)socket.Client.LocalEndPoint!).Port;

    /// <summary>Of fifty packets: 20 ms of PCMU each.</summary>
    private static async Task<HashSet<string>> SourcesAsync(UdpClient socket)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        HashSet<string> sources = [];
        for (int n = 0; n < 50; n++)
        {
            byte[] packet = (await socket.ReceiveAsync(limit.Token)).Buffer;
            Assert.Equal((12 + 160, 0), (packet.Length, packet[1] & 0x7F));
            sources.Add(Convert.ToHexString(packet.AsSpan(8, 4)));
        }
        return sources;
    }
}
