using System.Net;
using System.Text;
using Ringwright.Core;
using Ringwright.Sip;
using Ringwright.Sip.Messages;
using Ringwright.Sip.Transactions;

namespace Ringwright.Pure.Sip;

/// <summary>Literal SIP text as bytes, and the few things that most tests need.</summary>
internal static class Wire
{
    public static readonly SipFlow Peer = SipFlow.Udp(new(IPAddress.Parse("192.0.2.7"), 5070));
    public static readonly NodeIdentity Node = new(1, 7, new byte[32]);

    /// <summary>Lines end in CRLF; <c>{length}</c> becomes the length of the body; <c>\xNN</c> becomes that byte.</summary>
    public static byte[] Bytes(string text)
    {
        text = text.ReplaceLineEndings("\r\n");
        int body = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        if (body < 0)
        {
            text += "\r\n\r\n";
            body = text.Length - 4;
        }
        byte[] tail = Unescape(text[(body + 4)..]);
        byte[] head = Unescape(text[..(body + 4)].Replace("{length}", $"{tail.Length}", StringComparison.Ordinal));
        return [.. head, .. tail];
    }

    public static SipRequest Request(string text) => Assert.IsType<SipRequest>(Parse(text));

    public static SipResponse Response(string text) => Assert.IsType<SipResponse>(Parse(text));

    public static SipMessage Parse(string text)
    {
        Assert.Equal(ParseStatus.Ok, SipParser.TryParse(Bytes(text), out var message));
        return message!; // Ok brings a message
    }

    public static ParseStatus Status(string text) => SipParser.TryParse(Bytes(text), out _);

    /// <summary>A plain INVITE with extra header lines.</summary>
    public static string Invite(string extra = "", string branch = "z9hG4bKabc", string uri = "sip:bob@192.0.2.1",
        string from = "<sip:alice@192.0.2.7>;tag=a1", string to = "<sip:bob@192.0.2.1>", string callId = "c1@192.0.2.7", int cseq = 1) =>
        $"""
        INVITE {uri} SIP/2.0
        Via: SIP/2.0/UDP 192.0.2.7:5070;branch={branch};rport
        Max-Forwards: 70
        From: {from}
        To: {to}
        Call-ID: {callId}
        CSeq: {cseq} INVITE
        Contact: <sip:alice@192.0.2.7:5070>
        {extra}
        """.TrimEnd() + "\nContent-Length: 0\n\n";

    public static string Like(string invite, string method) => invite.Replace("INVITE", method, StringComparison.Ordinal);

    public static TransactionLayer Layer(ulong seed = 1, string sentBy = "192.0.2.1:5060",
        int maxServerTransactions = Limits.ServerTransactions) =>
        new(new() { Networks = [new(sentBy)], MaxServerTransactions = maxServerTransactions }, new(Node, 0, new(seed)));

    private static byte[] Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text[i + 1] == 'x' && Uri.IsHexDigit(text[i + 2]) && Uri.IsHexDigit(text[i + 3]))
            {
                bytes.Add(Convert.ToByte(text.Substring(i + 2, 2), 16));
                i += 3;
            }
            else bytes.AddRange(Encoding.UTF8.GetBytes(text[i..(i + 1)]));
        }
        return [.. bytes];
    }
}
