using System.Net;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Media.Protocol;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

/// <summary>Which way messages go: transport, connection, and whom to believe about addresses.</summary>
public sealed class TransportTests
{
    private static readonly IPEndPoint Carrier = IPEndPoint.Parse("203.0.113.5:40001");

    private readonly ShardRig _rig = new();

    private static SipFlow Tcp(long id) => new(SipTransport.Tcp, Peer) { Id = new(id) };

    private string Answered(SipFlow from, string invite)
    {
        _rig.ReceiveBy(from, invite);
        _rig.Command(new LegCommand.Answer());
        string ok = _rig.SentLast("SIP/2.0 200");
        _rig.ReceiveBy(from, Inside(ok, "ACK", 1, "z9hG4bKack"));
        return ok;
    }

    /// <summary>Where the BYE of an inbound call goes whose INVITE came from the carrier with this Contact.</summary>
    private SipFlow ByeOf(NatPolicy nat, string contact, IPEndPoint? carrier = null)
    {
        carrier ??= Carrier;
        var source = new IPNetwork(carrier.Address, 8 * carrier.Address.GetAddressBytes().Length);
        _rig.Current = Snapshot(trunks: [new() { Id = new(Guid.NewGuid()), Name = "t", Host = "x", Nat = nat, Sources = [source] }]);
        Answered(SipFlow.Udp(carrier), Invite().Replace("<sip:alice@127.0.0.1:5070>", $"<sip:alice@{contact}>"));
        _rig.Command(new LegCommand.Hangup());
        Assert.StartsWith("BYE ", _rig.Last);
        return _rig.SentBy[^1];
    }

    [Fact]
    public void What_comes_by_a_connection_is_answered_and_followed_by_it()
    {
        string ok = Answered(Tcp(7), Invite().Replace("SIP/2.0/UDP", "SIP/2.0/TCP"));
        Assert.Equal("<sip:127.0.0.1:5060;transport=tcp>", Header(ok, "Contact"));
        Assert.All(_rig.SentBy, flow => Assert.Equal((SipTransport.Tcp, 7L), (flow.Transport, flow.Id.Value)));
        _rig.Command(new LegCommand.Hangup());
        Assert.StartsWith("SIP/2.0/TCP 127.0.0.1:5060;", Header(_rig.SentLast("BYE "), "Via"));
        Assert.Equal((SipTransport.Tcp, 7L, Peer), (_rig.SentBy[^1].Transport, _rig.SentBy[^1].Id.Value, _rig.SentBy[^1].Remote));
    }

    [Fact]
    public void What_comes_by_a_connection_without_an_address_is_answered_and_followed_by_it_alone()
    {
        var flow = new SipFlow(SipTransport.Tcp, null) { Id = new(7) };
        string ok = Answered(flow, Invite().Replace("SIP/2.0/UDP", "SIP/2.0/TCP")
            .Replace("<sip:alice@127.0.0.1:5070>", "<sip:alice@nowhere.invalid>"));
        Assert.DoesNotContain("received=", Header(ok, "Via"));
        _rig.Command(new LegCommand.Hangup());
        Assert.StartsWith("BYE sip:alice@nowhere.invalid ", _rig.Last);
        Assert.All(_rig.SentBy, by => Assert.Equal(flow, by));
    }

    [Fact]
    public void A_Contact_that_names_nobodys_address_is_not_followed_from_a_connection_without_one()
    {
        var flow = new SipFlow(SipTransport.Tcp, null) { Id = new(7) };
        Answered(flow, Invite().Replace("<sip:alice@127.0.0.1:5070>", "<sip:alice@255.255.255.255;transport=udp>"));
        _rig.Command(new LegCommand.Hangup());
        Assert.StartsWith("BYE ", _rig.Last);
        Assert.Equal(flow, _rig.SentBy[^1]);
    }

    [Fact]
    public void Who_has_no_address_cancels_no_call_of_another_who_has_none()
    {
        SipFlow Flow(long id) => new(SipTransport.Tcp, null) { Id = new(id) };
        string cancel = Invite(body: null).Replace("INVITE sip", "CANCEL sip").Replace("1 INVITE", "1 CANCEL");
        _rig.ReceiveBy(Flow(7), Invite());
        _rig.ReceiveBy(Flow(8), cancel);
        Assert.Equal((1, 0), (_rig.SentCount("SIP/2.0 481"), _rig.SentCount("SIP/2.0 487")));
        _rig.ReceiveBy(Flow(7), cancel);
        Assert.Equal(1, _rig.SentCount("SIP/2.0 487"));
    }

    [Fact]
    public void Over_a_connection_nothing_is_repeated()
    {
        _rig.Dial(Request("sip:bob@127.0.0.1:5070;transport=tcp"));
        Assert.StartsWith("INVITE sip:bob@127.0.0.1:5070;transport=tcp SIP/2.0", _rig.Last);
        Assert.Equal("<sip:127.0.0.1:5060;transport=tcp>", Header(_rig.Last, "Contact"));
        _rig.Advance(10);
        Assert.Equal(1, _rig.SentCount("INVITE "));
    }

    [Fact]
    public void A_sips_destination_is_called_by_TLS_and_shown_a_sips_Contact()
    {
        _rig.Dial(Request("sips:bob@127.0.0.1:5071"));
        Assert.StartsWith("INVITE sips:bob@127.0.0.1:5071 SIP/2.0", _rig.Last);
        Assert.Equal("<sips:127.0.0.1:5060>", Header(_rig.Last, "Contact"));
        Assert.Equal(SipTransport.Tls, _rig.SentBy[^1].Transport);
    }

    /// <summary>As Microsoft Teams wants it, which answers 403 to whom it finds no name of.</summary>
    [Fact]
    public void By_TLS_the_nodes_name_stands_in_Via_and_Contact_where_it_has_one()
    {
        IPEndPoint plain = new(IPAddress.Loopback, 5060), secure = new(IPAddress.Loopback, 5061);
        var rig = new ShardRig(networks: new([new(plain, plain) { SecureAdvertised = secure, SecureName = "sbc1.example.com" }]));
        rig.Dial(Request("sip:bob@127.0.0.1:5071;transport=tls"));
        Assert.Equal("<sip:sbc1.example.com:5061;transport=tls>", Header(rig.SentLast("INVITE "), "Contact"));
        Assert.StartsWith("SIP/2.0/TLS sbc1.example.com:5061;", Header(rig.SentLast("INVITE "), "Via"));
        Assert.Equal("127.0.0.1:5061", rig.Settings.Transactions.AddressOn(rig.SentBy[^1]));
        rig.Dial(Request(), counter: 1_001);
        Assert.Equal("<sip:127.0.0.1:5060>", Header(rig.SentLast("INVITE "), "Contact"));
        Assert.StartsWith("SIP/2.0/UDP 127.0.0.1:5060;", Header(rig.SentLast("INVITE "), "Via"));
    }

    [Fact]
    public void A_transport_asked_for_holds_where_neither_URI_nor_trunk_says_one()
    {
        _rig.Dial(Request() with { Transport = SipTransport.Tcp });
        Assert.Equal(SipTransport.Tcp, _rig.SentBy[^1].Transport);
        _rig.Dial(Request("sip:bob@127.0.0.1:5070;transport=udp") with { Transport = SipTransport.Tcp }, counter: 2_000);
        Assert.Equal(SipTransport.Udp, _rig.SentBy[^1].Transport);
    }

    [Fact]
    public void A_request_too_long_for_a_datagram_goes_by_TCP_and_by_UDP_where_there_is_none()
    {
        _rig.Dial(Long(Request()));
        Assert.Equal(SipTransport.Tcp, _rig.SentBy[^1].Transport);
        Assert.StartsWith("SIP/2.0/TCP ", Header(_rig.Last, "Via"));
        _rig.FailLast("the far end refused the connection");
        Assert.Equal(SipTransport.Udp, _rig.SentBy[^1].Transport);
        Assert.StartsWith("INVITE sip:bob@127.0.0.1:5070 SIP/2.0", _rig.Last);
        _rig.Receive(Response(_rig.Last, "486 Busy Here"));
        Assert.Equal(HangupCause.CalleeBusy, _rig.Ended.Cause);
    }

    [Fact]
    public void What_was_answered_by_TCP_is_not_asked_again_by_UDP()
    {
        _rig.Dial(Long(Request()));
        _rig.ReceiveBy(_rig.SentBy[^1], Response(_rig.Last, "503 Service Unavailable"));
        Assert.Equal(503, _rig.Ended.SipStatus);
        Assert.Equal(1, _rig.SentCount("INVITE "));
    }

    [Fact]
    public void Who_says_UDP_gets_UDP_whatever_its_length()
    {
        _rig.Dial(Long(Request("sip:bob@127.0.0.1:5070;transport=udp")));
        Assert.Equal(SipTransport.Udp, _rig.SentBy[^1].Transport);
    }

    [Fact]
    public void A_request_whose_connection_was_lost_is_sent_once_more_and_then_given_up()
    {
        _rig.Dial(Request("sip:bob@127.0.0.1:5070;transport=tcp"));
        string invite = _rig.Last;
        _rig.FailLast("the far end broke the connection", isLost: true);
        Assert.Equal(2, _rig.SentCount("INVITE "));
        Assert.Equal(invite, _rig.Last);
        _rig.FailLast("the far end broke the connection", isLost: true);
        Assert.Equal(2, _rig.SentCount("INVITE "));
        Assert.Equal((HangupCause.TransportFailure, "The INVITE could not be sent: the far end broke the connection."),
            (_rig.Ended.Cause, _rig.Ended.Evidence));
    }

    [Fact]
    public void A_ringing_call_outlives_its_connection()
    {
        _rig.Dial(Request("sip:bob@127.0.0.1:5070;transport=tcp"));
        _rig.ReceiveBy(_rig.SentBy[^1], Response(_rig.Last, "180 Ringing"));
        _rig.FailLast("the far end broke the connection", isLost: true);
        Assert.Equal(1, _rig.SentCount("INVITE "));
        Assert.DoesNotContain(_rig.Events, e => e is CallEvent.LegEnded);
    }

    [Theory]
    [InlineData(NatPolicy.Auto, "10.1.2.3:5062", "203.0.113.5:40001")]
    [InlineData(NatPolicy.Auto, "203.0.113.5:5062", "203.0.113.5:5062")]
    [InlineData(NatPolicy.TrustContact, "10.1.2.3:5062", "10.1.2.3:5062")]
    [InlineData(NatPolicy.Source, "203.0.113.5:5062", "203.0.113.5:40001")]
    [InlineData(NatPolicy.Source, "8.8.8.8", "203.0.113.5:40001")]
    [InlineData(NatPolicy.Auto, "8.8.8.8", "8.8.8.8:5060")]
    [InlineData(NatPolicy.TrustContact, "pbx.inside", "203.0.113.5:40001")]
    [InlineData(NatPolicy.TrustContact, "0.0.0.0:5062", "203.0.113.5:40001")]
    [InlineData(NatPolicy.TrustContact, "255.255.255.255:5062", "203.0.113.5:40001")]
    [InlineData(NatPolicy.TrustContact, "239.1.2.3:5062", "203.0.113.5:40001")]
    [InlineData(NatPolicy.Auto, "0.0.0.0", "203.0.113.5:40001")]
    [InlineData(NatPolicy.Auto, "[fe80::1%eth0]:5062", "203.0.113.5:40001")]
    public void The_trunks_policy_says_which_Contact_is_believed(NatPolicy nat, string contact, string bye) =>
        Assert.Equal(bye, ByeOf(nat, contact).Remote.ToString());

    [Theory] // nothing can be sent to an address of one link without its zone
    [InlineData("[2001:db8:5::9]:5062", "[2001:db8:5::9]:5062")]
    [InlineData("[fe80::1]:5062", "[2001:db8:5::7]:40001"), InlineData("[fe80::1%eth0]:5062", "[2001:db8:5::7]:40001")]
    public void A_Contact_on_a_link_of_its_own_is_not_followed(string contact, string bye) =>
        Assert.Equal(bye, ByeOf(NatPolicy.TrustContact, contact, IPEndPoint.Parse("[2001:db8:5::7]:40001")).Remote.ToString());

    [Theory]
    [InlineData(NatPolicy.Auto, "10.1.2.3", false)]
    [InlineData(NatPolicy.Auto, "127.0.0.1", false)]      // the policy allows it, but a peer from outside is not on this machine
    [InlineData(NatPolicy.Auto, "203.0.113.5", true)]
    [InlineData(NatPolicy.TrustContact, "10.1.2.3", true)]
    [InlineData(NatPolicy.Source, "8.8.8.8", false)]
    [InlineData(NatPolicy.Source, "203.0.113.5", true)]
    public void The_trunks_policy_says_which_media_address_is_believed(NatPolicy nat, string address, bool isTrusted)
    {
        _rig.Current = Snapshot(
            trunks: [new() { Id = new(Guid.NewGuid()), Name = "t", Host = "x", Nat = nat, Sources = [IPNetwork.Parse("203.0.113.0/24")] }]);
        Answered(SipFlow.Udp(Carrier), Invite(body: Offer.Replace("IN IP4 127.0.0.1", $"IN IP4 {address}")));
        Assert.Equal(isTrusted, _rig.Commands.OfType<MediaCommand.Connect>().Last().Plan.Remote.Default.IsTrusted);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public void Media_knows_where_the_peers_SIP_comes_from_and_whether_its_sound_may_come_from_elsewhere(bool adjusts)
    {
        Trunk trunk =
            new() { Id = new(Guid.NewGuid()), Name = "t", Host = "x", AdjustsRtp = adjusts, Sources = [IPNetwork.Parse("203.0.113.0/24")] };
        _rig.Current = Snapshot(trunks: [trunk]);
        Answered(SipFlow.Udp(Carrier), Invite());
        var plan = _rig.Commands.OfType<MediaCommand.Connect>().Last().Plan;
        Assert.Equal((Carrier, adjusts), (plan.Signalling, plan.AdjustsRtp));

        var places = DialPlan.For(Snapshot(trunks: [trunk], routes: [new() { Id = Guid.NewGuid(), Trunk = trunk.Id }]),
            Request("+4989777"), _rig.Settings.Hosts);
        Assert.Equal(adjusts, Assert.Single(places.Targets).AdjustsRtp);
    }

    private static DialRequest Long(DialRequest request) =>
        request with { Headers = [.. Enumerable.Range(0, 8).Select(i => new CustomSipHeader($"X-Filler-{i}", new string('x', 100)))] };
}
