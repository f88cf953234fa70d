using System.Globalization;
using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Ringwright.Testing;

/// <summary>
/// <c>[Theory, Seeds(200)]</c> runs a test with seeds 1 to 200, of which the gate has an eighth. <c>RINGWRIGHT_SEEDS</c> sets another
/// count, <c>RINGWRIGHT_LONG=1</c> multiplies by ten, <c>RINGWRIGHT_SEED</c> runs that one seed only.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SeedsAttribute(int count) : DataAttribute
{
    public const int LongFactor = 10;

    /// <summary>Fewer seeds than this say nothing of the rest.</summary>
    public const int Judged = 20;

    public int Count { get; } = count;

    /// <summary>How many of them the gate runs: of a small count a quarter, until there are enough to judge them.</summary>
    public int Gate { get; init; } = Math.Max(1, Math.Max(count / 8, Math.Min(count / 4, Judged)));

    /// <summary>How many this run has.</summary>
    public int InThisRun => Number("RINGWRIGHT_SEED") is null ? (int)Last : 1;

    private ulong Last => Number("RINGWRIGHT_SEEDS") ?? (ulong)Depth.Times(Gate, Count) * (LongRun.IsOn ? (ulong)LongFactor : 1);

    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        new(Rows());

    // Seeds show up as one test with many rows; enumerating them at discovery would slow every filtered run.
    public override bool SupportsDiscoveryEnumeration() => false;

    private List<ITheoryDataRow> Rows()
    {
        if (Number("RINGWRIGHT_SEED") is { } only) return [new TheoryDataRow<ulong>(only)];
        ulong rows = Last;
        var list = new List<ITheoryDataRow>((int)rows);
        for (ulong seed = 1; seed <= rows; seed++) list.Add(new TheoryDataRow<ulong>(seed));
        return list;
    }

    private static ulong? Number(string variable) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture,
            out ulong value) ? value : null;
}

/// <summary><c>./ringwright test --long</c>: more seeds and the tests that take minutes.</summary>
public static class LongRun
{
    public static bool IsOn => Environment.GetEnvironmentVariable("RINGWRIGHT_LONG") == "1";

    /// <summary>How often to repeat: the first number usually, the second in a long run.</summary>
    public static int Times(int usually, int longRun) => IsOn ? longRun : usually;
}
