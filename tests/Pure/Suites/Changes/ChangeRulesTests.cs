using Ringwright.Suites;
using Ringwright.Suites.Changes;

namespace Ringwright.Pure.Suites.Changes;

/// <summary>What is run of a change, in a small tree of projects and tests.</summary>
public sealed class ChangeRulesTests
{
    private static readonly ProjectGraph Graph = new(
    [
        new("Core", "src/Core/Core.csproj", [], []),
        new("Sip", "src/Sip/Sip.csproj", ["Core"], []),
        new("Telnyx", "src/Telnyx/Telnyx.csproj", ["Core"], ["contracts/telnyx"]),
        new("Texml", "src/Texml/Texml.csproj", ["Core", "Telnyx"], []),
        new("Server", "src/Server/Server.csproj", ["Sip", "Telnyx", "Texml"], ["demo"]),
        new("Suites", "tools/Suites/Suites.csproj", [], []),
        new("Testing", "tests/Testing/Testing.csproj", [], []),
        new("Pure", "tests/Pure/Pure.csproj", ["Sip", "Testing", "Suites"], []),
        new("Architecture", "tests/Architecture/Architecture.csproj", ["Server", "Testing"], []),
        new("Contract", "tests/Contract/Contract.csproj", ["Server", "Testing"], []),
        new("Simulation", "tests/Simulation/Simulation.csproj", ["Sip", "Telnyx", "Testing"], []),
        new("Edge", "tests/Edge/Edge.csproj", ["Server", "Testing"], []),
        new("Interop", "tests/Interop/Interop.csproj", ["Server", "Testing"], []),
    ]);

    private static readonly TestFile[] Files =
    [
        TestFile.Read("tests/Testing/Golden.cs", "namespace T;\npublic static class Golden;"),
        TestFile.Read("tests/Pure/Sip/PageTests.cs", "namespace P;\npublic sealed class PageTests { string p = \"sip.md\"; }"),
        TestFile.Read("tests/Edge/Telnyx/TelnyxHost.cs", "namespace E.Telnyx;\npublic sealed class TelnyxHost;"),
        TestFile.Read("tests/Edge/Telnyx/MediaTests.cs", "namespace E.Telnyx;\npublic sealed class MediaTests(TelnyxHost host);"),
        TestFile.Read("tests/Edge/Texml/PlayTests.cs", "namespace E.Texml;\npublic sealed class PlayTests { Golden g; }"),
        TestFile.Read("tests/Edge/Delivery/CSharpExampleTests.cs", "namespace E.Delivery;\npublic sealed class CSharpExampleTests;"),
        TestFile.Read("tests/Edge/Server/StartTests.cs", "namespace E.Server;\npublic sealed class StartTests;"),
        TestFile.Read("tests/Edge/Starving.cs", "[assembly: Parallel(3)]\nnamespace E;\npublic sealed class Starving;"),
        TestFile.Read("tests/Interop/Documents/DocumentTests.cs",
            "namespace I;\npublic sealed class DocumentTests { string[] f = [\"how-to\", \"README.md\"]; }"),
        TestFile.Read("tests/Edge/Net/NamedTests.cs",
            "namespace E;\npublic sealed class NamedTests { string d = \"ringwright\", f = \"how-to\"; }"),
        TestFile.Read("tests/Interop/Calls/FarTests.cs", "namespace I;\npublic sealed class FarTests; // DocumentTests"),
        TestFile.Read("tests/Interop/LauncherTests.cs", "namespace I;\npublic sealed class LauncherTests { string f = \"ringwright\"; }"),
    ];

    private static readonly ChangedFamilies Families = new(
        new Dictionary<string, string> { ["CreateMedia"] = "Media", ["Dial"] = "Call Commands", ["Hangup"] = "Call Commands" },
        folder => folder switch
        {
            "src/Telnyx/Storage" => ["Handle(\"CreateMedia\", x)"],
            "src/Telnyx/Voice" => ["Handle(\"Dial\", x)", "Handle(\"Hangup\", y), \"Other\""],
            _ => [],
        });

    private static ISuite[] Suites =>
    [
        new XunitSuite("Edge", isPatient: false, hasSecondTry: true), new XunitSuite("Interop", isPatient: false, hasSecondTry: true),
        new NodeSuite(), new XunitSuite("Pure", isPatient: true, hasSecondTry: false),
        new XunitSuite("Architecture", isPatient: true, hasSecondTry: false),
        new XunitSuite("Contract", isPatient: true, hasSecondTry: false),
        new XunitSuite("Simulation", isPatient: true, hasSecondTry: false),
    ];

    private static ChangePlan PlanOf(params string[] changed) => new ChangeRules(Suites, Graph, Families,
        suite => [.. Files.Where(file => file.Path.StartsWith($"tests/{suite}/", StringComparison.Ordinal))],
        path => !path.Contains("Gone", StringComparison.Ordinal)).Plan(changed);

    /// <summary>As <c>Pure</c> for a whole suite, <c>Edge: A B</c> for classes of it.</summary>
    private static string[] Picked(ChangePlan plan) =>
        [.. plan.Picks.Select(pick => pick.Classes is { } classes ? $"{pick.Suite}: {string.Join(' ', classes)}" : pick.Suite)];

    [Fact]
    public void A_change_in_a_family_runs_what_refers_to_its_project_and_the_rows_of_the_family()
    {
        var plan = PlanOf("src/Telnyx/Storage/Files/MediaFiles.cs");
        Assert.Equal(["Edge: E.Telnyx.MediaTests E.Telnyx.TelnyxHost E.Texml.PlayTests", "Architecture", "Contract", "Simulation"],
            Picked(plan));
        Assert.Equal(["Media"], plan.Families!);
        Assert.Equal(["Telnyx"], plan.Projects);
        Assert.Equal(["the rest of Edge", "Interop", "Node", "Pure"], plan.Left);
        Assert.Equal(["Media"], PlanOf("src/Telnyx/Storage/A.cs", "docs/reference/sip.md").Families!);
        Assert.Equal(["Call Commands", "Media"], PlanOf("src/Telnyx/Storage/A.cs", "src/Telnyx/Voice/B.cs").Families!);
    }

    [Theory]
    [InlineData("src/Telnyx/TelnyxDialect.cs")]             // beside no family
    [InlineData("src/Telnyx/Schema/0001-x.sql")]
    [InlineData("contracts/telnyx/quirks.tsv")]
    [InlineData("src/Core/Clock.cs")]
    [InlineData("tests/Contract/Contract.csproj")]
    public void What_may_matter_to_every_family_walks_all_rows(string beside)
    {
        var plan = PlanOf("src/Telnyx/Storage/MediaFiles.cs", beside);
        Assert.Null(plan.Families);
        Assert.Contains(new SuitePick("Contract", null), plan.Picks);
    }

    [Fact]
    public void A_change_below_everything_reaches_all_that_computes_and_the_programs_own_tests_are_left()
    {
        var plan = PlanOf("src/Sip/Parser.cs");
        Assert.Equal(["Pure", "Architecture", "Contract", "Simulation"], Picked(plan));
        Assert.Equal(["Edge: E.Server.StartTests", "Architecture", "Contract"], Picked(PlanOf("demo/contacts.csv")));
    }

    [Fact]
    public void A_change_of_tests_runs_its_classes_and_those_that_name_them()
    {
        Assert.Equal(["Edge: E.Telnyx.MediaTests", "Architecture"], Picked(PlanOf("tests/Edge/Telnyx/MediaTests.cs")));
        Assert.Equal(["Edge: E.Telnyx.MediaTests E.Telnyx.TelnyxHost", "Architecture"], Picked(PlanOf("tests/Edge/Telnyx/TelnyxHost.cs")));
        Assert.Equal(["Edge: E.Texml.PlayTests", "Architecture"], Picked(PlanOf("tests/Testing/Golden.cs")));
    }

    [Theory]
    [InlineData("tests/Edge/Starving.cs", "Edge")]          // it says something of the assembly
    [InlineData("tests/Edge/Store/Notes/a.sql", "Edge")]
    [InlineData("tests/Edge/packages.lock.json", "Edge")]
    [InlineData("tests/Interop/node/helper.js", "Node")]
    public void Where_classes_cannot_be_told_apart_the_suite_runs_whole(string path, string suite) =>
        Assert.Equal([suite, "Architecture"], Picked(PlanOf(path)));

    [Theory]
    [InlineData("Directory.Packages.props")]
    [InlineData("global.json")]
    [InlineData("src/BannedSymbols.txt")]
    public void What_the_build_itself_reads_runs_every_suite(string path)
    {
        var plan = PlanOf(path);
        Assert.Equal(Suites.Length, plan.Picks.Count(pick => pick.Classes is null));
        Assert.Empty(plan.Left);
    }

    [Theory]
    [InlineData("docs/reference/sip.md", "Pure: P.PageTests")]
    [InlineData("docs/how-to/queue-calls.md", "Interop: I.DocumentTests")]  // found by its folder
    [InlineData("README.md", "Interop: I.DocumentTests")]
    [InlineData("ringwright", "Interop: I.LauncherTests")]
    [InlineData("tests/Interop/node/media.test.js", "Node: media.test.js")]
    [InlineData("examples/node/ivr.js", "Node: examples.test.js")]
    [InlineData("examples/csharp/VoiceMenu.cs", "Edge: E.Delivery.CSharpExampleTests")]
    [InlineData("tests/golden/telnyx/x.json", "Edge: E.Texml.PlayTests")]
    public void Pages_and_data_run_the_tests_that_read_them(string path, string pick) =>
        Assert.Equal(new[] { pick, "Architecture" }.Order(), Picked(PlanOf(path)).Order());

    [Theory]
    [InlineData("CHANGELOG.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("tests/Edge/Store/GoneTests.cs")]
    public void What_nothing_reads_runs_the_rules_of_the_house(string path) => Assert.Equal(["Architecture"], Picked(PlanOf(path)));

    [Fact]
    public void No_change_runs_nothing() => Assert.Empty(PlanOf().Picks);

    [Fact]
    public void It_is_told_and_built()
    {
        var plan = PlanOf("src/Telnyx/Storage/MediaFiles.cs", "tests/Interop/node/media.test.js");
        Assert.Equal(
        [
            "2 files changed since abc, in Telnyx", "  Edge: 3 classes", "  Node: media.test.js", "  Architecture: all of its gate",
            "  Contract: all of its gate, rows of Media", "  Simulation: all of its gate",
            "  left to ./ringwright test: the rest of Edge, Interop, the rest of Node, Pure",
        ], plan.Lines("abc", 2));
        Assert.Equal("""
            {"solution":{"path":"../Ringwright.slnx","projects":["tests/Edge/Edge.csproj","tests/Architecture/Architecture.csproj","tests/Contract/Contract.csproj","tests/Simulation/Simulation.csproj","src/Server/Server.csproj"]}}

            """, plan.SolutionFilter(Graph));
    }

    [Fact]
    public void The_suites_are_asked_for_no_more()
    {
        var ask = new Ask(new Tree("/r", "/r"), null, IsAll: false, TimeSpan.Zero)
        {
            Change = new ChangePlan([], [new("Edge", ["A.B"]), new("Pure", null)], ["Media", "IPs"], [])
        };
        Assert.Equal(["A.B"], ask.ClassesOf("Edge")!);
        Assert.Null(ask.ClassesOf("Pure"));
        Assert.Equal("Media|IPs", ask.Environment["RINGWRIGHT_FAMILIES"]);
    }
}
