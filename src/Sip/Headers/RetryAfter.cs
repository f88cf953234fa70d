using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>How long to leave somebody alone (RFC 3261 §20.33): <c>120 (at lunch);duration=3600</c>.</summary>
public readonly ref struct RetryAfter(uint seconds)
{
    public uint Seconds { get; } = seconds;

    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out RetryAfter after)
    {
        after = default;
        int end = value.IndexOfAny(" \t(;"u8);
        if (!Grammar.TryNumber(end < 0 ? value : value[..end], uint.MaxValue, out uint seconds)) return ParseStatus.BadNumber;
        after = new(seconds);
        return ParseStatus.Ok;
    }
}
