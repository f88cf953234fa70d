using System.Net;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

public sealed class ServerTransactionTests
{
    private readonly TransactionLayer _layer = Wire.Layer();

    private static Instant At(double seconds) => new((long)(seconds * 1e9));

    private List<string> Receive(string text, double at = 0)
    {
        _layer.Handle(Wire.Bytes(text), Wire.Peer, At(at));
        return Outputs.Brief(_layer);
    }

    private TransactionOutput.RequestReceived Open(string text)
    {
        _layer.Handle(Wire.Bytes(text), Wire.Peer, At(0));
        return Outputs.Of(_layer).OfType<TransactionOutput.RequestReceived>().Single();
    }

    private static string AckOf(string invite, string tag) =>
        Wire.Like(invite, "ACK").Replace("To: <sip:bob@192.0.2.1>", $"To: <sip:bob@192.0.2.1>;tag={tag}", StringComparison.Ordinal);

    [Fact]
    public void An_INVITE_gets_100_at_once_and_so_does_each_repetition()
    {
        Assert.Equal(["SIP/2.0 100 Trying", "RequestReceived"], Receive(Wire.Invite()));
        Assert.Equal(["SIP/2.0 100 Trying"], Receive(Wire.Invite(), 0.5));
        Assert.Equal(1, _layer.Counters.Retransmissions);
    }

    [Fact]
    public void A_repetition_gets_the_last_provisional_response()
    {
        var opened = Open(Wire.Invite());
        Assert.True(_layer.Respond(opened.Transaction, 180, At(1)));
        Outputs.Of(_layer);
        Assert.Equal(["SIP/2.0 180 Ringing"], Receive(Wire.Invite(), 2));
    }

    [Fact]
    public void A_refused_INVITE_repeats_its_answer_until_the_ACK()
    {
        var opened = Open(Wire.Invite());
        Assert.True(_layer.Respond(opened.Transaction, 486, At(0)));
        Outputs.Of(_layer);
        Assert.Equal(["0.5 SIP/2.0 486 Busy Here", "1.5 SIP/2.0 486 Busy Here"], Outputs.Run(_layer, At(3)));
        Assert.Equal(["SIP/2.0 486 Busy Here"], Receive(Wire.Invite(), 3));
        Assert.Empty(Receive(AckOf(Wire.Invite(), opened.Request.LocalTag), 3.1));
        Assert.Empty(Receive(AckOf(Wire.Invite(), opened.Request.LocalTag), 3.2));
        Assert.Empty(Receive(Wire.Invite(), 3.3));
        Assert.Equal(["8.1 ServerEnded"], Outputs.Run(_layer, At(100)));
        Assert.False(_layer.Respond(opened.Transaction, 486, At(9)));
    }

    [Fact]
    public void A_refusal_is_acknowledged_by_an_ACK_with_a_branch_of_its_own_too()
    {
        var opened = Open(Wire.Invite());
        Assert.True(_layer.Respond(opened.Transaction, 486, At(0)));
        Outputs.Of(_layer);
        string tag = opened.Request.LocalTag, ack = AckOf(Wire.Invite(branch: "z9hG4bKack"), tag);
        foreach (var (part, other) in ((string, string)[])[(tag, "other"), ("c1@", "c2@"), ("tag=a1", "tag=a2"), ("CSeq: 1", "CSeq: 2")])
            Assert.Equal(["AckReceived"], Receive(ack.Replace(part, other, StringComparison.Ordinal), 0.1));
        Assert.Equal(["0.5 SIP/2.0 486 Busy Here"], Outputs.Run(_layer, At(1)));
        Assert.Empty(Receive(ack, 1));
        Assert.Equal(["AckReceived"], Receive(ack, 1.1));
        Assert.Equal(["6.0 ServerEnded"], Outputs.Run(_layer, At(100)));
    }

    [Fact]
    public void Without_an_ACK_the_refusal_gives_up_after_32_seconds()
    {
        var opened = Open(Wire.Invite());
        _layer.Respond(opened.Transaction, 503, At(0));
        Outputs.Of(_layer);
        var said = Outputs.Run(_layer, At(100));
        Assert.Equal(["0.5", "1.5", "3.5", "7.5", "11.5", "15.5", "19.5", "23.5", "27.5", "31.5", "32.0", "32.0"],
            said.Select(line => line.Split(' ')[0]));
        Assert.Equal(["32.0 AckTimedOut", "32.0 ServerEnded"], said[^2..]);
        Assert.Equal(0, _layer.Count);
    }

    [Fact]
    public void An_accepted_INVITE_absorbs_repetitions_and_hands_up_the_ACK()
    {
        var opened = Open(Wire.Invite());
        var answer = new SipResponseBuilder(opened.Request, 200).Add(SipHeader.Contact, "<sip:192.0.2.1>").Build();
        Assert.True(_layer.Respond(opened.Transaction, answer, At(0)));
        Outputs.Of(_layer);
        Assert.Empty(Receive(Wire.Invite(), 0.4));
        Assert.True(_layer.Respond(opened.Transaction, answer, At(0.5)));
        Assert.Equal(["SIP/2.0 200 OK"], Outputs.Brief(_layer));
        Assert.False(_layer.Respond(opened.Transaction, 486, At(0.6)));
        string ack = AckOf(Wire.Invite(branch: "z9hG4bKack"), opened.Request.LocalTag);
        Assert.Equal(["AckReceived"], Receive(ack, 1));
        Assert.Equal(["AckReceived"], Receive(AckOf(Wire.Invite(), opened.Request.LocalTag), 1));
        Assert.Equal(["32.0 ServerEnded"], Outputs.Run(_layer, At(100)));
    }

    [Fact]
    public void A_CANCEL_is_answered_with_the_tag_of_its_INVITE_and_reported()
    {
        var opened = Open(Wire.Invite());
        _layer.Handle(Wire.Bytes(Wire.Like(Wire.Invite(), "CANCEL")), Wire.Peer, At(1));
        var outputs = Outputs.Of(_layer);
        var ok = Wire.Response(Encoding.UTF8.GetString(Assert.IsType<TransactionOutput.Transmit>(outputs[0]).Bytes.Span));
        Assert.Equal((200, opened.Request.LocalTag), (ok.Status, ok.To.Tag.AsText()));
        Assert.Equal("CANCEL", ok.CSeq.Method.AsText());
        Assert.Equal(opened.Transaction, Assert.IsType<TransactionOutput.CancelReceived>(outputs[1]).Invite);
        Assert.Equal(["SIP/2.0 200 OK"], Receive(Wire.Like(Wire.Invite(), "CANCEL"), 1.5));
    }

    [Fact]
    public void A_CANCEL_after_the_answer_changes_nothing()
    {
        var opened = Open(Wire.Invite());
        _layer.Respond(opened.Transaction, 486, At(0));
        Outputs.Of(_layer);
        Assert.Equal(["SIP/2.0 200 OK"], Receive(Wire.Like(Wire.Invite(), "CANCEL"), 0.1));
    }

    [Theory]
    [InlineData("UDP 192.0.2.7:5070", "UDP 203.0.113.9:41812")]
    [InlineData("UDP 192.0.2.7:5070", "UDP 192.0.2.7:41812")]
    [InlineData("branch=z9hG4bKabc", "branch=z9hG4bKother")]
    public void A_CANCEL_that_names_another_address_or_branch_than_its_INVITE_ends_that(string part, string other)
    {
        Receive(Wire.Invite());
        string cancel = Wire.Like(Wire.Invite(), "CANCEL").Replace(part, other, StringComparison.Ordinal);
        Assert.False(_layer.IsNew(Wire.Request(cancel)));
        Assert.Equal(["SIP/2.0 200 OK", "CancelReceived"], Receive(cancel, 1));
        Assert.Equal(["SIP/2.0 200 OK"], Receive(cancel, 1.5));
    }

    [Fact]
    public void A_second_CANCEL_is_answered_and_kept_no_more_than_told()
    {
        Receive(Wire.Invite());
        string cancel = Wire.Like(Wire.Invite(), "CANCEL");
        Assert.Equal(["SIP/2.0 200 OK", "CancelReceived"], Receive(cancel, 1));
        for (int i = 0; i < 3; i++)
            Assert.Equal(["SIP/2.0 200 OK"], Receive(cancel.Replace("z9hG4bKabc", $"z9hG4bK{i}", StringComparison.Ordinal), 1));
        Assert.Equal(2, _layer.Count);
    }

    [Theory]
    [InlineData("sip:bob@", "sip:carol@")]
    [InlineData("tag=a1", "tag=a2")]
    [InlineData("Call-ID: c1", "Call-ID: c2")]
    [InlineData("CSeq: 1", "CSeq: 2")]
    public void Such_a_CANCEL_that_differs_in_more_is_for_nothing(string part, string other)
    {
        Receive(Wire.Invite());
        string cancel = Wire.Like(Wire.Invite(), "CANCEL").Replace("UDP 192.0.2.7:5070", "UDP 203.0.113.9:5070", StringComparison.Ordinal);
        Assert.StartsWith("SIP/2.0 481 ", Assert.Single(Receive(cancel.Replace(part, other, StringComparison.Ordinal), 1)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(";rport", "192.0.2.7:5071"), InlineData("", "192.0.2.7:5071"), InlineData(";rport", "192.0.2.8:5070")]
    public void A_CANCEL_with_another_branch_comes_from_the_socket_of_its_INVITE(string rport, string source)
    {
        string invite = Wire.Invite().Replace(";rport", rport, StringComparison.Ordinal), cancel = Wire.Like(invite, "CANCEL");
        string other = cancel.Replace("z9hG4bKabc", "z9hG4bKother", StringComparison.Ordinal);
        Receive(invite);
        _layer.Handle(Wire.Bytes(other), SipFlow.Udp(IPEndPoint.Parse(source)), At(1));
        Assert.Equal(["SIP/2.0 481 Call/Transaction Does Not Exist"], Outputs.Brief(_layer));
        Assert.Equal(["SIP/2.0 200 OK", "CancelReceived"], Receive(other, 2));
    }

    [Fact]
    public void A_CANCEL_with_the_branch_of_its_INVITE_comes_from_its_host()
    {
        Receive(Wire.Invite());
        byte[] cancel = Wire.Bytes(Wire.Like(Wire.Invite(), "CANCEL"));
        _layer.Handle(cancel, SipFlow.Udp(IPEndPoint.Parse("192.0.2.8:5070")), At(1));
        Assert.Equal(["SIP/2.0 481 Call/Transaction Does Not Exist"], Outputs.Brief(_layer));
        _layer.Handle(cancel, SipFlow.Udp(IPEndPoint.Parse("192.0.2.7:5071")), At(2));
        Assert.Equal(["SIP/2.0 200 OK", "CancelReceived"], Outputs.Brief(_layer));
    }

    [Theory]
    [InlineData(2L, SipTransport.Tcp), InlineData(1L, SipTransport.Tls)]
    public void A_CANCEL_with_another_branch_comes_by_the_connection_of_its_INVITE(long connection, SipTransport transport)
    {
        var peer = new SipFlow(SipTransport.Tcp, Wire.Peer.Remote) { Id = new(1) };
        string invite = Wire.Invite().Replace("/UDP", "/TCP", StringComparison.Ordinal);
        byte[] cancel = Wire.Bytes(Wire.Like(invite, "CANCEL").Replace("z9hG4bKabc", "z9hG4bKother", StringComparison.Ordinal));
        _layer.Handle(Wire.Bytes(invite), peer, At(0));
        Outputs.Of(_layer);
        _layer.Handle(cancel, new(transport, Wire.Peer.Remote) { Id = new(connection) }, At(1));
        Assert.Equal(["SIP/2.0 481 Call/Transaction Does Not Exist"], Outputs.Brief(_layer));
        _layer.Handle(cancel, peer, At(2));
        Assert.Equal(["SIP/2.0 200 OK", "CancelReceived"], Outputs.Brief(_layer));
    }

    [Fact]
    public void A_CANCEL_for_nothing_is_481_with_a_steady_tag()
    {
        byte[] cancel = Wire.Bytes(Wire.Like(Wire.Invite(), "CANCEL"));
        _layer.Handle(cancel, Wire.Peer, At(0));
        _layer.Handle(cancel, Wire.Peer, At(1));
        var answers = Outputs.Of(_layer).Cast<TransactionOutput.Transmit>()
            .Select(sent => Encoding.UTF8.GetString(sent.Bytes.Span)).ToList();
        Assert.StartsWith("SIP/2.0 481 ", answers[0], StringComparison.Ordinal);
        Assert.Equal(answers[0], answers[1]);
        Assert.Equal(0, _layer.Count);
    }

    [Fact]
    public void A_non_INVITE_request_is_answered_once_and_its_answer_repeated_for_32_seconds()
    {
        string options = Wire.Like(Wire.Invite(), "OPTIONS");
        var opened = Open(options);
        Assert.Empty(Receive(options, 0.5));
        _layer.Respond(opened.Transaction, 200, At(1));
        Assert.Equal(["SIP/2.0 200 OK"], Outputs.Brief(_layer));
        Assert.Equal(["SIP/2.0 200 OK"], Receive(options, 2));
        Assert.False(_layer.Respond(opened.Transaction, 404, At(2)));
        Assert.Equal(["33.0 ServerEnded"], Outputs.Run(_layer, At(100)));
    }

    [Fact]
    public void Transactions_that_only_linger_end_together()
    {
        foreach (int call in (int[])[1, 2, 3])
        {
            _layer.Handle(Wire.Bytes(Wire.Like(Wire.Invite(branch: $"z9hG4bK{call}", callId: $"c{call}@192.0.2.7"), "OPTIONS")),
                Wire.Peer, At(0));
            var opened = Outputs.Of(_layer).OfType<TransactionOutput.RequestReceived>().Single();
            _layer.Respond(opened.Transaction, 200, At(0.03 * call));
        }
        Outputs.Of(_layer);
        Assert.Equal(At(32.1), _layer.NextDue);
        Assert.Equal(["32.1 ServerEnded", "32.1 ServerEnded", "32.1 ServerEnded"], Outputs.Run(_layer, At(100)));
    }

    [Fact]
    public void The_same_request_by_another_way_is_482()
    {
        Receive(Wire.Invite());
        Assert.Equal(["SIP/2.0 482 Loop Detected"], Receive(Wire.Invite(branch: "z9hG4bKother")));
        Assert.Equal(1, _layer.Counters.MergedRequests);
        Assert.Equal(["SIP/2.0 100 Trying", "RequestReceived"], Receive(Wire.Invite(branch: "z9hG4bKnext", cseq: 2)));
    }

    [Fact]
    public void A_call_that_a_proxy_forks_to_two_of_our_users_is_one_for_each_and_comes_to_each_once()
    {
        Receive(Wire.Invite());
        string forked = Wire.Invite(branch: "z9hG4bKfork", uri: "sip:carol@192.0.2.1");
        Assert.Equal(["SIP/2.0 100 Trying", "RequestReceived"], Receive(forked));
        foreach (string uri in (string[])["sip:bob@192.0.2.1;user=phone", "sip:carol@sip.example.com:5070", "sips:carol@192.0.2.1"])
            Assert.Equal(["SIP/2.0 482 Loop Detected"], Receive(Wire.Invite(branch: $"z9hG4bK{uri.Length}", uri: uri)));
        Assert.Equal(["SIP/2.0 200 OK", "CancelReceived"], Receive(Wire.Like(forked, "CANCEL"), 1));
    }

    [Fact]
    public void Requests_that_differ_in_branch_case_of_host_or_method_find_their_transactions()
    {
        Receive(Wire.Invite().Replace("UDP 192.0.2.7:5070", "UDP Host.Example:5070", StringComparison.Ordinal));
        Assert.Equal(["SIP/2.0 100 Trying"],
            Receive(Wire.Invite().Replace("UDP 192.0.2.7:5070", "UDP hOST.example:5070", StringComparison.Ordinal)));
        Assert.Equal(["RequestReceived"],
            Receive(Wire.Like(Wire.Invite().Replace("UDP 192.0.2.7:5070", "UDP Host.Example:5070", StringComparison.Ordinal), "OPTIONS")));
    }

    [Fact]
    public void Peers_of_RFC_2543_are_matched_by_their_headers()
    {
        string Old(string method, string to = "<sip:bob@192.0.2.1>") => Wire.Like(Wire.Invite(branch: "1", to: to), method);
        var opened = Open(Old("INVITE"));
        Assert.Equal(["SIP/2.0 100 Trying"], Receive(Old("INVITE"), 0.1));
        Assert.Equal(["SIP/2.0 200 OK", "CancelReceived"], Receive(Old("CANCEL"), 0.2));
        _layer.Respond(opened.Transaction, 487, At(0.3));
        Outputs.Of(_layer);
        Assert.Empty(Receive(Old("ACK", $"<sip:bob@192.0.2.1>;tag={opened.Request.LocalTag}"), 0.4));
        Assert.Equal(["5.4 ServerEnded"], Outputs.Run(_layer, At(6)));
    }

    [Theory]
    [InlineData("192.0.2.7:5070;branch=z9hG4bK1;rport", "192.0.2.7:5070;branch=z9hG4bK1;received=192.0.2.7;rport=5999", "192.0.2.7:5999")]
    [InlineData("10.0.0.9:5070;rport;branch=z9hG4bK1", "10.0.0.9:5070;branch=z9hG4bK1;received=192.0.2.7;rport=5999", "192.0.2.7:5999")]
    [InlineData("192.0.2.7:5070;branch=z9hG4bK1", "192.0.2.7:5070;branch=z9hG4bK1", "192.0.2.7:5070")]
    [InlineData("192.0.2.7;branch=z9hG4bK1", "192.0.2.7;branch=z9hG4bK1", "192.0.2.7:5060")]
    [InlineData("198.51.100.9;branch=z9hG4bK1", "198.51.100.9;branch=z9hG4bK1;received=192.0.2.7", "192.0.2.7:5060")]
    [InlineData("10.0.0.9;branch=z9hG4bK1", "10.0.0.9;branch=z9hG4bK1;received=192.0.2.7", "192.0.2.7:5060", NatPolicy.TrustContact)]
    // A private port behind a public address is one that only the NAT knows.
    [InlineData("10.0.0.9;branch=z9hG4bK1", "10.0.0.9;branch=z9hG4bK1;received=192.0.2.7", "192.0.2.7:5999")]
    [InlineData("192.0.2.7:5070;branch=z9hG4bK1", "192.0.2.7:5070;branch=z9hG4bK1", "192.0.2.7:5999", NatPolicy.Source)]
    [InlineData("[fe80::1%eth0]:5070;branch=z9hG4bK1;rport", "[fe80::1%eth0]:5070;branch=z9hG4bK1;received=192.0.2.7;rport=5999",
        "192.0.2.7:5999")]
    [InlineData("host.example:5088;received=6.6.6.6;branch=z9hG4bK1;rport=1",
        "host.example:5088;branch=z9hG4bK1;received=192.0.2.7;rport=5999", "192.0.2.7:5999")]
    [InlineData("host.example:5088;branch=z9hG4bK1;maddr=6.6.6.6",
        "host.example:5088;branch=z9hG4bK1;maddr=6.6.6.6;received=192.0.2.7", "192.0.2.7:5088")]
    [InlineData("192.0.2.7:5070;branch=z9hG4bK1;rport, SIP/2.0/TCP h;branch=z9hG4bK2",
        "192.0.2.7:5070;branch=z9hG4bK1;received=192.0.2.7;rport=5999", "192.0.2.7:5999")]
    public void Responses_go_where_RFC_3581_and_the_policy_say(string via, string stamped, string target, NatPolicy nat = NatPolicy.Auto)
    {
        string options = Wire.Like(Wire.Invite(), "OPTIONS")
            .Replace("192.0.2.7:5070;branch=z9hG4bKabc;rport", via, StringComparison.Ordinal);
        _layer.Handle(Wire.Bytes(options), SipFlow.Udp(IPEndPoint.Parse("192.0.2.7:5999")).Under(nat), At(0));
        var opened = Assert.IsType<TransactionOutput.RequestReceived>(Outputs.Of(_layer)[0]);
        _layer.Respond(opened.Transaction, 200, At(0));
        var sent = Assert.IsType<TransactionOutput.Transmit>(Outputs.Of(_layer)[0]);
        Assert.Equal(target, sent.To.Remote.ToString());
        Assert.Contains($"Via: SIP/2.0/UDP {stamped}", Encoding.UTF8.GetString(sent.Bytes.Span), StringComparison.Ordinal);
        FixedPoint.Check(opened.Request);
    }

    [Fact]
    public void Who_is_on_our_link_is_answered_there_and_not_told_what_we_call_it()
    {
        var source = new IPEndPoint(new IPAddress(IPAddress.Parse("fe80::7").GetAddressBytes(), 3), 5070);
        string options = Wire.Like(Wire.Invite(), "OPTIONS").Replace("192.0.2.7:5070;", "[fe80::7%eth0]:5070;", StringComparison.Ordinal);
        _layer.Handle(Wire.Bytes(options), SipFlow.Udp(source), At(0));
        var opened = Outputs.Of(_layer).OfType<TransactionOutput.RequestReceived>().Single();
        _layer.Respond(opened.Transaction, 200, At(0));
        var sent = Outputs.Of(_layer).OfType<TransactionOutput.Transmit>().Single();
        Assert.Equal(source, sent.To.Remote);
        Assert.Contains("UDP [fe80::7%eth0]:5070;branch=z9hG4bKabc;received=fe80::7;rport=5070\r\n",
            Encoding.UTF8.GetString(sent.Bytes.Span), StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_ACK_or_response_is_never_answered()
    {
        Assert.Empty(Receive(Wire.Like(Wire.Invite(), "ACK").Replace("CSeq: 1", "CSeq: x", StringComparison.Ordinal)));
        Assert.Empty(Receive(Samples.All[6].Replace("CSeq: 1", "CSeq: x", StringComparison.Ordinal)));
        Assert.Equal(2, _layer.Counters.Malformed);
    }

    [Fact]
    public void Strangers_can_be_turned_away_before_any_state_exists()
    {
        Assert.Equal(Ringwright.Sip.ParseStatus.Ok, _layer.Read(Wire.Bytes(Wire.Invite()), Wire.Peer, out var message));
        var request = Assert.IsType<SipRequest>(message);
        Assert.True(_layer.IsNew(request));
        _layer.RespondStateless(request, Wire.Peer, 403);
        Assert.Equal(["SIP/2.0 403 Forbidden"], Outputs.Brief(_layer));
        Assert.Equal(0, _layer.Count);
        _layer.Handle(request, Wire.Peer, At(0));
        Assert.False(_layer.IsNew(request));
        Assert.False(_layer.IsNew(Wire.Request(Wire.Like(Wire.Invite(), "CANCEL"))));
        Assert.False(_layer.IsNew(Wire.Request(Wire.Like(Wire.Invite(), "ACK"))));
    }
}
