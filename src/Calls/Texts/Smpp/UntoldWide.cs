using System.Text;

namespace Ringwright.Calls.Texts.Smpp;

/// <summary>
/// Texts in UTF-16 whose data coding says that they are in octets: some networks turn to it for one letter, and leave the coding as it
/// was. Each second octet tells it. Of most letters of a text that is the same one: a zero for Latin, which is @ in GSM 03.38, or that of
/// another script, which is an accented letter there. Nobody writes a text of which each second letter is that.
/// </summary>
internal static class UntoldWide
{
    private const char Unknown = '\uFFFD';
    private const int Shortest = 4;
    /// <summary>Letters of a script that a text has at least: fewer may be a word with accents.</summary>
    private const int FewestOfScript = 3;

    public static bool IsOne(ReadOnlySpan<byte> octets)
    {
        if (octets.Length < Shortest || octets.Length % 2 != 0) return false;
        // No text in octets begins with these two, of whichever alphabet.
        if (octets is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..]) return true;
        // A zero at the end only ends a text.
        if (octets.Length > Shortest && octets is [.., 0, 0]) octets = octets[..^2];
        byte script = 0;
        int usual = 0, ofScript = 0;
        for (int i = 0; i < octets.Length; i += 2)
        {
            byte high = octets[i], low = octets[i + 1];
            if ((high == 0 && low != 0) || high is >= 0xD8 and <= 0xDF) usual++;
            else if (IsOfScript(high, low) && (script == 0 || script == high)) (script, ofScript) = (high, ofScript + 1);
            else if (!IsAmongOthers(high, low)) return false;
        }
        if (ofScript is > 0 and < FewestOfScript) return false;
        if (2 * (usual + ofScript) <= octets.Length / 2) return false;
        // Of emoji, whose octets may be Latin letters, each half has its other half.
        return !Encoding.BigEndianUnicode.GetString(octets).Contains(Unknown);
    }

    /// <summary>Letters of Greek, Russian, Hebrew, Arabic, Hindi and Thai.</summary>
    private static bool IsOfScript(byte high, byte low) => high switch
    {
        0x03 => low is >= 0x84 and <= 0xCE,
        0x04 => low is (>= 0x01 and <= 0x5F) or (>= 0x90 and <= 0x93),
        0x05 => low is >= 0xB0 and <= 0xF4,
        0x06 => low is 0x0C or 0x1B or 0x1F or (>= 0x21 and <= 0x52) or (>= 0x60 and <= 0xD2) or (>= 0xF0 and <= 0xF9),
        0x09 => low is >= 0x01 and <= 0x7F,
        0x0E => low is >= 0x01 and <= 0x5B,
        _ => false,
    };

    /// <summary>For whose sake a text is in UTF-16: letters of Polish or Vietnamese, curly quotes, dashes, the euro, signs.</summary>
    private static bool IsAmongOthers(byte high, byte low) => high switch
    {
        0x01 => low <= 0x7F,
        0x1E => true,
        0x20 => low is 0x13 or 0x14 or 0x18 or 0x19 or 0x1A or 0x1C or 0x1D or 0x1E or 0x22 or 0x26 or 0x0D or 0xAC,
        0x21 => low is 0x16 or 0x22,
        0x26 or 0x27 => true,
        0xFE => low is 0x0E or 0x0F,
        _ => false,
    };
}
