using System.Diagnostics;
using Ringwright.Testing;

namespace Ringwright.Interop.Documents;

/// <summary>A run of the suites with a test in it that fails every other time: the program itself, on the suites as they are.</summary>
public sealed class UnsteadyRunTests : IDisposable
{
    private const string Probe = "Ringwright.Edge.EveryOtherTimeTests.It_fails_every_other_time_where_a_file_is_named";
    private readonly TempFolder _folder = new();

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
        using var process = Process.Start(start) ?? throw new InvalidOperationException("dotnet did not start");
        string text = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, text.TrimEnd().Split('\n'));
    }

    public void Dispose() => _folder.Dispose();
}
