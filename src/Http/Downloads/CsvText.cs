using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Core;

namespace Ringwright.Http;

/// <summary>Tables as CSV (RFC 4180): a line of names, then a line for each row.</summary>
public static class CsvText
{
    public const string ContentType = "text/csv; charset=utf-8";

    private const string Unseen = " \u00A0\u200B\u200E\u200F\u2060\uFEFF\0";

    private static readonly SearchValues<char> Special = SearchValues.Create("\",\r\n");

    public static byte[] Write(IReadOnlyList<string> names, IEnumerable<IEnumerable<string>> rows) =>
        Encoding.UTF8.GetBytes(Lines(rows.Prepend(names)));

    /// <summary>A part of one that is written as it comes, the line of names or some others.</summary>
    public static string Lines(IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows) Line(text, row);
        return text.ToString();
    }

    /// <summary>What a JSON value is as a cell; empty for none.</summary>
    public static string Cell(JsonNode? value) => value switch
    {
        null => "",
        JsonValue text when text.GetValueKind() is JsonValueKind.String => text.GetValue<string>(),
        _ => value.ToJsonString(),
    };

    private static void Line(StringBuilder text, IEnumerable<string> cells)
    {
        text.AppendJoin(',', cells.Select(Quoted)).Append("\r\n");
    }

    /// <summary>
    /// A program that takes a cell for a formula shall not do what somebody has written into a name: such a cell gets an apostrophe before
    /// it. Amounts and phone numbers begin with a sign and are data.
    /// </summary>
    public static string Plain(string cell) => IsFormula(cell) ? "'" + cell : cell;

    private static string Quoted(string text)
    {
        string cell = Plain(text);
        return cell.AsSpan().ContainsAny(Special) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }

    private static bool IsFormula(string cell)
    {
        if (cell is ['\t' or '\r' or '\n', ..]) return true;
        // Some programs look behind what cannot be seen; signs of full width are signs to some.
        var seen = cell.AsSpan().TrimStart(Unseen);
        if (seen is not ['=' or '+' or '-' or '@' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20' or '\u2212', ..]) return false;
        return !(E164.TryParse(cell, out _) || (cell[0] == '-' && cell.Length > 1 && char.IsAsciiDigit(cell[1])
            && decimal.TryParse(cell, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture, out _)));
    }
}
