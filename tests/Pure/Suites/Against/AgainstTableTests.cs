using Ringwright.Suites.Against;

namespace Ringwright.Pure.Suites.Against;

/// <summary>From files of figures to the table.</summary>
public sealed class AgainstTableTests
{
    private static BenchFigures Figures(double cold, double hot, string idle = "3.5") => BenchFigures.Read("W1", $$"""
        {
          "workloads": { "W1": { "unit": "call", "cpu_ms": {{hot}}, "cold_cpu_ms": {{cold}}, "warm_cpu_ms": null } },
          "idle_cpu_ms_per_s": {{idle}}, "faults": []
        }
        """);

    [Fact]
    public void Cold_warm_hot_and_idle_are_rows_of_their_own_and_what_was_not_measured_is_none()
    {
        var runs = new[] { (Figures(8, 2), Figures(4, 2)), (Figures(8, 2), Figures(4, 2)) };
        var rows = AgainstTable.Rows("W1", runs, hasIdle: true).ToList();
        Assert.Equal(["W1 cold", "W1 hot", "idle node"], rows.Select(row => row.Name));
        Assert.Equal(["dearer", "not dearer", "not dearer"], rows.Select(row => row.Ratio!.Verdict()));
        Assert.Equal(2, AgainstTable.Rows("W1", runs, hasIdle: false).Count());

        var lines = AgainstTable.Lines(rows, "abc").ToList();
        Assert.Equal("W1 cold      call                     8.000     4.000   2.00   2.00   2.00   2.00   2.00  dearer", lines[2]);
        Assert.Equal("dearer by more than 1.03: W1 cold", lines[^1]);
        // Against the best landing more is allowed, and what is twice as dear is not.
        Assert.Equal("dearer by more than 1.10: W1 cold", AgainstTable.Lines(rows, "abc", 1.10).Last());
        Assert.Equal("not dearer: no lower bound is above 2.50", AgainstTable.Lines(rows, "abc", 2.5).Last());
    }

    [Fact]
    public void A_workload_that_could_not_be_measured_says_why()
    {
        var wrong = Assert.Throws<FormatException>(() =>
            BenchFigures.Read("W4", """{ "workloads": {}, "faults": ["W4: the node ended"] }"""));
        Assert.Equal("W4 was not measured: W4: the node ended", wrong.Message);
    }

    [Fact]
    public async Task What_it_does_not_know_is_said_before_anything_is_measured()
    {
        Assert.Equal(2, await AgainstCommand.RunAsync(["--pairs", "1"]));
        Assert.Equal(2, await AgainstCommand.RunAsync(["--often", "1"]));
        foreach (string bound in new[] { "0.9", "1,1", "much" }) Assert.Equal(2, await AgainstCommand.RunAsync(["--bound", bound]));
        Assert.Equal(2, await AgainstCommand.RunAsync(["--root"]));
    }
}
