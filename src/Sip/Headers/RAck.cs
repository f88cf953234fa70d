using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>Which reliable provisional response a PRACK acknowledges (RFC 3262 §7.2): <c>776656 1 INVITE</c>.</summary>
public readonly ref struct RAck(uint response, uint cseq, ReadOnlySpan<byte> method)
{
    /// <summary>The RSeq of the response.</summary>
    public uint Response { get; } = response;
    /// <summary>Number and method of the CSeq that the response bore.</summary>
    public uint CSeq { get; } = cseq;
    public ReadOnlySpan<byte> Method { get; } = method;

    public static ParseStatus TryParse(ReadOnlySpan<byte> value, out RAck rack)
    {
        rack = default;
        value = value.TrimLws();
        int space = value.IndexOfAny(" \t"u8);
        if (space < 0 || !Grammar.TryNumber(value[..space], uint.MaxValue, out uint response)) return ParseStatus.BadNumber;
        var status = Headers.CSeq.TryParse(value[space..].TrimLws(), out var cseq);
        if (status is ParseStatus.Ok) rack = new(response, cseq.Number, cseq.Method);
        return status;
    }
}
