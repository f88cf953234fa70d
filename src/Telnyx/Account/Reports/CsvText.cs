using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Telnyx.Account.Reports;

/// <summary>Tables as CSV (RFC 4180): a line of names, then a line for each row.</summary>
internal static class CsvText
{
    public const string ContentType = "text/csv; charset=utf-8";

    private static readonly SearchValues<char> Special = SearchValues.Create("\",\r\n");

    public static byte[] Write(IReadOnlyList<string> names, IEnumerable<IEnumerable<string>> rows)
    {
        var text = new StringBuilder();
        Line(text, names);
        foreach (var row in rows) Line(text, row);
        return Encoding.UTF8.GetBytes(text.ToString());
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

    private static string Quoted(string cell)
    {
        // A program that takes a cell for a formula shall not do what a caller has written into it. Amounts and phone numbers begin with a sign and are none.
        if (cell is ['=' or '@' or '\t' or '\r', ..] || (cell is ['+' or '-', ..] && cell.AsSpan(1).ContainsAnyExcept(Harmless))) cell = "'" + cell;
        return cell.AsSpan().ContainsAny(Special) ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;
    }

    private static readonly SearchValues<char> Harmless = SearchValues.Create("0123456789.");
}
