using Ringwright.Sip.Messages;

namespace Ringwright.Sip.Headers;

/// <summary>A qvalue (RFC 3261 §25.1): how much an address is preferred to others.</summary>
public static class QualityValue
{
    /// <summary>Of an address that says none (section 10.2.1.2), in thousandths.</summary>
    public const int Usual = 1_000;

    /// <summary>0 to 1, up to three digits behind the point. Some write more, none before it, or quotation marks.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out int thousandths)
    {
        thousandths = 0;
        text = text.Trim((byte)'"');
        int point = text.IndexOf((byte)'.');
        var whole = point < 0 ? text : text[..point];
        var behind = point < 0 ? default : text[(point + 1)..];
        uint ones = 0;
        if (whole.IsEmpty ? behind.IsEmpty : !Grammar.TryNumber(whole, 1, out ones)) return false;
        if (behind.ContainsAnyExceptInRange((byte)'0', (byte)'9')) return false;
        thousandths = (int)ones * Usual;
        for (int i = 0, weight = 100; i < behind.Length && weight > 0; i++, weight /= 10) thousandths += (behind[i] - '0') * weight;
        return thousandths <= Usual;
    }
}
