using System.Text.RegularExpressions;
using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>
/// Who names which table. An area owns its tables; it may name the core's and those of areas that it says it builds on. The core names no
/// area's: what it must know of them is declared. What is read here is the text of the statements, wherever they stand.
/// </summary>
public sealed partial class AreaTests
{
    private const string Home = "src/Store/Areas", Core = "core";

    private sealed record Area(string Name, string Folder, string[] BuildsOn, string[] Tables);

    private static List<Area> Areas =>
    [
        .. from file in Directory.EnumerateFiles(Repository.PathOf("src"), "*Area.cs", SearchOption.AllDirectories)
           let code = File.ReadAllText(file)
           let name = Declared().Match(code)
           where name.Success
           select new Area(name.Groups["name"].Value, Path.GetDirectoryName(Short(file))!, // a file is in a folder
               [.. Words().Matches(Builds().Match(code).Value).Select(m => m.Groups["word"].Value)],
               [.. Owned().Matches(code).Select(m => m.Groups["table"].Value)]),
    ];

    [Fact]
    public void A_file_names_tables_of_its_own_area_of_those_below_and_of_the_core()
    {
        var areas = Areas;
        Assert.Contains(areas, area => area is { Name: "routing", Tables.Length: > 10, BuildsOn.Length: 2 });
        var owners = areas.SelectMany(area => area.Tables.Select(table => (table, area))).ToDictionary(t => t.table, t => t.area);
        var bad = new List<string>();
        int named = 0;
        foreach (string file in Directory.EnumerateFiles(Repository.PathOf("src"), "*.cs", SearchOption.AllDirectories))
        {
            var own = areas.Find(area => Path.GetDirectoryName(Short(file)) == area.Folder);
            foreach (string table in Table().Matches(Comments().Replace(File.ReadAllText(file), "")).Select(m => m.Value).Distinct())
            {
                named++;
                if (!owners.TryGetValue(table, out var owner)) bad.Add($"{Short(file)} names {table}, which is no area's");
                else if (owner.Name != Core && owner != own && own?.BuildsOn.Contains(owner.Name) is not true)
                    bad.Add($"{Short(file)} of {own?.Name ?? Core} names {table} of {owner.Name}");
            }
        }
        Rule.Holds(bad);
        Assert.True(named > 100, $"{named} names were found");
    }

    [Fact]
    public void An_area_of_the_store_has_a_folder_of_its_name()
    {
        var inStore = Areas.Where(area => area.Folder.StartsWith(Home, StringComparison.Ordinal)).ToList();
        var folders = Directory.EnumerateDirectories(Repository.PathOf(Home))
            .Select(folder => Path.GetRelativePath(Repository.Root, folder));
        Rule.Holds(folders.Except(inStore.Select(area => area.Folder), StringComparer.Ordinal)
            .Select(folder => $"{folder} declares no area"));
        Rule.Holds(inStore.Where(area => !string.Equals(Path.GetFileName(area.Folder), area.Name, StringComparison.OrdinalIgnoreCase))
            .Select(area => $"{area.Folder} is called {area.Name}"));
    }

    private static string Short(string file) => Path.GetRelativePath(Repository.Root, file);

    [GeneratedRegex(@"StoreArea Area = new\(""(?<name>\w+)""\)")]
    private static partial Regex Declared();

    [GeneratedRegex(@"BuildsOn = \[[^\]]*\]")]
    private static partial Regex Builds();

    [GeneratedRegex(@"""(?<word>\w+)""")]
    private static partial Regex Words();

    [GeneratedRegex(@"new\(""(?<table>rw_[a-z_]+)""\)")]
    private static partial Regex Owned();

    [GeneratedRegex(@"\brw_[a-z_]+")]
    private static partial Regex Table();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comments();
}
