using System.Net;
using System.Text;
using Ringwright.Calls;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;
using static Ringwright.Pure.Switch.ShardRig;

namespace Ringwright.Pure.Switch;

public sealed class IngressFilterTests
{
    private static readonly IPEndPoint Stranger = new(IPAddress.Parse("198.51.100.7"), 5060);
    private static readonly IPEndPoint Carrier = new(IPAddress.Parse("203.0.113.5"), 5060);

    private readonly ShardRig _rig = new();

    private IngressVerdict Judge(string text, IPEndPoint source, double seconds = 0) =>
        _rig.Filter.Judge(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")), SipFlow.Udp(source), new((long)(seconds * 1e9)));

    private static string Text(IngressVerdict verdict) => Encoding.UTF8.GetString(verdict.Reply!.Bytes.Span);

    [Fact]
    public void A_stranger_gets_403_and_no_shard_hears_of_it()
    {
        var verdict = Judge(Invite(), Stranger);
        Assert.Null(verdict.Shard);
        Assert.StartsWith("SIP/2.0 403 Forbidden", Text(verdict));
        Assert.Contains(";tag=", Header(Text(verdict), "To"));
        Assert.Equal(Stranger, verdict.Reply!.To.Remote);
        Assert.Equal(Text(verdict), Text(Judge(Invite(), Stranger)));      // the same again: there is no state
    }

    [Fact]
    public void The_tenth_refusal_in_a_second_is_the_last_one()
    {
        for (int i = 0; i < Limits.RefusalsPerSecond; i++) Assert.NotNull(Judge(Invite(), Stranger).Reply);
        Assert.Null(Judge(Invite(), Stranger).Reply);
        Assert.NotNull(Judge(Invite(), new(IPAddress.Parse("198.51.100.8"), 5060)).Reply);
        Assert.NotNull(Judge(Invite(), Stranger, seconds: 1).Reply);
    }

    [Fact]
    public void A_strangers_REGISTER_broken_request_and_ACK_are_not_let_in_either()
    {
        Assert.StartsWith("SIP/2.0 403",
            Text(Judge(Invite(body: null).Replace("INVITE", "REGISTER").Replace("127.0.0.1:5060 SIP", "elsewhere.example SIP"), Stranger)));
        Assert.StartsWith("SIP/2.0 400", Text(Judge(Invite().Replace("CSeq: 1", "CSeq: x"), Stranger)));
        Assert.Null(Judge(Invite(body: null).Replace("INVITE", "ACK"), Stranger).Reply);
        Assert.Null(Judge("garbage", Stranger).Reply);
        Assert.Equal("keep_alive", Judge("\r\n\r\n", Stranger).Reason);
    }

    [Fact]
    public void A_trunks_source_and_loopback_on_a_laptop_are_known()
    {
        Assert.Equal(0, Judge(Invite(), Peer).Shard);
        Assert.True(Judge(Invite(), Peer).IsNewCall);
        Assert.Null(Judge(Invite(), Carrier).Shard);
        _rig.Current =
            Snapshot(trunks: [new() { Id = new(Guid.NewGuid()), Name = "t", Host = "x", Sources = [IPNetwork.Parse("203.0.113.0/24")] }]);
        Assert.Equal(0, Judge(Invite(), Carrier).Shard);
    }

    [Fact]
    public void Whoever_shows_our_token_is_let_in_from_anywhere()
    {
        _rig.Receive(Invite());
        Assert.Equal(0, Judge(Inside(_rig.Last, "BYE", 2, "z9hG4bKbye"), Stranger).Shard);
        Assert.Null(Judge(Inside(_rig.Last, "BYE", 2, "z9hG4bKbye").Replace(";tag=0", ";tag=1"), Stranger).Shard);
        _rig.Dial();
        Assert.Equal(0, Judge(Response(_rig.SentLast("INVITE "), "180 Ringing"), Stranger).Shard);
        Assert.Equal("stray_response",
            Judge(Response(_rig.SentLast("INVITE ").Replace("z9hG4bK", "z9hG4bKx"), "180 Ringing"), Stranger).Reason);
    }

    [Fact]
    public void Overload_answers_new_calls_only()
    {
        byte[] Wire(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));
        var busy = _rig.Filter.Overloaded(Wire(Invite()), SipFlow.Udp(Peer));
        Assert.Contains("Retry-After: 5", Encoding.UTF8.GetString(busy!.Bytes.Span));
        _rig.Receive(Invite());
        Assert.Null(_rig.Filter.Overloaded(Wire(Inside(_rig.Last, "INVITE", 2, "z9hG4bKre")), SipFlow.Udp(Peer)));
        Assert.Null(_rig.Filter.Overloaded(Wire("garbage"), SipFlow.Udp(Peer)));
    }

    [Theory]
    [InlineData("sip:bob@host.example", "bob", "host.example", null)]
    [InlineData("sip:bob@10.0.0.1:5080", "bob", "10.0.0.1", 5080)]
    [InlineData("SIP:+49@[::1]:5080;transport=udp", "+49", "[::1]", 5080)]
    [InlineData("sip:host.example", "", "host.example", null)]
    public void A_sip_destination_has_user_host_and_port(string text, string user, string host, int? port)
    {
        Assert.True(DialUri.TryParse(text, out var uri));
        Assert.Equal((user, host, port), (uri.User, uri.Host, uri.Port));
    }

    [Theory]
    [InlineData("+4930123")]
    [InlineData("sip:")]
    [InlineData("sip:bob@")]
    [InlineData("sip:bob@host:99999")]
    [InlineData("sip:bob smith@host")]
    [InlineData("sip:bob@ho st")]
    [InlineData("sip:bob\r\n@host")]
    [InlineData("sip:bob@[::1")]
    public void What_is_no_sip_destination_is_refused(string text) => Assert.False(DialUri.TryParse(text, out _));

    [Fact]
    public void A_number_goes_to_the_trunks_of_its_routes_in_order()
    {
        Trunk One(int n, bool isEnabled = true) =>
            new() { Id = new(new Guid(n, 0, 0, new byte[8])), Name = "t", Host = $"h{n}", IsEnabled = isEnabled };
        Route To(int n, string prefix, int priority) =>
            new() { Id = Guid.NewGuid(), Trunk = new(new Guid(n, 0, 0, new byte[8])), Prefix = prefix, Priority = priority };
        var routing = Snapshot(trunks: [One(1), One(2), One(3, isEnabled: false)],
            routes: [To(1, "+", 1), To(2, "+49", 5), To(3, "+49", 1), To(2, "+", 2)]);
        var plan = DialPlan.For(routing, Request("+4989777"), SipDomains.None);
        Assert.Equal(["h2", "h1"], plan.Targets.Select(t => t.Host));
        Assert.Equal(Refusal.NoRoute, DialPlan.For(Snapshot(), Request("+4989777"), SipDomains.None).Refusal);
        Assert.Equal(Refusal.BadDestination, DialPlan.For(routing, Request("bob"), SipDomains.None).Refusal);
    }

    /// <summary>
    /// The table is of fixed size: addresses that are forged at random share its places, and nobody else's answers are lost for it.
    /// </summary>
    [Fact]
    public void A_flood_from_everywhere_does_not_silence_the_next_stranger()
    {
        for (int i = 0; i < 20_000; i++) Judge(Invite(), new(new IPAddress([198, 18, (byte)(i >> 8), (byte)i]), 5060));
        int answered = 0;
        for (int i = 0; i < 100; i++) answered += Judge(Invite(), new(new IPAddress([198, 51, 100, (byte)i]), 5060)).Reply is null ? 0 : 1;
        Assert.True(answered > 95, $"{answered} of 100 are answered");
    }

    [Fact]
    public void What_is_said_in_a_call_goes_before_new_work_and_what_ends_one_before_that()
    {
        int Room(string text) => _rig.Filter.RoomFor(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n")));
        _rig.Receive(Invite());
        string ours = _rig.Last;
        Assert.Equal(Limits.MailboxMessagesForNewWork, Room(Invite()));
        Assert.Equal(Limits.MailboxMessagesForNewWork, Room(Invite(body: null).Replace("INVITE", "OPTIONS")));
        Assert.Equal(Limits.MailboxMessagesForNewWork, Room("garbage"));
        Assert.Equal(Limits.MailboxMessages, Room(Inside(ours, "INFO", 2, "z9hG4bKinfo")));
        foreach (string method in (string[])["BYE", "ACK"])
        {
            Assert.Equal(Limits.MailboxMessagesForEndings, Room(Inside(ours, method, 2, "z9hG4bKend")));
            Assert.Equal(Limits.MailboxMessagesForNewWork, Room(Inside(ours, method, 2, "z9hG4bKend").Replace(";tag=0", ";tag=1")));
        }
        Assert.Equal(Limits.MailboxMessagesForCancels, Room(Invite(body: null).Replace("INVITE", "CANCEL")));
        _rig.Dial();
        Assert.Equal(Limits.MailboxMessages, Room(Response(_rig.SentLast("INVITE "), "200 OK")));
        Assert.Equal(Limits.MailboxMessagesForNewWork, Room(Response(_rig.SentLast("INVITE ").Replace("z9hG4bK", "z9hG4bKx"), "200 OK")));
    }

    [Fact]
    public void Over_a_connection_overload_answers_whatever_belongs_to_no_call_for_it_does_not_come_again()
    {
        byte[] options = Encoding.UTF8.GetBytes(Invite(body: null).Replace("INVITE", "OPTIONS").ReplaceLineEndings("\r\n"));
        Assert.NotNull(_rig.Filter.Overloaded(options, new SipFlow(SipTransport.Tcp, Peer)));
        Assert.Null(_rig.Filter.Overloaded(options, SipFlow.Udp(Peer)));
    }

    [Fact]
    public void A_dial_tries_a_bounded_number_of_trunks()
    {
        var trunks = Enumerable.Range(1, Limits.DialTargets + 1)
            .Select(n => new Trunk { Id = new(new Guid(n, 0, 0, new byte[8])), Name = "t", Host = $"h{n}" }).ToArray();
        var routing = Snapshot(trunks: trunks, routes: trunks.Select(t => new Route { Id = Guid.NewGuid(), Trunk = t.Id }));
        Assert.Equal(Limits.DialTargets, DialPlan.For(routing, Request("+4989777"), SipDomains.None).Targets.Count);
    }
}
