using System.Globalization;
using Xunit;

namespace Ringwright.Testing;

/// <summary>What a hot path may allocate: a row of <c>tests/allocations.tsv</c>.</summary>
/// <param name="Path">Its name; a test says it as a literal.</param>
/// <param name="Unit">What <paramref name="Bytes"/> are for one of: a tick, a packet, a call.</param>
/// <param name="Bytes">At most.</param>
public sealed record AllocationBudget(string Path, string Unit, long Bytes)
{
    /// <summary>In the order of the file, by their path.</summary>
    public static IReadOnlyDictionary<string, AllocationBudget> All { get; } = Read();

    /// <summary>Fails when the path allocates more than its row allows, or has no row.</summary>
    /// <param name="units">How many <paramref name="run"/> does, on its own thread.</param>
    public static void Holds(string path, int units, Action run) => Check(path, units, Allocations.Of(run));

    /// <summary>The same for what was counted elsewhere.</summary>
    public static void Check(string path, int units, long bytes)
    {
        Assert.True(All.TryGetValue(path, out var budget), $"tests/allocations.tsv has no row '{path}'");
        string used = string.Create(CultureInfo.InvariantCulture, $"{(double)bytes / units:0.##} bytes a {budget.Unit}");
        TestContext.Current.TestOutputHelper?.WriteLine($"{path}: {used}");
        Assert.True(bytes <= budget.Bytes * units, $"{path}: {used}, and tests/allocations.tsv allows {budget.Bytes}");
    }

    private static Dictionary<string, AllocationBudget> Read()
    {
        var rows = from line in File.ReadLines(Repository.PathOf("tests", "allocations.tsv"))
                   where line.Length > 0 && line[0] != '#'
                   let cells = line.Split('\t')
                   select new AllocationBudget(cells[0], cells[1], long.Parse(cells[2], CultureInfo.InvariantCulture));
        return rows.ToDictionary(row => row.Path, StringComparer.Ordinal);
    }
}
