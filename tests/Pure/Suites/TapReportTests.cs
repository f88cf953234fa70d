using Ringwright.Suites;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites;

public sealed class TapReportTests
{
    private const string Report = """
        TAP version 13
        # Subtest: a walk
            # Subtest: a step
            not ok 1 - a step
              ---
              duration_ms: 1.4
              location: '/somewhere/walk.test.js:2:36'
              failureType: 'testCodeFailure'
              error: '1 == 2'
              ...
            # Subtest: another
            ok 2 - another
              ---
              duration_ms: 0.1
              ...
            1..2
        not ok 1 - a walk
          ---
          duration_ms: 2.6
          location: '/somewhere/walk.test.js:2:1'
          failureType: 'subtestsFailed'
          error: '1 subtest failed'
          ...
        # Subtest: rests
        ok 2 - rests # SKIP why
          ---
          duration_ms: 0.09
          ...
        1..2
        # tests 4
        # pass 1
        # fail 2
        # cancelled 0
        # skipped 1
        """;

    [Fact]
    public void It_names_what_failed_and_not_what_only_holds_it()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("r.tap"), Report);
        var report = TapReport.Read("walk.test.js", folder.File("r.tap"), 3)!;
        Assert.Equal((1, 2, 1), (report.Passed, report.Failed, report.Skipped));
        var failed = Assert.Single(report.FailedTests);
        Assert.Equal(("a step", "walk.test.js", "1 == 2"), (failed.Name, failed.Class, failed.Message));
        Assert.Single(report.Tests, test => test.Outcome == Outcome.Skipped);
    }

    [Fact]
    public void A_report_without_its_counts_is_none()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("r.tap"), Report[..^60]);
        Assert.Null(TapReport.Read("walk.test.js", folder.File("r.tap"), 3));
    }
}
