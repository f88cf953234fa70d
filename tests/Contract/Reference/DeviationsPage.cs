using System.Text;
using Ringwright.Testing;

namespace Ringwright.Contract.Reference;

/// <summary>Writes the page of what is not as the sources of the APIs say, from <c>contracts/deviations.tsv</c>.</summary>
internal static class DeviationsPage
{
    public static string Write()
    {
        var text = new StringBuilder("""
            # Where an API deviates from its source

            Each sentence of a source that the node does not follow to the letter, and the [setting](settings.md) that has it do so. `--compat-strict seed` switches all
            settings whose names begin with `--compat-` and that stand here. `–` is none, and the reason says why. Written from `contracts/deviations.tsv`.

            | API | the source | here | why | to the letter |
            |---|---|---|---|---|

            """);
        foreach (string[] row in Rows())
        {
            string setting = row[4] == "-" ? "–" : $"`{row[4]}`";
            text.Append($"| {row[0]} | {row[1]} | {row[2]} | {row[3]} | {setting} |\n");
        }
        return text.ToString();
    }

    /// <summary>API, source, ours, reason and setting, without the line of their names.</summary>
    public static IReadOnlyList<string[]> Rows() =>
    [
        .. File.ReadLines(Repository.PathOf("contracts", "deviations.tsv")).Where(line => line.Length > 0 && line[0] != '#').Skip(1)
            .Select(line => line.Split('\t')),
    ];
}
