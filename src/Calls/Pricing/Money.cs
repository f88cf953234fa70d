using System.Globalization;

namespace Ringwright.Calls.Pricing;

/// <summary>An amount: millionths of the unit of a currency (ISO 4217). Amounts of two currencies are never added.</summary>
public readonly record struct Money(long Micros, string Currency)
{
    /// <summary>The currency of accounts that were given no other.</summary>
    public const string UsualCurrency = "USD";

    /// <summary>More than anybody has, and far from where sums overflow.</summary>
    public const long MostMicros = 1_000_000_000_000_000;

    private const int PerUnit = 1_000_000;

    public string Text => Format(Micros);

    public override string ToString() => $"{Text} {Currency}";

    /// <summary>The unit with two to six digits behind the point: "12.50", "-0.000125".</summary>
    public static string Format(long micros) => ((decimal)micros / PerUnit).ToString("0.00####", CultureInfo.InvariantCulture);

    /// <summary>
    /// Reads a decimal number of units, with a sign or without. False for more than six digits behind
    /// the point and for more than anybody has.
    /// </summary>
    public static bool TryParse(string? text, out long micros)
    {
        micros = 0;
        const NumberStyles form = NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign;
        if (!decimal.TryParse(text, form, CultureInfo.InvariantCulture, out decimal units) || Math.Abs(units) > MostMicros / PerUnit)
            return false;
        decimal exact = units * PerUnit;
        if (exact != decimal.Truncate(exact)) return false;
        micros = (long)exact;
        return true;
    }

    /// <summary>Three capital letters.</summary>
    public static bool IsCurrency(string? text) => text is [>= 'A' and <= 'Z', >= 'A' and <= 'Z', >= 'A' and <= 'Z'];
}
