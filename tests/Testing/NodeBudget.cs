using System.Globalization;
using Xunit;

namespace Ringwright.Testing;

/// <summary>What a call or a request may cost a whole node: a row of <c>tests/budgets.tsv</c>.</summary>
/// <param name="Path">Its name; a test says it as a literal.</param>
/// <param name="Unit">What <paramref name="Most"/> is for one of: a call, a request.</param>
/// <param name="Most">At most so much of each measure; one that a row does not hold is not there.</param>
public sealed record NodeBudget(string Path, string Unit, IReadOnlyDictionary<string, double> Most)
{
    private const string Unheld = "-";

    /// <summary>In the order of the file, by their path.</summary>
    public static IReadOnlyDictionary<string, NodeBudget> All { get; } = Read();

    /// <summary>Fails when one of them needed more than its row allows, or has no row.</summary>
    /// <param name="used">For one unit, by measure.</param>
    public static void Check(string path, IReadOnlyDictionary<string, double> used)
    {
        Assert.True(All.TryGetValue(path, out var budget), $"tests/budgets.tsv has no row '{path}'");
        string[] over = [.. from most in budget.Most
                            where !(used[most.Key] <= most.Value)
                            select string.Create(CultureInfo.InvariantCulture,
                                $"{path}: {used[most.Key]:0.##} {most.Key} a {budget.Unit}, and tests/budgets.tsv allows {most.Value}")];
        Assert.True(over.Length == 0, string.Join('\n', over));
    }

    private static Dictionary<string, NodeBudget> Read()
    {
        string[][] rows = [.. from line in File.ReadLines(Repository.PathOf("tests", "budgets.tsv"))
                              where line.Length > 0 && line[0] != '#'
                              select line.Split('\t')];
        string[] measures = rows[0];
        return rows.Skip(1).ToDictionary(row => row[0], row => new NodeBudget(row[0], row[1],
            Enumerable.Range(2, measures.Length - 2).Where(i => row[i] != Unheld)
                .ToDictionary(i => measures[i], i => double.Parse(row[i], CultureInfo.InvariantCulture), StringComparer.Ordinal)),
            StringComparer.Ordinal);
    }
}
