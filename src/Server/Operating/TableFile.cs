using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;
using Ringwright.Campaigns.Lists;

namespace Ringwright.Server.Operating;

/// <summary>
/// A CSV file that is read at once, and imported as a whole: in the letters, and with what stands between cells, as spreadsheets write it.
/// </summary>
internal static class TableFile
{
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="StartRefused">It is a workbook, or packed.</exception>
    public static string TextOf(string path)
    {
        using var file = File.OpenRead(path);
        using var all = new MemoryStream();
        file.CopyTo(all);
        var bytes = all.GetBuffer().AsSpan(0, (int)all.Length);
        if (ListText.FaultOf(bytes) is { } fault) throw new StartRefused($"{path} cannot be read: {fault}");
        return ListText.Decode(bytes) ?? ListText.Latin.GetString(bytes);
    }

    /// <param name="named">The name that a column is known by, of its own in small letters.</param>
    public static CsvConfiguration SettingsOf(string text, Func<string, string> named) => new(CultureInfo.InvariantCulture)
    {
        Delimiter = ListText.SeparatorOf(text).ToString(), PrepareHeaderForMatch = head => named(NameOf(head.Header)),
        TrimOptions = TrimOptions.Trim, MissingFieldFound = null,
    };

    /// <returns>False where there is no line of names.</returns>
    public static bool ReadNames(CsvReader csv) =>
        csv.Read() && (!ListText.IsSeparator(csv.Parser.Record) || csv.Read()) && csv.ReadHeader();

    /// <summary>The next row that has something in it.</summary>
    public static bool ReadRow(CsvReader csv)
    {
        do
        {
            if (!csv.Read()) return false;
        }
        while (csv.Parser.Record!.All(static cell => cell.Length == 0)); // just read
        return true;
    }

    /// <summary>As columns are compared.</summary>
    public static string NameOf(string head) => head.Trim().ToLowerInvariant();
}
