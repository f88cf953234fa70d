using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>Why a CANCEL or BYE was sent (RFC 3326): <c>Q.850;cause=16;text="Normal call clearing"</c>.</summary>
public readonly ref struct Reason
{
    public ReadOnlySpan<byte> Protocol { get; private init; }
    public int? Cause { get; private init; }
    public SipParameters Parameters { get; private init; }

    public string? Text => Parameters.TryFind("text"u8, out var text) ? Grammar.Unquote(text) : null;

    /// <summary>A CANCEL says that somebody else has answered (RFC 3326 section 3.1; Q.850 cause 26).</summary>
    public static bool SaysElsewhere(SipRequest cancel)
    {
        foreach (var value in cancel.Values(SipHeader.Reason))
        {
            if (TryParse(value, out var reason) is not ParseStatus.Ok) continue;
            if (reason.Cause is 200 && reason.Protocol.Is("SIP"u8) || reason.Cause is 26 && reason.Protocol.Is("Q.850"u8)) return true;
        }
        return false;
    }

    /// <summary>What a gateway on the way says of a refusal in the words of ISDN (RFC 6432); null where none does.</summary>
    public static int? IsdnCause(SipResponse refusal)
    {
        foreach (var value in refusal.Values(SipHeader.Reason))
            if (TryParse(value, out var reason) is ParseStatus.Ok && reason.Cause is >= 1 and <= 127 && reason.Protocol.Is("Q.850"u8))
                return reason.Cause;
        return null;
    }

    /// <summary>
    /// Many write their text without quotation marks, whatever is in it: <c>SIP;cause=200;text=Call completed elsewhere</c>. Nothing is
    /// decided by it, and the cause is plain.
    /// </summary>
    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out Reason reason)
    {
        reason = default;
        int semicolon = value.IndexOf((byte)';');
        var protocol = (semicolon < 0 ? value : value[..semicolon]).TrimLws();
        if (!protocol.IsToken()) return ParseStatus.BadToken;
        var parameters = new SipParameters(semicolon < 0 ? default : value[semicolon..]);
        bool hasCause = parameters.TryFind("cause"u8, out var text);
        int end = text.IndexOfAny(" \t,"u8);
        if (end >= 0) text = text[..end];
        if (!Grammar.TryNumber(text.Trim((byte)'"'), 999, out uint cause) && hasCause) return ParseStatus.BadNumber;
        reason = new() { Protocol = protocol, Cause = hasCause ? (int)cause : null, Parameters = parameters };
        return ParseStatus.Ok;
    }
}
