using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>What a body is (RFC 3261 §20.15): <c>type/subtype;parameters</c>.</summary>
public readonly ref struct ContentType
{
    public ReadOnlySpan<byte> Type { get; private init; }
    public ReadOnlySpan<byte> Subtype { get; private init; }
    public SipParameters Parameters { get; private init; }

    /// <summary>Case-insensitive, without parameters.</summary>
    public bool Is(ReadOnlySpan<byte> type, ReadOnlySpan<byte> subtype) => Type.Is(type) && Subtype.Is(subtype);

    public bool IsSdp => Is("application"u8, "sdp"u8);

    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out ContentType content)
    {
        content = default;
        int semicolon = value.IndexOf((byte)';');
        var media = semicolon < 0 ? value : value[..semicolon];
        int slash = media.IndexOf((byte)'/');
        if (slash < 0) return ParseStatus.BadToken;
        var type = media[..slash].TrimLws();
        var subtype = media[(slash + 1)..].TrimLws();
        if (!type.IsToken() || !subtype.IsToken()) return ParseStatus.BadToken;
        content = new() { Type = type, Subtype = subtype, Parameters = new(semicolon < 0 ? default : value[semicolon..]) };
        return ParseStatus.Ok;
    }
}
