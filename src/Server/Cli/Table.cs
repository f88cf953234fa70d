namespace Ringwright.Server.Cli;

/// <summary>Plain columns for terminals and scripts.</summary>
internal static class Table
{
    public static async Task WriteAsync(TextWriter into, IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        int[] widths = [.. heads.Select((head, i) => Math.Max(head.Length, rows.Count == 0 ? 0 : rows.Max(r => r[i].Length)))];
        foreach (var row in rows.Prepend(heads))
            await into.WriteLineAsync(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }
}
