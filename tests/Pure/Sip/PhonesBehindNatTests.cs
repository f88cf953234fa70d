using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Registrar;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

/// <summary>Registrations of phones behind NATs and proxies: how long, by which way, and which of them are one phone's.</summary>
public sealed class PhonesBehindNatTests
{
    private static readonly IPEndPoint Outside = IPEndPoint.Parse("198.51.100.20:40000");

    private readonly RegisterServer _server = new();
    private readonly List<BindingChange> _changes = [];
    private Instant _now = new(60_000_000_000);
    private int _cseq;

    private SipResponse Register(string headers, SipTransport transport = SipTransport.Udp, string callId = "reg", string from = "",
        string via = "")
    {
        _changes.Clear();
        var request = Wire.Request($"""
            REGISTER sip:sip.example.com SIP/2.0
            Via: SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bK{++_cseq};rport{via}
            Max-Forwards: 70
            From: <sip:alice@sip.example.com>;tag=a
            To: <sip:alice@sip.example.com>
            Call-ID: {callId}
            CSeq: {_cseq} REGISTER
            {headers}
            """.TrimEnd() + "\nContent-Length: 0\n\n");
        var flow = new SipFlow(transport, from.Length > 0 ? IPEndPoint.Parse(from) : Outside);
        return _server.Handle(request, "alice", flow, _now, _changes).Build();
    }

    private ContactBinding Only => Assert.Single(_server.Find("alice"));

    [Theory]
    [InlineData("sip:a@10.0.0.5:5060", SipTransport.Udp, true)]
    [InlineData("sip:a@10.0.0.5:5060", SipTransport.Tcp, true)]
    [InlineData("sip:a@desk.local", SipTransport.Udp, true)]
    [InlineData("sip:a@198.51.100.20:5060", SipTransport.Udp, false)]     // it listens on another port than it sends from
    [InlineData("sip:a@198.51.100.20:5060", SipTransport.Tls, false)]
    [InlineData("sip:a@[::ffff:198.51.100.20]:5060", SipTransport.Udp, false)]
    [InlineData("sip:a@198.51.100.20:0", SipTransport.Udp, true)]         // it says that it does not know
    public void A_Contact_that_is_not_where_it_came_from_is_behind_a_NAT(string contact, SipTransport transport, bool isBehind)
    {
        Register($"Contact: <{contact}>", transport);
        Assert.Equal(isBehind, Only.IsBehindNat);
        Assert.Equal(_now + TimeSpan.FromSeconds(isBehind ? 120 : 3_600), Only.ExpiresAt);
    }

    [Fact]
    public void Who_asks_for_less_than_a_NAT_gets_has_what_he_asked_for()
    {
        Assert.EndsWith(";expires=45", Register("Contact: <sip:a@10.0.0.5>;expires=45").Text(SipHeader.Contact));
        Assert.EndsWith(";expires=120", Register("Contact: <sip:a@10.0.0.5>;expires=121").Text(SipHeader.Contact));
    }

    [Fact]
    public void A_NAT_that_moves_a_phone_moves_its_binding()
    {
        Register("Contact: <sip:a@10.0.0.5>");
        Register("Contact: <sip:a@10.0.0.5>", from: "198.51.100.20:50123");
        Assert.Equal("198.51.100.20:50123", Only.Flow.Remote.ToString());
    }

    [Fact]
    public void Proxies_of_the_path_are_kept_in_order_and_told_to_the_phone()
    {
        const string outer = "<sip:edge.example.net;lr>", inner = "<sip:10.9.9.9:5080;lr;ob>";
        var response = Register($"Path: {outer}, {inner}\nSupported: path\nContact: <sip:a@10.0.0.5>");
        Assert.Equal($"{outer}, {inner}", response.Text(SipHeader.Path));
        Assert.Equal([outer, inner], Only.Path);
        Assert.False(Only.IsBehindNat);        // whatever the NAT does is the proxy's business
        Assert.False(Only.TryGetDirect(out _));
        Assert.Equal(_now + TimeSpan.FromHours(1), Only.ExpiresAt);
    }

    [Theory]
    [InlineData("Path: <tel:+15550100>")]
    [InlineData("Path: <sip:a>, nonsense here")]
    [InlineData("Path: <sip:1>,<sip:2>,<sip:3>,<sip:4>,<sip:5>,<sip:6>,<sip:7>,<sip:8>,<sip:9>")]
    public void A_path_that_leads_nowhere_is_refused(string path)
    {
        Assert.Equal(400, Register($"{path}\nContact: <sip:a@10.0.0.5>").Status);
        Assert.Equal(0, _server.Count);
    }

    private const string Phone = "+sip.instance=\"<urn:uuid:00000000-0000-1000-8000-000A95A0E128>\"";

    private SipResponse Flow(int id, string contact, string phone = Phone, string supported = "path, outbound", string via = "",
        string path = "") =>
        Register($"{path}Supported: {supported}\nContact: <{contact}>;reg-id={id};{phone}", SipTransport.Tcp, $"flow-{id}", via: via);

    [Fact]
    public void Two_flows_of_one_phone_are_two_bindings_and_a_flow_that_comes_again_takes_its_own_place()
    {
        Assert.Equal("outbound", Flow(1, "sip:a@10.0.0.5;transport=tcp").Text(SipHeader.Require));
        _now += TimeSpan.FromSeconds(1);
        Flow(2, "sip:a@10.0.0.5;transport=tcp");
        Assert.Equal([2u, 1u], _server.Find("alice").Select(b => b.Outbound!.RegId));
        _now += TimeSpan.FromSeconds(1);
        Flow(1, "sip:a@10.7.7.7;transport=tcp");        // the phone has another address by now
        Assert.Equal(["sip:a@10.7.7.7;transport=tcp", "sip:a@10.0.0.5;transport=tcp"], _server.Find("alice").Select(b => b.Contact));
        Assert.Equal([(BindingFate.Unregistered, "sip:a@10.0.0.5;transport=tcp"), (BindingFate.Registered, "sip:a@10.7.7.7;transport=tcp")],
            _changes.Select(change => (change.Fate, change.Binding.Contact)));
    }

    [Fact]
    public void A_phone_is_told_of_which_flow_each_binding_is()
    {
        Flow(1, "sip:a@10.0.0.5;transport=tcp");
        _now += TimeSpan.FromSeconds(1);
        List<string> told = [];
        foreach (var contact in Flow(2, "sip:a@10.0.0.5;transport=tcp").Values(SipHeader.Contact)) told.Add(contact.AsText());
        Assert.Equal([$"<sip:a@10.0.0.5;transport=tcp>;reg-id=2;{Phone};expires=120",
            $"<sip:a@10.0.0.5;transport=tcp>;reg-id=1;{Phone};expires=119"], told);
    }

    [Fact]
    public void An_instance_that_would_have_to_be_escaped_is_not_told_again() =>
        Assert.Equal("<sip:a@10.0.0.5>;reg-id=1;expires=120",
            Flow(1, "sip:a@10.0.0.5", phone: "+sip.instance=\"a\\\"b\"").Text(SipHeader.Contact));

    [Fact]
    public void Flows_of_two_phones_stand_beside_each_other()
    {
        Flow(1, "sip:a@10.0.0.5");
        Flow(1, "sip:a@10.0.0.5", phone: "+sip.instance=\"<urn:uuid:other>\"");
        Register("Contact: <sip:a@10.0.0.6>", callId: "plain");
        Assert.Equal(3, _server.Count);
    }

    [Theory]
    [InlineData("path", "")]                                    // it does not ask for it
    [InlineData("path, outbound", ", SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx")]     // a proxy between us knows nothing of it
    public void Without_both_ends_knowing_of_flows_it_is_a_Contact_like_any_other(string supported, string via)
    {
        Assert.Equal("", Flow(1, "sip:a@10.0.0.5", supported: supported, via: via).Text(SipHeader.Require) ?? "");
        Assert.Null(Only.Outbound);
    }

    [Fact]
    public void A_proxy_that_keeps_flows_says_so_in_its_path()
    {
        Flow(1, "sip:a@10.0.0.5", via: ", SIP/2.0/UDP 10.0.0.9;branch=z9hG4bKx", path: "Path: <sip:flow7@edge.example.net;lr;ob>\n");
        Assert.Equal(1u, Only.Outbound?.RegId);
    }

    [Theory]
    [InlineData("reg-id=0")]
    [InlineData("reg-id=x")]
    [InlineData("reg-id=99999999999")]
    public void A_number_that_is_none_makes_no_flow(string id)
    {
        Register($"Supported: outbound\nContact: <sip:a@10.0.0.5>;{id};{Phone}");
        Assert.Null(Only.Outbound);
    }
}
