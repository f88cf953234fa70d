using Ringwright.Core;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

public sealed class DialogTests
{
    private static SipResponse AnswerTo(SipRequest invite, int status = 200, string recordRoute = "", string tag = "far",
        string contact = "<sip:bob@192.0.2.9:5080;transport=udp>")
    {
        var stamped = invite.WithTopVia("SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx");
        stamped.LocalTag = tag;
        var response = new SipResponseBuilder(stamped, status).Add(SipHeader.Contact, contact);
        if (recordRoute.Length > 0) response.Add(SipHeader.RecordRoute, recordRoute);
        return response.Build();
    }

    private static Dialog Caller(string recordRoute = "", int status = 200)
    {
        var invite = Samples.OutgoingInvite();
        var dialog = Dialog.OfResponse(invite, AnswerTo(invite, status, recordRoute));
        Assert.NotNull(dialog);
        return dialog;
    }

    private static Dialog Callee(string recordRoute = "")
    {
        var invite = Wire.Request(Wire.Invite(recordRoute.Length == 0 ? "" : "Record-Route: " + recordRoute));
        invite.LocalTag = "local";
        var dialog = Dialog.OfRequest(invite, "<sip:192.0.2.1:5060>");
        Assert.NotNull(dialog);
        return dialog;
    }

    private static List<string> RoutesOf(SipRequest request)
    {
        var routes = new List<string>();
        foreach (var value in request.Values(SipHeader.Route)) routes.Add(value.AsText());
        return routes;
    }

    [Theory]
    [InlineData("", "sip:bob@192.0.2.9:5080;transport=udp", "", "sip:bob@192.0.2.9:5080;transport=udp")]
    [InlineData("<sip:p1;lr>", "sip:bob@192.0.2.9:5080;transport=udp", "<sip:p1;lr>", "sip:p1;lr")]
    [InlineData("<sip:p2;lr>,<sip:p1;lr>", "sip:bob@192.0.2.9:5080;transport=udp", "<sip:p1;lr> <sip:p2;lr>", "sip:p1;lr")]
    [InlineData("<sip:p3;lr>,<sip:p2;lr>,<sip:p1;lr>", "sip:bob@192.0.2.9:5080;transport=udp",
        "<sip:p1;lr> <sip:p2;lr> <sip:p3;lr>", "sip:p1;lr")]
    [InlineData("<sip:p1>", "sip:p1", "<sip:bob@192.0.2.9:5080;transport=udp>", "sip:p1")]
    [InlineData("<sip:p2>,<sip:p1;method=BYE;x=1?a=b>", "sip:p1;x=1", "<sip:p2> <sip:bob@192.0.2.9:5080;transport=udp>",
        "sip:p1;method=BYE;x=1?a=b")]
    [InlineData("<sip:p3;lr>,<sip:p2;lr>,<sip:p1>", "sip:p1", "<sip:p2;lr> <sip:p3;lr> <sip:bob@192.0.2.9:5080;transport=udp>", "sip:p1")]
    [InlineData("sip:p2;transport=tcp;lr,sip:p1;lr;service=x", "sip:bob@192.0.2.9:5080;transport=udp",
        "<sip:p1;lr;service=x> <sip:p2;transport=tcp;lr>", "sip:p1;lr;service=x")]
    [InlineData("\"P\" <sip:p2;lr>;x,sip:p1", "sip:p1", "\"P\" <sip:p2;lr>;x <sip:bob@192.0.2.9:5080;transport=udp>", "sip:p1")]
    [InlineData("<sip:p3>,<sip:p2>,<sip:p1;lr>", "sip:bob@192.0.2.9:5080;transport=udp", "<sip:p1;lr> <sip:p2> <sip:p3>", "sip:p1;lr")]
    public void The_callers_route_set_is_the_recorded_one_backwards(string recorded, string requestUri, string routes, string nextHop)
    {
        var dialog = Caller(recorded);
        var bye = dialog.CreateRequest(SipMethod.Bye).Build();
        Assert.Equal(requestUri, bye.RequestUri.AsText());
        Assert.Equal(routes, string.Join(' ', RoutesOf(bye)));
        Assert.Equal(nextHop, dialog.NextHop);
    }

    [Theory]
    [InlineData("", "sip:alice@192.0.2.7:5070", "")]
    [InlineData("<sip:p1;lr>", "sip:alice@192.0.2.7:5070", "<sip:p1;lr>")]
    [InlineData("<sip:p1;lr>, <sip:p2;lr>", "sip:alice@192.0.2.7:5070", "<sip:p1;lr> <sip:p2;lr>")]
    [InlineData("<sip:p1;lr>\nRecord-Route: <sip:p2;lr>, <sip:p3;lr>", "sip:alice@192.0.2.7:5070", "<sip:p1;lr> <sip:p2;lr> <sip:p3;lr>")]
    [InlineData("<sip:p1>, <sip:p2;lr>", "sip:p1", "<sip:p2;lr> <sip:alice@192.0.2.7:5070>")]
    public void The_called_sides_route_set_is_the_recorded_one_in_order(string recorded, string requestUri, string routes)
    {
        var bye = Callee(recorded).CreateRequest(SipMethod.Bye).Build();
        Assert.Equal(requestUri, bye.RequestUri.AsText());
        Assert.Equal(routes, string.Join(' ', RoutesOf(bye)));
    }

    [Fact]
    public void Headers_of_a_Contact_are_no_part_of_the_target()
    {
        var invite = Samples.OutgoingInvite();
        var caller = Dialog.OfResponse(invite, AnswerTo(invite, contact: "<sip:bob@192.0.2.9:5080;x=1?Subject=a%20b>"));
        Assert.NotNull(caller);
        Assert.Equal("sip:bob@192.0.2.9:5080;x=1", caller.CreateRequest(SipMethod.Bye).Build().RequestUri.AsText());
        var kept = Dialog.Restore(caller.Capture() with { RemoteTarget = "sip:bob@192.0.2.9?a=b" });
        Assert.Equal("sip:bob@192.0.2.9", kept.RemoteTarget);
        var callee = Callee();
        callee.Receive(Wire.Request(Wire.Invite(cseq: 2).Replace("192.0.2.7:5070>", "192.0.2.7:5070?a=b>", StringComparison.Ordinal)));
        Assert.Equal("sip:alice@192.0.2.7:5070", callee.CreateRequest(SipMethod.Bye).Build().RequestUri.AsText());
    }

    [Fact]
    public void Requests_of_the_caller_carry_its_tags_and_rising_CSeq()
    {
        var dialog = Caller();
        var info = dialog.CreateRequest(SipMethod.Info).Build();
        Assert.Equal("\"Ringwright\" <sip:+15550100000@192.0.2.1>;tag=local", info.Text(SipHeader.From));
        Assert.Equal("<sip:bob@192.0.2.7:5070>;tag=far", info.Text(SipHeader.To));
        Assert.Equal((2u, "INFO"), (info.CSeq.Number, info.CSeq.Method.AsText()));
        Assert.Equal(3u, dialog.CreateRequest(SipMethod.Bye).Build().CSeq.Number);
        Assert.Equal("call-1", info.CallId.AsText());
        Assert.False(info.Has(SipHeader.Contact));
        Assert.Equal("<sip:192.0.2.1:5060>", dialog.CreateRequest(SipMethod.Update).Build().Text(SipHeader.Contact));
    }

    [Fact]
    public void Requests_of_the_called_side_swap_From_and_To()
    {
        var bye = Callee().CreateRequest(SipMethod.Bye).Build();
        Assert.Equal("<sip:bob@192.0.2.1>;tag=local", bye.Text(SipHeader.From));
        Assert.Equal("<sip:alice@192.0.2.7>;tag=a1", bye.Text(SipHeader.To));
        Assert.Equal(1u, bye.CSeq.Number);
    }

    [Fact]
    public void An_ACK_has_the_number_and_the_credentials_of_its_INVITE()
    {
        var dialog = Caller();
        var invite = SipRequestBuilder.Again(Samples.OutgoingInvite(), 9)
            .Add(SipHeader.ProxyAuthorization, "Digest username=\"u\"").Build();
        var ack = dialog.CreateAck(invite).Build();
        Assert.Equal((9u, "ACK"), (ack.CSeq.Number, ack.CSeq.Method.AsText()));
        Assert.Equal("Digest username=\"u\"", ack.Text(SipHeader.ProxyAuthorization));
        Assert.Equal(1u, dialog.LocalCSeq);
    }

    [Fact]
    public void Without_a_tag_only_an_answer_makes_a_dialog()
    {
        var invite = Samples.OutgoingInvite();
        Assert.Null(Dialog.OfResponse(invite, AnswerTo(invite, status: 180, tag: "")));
        Assert.Equal((DialogState.Confirmed, ""),
            Dialog.OfResponse(invite, AnswerTo(invite, tag: "")) is { } tagless ? (tagless.State, tagless.Id.RemoteTag) : default);
        Assert.Null(Dialog.OfResponse(invite, AnswerTo(invite, status: 486)));
        Assert.Equal("sip:bob@192.0.2.7:5070", Dialog.OfResponse(invite, AnswerTo(invite, contact: "*"))?.RemoteTarget);
        Assert.Equal(DialogState.Early, Dialog.OfResponse(invite, AnswerTo(invite, status: 183))?.State);
    }

    /// <summary>A peer of RFC 2543: no tag in its answers, and perhaps one in its requests.</summary>
    [Fact]
    public void A_dialog_without_a_remote_tag_covers_requests_with_any()
    {
        DialogId tagless = new("call", "ours", ""), tagged = tagless with { RemoteTag = "theirs" };
        Assert.True(tagless.Covers(tagless));
        Assert.True(tagless.Covers(tagged));
        Assert.False(tagless.Covers(tagged with { LocalTag = "other" }));
        Assert.False(tagged.Covers(tagless));
        Assert.False(tagged.Covers(tagged with { RemoteTag = "other" }));
    }

    [Fact]
    public void An_old_CSeq_is_out_of_order()
    {
        var dialog = Callee();
        Assert.Equal(DialogVerdict.Ok, dialog.Receive(Wire.Request(Wire.Like(Wire.Invite(cseq: 7), "INFO"))));
        Assert.Equal(DialogVerdict.OutOfOrder, dialog.Receive(Wire.Request(Wire.Like(Wire.Invite(cseq: 6), "INFO"))));
        Assert.Equal(DialogVerdict.Ok, dialog.Receive(Wire.Request(Wire.Like(Wire.Invite(cseq: 8), "INFO"))));
    }

    [Fact]
    public void A_re_INVITE_moves_the_remote_target_and_an_INFO_does_not()
    {
        var dialog = Callee();
        string moved = Wire.Invite(cseq: 2)
            .Replace("Contact: <sip:alice@192.0.2.7:5070>", "Contact: <sip:alice@192.0.2.8>", StringComparison.Ordinal);
        dialog.Receive(Wire.Request(Wire.Like(moved, "INFO")));
        Assert.Equal("sip:alice@192.0.2.7:5070", dialog.RemoteTarget);
        dialog.Receive(Wire.Request(moved.Replace("CSeq: 2", "CSeq: 3", StringComparison.Ordinal)));
        Assert.Equal("sip:alice@192.0.2.8", dialog.RemoteTarget);
        Assert.True(dialog.TryGetNextHop(Wire.Peer, out var hop));
        Assert.Equal("Udp:192.0.2.8:5060", hop.ToString());
    }

    [Fact]
    public void Glare_is_491_and_a_second_INVITE_is_500_with_Retry_After()
    {
        var dialog = Callee();
        var again = Wire.Request(Wire.Invite(cseq: 2));
        dialog.HasOutgoingInvite = true;
        Assert.Equal(DialogVerdict.Glare, dialog.Receive(again));
        Assert.Equal(491, Dialog.Refuse(again, DialogVerdict.Glare, new(1)).Build().Status);
        dialog.HasOutgoingInvite = false;
        dialog.HasIncomingInvite = true;
        Assert.Equal(DialogVerdict.InviteInProgress, dialog.Receive(again));
        var busy = Dialog.Refuse(again, DialogVerdict.InviteInProgress, new(1)).Build();
        Assert.Equal(500, busy.Status);
        // it is there
        Assert.InRange(int.Parse(busy.Text(SipHeader.RetryAfter)!, System.Globalization.CultureInfo.InvariantCulture), 0, 10);
        Assert.Equal(500, Dialog.Refuse(again, DialogVerdict.OutOfOrder, new(1)).Build().Status);
    }

    [Fact]
    public void After_glare_the_owner_of_the_Call_ID_waits_longer()
    {
        var rng = new Rng(4);
        for (int i = 0; i < 1_000; i++)
        {
            Assert.InRange(Caller().GlareDelay(rng).TotalMilliseconds, 2_100, 4_000);
            Assert.InRange(Callee().GlareDelay(rng).TotalMilliseconds, 0, 2_000);
        }
    }

    [Fact]
    public void A_stored_dialog_can_be_ended_after_a_restart()
    {
        var dialog = Caller("<sip:p2;lr>,<sip:p1;lr>");
        var bye = Dialog.Restore(dialog.Capture()).CreateRequest(SipMethod.Bye).Build();
        Assert.Equal(1_002u, bye.CSeq.Number);
        var plain = dialog.CreateRequest(SipMethod.Bye).Build();
        Assert.Equal(plain.ToString().Replace("CSeq: 2 ", "CSeq: 1002 ", StringComparison.Ordinal), bye.ToString());
    }

    [Fact]
    public void Policy_refuses_in_the_order_of_RFC_3261()
    {
        var agent = new UserAgentPolicy { Options = ["timer"] };
        Assert.Null(agent.Check(Wire.Request(Wire.Invite("Require: timer"))));
        var extension = agent.Check(Wire.Request(Wire.Invite("Require: timer, magic\nRequire: more")))!.Build();
        Assert.Equal((420, "magic, more"), (extension.Status, extension.Text(SipHeader.Unsupported)));
        var known = agent.Check(Wire.Request(Wire.Like(Wire.Invite(), "PUBLISH")))!.Build();
        Assert.Equal((405, agent.Allow), (known.Status, known.Text(SipHeader.Allow)));
        var unknown = agent.Check(Wire.Request(Wire.Like(Wire.Invite("Require: magic"), "FROBNICATE")))!.Build();
        Assert.Equal((501, agent.Allow), (unknown.Status, unknown.Text(SipHeader.Allow)));
        Assert.Equal("INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, UPDATE, PRACK, NOTIFY",
            agent.Describe(Wire.Request(Wire.Like(Wire.Invite(), "OPTIONS"))).Build().Text(SipHeader.Allow));
        string body = Wire.Invite("Content-Type: text/html\nContent-Disposition: render;handling=optional")
            .Replace("Content-Length: 0", "Content-Length: 1", StringComparison.Ordinal) + "x";
        Assert.Null(agent.Check(Wire.Request(body)));
        Assert.Equal(415, agent.Check(Wire.Request(body.Replace("optional", "required", StringComparison.Ordinal)))!.Status);
    }
}
