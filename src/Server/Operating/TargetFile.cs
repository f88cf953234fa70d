using System.Text.Json.Nodes;
using Ringwright.Campaigns.Dialling;
using Ringwright.Core;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>
/// Whom a campaign calls, as CSV: a column with the number, others with further ones, the name, the time zone and when it is due if there
/// are such, and any others as data for the message. The file is read through before anything is sent, so that a broken one leaves
/// nothing; it may be sent again after it was broken off: who is on the list stays as he is.
/// </summary>
internal static class TargetFile
{
    private const int PieceRows = 500, MostName = 255, MostWord = 64, MostField = 2_000, MostColumns = 50;
    private const string Number = "phone";
    /// <summary>They are fields of the target, as the operator's API calls them.</summary>
    private static readonly HashSet<string> Fields =
        new(["name", "timezone", "due_at", .. TargetAddress.Further], StringComparer.Ordinal);

    /// <summary>Reads all of it and sends nothing.</summary>
    /// <returns>How many rows it has.</returns>
    /// <exception cref="StartRefused">It is no such file.</exception>
    public static long Check(string path)
    {
        try
        {
            using var file = Open(path);
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
    public static async Task<ImportedRows> SendAsync(AdminClient client, string path, string campaign, Action<long> sent,
        CancellationToken stop)
    {
        using var file = Open(path);
        var (numbers, addresses) = (new HashSet<ulong>(), new HashSet<string>(StringComparer.Ordinal));
        var (piece, lines, rows) = (new JsonArray(), new List<int>(PieceRows), 0L);
        // A piece is read while the one before it is under way.
        var underWay = Task.CompletedTask;
        while (file.Read())
        {
            stop.ThrowIfCancellationRequested();
            rows++;
            if (Read(file, IsNew) is { } row)
            {
                piece.Add((JsonNode)row);
                lines.Add(file.Line);
            }
            if (piece.Count < PieceRows) continue;
            await underWay;
            underWay = PostAsync(piece, lines, rows);
            (piece, lines) = (new JsonArray(), new List<int>(PieceRows));
        }
        await underWay;
        if (piece.Count > 0) await PostAsync(piece, lines, rows);
        sent(rows);
        return file.Done;

        bool IsNew(string address) => address[0] == '+' ? numbers.Add(ulong.Parse(address.AsSpan(1), System.Globalization.NumberStyles.None,
            System.Globalization.CultureInfo.InvariantCulture)) : addresses.Add(address);

        async Task PostAsync(JsonArray targets, List<int> of, long upTo)
        {
            var answer = await client.DataAsync(HttpMethod.Post, campaign + "/targets", new JsonObject { ["targets"] = targets }, stop);
            lock (file) file.Take(of, answer["rows"]!.AsArray()); // one for each that was sent
            sent(upTo);
        }
    }

    private static ListFile Open(string path) =>
        ListFile.Open(path, static name => name is "number" or "phone_number" ? Number : name, Number, MostColumns, isStrict: true);

    /// <summary>As the operator's API has it: a row that it would refuse would take its whole piece along.</summary>
    private static int MostOf(string column) => column switch
    {
        "name" => MostName,
        "timezone" or "due_at" => MostWord,
        Number => TargetAddress.MostCharacters,
        _ => Fields.Contains(column) ? TargetAddress.MostCharacters : MostField,
    };

    /// <returns>Null when the row was skipped.</returns>
    private static JsonObject? Read(ListFile file, Func<string, bool> isNew)
    {
        var (row, data, text) = (new JsonObject(), new JsonObject(), "");
        for (int place = 0; place < file.Columns.Count; place++)
        {
            string key = file.Columns[place], value = file.Get(place);
            int most = MostOf(key);
            if (value.Length > most) return Skip(text, $"{key} is longer than {most} characters");
            if (value.Length == 0 || key.Length == 0) continue;
            if (key is Number) text = value;
            else if (Fields.Contains(key)) row[key] = value;
            else data[key] = value;
        }
        if (!TargetAddress.TryParse(text, out string number)) return Skip(text, TargetAddress.NotOne);
        foreach (string further in TargetAddress.Further)
            if (row[further] is { } other && !TargetAddress.TryParse((string)other!, out _))
                return Skip(text, $"{further}: {TargetAddress.NotOne}");
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
}
