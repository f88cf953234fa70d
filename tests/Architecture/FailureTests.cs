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

    [Fact]
    public void Each_section_is_shown_by_a_test_of_the_gate()
    {
        var files = Directory.EnumerateFiles(Repository.PathOf("tests"), "*.cs", SearchOption.AllDirectories).ToList();
        var gate = files.SelectMany(file => OfTheGate(File.ReadLines(file))).ToHashSet();
        Rule.Holds(files.SelectMany(file => Named().Matches(File.ReadAllText(file))).Select(match => match.Groups[1].Value).Distinct()
            .Except(gate).Select(section => $"the section {section} is shown by deep tests alone"));
    }

    /// <summary>The sections that are named beside no depth, neither the test's own nor its class's.</summary>
    private static IEnumerable<string> OfTheGate(IEnumerable<string> lines)
    {
        var (block, isDeepClass) = (new List<string>(), false);
        foreach (string line in lines.Select(line => line.Trim()))
        {
            if (line.StartsWith('['))
            {
                block.Add(line);
                continue;
            }
            bool isDeep = block.Exists(attribute => attribute.Contains("Depth(", StringComparison.Ordinal));
            if (line.Contains(" class ", StringComparison.Ordinal)) isDeepClass = isDeep;
            if (!isDeep && !isDeepClass)
                foreach (Match match in block.SelectMany(attribute => Named().Matches(attribute))) yield return match.Groups[1].Value;
            block.Clear();
        }
    }

    [GeneratedRegex("""^## .*\(`([a-z-]+)`\)$""", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex("""\bFailure\("([a-z-]+)"\)""")]
    private static partial Regex Named();
}
