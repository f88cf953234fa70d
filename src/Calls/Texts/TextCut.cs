namespace Ringwright.Calls.Texts;

/// <summary>How the characters of a text message are written; stored by name.</summary>
public enum TextEncoding { Gsm7, Ucs2 }

/// <summary>
/// A text message as it goes over networks: its encoding, and the parts that it is cut into. A text that needs more than one part gives up
/// six octets of each to the header that says which part it is (3GPP TS 23.040, section 9.2.3.24.1). Neither the two septets of an extended
/// character nor the two halves of a surrogate pair are ever parted, so parts are counted by cutting and not by dividing.
/// </summary>
public sealed record TextCut(TextEncoding Encoding, IReadOnlyList<string> Parts)
{
    /// <summary>Septets of a message that is one part, and of each part of a longer one.</summary>
    public const int SeptetsAlone = 160, SeptetsAmongOthers = 153;

    /// <summary>The same in UTF-16 units.</summary>
    public const int UnitsAlone = 70, UnitsAmongOthers = 67;

    public static TextCut Of(string text) => As(Gsm7.Holds(text) ? TextEncoding.Gsm7 : TextEncoding.Ucs2, text);

    /// <param name="encoding">One that has all of its characters.</param>
    public static TextCut As(TextEncoding encoding, string text) => encoding is TextEncoding.Gsm7
        ? Cut(encoding, text, SeptetsAlone, SeptetsAmongOthers)
        : Cut(encoding, text, UnitsAlone, UnitsAmongOthers);

    private static TextCut Cut(TextEncoding encoding, string text, int alone, int amongOthers)
    {
        if (Measure(encoding, text) <= alone) return new(encoding, [text]);
        List<string> parts = [];
        int begin = 0, size = 0;
        for (int i = 0; i < text.Length;)
        {
            int length = LengthAt(encoding, text, i), units = UnitsAt(encoding, text, i);
            if (size + units > amongOthers)
            {
                parts.Add(text[begin..i]);
                (begin, size) = (i, 0);
            }
            size += units;
            i += length;
        }
        parts.Add(text[begin..]);
        return new(encoding, parts);
    }

    private static int Measure(TextEncoding encoding, string text)
    {
        if (encoding is TextEncoding.Ucs2) return text.Length;
        int septets = 0;
        foreach (char character in text) septets += Gsm7.SeptetsOf(character);
        return septets;
    }

    /// <summary>Characters that stay together.</summary>
    private static int LengthAt(TextEncoding encoding, string text, int at) =>
        encoding is TextEncoding.Ucs2 && at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;

    private static int UnitsAt(TextEncoding encoding, string text, int at) =>
        encoding is TextEncoding.Gsm7 ? Gsm7.SeptetsOf(text[at]) : LengthAt(encoding, text, at);
}
