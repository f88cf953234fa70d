using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop;

/// <summary>The measuring program itself, with a handful of calls: that it works, not what it measures.</summary>
[Collection(Alone.Name)]
public sealed class BenchTests
{
    [Fact, Depth("Edge has what the bench measures with; bench --against runs W1 before an issue is resolved")]
    public async Task A_workload_is_run_checked_and_written_down()
    {
        using var folder = new TempFolder();
        string file = folder.File("figures.json");
        var (code, output) = await BenchProgram.RunAsync("--quick", "--runs", "1", "--json", file, "--workload", "W1");
        Assert.True(code == 0, output);
        var figures = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        Assert.True((double)figures["workloads"]!["W1"]!["ratio"]! > 0);
        Assert.Empty(figures["faults"]!.AsArray());
    }

    /// <summary>With <c>--against</c> it measures a build that is not its own.</summary>
    [Fact]
    public async Task A_build_that_is_named_is_measured_and_no_other()
    {
        var (code, output) = await BenchProgram.RunAsync("--quick", "--runs", "1", "--workload", "W1", "--program", "nowhere.dll");
        Assert.Equal(1, code);
        Assert.Contains("nowhere.dll is not there", output, StringComparison.Ordinal);
    }

    [Fact, Depth("Edge has what the bench measures with; bench --against runs workloads before an issue is resolved")]
    public async Task Each_workload_is_run_checked_and_written_down()
    {
        using var folder = new TempFolder();
        string file = folder.File("figures.json");
        var (code, output) = await BenchProgram.RunAsync("--quick", "--runs", "1", "--json", file);
        Assert.True(code == 0, output);

        var figures = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        var workloads = figures["workloads"]!.AsObject();
        Assert.Equal(["W1", "W2", "W3", "W4", "W5"], workloads.Select(w => w.Key));
        Assert.All(workloads, w =>
        {
            Assert.True((double)w.Value!["cpu_ms"]! > 0);
            Assert.True((double)w.Value["baseline_cpu_ms"]! > 0);
            Assert.True((double)w.Value["ratio"]! > 0);
            Assert.Single(w.Value["runs"]!.AsArray());
        });
        Assert.Equal(["call", "call-second", "bridged call-second", "participant-second", "call"],
            workloads.Select(w => (string?)w.Value!["unit"]));
        Assert.Empty(figures["faults"]!.AsArray());
    }

    [Fact, Depth("Edge has what the bench measures with; bench --against runs workloads before an issue is resolved")]
    public async Task The_other_workloads_are_run_and_checked_too()
    {
        Tool.Require("postgres", "libopus.so.0", "libmp3lame.so.0");
        using var folder = new TempFolder();
        string file = folder.File("figures.json");
        var (code, output) = await BenchProgram.RunAsync("--quick", "--runs", "1", "--json", file,
            "--workload", "W6,W9,W10-mp3,W11,W12-dial,W13,W14,W15");
        Assert.True(code == 0, output);

        var figures = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        var workloads = figures["workloads"]!.AsObject();
        Assert.Equal(["W6", "W9", "W10-mp3", "W11", "W12-dial", "W13", "W14", "W14-commands", "W15", "W15-commands"],
            workloads.Select(w => w.Key));
        Assert.All(workloads, w =>
        {
            Assert.True((double)w.Value!["ratio"]! > 0);
            Assert.Null(w.Value["first_bar"]);
        });
        Assert.True((double)workloads["W9"]!["jitter_ms"]!["p99"]! >= 0);
        Assert.True((double)workloads["W12-dial"]!["database_cpu_ms"]! > 0);
        Assert.True((double)workloads["W13"]!["transit_ms"]!["p50"]! > 0);
        Assert.True((double)workloads["W13"]!["tick_late_p99_ms"]! >= 0);
    }

    [Fact, Depth("Edge has conversations; bench --against runs workloads before an issue is resolved")]
    public async Task Conversations_are_held_beside_stubs_and_each_turn_is_answered()
    {
        using var folder = new TempFolder();
        string file = folder.File("figures.json");
        var (code, output) = await BenchProgram.RunAsync("--quick", "--runs", "1", "--json", file, "--workload", "W16");
        Assert.True(code == 0, output);

        var figures = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        var talks = figures["workloads"]!["W16"]!;
        Assert.True((double)talks["cpu_ms"]! > 0);
        Assert.True((double)talks["own_turn_p95_ms"]! >= 0);
        Assert.True((double)talks["turn_p50_ms"]! > 0);
        Assert.Empty(figures["faults"]!.AsArray());
    }

    [Fact, Depth("a curve is workloads one after the other; Edge has how it is judged")]
    public async Task Curves_are_measured_and_drawn()
    {
        using var folder = new TempFolder();
        string file = folder.File("curves.json");
        var (code, output) = await BenchProgram.RunAsync("--quick", "--curves", "bridges", "--json", file, "--svg", folder.File("drawn"));
        Assert.True(code == 0, output);

        var figures = JsonNode.Parse(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken))!;
        Assert.Equal([2, 4], figures["curves"]!["bridges"]!.AsArray().Select(p => (int)p!["load"]!));
        Assert.Contains("<svg", await File.ReadAllTextAsync(Path.Combine(folder.File("drawn"), "curve-cpu.svg"),
            TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact, Depth("Edge has how it is reckoned; the workloads that it is made of are run by others")]
    public async Task What_held_calls_keep_is_measured_beside_what_they_have_said()
    {
        var (code, output) = await BenchProgram.RunAsync("held", "--quick");
        Assert.True(code == 0, output);
        var figures = JsonNode.Parse(output[output.IndexOf('{', StringComparison.Ordinal)..(output.LastIndexOf('}') + 1)])!;
        Assert.Equal((2, 4), ((int)figures["few"]!, (int)figures["many"]!));
        Assert.InRange((double)figures["sip_bytes_per_call"]!, 1_000, 20_000);
        Assert.True((double)figures["private_mb_many"]! > 50);
    }
}
