using System.Globalization;

namespace Ringwright.Admission.Numbering;

/// <summary>Numbers in a row: of one length, and alike but for their last digits.</summary>
/// <param name="First">+E.164.</param>
/// <param name="Count">How many there are.</param>
public sealed record NumberRange(string First, int Count)
{
    /// <summary>All that fits into what a code can tell.</summary>
    private const int Most = 1_000_000;

    /// <summary>+FIRST-+LAST.</summary>
    /// <returns>Null for what is no range, or one of more than a million.</returns>
    public static NumberRange? Parse(string text) =>
        text.Split('-') is [var first, var last] && first.Length == last.Length && Digits(first) is { } from && Digits(last) is { } to
            && to >= from && to - from < Most ? new(first, (int)(to - from) + 1) : null;

    /// <param name="index">From 0 on, less than <see cref="Count"/>.</param>
    public string this[int index] =>
        "+" + (long.Parse(First.AsSpan(1), CultureInfo.InvariantCulture) + index).ToString(CultureInfo.InvariantCulture);

    private static long? Digits(string number) => number.Length is > 8 and <= 16 && number[0] == '+' && number[1] != '0'
        && long.TryParse(number.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out long digits) ? digits : null;
}
