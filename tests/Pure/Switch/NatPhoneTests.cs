using System.Net;
using Ringwright.Core;
using Ringwright.Sip.Transactions;
using Ringwright.Switch.Registrations;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Phones behind NATs, behind proxies, and with several flows: what is sent to them, by which way, and when.</summary>
public sealed class NatPhoneTests
{
    private static readonly IPEndPoint Outside = IPEndPoint.Parse("198.51.100.20:40000"), Moved = IPEndPoint.Parse("198.51.100.20:41111");

    private int _cseq;

    private static ShardRig Rig(NatSettings? nat = null) => new(nat: nat) { Current = Phones.Snapshot() };

    private void Register(ShardRig rig, IPEndPoint from, string? contact = null, string? extra = null,
        SipTransport transport = SipTransport.Udp)
    {
        string text = Phones.Request("REGISTER", "alice1", ++_cseq, extra: extra);
        if (contact is not null) text = text.Replace("<sip:alice1@10.0.0.5:5060>", contact);
        rig.ReceiveBy(new(transport, from), text, new(Phones.Desk, "alice1"));
    }

    private static (string Text, IPEndPoint To)[] Sent(ShardRig rig, string start) =>
        [.. rig.Sent.Zip(rig.SentTo).Where(sent => sent.First.StartsWith(start, StringComparison.Ordinal))];

    [Fact]
    public void The_way_is_kept_open_by_OPTIONS_that_any_answer_ends()
    {
        var rig = Rig();
        Register(rig, Outside);
        for (int i = 0; i < 75; i++)
        {
            rig.Advance(1);
            if (rig.Last.StartsWith("OPTIONS", StringComparison.Ordinal)) rig.Receive(Response(rig.Last, "404 Not Found"), Outside);
        }
        Assert.Equal(5, rig.SentOnce("OPTIONS"));
        Assert.All(Sent(rig, "OPTIONS"), sent => Assert.Equal(Outside, sent.To));
        Assert.StartsWith("OPTIONS sip:alice1@10.0.0.5:5060 SIP/2.0", rig.SentLast("OPTIONS"));
    }

    [Fact]
    public void A_phone_that_has_its_whole_address_for_its_name_is_registered()
    {
        var rig = Rig();
        rig.ReceiveBy(new(SipTransport.Udp, Outside), Phones.Request("REGISTER", "alice1", ++_cseq)
            .Replace("sip:alice1@sip.example.com", "sip:alice1%40SIP.example.com@sip.example.com"), new(Phones.Desk, "alice1"));
        Assert.StartsWith("<sip:alice1@10.0.0.5:5060>;", Header(rig.SentLast("SIP/2.0 200"), "Contact"));
    }

    [Theory] // as a phone does whose "SIP user ID" is its number, and whose name is its "authentication ID"
    [InlineData("sip:+4989111@sip.example.com", 200), InlineData("sip:004989111@sip.example.com", 200), InlineData("tel:+4989111", 200)]
    [InlineData("sip:2125550100@sip.example.com", 200)]
    [InlineData("sip:+4989113@sip.example.com", 403), InlineData("sip:bob@sip.example.com", 403), InlineData("tel:+4989113", 403)]
    public void A_phone_that_has_a_number_of_its_own_for_its_name_is_registered(string record, int status)
    {
        var desk = Phones.Desk with { Sip = Phones.Desk.Sip! with { Origination = new() { Localization = "US" } } };       // it has one
        var rig = Rig();
        rig.Current = Phones.Snapshot(desk, [new("+4989111", Sample.Tenant, desk.Id), new("+12125550100", Sample.Tenant, desk.Id),
            new("+4989113", Sample.Tenant, Phones.Pbx.Id)]);
        string As(string user) => Phones.Request("REGISTER", user, ++_cseq).Replace($"sip:{user}@sip.example.com", record);
        rig.ReceiveBy(new(SipTransport.Udp, Outside), As("alice1"), new(desk, "alice1"));
        Assert.StartsWith($"SIP/2.0 {status}", rig.SentLast("SIP/2.0"), StringComparison.Ordinal);
        Assert.Equal(status == 200 ? 1 : 0, rig.Registrations.Find("alice1").Count);
        // Who else may log in at that connection has no number.
        rig.ReceiveBy(new(SipTransport.Udp, Outside), As("expired"), new(desk, "expired"));
        Assert.StartsWith("SIP/2.0 403", rig.SentLast("SIP/2.0"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_Contact_with_headers_is_told_as_it_is_and_reached_without_them()
    {
        var rig = Rig();
        Register(rig, Outside, "<sip:alice1@10.0.0.5:5060?Subject=desk>");
        Assert.StartsWith("<sip:alice1@10.0.0.5:5060?Subject=desk>;", Header(rig.SentLast("SIP/2.0 200"), "Contact"));
        rig.Advance(16);
        Assert.StartsWith("OPTIONS sip:alice1@10.0.0.5:5060 SIP/2.0", rig.SentLast("OPTIONS"));
        rig.Dial(ShardRig.Request("sip:alice1@sip.example.com"));
        Assert.StartsWith("INVITE sip:alice1@10.0.0.5:5060 SIP/2.0", rig.SentLast("INVITE"));
    }

    /// <summary>Eleven repetitions in 32 seconds keep the way open too, and a phone that is silent to OPTIONS may answer calls.</summary>
    [Fact]
    public void A_phone_that_does_not_answer_keeps_its_binding_and_is_not_asked_twice_at_once()
    {
        var rig = Rig();
        Register(rig, Outside);
        rig.Advance(60);
        Assert.InRange(rig.SentOnce("OPTIONS"), 2, 3);
        Assert.Single(rig.Registrations.Find("alice1"));
        rig.Advance(61);
        Assert.Empty(rig.Registrations.Find("alice1"));
        rig.Advance(40);
        int sent = rig.Sent.Count;
        rig.Advance(600);
        Assert.Equal(sent, rig.Sent.Count);
        rig.AssertNothingLeft();
    }

    [Fact]
    public void A_binding_that_moved_is_kept_open_where_it_is_now()
    {
        var rig = Rig(new() { KeepAlive = KeepAliveKind.Crlf });
        Register(rig, Outside);
        rig.Advance(45);
        Register(rig, Moved);
        rig.Advance(30);
        Assert.Equal([Outside, Outside, Outside, Moved, Moved], Sent(rig, "\r\n\r\n").Select(sent => sent.To));
        Assert.Equal(0, rig.SentCount("OPTIONS"));
    }

    [Theory]
    [InlineData("127.0.0.1:5071", "<sip:alice1@127.0.0.1:5071>", KeepAliveKind.Options, SipTransport.Udp, 0, 0)]      // no NAT
    [InlineData("198.51.100.20:40000", null, KeepAliveKind.Off, SipTransport.Udp, 0, 0)]
    [InlineData("198.51.100.20:40000", null, KeepAliveKind.Crlf, SipTransport.Udp, 0, 6)]
    [InlineData("198.51.100.20:40000", null, KeepAliveKind.Options, SipTransport.Tcp, 2, 0)]        // every fourth time
    [InlineData("198.51.100.20:40000", null, KeepAliveKind.Crlf, SipTransport.Tcp, 2, 0)]           // a broken connection shows itself
    public void Who_needs_it_gets_it(string from, string? contact, KeepAliveKind kind, SipTransport transport, int options, int lines)
    {
        var rig = Rig(new() { KeepAlive = kind });
        Register(rig, IPEndPoint.Parse(from), contact, transport: transport);
        for (int i = 0; i < 90; i++)
        {
            rig.Advance(1);
            if (rig.Last.StartsWith("OPTIONS", StringComparison.Ordinal))
                rig.ReceiveBy(new(transport, Outside), Response(rig.Last, "200 OK"));
        }
        Assert.Equal((options, lines), (rig.SentOnce("OPTIONS"), rig.SentCount("\r\n\r\n")));
    }

    /// <summary>Through a NAT nobody can open a connection to a phone.</summary>
    [Fact]
    public void After_its_connection_broke_a_phone_is_left_alone_until_it_registers_again()
    {
        var rig = Rig();
        Register(rig, Outside, transport: SipTransport.Tcp);
        rig.Advance(60);
        Assert.Equal(1, rig.SentOnce("OPTIONS"));
        rig.FailLast("the connection is gone", isLost: true);
        rig.FailLast("nobody there");
        Register(rig, Moved, transport: SipTransport.Tcp);
        rig.Advance(59);
        Assert.Equal(Moved, Sent(rig, "OPTIONS")[^1].To);
    }

    [Fact]
    public void Three_hundred_phones_are_not_asked_at_one_moment()
    {
        var rig = Rig(new() { KeepAlive = KeepAliveKind.Crlf });
        for (int i = 0; i < 300; i++)
            rig.ReceiveFrom(new(Phones.Desk, $"user{i}"), Phones.Request("REGISTER", $"user{i}", ++_cseq),
                new(Outside.Address, 20_000 + i));
        int most = 0;
        for (int second = 0; second < 15; second++)
        {
            int before = Sent(rig, "\r\n").Length;
            rig.Advance(1);
            most = Math.Max(most, Sent(rig, "\r\n").Length - before);
        }
        Assert.Equal(300, Sent(rig, "\r\n").Length);
        Assert.True(most < 60, $"{most} in one second");
    }

    [Fact]
    public void A_call_follows_the_path_to_the_proxy_that_registered_the_phone()
    {
        var rig = Rig();
        var proxy = IPEndPoint.Parse("203.0.113.77:5060");
        Register(rig, proxy, extra: "Path: <sip:203.0.113.77;lr>, <sip:10.9.9.9;lr>\nSupported: path");
        rig.Receive(Invite("+4989111"));
        var (invite, to) = Assert.Single(Sent(rig, "INVITE"));
        Assert.StartsWith("INVITE sip:alice1@10.0.0.5:5060 SIP/2.0", invite);
        Assert.Contains("\r\nRoute: <sip:203.0.113.77;lr>\r\nRoute: <sip:10.9.9.9;lr>\r\n", invite);
        Assert.Equal(proxy, to);
        rig.Advance(120);
        Assert.Equal(0, rig.SentCount("OPTIONS"));        // whatever NAT there is, the proxy keeps it open
    }

    /// <summary>Else a user of ours would make us send calls, and who calls, to whomever he names.</summary>
    [Fact]
    public void A_path_that_names_a_third_party_leads_back_to_who_registered()
    {
        var rig = Rig();
        Register(rig, Outside, extra: "Path: <sip:192.0.2.66;lr>");
        rig.Receive(Invite("+4989111"));
        Assert.Equal(Outside, Assert.Single(Sent(rig, "INVITE")).To);
    }

    [Theory]
    [InlineData("<sip:alice1@0.0.0.0:5060>", "sip:alice1@0.0.0.0:5060")]
    [InlineData("<sip:alice1@[fe80::5%eth0]:5060>", "sip:alice1@[fe80::5%eth0]:5060")]
    public void A_phone_that_does_not_know_where_it_is_is_called_where_it_registered(string contact, string called)
    {
        var rig = Rig();
        Register(rig, Outside, contact);
        Assert.StartsWith($"{contact};", Header(rig.SentLast("SIP/2.0 200"), "Contact"));
        rig.Receive(Invite("+4989111"));
        var (invite, to) = Assert.Single(Sent(rig, "INVITE"));
        Assert.StartsWith($"INVITE {called} SIP/2.0", invite);
        Assert.Equal(Outside, to);
    }

    private void Flow(ShardRig rig, int id, string from) => Register(rig, IPEndPoint.Parse(from),
        $"<sip:alice1@10.0.0.5:5060;transport=tcp>;reg-id={id};+sip.instance=\"<urn:uuid:one>\"",
        $"Supported: path, outbound\nX-Flow: {id}", SipTransport.Tcp);

    [Fact]
    public void A_phone_with_two_flows_rings_once_and_by_the_other_flow_when_one_fails()
    {
        var rig = Rig();
        Flow(rig, 1, "198.51.100.20:40001");
        rig.Advance(1);
        Flow(rig, 2, "198.51.100.20:40002");
        rig.Receive(Invite("+4989111"));
        Assert.Equal(40_002, Assert.Single(Sent(rig, "INVITE")).To.Port);
        rig.FailLast("the connection is gone", isLost: true);
        rig.FailLast("nobody there");
        Assert.Equal(40_001, Sent(rig, "INVITE")[^1].To.Port);
        rig.ReceiveBy(new(SipTransport.Tcp, Outside), Response(rig.SentLast("INVITE"), "430 Flow Failed"));
        Assert.Equal(1, rig.SentCount("SIP/2.0 480") + rig.SentCount("SIP/2.0 430") + rig.SentCount("SIP/2.0 5"));
    }

    [Fact]
    public void A_flow_that_its_proxy_has_lost_leads_to_the_other()
    {
        var rig = Rig();
        Flow(rig, 1, "198.51.100.20:40001");
        rig.Advance(1);
        Flow(rig, 2, "198.51.100.20:40002");
        rig.Receive(Invite("+4989111"));
        rig.ReceiveBy(new(SipTransport.Tcp, Outside), Response(rig.SentLast("INVITE"), "430 Flow Failed"));
        Assert.Equal([40_002, 40_001], Sent(rig, "INVITE").Select(sent => sent.To.Port));
        rig.ReceiveBy(new(SipTransport.Tcp, Outside), Response(rig.SentLast("INVITE"), "200 OK", body: Offer.Replace("8 0 101", "0 101")));
        Assert.Equal(1, rig.SentOnce("SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKone"));
    }

    /// <summary>On the same port and by whoever asks: no credentials, no transaction, no word of who is registered.</summary>
    [Fact]
    public void STUN_is_answered_to_a_stranger_and_not_without_end()
    {
        var rig = Rig();
        byte[] request = [0, 1, 0, 0, 0x21, 0x12, 0xA4, 0x42, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];
        int answered = 0;
        for (int i = 0; i < 1_000; i++) answered += rig.Filter.Judge(request, SipFlow.Udp(Outside), rig.Now).Reply is null ? 0 : 1;
        Assert.Equal(100, answered);
        Assert.Null(rig.Filter.Judge(request, new(SipTransport.Tcp, Moved), rig.Now).Shard);
    }
}
