using Ringwright.Suites;
using Ringwright.Testing;

namespace Ringwright.Pure.Suites;

public sealed class XunitReportTests
{
    private const string Report = """
        <assemblies><assembly name="a.dll" passed="1" failed="1" skipped="1" errors="0">
          <collection name="c">
            <test name="A.Loud.Sings(seed: 7)" type="A.Loud" method="Sings" time="1.5" result="Fail">
              <traits><trait name="failure" value="row" /></traits>
              <failure exception-type="x"><message><![CDATA[

        the note is wrong
        and more]]></message></failure></test>
            <test name="A.Loud.Waits" type="A.Loud" method="Waits" time="0.25" result="Pass">
              <traits><trait name="depth" value="all" /><trait name="depth-why" value="slow" /></traits></test>
            <test name="A.Low.Hums" type="A.Low" method="Hums" time="0" result="Skip"><reason>no horn</reason></test>
            <test name="A.Low.Sleeps" type="A.Low" method="Sleeps" time="0" result="NotRun" />
          </collection>
        </assembly></assemblies>
        """;

    [Fact]
    public void It_reads_what_each_test_came_to()
    {
        using var folder = new TempFolder();
        File.WriteAllText(folder.File("r.xml"), Report);
        var report = XunitReport.Read("Edge", folder.File("r.xml"), 3)!;
        Assert.Equal((1, 1, 1), (report.Passed, report.Failed, report.Skipped));
        Assert.Equal(
        [
            new RanTest("A.Loud", "A.Loud.Sings", "A.Loud.Sings(seed: 7)", 1.5, Outcome.Failed, "the note is wrong", null),
            new RanTest("A.Loud", "A.Loud.Waits", "A.Loud.Waits", 0.25, Outcome.Passed, "", "slow"),
            new RanTest("A.Low", "A.Low.Hums", "A.Low.Hums", 0, Outcome.Skipped, "no horn", null),
        ], report.Tests);
        Assert.Equal(("A.Loud.Sings", "(seed: 7)"), (report.Tests[0].Title, report.Tests[0].Arguments));
    }

    [Fact]
    public void A_report_that_was_cut_off_is_none()
    {
        using var folder = new TempFolder();
        Assert.Null(XunitReport.Read("Edge", folder.File("r.xml"), 3));
        File.WriteAllText(folder.File("r.xml"), Report[..200]);
        Assert.Null(XunitReport.Read("Edge", folder.File("r.xml"), 3));
    }

    [Fact]
    public void Of_a_suite_that_was_stopped_its_log_tells_what_was_running() => Assert.Equal(["A.Loud.Sings(seed: 2)"], XunitReport.Running(
    [
        "    A.Loud.Sings(seed: 1) [STARTING]", "    A.Loud.Sings(seed: 2) [STARTING]", "    A.Loud.Sings(seed: 1) [FINISHED] Time: 0.1s",
        "other",
    ]));
}
