using System.Text.Json.Nodes;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Lists;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>
/// Whom a campaign calls, as CSV: a column with the number, others with further ones, the name, the time zone and when it is due if there
/// are such, and any others as data for the message. The file is read through before anything is sent, so that a broken one leaves
/// nothing; it may be sent again after it was broken off: who is on the list stays as he is.
/// </summary>
internal static class TargetFile
{
    public const string Number = "phone";

    private const int PieceRows = 500, MostName = 255, MostWord = 64, MostField = 2_000, MostColumns = 50;
    /// <summary>Pieces: the node reads one while it writes the other.</summary>
    private const int MostUnderWay = 2;
    /// <summary>They are fields of the target, as the operator's API calls them.</summary>
    private static readonly HashSet<string> Fields =
        new(["name", "timezone", "due_at", .. TargetAddress.Further], StringComparer.Ordinal);

    /// <summary>Reads all of it and sends nothing.</summary>
    /// <returns>How many rows it has.</returns>
    /// <exception cref="StartRefused">It is no such file.</exception>
    public static long Check(string path, TargetReading reading)
    {
        try
        {
            using var file = Open(path, reading);
            long rows = 0;
            while (file.Read()) rows++;
            return rows;
        }
        catch (Exception unreadable) when (ListFile.IsUnreadable(unreadable))
        {
            string why = unreadable.Message.Split('\n')[0].TrimEnd();
            throw new StartRefused($"{path} cannot be read: {why}; nothing was imported", unreadable);
        }
    }

    /// <param name="campaign">Path of the campaign.</param>
    /// <param name="sent">Hears how many rows were read and sent so far.</param>
    /// <exception cref="StartRefused">The report cannot be written.</exception>
    public static async Task<ImportedRows> SendAsync(AdminClient client, string path, TargetReading reading, string campaign,
        Action<long> sent, CancellationToken stop)
    {
        using var file = Open(path, reading);
        // While the list is open: its report does not take its place.
        await using var report = ReportOf(reading);
        if (report is not null) file.Told = report.Tell;
        var (numbers, addresses) = (new HashSet<ulong>(), new HashSet<string>(StringComparer.Ordinal));
        var (piece, lines, rows) = (new JsonArray(), new List<int>(PieceRows), 0L);
        // A piece is read while those before it are under way; what came of them is told in their order.
        var (underWay, last) = (new Queue<Task>(MostUnderWay), Task.CompletedTask);
        while (file.Read())
        {
            stop.ThrowIfCancellationRequested();
            rows++;
            if (Read(file, reading, IsNew) is { } row)
            {
                piece.Add((JsonNode)row);
                lines.Add(file.Line);
            }
            if (piece.Count < PieceRows) continue;
            await BeginAsync();
            (piece, lines) = (new JsonArray(), new List<int>(PieceRows));
        }
        if (piece.Count > 0) await BeginAsync();
        while (underWay.TryDequeue(out var first)) await first;
        sent(rows);
        return file.Done;

        bool IsNew(string address) => address[0] == '+' ? numbers.Add(ulong.Parse(address.AsSpan(1), System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture)) : addresses.Add(address);

        async Task BeginAsync()
        {
            if (underWay.Count == MostUnderWay) await underWay.Dequeue();
            underWay.Enqueue(last = PostAsync(piece, lines, rows, last));
        }

        async Task PostAsync(JsonArray targets, List<int> of, long upTo, Task before)
        {
            var body = new JsonObject { ["targets"] = targets };
            var answer = await client.DataInTurnAsync(HttpMethod.Post, campaign + "/targets", body, stop);
            await before;
            lock (file) file.Take(of, answer["rows"]!.AsArray()); // one for each that was sent
            sent(upTo);
        }
    }

    private static ImportReport? ReportOf(TargetReading reading)
    {
        try
        {
            return reading.Report is { } path ? new(path, Number) : null;
        }
        catch (Exception unwritten) when (ListFile.IsUnreadable(unwritten))
        {
            throw new StartRefused($"{reading.Report} cannot be written: {unwritten.Message}; nothing was imported", unwritten);
        }
    }

    private static ListFile Open(string path, TargetReading reading)
    {
        var missing = new HashSet<string>(reading.Columns.Keys, StringComparer.Ordinal);
        var file = ListFile.Open(path, NameOf, Number, MostColumns);
        if (missing.Count == 0) return file;
        file.Dispose();
        throw new StartRefused($"{path} has no column '{missing.First()}'");

        string NameOf(string column)
        {
            missing.Remove(column);
            string name = reading.Columns.GetValueOrDefault(column, column);
            return name is "number" or "phone_number" ? Number : name;
        }
    }

    /// <summary>As the operator's API has it: a row that it would refuse would take its whole piece along.</summary>
    private static int MostOf(string column) => column switch
    {
        "name" => MostName,
        "timezone" or "due_at" => MostWord,
        Number => TargetAddress.MostCharacters,
        _ => Fields.Contains(column) ? TargetAddress.MostCharacters : MostField,
    };

    /// <returns>Null when the row was skipped.</returns>
    private static JsonObject? Read(ListFile file, TargetReading reading, Func<string, bool> isNew)
    {
        var (row, data, text) = (new JsonObject(), new JsonObject(), "");
        for (int place = 0; place < file.Columns.Count; place++)
        {
            string key = file.Columns[place], value = file.Get(place);
            if (value.Length == 0 || key.Length == 0) continue;
            int most = MostOf(key);
            if (value.Length > most) return Skip(text, $"{key} is longer than {most} characters");
            if (value.Contains('\0', StringComparison.Ordinal)) return Skip(text, $"{key} has a NUL");
            if (key is Number) text = value;
            else if (Fields.Contains(key)) row[key] = value;
            else data[key] = value;
        }
        if (file.IsBadlyQuoted) return Skip(text, "a quote stands alone in the row");
        if (AddressOf(text, reading, out string number) is { } fault) return Skip(text, fault);
        foreach (string further in TargetAddress.Further)
        {
            if (row[further] is not { } other) continue;
            if (AddressOf((string)other!, reading, out string next) is { } wrong) return Skip(text, $"{further}: {wrong}");
            row[further] = next;
        }
        if (!isNew(number)) return Skip(text, "the number was there before");
        row["phone_number"] = number;
        if (data.Count > 0) row["data"] = data;
        return row;

        JsonObject? Skip(string shown, string reason)
        {
            lock (file) file.Skip(file.Line, shown, reason);
            return null;
        }
    }

    /// <returns>What is wrong with it; null when it is one.</returns>
    private static string? AddressOf(string text, TargetReading reading, out string address)
    {
        var fault = NumberCell.Read(text, reading.Home, out address);
        if (fault is NumberFault.None || TargetAddress.TryParse(text, out address)) return null;
        return fault is NumberFault.NotANumber ? TargetAddress.NotOne : NumberCell.Sentence(fault, reading.Home?.Country);
    }
}
