namespace Ringwright.Calls.Texts.Smpp;

/// <summary>The alphabets of one octet a letter that SMPP has beside Latin (3.4, section 5.2.19): ISO 8859-5 and ISO 8859-8.</summary>
internal static class IsoLetters
{
    private const byte FirstOwn = 0xA1;
    private const int ToCyrillic = '\u0401' - FirstOwn, ToHebrew = '\u05D0' - 0xE0;
    private const char Unknown = '\uFFFD';

    public static string Cyrillic(ReadOnlySpan<byte> octets) => Read(octets, octet => octet switch
    {
        < FirstOwn or 0xAD => (char)octet,
        0xF0 => '№',
        0xFD => '§',
        _ => (char)(octet + ToCyrillic),
    });

    public static string Hebrew(ReadOnlySpan<byte> octets) => Read(octets, octet => octet switch
    {
        0xAA => '×',
        0xBA => '÷',
        0xDF => '\u2017',
        0xFD => '\u200E',
        0xFE => '\u200F',
        >= 0xE0 and <= 0xFA => (char)(octet + ToHebrew),
        0xA1 or >= 0xBF => Unknown,
        _ => (char)octet,
    });

    private static string Read(ReadOnlySpan<byte> octets, Func<byte, char> letter)
    {
        char[] text = new char[octets.Length];
        for (int i = 0; i < text.Length; i++) text[i] = letter(octets[i]);
        return new string(text);
    }
}
