using System.Globalization;
using System.Text;
using Ringwright.Testing;

namespace Ringwright.Edge.Speech.Recognition;

/// <param name="Heard">Null when it was rejected.</param>
internal sealed record HeardWord(string Voice, string Word, string? Heard);

/// <summary>The measured part of docs/reference/recognition.md.</summary>
internal static class WordPage
{
    private const string Begin = "<!-- measured: ./ringwright golden rewrites this part -->\n", End = "<!-- end of the measured part -->";

    public static string Path => Repository.PathOf("docs", "reference", "recognition.md");

    public static string Write(IReadOnlyList<HeardWord> known, IReadOnlyList<HeardWord> others, string[] words)
    {
        var text = new StringBuilder();
        string rule = string.Concat(words.Select(_ => "|---:"));
        text.Append(CultureInfo.InvariantCulture, $"\n| said | {string.Join(" | ", words)} | no result |\n|---{rule}|---:|\n");
        foreach (string said in words)
        {
            var heard = known.Where(one => one.Word == said).ToList();
            text.Append(CultureInfo.InvariantCulture, $"| {said} | ");
            foreach (string? word in (string?[])[.. words, null])
                text.Append(heard.Count(one => one.Heard == word) is var count and > 0 ? count : "·").Append(" | ");
            text.Length--;
            text.Append('\n');
        }
        text.Append("\n| voice | right | no result | wrong | other words taken for one of the twelve |\n|---|---:|---:|---:|---:|\n");
        foreach (var group in known.GroupBy(one => one.Voice))
            Row(group.Key, [.. group], [.. others.Where(one => one.Voice == group.Key)]);
        Row("all", known, others);
        return text.Append('\n').ToString();

        void Row(string voice, IReadOnlyList<HeardWord> own, IReadOnlyList<HeardWord> strange) => text.Append(CultureInfo.InvariantCulture,
            $"| {voice} | {own.Count(IsRight)} of {own.Count} | {own.Count(one => one.Heard is null)} | "
            + $"{own.Count(one => one.Heard is not null && !IsRight(one))} | "
            + $"{strange.Count(one => one.Heard is not null)} of {strange.Count} |\n");
    }

    public static bool IsRight(HeardWord one) => one.Heard == one.Word;

    public static void Save(string measured)
    {
        string page = File.ReadAllText(Path);
        int begin = page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, end = page.IndexOf(End, StringComparison.Ordinal);
        File.WriteAllText(Path, page[..begin] + measured + page[end..]);
    }

    /// <summary>The last row: of the known words those that were right and wrong, of the others those that were taken for one.</summary>
    public static (int Right, int Wrong, int Taken) ReadTotals()
    {
        string[] row = File.ReadAllLines(Path).Single(line => line.StartsWith("| all |", StringComparison.Ordinal)).Split('|');
        return (First(row[2]), First(row[4]), First(row[5]));
        static int First(string cell) => int.Parse(cell.Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
