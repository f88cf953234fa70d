using System.Net;
using Ringwright.Calls.Texts;
using Ringwright.Switch;
using Ringwright.Switch.Routing;
using static Ringwright.Pure.Switch.RigMessages;

namespace Ringwright.Pure.Switch;

/// <summary>Texts to and from registered phones: MESSAGE (RFC 3428).</summary>
public sealed class PhoneTextTests
{
    private static readonly IPEndPoint Desk = new(IPAddress.Loopback, 5071), Second = new(IPAddress.Loopback, 5072);
    private static readonly SipCaller Alice = new(Phones.Desk, "alice1");

    private readonly ShardRig _rig = new() { Current = Phones.Snapshot() };
    private int _cseq;

    /// <summary>What texts to phones came to, by the number of who asked.</summary>
    private (long Asker, PhoneTextAnswer Answer)[] Answers =>
        [.. _rig.Texts.OfType<Effect.TextAnswered>().Select(said => (said.Correlation, said.Answer))];

    private Effect.TextCame[] Came => [.. _rig.Texts.OfType<Effect.TextCame>()];

    private void Register(IPEndPoint where) => _rig.ReceiveFrom(Alice, Phones.Request("REGISTER", "alice1", ++_cseq)
        .Replace("<sip:alice1@10.0.0.5:5060>", $"<sip:alice1@{where}>", StringComparison.Ordinal), where);

    private void Send(long asker, string words = "Hello", string from = "+4930123") =>
        _rig.Handle(new ShardMessage.SendText(asker, new("alice1", from, "+4989111", words)));

    /// <summary>The last MESSAGE that went there.</summary>
    private string At(IPEndPoint where) => _rig.Sent.Where((text, i) => _rig.SentTo[i].Equals(where)
        && text.StartsWith("MESSAGE ", StringComparison.Ordinal)).Last();

    private void Write(string words, string uri = "sip:+4989113@sip.example.com", string type = "text/plain", int? cseq = null,
        SipCaller? caller = null) => _rig.ReceiveFrom(caller ?? Alice,
            Phones.Request("MESSAGE", "alice1", cseq ?? ++_cseq, uri: uri, body: words)
                .Replace("Content-Type: application/sdp", $"Content-Type: {type}", StringComparison.Ordinal), Desk);

    [Fact]
    public void A_text_goes_to_each_phone_of_a_user_and_one_that_takes_it_is_enough()
    {
        Register(Desk);
        Register(Second);
        Send(7, "Grüße €");
        string first = At(Desk), second = At(Second);
        Assert.StartsWith("MESSAGE sip:alice1@127.0.0.1:5071 SIP/2.0\r\n", first, StringComparison.Ordinal);
        Assert.StartsWith("<sip:+4930123@sip.example.com>;tag=", Header(first, "From"), StringComparison.Ordinal);
        Assert.Equal(("<sip:+4989111@sip.example.com>", "1 MESSAGE", "text/plain; charset=UTF-8", "11"),
            (Header(first, "To"), Header(first, "CSeq"), Header(first, "Content-Type"), Header(first, "Content-Length")));
        Assert.EndsWith("\r\n\r\nGrüße €", first, StringComparison.Ordinal);
        Assert.DoesNotContain("\r\nContact:", first, StringComparison.Ordinal);
        Assert.NotEqual(Header(first, "Call-ID"), Header(second, "Call-ID"));

        _rig.Receive(Response(first, "486 Busy Here"), Desk);
        Assert.Empty(Answers);
        _rig.Receive(Response(second, "200 OK"), Second);
        Assert.Equal([(7L, new PhoneTextAnswer(200))], Answers);
        Assert.Equal(0, _rig.State.OwnedTransactions);
    }

    [Fact]
    public void The_next_text_waits_for_the_answer_to_the_one_before_and_silence_is_an_answer()
    {
        Register(Desk);
        Send(1);
        Send(2, "again");
        Assert.Equal(1, _rig.SentOnce("MESSAGE"));
        _rig.Receive(Response(At(Desk), "100 Trying"), Desk);
        Assert.Equal(1, _rig.SentOnce("MESSAGE"));
        _rig.Receive(Response(At(Desk), "202 Accepted"), Desk);
        Assert.EndsWith("again", At(Desk), StringComparison.Ordinal);
        _rig.Advance(33);
        Assert.Equal([(1L, new PhoneTextAnswer(202)), (2L, new PhoneTextAnswer(null, "nothing answered"))], Answers);
        Assert.Equal(2, _rig.SentOnce("MESSAGE"));
        // What was given up does not come again, whatever is answered then.
        _rig.Receive(Response(At(Desk), "200 OK"), Desk);
        Assert.Equal(2, Answers.Length);
        Send(3);
        _rig.Receive(Response(At(Desk), "415 Unsupported Media Type"), Desk);
        Assert.Equal((3L, new PhoneTextAnswer(415)), Answers[^1]);
    }

    [Fact]
    public void What_no_phone_can_get_is_told_at_once()
    {
        Send(1);
        Assert.Equal((1L, new PhoneTextAnswer(null, "no phone is registered")), Answers[^1]);
        Register(Desk);
        // A datagram of this length is cut up on its way.
        Send(2, new string('x', 1_300));
        Assert.Equal(513, Answers[^1].Answer.Status);
        Assert.Equal(0, _rig.SentCount("MESSAGE"));
        Send(3, from: "ACME \"1\"");
        Assert.StartsWith("\"ACME \\\"1\\\"\" <sip:sip.example.com>;tag=", Header(At(Desk), "From"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_phone_is_answered_when_its_text_is_judged_and_is_heard_once()
    {
        Write("Grüße", cseq: 5);
        Write("Grüße", cseq: 5);
        var came = Assert.Single(Came);
        Assert.Equal((Phones.Desk.Id, "alice1", "+4989113", "Grüße"),
            (came.Text.Connection.Id, came.Text.User, came.Text.To, came.Text.Words));
        Assert.Equal(0, _rig.SentCount("SIP/2.0"));
        _rig.Handle(new ShardMessage.TextJudged(came.Correlation, new(202)));
        Assert.StartsWith("SIP/2.0 202 Accepted", _rig.Last, StringComparison.Ordinal);
        Assert.DoesNotContain("Contact:", _rig.Last, StringComparison.Ordinal);

        Write("Me too", "sip:bob@sip.example.com", "TEXT/Plain; charset=\"utf-8\"", cseq: 6);
        var other = Came[^1];
        Assert.Equal("bob", other.Text.To);
        Assert.NotEqual(came.Text.Key, other.Text.Key);
        _rig.Handle(new ShardMessage.TextJudged(other.Correlation, new(403, "40300 \"No\" more")));
        Assert.StartsWith("SIP/2.0 403", _rig.Last, StringComparison.Ordinal);
        Assert.Equal("399 sip.example.com \"40300 \\\"No\\\" more\"", Header(_rig.Last, "Warning"));
        Assert.Equal(new Effect.RequestRefused("MESSAGE", "alice1", "bob", 403, "40300 \"No\" more"),
            Assert.Single(_rig.Texts.OfType<Effect.RequestRefused>()));
        Assert.Equal(0, _rig.State.OwnedTransactions);
    }

    [Theory]
    [InlineData("2125550100", "US", "+12125550100"), InlineData("(212)%20555-0100", "US", "+12125550100")]
    [InlineData("0114989777", "US", "+4989777"), InlineData("4989777", null, "+4989777")]
    [InlineData("%2B4989777%E2%80%AC", null, "+4989777"), InlineData("40404", "US", "40404"), InlineData("bob", "US", "bob")]
    public void A_text_goes_to_the_number_that_a_call_would_go_to(string written, string? country, string expected)
    {
        var desk = Phones.Desk with { Sip = Phones.Desk.Sip! with { Origination = new() { Localization = country } } };        // it has one
        Write("Hello", $"sip:{written}@sip.example.com", caller: new(desk, "alice1"));
        Assert.Equal(expected, Assert.Single(Came).Text.To);
    }

    [Theory] // as phones of mobile networks write it
    [InlineData("tel:+4989456789"), InlineData("tel:+49-89-456-789"), InlineData("TEL:89456789;phone-context=+49")]
    public void A_text_may_go_to_a_telephone_number_without_a_host(string uri)
    {
        Write("Hello", uri);
        Assert.Equal("+4989456789", Assert.Single(Came).Text.To);
    }

    /// <summary>As Linphone writes a text whose delivery it wants to hear of.</summary>
    [Theory]
    [InlineData("Content-Type: text/plain; charset=UTF-8\nContent-Length: 7\n\nGrüße\n")]
    [InlineData("Content-ID: <1@h>\ncontent-type: text/plain;charset=utf8\n\nGrüße")]
    public void A_text_may_stand_in_a_message_cpim(string content)
    {
        Write("From: <sip:alice1@sip.example.com>\nTo: <sip:+4989113@sip.example.com>\nDateTime: 2026-01-06T15:34:33Z\n"
            + "NS: imdn <urn:ietf:params:imdn>\nimdn.Message-ID: HjFsonRLpkim\n"
            + $"imdn.Disposition-Notification: positive-delivery, display\n\n{content}", type: "message/cpim");
        Assert.Equal(("+4989113", "Grüße"), (Assert.Single(Came).Text.To, Came[0].Text.Words));
    }

    [Theory] // in the other order, as pjsip4net writes it; and without a type, which is this one by default
    [InlineData("plain/text", "Hello"), InlineData("Plain/Text; charset=UTF-8", "Hello")]
    [InlineData("message/cpim", "From: <sip:a@h>\n\n\nHello")]
    [InlineData("message/cpim", "From: <sip:a@h>\n\nContent-Length: 5\n\nHello\n")]
    public void Plain_text_is_known_by_other_words_too(string type, string words)
    {
        Write(words, type: type);
        Assert.Equal("Hello", Assert.Single(Came).Text.Words);
    }

    /// <summary>Some phones whose word of it is refused send no texts any more.</summary>
    [Theory]
    [InlineData("application/im-iscomposing+xml", "<isComposing><state>active</state></isComposing>")]
    [InlineData("Application/im-iscomposing+xml;charset=UTF-8\nContent-Encoding: deflate", "x")]
    [InlineData("message/cpim", "From: <sip:a@h>\n\nContent-Type: application/im-iscomposing+xml\n\n<isComposing/>")]
    public void That_somebody_types_is_taken_and_told_to_nobody(string type, string words)
    {
        Write(words, type: type);
        Assert.StartsWith("SIP/2.0 200", _rig.Last, StringComparison.Ordinal);
        Assert.Empty(_rig.Texts);       // nor is it logged as refused
        Write(words, "sip:+4989113@other.example.com", type);
        Assert.StartsWith("SIP/2.0 404", _rig.Last, StringComparison.Ordinal);
        Assert.Empty(Came);
    }

    [Theory]
    [InlineData("message/cpim", "sip:+4989113@sip.example.com", "From: <sip:a@h>\n\nContent-Type: message/imdn+xml\n\n<imdn/>", 415)]
    [InlineData("message/cpim", "sip:+4989113@sip.example.com", "From: <sip:a@h>\n\nContent-Type: text/plain\n\n", 400)]
    [InlineData("text/html", "sip:+4989113@sip.example.com", "Hello", 415)]
    [InlineData("message/cpim", "sip:+4989113@sip.example.com", "Hello", 415)]
    [InlineData("text/plain;charset=utf-16", "sip:+4989113@sip.example.com", "Hello", 415)]
    [InlineData("text/plain", "sip:+4989113@other.example.com", "Hello", 404)]
    [InlineData("text/plain", "im:bob@sip.example.com", "Hello", 416)]
    [InlineData("text/plain", "sip:+4989113@sip.example.com", "", 400)]
    public void What_is_no_text_of_ours_is_refused_before_anybody_is_asked(string type, string uri, string words, int status)
    {
        Write(words, uri, type);
        Assert.StartsWith($"SIP/2.0 {status}", _rig.Last, StringComparison.Ordinal);
        if (status == 415) Assert.Equal("text/plain", Header(_rig.Last, "Accept"));
        Assert.Empty(Came);
        var refused = Assert.IsType<Effect.RequestRefused>(Assert.Single(_rig.Texts));
        Assert.Equal(("MESSAGE", "alice1", status), (refused.Method, refused.User, refused.Status));
    }

    [Fact]
    public void A_text_may_be_so_long_and_so_many_wait_of_one_phone()
    {
        Write(new string('x', Limits.TextOfPhoneBytes + 1));
        Assert.StartsWith("SIP/2.0 413", _rig.Last, StringComparison.Ordinal);
        for (int i = 0; i < Limits.TextsOfOnePhone; i++) Write("Hello");
        Assert.Equal(Limits.TextsOfOnePhone, Came.Length);
        Write("one more");
        Assert.StartsWith("SIP/2.0 503", _rig.Last, StringComparison.Ordinal);
        Assert.Equal($"{Limits.RetryAfterSeconds}", Header(_rig.Last, "Retry-After"));
        _rig.Handle(new ShardMessage.TextJudged(Came[0].Correlation, new(202)));
        Write("there is room");
        Assert.Equal("there is room", Came[^1].Text.Words);
    }

    [Fact]
    public void The_phones_of_one_account_leave_room_for_those_of_others()
    {
        for (int i = 0; i < Limits.TextsOfOneAccount; i++)
            Write("Hello", caller: new(Phones.Desk, $"user{i / Limits.TextsOfOnePhone}"));
        Assert.Equal(Limits.TextsOfOneAccount, Came.Length);
        Write("one more", caller: new(Phones.Desk, "another"));
        Assert.StartsWith("SIP/2.0 503", _rig.Last, StringComparison.Ordinal);
        Write("theirs", caller: new(Phones.Desk with { Tenant = Phones.Other }, "bob"));
        Assert.Equal("theirs", Came[^1].Text.Words);
        _rig.Handle(new ShardMessage.TextJudged(Came[0].Correlation, new(202)));
        Write("there is room", caller: new(Phones.Desk, "another"));
        Assert.Equal("there is room", Came[^1].Text.Words);
    }

    [Fact]
    public void Only_phones_that_have_proved_whose_they_are_may_write_and_they_are_told_so()
    {
        Write("Hello", caller: new(Phones.Pbx, null));
        Assert.StartsWith("SIP/2.0 405", _rig.Last, StringComparison.Ordinal);
        Assert.DoesNotContain("MESSAGE", Header(_rig.Last, "Allow"), StringComparison.Ordinal);
        Assert.Empty(Came);
        _rig.ReceiveFrom(Alice, Phones.Request("OPTIONS", "alice1", ++_cseq), Desk);
        Assert.EndsWith(", MESSAGE", Header(_rig.Last, "Allow"), StringComparison.Ordinal);
        Assert.Contains("text/plain", Header(_rig.Last, "Accept"), StringComparison.Ordinal);
    }
}
