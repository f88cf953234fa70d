using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>Why a CANCEL or BYE was sent (RFC 3326): <c>Q.850;cause=16;text="Normal call clearing"</c>.</summary>
public readonly ref struct Reason
{
    public ReadOnlySpan<byte> Protocol { get; private init; }
    public int? Cause { get; private init; }
    public SipParameters Parameters { get; private init; }

    public string? Text => Parameters.TryFind("text"u8, out var text) ? Grammar.Unquote(text) : null;

    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out Reason reason)
    {
        reason = default;
        int semicolon = value.IndexOf((byte)';');
        var protocol = (semicolon < 0 ? value : value[..semicolon]).TrimLws();
        if (!protocol.IsToken()) return ParseStatus.BadToken;
        var parameters = semicolon < 0 ? default : value[semicolon..];
        var status = SipParameters.Check(parameters);
        if (status is not ParseStatus.Ok) return status;
        bool hasCause = new SipParameters(parameters).TryFind("cause"u8, out var text);
        if (!Grammar.TryNumber(text, 999, out uint cause) && hasCause) return ParseStatus.BadNumber;
        reason = new() { Protocol = protocol, Cause = hasCause ? (int)cause : null, Parameters = new(parameters) };
        return ParseStatus.Ok;
    }
}
