using Ringwright.Testing;

namespace Ringwright.Pure.Testing;

public sealed class AllocationBudgetTests
{
    private const string Rows = "# bytes\ntick: idle\ttick\t0\n"
        + "call: in\tcall\t1024\tits tables grow\ncall: out\tcall\t1024\nhttp: a read\trequest\t640\n";

    [Theory]
    [InlineData(1_100, 1_216)]
    [InlineData(500, 576)]
    [InlineData(0, 0)]
    public void A_row_becomes_what_was_measured_and_a_twentieth_more_and_keeps_its_reason(double used, long bytes) =>
        Assert.Equal(Rows.Replace("call: in\tcall\t1024", $"call: in\tcall\t{bytes}", StringComparison.Ordinal),
            AllocationBudget.Remeasured(Rows, "call: in", used));

    [Theory]
    [InlineData("call: in", 1_020)]     // with less than a twentieth left
    [InlineData("call: in", 975)]       // 1024
    [InlineData("call: in", 900)]       // 960: a step less
    [InlineData("tick: idle", 0)]
    [InlineData("tick: idle", 8)]       // its test fails
    public void A_row_that_holds_stays_and_so_does_a_promise_of_none(string path, double used) =>
        Assert.Equal(Rows, AllocationBudget.Remeasured(Rows, path, used));

    [Theory]
    [InlineData("call: held", 700, "call: out\tcall\t1024\n", "call: held\tcall\t768\n")]
    [InlineData("tick: new", 0, "tick: idle\ttick\t0\n", "tick: new\ttick\t0\n")]
    [InlineData("fax: a page", 1, "http: a read\trequest\t640\n", "fax: a page\trun\t64\n")]
    public void A_path_that_was_added_gets_its_row_behind_those_of_its_kind(string path, double used, string before, string row) =>
        Assert.Equal(Rows.Replace(before, before + row, StringComparison.Ordinal), AllocationBudget.Remeasured(Rows, path, used));

    [Fact]
    public void A_path_without_a_row_fails_and_says_what_writes_it()
    {
        if (Golden.IsMeasuring) return;     // it would be written
        var fault = Assert.ThrowsAny<Exception>(() => AllocationBudget.Check("no: such path", 1, 0));
        Assert.Contains("no row 'no: such path'; ./ringwright golden --allocations writes it", fault.Message, StringComparison.Ordinal);
    }
}
