using System.Text;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

public sealed class OutgoingInviteTests
{
    private readonly TransactionLayer _layer = Wire.Layer();
    private readonly OutgoingInvite _invite;
    private readonly SipRequest _sent;

    public OutgoingInviteTests()
    {
        _invite = new(_layer, Samples.OutgoingInvite(), Wire.Peer, new(0));
        _sent = Sent().Single();
    }

    private static Instant At(double seconds) => new((long)(seconds * 1e9));

    private List<SipRequest> Sent() =>
        [.. Outputs.Of(_layer).OfType<TransactionOutput.Transmit>().Select(sent => Wire.Request(Encoding.UTF8.GetString(sent.Bytes.Span)))];

    private SipResponse Response(int status, string tag, string contact = "<sip:bob@192.0.2.9:5080>", string recordRoute = "")
    {
        _sent.LocalTag = tag;
        var response = new SipResponseBuilder(_sent, status).Add(SipHeader.Contact, contact);
        if (recordRoute.Length > 0) response.Add(SipHeader.RecordRoute, recordRoute);
        return response.Build();
    }

    private InviteNews Receive(int status, string tag, double at = 1, string contact = "<sip:bob@192.0.2.9:5080>", string recordRoute = "")
    {
        _layer.Handle(Response(status, tag, contact, recordRoute).Bytes.Span, Wire.Peer, At(at));
        InviteNews news = InviteNews.Nothing.Value;
        // What the INVITE then sends is left for Sent().
        while (_layer.TryPoll(out var output))
        {
            if (output is not TransactionOutput.ResponseReceived received) continue;
            news = _invite.Handle(received.Response, received.From, At(at));
            break;
        }
        return news;
    }

    [Fact]
    public void The_answer_is_acknowledged_on_demand_and_its_repetitions_alike()
    {
        var answered = Assert.IsType<InviteNews.Answered>(Receive(200, "a"));
        Assert.Empty(Sent());
        Assert.Equal(InviteNews.Nothing.Value, Receive(200, "a", 1.5));
        Assert.Empty(Sent());
        _invite.Acknowledge("application/sdp", "v=0\r\n"u8);
        var ack = Sent().Single();
        Assert.Equal((SipMethod.Ack, "sip:bob@192.0.2.9:5080", "v=0\r\n"), (ack.Method, ack.RequestUri.AsText(), ack.Body.AsText()));
        Assert.NotEqual(_sent.TopVia.Branch.AsText(), ack.TopVia.Branch.AsText());
        Assert.Equal(InviteNews.Nothing.Value, Receive(200, "a", 2));
        Assert.Equal(ack.ToString(), Sent().Single().ToString());
        Assert.Equal(DialogState.Confirmed, answered.Dialog.State);
        Assert.Same(answered.Dialog, _invite.Dialog);
        Assert.False(_invite.IsPending);
    }

    [Fact]
    public void Early_dialogs_are_told_apart_and_the_answering_one_takes_its_final_route_set()
    {
        Assert.Equal(InviteNews.Nothing.Value, Receive(100, ""));
        var first = Assert.IsType<InviteNews.Progress>(Receive(180, "a", recordRoute: "<sip:early;lr>"));
        var second = Assert.IsType<InviteNews.Progress>(Receive(183, "b"));
        var again = Assert.IsType<InviteNews.Progress>(Receive(180, "a"));
        Assert.NotNull(first.Early);
        Assert.NotSame(first.Early, second.Early);
        Assert.Same(first.Early, again.Early);
        var answered = Assert.IsType<InviteNews.Answered>(Receive(200, "a", recordRoute: "<sip:192.0.2.50;lr>",
            contact: "<sip:moved@192.0.2.9>"));
        Assert.Same(first.Early, answered.Dialog);
        Assert.Equal(["<sip:192.0.2.50;lr>"], answered.Dialog.Routes);
        Assert.Equal("sip:moved@192.0.2.9", answered.Dialog.RemoteTarget);
    }

    [Fact]
    public void A_second_fork_that_answers_is_acknowledged_and_hung_up()
    {
        Receive(180, "a");
        Receive(180, "b");
        Assert.IsType<InviteNews.Answered>(Receive(200, "a"));
        _invite.Acknowledge();
        Sent();
        Assert.Equal(InviteNews.Nothing.Value, Receive(200, "b", contact: "<sip:fork@192.0.2.10>"));
        var sent = Sent();
        Assert.Equal([SipMethod.Ack, SipMethod.Bye], sent.Select(request => request.Method));
        Assert.All(sent, request => Assert.Equal(("b", "sip:fork@192.0.2.10"), (request.To.Tag.AsText(), request.RequestUri.AsText())));
        Assert.Equal(InviteNews.Nothing.Value, Receive(200, "b", 2));
        Assert.Equal([SipMethod.Ack], Sent().Select(request => request.Method));
    }

    [Fact]
    public void A_2xx_that_crosses_the_CANCEL_is_acknowledged_and_hung_up()
    {
        Receive(180, "a");
        _invite.Cancel(At(2));
        Assert.Equal([SipMethod.Cancel], Sent().Select(request => request.Method));
        Assert.IsType<InviteNews.AnsweredTooLate>(Receive(200, "a", 2.1));
        Assert.Equal([SipMethod.Ack, SipMethod.Bye], Sent().Select(request => request.Method));
        Assert.Null(_invite.Dialog);
    }

    [Fact]
    public void A_cancelled_call_fails_with_487()
    {
        Receive(180, "a");
        _invite.Cancel(At(2));
        Sent();
        Assert.Equal(487, Assert.IsType<InviteNews.Failed>(Receive(487, "a", 2.1)).Response.Status);
        _invite.Cancel(At(3));
        Assert.Empty(Sent());
    }

    /// <summary>RFC 3261 §12.1.2: peers of RFC 2543 have none, and their call is a call.</summary>
    [Fact]
    public void An_answer_without_tag_is_acknowledged_and_its_call_can_be_hung_up()
    {
        var answered = Assert.IsType<InviteNews.Answered>(Receive(200, ""));
        _invite.Acknowledge();
        var ack = Sent().Single();
        Assert.Equal((SipMethod.Ack, true), (ack.Method, ack.To.Tag.IsEmpty));
        Assert.Equal(InviteNews.Nothing.Value, Receive(200, "", 2));
        Assert.Equal(ack.ToString(), Sent().Single().ToString());
        Assert.True(answered.Dialog.CreateRequest(SipMethod.Bye).Build().To.Tag.IsEmpty);
    }

    [Fact]
    public void An_answer_without_tag_that_nobody_wants_any_more_is_acknowledged_and_hung_up()
    {
        Receive(180, "a");
        _invite.Cancel(At(2));
        Sent();
        Assert.IsType<InviteNews.AnsweredTooLate>(Receive(200, "", 2.1));
        var sent = Sent();
        Assert.Equal([SipMethod.Ack, SipMethod.Bye], sent.Select(request => request.Method));
        Assert.All(sent, request => Assert.True(request.To.Tag.IsEmpty));
    }

    [Fact]
    public void A_second_answer_without_tag_is_acknowledged_and_hung_up_like_any_other_fork()
    {
        Assert.IsType<InviteNews.Answered>(Receive(200, "a"));
        _invite.Acknowledge();
        Sent();
        Assert.Equal(InviteNews.Nothing.Value, Receive(200, ""));
        Assert.Equal([SipMethod.Ack, SipMethod.Bye], Sent().Select(request => request.Method));
    }

    [Fact]
    public void As_many_answers_as_there_may_be_get_ACK_and_BYE_and_a_flood_gets_nothing()
    {
        Receive(200, "t0");
        _invite.Acknowledge();
        Sent();
        for (int i = 1; i < 2 * Limits.Forks; i++)
        {
            Receive(200, $"t{i}");
            Assert.Equal([SipMethod.Ack, SipMethod.Bye], Sent().Select(request => request.Method));
        }
        Receive(200, "above");
        Assert.Empty(Sent());
    }

    [Fact]
    public void A_reliable_response_without_tag_gets_its_PRACK()
    {
        _sent.LocalTag = "";
        var response = new SipResponseBuilder(_sent, 183).Add(SipHeader.Contact, "<sip:bob@192.0.2.9>").Add(SipHeader.Require, "100rel")
            .Add(SipHeader.RSeq, "7").Build();
        var progress = Assert.IsType<InviteNews.Progress>(_invite.Handle(response, Wire.Peer, At(1)));
        var prack = _invite.CreatePrack(progress).Build();
        Assert.Equal((true, "7 1 INVITE"), (prack.To.Tag.IsEmpty, prack.Text(SipHeader.RAck)));
    }

    [Theory]
    [InlineData(2), InlineData(8_000)]
    public void The_number_of_a_reliable_response_is_said_again_and_not_its_zeros(int zeros)
    {
        _sent.LocalTag = "a";
        var response = new SipResponseBuilder(_sent, 183).Add(SipHeader.Contact, "<sip:bob@192.0.2.9>").Add(SipHeader.Require, "100rel")
            .Add(SipHeader.RSeq, new string('0', zeros) + "7").Build();
        var progress = Assert.IsType<InviteNews.Progress>(_invite.Handle(response, Wire.Peer, At(1)));
        Assert.Equal("7 1 INVITE", _invite.CreatePrack(progress).Build().Text(SipHeader.RAck));
    }

    [Fact]
    public void Reliable_responses_are_acknowledged_up_to_a_limit()
    {
        _sent.LocalTag = "a";
        InviteNews News(int number) =>
            _invite.Handle(new SipResponseBuilder(_sent, 183).Add(SipHeader.Require, "100rel").Add(SipHeader.RSeq, $"{number}").Build(),
                Wire.Peer, At(1));
        for (int i = 1; i <= Limits.Pracks; i++) Assert.IsType<InviteNews.Progress>(News(i));
        Assert.Equal(InviteNews.Nothing.Value, News(Limits.Pracks + 1));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    public void A_re_INVITE_that_is_answered_without_tag_is_answered_in_its_dialog(string answerTag)
    {
        var dialog = Assert.IsType<InviteNews.Answered>(Receive(200, "a")).Dialog;
        var again = new OutgoingInvite(_layer, dialog.CreateRequest(SipMethod.Invite).Build(), Wire.Peer, At(5), dialog);
        var stripped = Wire.Parse(new SipResponseBuilder(Sent().Single(), 200).Build().ToString()
            .Replace(";tag=a", answerTag.Length == 0 ? "" : ";tag=a"));
        Assert.Same(dialog, Assert.IsType<InviteNews.Answered>(again.Handle((SipResponse)stripped, Wire.Peer, At(6))).Dialog);
        again.Acknowledge();
        Assert.Equal("a", Sent().Single().To.Tag.AsText());
    }

    [Fact]
    public void Forks_beyond_the_limit_have_no_early_dialog()
    {
        for (int i = 0; i < Limits.Forks; i++) Assert.NotNull(Assert.IsType<InviteNews.Progress>(Receive(180, $"t{i}")).Early);
        Assert.Null(Assert.IsType<InviteNews.Progress>(Receive(180, "above")).Early);
        Assert.IsType<InviteNews.Answered>(Receive(200, "above"));
    }

    [Fact]
    public void A_re_INVITE_keeps_its_dialog_and_refreshes_the_target()
    {
        var dialog = Assert.IsType<InviteNews.Answered>(Receive(200, "a")).Dialog;
        _invite.Acknowledge();
        Sent();
        Assert.True(dialog.CanInvite);
        var again = new OutgoingInvite(_layer, dialog.CreateRequest(SipMethod.Invite).Build(), Wire.Peer, At(5), dialog);
        Assert.False(dialog.CanInvite);
        var sent = Sent().Single();
        Assert.Equal((2u, "a"), (sent.CSeq.Number, sent.To.Tag.AsText()));
        var answer = new SipResponseBuilder(sent, 200).Add(SipHeader.Contact, "<sip:bob@192.0.2.77>").Build();
        var answered = Assert.IsType<InviteNews.Answered>(again.Handle(answer, Wire.Peer, At(6)));
        Assert.Same(dialog, answered.Dialog);
        again.Acknowledge();
        Assert.Equal((2u, "sip:bob@192.0.2.77"), Sent().Select(ack => (ack.CSeq.Number, ack.RequestUri.AsText())).Single());
        Assert.True(dialog.CanInvite);
    }

    [Fact]
    public void A_refused_re_INVITE_leaves_the_dialog_as_it_was()
    {
        var dialog = Assert.IsType<InviteNews.Answered>(Receive(200, "a")).Dialog;
        var again = new OutgoingInvite(_layer, dialog.CreateRequest(SipMethod.Invite).Build(), Wire.Peer, At(5), dialog);
        var sent = Sent().Single();
        Assert.Equal(491,
            Assert.IsType<InviteNews.Failed>(again.Handle(new SipResponseBuilder(sent, 491).Build(), Wire.Peer, At(6))).Response.Status);
        Assert.Equal(DialogState.Confirmed, dialog.State);
        Assert.True(dialog.CanInvite);
    }
}
