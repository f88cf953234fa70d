using System.Text;
using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Dialogs;

/// <summary>
/// The head of an INVITE as text, for storage: as much of it as its CANCEL, its final response, its ACK and its dialog are made
/// of (RFC 3261 §8.2.6, §9.1, §12.1, §13.2.2.4).
/// </summary>
public static class InviteHead
{
    /// <param name="invite">As it was sent or received, with its Via.</param>
    public static string Write(SipRequest invite)
    {
        var writer = new ByteWriter();
        writer.Append("INVITE "u8);
        writer.Append(invite.RequestUri);
        writer.Append(" SIP/2.0\r\n"u8);
        foreach (var line in invite.Lines)
            if (line.Id is SipHeader.Via or SipHeader.Route or SipHeader.RecordRoute or SipHeader.From or SipHeader.To or SipHeader.CallId
                    or SipHeader.CSeq or SipHeader.Contact or SipHeader.Authorization or SipHeader.ProxyAuthorization)
                writer.Line(HeaderTable.Name(line.Id), line.Value);
        writer.EndHeaders([]);
        return writer.FinishText();
    }

    /// <summary>Null when the text is not one that <see cref="Write"/> made.</summary>
    /// <param name="localTag">What our responses put into To, for an INVITE that was received.</param>
    public static SipRequest? Read(string head, string localTag = "")
    {
        if (SipParser.Parse(Encoding.UTF8.GetBytes(head), isOutgoing: false, out var message) is not ParseStatus.Ok
            || message is not SipRequest { Method: SipMethod.Invite } invite) return null;
        invite.LocalTag = localTag;
        return invite;
    }
}
