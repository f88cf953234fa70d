using System.Globalization;

namespace Ringwright.Suites;

/// <summary>What a run says at its end, and <c>artifacts/test/summary.md</c>, which has all of it.</summary>
internal static class Summary
{
    public const int MostLines = 40;

    public static string Line(SuiteReport report) => string.Create(CultureInfo.InvariantCulture,
        $"{report.Suite,-14} {report.Passed,5} passed, {report.Failed} failed, {report.Skipped} skipped   {report.Seconds:0} s");

    /// <summary>A line for each failure, then for each unsteady test, and the closing line.</summary>
    /// <param name="passed">Gates that the launcher counted before.</param>
    public static IReadOnlyList<string> Closing(IReadOnlyList<SuiteReport> reports, IReadOnlyList<Unsteady> unsteady,
        IReadOnlyList<string> faults, int passed, int failed)
    {
        var failures = Failures(reports).Concat(faults).ToList();
        string[] more = failures.Count > MostLines ? [$"and {failures.Count - MostLines} more: artifacts/test/summary.md"] : [];
        int skipped = reports.Sum(report => report.Skipped);
        passed += reports.Sum(report => report.Passed);
        failed += reports.Sum(report => report.Failed) + faults.Count;
        if (passed + failed + skipped == 0) (failures, failed) = (["no test was run"], 1);
        return
        [
            .. failures.Take(MostLines), .. more,
            .. unsteady.Select(test => $"unsteady: {test.Title}{test.Arguments}"),
            string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed, {skipped} skipped"),
        ];
    }

    private static IEnumerable<string> Failures(IEnumerable<SuiteReport> reports) =>
        reports.SelectMany(report => report.Faults
            .Concat(report.FailedTests.Select(test => $"{test.Class}: {Short(test)}: {test.Message}")));

    private static string Short(RanTest test) =>
        test.Name.StartsWith(test.Class + ".", StringComparison.Ordinal) ? test.Name[(test.Class.Length + 1)..] : test.Name;

    public static void Write(string file, IReadOnlyList<SuiteReport> reports, IReadOnlyList<string> closing)
    {
        var slow = reports.SelectMany(report => report.Tests).GroupBy(test => test.Class)
            .Select(tests => (Class: tests.Key, Seconds: tests.Sum(test => test.Seconds))).OrderByDescending(row => row.Seconds).Take(30);
        File.WriteAllLines(file,
        [
            "# Test run", "", $"**{closing[^1]}**", "", "| suite | passed | failed | skipped | seconds |", "|---|---|---|---|---|",
            .. reports.Select(report => string.Create(CultureInfo.InvariantCulture,
                $"| {report.Suite} | {report.Passed} | {report.Failed} | {report.Skipped} | {report.Seconds:0} |")),
            "", "## Failed", "", .. Failures(reports).DefaultIfEmpty("nothing").Select(line => $"- {line}"),
            "", "## Told at the end", "", .. closing.Select(line => $"- {line}"),
            "", "## Where the time went", "", "| class | seconds |", "|---|---|",
            .. slow.Select(row => string.Create(CultureInfo.InvariantCulture, $"| {row.Class} | {row.Seconds:0.0} |")),
        ]);
    }
}
