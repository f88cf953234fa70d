using System.Globalization;

namespace Ringwright.Texml.Documents;

/// <summary>
/// A Say that has breaks of SSML and no words, as documents have it in place of a Pause. There is nothing that a voice could say of it.
/// </summary>
public static class SpokenPause
{
    /// <summary>Of one break, and of all.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(10), LongestOfAll = TimeSpan.FromMinutes(1);

    /// <summary>Of one that does not say how long it is: between two parts of a sentence.</summary>
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(400);

    /// <summary>How long it is silent; null for one that says something, or neither.</summary>
    public static TimeSpan? Of(TexmlElement say)
    {
        if (say.Text.Length > 0) return null;
        var all = BreaksIn(say).Aggregate(TimeSpan.Zero, (sum, one) => sum + LengthOf(one));
        return all == TimeSpan.Zero ? null : all < LongestOfAll ? all : LongestOfAll;
    }

    private static IEnumerable<TexmlElement> BreaksIn(TexmlElement element) =>
        element.Children.Where(child => child.Name is "break" or "Break").Concat(element.Children.SelectMany(BreaksIn));

    /// <summary>Its time, <c>2s</c> or <c>500ms</c>, else what its strength stands for.</summary>
    private static TimeSpan LengthOf(TexmlElement pause)
    {
        string time = pause["time"]?.Trim() ?? "";
        int unit = time.EndsWith("ms", StringComparison.Ordinal) ? 1 : time.EndsWith('s') ? 1_000 : 0;
        const NumberStyles plain = NumberStyles.AllowDecimalPoint;
        if (unit > 0 && decimal.TryParse(time.TrimEnd('m', 's'), plain, CultureInfo.InvariantCulture, out decimal said))
        {
            var length = TimeSpan.FromMilliseconds((double)(Math.Min(said, 10_000) * unit));
            return length < Longest ? length : Longest;
        }
        return pause["strength"] switch
        {
            "none" or "x-weak" => TimeSpan.Zero,
            "strong" => 2 * Usual,
            "x-strong" => 3 * Usual,
            _ => Usual,
        };
    }
}
