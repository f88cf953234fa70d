namespace Ringwright.Http;

/// <summary>Reads the tables of <c>contracts/</c>: tabs between columns, one heading line, lines that begin with # are remarks.</summary>
internal static class Rows
{
    public static IEnumerable<string[]> Of(string text, params string[] columns)
    {
        bool isHeading = true;
        foreach (var line in text.Split('\n'))
        {
            if (line.Length == 0 || line[0] == '#') continue;
            var cells = line.TrimEnd('\r').Split('\t');
            if (isHeading)
            {
                if (!cells.SequenceEqual(columns)) throw new FormatException($"Expected the columns {string.Join(", ", columns)}.");
                isHeading = false;
                continue;
            }

            if (cells.Length != columns.Length) throw new FormatException($"Expected {columns.Length} columns: {line}");
            yield return cells;
        }
    }
}
