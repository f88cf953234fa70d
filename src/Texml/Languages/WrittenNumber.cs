using System.Globalization;

namespace Ringwright.Texml.Languages;

/// <summary>Numbers as people write them, and as they come out of address books: with marks of direction that nobody sees.</summary>
internal static class WrittenNumber
{
    /// <param name="takesNational">Ten digits, or eleven that begin with 1, are a number of North America.</param>
    public static string Read(string text, bool takesNational)
    {
        string number = string.Concat(text.Where(c => !char.IsWhiteSpace(c) && c is not ('(' or ')' or '.')
            && char.GetUnicodeCategory(c) is not (UnicodeCategory.DashPunctuation or UnicodeCategory.Format)));
        if (!takesNational || !number.All(char.IsAsciiDigit)) return number;
        return number switch
        {
            [>= '2' and <= '9', ..] when number.Length == 10 => "+1" + number,
            ['1', >= '2' and <= '9', ..] when number.Length == 11 => "+" + number,
            _ => number,
        };
    }
}
