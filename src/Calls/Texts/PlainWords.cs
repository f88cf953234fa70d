using System.Collections.Frozen;
using System.Text;

namespace Ringwright.Calls.Texts;

/// <summary>
/// Words in the alphabet of GSM 03.38 where punctuation alone keeps them out of it: word processors and phones write quotes, dashes and
/// spaces that it does not have, and one of them more than halves what goes into a part.
/// </summary>
public static class PlainWords
{
    private static readonly FrozenDictionary<char, string> Plain = new (string Characters, string Instead)[]
    {
        ("\u2018\u2019\u201A\u201B\u2032\u0060\u00B4\u02BC", "'"), ("\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB", "\""),
        ("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"), ("\u2026", "..."), ("\u2022\u00B7\u2219", "*"), ("\u2044", "/"),
        ("\u2039", "<"), ("\u203A", ">"),
        ("\t\u00A0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000", " "),
        // What has no width at all.
        ("\u00AD\u200B\u200C\u200D\u2060\uFEFF", ""),
    }.SelectMany(row => row.Characters.Select(character => KeyValuePair.Create(character, row.Instead))).ToFrozenDictionary();

    /// <summary>The text with plain punctuation, where that writes all of it in the alphabet; else as it is.</summary>
    public static string Of(string text)
    {
        if (Gsm7.Holds(text)) return text;
        var plain = new StringBuilder(text.Length);
        foreach (char character in text)
        {
            if (Plain.TryGetValue(character, out string? instead)) plain.Append(instead);
            else plain.Append(character);
        }
        string written = plain.ToString();
        return Gsm7.Holds(written) ? written : text;
    }
}
