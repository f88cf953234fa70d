namespace Ringwright.Core;

/// <summary>
/// Countries have put digits into their mobile numbers, or taken one out, and lists, carriers and messengers go on writing both. Whoever is
/// known by one of the two is known by the other: what must not be called, or is called already, is a telephone, and not a way to write
/// it. Pure.
/// </summary>
public static class OneTelephone
{
    private static readonly Change[] Changes =
    [
        // Mexico: no 1 before a mobile number since August 2019.
        new("+52", At: 3, Digits: "1", Shorter: 13, '2', '9'),
        // Argentina: the 9 of mobile numbers is dialled from abroad alone.
        new("+54", At: 3, Digits: "9", Shorter: 13, '1', '3'),
        // Brazil: mobile numbers got a 9 behind the area code, the last of them in 2016. Those of homes begin with 2 to 5, and have none.
        new("+55", At: 5, Digits: "9", Shorter: 13, '6', '9'),
        // Benin: all numbers got 01 before them in November 2024.
        new("+229", At: 4, Digits: "01", Shorter: 12, '2', '9'),
    ];

    /// <summary>The other number by which the same telephone is known; null for one that has none, and for what is no number.</summary>
    public static string? OtherOf(string number)
    {
        foreach (var change in Changes)
            if (number.StartsWith(change.Code, StringComparison.Ordinal)) return change.OtherOf(number);
        return null;
    }

    /// <summary>One of its numbers, the same by whichever of them it is asked for; of what has one, that.</summary>
    public static string NameOf(string number) => OtherOf(number) is { } other && other.Length < number.Length ? other : number;

    /// <summary>Some numbers, and the others of those that have one.</summary>
    public static IReadOnlyList<string> AllOf(IReadOnlyList<string> numbers) =>
        [.. numbers, .. numbers.Select(OtherOf).OfType<string>()];

    /// <summary>Whether it, or its other number, is among some.</summary>
    public static bool IsAmong(IReadOnlySet<string> some, string number) =>
        some.Contains(number) || OtherOf(number) is { } other && some.Contains(other);

    /// <param name="Code">With the plus.</param>
    /// <param name="At">Where the digits stand in the longer number.</param>
    /// <param name="Shorter">Characters of the number without them.</param>
    /// <param name="First">Of the digit behind them the least.</param>
    /// <param name="Last">And the greatest.</param>
    private sealed record Change(string Code, int At, string Digits, int Shorter, char First, char Last)
    {
        public string? OtherOf(string number)
        {
            if (number.Length == Shorter) return IsMobile(number[At]) ? number.Insert(At, Digits) : null;
            return number.Length == Shorter + Digits.Length && number.AsSpan(At).StartsWith(Digits, StringComparison.Ordinal)
                && IsMobile(number[At + Digits.Length]) ? number.Remove(At, Digits.Length) : null;
        }

        private bool IsMobile(char first) => first >= First && first <= Last;
    }
}
