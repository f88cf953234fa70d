using System.Net;
using System.Net.Sockets;
using System.Text;
using Ringwright.Lab.Carriers;

namespace Ringwright.Edge.Lab;

/// <summary>A carrier's box between two sockets: the node's, and the people's.</summary>
public sealed class CarrierEdgeTests : IAsyncDisposable
{
    private const string Answer = "Content-Type: application/sdp\r\nContent-Length: 3\r\n\r\nv=0";

    private readonly UdpClient _node = new(new IPEndPoint(IPAddress.Loopback, 0)), _people = new(new IPEndPoint(IPAddress.Loopback, 0));
    private CarrierEdge? _edge;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        if (_edge is not null) await _edge.DisposeAsync();
        _node.Dispose();
        _people.Dispose();
        GC.SuppressFinalize(this);
    }

    private void Open(string carrier)
    {
        _edge = new(Carrier.All.Single(c => c.Name == carrier), Local(_node), Local(_people));
        _edge.Start();
    }

    private static IPEndPoint Local(UdpClient socket) => (IPEndPoint)socket.Client.LocalEndPoint!;

    private async Task SayAsync(UdpClient who, string text) => await who.SendAsync(Encoding.Latin1.GetBytes(text), _edge!.Local, Stop);

    private static async Task<WireMessage> HearAsync(UdpClient who)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromMinutes(1));
        return WireMessage.Parse((await who.ReceiveAsync(limit.Token)).Buffer)!;
    }

    private string Request(string method, string branch, bool isInside, string routes = "") =>
        $"{method} sip:bob@127.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP {Local(_node)};branch=z9hG4bK{branch};rport\r\n{routes}From: "
        + $"<sip:a@x>;tag=a\r\nTo: <sip:b@x>{(isInside ? ";tag=b" : "")}\r\n" +
        $"Call-ID: c1\r\nCSeq: 1 {method}\r\nContact: <sip:{Local(_node)}>\r\nContent-Length: 0\r\n\r\n";

    /// <summary>An INVITE is answered by the people's side.</summary>
    private async Task<WireMessage> AnswerAsync(string status = "200 OK")
    {
        await SayAsync(_node, Request("INVITE", "one", isInside: false));
        var invite = await HearAsync(_people);
        await SayAsync(_people,
            $"SIP/2.0 {status}\r\nVia: {invite["Via"]}\r\nVia: SIP/2.0/UDP {Local(_node)};branch=z9hG4bKone;rport\r\nFrom: "
            + $"<sip:a@x>;tag=a\r\nTo: <sip:b@x>;tag=b\r\n" +
            $"Call-ID: c1\r\nCSeq: 1 INVITE\r\nContact: <sip:{Local(_people)}>\r\n{Answer}");
        return invite;
    }

    [Fact]
    public async Task Two_Record_Routes_are_added_and_demanded_inside_the_dialog()
    {
        Open("lab-record-route");
        var invite = await AnswerAsync();
        Assert.Equal((2, 2), (invite.CountUris("Record-Route"), invite.Count("Via")));
        Assert.Equal(1, (await HearAsync(_node)).Count("Via"));

        await SayAsync(_node, Request("ACK", "two", isInside: true));
        await SayAsync(_node,
            Request("BYE", "three", isInside: true, $"Route: <sip:{_edge!.Local};lr;r2=on;leg=people>,<sip:{_edge.Local};lr;r2=on>\r\n"));
        var passed = await HearAsync(_people);
        Assert.Equal(("BYE", 0), (passed.Method, passed.Count("Route")));
    }

    [Fact]
    public async Task A_repeat_and_a_CANCEL_go_the_same_way()
    {
        Open("lab-record-route");
        await SayAsync(_node, Request("INVITE", "one", isInside: false));
        await SayAsync(_node, Request("INVITE", "one", isInside: false));
        await SayAsync(_node, Request("CANCEL", "one", isInside: false));
        string[] ways = [(await HearAsync(_people))["Via"], (await HearAsync(_people))["Via"], (await HearAsync(_people))["Via"]];
        Assert.Single(ways.Distinct());
    }

    [Fact]
    public async Task The_183_carrier_rings_twice_before_its_answer()
    {
        Open("lab-183");
        await AnswerAsync("180 Ringing");
        await AnswerAsync();
        WireMessage[] heard = [await HearAsync(_node), await HearAsync(_node), await HearAsync(_node)];
        Assert.Equal([183, 180, 200], heard.Select(m => m.Status));
        Assert.Equal(["3", "0", "3"], heard.Select(m => m["Content-Length"]));
    }

    [Fact]
    public async Task The_hasty_carrier_ends_the_call_behind_its_answer()
    {
        Open("lab-early-bye");
        await AnswerAsync();
        Assert.Equal(200, (await HearAsync(_node)).Status);
        var bye = await HearAsync(_node);
        Assert.Equal(("BYE", "<sip:b@x>;tag=b", "<sip:a@x>;tag=a", "c1"), (bye.Method, bye["From"], bye["To"], bye["Call-ID"]));
    }

    [Fact]
    public async Task The_private_carrier_shows_a_Contact_that_leads_nowhere()
    {
        Open("lab-private-contact");
        await AnswerAsync();
        Assert.Equal("<sip:10.66.77.88:5060>", (await HearAsync(_node))["Contact"]);
    }
}
