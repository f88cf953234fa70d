using Ringwright.Testing;

namespace Ringwright.Pure.Suites.Against;

/// <summary>The list that <c>bench --against best</c> reads.</summary>
public sealed class BestLandingTests
{
    [Fact]
    public void Each_workload_that_is_compared_has_one_best_landing_and_a_reason()
    {
        string[][] rows = [.. File.ReadLines(Repository.PathOf("bench", "best.tsv")).Select(line => line.Split('\t'))];
        Assert.Equal(["workload", "commit", "why"], rows[0]);
        Assert.All(rows, row => Assert.Equal(3, row.Length));
        Assert.Equal(["W1", "W3", "W4", "W5"], rows.Skip(1).Select(row => row[0]).Order(StringComparer.Ordinal));
        Assert.All(rows.Skip(1), row => Assert.Matches("^[0-9a-f]{7,40}$", row[1]));
        Assert.All(rows, row => Assert.NotEmpty(row[2].Trim()));
    }
}
