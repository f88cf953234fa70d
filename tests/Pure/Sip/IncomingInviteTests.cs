using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

public sealed class IncomingInviteTests
{
    private readonly TransactionLayer _layer = Wire.Layer();
    private readonly IncomingInvite _invite;

    public IncomingInviteTests()
    {
        _layer.Handle(Wire.Bytes(Wire.Invite("Record-Route: <sip:p1;lr>")), Wire.Peer, new(0));
        var invite = IncomingInvite.Of(_layer, Outputs.Of(_layer).OfType<TransactionOutput.RequestReceived>().Single(),
            "<sip:192.0.2.1:5060>");
        Assert.NotNull(invite);
        _invite = invite;
    }

    private static Instant At(double seconds) => new((long)(seconds * 1e9));

    private SipRequest Ack(int cseq = 1) => Wire.Request(
        Wire.Like(Wire.Invite(to: $"<sip:bob@192.0.2.1>;tag={_invite.Dialog.Id.LocalTag}", branch: "z9hG4bKack", cseq: cseq), "ACK"));

    [Fact]
    public void Ringing_and_answer_carry_tag_Contact_and_recorded_route()
    {
        foreach (int status in (int[])[180, 200])
        {
            var response = _invite.Response(status).Build();
            Assert.Equal(("<sip:192.0.2.1:5060>", "<sip:p1;lr>"), (response.Text(SipHeader.Contact), response.Text(SipHeader.RecordRoute)));
            Assert.Equal(_invite.Request.LocalTag, response.To.Tag.AsText());
            Assert.True(_invite.Send(response, At(1)));
        }
        Assert.Equal(["SIP/2.0 180 Ringing", "SIP/2.0 200 OK"], Outputs.Brief(_layer));
        Assert.Equal(DialogState.Confirmed, _invite.Dialog.State);
        Assert.False(_invite.Send(_invite.Response(486).Build(), At(1)));
    }

    [Fact]
    public void The_answer_is_repeated_until_its_ACK()
    {
        _invite.Send(_invite.Response(200).Build(), At(0));
        Outputs.Of(_layer);
        foreach (double at in (double[])[0.5, 1.5, 3.5, 7.5, 11.5])
        {
            Assert.Equal(At(at), _invite.NextDue);
            Assert.Equal(MissingAck.None, _invite.HandleDue(At(at)));
            Assert.Equal(["SIP/2.0 200 OK"], Outputs.Brief(_layer));
        }
        Assert.False(_invite.HandleAck(Wire.Request(Ack().ToString().Replace("tag=a1", "tag=a2", StringComparison.Ordinal))));
        Assert.False(_invite.Dialog.CanInvite);
        Assert.True(_invite.HandleAck(Ack()));
        Assert.True(_invite.HandleAck(Ack()));
        Assert.Equal(Instant.Never, _invite.NextDue);
        Assert.True(_invite.IsAcknowledged);
        Assert.True(_invite.Dialog.CanInvite);
    }

    /// <summary>
    /// Behind a proxy that answers a challenge in the caller's place the INVITE has counted one on, and its ACK has not; and some callers
    /// acknowledge with the number of their last PRACK.
    /// </summary>
    [Theory, InlineData(4), InlineData(6)]
    public void An_ACK_that_counts_otherwise_than_its_INVITE_acknowledges_it(int number)
    {
        var dialog = Answered(5, out var first);
        Assert.True(first.HandleAck(Within(dialog, "ACK", number)));
        Assert.Equal((true, Instant.Never), (first.IsAcknowledged, first.NextDue));
        // One that comes late is not that of the next INVITE.
        var second = Again(dialog, 7);
        Assert.False(second.HandleAck(Within(dialog, "ACK", number)));
        Assert.False(second.IsAcknowledged);
        Assert.True(second.HandleAck(Within(dialog, "ACK", 7)));
    }

    private static SipRequest Within(Dialog dialog, string method, int number) => Wire.Request(Wire.Like(
        Wire.Invite(to: $"<sip:bob@192.0.2.1>;tag={dialog.Id.LocalTag}", callId: "c5@192.0.2.7", branch: $"z9hG4bK{method}{number}",
            cseq: number), method));

    private Dialog Answered(int number, out IncomingInvite invite)
    {
        Outputs.Of(_layer);
        _layer.Handle(Wire.Bytes(Wire.Invite(callId: "c5@192.0.2.7", branch: "z9hG4bKfive", cseq: number)), Wire.Peer, At(0));
        invite = Answer(null);
        return invite.Dialog;
    }

    private IncomingInvite Again(Dialog dialog, int number)
    {
        _layer.Handle(Within(dialog, "INVITE", number), Wire.Peer, At(1));
        return Answer(dialog);
    }

    private IncomingInvite Answer(Dialog? within)
    {
        var received = Outputs.Of(_layer).OfType<TransactionOutput.RequestReceived>().Single();
        if (within is not null) Assert.Equal(DialogVerdict.Ok, within.Receive(received.Request));
        var invite = IncomingInvite.Of(_layer, received, "<sip:192.0.2.1:5060>", within);
        Assert.NotNull(invite);
        Assert.True(invite.Send(invite.Response(200).Build(), At(1)));
        return invite;
    }

    [Fact]
    public void Without_an_ACK_it_says_so_once_after_32_seconds()
    {
        _invite.Send(_invite.Response(200).Build(), At(0));
        int said = 0;
        var now = At(0);
        while (_invite.NextDue != Instant.Never)
        {
            now = _invite.NextDue;
            if (_invite.HandleDue(now) is MissingAck.Ack) said++;
        }
        Assert.Equal((1, At(32)), (said, now));
        Assert.False(_invite.IsAcknowledged);
        Assert.Equal(SipMethod.Bye, _invite.Dialog.CreateRequest(SipMethod.Bye).Build().Method);
    }

    [Fact]
    public void A_CANCEL_gives_487_unless_the_answer_was_faster()
    {
        Assert.True(_invite.HandleCancel(At(1)));
        Assert.Equal(["SIP/2.0 487 Request Terminated"], Outputs.Brief(_layer));
        Assert.Equal(DialogState.Ended, _invite.Dialog.State);
        Assert.False(_invite.HandleCancel(At(1)));
    }

    [Fact]
    public void An_answer_to_a_re_INVITE_does_not_revive_a_dialog_that_has_ended()
    {
        _invite.Send(_invite.Response(200).Build(), At(0));
        _invite.HandleAck(Ack());
        var dialog = _invite.Dialog;
        _layer.Handle(Wire.Bytes(Wire.Invite(to: $"<sip:bob@192.0.2.1>;tag={dialog.Id.LocalTag}", branch: "z9hG4bKagain", cseq: 2)),
            Wire.Peer, At(1));
        var again = IncomingInvite.Of(_layer, Outputs.Of(_layer).OfType<TransactionOutput.RequestReceived>().Single(),
            "<sip:192.0.2.1:5060>", dialog);
        Assert.NotNull(again);
        dialog.End();
        Assert.True(again.Send(again.Response(200).Build(), At(2)));
        Assert.Equal(DialogState.Ended, dialog.State);
    }

    [Theory]
    [InlineData("<sip:alice@192.0.2.7;user=phone>;tag=a1", "sip:alice@192.0.2.7;user=phone")]
    [InlineData("\"A\" <sips:alice@example.com>;tag=a1", "sips:alice@example.com")]
    [InlineData("<tel:+15551234567>;tag=a1", null)]
    [InlineData("<sip:alice@192.0.2.7?Subject=x>;tag=a1", null)]
    public void Without_Contact_the_From_URI_is_the_target_when_it_can_be_one(string from, string? target)
    {
        var layer = Wire.Layer();
        layer.Handle(Wire.Bytes(Wire.Invite(from: from).Replace("Contact: <sip:alice@192.0.2.7:5070>\n", "", StringComparison.Ordinal)),
            Wire.Peer, At(0));
        var received = Outputs.Of(layer).OfType<TransactionOutput.RequestReceived>().Single();
        Assert.Equal(target, IncomingInvite.Of(layer, received, "<sip:192.0.2.1>")?.Dialog.RemoteTarget);
    }
}
