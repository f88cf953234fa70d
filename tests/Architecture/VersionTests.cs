using System.Text.RegularExpressions;
using System.Xml.Linq;
using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>The version stands in Directory.Build.props; whatever a reader pastes or copies names that one.</summary>
public sealed partial class VersionTests
{
    private static readonly string[] Folders = ["docs", "deploy", "examples"], Kinds = ["", ".md", ".yml", ".yaml"],
        Locked = ["src", "tests", "bench", "tools"];

    private static string OfTheSources => XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;

    [Fact]
    public void Whatever_names_a_version_of_the_program_names_that_of_the_sources()
    {
        string version = OfTheSources;
        string[] files =
        [
            .. Directory.GetFiles(Repository.Root, "*.md"),
            // A decision names what there was.
            .. Folders.SelectMany(folder => Directory.EnumerateFiles(Repository.PathOf(folder), "*", SearchOption.AllDirectories))
                .Where(file => Kinds.Contains(Path.GetExtension(file)) && !file.Contains("/adr/", StringComparison.Ordinal)
                    && !file.Contains("/node_modules/", StringComparison.Ordinal)),
            // Builds that may not change them do not write them anew either.
            .. Locked.SelectMany(folder =>
                Directory.EnumerateFiles(Repository.PathOf(folder), "packages.lock.json", SearchOption.AllDirectories)),
        ];
        var named = files.SelectMany(file => File.ReadLines(file).SelectMany((line, i) => Named().Matches(line)
            .Select(found => (Where: $"{Path.GetRelativePath(Repository.Root, file)}:{i + 1}", Version: found.Groups[1].Value)))).ToList();
        // Fewer would mean that this finds none any more.
        Assert.True(named.Count > 100, $"{named.Count} named");
        Rule.Holds(named.Where(one => one.Version != version).Select(one => $"{one.Where} names {one.Version}; the sources are {version}"));
    }

    [Fact]
    public void The_changelog_begins_with_the_version_of_the_sources() => Assert.StartsWith($"## {OfTheSources}",
        File.ReadLines(Repository.PathOf("CHANGELOG.md")).First(line => line.StartsWith("## ", StringComparison.Ordinal)),
        StringComparison.Ordinal);

    [GeneratedRegex("(?:ringwright[-_]|VERSION[=:] ?|tag `v|\"Ringwright\\.\\w+\": \"\\[)(\\d+\\.\\d+\\.\\d+)")]
    private static partial Regex Named();
}
