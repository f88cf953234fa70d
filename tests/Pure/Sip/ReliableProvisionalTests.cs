using System.Text;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

/// <summary>RFC 3262 on both sides of one INVITE.</summary>
public sealed class ReliableProvisionalTests
{
    private readonly TransactionLayer _layer = Wire.Layer();

    private static Instant At(double seconds) => new((long)(seconds * 1e9));

    private List<SipMessage> Sent() =>
        [.. Outputs.Of(_layer).OfType<TransactionOutput.Transmit>().Select(sent => Wire.Parse(Encoding.UTF8.GetString(sent.Bytes.Span)))];

    private IncomingInvite Received(string extra = "Require: 100rel")
    {
        _layer.Handle(Wire.Bytes(Wire.Invite(extra)), Wire.Peer, At(0));
        var invite = IncomingInvite.Of(_layer, Outputs.Of(_layer).OfType<TransactionOutput.RequestReceived>().Single(),
            "<sip:192.0.2.1:5060>");
        Assert.NotNull(invite);
        return invite;
    }

    private SipMessage SendReliably(IncomingInvite invite, int status, bool isDescription = false, double at = 0)
    {
        Assert.True(invite.SendReliably(invite.Response(status), isDescription, At(at)));
        return Sent().Single();
    }

    private static SipRequest Prack(SipMessage response, int cseq = 1, string method = "INVITE") =>
        Prack($"{response.Text(SipHeader.RSeq)} {cseq} {method}");

    private static SipRequest Prack(string rack) => Samples.Request(SipMethod.Prack).Add(SipHeader.RAck, rack).Build();

    [Theory]
    [InlineData("Require: 100rel", true, true)]
    [InlineData("Supported: timer, 100rel", false, true)]
    [InlineData("Supported: timer", false, false)]
    public void An_INVITE_says_whether_it_wants_reliable_responses(string header, bool requires, bool supports)
    {
        var invite = Received(header);
        Assert.Equal((requires, supports), (invite.RequiresReliability, invite.SupportsReliability));
    }

    [Fact]
    public void A_reliable_response_is_numbered_and_repeated_until_its_PRACK()
    {
        var invite = Received();
        var ringing = SendReliably(invite, 180);
        Assert.True(ringing.Lists(SipHeader.Require, "100rel"u8));
        Assert.True(uint.TryParse(ringing.Text(SipHeader.RSeq), out uint number) && number is > 0 and < int.MaxValue);
        foreach (double at in (double[])[0.5, 1.5, 3.5, 7.5, 15.5])
        {
            Assert.Equal(At(at), invite.NextDue);
            Assert.Equal(MissingAck.None, invite.HandleDue(At(at)));
            Assert.Equal(ringing.ToString(), Sent().Single().ToString());
        }
        Assert.True(invite.HandlePrack(Prack(ringing)));
        Assert.Equal(Instant.Never, invite.NextDue);
        Assert.False(invite.HandlePrack(Prack(ringing)));
    }

    [Fact]
    public void A_PRACK_for_another_number_or_method_matches_nothing()
    {
        var invite = Received();
        var ringing = SendReliably(invite, 180);
        Assert.False(invite.HandlePrack(Prack(ringing, method: "UPDATE")));
        Assert.False(invite.HandlePrack(Prack("1 1 INVITE")));
        Assert.False(invite.HandlePrack(Prack("nonsense")));
        Assert.NotEqual(Instant.Never, invite.NextDue);
    }

    [Fact] // a proxy has answered a challenge in the caller's place, and counted on
    public void A_PRACK_that_counts_its_INVITE_otherwise_is_taken_by_the_number_of_the_response()
    {
        var invite = Received();
        Assert.True(invite.HandlePrack(Prack(SendReliably(invite, 180), cseq: 2)));
        Assert.Equal(Instant.Never, invite.NextDue);
    }

    [Fact]
    public void The_next_one_waits_for_the_PRACK_of_the_first()
    {
        var invite = Received();
        var ringing = SendReliably(invite, 180);
        Assert.True(invite.SendReliably(invite.Response(183), isDescription: false, At(1)));
        Assert.Empty(Sent());
        Assert.True(invite.HandlePrack(Prack(ringing)));
        invite.Proceed(At(2));
        var progress = Assert.IsType<SipResponse>(Sent().Single());
        Assert.Equal((183, uint.Parse(ringing.Text(SipHeader.RSeq)!) + 1), (progress.Status, uint.Parse(progress.Text(SipHeader.RSeq)!)));
    }

    [Fact]
    public void Without_a_PRACK_it_says_so_once_after_32_seconds()
    {
        var invite = Received();
        SendReliably(invite, 180);
        List<(double, MissingAck)> said = [];
        while (invite.NextDue is var due && due != Instant.Never)
            if (invite.HandleDue(due) is var missing and not MissingAck.None) said.Add((due.Nanos / 1e9, missing));
        Assert.Equal([(32, MissingAck.Prack)], said);
    }

    [Fact]
    public void An_answer_waits_for_the_PRACK_of_a_session_description()
    {
        var invite = Received();
        var progress = SendReliably(invite, 183, isDescription: true);
        Assert.True(invite.Send(invite.Response(200).Build(), At(1)));
        Assert.Empty(Sent());
        Assert.False(invite.IsFinal);
        Assert.True(invite.HandlePrack(Prack(progress)));
        invite.Proceed(At(2));
        Assert.Equal(["SIP/2.0 200 OK"], Sent().Select(message => Outputs.StartLine(message.Bytes.Span)));
        Assert.True(invite.IsAnswered);
    }

    [Fact]
    public void An_answer_overtakes_the_PRACK_of_a_mere_ringing_and_ends_its_repetition()
    {
        var invite = Received();
        var ringing = SendReliably(invite, 180);
        Assert.True(invite.Send(invite.Response(200).Build(), At(0.1)));
        Assert.Equal(["SIP/2.0 200 OK"], Sent().Select(message => Outputs.StartLine(message.Bytes.Span)));
        Assert.Equal(At(0.6), invite.NextDue);
        Assert.True(invite.HandlePrack(Prack(ringing)));
    }

    [Fact]
    public void A_refusal_waits_for_nothing()
    {
        var invite = Received();
        SendReliably(invite, 183, isDescription: true);
        invite.Send(invite.Response(200).Build(), At(1));
        Assert.True(invite.HandleCancel(At(1)));
        Assert.Equal(["SIP/2.0 487 Request Terminated"], Sent().Select(message => Outputs.StartLine(message.Bytes.Span)));
        Assert.Equal(Instant.Never, invite.NextDue);
    }

    [Fact]
    public void The_caller_acknowledges_each_reliable_response_once_and_in_order()
    {
        var outgoing = new OutgoingInvite(_layer, Samples.OutgoingInvite(), Wire.Peer, At(0));
        var sent = (SipRequest)Sent().Single();
        sent.LocalTag = "a";
        InviteNews Hear(int status, uint number) =>
            outgoing.Handle(new SipResponseBuilder(sent, status).Add(SipHeader.Contact, "<sip:bob@192.0.2.9:5080>")
                .Add(SipHeader.Require, "100rel").Add(SipHeader.RSeq, $"{number}").Build(), Wire.Peer, At(1));

        var first = Assert.IsType<InviteNews.Progress>(Hear(180, 7));
        Assert.True(first.IsReliable);
        var prack = outgoing.CreatePrack(first).Build();
        Assert.Equal((SipMethod.Prack, "sip:bob@192.0.2.9:5080", "7 1 INVITE", 2u),
            (prack.Method, prack.RequestUri.AsText(), prack.Text(SipHeader.RAck), prack.CSeq.Number));
        Assert.IsType<InviteNews.Nothing>(Hear(180, 7));
        Assert.IsType<InviteNews.Nothing>(Hear(183, 9));
        Assert.IsType<InviteNews.Progress>(Hear(183, 8));
        Assert.Same(first.Early, outgoing.Find(first.Early!.Id));
    }

    [Fact] // the same at the far end of an INVITE of ours
    public void What_a_proxy_has_counted_on_is_acknowledged_as_the_far_end_counts()
    {
        var outgoing = new OutgoingInvite(_layer, Samples.OutgoingInvite(), Wire.Peer, At(0));
        string sent = Sent().Single().ToString();
        SipRequest Counted(int number)
        {
            var request = Wire.Request(sent.Replace("CSeq: 1 ", $"CSeq: {number} ", StringComparison.Ordinal));
            request.LocalTag = "a";
            return request;
        }
        var ringing = new SipResponseBuilder(Counted(2), 180).Add(SipHeader.Require, "100rel").Add(SipHeader.RSeq, "7").Build();
        var progress = Assert.IsType<InviteNews.Progress>(outgoing.Handle(ringing, Wire.Peer, At(1)));
        var prack = outgoing.CreatePrack(progress).Build();
        Assert.Equal(("7 2 INVITE", 3u), (prack.Text(SipHeader.RAck), prack.CSeq.Number));
        Assert.IsType<InviteNews.Answered>(outgoing.Handle(new SipResponseBuilder(Counted(2), 200).Build(), Wire.Peer, At(2)));
        outgoing.Acknowledge();
        Assert.Equal("2 ACK", Sent().Single().Text(SipHeader.CSeq));
        Assert.Equal(4u, outgoing.Dialog!.CreateRequest(SipMethod.Bye).Build().CSeq.Number);
    }

    [Theory, InlineData(6), InlineData(int.MaxValue)]
    public void A_number_that_no_proxy_has_counted_on_is_not_taken(int number)
    {
        var outgoing = new OutgoingInvite(_layer, Samples.OutgoingInvite(), Wire.Peer, At(0));
        var request = Wire.Request(Sent().Single().ToString().Replace("CSeq: 1 ", $"CSeq: {number} ", StringComparison.Ordinal));
        request.LocalTag = "a";
        Assert.IsType<InviteNews.Answered>(outgoing.Handle(new SipResponseBuilder(request, 200).Build(), Wire.Peer, At(1)));
        outgoing.Acknowledge();
        Assert.Equal("1 ACK", Sent().Single().Text(SipHeader.CSeq));
        Assert.Equal(2u, outgoing.Dialog!.CreateRequest(SipMethod.Bye).Build().CSeq.Number);
    }

    [Fact]
    public void An_unreliable_response_wants_no_PRACK()
    {
        var outgoing = new OutgoingInvite(_layer, Samples.OutgoingInvite(), Wire.Peer, At(0));
        var sent = (SipRequest)Sent().Single();
        sent.LocalTag = "a";
        var news = Assert.IsType<InviteNews.Progress>(outgoing.Handle(new SipResponseBuilder(sent, 180).Build(), Wire.Peer, At(1)));
        Assert.False(news.IsReliable);
        Assert.Throws<InvalidOperationException>(() => outgoing.CreatePrack(news));
    }

    [Theory]
    [InlineData("776656 1 INVITE", ParseStatus.Ok)]
    [InlineData("776656  1\t INVITE", ParseStatus.Ok)]
    [InlineData("4294967296 1 INVITE", ParseStatus.BadNumber)]
    [InlineData("1 INVITE", ParseStatus.BadCSeq)]
    [InlineData("1", ParseStatus.BadNumber)]
    [InlineData("", ParseStatus.BadNumber)]
    public void RAck_is_read_or_refused(string value, ParseStatus status)
    {
        Assert.Equal(status, RAck.TryParse(Encoding.UTF8.GetBytes(value), out var rack));
        if (status is ParseStatus.Ok) Assert.Equal((776656u, 1u, "INVITE"), (rack.Response, rack.CSeq, rack.Method.AsText()));
    }
}
