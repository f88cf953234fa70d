using Ringwright.Sip;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

/// <summary>Messages of other stacks that are not word-perfect and whose meaning is plain all the same.</summary>
public sealed class ForgivenMessageTests
{
    [Theory]
    [InlineData("sip:bob@192.0.2.1;"), InlineData("<sip:bob@192.0.2.1>;"), InlineData("<sip:bob@192.0.2.1> ; ")]
    public void Our_tag_comes_behind_one_semicolon(string to)
    {
        var invite = InviteHead.Read(System.Text.Encoding.UTF8.GetString(Wire.Bytes(Wire.Invite(to: to))), "ours");
        Assert.NotNull(invite);
        Assert.Equal("ours", new SipResponseBuilder(invite, 200).Build().To.Tag.AsText());
    }

    [Theory]
    [InlineData(" "), InlineData("  "), InlineData("\t"), InlineData(" \t ")]
    public void White_space_behind_the_request_line_means_nothing(string end)
    {
        // The ACK of ESP-ADF's SIP phone has a space there.
        string ack = Wire.Like(Wire.Invite(), "ACK").Replace("SIP/2.0\n", $"SIP/2.0{end}\n", StringComparison.Ordinal);
        var request = Wire.Request(ack);
        Assert.Equal((SipMethod.Ack, "sip:bob@192.0.2.1"), (request.Method, request.RequestUri.AsText()));
        FixedPoint.Check(request);
        Assert.Equal(ParseStatus.BadVersion, Wire.Status(ack.Replace("192.0.2.1 SIP/2.0", "192.0.2.1 SIP/3.0", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_semicolon_at_the_end_of_a_list_begins_no_parameter()
    {
        string invite = Wire.Invite("Record-Route: <sip:p1.example.com;lr;>;\nSession-Expires: 1800;refresher=uac;",
            uri: "sip:bob@192.0.2.1;user=phone;", from: "<sip:alice@192.0.2.7;>;tag=a1;", to: "sip:bob@192.0.2.1;");
        var request = Wire.Request(invite.Replace(";rport", ";rport;", StringComparison.Ordinal)
            .Replace("192.0.2.7:5070>", "192.0.2.7:5070;ob;>;expires=60;", StringComparison.Ordinal));

        Assert.Equal(("a1", ""), (request.From.Tag.AsText(), request.To.Tag.AsText()));
        Assert.True(request.TopVia.HasRport);
        Assert.True(request.ParseRequestUri().Parameters.Has("user"u8));
        Assert.True(request.TryGetContact(out var contact) && contact.Parameters.TryFind("expires"u8, out var expires)
            && expires.SequenceEqual("60"u8));
        Assert.Equal(ParseStatus.Ok, SessionExpires.TryParse(request.First(SipHeader.SessionExpires), out var timer));
        Assert.Equal((1_800u, "uac"), (timer.Seconds, timer.Refresher.AsText()));
        foreach (var route in request.Values(SipHeader.RecordRoute))
        {
            Assert.Equal(ParseStatus.Ok, NameAddress.TryParse(route, out var hop));
            Assert.True(hop.ParseUri().IsLooseRouter);
        }
        FixedPoint.Check(request);
    }

    [Theory]
    [InlineData("Retry-After: Wed, 21 Oct 2026 07:28:00 GMT"), InlineData("Retry-After: soon"), InlineData("Retry-After:")]
    [InlineData("Expires: Thu, 01 Dec 1994 16:00:00 GMT"), InlineData("Expires: \"3600\""), InlineData("Min-Expires: 9999999999")]
    [InlineData("Content-Type:"), InlineData("Content-Type: sdp"), InlineData("Content-Type: application/"), InlineData("RSeq: one")]
    public void A_time_a_type_or_a_number_that_cannot_be_read_loses_no_message(string header)
    {
        var response = Wire.Response($"""
            SIP/2.0 503 Service Unavailable
            Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx
            From: <sip:bob@192.0.2.1>;tag=b
            To: <sip:alice@192.0.2.7>;tag=a
            Call-ID: x@192.0.2.1
            CSeq: 1 INVITE
            {header}
            Content-Length: 0
            """);
        Assert.Equal(503, response.Status);
        Assert.NotEqual(ParseStatus.Ok, RetryAfter.TryParse(response.First(SipHeader.RetryAfter), out _));
        FixedPoint.Check(response);
        Assert.Equal(ParseStatus.Ok, Wire.Status(Wire.Invite(header)));
    }

    [Fact]
    public void A_body_of_a_type_that_cannot_be_read_is_of_none_that_we_know()
    {
        string invite = Wire.Invite("Content-Type: sdp").Replace("Content-Length: 0\n\n", "Content-Length: {length}\n\nv=0\n",
            StringComparison.Ordinal);
        var request = Wire.Request(invite);
        Assert.False(request.Body.IsEmpty);
        Assert.Equal(415, new UserAgentPolicy().Check(request)?.Build().Status);
    }

    [Theory]
    [InlineData("<sip:a@192.0.2.9>;expires=390,Date:Thu, 24 May 2018 05:52:55 GMT", "sip:a@192.0.2.9")]
    [InlineData("<sip:a@192.0.2.9:65536>, <sip:b@192.0.2.9>;expires=60", "sip:b@192.0.2.9")]
    [InlineData("unknown", null)]
    public void A_Contact_that_cannot_be_read_loses_no_answer(string contacts, string? read)
    {
        var response = Wire.Response($"""
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx
            From: <sip:bob@192.0.2.1>;tag=b
            To: <sip:alice@192.0.2.7>;tag=a
            Call-ID: x@192.0.2.1
            CSeq: 1 REGISTER
            Contact: {contacts}
            Content-Length: 0
            """);
        Assert.Equal(read is not null, response.TryGetContact(out var contact));
        if (read is not null) Assert.Equal(read, contact.Uri.AsText());
        FixedPoint.Check(response);
        // Who asks for something says where he is.
        Assert.NotEqual(ParseStatus.Ok, Wire.Status(Wire.Invite($"Contact: {contacts}")));
    }

    [Fact] // a proxy that writes IPv6 without brackets
    public void A_Record_Route_that_cannot_be_read_loses_no_answer()
    {
        const string bad = "Record-Route: <sip:2001:db8:0:0:0:0:0:1:5060;lr>";
        var response = Wire.Response($"""
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx
            {bad}, <sip:p1.example.com;lr>
            From: <sip:bob@192.0.2.1>;tag=b
            To: <sip:alice@192.0.2.7>;tag=a
            Call-ID: x@192.0.2.1
            CSeq: 1 INVITE
            Contact: <sip:alice@192.0.2.7>
            Content-Length: 0
            """);
        FixedPoint.Check(response);
        var ack = Dialog.OfResponse(Samples.OutgoingInvite(), response)?.CreateAck(Samples.OutgoingInvite()).Build();
        Assert.NotNull(ack);
        Assert.Equal("<sip:p1.example.com;lr>", ack.Text(SipHeader.Route));

        Assert.Equal(ParseStatus.BadUri, Wire.Status(Wire.Invite(bad)));
        string bye = Wire.Like(Wire.Invite(bad), "BYE");
        Assert.Equal(ParseStatus.Ok, Wire.Status(bye));
        Assert.Contains(bad, new SipResponseBuilder(Wire.Request(bye), 200).Build().ToString(), StringComparison.Ordinal);
        Assert.Equal(ParseStatus.Ok, Wire.Status(Wire.Invite(bad["Record-".Length..])));
    }

    [Theory]
    [InlineData("ACK", true), InlineData("BYE", true), InlineData("CANCEL", true), InlineData("PRACK", true), InlineData("INFO", true)]
    [InlineData("MESSAGE", true), InlineData("OPTIONS", true)]
    [InlineData("UPDATE", false), InlineData("REGISTER", false), InlineData("SUBSCRIBE", false), InlineData("REFER", false)]
    public void A_Contact_that_cannot_be_read_counts_only_where_it_has_a_meaning(string method, bool isOk)
    {
        string request = Wire.Like(Wire.Invite("Contact: <sip:a@192.0.2.9:5060transport=udp>"), method);
        Assert.Equal(isOk, Wire.Status(request) is ParseStatus.Ok);
    }

    [Theory, InlineData("INVITE"), InlineData("UPDATE"), InlineData("SUBSCRIBE"), InlineData("REFER")]
    public void Within_a_dialog_no_request_is_lost_for_them(string method)
    {
        string request = Wire.Like(Wire.Invite("Record-Route: <sip:2001:db8::1:5060;lr>\nContact: <sip:a@192.0.2.9:5060transport=udp>",
            to: "<sip:bob@192.0.2.1>;tag=b1"), method);
        Assert.Equal(ParseStatus.Ok, Wire.Status(request));
        FixedPoint.Check(Wire.Request(request));
        Assert.Equal(ParseStatus.BadUri, Wire.Status(request.Replace(";tag=b1", "", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Content-Length: 0", true), InlineData("l: 0", true), InlineData("Max-Forwards: 70", true)]
    [InlineData("i: c1@192.0.2.7", true), InlineData("Date: today\nDate: today", true)]
    [InlineData("Max-Forwards: 69", true), InlineData("i: c2@192.0.2.7", false), InlineData("Date: today\nDate: tomorrow", true)]
    [InlineData("Expires: 180\nExpires: 120", true), InlineData("Min-Expires: 60\nMin-Expires: 90", true)]
    [InlineData("Referred-By: <sip:a@192.0.2.9>\nb: <sip:192.0.2.8>", true), InlineData("Priority: normal\nPriority: urgent", true)]
    [InlineData("Reply-To: <sip:a@192.0.2.9>\nReply-To: <sip:b@192.0.2.9>", true)]
    [InlineData("Refer-To: <sip:a@192.0.2.9>\nr: <sip:b@192.0.2.9>", false), InlineData("Event: refer\no: dialog", false)]
    public void What_a_header_says_twice_it_says_once(string header, bool isSame)
    {
        string invite = Wire.Invite(header);
        Assert.Equal(isSame ? ParseStatus.Ok : ParseStatus.DuplicateHeader, Wire.Status(invite));
        if (!isSame) return;
        var request = Wire.Request(invite);
        FixedPoint.Check(request);
        Assert.Single(new SipResponseBuilder(request, 200).Build().ToString().Split('\n'),
            line => line.StartsWith("Call-ID:", StringComparison.Ordinal));
    }

    [Theory] // a PBX that sends a call on, with its own 70 beside what is left
    [InlineData("Max-Forwards: 69", 69), InlineData("Max-Forwards: 71", 70), InlineData("Max-Forwards: 9\nMax-Forwards: 8", 8)]
    public void Of_several_numbers_of_hops_the_least_counts(string header, int hops) =>
        Assert.Equal(hops, Wire.Request(Wire.Invite(header)).MaxForwards);

    [Theory]
    [InlineData("Session-Expires: 1800;refresher=uac\nx: 600")]
    [InlineData("Session-Expires: 600\nSession-Expires: 1800;refresher=uac")]
    [InlineData("Session-Expires: 600;refresher=uac\nSession-Expires: 1800;refresher=uas\nMin-SE: 90\nMin-SE: 120")]
    [InlineData("Session-Expires: soon\nSession-Expires: 600;refresher=\"UAC\"")]
    [InlineData("Session-Expires: 600;refresher=uac, 1800;refresher=uas\nDate: today\nDate: tomorrow")]
    public void Of_two_session_timers_the_shorter_counts_and_whoever_says_so_refreshes(string header)
    {
        var request = Wire.Request(Wire.Invite(header));
        Assert.True(SessionExpires.TryFind(request, out var timer));
        Assert.Equal((600u, "uac"), (timer.Seconds, timer.Refresher.AsText().ToLowerInvariant()));
        FixedPoint.Check(request);
    }

    [Theory]
    [InlineData("600;;refresher=uac", 600u), InlineData("600;refresher=a b", 600u), InlineData("600;\"", 600u)]
    [InlineData("600 s", null), InlineData("", null), InlineData(";refresher=uac", null), InlineData("-1", null)]
    public void What_stands_behind_an_interval_and_cannot_be_read_does_not_cost_it(string value, uint? seconds)
    {
        Assert.Equal(seconds is not null, SessionExpires.TryFind(Wire.Request(Wire.Invite($"Session-Expires: {value}")), out var timer));
        Assert.Equal(seconds ?? 0, timer.Seconds);
        Assert.Equal("", timer.Refresher.AsText());
    }

    [Theory]
    [InlineData("a#1$b@192.0.2.7"), InlineData("MDEyMzQ1Njc4OQ==@192.0.2.7"), InlineData("a|b^c&d;e,f"), InlineData("@")]
    public void A_Call_ID_is_whatever_stands_there(string callId)
    {
        var request = Wire.Request(Wire.Invite(callId: callId));
        Assert.Equal(callId, request.CallId.AsText());
        Assert.Contains($"\r\nCall-ID: {callId}\r\n", new SipResponseBuilder(request, 200).Build().ToString(), StringComparison.Ordinal);
        FixedPoint.Check(request);
    }

    [Theory]
    [InlineData(""), InlineData("a b"), InlineData("a\\xE4"), InlineData("a\\x7F")]
    public void A_Call_ID_of_several_words_or_other_bytes_is_none(string callId) =>
        Assert.Equal(ParseStatus.BadToken, Wire.Status(Wire.Invite(callId: callId)));

    [Fact]
    public void A_comma_too_many_in_a_list_of_addresses_names_nobody()
    {
        var request = Wire.Request(Wire.Invite("Record-Route: <sip:p2.example.com;lr>,, <sip:p1.example.com;lr>,\nRoute:")
            .Replace("Contact: <", "Contact: , <", StringComparison.Ordinal));
        FixedPoint.Check(request);
        var dialog = Dialog.OfRequest(request, "<sip:192.0.2.1>");
        Assert.NotNull(dialog);
        Assert.Equal("sip:alice@192.0.2.7:5070", dialog.RemoteTarget);
        Assert.Equal(["<sip:p2.example.com;lr>", "<sip:p1.example.com;lr>"], dialog.Routes);
        Assert.Equal(2, dialog.CreateRequest(SipMethod.Bye).Build().ToString().Split("\r\nRoute: ").Length - 1);
    }

    [Theory] // names as a directory has them, told by phones without quotation marks
    [InlineData("Doe, Jane <sip:jane@192.0.2.9>", "Doe, Jane", 1)]
    [InlineData("Doe,Jane,MD<sip:jane@192.0.2.9>;expires=60, <sip:jane@192.0.2.10>", "Doe,Jane,MD", 2)]
    [InlineData("\"Doe, Jane\" <sip:jane@192.0.2.9>", "\"Doe, Jane\"", 1)]
    [InlineData(", <sip:jane@192.0.2.9>, Doe, Jane <sip:jane@192.0.2.10>", "", 3)]
    [InlineData("<sip:jane@192.0.2.9>, \"Doe <Jane>\" <sip:jane@192.0.2.10>, Doe, J. <sip:jane@192.0.2.11>, sip:a@192.0.2.12", "", 4)]
    public void A_name_with_a_comma_is_a_name(string contacts, string name, int count)
    {
        var request = Wire.Request(Wire.Invite().Replace("Contact: <sip:alice@192.0.2.7:5070>", $"Contact: {contacts}",
            StringComparison.Ordinal));
        FixedPoint.Check(request);
        Assert.True(request.TryGetContact(out var contact));
        Assert.Equal((name, "sip:jane@192.0.2.9"), (contact.DisplayName.AsText(), contact.Uri.AsText()));
        int values = 0;
        foreach (var _ in request.Values(SipHeader.Contact)) values++;
        Assert.Equal(count, values);
    }

    [Theory]
    [InlineData("Doe, Jane"), InlineData("Doe, sip:jane@192.0.2.9"), InlineData("Doe, ")]
    public void A_name_without_an_address_is_no_Contact(string contacts) =>
        Assert.NotEqual(ParseStatus.Ok, Wire.Status(Wire.Invite().Replace("Contact: <sip:alice@192.0.2.7:5070>", $"Contact: {contacts}",
            StringComparison.Ordinal)));

    [Fact] // what some stacks write of a flag, and of what they do not know
    public void A_parameter_without_a_value_is_a_flag()
    {
        var request = Wire.Request(Wire.Invite("Record-Route: <sip:p1.example.com;lr=>", from: "<sip:alice@192.0.2.7>;tag=a1;epid=",
            to: "<sip:bob@192.0.2.1>;tag=;x=1").Replace(";rport", ";rport=", StringComparison.Ordinal)
            .Replace("192.0.2.7:5070>", "192.0.2.7:5070;transport=>;expires=;q=", StringComparison.Ordinal));

        Assert.Equal(("a1", ""), (request.From.Tag.AsText(), request.To.Tag.AsText()));
        Assert.True(request.TopVia.HasRport);
        Assert.Null(request.TopVia.Rport);
        Assert.True(request.TryGetContact(out var contact) && contact.Parameters.Has("expires"u8));
        foreach (var route in request.Values(SipHeader.RecordRoute))
        {
            Assert.Equal(ParseStatus.Ok, NameAddress.TryParse(route, out var hop));
            Assert.True(hop.ParseUri().IsLooseRouter);
        }
        FixedPoint.Check(request);
        request.LocalTag = "ours";
        var answer = new SipResponseBuilder(request, 180).Build();
        Assert.Equal("ours", answer.To.Tag.AsText());
        Assert.Equal("<sip:bob@192.0.2.1>;x=1;tag=ours", answer.Text(SipHeader.To));
    }

    [Fact] // one who copies our rport and does not fill it in
    public void An_answer_with_an_empty_rport_is_an_answer()
    {
        var response = Wire.Response("""
            SIP/2.0 200 OK
            Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKx;rport=;received=
            From: <sip:bob@192.0.2.1>;tag=b
            To: <sip:alice@192.0.2.7>;tag=a
            Call-ID: x@192.0.2.1
            CSeq: 1 INVITE
            Contact: <sip:alice@192.0.2.7>;expires=
            Content-Length: 0
            """);
        Assert.Equal("z9hG4bKx", response.TopVia.Branch.AsText());
        Assert.True(response.TryGetContact(out _));
        FixedPoint.Check(response);
    }

    [Fact]
    public void White_space_beside_the_semicolons_of_a_URI_is_none_of_it()
    {
        var request = Wire.Request(Wire.Invite("Record-Route: <sip:p1.example.com; lr>",
            from: "<sip:alice@192.0.2.7;  user=phone ;x=1>;tag=a1")
            .Replace("alice@192.0.2.7:5070>", "alice@192.0.2.7:5070 ; transport=udp>", StringComparison.Ordinal));
        FixedPoint.Check(request);
        Assert.Equal("sip:alice@192.0.2.7;user=phone;x=1", request.From.Uri.AsText());

        var bye = Dialog.OfRequest(request, "<sip:192.0.2.1>")?.CreateRequest(SipMethod.Bye).Build();
        Assert.NotNull(bye);
        Assert.Equal("sip:alice@192.0.2.7:5070;transport=udp", bye.RequestUri.AsText());
        Assert.Equal("<sip:p1.example.com;lr>", bye.Text(SipHeader.Route));
        Assert.Equal("<sip:alice@192.0.2.7;user=phone;x=1>;tag=a1", bye.Text(SipHeader.To));
    }

    [Theory]
    [InlineData("< sip:a@h;x>"), InlineData("<sip:a@h;x >"), InlineData("< ;sip:a@h>"), InlineData("<sip:a b@h; x>")]
    [InlineData("<sip:a@h; x=1 2>"), InlineData("<sip:a@h; ; x>")]
    public void White_space_elsewhere_in_a_URI_makes_it_none(string address) =>
        Assert.Equal(ParseStatus.BadUri, NameAddress.TryParse(System.Text.Encoding.UTF8.GetBytes(address), out _));

    [Theory] // names in place of numbers, in UTF-8 and in Latin-1
    [InlineData("sip:Jos\\xC3\\xA9@192.0.2.9", "José", "sip:Jos%C3%A9@192.0.2.9")]
    [InlineData("sip:Jos\\xE9@192.0.2.9:5070;transport=udp", "José", "sip:Jos%C3%A9@192.0.2.9:5070;transport=udp")]
    [InlineData("sip:\\xE5\\xBC\\xA0+1%23@192.0.2.9; user=phone", "张+1#", "sip:%E5%BC%A0+1%23@192.0.2.9;user=phone")]
    public void Letters_beyond_ASCII_in_a_user_are_read_as_if_they_were_escaped(string uri, string user, string escaped)
    {
        var request = Wire.Request(Wire.Invite(from: $"\"A\" <{uri}>;tag=a1")
            .Replace("<sip:alice@192.0.2.7:5070>", $"<{uri}>", StringComparison.Ordinal));
        FixedPoint.Check(request);
        Assert.Equal((user, escaped, "a1"), (request.From.ParseUri().UserText, request.From.Uri.AsText(), request.From.Tag.AsText()));
        Assert.True(new SipResponseBuilder(request, 180).Build().First(SipHeader.From).SequenceEqual(request.First(SipHeader.From)));

        var bye = Dialog.OfRequest(request, "<sip:192.0.2.1>")?.CreateRequest(SipMethod.Bye).Build();
        Assert.NotNull(bye);
        Assert.Equal(escaped, bye.RequestUri.AsText());
        Assert.Equal($"\"A\" <{escaped}>;tag=a1", bye.Text(SipHeader.To));
    }

    [Theory]
    [InlineData("<sip:a@h\\xC3\\xA9.example>"), InlineData("<sip:a@h;x=\\xC3\\xA9>"), InlineData("<sip:\\xC3\\xA9.example>")]
    [InlineData("<tel:\\xC3\\xA9>"), InlineData("<sip:\\xC3\\xA9%4@h>"), InlineData("<sip:\\xC3\\xA9 b@h>")]
    public void Elsewhere_in_a_URI_they_make_it_none(string from) =>
        Assert.Equal(ParseStatus.BadUri, Wire.Status(Wire.Invite(from: $"{from};tag=a1")));

    [Theory, InlineData(0, ParseStatus.Ok), InlineData(1, ParseStatus.BadUri)]
    public void They_are_read_in_what_is_no_longer_than_a_name(int more, ParseStatus expected)
    {
        string user = new string('a', Limits.EscapedUserBytes - 1 + more) + "\\xE9";
        Assert.Equal(expected, Wire.Status(Wire.Invite(from: $"<sip:{user}@h>;tag=a1")));
    }

    [Fact] // clients that listen nowhere, or do not know where
    public void Who_says_port_0_is_reached_where_he_is()
    {
        var request = Wire.Request(Wire.Invite("Record-Route: <sip:192.0.2.9:0;lr>")
            .Replace("192.0.2.7:5070;branch=z9hG4bKabc;rport", "192.0.2.7:0;branch=z9hG4bKabc", StringComparison.Ordinal)
            .Replace("alice@192.0.2.7:5070>", "alice@192.0.2.7:0>", StringComparison.Ordinal));
        FixedPoint.Check(request);
        Assert.Null(request.TopVia.Port);
        Assert.True(request.TopVia.HasNoPort);
        Assert.Equal(Wire.Peer.Remote, request.ResponseTarget(Wire.Peer));

        var dialog = Dialog.OfRequest(request, "<sip:192.0.2.1>");
        Assert.NotNull(dialog);
        Assert.Equal("sip:alice@192.0.2.7:0", dialog.CreateRequest(SipMethod.Bye).Build().RequestUri.AsText());
        Assert.False(dialog.TryGetNextHop(Wire.Peer, out _));
        Assert.True(request.TryGetContact(out var contact));
        Assert.False(contact.ParseUri().TryGetEndPoint(out _));
    }

    [Theory] // of the sender, or of somebody on the way before the one who sends to us
    [InlineData("2001:0db8:85a3:0042:1000:8a2e:0370:7334:5088"), InlineData("FFFF:67C:FFD8:E07F:0:0:0:8:5060")]
    [InlineData("2001:db8::7"), InlineData("2001:db8::7:5070"), InlineData("::1"), InlineData("fe80::1%eth0")]
    public void Who_leaves_out_the_brackets_of_his_address_is_reached_where_he_is(string place)
    {
        var request = Wire.Request(Wire.Invite()
            .Replace("192.0.2.7:5070;branch=z9hG4bKabc;rport", $"{place};branch=z9hG4bKabc", StringComparison.Ordinal));
        FixedPoint.Check(request);
        Assert.Equal("z9hG4bKabc", request.TopVia.Branch.AsText());
        Assert.Null(request.TopVia.Port);
        Assert.Equal(Wire.Peer.Remote, request.ResponseTarget(Wire.Peer));
        Assert.Equal(ParseStatus.Ok, Wire.Status(Wire.Invite($"Via: SIP/2.0/UDP {place};branch=z9hG4bKfar")));
    }

    [Theory]
    [InlineData("1:2:3"), InlineData("2001:db8::7:65536"), InlineData("2001:db8::7:"), InlineData("h:5060:5060"), InlineData(":5060")]
    [InlineData("2001:db8::7:sip"), InlineData("[2001:db8::7"), InlineData("1:2:3:4:5:6:7:8:9:5060")]
    public void What_is_no_address_without_its_port_either_is_no_Via(string place) =>
        Assert.Equal(ParseStatus.BadVia, Wire.Status(Wire.Invite($"Via: SIP/2.0/UDP {place};branch=z9hG4bKfar")));

    [Theory]
    [InlineData("<sip:a@h>;;"), InlineData("<sip:a@h>;;tag=1"), InlineData("<sip:a@h;;>"), InlineData("<sip:a@h>; ;x")]
    public void Several_say_nothing_that_could_be_read(string address) =>
        Assert.NotEqual(ParseStatus.Ok, NameAddress.TryParse(System.Text.Encoding.UTF8.GetBytes(address), out _));
}
