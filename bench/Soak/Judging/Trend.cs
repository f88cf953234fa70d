namespace Ringwright.Bench.Soak.Judging;

/// <summary>A straight line through points, by least squares.</summary>
internal readonly record struct Trend(double Slope, double Start)
{
    public double At(double x) => Start + Slope * x;

    /// <returns>A level line when there are too few points for another.</returns>
    public static Trend Of(IReadOnlyCollection<(double X, double Y)> points)
    {
        if (points.Count == 0) return default;
        double meanX = points.Average(p => p.X), meanY = points.Average(p => p.Y);
        double spread = points.Sum(p => (p.X - meanX) * (p.X - meanX));
        double slope = spread == 0 ? 0 : points.Sum(p => (p.X - meanX) * (p.Y - meanY)) / spread;
        return new(slope, meanY - slope * meanX);
    }

    /// <summary>
    /// The lowest point of each of so many equal stretches. What is held rises between two garbage collections and with the calls
    /// of the moment, and falls again; what is leaked lifts the low points too.
    /// </summary>
    public static IReadOnlyList<(double X, double Y)> Lows(IReadOnlyList<(double X, double Y)> points, int stretches)
    {
        if (points.Count <= stretches) return points;
        double first = points[0].X, width = (points[^1].X - first) / stretches;
        if (width <= 0) return [points.MinBy(p => p.Y)];
        return [.. points.GroupBy(p => Math.Min(stretches - 1, (int)((p.X - first) / width))).OrderBy(g => g.Key)
            .Select(g => g.MinBy(p => p.Y))];
    }
}
