using System.Text.RegularExpressions;

namespace Ringwright.Suites.Changes;

/// <summary>
/// Families of the contract whose handlers stand beside a changed file: a folder of the dialect names its operations in its bindings.
/// </summary>
/// <param name="textsBelow">The texts of a folder of the sources.</param>
internal sealed partial class ChangedFamilies(
    IReadOnlyDictionary<string, string> familyByOperation, Func<string, IEnumerable<string>> textsBelow)
{
    /// <summary>The dialect whose contract is walked row by row.</summary>
    private const string Dialect = "src/Telnyx/";

    public static ChangedFamilies Read(string root)
    {
        string table = Path.Combine(root, "contracts", "telnyx", "operations.tsv");
        IEnumerable<string> lines = File.Exists(table) ? File.ReadLines(table).Skip(1) : [];
        var rows = lines.Select(line => line.Split('\t')).Where(cells => cells.Length > 3);
        return new ChangedFamilies(
            rows.DistinctBy(cells => cells[3]).ToDictionary(cells => cells[3], cells => cells[0], StringComparer.Ordinal),
            folder => Directory.Exists(Path.Combine(root, folder))
                ? Directory.EnumerateFiles(Path.Combine(root, folder), "*.cs", SearchOption.AllDirectories).Select(File.ReadAllText) : []);
    }

    /// <summary>Null where one of the files may matter to every family.</summary>
    public IReadOnlyList<string>? Of(IEnumerable<string> files)
    {
        var families = new SortedSet<string>(StringComparer.Ordinal);
        foreach (string file in files)
        {
            if (Beside(file) is not { Count: > 0 } beside) return null;
            families.UnionWith(beside);
        }
        return [.. families];
    }

    private HashSet<string>? Beside(string file)
    {
        if (!file.StartsWith(Dialect, StringComparison.Ordinal) || !file.EndsWith(".cs", StringComparison.Ordinal)) return null;
        for (string folder = file[..file.LastIndexOf('/')]; folder.Length > Dialect.Length; folder = folder[..folder.LastIndexOf('/')])
        {
            var found = textsBelow(folder).SelectMany(text => Quoted().Matches(text)).Select(quoted => quoted.Groups[1].Value)
                .Where(familyByOperation.ContainsKey).Select(operation => familyByOperation[operation]).ToHashSet(StringComparer.Ordinal);
            if (found.Count > 0) return found;
        }
        return null;
    }

    [GeneratedRegex("\"([A-Za-z]+)\"")]
    private static partial Regex Quoted();
}
