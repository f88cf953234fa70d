using Ringwright.Testing;

namespace Ringwright.Architecture;

/// <summary>Lines that fit beside another window: 140 columns of code, 160 of prose.</summary>
public sealed class LengthTests
{
    private const int CodeColumns = 140, ProseColumns = 160;

    [Fact]
    public void A_line_of_code_ends_at_column_140()
    {
        var bad = new List<string>();
        foreach (string file in Files("*.cs", "src", "tests", "bench"))
        {
            bool isLiteral = false;
            int number = 0;
            foreach (string line in File.ReadLines(file))
            {
                number++;
                bool wasLiteral = isLiteral;
                isLiteral ^= Count(line, "\"\"\"") % 2 == 1;
                // What stands in a raw string is data: a SIP message, a row, a request.
                if (!wasLiteral && !line.Contains("\"\"\"", StringComparison.Ordinal) && line.Length > CodeColumns)
                    bad.Add(At(file, number, line));
            }
        }
        Rule.Holds(bad);
    }

    [Fact]
    public void A_line_of_prose_ends_at_column_160()
    {
        var bad = new List<string>();
        foreach (string file in Files("*.md", "docs").Concat(Directory.EnumerateFiles(Repository.Root, "*.md")))
        {
            bool isFenced = false;
            int number = 0;
            foreach (string line in File.ReadLines(file))
            {
                number++;
                if (line.TrimStart().StartsWith("```", StringComparison.Ordinal)) isFenced = !isFenced;
                // A row of a table is one line in Markdown, and a command is pasted whole.
                bool isWhole = isFenced || line.StartsWith('|') || line.StartsWith("    ", StringComparison.Ordinal);
                if (!isWhole && line.Length > ProseColumns) bad.Add(At(file, number, line));
            }
        }
        Rule.Holds(bad);
    }

    private static IEnumerable<string> Files(string pattern, params string[] folders) => folders
        .Select(folder => Repository.PathOf(folder))
        .SelectMany(folder => Directory.EnumerateFiles(folder, pattern, SearchOption.AllDirectories))
        .Where(file => !file.Contains("/node_modules/", StringComparison.Ordinal));

    private static int Count(string line, string what) => line.Split(what).Length - 1;

    private static string At(string file, int number, string line) =>
        $"{Path.GetRelativePath(Repository.Root, file)}:{number} has {line.Length} columns";
}
