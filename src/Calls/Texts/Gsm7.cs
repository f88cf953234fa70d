using System.Buffers;

namespace Ringwright.Calls.Texts;

/// <summary>The default alphabet of text messages and its extension (3GPP TS 23.038, sections 6.2.1 and 6.2.1.1).</summary>
public static class Gsm7
{
    private const string Basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
        + "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
    private const string Extension = "\f^{}\\[~]|€";

    private static readonly SearchValues<char> OfBoth = SearchValues.Create(Basic + Extension), Extended = SearchValues.Create(Extension);

    /// <summary>All of the text can be written in it.</summary>
    public static bool Holds(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(OfBoth);

    /// <summary>Septets of a character of the alphabet: 2 where an escape goes before it.</summary>
    public static int SeptetsOf(char character) => Extended.Contains(character) ? 2 : 1;
}
