using System.Buffers;
using System.Text;

namespace Ringwright.Calls.Texts;

/// <summary>The default alphabet of text messages and its extension (3GPP TS 23.038, sections 6.2.1 and 6.2.1.1).</summary>
public static class Gsm7
{
    private const string Basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    private const string Extension = "\f^{}\\[~]|€";

    private const string ExtensionCodes = "\u000A\u0014\u0028\u0029\u002F\u003C\u003D\u003E\u0040\u0065";
    private const byte Escape = 0x1B;
    private const int Septets = 128;

    private static readonly SearchValues<char> OfBoth = SearchValues.Create(Basic + Extension), Extended = SearchValues.Create(Extension);

    /// <summary>All of the text can be written in it.</summary>
    public static bool Holds(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(OfBoth);

    /// <summary>Septets of a character of the alphabet: 2 where an escape goes before it.</summary>
    public static int SeptetsOf(char character) => Extended.Contains(character) ? 2 : 1;

    /// <summary>One septet in each octet; a question mark for what the alphabet does not have.</summary>
    public static byte[] Encode(string text)
    {
        var octets = new List<byte>(text.Length);
        foreach (char character in text)
        {
            if (Extension.IndexOf(character) is >= 0 and var extended)
            {
                octets.Add(Escape);
                octets.Add((byte)ExtensionCodes[extended]);
            }
            else octets.Add(CodeOf(Basic.IndexOf(character) is >= 0 and var basic ? basic : Basic.IndexOf('?')));
        }
        return [.. octets];
    }

    /// <summary>
    /// Reads one septet from each octet. What stands behind an escape and is no extended character is read as if the escape were not
    /// there, and an escape alone as a space (section 6.2.1.1).
    /// </summary>
    /// <param name="single">The language whose letters stand behind escapes (TS 23.038, section 6.2.1.2.4); 0 for none.</param>
    /// <param name="locking">The language whose letters stand in place of the basic ones; 0 for none.</param>
    public static string Decode(ReadOnlySpan<byte> octets, int single = 0, int locking = 0)
    {
        string letters = GsmLanguages.Locking(locking) ?? Basic;
        var text = new StringBuilder(octets.Length);
        for (int i = 0; i < octets.Length; i++)
        {
            int code = octets[i] % Septets;
            if (code != Escape) text.Append(letters[code > Escape ? code - 1 : code]);
            else if (i + 1 == octets.Length || octets[i + 1] % Septets == Escape) text.Append(' ');
            else if (GsmLanguages.Single(single, octets[i + 1] % Septets) is { } letter)
            {
                text.Append(letter);
                i++;
            }
            else if (ExtensionCodes.IndexOf((char)(octets[i + 1] % Septets)) is >= 0 and var extended)
            {
                text.Append(Extension[extended]);
                i++;
            }
        }
        return text.ToString();
    }

    /// <summary>The place in the table, which has the escape in between.</summary>
    private static byte CodeOf(int index) => (byte)(index >= Escape ? index + 1 : index);
}
