using System.Net;
using System.Text;
using Ringwright.Sip;
using Ringwright.Sip.Headers;
using Ringwright.Sip.Messages;

namespace Ringwright.Pure.Sip;

public sealed class ParserTests
{
    [Theory]
    [InlineData("\r\n\r\n")]
    [InlineData("\r\n")]
    [InlineData("")]
    public void Line_ends_alone_are_a_keep_alive(string text) =>
        Assert.Equal(ParseStatus.KeepAlive, SipParser.TryParse(Encoding.ASCII.GetBytes(text), out _));

    [Fact]
    public void Line_ends_before_the_start_line_are_ignored() => Assert.Equal(ParseStatus.Ok, Wire.Status("\n\n" + Wire.Invite()));

    [Fact]
    public void Bytes_behind_the_body_are_dropped()
    {
        var request = Wire.Request(Wire.Invite().Replace("Content-Length: 0", "Content-Length: 3", StringComparison.Ordinal) + "abcdef");
        Assert.Equal("abc", request.Body.AsText());
        Assert.EndsWith("\r\n\r\nabc", request.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_Content_Length_the_datagram_ends_the_body() =>
        Assert.Equal("abc", Wire.Request(Wire.Invite().Replace("Content-Length: 0\n", "", StringComparison.Ordinal) + "abc").Body.AsText());

    [Fact]
    public void A_body_shorter_than_promised_is_an_error() =>
        Assert.Equal(ParseStatus.BodyTooShort,
            Wire.Status(Wire.Invite().Replace("Content-Length: 0", "Content-Length: 4", StringComparison.Ordinal) + "abc"));

    [Theory]
    [InlineData("Content-Length: 0\r\n\r\n", "Content-Length: 0\r\n", ParseStatus.Ok)]
    [InlineData("Content-Length: 0\r\n\r\n", "Content-Length: 0\n", ParseStatus.Ok)]
    [InlineData("Content-Length: 0\r\n\r\n", "Content-Length: 0", ParseStatus.Ok)]
    [InlineData("Content-Length: 0\r\n\r\n", "l : 0\r", ParseStatus.Ok)]
    [InlineData("Content-Length: 0\r\n\r\n", "X-Last: here\r\n", ParseStatus.Ok)]
    [InlineData("Content-Length: 0\r\n\r\n", "", ParseStatus.Ok)]
    [InlineData("Content-Length: 0\r\n\r\n", "X-Last: her", ParseStatus.Truncated)]
    [InlineData("Content-Length: 0\r\n\r\n", "Content-Length", ParseStatus.Truncated)]
    [InlineData("Content-Length: 0\r\n\r\n", "Content-Length: 1", ParseStatus.Truncated)]
    [InlineData("Content-Length: 0\r\n\r\n", "Content-Length: 5\r\n", ParseStatus.BodyTooShort)]
    public void The_empty_line_behind_the_headers_may_be_missing_where_nothing_else_can_be(string end, string instead, ParseStatus expected)
    {
        string invite = Encoding.UTF8.GetString(Wire.Bytes(Wire.Invite())).Replace(end, instead, StringComparison.Ordinal);
        Assert.Equal(expected, SipParser.TryParse(Encoding.UTF8.GetBytes(invite), out var message));
        if (expected is not ParseStatus.Ok) return;
        Assert.EndsWith("\n\r\n", message!.ToString(), StringComparison.Ordinal);     // Ok brings a message
        FixedPoint.Check(message);
    }

    [Fact]
    public void A_colon_too_many_before_the_IPv4_part_is_overlooked()
    {
        // RFC 5118 section 4.10.
        var request = Wire.Request(Wire.Invite(uri: "sip:user@[2001:db8:::192.0.2.1]"));
        Assert.True(request.ParseRequestUri().TryGetEndPoint(out var place));
        Assert.Equal("[2001:db8::c000:201]:5060", place.ToString());
        Assert.Equal(ParseStatus.BadUri, Wire.Status(Wire.Invite(uri: "sip:user@[2001:db8:::1]")));
        Assert.Equal(ParseStatus.BadUri, Wire.Status(Wire.Invite(uri: "sip:user@[2001:::db8:::192.0.2.1]")));
    }

    [Fact]
    public void Compact_and_long_forms_are_one_header()
    {
        var request = Wire.Request(Wire.Invite("k: timer\nSUPPORTED: path, gruu"));
        Assert.True(request.Lists(SipHeader.Supported, "timer"u8));
        Assert.True(request.Lists(SipHeader.Supported, "GRUU"u8));
        Assert.False(request.Lists(SipHeader.Supported, "100rel"u8));
    }

    [Fact]
    public void Values_over_several_lines_come_in_order()
    {
        var request = Wire.Request(Wire.Invite("Route: <sip:a;lr>, <sip:b,c@d;lr>\nX-Between: 1\nRoute: \"e, f\" <sip:g;lr>"));
        var routes = new List<string>();
        foreach (var value in request.Values(SipHeader.Route)) routes.Add(value.AsText());
        Assert.Equal(["<sip:a;lr>", "<sip:b,c@d;lr>", "\"e, f\" <sip:g;lr>"], routes);
    }

    [Fact]
    public void An_unknown_header_is_kept_and_found_by_its_name()
    {
        var request = Wire.Request(Wire.Invite("X-Account: 42, 43"));
        Assert.Equal("42, 43", request.First("x-ACCOUNT"u8).AsText());
        Assert.Contains("X-Account: 42, 43\r\n", request.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Folding_becomes_spaces()
    {
        var request = Wire.Request(Wire.Invite("Subject: one\n  two\n\tthree"));
        Assert.Equal(["one", "two", "three"], request.Text(SipHeader.Subject)!.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.DoesNotContain("\r\n two", request.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Subject : x", "x")]
    [InlineData("Sub ject: x", null)]
    [InlineData("no colon here", null)]
    [InlineData(": no name", null)]
    [InlineData("S\\xFCbject: x", null)]
    public void A_header_line_is_a_token_a_colon_and_a_value_and_what_is_none_is_passed_over(string line, string? subject)
    {
        var request = Wire.Request(Wire.Invite($"X-Before: 1\n{line}\nX-Behind: 2"));
        Assert.Equal(subject, request.Text(SipHeader.Subject));
        Assert.Equal("1", request.First("X-Before"u8).AsText());
        Assert.Equal("2", request.First("X-Behind"u8).AsText());
        FixedPoint.Check(request);
        Assert.Equal(180, Wire.Response("SIP/2.0 180 Ringing\nVia: SIP/2.0/UDP h;branch=z9hG4bKa\nFrom: <sip:a@h>;tag=a\n"
            + $"To: <sip:b@h>;tag=b\n{line}\nCall-ID: c\nCSeq: 1 INVITE\n\n").Status);
    }

    [Theory]
    [InlineData("Subject: bare \\x0D return"), InlineData("X-Y bare \\x0D From: return")]
    public void Half_a_line_end_is_none(string line) => Assert.Equal(ParseStatus.BadHeaderLine, Wire.Status(Wire.Invite(line)));

    [Theory]
    [InlineData("Call-ID:", "Call ID:"), InlineData("CSeq:", "CSeq")]
    public void A_header_that_must_be_there_and_is_none_is_missing(string name, string instead) =>
        Assert.Equal(ParseStatus.MissingHeader, Wire.Status(Wire.Invite().Replace(name, instead, StringComparison.Ordinal)));

    [Theory]
    [InlineData("From", ParseStatus.MissingHeader)]
    [InlineData("To", ParseStatus.MissingHeader)]
    [InlineData("Call-ID", ParseStatus.MissingHeader)]
    [InlineData("CSeq", ParseStatus.MissingHeader)]
    [InlineData("Via", ParseStatus.MissingHeader)]
    [InlineData("Max-Forwards", ParseStatus.Ok)] // RFC 2543 had none
    public void Mandatory_headers_must_be_there(string name, ParseStatus expected) =>
        Assert.Equal(expected, Wire.Status(string.Join('\n', Wire.Invite().Split('\n')
            .Where(line => !line.StartsWith(name + ":", StringComparison.Ordinal)))));

    [Theory]
    [InlineData("\"A \\\"B\\\" \\\\C\" <sip:a@h>;tag=1", "A \"B\" \\C", "sip:a@h", "1")]
    [InlineData("\"<sip:no@no>\" <sip:a@h>", "<sip:no@no>", "sip:a@h", "")]
    [InlineData("\"A \"B\" C\" <sip:a@h>;tag=1", "A \"B\" C", "sip:a@h", "1")]
    [InlineData("\"5\" monitor\"<sip:a@h>;x=\"y\"", "5\" monitor", "sip:a@h", "")]
    [InlineData("\"Sami\\\" <sip:a@h>;tag=1", "Sami\\", "sip:a@h", "1")]
    [InlineData("\"A\" sip:a@h;tag=1", "A", "sip:a@h", "1")]
    [InlineData("\"\"sip:a@h", "", "sip:a@h", "")]
    [InlineData("A B<sip:a@h;x=1>;tag=2", "A B", "sip:a@h;x=1", "2")]
    [InlineData("A \"B\" C <sip:a@h>;tag=2", "A \"B\" C", "sip:a@h", "2")]
    [InlineData("A\"<sip:a@h>;tag=2", "A\"", "sip:a@h", "2")]
    [InlineData("A \"B\" <sip:a@h>;x=\"y\"", "A \"B\"", "sip:a@h", "")]
    [InlineData("sip:a@h;tag=3", "", "sip:a@h", "3")]
    [InlineData("Bell; Alex <sip:a@h>;tag=3", "Bell; Alex", "sip:a@h", "3")]
    [InlineData("sip:+358-555-1234567;postd=pp22@foo.example;user=phone", "", "sip:+358-555-1234567;postd=pp22@foo.example", "")]
    [InlineData("\"A\" sip:a;x=1;y@h;tag=3", "A", "sip:a;x=1;y@h", "3")]
    [InlineData("sip:555;phone-context=+1@h", "", "sip:555;phone-context=+1@h", "")]
    [InlineData("sip:h;tag=x@h", "", "sip:h", "x@h")]
    [InlineData("sip:h;x=\"a@b\";tag=3", "", "sip:h", "3")]
    [InlineData("<sip:[2001:db8::1]:5070>", "", "sip:[2001:db8::1]:5070", "")]
    [InlineData("<tel:+1-555-0100;phone-context=x>;q=0.5;tag = \"4\"", "", "tel:+1-555-0100;phone-context=x", "\"4\"")]
    public void Addresses_have_a_name_a_URI_and_parameters(string value, string name, string uri, string tag)
    {
        Assert.Equal(ParseStatus.Ok, NameAddress.TryParse(Encoding.UTF8.GetBytes(value), out var address));
        Assert.Equal(name, address.DisplayText);
        Assert.Equal(uri, address.Uri.AsText());
        Assert.Equal(tag, address.Tag.AsText());
    }

    [Fact]
    public void A_name_that_is_no_UTF_8_is_Latin_1()
    {
        Assert.Equal("M\u00fcller", Wire.Request(Wire.Invite(from: "\"M\\xFCller\" <sip:a@h>;tag=1")).From.DisplayText);
        Assert.Equal("M\u00fcller \"J\u00f6rg\"",
            Wire.Request(Wire.Invite(from: "\"M\\xFCller \\\"J\\xF6rg\\\"\" <sip:a@h>;tag=1")).From.DisplayText);
        Assert.Equal("M\u00fcller", Wire.Request(Wire.Invite(from: "M\u00fcller <sip:a@h>;tag=1")).From.DisplayText);
    }

    [Theory]
    [InlineData("\"A <sip:a@h>")]
    [InlineData("<sip:a@h")]
    [InlineData("<sip:a@h> x")]
    [InlineData("sip:a@h?x=y")]
    [InlineData("\"A\" sip:a@h?x=y")]
    [InlineData("\"A\" h")]
    [InlineData("\"A\"")]
    [InlineData("\" <sip:a@h>")]
    [InlineData("\"A\" B <sip:a@h>")]
    [InlineData("A \"<sip:b@h>;x=\" <sip:a@h>;y=\"z\"")]
    [InlineData("A \"<sip:b@h>\" <sip:a@h>")]
    [InlineData("\"<sip:a@h>;x=\"y\"")]
    [InlineData("\"<\" sip:a@h>")]
    [InlineData("<sip:a@h>;=x")]
    [InlineData("<sip:a@h>;x=\"y")]
    [InlineData("")]
    public void Broken_addresses_are_refused(string value) =>
        Assert.NotEqual(ParseStatus.Ok, NameAddress.TryParse(Encoding.UTF8.GetBytes(value), out _));

    [Fact]
    public void A_Via_has_transport_host_port_and_parameters()
    {
        Assert.Equal(ParseStatus.Ok,
            Via.TryParse("SIP / 2.0 / UDP  [2001:db8::9] : 5070 ; branch = z9hG4bKq;rport;received=2001:db8::1"u8, out var via));
        Assert.Equal("UDP", via.Transport.AsText());
        Assert.Equal("[2001:db8::9]", via.Host.AsText());
        Assert.Equal(5070, via.Port);
        Assert.Equal("z9hG4bKq", via.Branch.AsText());
        Assert.Equal("2001:db8::1", via.Received.AsText());
        Assert.True(via.HasRport);
        Assert.Null(via.Rport);
        Assert.True(via.HasMagicBranch);
    }

    [Theory]
    [InlineData("SIP/2.0/UDP")]
    [InlineData("SIP/2.0 UDP host")]
    [InlineData("SIP/3.0/UDP host")]
    [InlineData("SIP/2.0/UDP host:65536")]
    [InlineData("SIP/2.0/UDP [::g]")]
    [InlineData("SIP/2.0/UDP host;;branch=1")]
    [InlineData("")]
    public void Broken_Vias_are_refused(string value) =>
        Assert.NotEqual(ParseStatus.Ok, Via.TryParse(Encoding.UTF8.GetBytes(value), out _));

    [Fact]
    public void A_reason_gives_protocol_cause_and_text()
    {
        Assert.Equal(ParseStatus.Ok, Reason.TryParse("Q.850 ;cause=16 ;text=\"Normal, \\\"clear\\\"\""u8, out var reason));
        Assert.Equal("Q.850", reason.Protocol.AsText());
        Assert.Equal(16, reason.Cause);
        Assert.Equal("Normal, \"clear\"", reason.Text);
    }

    [Theory]
    [InlineData("SIP;cause=200;text=Call completed elsewhere", 200, "Call completed elsewhere")]
    [InlineData("SIP ;text=Busy (here) ;cause=486", 486, "Busy (here)")]
    [InlineData("Q.850;cause=\"16\";text=<none>", 16, "<none>")]
    [InlineData("Q.850;cause=16 ", 16, null)]
    [InlineData("SIP;text=gone", null, "gone")]
    public void A_reason_without_quotation_marks_says_what_it_says(string value, int? cause, string? text)
    {
        Assert.Equal(ParseStatus.Ok, Reason.TryParse(Encoding.UTF8.GetBytes(value), out var reason));
        Assert.Equal((cause, text), (reason.Cause, reason.Text));
    }

    [Theory]
    [InlineData("SIP;cause=busy", ParseStatus.BadNumber), InlineData("SIP;cause=1000", ParseStatus.BadNumber)]
    [InlineData("SIP;cause", ParseStatus.BadNumber), InlineData("", ParseStatus.BadToken), InlineData(";cause=16", ParseStatus.BadToken)]
    public void A_reason_without_a_protocol_or_with_a_cause_that_is_none_is_refused(string value, ParseStatus status) =>
        Assert.Equal(status, Reason.TryParse(Encoding.UTF8.GetBytes(value), out _));

    [Fact]
    public void Bytes_that_are_kept_are_read_as_others_are_and_stay_as_they_came()
    {
        foreach (string text in (string[])[.. Samples.All, Wire.Invite("Subject: folded\n  twice\n\tand again"), "\n\n" + Wire.Invite()])
        {
            byte[] bytes = Wire.Bytes(text);
            byte[] before = [.. bytes];
            var status = SipParser.TryParseKept(bytes, out var kept);
            Assert.Equal(SipParser.TryParse(before, out var copied), status);
            Assert.Equal(copied?.ToString(), kept?.ToString());
            Assert.Equal(before, bytes);
        }
    }

    [Fact]
    public void A_value_cannot_smuggle_a_second_header_into_a_message()
    {
        var request = Samples.OutgoingInvite();
        var smuggled = SipRequestBuilder.Again(request, 2).Add(SipHeader.Subject, "x\r\nVia: evil\r\n\r\nbody").Build();
        Assert.Equal("x  Via: evil    body", smuggled.Text(SipHeader.Subject));
        Assert.False(smuggled.Has(SipHeader.Via));
    }

    [Fact]
    public void A_builder_says_what_is_wrong_with_a_customers_URI()
    {
        var builder = new SipRequestBuilder(SipMethod.Invite, "sip:good@h").Add(SipHeader.From, "<sip:a@h>;tag=1")
            .Add(SipHeader.To, "<sip:no good@h>");
        Assert.Equal(ParseStatus.BadUri, builder.Add(SipHeader.CallId, "x").Add(SipHeader.CSeq, "1 INVITE").TryBuild(out var request));
        Assert.Null(request);
    }

    [Fact]
    public void A_response_copies_what_RFC_3261_says()
    {
        var request = Wire.Request(
            Wire.Invite("Via: SIP/2.0/TCP far.example.com;branch=z9hG4bKfar\nRecord-Route: <sip:p;lr>\nTimestamp: 54\nX-Secret: no"));
        request.LocalTag = "ours";
        string ok = new SipResponseBuilder(request, 200).Build().ToString();
        Assert.Equal(2, ok.Split("\r\nVia: ").Length - 1);
        Assert.Contains("To: <sip:bob@192.0.2.1>;tag=ours\r\n", ok, StringComparison.Ordinal);
        Assert.Contains("Record-Route: <sip:p;lr>\r\n", ok, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Secret", ok, StringComparison.Ordinal);
        Assert.DoesNotContain("Record-Route", new SipResponseBuilder(request, 486).Build().ToString(), StringComparison.Ordinal);
        string trying = new SipResponseBuilder(request, 100).Build().ToString();
        Assert.DoesNotContain("tag=ours", trying, StringComparison.Ordinal);
        Assert.Contains("Timestamp: 54\r\n", trying, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sip:192.0.2.5", "192.0.2.5:5060")]
    [InlineData("sips:192.0.2.5", "192.0.2.5:5061")]
    [InlineData("sip:u@[2001:db8::5]:5080;x", "[2001:db8::5]:5080")]
    [InlineData("sip:u@name;maddr=192.0.2.6", "192.0.2.6:5060")]
    [InlineData("sip:u@name", null)]
    [InlineData("sip:u@1", null)]
    [InlineData("sip:u@0x7f.0.0.1", null)]
    [InlineData("tel:+1555", null)]
    public void Only_a_literal_host_is_an_address(string text, string? expected)
    {
        Assert.Equal(ParseStatus.Ok, SipUri.TryParse(Encoding.ASCII.GetBytes(text), out var uri));
        Assert.Equal(expected is not null, uri.TryGetEndPoint(out var endPoint));
        if (expected is not null) Assert.Equal(IPEndPoint.Parse(expected), endPoint);
    }
}
