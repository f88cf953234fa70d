using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using CsvHelper;
using CsvHelper.Configuration;
using Ringwright.Campaigns.Lists;

namespace Ringwright.Server.Operating;

/// <summary>What came of a file of rows.</summary>
/// <param name="Faults">The first few, with their lines.</param>
/// <param name="IsLatin">It was neither UTF-8 nor marked, and read as Windows-1252.</param>
internal sealed record ImportedRows(long Added, long Known, long Skipped, IReadOnlyList<string> Faults, bool IsLatin)
{
    /// <summary>Of a command that has brought in a file without some of its rows.</summary>
    public const int SomeAreMissing = 1;

    /// <summary>How many of the skipped rows were wrong: what they say is nowhere.</summary>
    public required long Wrong { get; init; }

    /// <summary>How many of those who were there already are called no more, because the file says so.</summary>
    public long TakenOut { get; init; }

    public int ExitCode => Wrong > 0 ? SomeAreMissing : 0;
}

/// <summary>
/// A CSV file whose first line names its columns, one of them the number. It is read row by row and sent in pieces: however long it is,
/// a piece of it is in memory. What is skipped is counted, and told with its line. Rows without anything are none.
/// </summary>
internal sealed class ListFile : IDisposable
{
    private const int FaultsShown = 20, TextShown = 64, MostCell = 64 * 1024;

    private readonly CsvReader _csv;
    private readonly ListQuotes _quotes;
    private readonly List<string> _columns;
    private readonly bool _isLatin;
    private readonly int[] _countries, _refusals, _denials;
    private readonly List<string> _faults = [];
    private PlainList? _plain;
    private string[] _cells = [];
    private bool _beginsWithRow;
    private long _wrong;

    /// <param name="number">What the file itself calls its numbers.</param>
    private ListFile(CsvReader csv, ListQuotes quotes, List<string> columns, string number, bool isLatin)
    {
        (_csv, _quotes, _columns, _isLatin, _countries) = (csv, quotes, columns, isLatin, ColumnNames.CountriesIn(columns));
        (_refusals, _denials) = (ColumnNames.RefusalsIn(columns, number), ColumnNames.DenialsIn(columns));
    }

    /// <summary>In small letters, and as <see cref="Open"/> was told to name them; none but "" twice.</summary>
    public IReadOnlyList<string> Columns => _columns;

    /// <summary>On which the row that was read ends, from 1.</summary>
    public int Line => _csv.Parser.RawRow;

    /// <summary>Why a row that <see cref="HasMoreCells"/> is none.</summary>
    public const string MoreCells = "the row has more cells than there are columns: what has a comma in it stands between quotes";

    /// <summary>A quote of the row stands alone: which of its cells ends where nobody knows.</summary>
    public bool IsBadlyQuoted => _quotes.IsBad;

    /// <summary>Hears of each row that is added, known or skipped: its line, text, result and reason.</summary>
    public Action<int, string, string, string>? Told { get; set; }

    public long Added { get; private set; }
    public long Known { get; private set; }
    public long Skipped { get; private set; }
    /// <summary>As <see cref="ImportedRows"/> has it.</summary>
    public long TakenOut { get; set; }

    public ImportedRows Done => new(Added, Known, Skipped, _faults, _isLatin) { Wrong = _wrong, TakenOut = TakenOut };

    /// <param name="named">The name of a column, which is in small letters here, by the one that it is known by; "" leaves it out.</param>
    /// <param name="number">The column that must be there.</param>
    /// <param name="mayLackNames">A file of nothing but numbers is one whose only column is the number.</param>
    /// <exception cref="StartRefused">There is no such column, or one twice.</exception>
    /// <exception cref="IOException">It cannot be read; as others of <see cref="IsUnreadable"/>.</exception>
    public static ListFile Open(string path, Func<string, string> named, string number, int mostColumns, bool mayLackNames = false)
    {
        var stream = File.OpenRead(path);
        CsvReader? csv = null;
        try
        {
            if (stream.CanSeek) CheckText(stream, path);
            // What comes through a pipe is read once.
            var encoding = stream.CanSeek ? ListText.EncodingOf(stream) : ListText.Strict;
            char separator = stream.CanSeek ? SeparatorOf(stream, encoding, path) : ',';
            var quotes = new ListQuotes();
            csv = new(ReaderOf(stream, encoding), new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                Delimiter = separator.ToString(), TrimOptions = TrimOptions.Trim, MissingFieldFound = null, MaxFieldSize = MostCell,
                BadDataFound = bad => quotes.Found(bad.Field),
            });
            var columns = ReadColumns(csv, path, named, number, mostColumns, mayLackNames, out int heads, out bool isRow);
            if (quotes.IsBad) throw new InvalidDataException($"line {csv.Parser.RawRow}: a quote stands alone, or is not closed");
            // They were read, and the number is one of them.
            string called = csv.HeaderRecord![columns.IndexOf(number)];
            return new(csv, quotes, columns, called, ReferenceEquals(encoding, ListText.Latin))
            {
                _plain = stream.CanSeek ? new(path, encoding, separator, heads) : null,
                _beginsWithRow = isRow,
            };
        }
        catch
        {
            csv?.Dispose();
            stream.Dispose();
            throw;
        }
    }

    /// <param name="heads">How many rows are none of numbers.</param>
    /// <param name="isRow">The row that was read last is one.</param>
    private static List<string> ReadColumns(CsvReader csv, string path, Func<string, string> named, string number, int mostColumns,
        bool mayLackNames, out int heads, out bool isRow)
    {
        bool isRead = csv.Read();
        heads = 1;
        if (isRead && ListText.IsSeparator(csv.Parser.Record)) (isRead, heads) = (csv.Read(), 2);
        string[] names = isRead && csv.ReadHeader() ? csv.HeaderRecord! : []; // ReadHeader filled it
        isRow = mayLackNames && names.Length == 1 && NumberCell.IsIn(names);
        if (isRow)
        {
            heads--;
            return [number];
        }
        if (NumberCell.IsIn(names))
            throw new StartRefused($"{path}: line {csv.Parser.RawRow} has a number where the names of the columns belong");
        string[] said = [.. names.Select(name => name.Trim().ToLowerInvariant())];
        var columns = said.Select(named).ToList();
        if (columns.Where(name => name.Length > 0).GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { Key: var twice })
            throw new StartRefused($"{path}: line {csv.Parser.RawRow} has two columns for {twice}");
        if (!columns.Contains(number)) FindNumber(columns, said, number, path);
        return columns.Contains(number) && columns.Count <= mostColumns ? columns
            : throw new StartRefused($"{path}: the first line must name the columns, at most {mostColumns}, with one called {number}");
    }

    /// <summary>The lists of other programs have names of their own for it: where one column alone can be the number, it is.</summary>
    /// <param name="columns">In which it gets its name; of one that has another name than it is <paramref name="said"/> somebody has
    /// told what it is.</param>
    private static void FindNumber(List<string> columns, string[] said, string number, string path)
    {
        var places = ColumnNames.NumbersIn(said.Select((name, place) => columns[place] == name ? name : ""));
        if (places.Count > 1)
            throw new StartRefused($"{path}: several columns may be the number: "
                + $"{string.Join(", ", places.Select(place => $"'{said[place]}'"))}; call one of them {number}");
        if (places.Count == 1) columns[places[0]] = number;
    }

    /// <summary>The file is at its beginning again afterwards.</summary>
    /// <exception cref="StartRefused">It is a workbook, or packed.</exception>
    public static void CheckText(FileStream stream, string path)
    {
        byte[] head = new byte[ListText.MostHead];
        int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        if (ListText.FaultOf(head.AsSpan(0, read)) is { } fault) throw new StartRefused($"{path} cannot be read: {fault}");
    }

    private static StreamReader ReaderOf(FileStream stream, Encoding encoding)
    {
        var reader = new StreamReader(stream, encoding);
        while (reader.Peek() == ListText.Mark) _ = reader.Read();
        return reader;
    }

    /// <summary>By the first letters; the file is at its beginning again afterwards.</summary>
    private static char SeparatorOf(FileStream stream, Encoding encoding, string path)
    {
        stream.Position = 0;
        using var reader = new StreamReader(stream, encoding, detectEncodingFromByteOrderMarks: true, MostCell, leaveOpen: true);
        char[] letters = new char[MostCell];
        var head = letters.AsSpan(0, reader.ReadBlock(letters));
        stream.Position = 0;
        return head.Contains('\0') ? throw new StartRefused($"{path} is no text: it has a NUL") : ListText.SeparatorOf(head);
    }

    public static bool IsUnreadable(Exception failed) =>
        failed is IOException or UnauthorizedAccessException or CsvHelperException or DecoderFallbackException or InvalidDataException;

    /// <exception cref="InvalidDataException">Where its rows end nobody knows: a quote is open, or a cell has no end.</exception>
    public bool Read()
    {
        _quotes.NextRow();
        try
        {
            do
            {
                if (_beginsWithRow) _beginsWithRow = false;
                else if (!_csv.Read()) return false;
                _cells = _csv.Parser.Record ?? []; // each cell is looked at, and its quotes with it
            }
            while (Array.TrueForAll(_cells, static cell => cell.Length == 0));
        }
        catch (MaxFieldSizeException)
        {
            throw new InvalidDataException($"line {Line}: a cell has more than {MostCell} characters, or a quote is not closed");
        }
        if (_quotes.IsOpen) throw new InvalidDataException($"line {Line}: a quote is not closed");
        return true;
    }

    /// <summary>How many rows are behind the names; of a file that was not read beyond them.</summary>
    /// <exception cref="InvalidDataException">As <see cref="Read"/> throws it.</exception>
    public long Count()
    {
        if (_plain?.Count(MostCell) is { } plain) return plain;
        long rows = 0;
        while (Read()) rows++;
        return rows;
    }

    /// <summary>"" when the row has none, or there is no such column.</summary>
    public string Get(string column) => _columns.IndexOf(column) is >= 0 and var place ? Get(place) : "";

    /// <summary>The same by the column's place.</summary>
    public string Get(int place) => place < _cells.Length ? ListText.Plain(_cells[place]) : "";

    /// <summary>
    /// The row has something where there is no column, as when a comma stands without quotes: nobody knows which cell stands in which.
    /// </summary>
    public bool HasMoreCells => _cells.Length > _columns.Count
        && Array.FindIndex(_cells, _columns.Count, static cell => cell.Length > 0) >= 0;

    /// <summary>Its rows may say that nobody is to call them.</summary>
    public bool HasRefusals => _refusals.Length > 0;

    /// <summary>Of a row that says itself that nobody is to call it.</summary>
    public bool IsRefused => HasRefusals && Array.Exists(_refusals, place => ColumnNames.IsRefusal(Get(place)));

    /// <summary>Of a row that says itself that somebody may call it.</summary>
    public bool IsAllowed => !IsRefused && Array.Exists(_denials, place => ColumnNames.IsDenied(Get(place)));

    /// <summary>What the row says of the country in which its number is dialled; "" where it says nothing.</summary>
    public string Country => _countries.Select(Get).FirstOrDefault(static said => said.Length > 0) ?? "";

    /// <param name="isWrong">False for a row whose number another row of the file has.</param>
    public void Skip(int line, string text, string reason, bool isWrong = true)
    {
        Skipped++;
        if (isWrong) _wrong++;
        string shown = text.Length > TextShown ? text[..TextShown] + "…" : text;
        if (_faults.Count < FaultsShown) _faults.Add($"line {line}: '{shown}': {reason}");
        Told?.Invoke(line, shown, "skipped", reason);
    }

    /// <summary>What the node did with the rows that were sent.</summary>
    /// <param name="lines">Theirs, in their order.</param>
    public void Take(IReadOnlyList<int> lines, JsonArray rows)
    {
        for (int i = 0; i < rows.Count; i++) Take(lines[i], rows[i]!);
    }

    /// <summary>
    /// The same where the node tells of those alone that it did not add, each with its place among <paramref name="sent"/>.
    /// </summary>
    public void Take(IReadOnlyList<SentRow> sent, JsonArray exceptions)
    {
        int next = 0;
        foreach (var row in exceptions)
        {
            int place = (int)row!["index"]!; // our own node answers so, in their order
            AddUpTo(place);
            Take(sent[place].Line, row);
            next = place + 1;
        }
        AddUpTo(sent.Count);

        void AddUpTo(int end)
        {
            for (; next < end; next++) Take(sent[next].Line, sent[next].Text, "added", reason: null);
        }
    }

    private void Take(int line, JsonNode row) =>
        Take(line, (string)row["phone_number"]!, (string?)row["result"], (string?)row["reason"]);

    private void Take(int line, string number, string? result, string? reason)
    {
        switch (result)
        {
            case "added":
                Added++;
                Told?.Invoke(line, number, result, "");
                break;
            case "known":
                Known++;
                Told?.Invoke(line, number, result, "");
                break;
            default:
                Skip(line, number, reason ?? "");
                break;
        }
    }

    public void Dispose() => _csv.Dispose();
}
