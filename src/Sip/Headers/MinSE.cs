using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>The shortest session interval that somebody on the way takes (RFC 4028 §5): <c>90</c>.</summary>
public readonly ref struct MinSE(uint seconds)
{
    public uint Seconds { get; } = seconds;

    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out MinSE least)
    {
        least = default;
        int semicolon = value.IndexOf((byte)';');
        if (!Grammar.TryNumber((semicolon < 0 ? value : value[..semicolon]).TrimLws(), uint.MaxValue, out uint seconds))
            return ParseStatus.BadNumber;
        least = new(seconds);
        return ParseStatus.Ok;
    }
}
