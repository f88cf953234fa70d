using System.Text;
using System.Text.RegularExpressions;

namespace Ringwright.Pure.Switch;

/// <summary>What the far ends of a <see cref="ShardRig"/> send, as text.</summary>
internal static class RigMessages
{
    /// <summary>A callee who takes PCMU and events.</summary>
    public const string Answer = """
        v=0
        o=- 2 1 IN IP4 127.0.0.1
        s=-
        c=IN IP4 127.0.0.1
        t=0 0
        m=audio 41000 RTP/AVP 0 101
        a=rtpmap:101 telephone-event/8000

        """;

    public const string Offer = """
        v=0
        o=- 1 1 IN IP4 127.0.0.1
        s=-
        c=IN IP4 127.0.0.1
        t=0 0
        m=audio 40000 RTP/AVP 8 0 101
        a=rtpmap:8 PCMA/8000
        a=rtpmap:0 PCMU/8000
        a=rtpmap:101 telephone-event/8000

        """;

    /// <summary>The value of the first such header of a message that we sent.</summary>
    public static string Header(string message, string name) =>
        Regex.Match(message, $"^{name}: (.*)\r$", RegexOptions.Multiline) is { Success: true } match ? match.Groups[1].Value
            : throw new InvalidOperationException($"no {name} in\n{message}");

    /// <summary>A response to a request of ours, as a far end writes it.</summary>
    public static string Response(string request, string status, string? tag = "far", string? body = null, string? extra = null)
    {
        string to = Header(request, "To");
        if (tag is not null && !to.Contains(";tag=")) to += $";tag={tag}";
        return $"""
            SIP/2.0 {status}
            Via: {Header(request, "Via")}
            From: {Header(request, "From")}
            To: {to}
            Call-ID: {Header(request, "Call-ID")}
            CSeq: {Header(request, "CSeq")}
            Contact: <sip:bob@127.0.0.1:5070>{(extra is null ? "" : "\n" + extra)}
            {Content(body)}
            """;
    }

    /// <summary>An INVITE of the peer to one of our numbers.</summary>
    public static string Invite(string to = "+4989456", string? body = Offer, string branch = "z9hG4bKone", string? extra = null) => $"""
        INVITE sip:{to}@127.0.0.1:5060 SIP/2.0
        Via: SIP/2.0/UDP 127.0.0.1:5070;branch={branch};rport
        Max-Forwards: 70
        From: "Alice" <sip:+4930123@example.net>;tag=alice
        To: <sip:{to}@127.0.0.1:5060>
        Call-ID: call-1@example.net
        CSeq: 1 INVITE
        Contact: <sip:alice@127.0.0.1:5070>{(extra is null ? "" : "\n" + extra)}
        {Content(body)}
        """;

    /// <summary>
    /// A request of the peer inside the dialog that <see cref="Invite"/> made; <paramref name="ours"/> is a response of ours with our tag.
    /// </summary>
    public static string Inside(string ours, string method, int cseq, string branch, string? body = null,
        string type = "application/sdp") => $"""
        {method} sip:127.0.0.1:5060 SIP/2.0
        Via: SIP/2.0/UDP 127.0.0.1:5070;branch={branch};rport
        Max-Forwards: 70
        From: "Alice" <sip:+4930123@example.net>;tag=alice
        To: {Header(ours, "To")}
        Call-ID: call-1@example.net
        CSeq: {cseq} {method}
        Contact: <sip:alice@127.0.0.1:5070>
        {Content(body, type)}
        """;

    /// <summary>A request of the far end inside a dialog that we made.</summary>
    public static string FromCallee(string invite, string method, int cseq, string tag = "far", string? body = null) => $"""
        {method} sip:127.0.0.1:5060 SIP/2.0
        Via: SIP/2.0/UDP 127.0.0.1:5070;branch=z9hG4bKcallee{cseq};rport
        Max-Forwards: 70
        From: {Header(invite, "To")};tag={tag}
        To: {Header(invite, "From")}
        Call-ID: {Header(invite, "Call-ID")}
        CSeq: {cseq} {method}
        {Content(body)}
        """;

    public static byte[] Wire(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\r\n"));

    private static string Content(string? body, string type = "application/sdp") => body is null
        ? "Content-Length: 0\n\n"
        : $"Content-Type: {type}\nContent-Length: {Wire(body).Length}\n\n{body}";
}
