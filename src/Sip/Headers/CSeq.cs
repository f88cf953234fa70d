using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>The number of a request within its dialog, and its method (RFC 3261 §20.16).</summary>
public readonly ref struct CSeq(uint number, ReadOnlySpan<byte> method)
{
    public uint Number { get; } = number;
    public ReadOnlySpan<byte> Method { get; } = method;

    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out CSeq cseq)
    {
        cseq = default;
        int space = value.IndexOfAny(" \t"u8);
        if (space < 0) return ParseStatus.BadCSeq;
        if (!Grammar.TryNumber(value[..space], Limits.CSeq, out uint number)) return ParseStatus.BadNumber;
        var method = value[space..].TrimLws();
        if (!method.IsToken()) return ParseStatus.BadToken;
        cseq = new(number, method);
        return ParseStatus.Ok;
    }
}
