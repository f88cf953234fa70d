using System.Globalization;

namespace Ringwright.Bench.Driving;

/// <summary>The telephone number of a run's nth call: what its two ends and its webhooks are known by.</summary>
internal static class NumberPlan
{
    private const string Prefix = "+1555";
    private const int First = 3_000_000;

    public static string Of(int index) => $"{Prefix}{First + index}";

    /// <returns>Null when the text is none of these numbers.</returns>
    public static int? IndexOf(string number) =>
        number.StartsWith(Prefix, StringComparison.Ordinal)
        && int.TryParse(number.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int value)
        && value >= First ? value - First : null;
}
