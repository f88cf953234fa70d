using Ringwright.Testing;

namespace Ringwright.Interop.Documents;

/// <summary>
/// The job that people copy to where it cannot be tried here: what it types at a node is what the page types, and that is run.
/// </summary>
public sealed class WorkflowTests
{
    private const string Page = "docs/how-to/use-it-in-ci.md";

    [Fact]
    public void Each_line_of_the_job_that_calls_the_program_is_typed_on_its_page()
    {
        var typed = Document.Read(Page).Blocks.Where(block => block.IsTyped).SelectMany(block => block.Lines)
            .ToHashSet(StringComparer.Ordinal);
        string[] lines = Typed("deploy/ci/github-actions.yml");
        Assert.Contains(lines, line => line.StartsWith("ringwright wait ", StringComparison.Ordinal));
        Assert.All(lines, line => Assert.Contains(line, typed));
    }

    [Fact]
    public void The_walk_of_the_job_types_what_the_job_does() => Assert.Equal(Typed("deploy/ci/github-actions.yml"),
        Typed("tools/Walks/walks").Where(line => line.Contains("node-data", StringComparison.Ordinal)));

    /// <summary>A release of theirs may have the archives of several.</summary>
    [Fact]
    public void It_takes_the_archive_of_one_version_and_that_is_the_one_of_these_sources()
    {
        string job = File.ReadAllText(Repository.PathOf("deploy/ci/github-actions.yml")), page = File.ReadAllText(Repository.PathOf(Page));
        string version = File.ReadAllText(Repository.PathOf("Directory.Build.props")).Split("<Version>")[1].Split("</Version>")[0];
        Assert.Contains($" VERSION: {version}\n", job, StringComparison.Ordinal);
        Assert.Contains("--pattern \"ringwright-$VERSION-linux-x64.tar.gz\"", job, StringComparison.Ordinal);
        Assert.Contains($" release/ringwright-{version}-linux-x64.tar.gz\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Its_own_tests_find_the_node_by_what_the_page_says()
    {
        string job = File.ReadAllText(Repository.PathOf("deploy/ci/github-actions.yml")), page = File.ReadAllText(Repository.PathOf(Page));
        foreach (string name in new[] { "TELNYX_BASE_URL", "TELNYX_API_KEY" })
        {
            string value = job.Split($"{name}: ")[1].Split('\n')[0];
            Assert.Contains($"{name}={value}", page, StringComparison.Ordinal);
        }
    }

    /// <summary>What a file has typed at the program, without what joins it to the next line of a script.</summary>
    private static string[] Typed(string file) =>
    [
        .. File.ReadLines(Repository.PathOf(file))
            .Select(line => line.Trim().Replace("run: ringwright", "ringwright", StringComparison.Ordinal))
            .Where(line => line.StartsWith("ringwright ", StringComparison.Ordinal))
            .Select(line => line.EndsWith(" &&", StringComparison.Ordinal) ? line[..^" &&".Length] : line),
    ];
}
