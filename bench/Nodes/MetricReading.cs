using System.Globalization;

namespace Ringwright.Bench.Nodes;

/// <summary>A page of metrics in the Prometheus text format: each line's name with its labels, and the value.</summary>
internal sealed record MetricReading(IReadOnlyDictionary<string, double> Values)
{
    public static MetricReading Parse(string text)
    {
        var values = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n'))
        {
            int end = line.LastIndexOf(' ');
            if (line.StartsWith('#') || end < 1) continue;
            string number = line[(end + 1)..].Trim();
            double value = number switch
            {
                "+Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                _ => double.TryParse(number, CultureInfo.InvariantCulture, out double read) ? read : double.NaN
            };
            values[line[..end]] = value;
        }
        return new(values);
    }

    /// <summary>The sum over all labels; null when there is no such metric.</summary>
    public double? this[string name]
    {
        get
        {
            var found = Values.Where(v => v.Key == name || v.Key.StartsWith(name + "{", StringComparison.Ordinal)).ToList();
            return found.Count == 0 ? null : found.Sum(v => v.Value);
        }
    }

    /// <summary>
    /// A histogram's observations since <paramref name="before"/>, by upper bound, each bound counting those below it too.
    /// </summary>
    /// <param name="label">Those that have it alone, as the page writes it; empty for all.</param>
    public IReadOnlyList<(double Bound, double Count)> BucketsSince(MetricReading before, string name, string label = "")
    {
        var sums = new SortedDictionary<double, double>();
        foreach (var (key, value) in Values)
        {
            if (!key.StartsWith(name + "_bucket{", StringComparison.Ordinal) || !key.Contains(label, StringComparison.Ordinal)
                || BoundOf(key) is not { } bound) continue;
            sums[bound] = sums.GetValueOrDefault(bound) + value - before.Values.GetValueOrDefault(key);
        }
        return [.. sums.Select(s => (s.Key, s.Value))];
    }

    private static double? BoundOf(string key)
    {
        int at = key.IndexOf("le=\"", StringComparison.Ordinal);
        if (at < 0) return null;
        string text = key[(at + 4)..key.IndexOf('"', at + 4)];
        return text == "+Inf" ? double.PositiveInfinity : double.Parse(text, CultureInfo.InvariantCulture);
    }
}
