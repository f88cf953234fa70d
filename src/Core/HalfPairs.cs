using System.Globalization;

namespace Ringwright.Core;

/// <summary>
/// Escapes of half of a pair of surrogates in JSON that others write (RFC 8259 section 8.2): what is left of an emoji where a program has
/// cut a text, or has sent it in pieces. A text with one is none that can be read.
/// </summary>
public static class HalfPairs
{
    private const int EscapeLength = 6;

    /// <summary>Each of them becomes U+FFFD, in place; all else stays.</summary>
    /// <param name="json">UTF-8, which may be no JSON.</param>
    public static void Mend(Span<byte> json)
    {
        int at = 0;
        while (json[at..].IndexOf((byte)'\\') is >= 0 and var further)
        {
            at += further;
            if (UnitAt(json, at) is not { } unit)
            {
                // An escape of another kind, as of a backslash.
                at = Math.Min(at + 2, json.Length);
                continue;
            }
            bool isPair = char.IsHighSurrogate(unit) && UnitAt(json, at + EscapeLength) is { } next && char.IsLowSurrogate(next);
            if (char.IsSurrogate(unit) && !isPair) @"\uFFFD"u8.CopyTo(json[at..]);
            at += isPair ? 2 * EscapeLength : EscapeLength;
        }
    }

    /// <summary>The UTF-16 unit that an escape is; null where there is none.</summary>
    private static char? UnitAt(ReadOnlySpan<byte> json, int at) => at + EscapeLength <= json.Length
        && json[at] == '\\' && json[at + 1] == 'u'
        && ushort.TryParse(json[(at + 2)..(at + EscapeLength)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture,
            out ushort unit) ? (char)unit : null;
}
