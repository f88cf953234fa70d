using System.Globalization;
using System.Text;

namespace Ringwright.Telnyx;

/// <summary>
/// A code as people type what they have read or heard: <c>123 456</c>, <c>1-2-3-4</c>, in the digits of any script. What is neither a
/// digit nor between digits stays, and makes it another code.
/// </summary>
internal static class TypedCode
{
    /// <returns>"" where nothing was typed.</returns>
    public static string Of(string typed)
    {
        var code = new StringBuilder(typed.Length);
        foreach (char character in typed)
        {
            if (IsBetween(character)) continue;
            code.Append(char.IsDigit(character) ? (char)('0' + CharUnicodeInfo.GetDecimalDigitValue(character)) : character);
        }
        return code.ToString();
    }

    /// <summary>Space, hyphens, and marks without a width, which come along when a code is copied.</summary>
    private static bool IsBetween(char character) => char.IsWhiteSpace(character)
        || CharUnicodeInfo.GetUnicodeCategory(character) is UnicodeCategory.DashPunctuation or UnicodeCategory.Format;
}
