using System.Diagnostics;

namespace Ringwright.Suites;

/// <summary>
/// A gate that needs nothing of what the suites need, and they nothing of it: <c>./ringwright STEP</c>, which counts as a test.
/// </summary>
internal sealed class LauncherStep(string step) : ISuite
{
    /// <summary>Makes the code that nodes start with (docs/adr/0086).</summary>
    public const string Ahead = "ahead";

    public string Name => step;

    public bool IsPatient => true;

    public bool HasSecondTry => false;

    public async Task<SuiteReport> RunAsync(Ask ask)
    {
        long begun = Stopwatch.GetTimestamp();
        string log = ask.Tree.Report(step, "log");
        int status = await Beside.RunAsync(ask.Tree.Root, log, new Patience(ask.Limit), environment: null, ask.WaitedFor,
            "sh", "./ringwright", step);
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        if (status == 0) return new SuiteReport(step, 1, 0, 0, seconds, [], []);
        string said = string.Join("; ", File.ReadLines(log).Where(line => line.Length > 0).TakeLast(3));
        return new SuiteReport(step, 0, 1, 0, seconds, [], [$"{step} failed: {said}"]);
    }

    public Task<bool> TryAgainAsync(Ask ask, string method, int number) => Task.FromResult(false);
}
