using System.Globalization;
using System.Text.Json;
using Ringwright.Campaigns.Dialling;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>
/// Whom a campaign calls, as CSV: a column with the number, others with further ones, the name, the time zone and when it is due if there
/// are such, and any others as data for the message. The file is read through before anything is sent, so that a broken one leaves
/// nothing, and nobody is called of whom any row of it says that nobody is to, also where he waits on the list. It may be sent again after
/// it was broken off: who else is on the list stays as he is.
/// </summary>
internal static class TargetFile
{
    public const string Number = "phone";

    private const int MostColumns = 50;
    /// <summary>Pieces: the node reads one while it writes the other.</summary>
    private const int MostUnderWay = 2;

    /// <summary>Reads all of it and sends nothing.</summary>
    /// <returns>How many rows it has.</returns>
    /// <exception cref="StartRefused">It is no such file.</exception>
    public static long Check(string path, TargetReading reading)
    {
        try
        {
            using var file = Open(path, reading);
            return file.Count();
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
        var (refused, refusals) = RefusedIn(path, reading, stop);
        using var file = Open(path, reading);
        // While the list is open: its report does not take its place.
        await using var report = ReportOf(reading);
        if (report is not null) file.Told = report.Tell;
        var (numbers, addresses) = (new HashSet<ulong>(), new HashSet<string>(StringComparer.Ordinal));
        var (row, piece, rows) = (new TargetCells(file, reading, refused), new TargetPiece(), 0L);
        await using var json = new Utf8JsonWriter(Stream.Null, TargetPiece.Plain);
        piece.Begin(json);
        // A piece is read while those before it are under way; what came of them is told in their order.
        var (underWay, last) = (new Queue<Task>(MostUnderWay), Task.CompletedTask);
        // Before anybody: the node reads the list through for each piece that has one, so they are together in as few as hold them.
        foreach (var refusal in refusals)
        {
            stop.ThrowIfCancellationRequested();
            piece.Refuse(refusal.Text, json, refusal.Line);
            if (piece.IsFull(json)) await BeginAsync();
        }
        while (file.Read())
        {
            stop.ThrowIfCancellationRequested();
            rows++;
            string? wrong = row.Read();
            if (row.Refused is not null) continue;
            if ((wrong ?? (IsNew(row.Number) ? null : "the number was there before")) is { } fault)
                lock (file) file.Skip(file.Line, row.Text, fault, isWrong: wrong is not null);
            else piece.Add(row, json, file.Line);
            if (piece.IsFull(json)) await BeginAsync();
        }
        if (piece.Rows.Count > 0) await BeginAsync();
        while (underWay.TryDequeue(out var first)) await first;
        sent(rows);
        return file.Done;

        bool IsNew(string address) => address[0] == '+'
            ? numbers.Add(ulong.Parse(address.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture)) : addresses.Add(address);

        async Task BeginAsync()
        {
            TargetPiece.End(json);
            if (underWay.Count == MostUnderWay) await underWay.Dequeue();
            underWay.Enqueue(last = PostAsync(piece, rows, last));
            piece = new();
            piece.Begin(json);
        }

        async Task PostAsync(TargetPiece of, long upTo, Task before)
        {
            var answer = await client.JsonInTurnAsync(campaign + "/targets", of.Json, stop);
            await before;
            lock (file)
            {
                file.Take(of.Rows, answer["rows"]!.AsArray()); // those that were not added
                file.TakenOut += (long?)answer["taken_out"] ?? 0;
            }
            sent(upTo);
        }
    }

    /// <summary>
    /// The telephones of which a row says that nobody is to call them: another row may have one and say nothing, before it or behind.
    /// </summary>
    /// <returns>Beside them those rows, by their addresses.</returns>
    private static (HashSet<string> Telephones, List<SentRow> Rows) RefusedIn(string path, TargetReading reading, CancellationToken stop)
    {
        var (refused, rows) = (new HashSet<string>(StringComparer.Ordinal), new List<SentRow>());
        using var file = Open(path, reading);
        if (!file.HasRefusals) return (refused, rows);
        var row = new TargetCells(file, reading, refused);
        while (file.Read())
        {
            stop.ThrowIfCancellationRequested();
            if (!file.IsRefused) continue;
            row.Read();
            if (row.Refused is not { } address) continue;
            refused.Add(TargetAddress.TelephoneOf(address));
            rows.Add(new(file.Line, address));
        }
        return (refused, rows);
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
}
