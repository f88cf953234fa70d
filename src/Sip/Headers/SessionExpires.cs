using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>Session timer (RFC 4028 §4): <c>1800;refresher=uac</c>.</summary>
public readonly ref struct SessionExpires(uint seconds, SipParameters parameters)
{
    public uint Seconds { get; } = seconds;
    public SipParameters Parameters { get; } = parameters;
    /// <summary>"uac", "uas" or empty.</summary>
    public ReadOnlySpan<byte> Refresher => Parameters.TryFind("refresher"u8, out var refresher) ? refresher : default;

    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out SessionExpires expires)
    {
        expires = default;
        int semicolon = value.IndexOf((byte)';');
        if (!Grammar.TryNumber((semicolon < 0 ? value : value[..semicolon]).TrimLws(), uint.MaxValue, out uint seconds))
            return ParseStatus.BadNumber;
        var parameters = semicolon < 0 ? default : value[semicolon..];
        var status = SipParameters.Check(parameters);
        if (status is ParseStatus.Ok) expires = new(seconds, new(parameters));
        return status;
    }
}
