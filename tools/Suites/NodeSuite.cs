using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Ringwright.Suites;

/// <summary>
/// The tests with the customers' SDKs (tests/Interop/node), a process for each file. A file whose first line says <c>// depth: all, …</c>
/// is deeper than the gate. A filter that ends as their names do is a file's name: that one runs, whole.
/// </summary>
internal sealed partial class NodeSuite : ISuite
{
    private const int AtOnce = 3;
    private const string Ending = ".test.js";

    /// <summary>They begin first, so that none of them is still alone when all others are done.</summary>
    private static readonly string[] Longest =
        ["walk.test.js", "twilio.test.js", "examples.test.js", "telefonie.test.js", "streams.test.js"];

    /// <summary>
    /// Files that want nothing of their node but that it is there, those that lead numbers elsewhere behind the others. In the gate they
    /// take turns on one: most of what a node of a test computes is its start and its first call. None of them gives its node flags, kills
    /// it, or counts what the account has.
    /// </summary>
    internal static readonly string[] InTurn =
    [
        "openapi.test.js", "sdk.test.js", "media.test.js", "oauth.test.js", "versions.test.js", "texml.test.js", "streams.test.js",
        "applications.test.js", "twilio-ivr.test.js",
    ];

    public string Name => "Node";

    public bool IsPatient => false;

    public bool HasSecondTry => true;

    /// <summary>Which comes behind the code that is made ahead.</summary>
    public string Behind => NodePackages.Step;

    public async Task<SuiteReport> RunAsync(Ask ask)
    {
        long begun = Stopwatch.GetTimestamp();
        SuiteReport End(IReadOnlyList<SuiteReport> files, params string[] faults) => new(Name, files.Sum(file => file.Passed),
            files.Sum(file => file.Failed) + faults.Length, files.Sum(file => file.Skipped), Stopwatch.GetElapsedTime(begun).TotalSeconds,
            [.. files.SelectMany(file => file.Tests)], [.. files.SelectMany(file => file.Faults), .. faults])
        {
            Unsteady = [.. files.SelectMany(file => file.Unsteady)]
        };

        if (!await NodePackages.InstallAsync(ask)) return End([], "npm ci failed (artifacts/test/npm.log)");
        var reports = new List<SuiteReport>();
        await Parallel.ForEachAsync(LanesOf(ask, Files(ask)), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (lane, _) =>
        {
            await using var node = lane.Count > 1 ? await LentNode.StartAsync(ask) : null;
            foreach (string file in lane)
            {
                var report = await SecondTries.WholeAsync(file, ask, () => RunFileAsync(ask, file, file, node));
                lock (reports) reports.Add(report);
            }
        });
        bool isEmpty = reports.Sum(file => file.Passed + file.Failed + file.Skipped) == 0;
        return isEmpty && ask.Filter is null && ask.ClassesOf(Name) is null ? End(reports, "Node ran no test") : End(reports);
    }

    public async Task<bool> TryAgainAsync(Ask ask, string method, int number) =>
        await RunFileAsync(ask, method, $"{method}-again-{number}") is { Passed: > 0, Failed: 0 };

    /// <param name="node">That it borrows; null for one of its own, as a second try has.</param>
    private static async Task<SuiteReport> RunFileAsync(Ask ask, string file, string report, LentNode? node = null)
    {
        string tap = ask.Tree.Report(report, "tap");
        File.Delete(tap);
        long begun = Stopwatch.GetTimestamp();
        string[] which = ask.Filter is { } filter && !IsFile(filter) ? ["--test-name-pattern", Regex.Escape(filter)] : [];
        var environment = NodePorts.With(ask.EnvironmentOfNodes);
        if (node is not null) environment[LentNode.Variable] = node.Place;
        int status = await Command.RunAsync(ask.Tree.NodeFolder, ask.Tree.Report(report, "log"), ask.Patience, environment,
            ["node", "--test", "--test-reporter=tap", $"--test-reporter-destination={tap}",
                "--test-reporter=spec", "--test-reporter-destination=stdout", .. which, file]);
        double seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        if (TapReport.Read(file, tap, seconds) is not { } read || (status != 0 && read.Failed == 0))
        {
            string? why = ask.WhyCutOff(status);
            string fault = status == Command.TooLong ? $"was stopped after {ask.Limit.TotalSeconds:0} s" : $"ended with exit code {status}";
            return new SuiteReport(file, 0, 1, 0, seconds, [], [$"{file} {why ?? fault}"]) { CutOff = why };
        }
        // What passed says nothing of where it stands, and the time of a file is that of all of it.
        return read with
        {
            Tests = [.. read.Tests.Select((test, at) => test with { Class = file, Method = file, Seconds = at == 0 ? seconds : 0 })]
        };
    }

    /// <summary>Files that run one after the other, longest first. With <c>--all</c> each is alone: deep tests kill nodes.</summary>
    internal static IReadOnlyList<IReadOnlyList<string>> LanesOf(Ask ask, IEnumerable<string> files)
    {
        var ordered = files.OrderBy(file => Array.IndexOf(Longest, file) is >= 0 and var place ? place : Longest.Length).ToList();
        string[] turns = ask.IsAll || ask.Filter is not null ? [] : [.. InTurn.Intersect(ordered)];
        return turns.Length > 1 ? [turns, .. Alone(ordered.Except(turns))] : [.. Alone(ordered)];
    }

    private static IEnumerable<string[]> Alone(IEnumerable<string> files) => files.Select(file => new[] { file });

    private IEnumerable<string> Files(Ask ask) => ask.ClassesOf(Name) is { } picked ? picked.Intersect(FilesOf(ask)) : FilesOf(ask);

    internal static IEnumerable<string> FilesOf(Ask ask) =>
        from path in Directory.EnumerateFiles(ask.Tree.NodeFolder, "*" + Ending).Order(StringComparer.Ordinal)
        where ask.IsAll || ask.Filter is not null || !Deep().IsMatch(File.ReadLines(path).First())
        let file = Path.GetFileName(path)
        where ask.Filter is not { } filter || !IsFile(filter) || filter == file
        select file;

    private static bool IsFile(string filter) => filter.EndsWith(Ending, StringComparison.Ordinal);

    [GeneratedRegex(@"^// depth: all, ")]
    private static partial Regex Deep();
}
