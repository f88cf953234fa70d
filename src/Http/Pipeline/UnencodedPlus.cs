using System.Text.RegularExpressions;

namespace Ringwright.Http;

/// <summary>
/// A plus that nobody has encoded: in a query and in a form it reads as a blank. A number in +E.164 format and the offset of a moment
/// keep it, for there nothing else can be meant.
/// </summary>
internal static partial class UnencodedPlus
{
    private const int ShortestNumber = 4, LongestNumber = 16;

    /// <summary>A value of a query, which is there as it was sent, too: whoever encodes a blank means one.</summary>
    public static string OfQuery(ReadOnlySpan<char> encoded, ReadOnlySpan<char> decoded)
    {
        if (AreNumbers(encoded)) return encoded.ToString();
        string text = decoded.ToString();
        return encoded.Contains('+') ? OfMoment(text) : text;
    }

    /// <summary>A decoded value of a form.</summary>
    public static string OfForm(string text) => IsNumber(text, ' ') ? string.Concat("+", text.AsSpan(1)) : OfMoment(text);

    /// <summary>One, or several with commas between them.</summary>
    private static bool AreNumbers(ReadOnlySpan<char> encoded)
    {
        foreach (var part in encoded.Split(','))
            if (!IsNumber(encoded[part], '+')) return false;
        return true;
    }

    private static bool IsNumber(ReadOnlySpan<char> text, char plus) => text.Length is >= ShortestNumber and <= LongestNumber
        && text[0] == plus && text[1] is >= '1' and <= '9' && !text[1..].ContainsAnyExceptInRange('0', '9');

    private static string OfMoment(string text)
    {
        if (!Moment().IsMatch(text)) return text;
        int offset = text.LastIndexOf(' ');
        return $"{text[..offset]}+{text[(offset + 1)..]}";
    }

    [GeneratedRegex("^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)? [0-9]{2}:?[0-9]{2}\\z")]
    private static partial Regex Moment();
}
