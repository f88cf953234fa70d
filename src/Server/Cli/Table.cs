using System.Globalization;

namespace Ringwright.Server.Cli;

/// <summary>Plain columns for terminals and scripts.</summary>
internal static class Table
{
    public static async Task WriteAsync(TextWriter into, IReadOnlyList<string> heads, IReadOnlyList<IReadOnlyList<string>> rows)
    {
        rows = [.. rows.Select(row => (IReadOnlyList<string>)[.. row.Select(Printable)])];
        int[] widths = [.. heads.Select((head, i) => Math.Max(head.Length, rows.Count == 0 ? 0 : rows.Max(r => r[i].Length)))];
        foreach (var row in rows.Prepend(heads))
            await into.WriteLineAsync(string.Join("  ", row.Select((cell, i) => cell.PadRight(widths[i]))).TrimEnd());
    }

    /// <summary>What customers and callers have chosen moves no cursor, colours nothing, and does not turn the line around.</summary>
    public static string Printable(string text) => string.Concat(text.Select(c =>
        char.IsControl(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format ? '\uFFFD' : c));
}
