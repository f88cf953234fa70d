using System.Globalization;

namespace Ringwright.Campaigns.Rating;

/// <summary>Prices by prefix, the longest wins. A number without one has no price: nothing that asks for a price ever stops it.</summary>
public sealed class RateDeck
{
    public static readonly RateDeck Empty = new([]);

    private const int Columns = 4, LongestPrefix = 16, MostSeconds = 3_600;
    private const decimal MostDollars = 1_000;

    private readonly Dictionary<string, Rate> _rates;

    private RateDeck(IEnumerable<Rate> rates) => _rates = rates.ToDictionary(r => r.Prefix, StringComparer.Ordinal);

    public int Count => _rates.Count;

    public Rate? Find(string number)
    {
        var lookup = _rates.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int length = Math.Min(number.Length, LongestPrefix); length > 0; length--)
            if (lookup.TryGetValue(number.AsSpan(0, length), out var rate)) return rate;
        return null;
    }

    /// <summary>Lines of <c>prefix,price,initial,increment</c>: US dollars a minute, then seconds. Empty lines and those that begin with # are passed over.</summary>
    /// <exception cref="FormatException">A line is none of that; it says which one.</exception>
    public static RateDeck Read(TextReader text)
    {
        Dictionary<string, Rate> rates = new(StringComparer.Ordinal);
        for (int number = 1; text.ReadLine() is { } line; number++)
        {
            line = line.Trim();
            if (line.Length == 0 || line[0] == '#') continue;
            if (Parse(line) is not { } rate) throw new FormatException($"line {number} is not of the form +PREFIX,DOLLARS_A_MINUTE,INITIAL_SECONDS,INCREMENT_SECONDS");
            if (!rates.TryAdd(rate.Prefix, rate)) throw new FormatException($"line {number} prices {rate.Prefix} a second time");
        }
        return new(rates.Values);
    }

    private static Rate? Parse(string line)
    {
        string[] cells = line.Split(',', StringSplitOptions.TrimEntries);
        bool isGood = cells.Length == Columns
            & IsPrefix(cells[0])
            & decimal.TryParse(cells.ElementAtOrDefault(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal dollars) & dollars <= MostDollars
            & int.TryParse(cells.ElementAtOrDefault(2), NumberStyles.None, CultureInfo.InvariantCulture, out int initial) & initial is > 0 and <= MostSeconds
            & int.TryParse(cells.ElementAtOrDefault(3), NumberStyles.None, CultureInfo.InvariantCulture, out int increment) & increment is > 0 and <= MostSeconds;
        return isGood ? new(cells[0], (long)decimal.Ceiling(dollars * 1_000_000), initial, increment) : null;
    }

    private static bool IsPrefix(string text) => text.Length is > 0 and <= LongestPrefix && text[0] == '+' && text.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
}
