using System.Text;
using Ringwright.Sip;
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
