using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>What docs/reference/failures.md states is shown by tests that name its sections.</summary>
public sealed partial class FailureTests
{
    [Fact]
    public void Each_section_has_a_test_and_each_test_a_section()
    {
        var sections = Section().Matches(File.ReadAllText(Repository.PathOf("docs", "reference", "failures.md")))
            .Select(m => m.Groups[1].Value).ToHashSet();
        var named = Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories)
            .SelectMany(f => Named().Matches(File.ReadAllText(f))).Select(m => m.Groups[1].Value).ToHashSet();
        Assert.NotEmpty(sections);
        Rule.Holds(sections.Except(named).Select(s => $"no test shows the section {s}")
            .Concat(named.Except(sections).Select(n => $"the page has no section {n}")));
    }

    [GeneratedRegex("""^## .*\(`([a-z-]+)`\)$""", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex("""\bFailure\("([a-z-]+)"\)""")]
    private static partial Regex Named();
}
