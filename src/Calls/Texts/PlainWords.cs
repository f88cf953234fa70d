using System.Collections.Frozen;
using System.Text;

namespace Ringwright.Calls.Texts;

/// <summary>
/// Words in the alphabet of GSM 03.38 where punctuation alone keeps them out of it: word processors and phones write quotes, dashes and
/// spaces that it does not have, and one of them more than halves what goes into a part.
/// </summary>
public static class PlainWords
{
    /// <summary>Those of ASCII in the width of Chinese letters, and how far they stand from them.</summary>
    private const char FirstBroad = '\uFF01', LastBroad = '\uFF5E';
    private const int FromBroad = 0xFEE0;

    private static readonly FrozenDictionary<char, string> Plain = new (string Characters, string Instead)[]
    {
        ("\u2018\u2019\u201A\u201B\u2032\u2035\u0060\u00B4\u02B9\u02BB\u02BC\u02BD\u02C8\u02CA\u02CB\u275B\u275C\uFF40", "'"),
        ("\u201C\u201D\u201E\u201F\u2033\u2036\u00AB\u00BB\u02BA\u02EE\u275D\u275E\u301D\u301E", "\""),
        ("\u2010\u2011\u2012\u2013\u2014\u2015\u2043\u2212\uFE58\uFE63", "-"), ("\u2026", "..."), ("\u2022\u00B7\u2219", "*"),
        ("\u2044\u2215", "/"), ("\u2039", "<"), ("\u203A", ">"),
        // Letters that printers join, as they stand in what is copied from a page.
        ("\uFB00", "ff"), ("\uFB01", "fi"), ("\uFB02", "fl"), ("\uFB03", "ffi"), ("\uFB04", "ffl"),
        ("\t\u00A0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000", " "),
        ("\u000B\u0085\u2028\u2029", "\n"),
        // What has no width at all, and what says which way the letters run: in this alphabet they run one way.
        ("\u00AD\u200B\u200C\u200D\u2060\uFEFF", ""), ("\u061C\u200E\u200F\u202A\u202B\u202C\u202D\u202E\u2066\u2067\u2068\u2069", ""),
    }.SelectMany(row => row.Characters.Select(character => KeyValuePair.Create(character, row.Instead))).ToFrozenDictionary();

    /// <summary>The text with plain punctuation, where that writes all of it in the alphabet; else as it is.</summary>
    public static string Of(string text)
    {
        if (Gsm7.Holds(text)) return text;
        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && JoinedLetters.Of(text[i], text[i + 1]) is { } letter)
            {
                plain.Append(letter);
                i++;
            }
            else if (Plain.TryGetValue(text[i], out string? instead)) plain.Append(instead);
            else plain.Append(text[i] is >= FirstBroad and <= LastBroad ? (char)(text[i] - FromBroad) : text[i]);
        }
        string written = plain.ToString();
        return Gsm7.Holds(written) ? written : text;
    }
}
