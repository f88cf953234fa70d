using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using CsvHelper.Configuration;
using Ringwright.Http;

namespace Ringwright.Agency.Batches;

/// <summary>
/// A file of contacts as spreadsheets write them: a line of names, then a line for each contact; commas, semicolons or tabs between them;
/// UTF-8, UTF-16 with its mark, or what is neither, which is Windows-1252. Pure.
/// </summary>
internal sealed class ContactFile
{
    public const int MostRows = 100_000;

    private const int MostColumns = 200, MostCells = 2_000_000, MostCell = 16 * 1024, WindowsLatin = 1252;

    private static readonly char[] Separators = [',', ';', '\t'];

    private ContactFile(JsonObject mapping, IReadOnlyList<(int Line, JsonObject Given)> rows) => (Mapping, Rows) = (mapping, rows);

    /// <summary>The field that each column is, by the name that the file gives it; null for one that is left out.</summary>
    public JsonObject Mapping { get; }

    /// <summary>The line on which each row ends, and its contact, in which nothing has been judged.</summary>
    public IReadOnlyList<(int Line, JsonObject Given)> Rows { get; }

    /// <param name="named">Fields by names of columns, in place of what they would be by themselves.</param>
    /// <returns>What is wrong with the file as a whole, where something is.</returns>
    public static (ContactFile? File, Problem? Problem) Read(ReadOnlySpan<byte> bytes, JsonObject named)
    {
        string text = Decode(bytes);
        if (text.Contains('\0', StringComparison.Ordinal)) return (null, AgencyText.Bad("file", "The file is no text: it has a NUL."));
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = SeparatorOf(text).ToString(), TrimOptions = TrimOptions.Trim, IgnoreBlankLines = true, BadDataFound = null,
            MissingFieldFound = null, DetectDelimiter = false, MaxFieldSize = MostCell,
        };
        using var csv = new CsvReader(new StringReader(text), settings);
        try
        {
            if (!csv.Read() || !csv.ReadHeader()) return (null, AgencyText.Bad("file", "The file has no line of names."));
            string[] header = csv.HeaderRecord!;        // just read
            if (header.Length > MostColumns) return (null, AgencyText.Bad("file", $"The file may have {MostColumns} columns."));
            var columns = ContactColumns.Of(header, named, out var problem);
            if (columns is null) return (null, problem);
            var rows = new List<(int, JsonObject)>();
            int filled = 0;
            while (csv.Read())
            {
                if (rows.Count == MostRows) return (null, new Problem("too_large", $"A file may have {MostRows} contacts."));
                string[] cells = csv.Parser.Record!;      // just read
                // A file of a few megabytes may be all separators; each cell is an object in memory.
                filled += cells.Length;
                if (filled > MostCells) return (null, new Problem("too_large", $"A file may have {MostCells} cells."));
                if (cells.All(cell => cell.Length == 0)) continue;
                rows.Add((csv.Parser.RawRow, columns.Contact(cells)));
            }
            return (new(columns.Mapping, rows), null);
        }
        catch (CsvHelperException)
        {
            return (null, AgencyText.Bad("file", $"The file cannot be read as CSV: see line {csv.Parser.RawRow}."));
        }
    }

    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble)) return Encoding.UTF8.GetString(bytes[Encoding.UTF8.Preamble.Length..]);
        if (bytes.StartsWith(Encoding.Unicode.Preamble)) return Encoding.Unicode.GetString(bytes[Encoding.Unicode.Preamble.Length..]);
        if (bytes.StartsWith(Encoding.BigEndianUnicode.Preamble))
            return Encoding.BigEndianUnicode.GetString(bytes[Encoding.BigEndianUnicode.Preamble.Length..]);
        return System.Text.Unicode.Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes)
            : CodePagesEncodingProvider.Instance.GetEncoding(WindowsLatin)!.GetString(bytes);      // it has it
    }

    /// <summary>What stands most often between names; a comma where nothing does.</summary>
    private static char SeparatorOf(string text)
    {
        Span<int> found = stackalloc int[Separators.Length];
        bool isQuoted = false;
        foreach (char c in text)
        {
            if (c == '"') isQuoted = !isQuoted;
            if (isQuoted) continue;
            if (c is '\r' or '\n') break;
            int which = Array.IndexOf(Separators, c);
            if (which >= 0) found[which]++;
        }
        int most = 0;
        for (int i = 1; i < found.Length; i++)
            if (found[i] > found[most]) most = i;
        return Separators[most];
    }
}
