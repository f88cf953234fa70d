using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using CsvHelper;
using CsvHelper.Configuration;
using Ringwright.Campaigns.Lists;
using Ringwright.Http;

namespace Ringwright.Agency.Batches;

/// <summary>
/// A file of contacts as spreadsheets write them: a line of names, then a line for each contact; commas, semicolons, tabs or bars
/// (<c>|</c>) between them; UTF-8, UTF-16 with its mark, or what is neither, which is Windows-1252. Pure.
/// </summary>
internal sealed partial class ContactFile
{
    public const int MostRows = 100_000;

    private const int MostColumns = 200, MostCells = 2_000_000, MostCell = 16 * 1024;

    private ContactFile(JsonObject mapping, IReadOnlyList<(int Line, JsonObject Given)> rows) => (Mapping, Rows) = (mapping, rows);

    /// <summary>The field that each column is, by the name that the file gives it; null for one that is left out.</summary>
    public JsonObject Mapping { get; }

    /// <summary>The line on which each row ends, and its contact, in which nothing has been judged.</summary>
    public IReadOnlyList<(int Line, JsonObject Given)> Rows { get; }

    /// <param name="named">Fields by names of columns, in place of what they would be by themselves.</param>
    /// <returns>What is wrong with the file as a whole, where something is.</returns>
    public static (ContactFile? File, Problem? Problem) Read(ReadOnlySpan<byte> bytes, JsonObject named) =>
        Read(bytes, named, isOfNumbers: false);

    /// <summary>
    /// A list of numbers more than of contacts: each column that may be a number is one, and what has nothing but numbers needs no line of
    /// names.
    /// </summary>
    public static (ContactFile? File, Problem? Problem) ReadNumbers(ReadOnlySpan<byte> bytes) => Read(bytes, [], isOfNumbers: true);

    private static (ContactFile? File, Problem? Problem) Read(ReadOnlySpan<byte> bytes, JsonObject named, bool isOfNumbers)
    {
        if (ListText.FaultOf(bytes) is { } fault) return (null, AgencyText.Bad("file", $"The file cannot be read: {fault}."));
        string text = ListText.Decode(bytes) ?? ListText.Latin.GetString(bytes);
        if (text.Contains('\0', StringComparison.Ordinal)) return (null, AgencyText.Bad("file", "The file is no text: it has a NUL."));
        text = AsText().Replace(text, "\"$1\"");
        var quotes = new ListQuotes();
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = ListText.SeparatorOf(text).ToString(), TrimOptions = TrimOptions.Trim, IgnoreBlankLines = true,
            BadDataFound = bad => quotes.Found(bad.Field), MissingFieldFound = null, DetectDelimiter = false, MaxFieldSize = MostCell,
        };
        using var csv = new CsvReader(new StringReader(text), settings);
        try
        {
            if (!csv.Read() || ListText.IsSeparator(csv.Parser.Record) && !csv.Read() || !csv.ReadHeader())
                return (null, AgencyText.Bad("file", "The file has no line of names."));
            string[] header = csv.HeaderRecord!;        // just read
            if (header.Length > MostColumns) return (null, AgencyText.Bad("file", $"The file may have {MostColumns} columns."));
            bool isRow = isOfNumbers && header.Length == 1 && NumberCell.IsIn(header);
            if (isRow) header = ["phone_number"];
            if (isOfNumbers) named = ContactColumns.NumbersOf(header);
            var columns = ContactColumns.Of(header, named, out var problem);
            if (columns is null) return (null, problem);
            var rows = new List<(int, JsonObject)>();
            if (isRow) rows.Add((csv.Parser.RawRow, columns.Contact(csv.Parser.Record!)));        // as above
            int filled = 0;
            while (csv.Read())
            {
                if (rows.Count == MostRows) return (null, new Problem("too_large", $"A file may have {MostRows} contacts."));
                quotes.NextRow();
                string[] cells = csv.Parser.Record!;      // just read
                if (quotes.IsOpen) return (null, AgencyText.Bad("file", $"A quote is not closed: see line {csv.Parser.RawRow}."));
                // A file of a few megabytes may be all separators; each cell is an object in memory.
                filled += cells.Length;
                if (filled > MostCells) return (null, new Problem("too_large", $"A file may have {MostCells} cells."));
                if (cells.All(cell => cell.Length == 0)) continue;
                string? wrong = quotes.IsBad ? ContactReading.BrokenQuotes : columns.AreTooMany(cells) ? ContactReading.TooManyCells : null;
                rows.Add((csv.Parser.RawRow, wrong is null ? columns.Contact(cells) : new() { [ContactReading.RowFault] = wrong }));
            }
            return (new(columns.Mapping, rows), null);
        }
        catch (CsvHelperException)
        {
            return (null, AgencyText.Bad("file", $"The file cannot be read as CSV: see line {csv.Parser.RawRow}."));
        }
    }

    /// <summary>A cell as some write one that a spreadsheet is to leave as it is: <c>="+12125550100"</c>, which is no CSV.</summary>
    [GeneratedRegex("""(?<![^,;|\t\r\n])="([^"\r\n]+)"(?![^,;|\t\r\n])""", RegexOptions.CultureInvariant)]
    private static partial Regex AsText();
}
