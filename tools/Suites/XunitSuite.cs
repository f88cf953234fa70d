using System.Diagnostics;

namespace Ringwright.Suites;

internal sealed class XunitSuite(string name, bool isPatient, bool hasSecondTry) : ISuite
{
    public string Name => name;

    public bool IsPatient { get; } = isPatient;
    public bool IsBeside { get; init; } = isPatient;

    public bool HasSecondTry => hasSecondTry;

    /// <summary>Nodes of its tests are processes.</summary>
    public bool StartsNodes { get; init; }

    public string? Behind => StartsNodes ? LauncherStep.Ahead : null;

    public Task<SuiteReport> RunAsync(Ask ask) => SecondTries.WholeAsync(name, ask, () => OnceAsync(ask));

    private async Task<SuiteReport> OnceAsync(Ask ask)
    {
        string[] which = ask.Filter is { } filter ? ["-method", $"*{filter}*"]
            : ask.IsAll ? [] : ["-trait-", $"{XunitReport.DepthTrait}={XunitReport.DepthOfAll}"];
        var classes = ask.ClassesOf(name);
        string[] picked = [.. (classes ?? []).SelectMany(full => new[] { "-class", full })];
        var (status, report, log, seconds) = await RunAsync(ask, name, [.. which, .. picked]);
        var empty = new SuiteReport(name, 0, 0, 0, seconds, [], []);
        string Running() => "; running were: " + string.Join(", ", XunitReport.Running(File.ReadLines(log)).DefaultIfEmpty("none"));
        if (ask.WhyCutOff(status) is { } why)
            return (report ?? empty).With($"{name} {why}{Running()}") with { CutOff = why + Running() };
        if (report is { Tests.Count: > 0 } whole)
            return status == 0 || whole.Failed > 0 ? whole : whole.With($"{name} ended with exit code {status}");

        if (status == Command.TooLong) return empty.With($"{name} was stopped after {ask.Limit.TotalSeconds:0} s{Running()}");
        if (report is null) return empty.With($"{name} ended without a report (exit code {status})");
        if (report.Failed > 0) return report;
        return ask.Filter is not null || classes is not null ? empty : empty.With($"{name} ran no test");
    }

    public async Task<bool> TryAgainAsync(Ask ask, string method, int number)
    {
        var (status, report, _, _) = await RunAsync(ask, $"{name}-again-{number}", "-method", method);
        return status == 0 && report is { Passed: > 0, Failed: 0 };
    }

    private async Task<(int Status, SuiteReport? Report, string Log, double Seconds)> RunAsync(
        Ask ask, string reports, params string[] which)
    {
        string file = ask.Tree.Report(reports, "xml"), log = ask.Tree.Report(reports, "log");
        File.Delete(file);
        long begun = Stopwatch.GetTimestamp();
        int status = await Beside.RunAsync(ask.Tree.Root, log, ask.Patience, StartsNodes ? ask.EnvironmentOfNodes : ask.EnvironmentOfGate,
            ask.WaitedFor, ["dotnet", "exec", ask.Tree.Program(name), "-noColor", "-noLogo", "-reporter", "verbose", "-xml", file, .. which]);
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        return (status, XunitReport.Read(name, file, seconds), log, seconds);
    }
}
