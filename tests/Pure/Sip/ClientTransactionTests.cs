using System.Text;
using Ringwright.Core;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

public sealed class ClientTransactionTests
{
    private static readonly Instant Start = new(0);
    private readonly TransactionLayer _layer = Wire.Layer();

    private SipRequest Send(SipMethod method, out ClientTransactionId id)
    {
        var request = method is SipMethod.Invite
            ? Samples.OutgoingInvite()
            : new SipRequestBuilder(method, "sip:bob@192.0.2.7:5070").Add(SipHeader.From, "<sip:x@192.0.2.1>;tag=local").Add(SipHeader.To,
                "<sip:bob@192.0.2.7>").Add(SipHeader.CallId, "call-2").Add(SipHeader.CSeq, $"7 {method.Wire().AsText()}").Build();
        id = _layer.SendRequest(request, Wire.Peer, Start);
        var sent = Assert.IsType<TransactionOutput.Transmit>(Assert.Single(Outputs.Of(_layer)));
        Assert.Equal(Wire.Peer, sent.To);
        Assert.Equal(Ringwright.Sip.ParseStatus.Ok, SipParser.TryParse(sent.Bytes.Span, out var parsed));
        return Assert.IsType<SipRequest>(parsed);
    }

    private static SipResponse Answer(SipRequest request, int status, string tag = "far")
    {
        request.LocalTag = tag;
        return new SipResponseBuilder(request, status).Add(SipHeader.Contact, "<sip:bob@192.0.2.7:5070>").Build();
    }

    private List<string> Receive(SipRequest request, int status, double at, string tag = "far")
    {
        _layer.Handle(Answer(request, status, tag).Bytes.Span, Wire.Peer, At(at));
        return Outputs.Brief(_layer);
    }

    private static Instant At(double seconds) => new((long)(seconds * 1e9));

    [Fact]
    public void The_layer_adds_a_Via_with_a_fresh_branch_and_rport()
    {
        var via = Send(SipMethod.Invite, out _).TopVia;
        Assert.Equal("192.0.2.1", via.Host.AsText());
        Assert.Equal(5060, via.Port);
        Assert.True(via.HasMagicBranch);
        Assert.True(via.HasRport);
        Assert.True(SipTokens.TryRead(via.Branch, Wire.Node.TokenKey.Span, out int node, out int shard, out uint epoch));
        Assert.Equal((1, 0, 7u), (node, shard, epoch));
    }

    [Fact]
    public void An_unanswered_INVITE_is_repeated_at_doubling_intervals_for_32_seconds()
    {
        Send(SipMethod.Invite, out _);
        const string again = "INVITE sip:bob@192.0.2.7:5070 SIP/2.0";
        Assert.Equal([$"0.5 {again}", $"1.5 {again}", $"3.5 {again}", $"7.5 {again}", $"15.5 {again}", $"31.5 {again}", "32.0 TimedOut",
            "32.0 ClientEnded"], Outputs.Run(_layer, At(100)));
        Assert.Equal(0, _layer.Count);
    }

    [Fact]
    public void An_unanswered_OPTIONS_is_repeated_at_intervals_of_at_most_4_seconds_for_32_seconds()
    {
        Send(SipMethod.Options, out _);
        var said = Outputs.Run(_layer, At(100));
        Assert.Equal(["0.5", "1.5", "3.5", "7.5", "11.5", "15.5", "19.5", "23.5", "27.5", "31.5", "32.0", "32.0"],
            said.Select(line => line.Split(' ')[0]));
        Assert.Equal(["32.0 TimedOut", "32.0 ClientEnded"], said[^2..]);
    }

    [Fact]
    public void A_provisional_response_stops_the_INVITE_and_slows_the_OPTIONS()
    {
        var invite = Send(SipMethod.Invite, out _);
        Assert.Equal(["ResponseReceived"], Receive(invite, 180, 0.1));
        Assert.Equal(Instant.Never, _layer.NextDue);
        var options = Send(SipMethod.Options, out _);
        Receive(options, 100, 0.1);
        Assert.Equal(["0.5", "4.5", "8.5"], Outputs.Run(_layer, At(9)).Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public void A_failure_is_acknowledged_each_time_and_reported_once()
    {
        var invite = Send(SipMethod.Invite, out _);
        var answer = Answer(invite, 486);
        _layer.Handle(answer.Bytes.Span, Wire.Peer, At(1));
        var outputs = Outputs.Of(_layer);
        var ack = Wire.Request(Encoding.UTF8.GetString(Assert.IsType<TransactionOutput.Transmit>(outputs[0]).Bytes.Span));
        Assert.IsType<TransactionOutput.ResponseReceived>(outputs[1]);
        Assert.Equal(SipMethod.Ack, ack.Method);
        Assert.Equal(invite.TopVia.Branch.AsText(), ack.TopVia.Branch.AsText());
        Assert.Equal("far", ack.To.Tag.AsText());
        Assert.Equal(1u, ack.CSeq.Number);
        Assert.Equal(["ACK sip:bob@192.0.2.7:5070 SIP/2.0"], Receive(invite, 486, 2));
        Assert.Equal(["33.0 ClientEnded"], Outputs.Run(_layer, At(100)));
        Assert.Empty(Receive(invite, 486, 40));
        Assert.Equal(1, _layer.Counters.StrayResponses);
    }

    [Fact]
    public void Every_2xx_comes_up_until_timer_M()
    {
        var invite = Send(SipMethod.Invite, out _);
        Assert.Equal(["ResponseReceived"], Receive(invite, 200, 1));
        Assert.Equal(["ResponseReceived"], Receive(invite, 200, 1.5));
        Assert.Equal(["ResponseReceived"], Receive(invite, 200, 2, tag: "fork"));
        Assert.Empty(Receive(invite, 486, 2));
        Assert.Equal(["33.0 ClientEnded"], Outputs.Run(_layer, At(100)));
    }

    [Fact]
    public void A_CANCEL_waits_for_a_provisional_response_and_shares_branch_and_routes()
    {
        var routed = SipRequestBuilder.Again(Samples.OutgoingInvite(), 1).Add(SipHeader.Route, "<sip:p1;lr>, <sip:p2;lr>").Build();
        var id = _layer.SendRequest(routed, Wire.Peer, Start);
        var invite = Wire.Request(Encoding.UTF8.GetString(Assert.IsType<TransactionOutput.Transmit>(Outputs.Of(_layer)[0]).Bytes.Span));
        Assert.True(_layer.Cancel(id, At(0.1), "SIP;cause=200"));
        Assert.True(_layer.Cancel(id, At(0.2)));
        Assert.Empty(Outputs.Of(_layer));
        _layer.Handle(Answer(invite, 180).Bytes.Span, Wire.Peer, At(0.3));
        var outputs = Outputs.Of(_layer);
        Assert.IsType<TransactionOutput.ResponseReceived>(outputs[0]);
        var cancel = Wire.Request(Encoding.UTF8.GetString(Assert.IsType<TransactionOutput.Transmit>(outputs[1]).Bytes.Span));
        Assert.Equal(SipMethod.Cancel, cancel.Method);
        Assert.Equal(invite.TopVia.Branch.AsText(), cancel.TopVia.Branch.AsText());
        Assert.True(cancel.To.Tag.IsEmpty);
        Assert.Equal("SIP;cause=200", cancel.Text(SipHeader.Reason));
        Assert.Equal(2, cancel.ToString().Split("\r\nRoute: ").Length - 1);
        Assert.Empty(Receive(cancel, 200, 0.4));
        Assert.Equal(["ACK sip:bob@192.0.2.7:5070 SIP/2.0", "ResponseReceived"], Receive(invite, 487, 0.5));
        Assert.False(_layer.Cancel(id, At(1)));
        Outputs.Run(_layer, At(100));
        Assert.Equal(0, _layer.Count);
    }

    [Fact]
    public void A_cancelled_INVITE_without_final_response_ends_after_32_seconds()
    {
        var invite = Send(SipMethod.Invite, out var id);
        Receive(invite, 180, 1);
        _layer.Cancel(id, At(10));
        Outputs.Of(_layer);
        _layer.HandleDue(At(10));
        Instant now = At(10);
        TransactionOutput.TimedOut? timedOut = null;
        while (_layer.NextDue != Instant.Never)
        {
            now = _layer.NextDue;
            _layer.HandleDue(now);
            timedOut = Outputs.Of(_layer).OfType<TransactionOutput.TimedOut>().SingleOrDefault() ?? timedOut;
        }
        Assert.Equal(new TransactionOutput.TimedOut(id, IsCancelled: true), timedOut);
        Assert.Equal(At(42), now);
        Assert.Equal(0, _layer.Count);
    }

    [Fact]
    public void A_transport_error_ends_the_transaction_and_is_reported()
    {
        var id = _layer.SendRequest(Samples.OutgoingInvite(), Wire.Peer, Start);
        var sent = Assert.IsType<TransactionOutput.Transmit>(Outputs.Of(_layer)[0]);
        _layer.HandleTransportError(sent, At(0.1));
        Assert.Equal([new TransactionOutput.TransportFailed(id), new TransactionOutput.ClientEnded(id)], Outputs.Of(_layer));
        Assert.Equal(Instant.Never, _layer.NextDue);
    }

    [Fact]
    public void A_repetition_that_cannot_be_sent_is_one_that_was_lost()
    {
        var invite = Send(SipMethod.Invite, out var id);
        _layer.HandleDue(At(0.5));
        _layer.HandleTransportError(Assert.IsType<TransactionOutput.Transmit>(Assert.Single(Outputs.Of(_layer))), At(0.5));
        Assert.Empty(Outputs.Of(_layer));
        _layer.Handle(Answer(invite, 200).Bytes.Span, Wire.Peer, At(0.6));
        Assert.Equal(id, Assert.IsType<TransactionOutput.ResponseReceived>(Assert.Single(Outputs.Of(_layer))).Transaction);
    }

    [Fact]
    public void A_response_with_two_Vias_or_a_strange_branch_is_nobodys()
    {
        var invite = Send(SipMethod.Invite, out _);
        string answer = Answer(invite, 200).ToString();
        _layer.Handle(Wire.Bytes(answer.Replace("From:", "Via: SIP/2.0/UDP 192.0.2.50;branch=z9hG4bKq\r\nFrom:", StringComparison.Ordinal)),
            Wire.Peer, At(1));
        _layer.Handle(Wire.Bytes(answer.Replace("branch=z9hG4bK", "branch=z9hG4bK0", StringComparison.Ordinal)), Wire.Peer, At(1));
        _layer.Handle(Wire.Bytes(answer.Replace("1 INVITE", "1 OPTIONS", StringComparison.Ordinal)), Wire.Peer, At(1));
        Assert.Empty(Outputs.Of(_layer));
        Assert.Equal(3, _layer.Counters.StrayResponses);
    }

    [Fact]
    public void Over_a_reliable_transport_nothing_is_repeated_and_nothing_lingers()
    {
        var flow = new SipFlow(SipTransport.Tcp, Wire.Peer.Remote);
        _layer.SendRequest(Samples.OutgoingInvite(), flow, Start);
        var invite = Wire.Request(Encoding.UTF8.GetString(Assert.IsType<TransactionOutput.Transmit>(Outputs.Of(_layer)[0]).Bytes.Span));
        Assert.Equal("TCP", invite.TopVia.Transport.AsText());
        Assert.Equal(At(32), _layer.NextDue);
        _layer.Handle(Answer(invite, 486).Bytes.Span, flow, At(1));
        Outputs.Of(_layer);
        Assert.Equal(["1.0 ClientEnded"], Outputs.Run(_layer, At(1)));
    }
}
