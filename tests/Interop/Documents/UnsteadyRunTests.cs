using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop.Documents;

/// <summary>A run of the suites with a test in it that fails every other time: the program itself, on the suites as they are.</summary>
public sealed class UnsteadyRunTests : IDisposable
{
    private const string Probe = "Ringwright.Edge.EveryOtherTimeTests.It_fails_every_other_time_where_a_file_is_named";
    private readonly TempFolder _folder = new();
    private string _how = "";

    [Fact, Depth("SecondTryTests in Pure have all of it; the gate stops a suite by the same program")]
    public async Task A_test_that_fails_every_other_time_passes_once_and_is_told_and_fails_the_next_run()
    {
        var (status, lines) = await RunAsync();
        Assert.Equal([$"unsteady: {Probe}", "1 passed, 0 failed, 0 skipped"], lines[^2..]);
        Assert.Equal(0, status);
        Assert.Contains($"{Probe}\t\tthis is the time at which it fails", File.ReadAllText(_folder.File("unsteady.tsv")),
            StringComparison.Ordinal);

        (status, lines) = await RunAsync();
        string told = $"{Probe} is unsteady, as tests/unsteady.tsv says already: mend it";
        Assert.Equal([told, $"unsteady: {Probe}", "1 passed, 1 failed, 0 skipped"], lines[^3..]);
        Assert.Equal(1, status);
        Assert.Contains($"**{lines[^1]}**", File.ReadAllText(_folder.File("reports/summary.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_suite_that_hangs_is_stopped_and_says_what_was_running()
    {
        var (status, lines) = await RunAsync("--seconds", "0");
        Assert.Equal(1, status);
        Assert.StartsWith("Edge was stopped after 0 s; running were: ", lines[^2], StringComparison.Ordinal);
        Assert.Equal("0 passed, 1 failed, 0 skipped", lines[^1]);
    }

    [Fact]
    public async Task A_suite_that_dies_is_run_once_more_as_a_whole()
    {
        _how = "dies";
        var (status, lines) = await RunAsync();
        // It may die before its log has said which test has begun.
        const string told = "was ended by signal 9; running were: ";
        Assert.StartsWith($"unsteady: Edge ({told}", lines[^2], StringComparison.Ordinal);
        Assert.Equal("1 passed, 0 failed, 0 skipped", lines[^1]);
        Assert.Equal(0, status);
        Assert.Contains(lines, line => line.StartsWith($"Edge {told}", StringComparison.Ordinal));
        Assert.Contains($"Edge\t({told}", File.ReadAllText(_folder.File("unsteady.tsv")), StringComparison.Ordinal);
    }

    [Fact, Depth("the silence is to outlast a start of the suite on a slow machine; the gate has one that dies, and Pure's CommandTests")]
    public async Task A_suite_that_hangs_is_told_and_run_once_more_as_a_whole()
    {
        _how = "hangs";
        var (status, lines) = await RunAsync("--silence", "30");
        Assert.Equal([$"unsteady: Edge (said nothing for 30 s; running were: {Probe})", "1 passed, 0 failed, 0 skipped"], lines[^2..]);
        Assert.Equal(0, status);
        Assert.Contains(lines, line => line.Contains("voluntary switches", StringComparison.Ordinal));
    }

    private async Task<(int Status, string[] Lines)> RunAsync(params string[] more)
    {
        var start = new ProcessStartInfo("dotnet",
        [
            Repository.PathOf("artifacts", "bin", "Suites", "release", "Ringwright.Suites.dll"), "--root", Repository.Root,
            "--reports", _folder.File("reports"), "--unsteady", _folder.File("unsteady.tsv"), "--suite", "Edge", "--filter", Probe, .. more
        ])
        {
            RedirectStandardOutput = true
        };
        start.Environment["RINGWRIGHT_EVERY_OTHER_TIME"] = _folder.File("count");
        start.Environment["RINGWRIGHT_EVERY_OTHER_HOW"] = _how;
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        string text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, text.TrimEnd().Split('\n'));
    }

    public void Dispose() => _folder.Dispose();
}
