using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>Peers that write what no RFC has: they are called and heard all the same.</summary>
public sealed class ToleranceTests(RunningNode node)
{
    [Fact]
    public async Task A_caller_of_the_old_dialect_is_answered_and_heard()
    {
        await using var customer = await Customer.CreateAsync(node, 3);
        using var caller = Sipp.Call(node, customer.Number, "uac-odd");
        var call = await customer.NextAsync("call.initiated");
        Assert.Equal("PCMU,PCMA", (string?)call["offered_codecs"]);
        await customer.ActAsync(call, "answer");
        await customer.NextAsync("call.answered");
        await customer.ActAsync(call, "gather", new() { ["maximum_digits"] = 1, ["initial_timeout_millis"] = 10_000 });
        await customer.ActAsync(call, "send_sip_info", new() { ["content_type"] = "text/plain", ["body"] = "now" });
        Assert.Equal("1", (string?)(await customer.NextAsync("call.gather.ended"))["digits"]);
        await customer.ActAsync(call, "hangup");
        await caller.SucceedsAsync();
    }

    [Fact]
    public async Task A_datagram_without_its_last_line_end_is_answered()
    {
        using var peer = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        int port = ((IPEndPoint)peer.Client.LocalEndPoint!).Port;
        await peer.SendAsync(Encoding.ASCII.GetBytes($"""
            OPTIONS sip:127.0.0.1:{node.SipPort} SIP/2.0
            Via: SIP/2.0/UDP 127.0.0.1:{port};branch=z9hG4bKshort;rport
            Max-Forwards: 70
            From: <sip:peer@127.0.0.1>;tag=short
            To: <sip:127.0.0.1>
            Call-ID: short-of-a-line-end
            CSeq: 1 OPTIONS
            Content-Length: 0

            """.ReplaceLineEndings("\r\n")), new IPEndPoint(IPAddress.Loopback, node.SipPort), TestContext.Current.CancellationToken);
        using var limit = new CancellationTokenSource(Eventually.Deadline);
        var answer = await peer.ReceiveAsync(limit.Token);
        Assert.StartsWith("SIP/2.0 200 ", Encoding.ASCII.GetString(answer.Buffer), StringComparison.Ordinal);
    }
}
