namespace Ringwright.Suites.Against;

/// <summary>
/// How many times as dear one build is as another, from pairs that were measured one after the other: what a neighbour does to the machine
/// meets both of a pair. Ratios are averaged by their logarithms, so that twice and half come to one.
/// </summary>
/// <param name="Lower">With the probability of 95 % the ratio is above; <paramref name="Upper"/>, below.</param>
/// <param name="Least">Of all pairs; <paramref name="Most"/> likewise.</param>
internal sealed record PairedRatio(double Ratio, double Lower, double Upper, double Least, double Most)
{
    /// <summary>What is within the noise of good days: less is not called dearer, where nobody says another bound.</summary>
    public const double Allowed = 1.03;

    // Student's t at 95 %, one-sided, for one degree of freedom and more; beyond them the last is a little too careful.
    private static readonly double[] Student =
        [6.314, 2.920, 2.353, 2.132, 2.015, 1.943, 1.895, 1.860, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761, 1.753];

    public bool IsCheaper => Upper < 1;

    /// <param name="allowed">What the ratio may be: its lower bound is above that, or the build is not called dearer.</param>
    public bool IsDearer(double allowed = Allowed) => Lower > allowed;

    public string Verdict(double allowed = Allowed) => IsDearer(allowed) ? "dearer" : IsCheaper ? "cheaper" : "not dearer";

    /// <summary>Null where there are less than two pairs, or one of them has nothing to divide.</summary>
    public static PairedRatio? Of(IReadOnlyList<(double Mine, double Theirs)> pairs)
    {
        if (pairs.Count < 2 || pairs.Any(pair => !(pair.Mine > 0) || !(pair.Theirs > 0))) return null;
        double[] logs = [.. pairs.Select(pair => Math.Log(pair.Mine / pair.Theirs))];
        double mean = logs.Average(), deviation = Math.Sqrt(logs.Sum(log => (log - mean) * (log - mean)) / (logs.Length - 1));
        double margin = Student[Math.Min(logs.Length - 1, Student.Length) - 1] * deviation / Math.Sqrt(logs.Length);
        return new PairedRatio(
            Math.Exp(mean), Math.Exp(mean - margin), Math.Exp(mean + margin), Math.Exp(logs.Min()), Math.Exp(logs.Max()));
    }
}
