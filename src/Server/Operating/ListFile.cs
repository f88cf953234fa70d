using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using CsvHelper.Configuration;

namespace Ringwright.Server.Operating;

/// <summary>What came of a file of rows.</summary>
/// <param name="Faults">The first few, with their lines.</param>
internal sealed record ImportedRows(long Added, long Known, long Skipped, IReadOnlyList<string> Faults);

/// <summary>
/// A CSV file whose first line names its columns, one of them the number. It is read row by row and sent in pieces: however long it is,
/// a piece of it is in memory. What is skipped is counted, and told with its line.
/// </summary>
internal sealed class ListFile : IDisposable
{
    private const int FaultsShown = 20, TextShown = 64;

    private readonly CsvReader _csv;
    private readonly List<string> _faults = [];

    private ListFile(CsvReader csv, IReadOnlyList<string> columns) => (_csv, Columns) = (csv, columns);

    /// <summary>In small letters, and as <see cref="Open"/> was told to name them.</summary>
    public IReadOnlyList<string> Columns { get; }

    /// <summary>Of the row that was read, from 1.</summary>
    public int Line => _csv.Parser.RawRow;

    /// <summary>Hears of each row that is added, known or skipped: its line, text, result and reason.</summary>
    public Action<int, string, string, string>? Told { get; set; }

    public long Added { get; private set; }
    public long Known { get; private set; }
    public long Skipped { get; private set; }

    public ImportedRows Done => new(Added, Known, Skipped, _faults);

    /// <param name="named">The name of a column, which is in small letters here, by the one that it is known by.</param>
    /// <param name="number">The column that must be there.</param>
    /// <param name="isStrict">What is not UTF-8 cannot be read; else it is replaced.</param>
    /// <exception cref="StartRefused">There is no such column.</exception>
    /// <exception cref="IOException">It cannot be read; as others of <see cref="IsUnreadable"/>.</exception>
    public static ListFile Open(string path, Func<string, string> named, string number, int mostColumns, bool isStrict)
    {
        string NameOf(string column) => named(column.Trim().ToLowerInvariant());
        var csv = new CsvReader(new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: isStrict)),
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                PrepareHeaderForMatch = column => NameOf(column.Header), TrimOptions = TrimOptions.Trim, MissingFieldFound = null,
                BadDataFound = null, MaxFieldSize = 64 * 1024,
            });
        try
        {
            // ReadHeader filled it
            if (csv.Read() && csv.ReadHeader() && csv.HeaderRecord!.Length <= mostColumns
                    && csv.HeaderRecord.Select(NameOf).ToList() is var columns && columns.Contains(number))
                return new(csv, columns);
        }
        catch
        {
            csv.Dispose();
            throw;
        }
        csv.Dispose();
        throw new StartRefused($"{path}: the first line must name the columns, at most {mostColumns}, with one called {number}");
    }

    public static bool IsUnreadable(Exception failed) =>
        failed is IOException or UnauthorizedAccessException or CsvHelperException or DecoderFallbackException;

    public bool Read() => _csv.Read();

    /// <summary>"" when the row has none, or there is no such column.</summary>
    public string Get(string column) => _csv.TryGetField(column, out string? value) ? value ?? "" : "";

    /// <summary>The same by the column's place, whose name may stand twice.</summary>
    public string Get(int place) => _csv.TryGetField(place, out string? value) ? value ?? "" : "";

    public void Skip(int line, string text, string reason)
    {
        Skipped++;
        string shown = text.Length > TextShown ? text[..TextShown] + "…" : text;
        if (_faults.Count < FaultsShown) _faults.Add($"line {line}: '{shown}': {reason}");
        Told?.Invoke(line, shown, "skipped", reason);
    }

    /// <summary>What the node did with the rows that were sent.</summary>
    /// <param name="lines">Theirs, in their order.</param>
    public void Take(IReadOnlyList<int> lines, JsonArray rows)
    {
        for (int i = 0; i < rows.Count; i++)
        {
            string number = (string)rows[i]!["phone_number"]!; // our own node answers so
            switch ((string?)rows[i]!["result"])
            {
                case "added":
                    Added++;
                    Told?.Invoke(lines[i], number, "added", "");
                    break;
                case "known":
                    Known++;
                    Told?.Invoke(lines[i], number, "known", "");
                    break;
                default:
                    Skip(lines[i], number, (string?)rows[i]!["reason"] ?? "");
                    break;
            }
        }
    }

    public void Dispose() => _csv.Dispose();
}
