using System.Globalization;
using System.Text;
using CsvHelper;
using Ringwright.Http;

namespace Ringwright.Server.Operating;

/// <summary>What became of each row of a list, as CSV. What a spreadsheet would run is text in it.</summary>
internal sealed class ImportReport : IAsyncDisposable
{
    /// <summary>Nobody else has the file open, so that no list that is being read is replaced by its own report.</summary>
    private static readonly FileStreamOptions Alone = new() { Mode = FileMode.Create, Access = FileAccess.Write, Share = FileShare.None };

    private readonly CsvWriter _rows;

    /// <param name="path">What is there is replaced.</param>
    /// <param name="number">What the column of numbers is called.</param>
    /// <exception cref="IOException">It cannot be written; as others of <see cref="ListFile.IsUnreadable"/>.</exception>
    public ImportReport(string path, string number)
    {
        _rows = new(new StreamWriter(path, Encoding.UTF8, Alone), CultureInfo.InvariantCulture);
        Write("line", number, "result", "reason");
    }

    public void Tell(int line, string text, string result, string reason) =>
        Write(line.ToString(CultureInfo.InvariantCulture), CsvText.Plain(text), result, reason);

    public ValueTask DisposeAsync() => _rows.DisposeAsync();

    private void Write(params ReadOnlySpan<string> cells)
    {
        foreach (string cell in cells) _rows.WriteField(cell);
        _rows.NextRecord();
    }
}
