using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>Links of pages lead somewhere. What is outside is only looked at, not asked for: a test has no network.</summary>
public sealed class LinkTests
{
    private static readonly string[] Folders = ["docs", "examples", "deploy", "demo"];

    [Fact]
    public void Every_link_of_every_page_leads_to_a_file_and_a_heading_that_are_there()
    {
        string[] files =
        [
            .. Directory.GetFiles(Repository.Root, "*.md"),
            .. Folders.Select(folder => Repository.PathOf(folder)).Where(Directory.Exists)
                .SelectMany(folder => Directory.EnumerateFiles(folder, "*.md", SearchOption.AllDirectories))
                .Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal)),
        ];
        var pages = files.ToDictionary(file => file, file => new MarkdownPage(File.ReadLines(file)), StringComparer.Ordinal);
        // Fewer would mean that this reads no links any more.
        Assert.True(pages.Values.Sum(page => page.Links.Count) > 1_000);
        Rule.Holds(pages.SelectMany(page => page.Value.Links.Select(link =>
            Fault(page.Key, link.Target, file => pages.GetValueOrDefault(file)) is { } fault
                ? $"{Path.GetRelativePath(Repository.Root, page.Key)}:{link.Line} {link.Target}: {fault}" : null)).OfType<string>());
    }

    [Fact]
    public void The_first_page_is_read_in_three_minutes()
    {
        int words = File.ReadAllText(Repository.PathOf("README.md")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        Assert.True(words <= 700, $"README.md has {words} words: what is behind a link need not stand there too");
    }

    [Theory]
    [InlineData("other.md", null)]
    [InlineData("other.md#a-heading-with-code-twice-1", null)]
    [InlineData("#here", null)]
    [InlineData("https://example.com/a?b=c#d", null)]
    [InlineData("gone.md", "there is no such file")]
    [InlineData("other.md#gone", "there is no such heading")]
    [InlineData("#gone", "there is no such heading")]
    [InlineData("https:/example.com", "no address of the web")]
    [InlineData("http://", "no address of the web")]
    [InlineData("/etc/hosts", "begins at no page")]
    [InlineData("", "leads nowhere")]
    public void A_link_is_judged_by_where_it_leads(string target, string? expected)
    {
        using var folder = new TempFolder();
        string from = folder.File("page.md"), other = folder.File("other.md");
        File.WriteAllText(other, "# A heading, with `code` (twice)\n\n```sh\n# Gone\n```\n\n## A heading, with `code` (twice)\n");
        File.WriteAllText(from, "## Here\n");
        var pages = new[] { from, other }.ToDictionary(file => file, file => new MarkdownPage(File.ReadLines(file)));
        string? fault = Fault(from, target, file => pages.GetValueOrDefault(file));
        if (expected is null) Assert.Null(fault);
        else Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Links_are_found_where_a_reader_sees_them() =>
        Assert.Equal([(1, "a.md"), (1, "b_(c).md"), (6, "#d")], new MarkdownPage(
            ["[`x](y)`](a.md), ![image](b_(c).md) and `[code](no.md)`", "", "```", "[fenced](no.md)", "```", "[d](#d)"]).Links);

    /// <summary>Null where it leads to what is there.</summary>
    private static string? Fault(string page, string target, Func<string, MarkdownPage?> find)
    {
        if (target.Length == 0) return "it leads nowhere";
        if (target.Contains(':', StringComparison.Ordinal))
            return Uri.TryCreate(target, UriKind.Absolute, out var outside) && outside.Scheme is "http" or "https"
                && target.Contains("://", StringComparison.Ordinal) && outside.Host.Length > 0 ? null : "this is no address of the web";
        if (target[0] == '/') return "it begins at no page";
        string[] parts = target.Split('#', 2);
        string file = parts[0].Length == 0 ? page
            : Path.GetFullPath(Uri.UnescapeDataString(parts[0]), Path.GetDirectoryName(page)!);     // a file has a folder
        if (!File.Exists(file) && !Directory.Exists(file)) return "there is no such file";
        return parts.Length == 1 || find(file)?.HasAnchor(parts[1]) is true ? null : "there is no such heading";
    }
}
