using System.Net;
using System.Text;
using Ringwright.Sip;
using Ringwright.Sip.Dialogs;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

/// <summary>Each named limit: what stands at it is read, one above is not.</summary>
public sealed class LimitTests
{
    private static void At(Func<int, string> text, int limit, ParseStatus above = ParseStatus.TooLong)
    {
        Assert.Equal(ParseStatus.Ok, Wire.Status(text(limit)));
        Assert.Equal(above, Wire.Status(text(limit + 1)));
    }

    private static string Fill(int length) => new('x', length);

    /// <summary>An address of so many bytes.</summary>
    private static string Named(int length) => $"\"{Fill(length - "\"\" <sip:h;lr>".Length)}\" <sip:h;lr>";

    private static string Repeat(string text, int times, string separator) => string.Join(separator, Enumerable.Repeat(text, times));

    [Fact]
    public void Message_bytes()
    {
        At(total =>
        {
            string body = Fill(Limits.BodyBytes);
            string head = Wire.Invite()
                .Replace("Content-Length: 0", "Content-Length: {length}\nQ: " + Fill(8_000) + "\nY: ", StringComparison.Ordinal);
            int missing = total - Wire.Bytes(head + body).Length;
            return head.Replace("\nY: ", "\nY: " + Fill(missing - 200) + "\nZ: " + Fill(200 - "\r\nZ: ".Length), StringComparison.Ordinal)
                + body;
        }, Limits.MessageBytes);
    }

    [Fact]
    public void Body_bytes() =>
        At(length => Wire.Invite().Replace("Content-Length: 0", $"Content-Length: {length}", StringComparison.Ordinal) + Fill(length),
            Limits.BodyBytes);

    [Fact]
    public void Body_bytes_without_Content_Length() =>
        At(length => Wire.Invite().Replace("Content-Length: 0\n", "", StringComparison.Ordinal) + Fill(length), Limits.BodyBytes);

    [Fact]
    public void Header_lines() => At(lines => Wire.Invite(Repeat("Q: 1", lines - 8, "\n")), Limits.HeaderLines, ParseStatus.TooMany);

    [Fact]
    public void Header_line_bytes() => At(length => Wire.Invite("Q: " + Fill(length - 3)), Limits.HeaderLineBytes);

    [Fact]
    public void Header_line_bytes_of_a_folded_line() => At(length => Wire.Invite("Q: a\n " + Fill(length - 7)), Limits.HeaderLineBytes);

    [Fact]
    public void Vias() => At(vias => Wire.Invite("Via: " + Repeat("SIP/2.0/UDP h", vias - 1, ",")), Limits.Vias, ParseStatus.TooMany);

    [Fact]
    public void Routes() => At(routes => Wire.Invite("Route: " + Repeat("<sip:h;lr>", routes, ",")), Limits.Routes, ParseStatus.TooMany);

    [Fact]
    public void Record_routes() =>
        At(routes => Wire.Invite(Repeat("Record-Route: <sip:h;lr>", routes, "\n")), Limits.Routes, ParseStatus.TooMany);

    [Fact]
    public void Contacts() =>
        At(contacts => Wire.Invite("m: " + Repeat("<sip:h>", contacts - 1, ",")), Limits.Contacts, ParseStatus.TooMany);

    [Fact]
    public void URI_bytes_of_a_Request_URI() => At(length => Wire.Invite(uri: "sip:" + Fill(length - 6) + "@h"), Limits.UriBytes);

    [Fact]
    public void URI_bytes_of_a_header() => At(length => Wire.Invite(to: "<sip:" + Fill(length - 6) + "@h>"), Limits.UriBytes);

    [Fact]
    public void Parameters_of_a_header() =>
        At(count => Wire.Invite(from: "<sip:a@h>" + Repeat(";p", count, "")), Limits.Parameters, ParseStatus.TooMany);

    /// <summary>Our tag is one more.</summary>
    [Fact]
    public void Parameters_of_a_To_without_a_tag() =>
        At(count => Wire.Invite(to: "<sip:a@h>" + Repeat(";p", count, "")), Limits.Parameters - 1, ParseStatus.TooMany);

    [Fact]
    public void Bytes_of_a_From() => At(length => Wire.Invite(from: Named(length)), Limits.AddressBytes);

    [Fact]
    public void Bytes_of_a_To() => At(length => Wire.Invite(to: Named(length)), Limits.AddressBytes);

    [Fact]
    public void Bytes_of_a_recorded_route() => At(length => Wire.Invite("Record-Route: " + Named(length)), Limits.AddressBytes);

    [Fact]
    public void Bytes_of_a_line_of_Vias()
    {
        const string via = "SIP/2.0/UDP h;p=";
        At(length => Wire.Invite("v: " + via + Fill(length - via.Length)), Limits.HeaderLineBytes - Limits.CopyBytes);
    }

    [Fact]
    public void Named_options()
    {
        string most = Fill(Limits.OptionBytes);
        Assert.Equal(Repeat(most, Limits.NamedOptions, ", "), Refused(Repeat(most, Limits.NamedOptions + 1, ",")));
        Assert.Equal("x", Refused($"{most}x, x"));

        static string? Refused(string options) =>
            new UserAgentPolicy().CheckRequire(Wire.Request(Wire.Invite("Require: " + options)))?.Build().Text(SipHeader.Unsupported);
    }

    /// <summary>Bytes that are no UTF-8 are three each when they are written again.</summary>
    [Fact]
    public void What_is_read_can_be_answered_and_asked_back()
    {
        string name = $"\"{Repeat("\\xFC", Limits.AddressBytes - 30, "")}\" <sip:a@h>";
        string most = Repeat(";p", Limits.Parameters - 1, "");
        foreach (string invite in (string[])[Wire.Invite(from: name + ";tag=t", to: name), Wire.Invite(to: "<sip:a@h>" + most),
            Wire.Invite($"Record-Route: {name}\nRecord-Route: {name},{name}")])
        {
            var request = Wire.Request(invite);
            request.StampSource(new(IPAddress.Parse("2001:db8:1111:2222:3333:4444:5555:6666"), 65_535));
            request.LocalTag = Fill(60);
            var response = new SipResponseBuilder(request, 200).Build();
            Assert.Equal(request.LocalTag, response.To.Tag.AsText());
            var dialog = Dialog.OfRequest(request, "<sip:192.0.2.1>");
            Assert.NotNull(dialog);
            Assert.Equal(request.LocalTag, dialog.CreateRequest(SipMethod.Bye).Build().From.Tag.AsText());
        }
    }

    /// <summary>What is kept as text has grown by the same bytes.</summary>
    [Fact]
    public void What_is_read_can_be_kept_and_read_again()
    {
        var invite = Wire.Request(Wire.Invite(from: $"\"{Repeat("\\xFC", Limits.AddressBytes - 30, "")}\" <sip:a@h>;tag=t"));
        Assert.Equal("t", InviteHead.Read(InviteHead.Write(invite))?.From.Tag.AsText());
    }

    [Fact]
    public void A_To_is_answered_byte_by_byte()
    {
        var request = Wire.Request(Wire.Invite(to: "\"M\\xFCller\" <sip:a@h>; "));
        request.LocalTag = "ours";
        byte[] expected = [.. "\"M"u8, 0xFC, .. "ller\" <sip:a@h>;tag=ours"u8];
        Assert.Equal(expected, new SipResponseBuilder(request, 200).Build().First(SipHeader.To).ToArray());
    }

    [Theory]
    [InlineData("foo:\\xFC"), InlineData("urn:a\\x7F")]
    public void A_URI_is_of_visible_characters(string uri)
    {
        string invite = Wire.Invite().Replace("sip:alice@192.0.2.7:5070>", uri + ">", StringComparison.Ordinal);
        Assert.Equal(ParseStatus.BadUri, Wire.Status(invite));
    }

    [Fact]
    public void A_tag_is_of_visible_characters() =>
        Assert.Equal(ParseStatus.BadToken, Wire.Status(Wire.Invite(from: "<sip:a@h>;tag=\\xFC")));

    [Fact]
    public void Parameters_of_a_URI() =>
        At(count => Wire.Invite(to: "<sip:a@h" + Repeat(";p", count, "") + ">"), Limits.Parameters, ParseStatus.TooMany);

    [Fact]
    public void Method_bytes() => At(length => Wire.Like(Wire.Invite(), Fill(length)), Limits.MethodBytes);

    [Fact]
    public void Call_ID_bytes() => At(length => Wire.Invite(callId: Fill(length)), Limits.CallIdBytes);

    [Fact]
    public void Bytes_of_a_tag() => At(length => Wire.Invite(from: "<sip:a@h>;tag=" + Fill(length)), Limits.TokenBytes);

    [Fact]
    public void Bytes_of_a_branch() => At(length => Wire.Invite(branch: "z9hG4bK" + Fill(length - 7)), Limits.TokenBytes);

    [Fact]
    public void CSeq()
    {
        Assert.Equal(ParseStatus.Ok, Wire.Status(Wire.Invite(cseq: (int)Limits.CSeq)));
        Assert.Equal(ParseStatus.BadNumber,
            Wire.Status(Wire.Invite().Replace("CSeq: 1 ", $"CSeq: {Limits.CSeq + 1u} ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Max_Forwards() => At(hops => Wire.Invite().Replace("Forwards: 70", $"Forwards: {hops}", StringComparison.Ordinal),
        (int)Limits.MaxForwards, ParseStatus.BadNumber);

    /// <summary>A flood of new requests must not keep a call from ending.</summary>
    [Fact]
    public void Server_transactions_inside_dialogs_of_ours_are_twice_as_many()
    {
        var layer = Wire.Layer(maxServerTransactions: 3);
        string ours = layer.Tokens.Tag();
        void Receive(string method, int number, string tag) => layer.Handle(
            Wire.Bytes(Wire.Like(Wire.Invite(branch: $"z9hG4bK{number}", callId: $"c{number}", to: "<sip:a@h>" + tag), method)),
            Wire.Peer, new(0));
        for (int i = 0; i < 3; i++) Receive("OPTIONS", i, "");
        Receive("BYE", 3, ";tag=forged");
        Assert.Equal((3, 1), (layer.Count, layer.Counters.Overloads));
        for (int i = 4; i < 8; i++) Receive("BYE", i, ";tag=" + ours);
        Assert.Equal((6, 2), (layer.Count, layer.Counters.Overloads));
    }

    /// <summary>What lingers for half a minute after its answer would fill the room by three thousand requests a second.</summary>
    [Fact]
    public void Server_transactions_that_are_answered_leave_room_for_those_that_are_not()
    {
        var layer = Wire.Layer(maxServerTransactions: 20);
        string acknowledgement = "";
        for (int i = 0; i < 200; i++)
        {
            string invite = Wire.Invite(branch: $"z9hG4bK{i}", callId: $"c{i}");
            bool isCall = i % 2 == 0;
            layer.Handle(Wire.Bytes(isCall ? invite : Wire.Like(invite, "OPTIONS")), Wire.Peer, new(0));
            var received = Outputs.Of(layer).OfType<TransactionOutput.RequestReceived>().Single();
            Assert.True(layer.Respond(received.Transaction, isCall ? 404 : 200, new(0)));
            Assert.StartsWith(isCall ? "SIP/2.0 404" : "SIP/2.0 200", Outputs.Brief(layer)[0], StringComparison.Ordinal);
            if (isCall)
                acknowledgement = Wire.Like(Wire.Invite(branch: $"z9hG4bK{i}", callId: $"c{i}",
                    to: $"<sip:bob@192.0.2.1>;tag={received.Request.LocalTag}"), "ACK");
        }
        Assert.Equal((15, 0), (layer.Count, layer.Counters.Overloads));
        Assert.True(layer.IsCrowded);
        layer.Handle(Wire.Bytes(acknowledgement), Wire.Peer, new(0));
        Assert.Equal(["AckReceived"], Outputs.Brief(layer));
        // A call that is taken stays, and waits for its ACK.
        layer.Handle(Wire.Bytes(Wire.Invite(branch: "z9hG4bKtaken", callId: "taken")), Wire.Peer, new(0));
        var taken = Outputs.Of(layer).OfType<TransactionOutput.RequestReceived>().Single();
        Assert.True(layer.Respond(taken.Transaction, 200, new(0)));
        Assert.Equal(["SIP/2.0 200 OK"], Outputs.Brief(layer));
        Assert.Equal(16, layer.Count);
        // Of those beyond the half a repetition is known, and a refusal is said again, for some seconds.
        layer.Handle(Wire.Bytes(Wire.Like(Wire.Invite(branch: "z9hG4bK13", callId: "c13"), "OPTIONS")), Wire.Peer, new(0));
        Assert.Equal(["SIP/2.0 200 OK"], Outputs.Brief(layer));
        var said = Outputs.Run(layer, new(6_000_000_000));
        Assert.Equal(3 * 8, said.Count(line => line.Contains(" 404 ", StringComparison.Ordinal)));
        Assert.Equal(3, said.Count(line => line == "5.0 AckTimedOut"));
        Assert.Equal(11, layer.Count);
        Outputs.Run(layer, new(100_000_000_000));
        Assert.Equal((0, false), (layer.Count, layer.IsCrowded));
    }

    /// <summary>Whoever has one call, or had one, fills nothing that others need to end theirs.</summary>
    [Fact]
    public void Server_transactions_inside_one_dialog()
    {
        var layer = Wire.Layer();
        string one = layer.Tokens.Tag(), other = layer.Tokens.Tag();
        string Receive(int number, string tag, double at, string method = "INFO")
        {
            layer.Handle(Wire.Bytes(Wire.Like(Wire.Invite(branch: $"z9hG4bK{number}", to: "<sip:a@h>;tag=" + tag), method)), Wire.Peer,
                new((long)(at * 1e9)));
            var said = Outputs.Of(layer);
            foreach (var received in said.OfType<TransactionOutput.RequestReceived>())
                layer.Respond(received.Transaction, 200, new((long)(at * 1e9)));
            Outputs.Of(layer);
            return Outputs.Brief(Assert.Single(said));
        }
        for (int i = 0; i < Limits.ServerTransactionsInside; i++) Assert.Equal("RequestReceived", Receive(i, one, 0));
        Assert.Equal("SIP/2.0 503 Service Unavailable", Receive(-1, one, 1));
        Assert.Equal("RequestReceived", Receive(-2, other, 1));
        // Whoever asks too much may still hang up, though not without end.
        for (int i = 0; i < Limits.ServerTransactionsInside; i++) Assert.Equal("RequestReceived", Receive(10_000 + i, one, 1, "BYE"));
        Assert.Equal("SIP/2.0 503 Service Unavailable", Receive(20_000, one, 1, "BYE"));
        // A repetition is none more, and those that are over make room.
        Assert.Equal("SIP/2.0 200 OK", Receive(0, one, 1));
        Outputs.Run(layer, new(33_500_000_000));
        Assert.Equal("RequestReceived", Receive(-1, one, 34));
    }

    [Fact]
    public void Server_transactions()
    {
        var layer = Wire.Layer(maxServerTransactions: 3);
        for (int i = 0; i < 4; i++)
            layer.Handle(Wire.Bytes(Wire.Like(Wire.Invite(branch: $"z9hG4bK{i}", callId: $"c{i}"), "OPTIONS")), Wire.Peer, new(0));
        Assert.Equal(3, layer.Count);
        Assert.Equal(1, layer.Counters.Overloads);
        var outputs = Outputs.Of(layer);
        Assert.Equal(3, outputs.OfType<TransactionOutput.RequestReceived>().Count());
        string refusal = Encoding.ASCII.GetString(outputs.OfType<TransactionOutput.Transmit>().Single().Bytes.Span);
        Assert.StartsWith("SIP/2.0 503 ", refusal, StringComparison.Ordinal);
        Assert.Contains("Retry-After: 5\r\n", refusal, StringComparison.Ordinal);
    }
}
