using System.Text;
using System.Text.RegularExpressions;

namespace Ringwright.Agency.Privacy;

/// <summary>Numbers that nobody is to keep, told from others by their check digits; also those that are said word by word. Pure.</summary>
internal static partial class RedactedNumbers
{
    private const int FewestSpoken = 6, FewestOfCard = 13, MostOfCard = 19, Ten = 10, ShortestIban = 15;

    /// <summary>Weights of a bank's routing number, one after the other and over again.</summary>
    private static readonly int[] Weights = [3, 7, 1];

    private static readonly string[] Spoken = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"];

    public static string DigitsOf(string text) => string.Concat(text.Where(char.IsAsciiDigit));

    /// <summary>ISO/IEC 7812: the digits fit their check digit (Luhn).</summary>
    public static bool IsCard(string text)
    {
        string digits = DigitsOf(text);
        if (digits.Length is < FewestOfCard or > MostOfCard || digits.Distinct().Count() == 1) return false;
        int sum = 0;
        for (int at = digits.Length - 1, nth = 0; at >= 0; at--, nth++)
        {
            int digit = digits[at] - '0';
            if (nth % 2 == 1) digit = digit * 2 > 9 ? digit * 2 - 9 : digit * 2;
            sum += digit;
        }
        return sum % Ten == 0;
    }

    /// <summary>Nine digits of a bank in the United States, which fit their check digit.</summary>
    public static bool IsRouting(string digits) => digits.Any(digit => digit is not '0')
        && digits.Select((digit, at) => (digit - '0') * Weights[at % Weights.Length]).Sum() % Ten == 0;

    /// <summary>ISO 13616: the longest beginning of a text that ends with a word and fits its check digits is cut out.</summary>
    public static string WithoutIban(string text)
    {
        for (int end = text.Length; end >= ShortestIban; end--)
            if ((end == text.Length || text[end] is ' ') && text[end - 1] is not ' ' && IsIban(text[..end]))
                return "[IBAN]" + text[end..];
        return text;
    }

    private static bool IsIban(string text)
    {
        string plain = text.Replace(" ", "", StringComparison.Ordinal).ToUpperInvariant();
        if (plain.Length < ShortestIban) return false;
        int rest = 0;
        foreach (char one in plain[4..] + plain[..4])
            rest = char.IsAsciiDigit(one) ? (rest * Ten + (one - '0')) % 97 : (rest * 100 + (one - 'A' + Ten)) % 97;
        return rest == 1;
    }

    public static string WithoutSpokenCards(string text) =>
        SpokenRun().Replace(text, static found => IsCard(Read(found.Value)) ? "[CARD]" : found.Value);

    public static string WithoutSpokenDigits(string text) =>
        SpokenRun().Replace(text, static found => Read(found.Value).Length >= FewestSpoken ? "[DIGITS]" : found.Value);

    /// <summary>"four one one" → 411.</summary>
    private static string Read(string words)
    {
        var digits = new StringBuilder();
        foreach (var word in Word().EnumerateMatches(words))
        {
            string said = words.Substring(word.Index, word.Length).ToLowerInvariant();
            digits.Append(said is "oh" ? 0 : Array.IndexOf(Spoken, said));
        }
        return digits.ToString();
    }

    [GeneratedRegex(@"\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b"
        + @"(?:[\s,.-]{1,3}\b(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b){5,}",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex SpokenRun();

    [GeneratedRegex("[a-z]+", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Word();
}
