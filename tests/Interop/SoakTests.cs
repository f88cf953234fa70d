using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>A soak of some seconds: that a sound node passes it. Only a long one tells about growth.</summary>
public sealed class SoakTests
{
    [Fact, Depth("what this soak makes one after the other has tests of its own in the gate")]
    public async Task A_few_seconds_of_mixed_calls_leave_nothing_behind()
    {
        Tool.Require("espeak-ng");
        using var folder = new TempFolder();
        string file = folder.File("soak.json");
        // Seed 1 has a fault in these seconds.
        var (code, output) = await BenchProgram.RunAsync("soak", "--minutes", "0.3", "--seed", "1",
            "--calls-per-second", "2", "--json", file);
        Assert.True(code == 0, output);

        var report = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        Assert.True((bool)report["clean"]!);
        Assert.Equal(1, (int)report["seed"]!);
        Assert.InRange((int)report["legs"]!, 10, 500);
        Assert.Equal(0, (int)report["audio"]!["lost"]!);
        Assert.Empty(report["leaks"]!.AsArray());
        Assert.Empty(report["problems"]!.AsArray());
        Assert.NotEmpty(report["faults"]!.AsArray());
        Assert.Equal(0, (double)report["gauges"]!["ringwright_legs_active"]!);
    }

    [Fact, Depth("the gate kills a node with a hundred calls")]
    public async Task Calls_at_once_are_counted_at_the_far_end()
    {
        using var folder = new TempFolder();
        string file = folder.File("held.json");
        // A handful: how late ticks are on a machine that runs tests says nothing.
        var (_, output) = await BenchProgram.RunAsync("soak", "--scenario", "thousand", "--calls", "5", "--minutes",
            "0.05", "--json", file);
        Assert.True(File.Exists(file), output);     // it has come to its end, late ticks or none
        var report = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        Assert.True((5, 5, 5) == ((int)report["up"]!, (int)report["alive"]!, (int)report["hangups"]!), output);
        Assert.InRange((long)report["audio"]!["packets"]!, 500, 5_000);
        Assert.True((double)report["tick_late_ms"]!["ticks"]! > 100, output);
    }

    [Theory]
    [InlineData("--minutes", "0")]
    [InlineData("--calls-per-second", "1000")]
    [InlineData("--scenario", "quiet")]
    public async Task An_option_that_makes_no_sense_is_refused(string option, string value)
    {
        var (code, output) = await BenchProgram.RunAsync("soak", option, value);
        Assert.Equal(1, code);
        Assert.Contains(option, output, StringComparison.Ordinal);
    }
}
