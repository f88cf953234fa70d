namespace Ringwright.Agency.Tables;

/// <summary>
/// A part of a number that somebody looks for, as people write one: <c>555 030-0011</c>, <c>089/123</c>, <c>0049 89 123</c>. What is none
/// finds no number.
/// </summary>
/// <param name="Digits">What stands in the number; empty for what is none.</param>
/// <param name="National">What stands behind the country's code where the 0 of a long distance was written; else empty.</param>
internal readonly record struct NumberPart(string Digits, string National)
{
    /// <summary>With fewer digits behind them two zeros are a part of a number, and so is one.</summary>
    private const int LeastAbroad = 6, LeastNational = 4;

    private const string Between = " -().\u00A0\u2011\u2013/";

    public bool Fits(string number)
    {
        if (Digits.Length == 0) return false;
        if (number.Contains(Digits, StringComparison.Ordinal)) return true;
        if (National.Length == 0) return false;
        for (int at = 2; at <= 4 && at < number.Length; at++)       // behind the '+' and one to three digits
            if (number.AsSpan(at).StartsWith(National, StringComparison.Ordinal)) return true;
        return false;
    }

    public static NumberPart Of(string text)
    {
        string plain = string.Concat(text.Where(c => !Between.Contains(c, StringComparison.Ordinal)));
        if (plain.AsSpan(plain.StartsWith('+') ? 1 : 0).ContainsAnyExceptInRange('0', '9')) return new("", "");
        if (plain.StartsWith("00", StringComparison.Ordinal) && plain.Length >= 2 + LeastAbroad) return new("+" + plain[2..], "");
        return new(plain, plain.StartsWith('0') && plain.Length >= 1 + LeastNational ? plain[1..] : "");
    }

    /// <summary>For <c>like</c>; the empty text for all.</summary>
    public string DigitsPattern => ToolTable.Like(Digits);

    /// <summary>The same behind the one to three digits of a country's code; empty for none.</summary>
    public string NationalPattern => National.Length == 0 ? "" : National + "%";
}
