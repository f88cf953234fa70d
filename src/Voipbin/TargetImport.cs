using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsvHelper;
using CsvHelper.Configuration;
using Ringwright.Campaigns.Dialling;
using Ringwright.Campaigns.Lists;
using Ringwright.Http;
using Ringwright.Store.Resources;
using Ringwright.Store.Tables;
using Ringwright.Store.Work;

namespace Ringwright.Voipbin;

/// <summary>
/// Many targets at once: a CSV with a line of names (<c>name,detail,data,timezone,destination_0,…</c>), or a JSON object on each line as
/// the body of one target. What is wrong is told row by row, and the other rows are added; of a file whose rows end nobody knows where none
/// is. A CSV may have columns by which it says of a row that nobody is to call it, as CRMs have them: then no other list of the customer's
/// calls him any more, either.
/// </summary>
internal sealed class TargetImport(ResourceKind targets, VoipbinParts parts)
{
    public const long MostBytes = 20_000_000;
    public const int MostRows = 50_000;
    private const int MostTold = 1_000, AtOnce = 200, MostName = 255, MostCell = 64 * 1024;
    private const string First = "destination_0";

    /// <summary>Each line as deep as a body may be, and no name twice in anything of it.</summary>
    private static readonly JsonDocumentOptions Parsing = new() { MaxDepth = Http.Limits.BodyDepth, AllowDuplicateProperties = false };

    private static readonly string[] Texts = ["name", "detail", "data", "timezone"];
    private static readonly string[] Columns = [.. Texts, .. Enumerable.Range(0, 5).Select(place => $"destination_{place}")];

    public async ValueTask<Reply> Handle(OperationContext op, Stream body)
    {
        if (await op.Dialect.Rows(DialerRows.Outdial).FindAsync(op.Tenant, op.Path("id"), op.Stop) is not { } list)
            return await op.UnknownAsync(DialerRows.Outdial, "id", OutdialTargets.NoList);
        if (ResourceKind.DeletedAt(list) is not null) return op.Fail(new Problem(OutdialTargets.NoList, "The list was deleted."));
        using var sent = new MemoryStream();
        await body.CopyToAsync(sent, op.Stop);
        var bytes = sent.GetBuffer().AsMemory(0, (int)sent.Length);
        if (ListText.FaultOf(bytes.Span) is { } none) return op.Fail(Fault.UndecodableBody, $"The body cannot be read: {none}.");
        if (ListText.Decode(bytes.Span) is not { } text)
            return op.Fail(Fault.UndecodableBody, "The body is neither UTF-8 nor UTF-16 with its mark.");
        bool isCsv = op.ContentType?.StartsWith("text/csv", StringComparison.OrdinalIgnoreCase) is true;
        var rows = new List<ImportRow>();
        if ((isCsv ? ReadCsv(text, rows) : ReadLines(text, rows)) is { } problem) return op.Fail(problem);
        string? dedupe = Outdials.DedupeOf(list);
        var refused = RefusedIn(rows);
        int takenOut = refused.Count == 0 ? 0 : await TakeOutAsync(op, list.Id, refused);
        var told = await AddAsync(op, list.Id, Judge(rows, refused, isOnce: isCsv || dedupe is not null), dedupe is Outdials.Skip);
        if (takenOut > 0) told["taken_out"] = takenOut;
        return op.Ok(told);
    }

    /// <param name="Number">Of the line, from 1.</param>
    /// <param name="Fault">Why there is no body.</param>
    private sealed record ImportRow(int Number, JsonObject? Body, string? Fault)
    {
        /// <summary>By which a list has it once; null where it may have it twice.</summary>
        public string? Key { get; init; }
        /// <summary>It says itself that nobody is to call it.</summary>
        public bool IsRefused { get; init; }
        /// <summary>A row before has its key.</summary>
        public bool IsRepeated { get; init; }

        public string ReasonOf(WriteOutcome? outcome) => Fault ?? (IsRepeated ? $"{Key} was there before."
            : outcome is WriteOutcome.Duplicate ? $"{Key} is on the list already." : "The row was not written.");
    }

    /// <summary>What is wrong with each, and whom the list has once: of two rows with one address the first stays.</summary>
    private static List<ImportRow> Judge(List<ImportRow> rows, HashSet<string> refused, bool isOnce)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        return rows.ConvertAll(row =>
        {
            if (row.Body is not { } body) return row;
            string? fault = row.IsRefused ? "The row says that nobody is to call it."
                : FaultOf(body) ?? TargetDocument.Check(body)?.Detail
                    ?? (refused.Count > 0 && TargetDocument.TelephonesOf(body).Any(refused.Contains)
                        ? "Another row says that nobody is to call it." : null);
            if (fault is not null) return row with { Body = null, Fault = fault };
            if (!isOnce) return row;
            string key = TargetDocument.KeyOf(body);
            body[TargetDocument.ImportKey] = key;
            return row with { Key = key, IsRepeated = !known.Add(key) };
        });
    }

    /// <summary>The telephones of which a row says so: another row may have one and say nothing, before it or behind.</summary>
    private static HashSet<string> RefusedIn(List<ImportRow> rows) =>
    [
        .. rows.Where(static row => row.IsRefused)
            .Select(static row => TargetDocument.TelephonesOf(row.Body!).FirstOrDefault()).OfType<string>(),      // of a line of a CSV
    ];

    /// <summary>Whoever waits on a list of the customer's with one of these telephones, or is on the line.</summary>
    /// <param name="list">Which has got the CSV.</param>
    /// <returns>How many are called no more, or not once more.</returns>
    private async ValueTask<int> TakeOutAsync(OperationContext op, string list, HashSet<string> refused)
    {
        int all = 0;
        var held = await parts.Store.TargetRefusals.FindOfFaceAsync(op.Tenant, DialerRows.Face,
            text => refused.Contains(TargetDocument.TelephoneOf(text)), op.Stop);
        foreach (var some in held.Chunk(AtOnce))
        {
            all += await parts.Store.TargetRefusals.RefuseAsync(op.Tenant, some, op.Now,
                count => op.Note("targets_taken_out", DialerRows.Outdial.RecordType, list, null, new() { ["taken_out"] = count }), op.Stop);
            // Whoever is about to be dialled, by whichever node, is not: after that nobody dials him again.
            await CampaignSwitch.WithdrawAsync(parts.Store, op.Tenant, [.. some.Select(static one => one.Id)], Target.RefusedByList, op.Now,
                op.Stop);
        }
        return all;
    }

    private async ValueTask<JsonObject> AddAsync(OperationContext op, string list, List<ImportRow> rows, bool skips)
    {
        var store = op.Dialect.Rows(targets);
        var refused = new JsonArray();
        int added = 0, skipped = 0, faults = 0;
        foreach (var part in rows.Chunk(AtOnce))
        {
            // Together they are one commit or a few.
            var written = await Task.WhenAll(part.Select(async row => (row, outcome: await AddAsync(op, store, list, row))));
            foreach (var (row, outcome) in written)
            {
                if (outcome is WriteOutcome.Done) added++;
                else if (skips && outcome is WriteOutcome.Duplicate) skipped++;
                else if (++faults <= MostTold)
                    refused.Add(new JsonObject { ["row"] = row.Number, ["reason"] = row.ReasonOf(outcome) });
            }
        }
        parts.CampaignsChanged();
        var told = new JsonObject { ["added"] = added, ["refused_count"] = faults, ["refused"] = refused };
        if (skips) told["skipped_count"] = skipped;
        return told;
    }

    /// <returns>Null where it is wrong in itself.</returns>
    private async Task<WriteOutcome?> AddAsync(OperationContext op, IResourceRows store, string list, ImportRow given)
    {
        if (given.Body is not { } body) return null;
        if (given.IsRepeated) return WriteOutcome.Duplicate;
        body["outdial_id"] = list;
        body["status"] = "idle";
        var now = VoipbinForm.Moments.Next(targets.RecordType, op.Tenant, op.Now);
        string id = Target.NewId(now).ToString();
        var row = new ResourceRow { Id = id, Tenant = op.Tenant, Body = body, CreatedAt = now, UpdatedAt = now };
        var work = await targets.Work!(new("created", null, row) { At = now }); // targets tell
        var note = op.Note("created", targets.RecordType, row.Id);
        return await store.InsertAsync(row, work with { Note = note }, op.Stop);
    }

    private static string? FaultOf(JsonObject body)
    {
        foreach (var (name, value) in body.ToArray())
            if (!Columns.Contains(name)) return $"There is no field '{name}'.";
            else if (value is null) body.Remove(name);
            else if (Texts.Contains(name) && value.GetValueKind() is not JsonValueKind.String) return $"{name} must be a text.";
        return ((string?)body["name"])?.Length > MostName ? $"name may have {MostName} characters." : null;
    }

    /// <summary>Said before the rest is read: a file of the shortest lines would take all memory.</summary>
    private static Problem TooMany() => VoipbinShape.Bad("", $"An import may have {MostRows} rows; this one has more.");

    /// <summary>What else ends a line of prose, as U+2028 does, is a letter of a JSON text.</summary>
    private static Problem? ReadLines(string text, List<ImportRow> rows)
    {
        using var lines = new StringReader(text);
        for (int number = 1; lines.ReadLine() is { } line; number++)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (rows.Count == MostRows) return TooMany();
            rows.Add(ReadLine(number, line));
        }
        return null;
    }

    private static ImportRow ReadLine(int number, string line)
    {
        if (line.Contains("\\u", StringComparison.Ordinal) && !JsonEscapes.AreReadable(Encoding.UTF8.GetBytes(line)))
            return new(number, null, "The line has a text with a NUL or half a surrogate pair.");
        try
        {
            return JsonNode.Parse(line, documentOptions: Parsing) is JsonObject body ? new(number, body, null)
                : new(number, null, "The line is no JSON object.");
        }
        catch (JsonException)
        {
            return new(number, null, "The line is no JSON.");
        }
    }

    private static Problem? ReadCsv(string text, List<ImportRow> rows)
    {
        if (text.Contains('\0', StringComparison.Ordinal)) return VoipbinShape.Bad("", "The CSV is no text: it has a NUL.");
        var quotes = new ListQuotes();
        var settings = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = ListText.SeparatorOf(text).ToString(), TrimOptions = TrimOptions.Trim, IgnoreBlankLines = true,
            BadDataFound = bad => quotes.Found(bad.Field), MissingFieldFound = null, DetectDelimiter = false, MaxFieldSize = MostCell,
        };
        using var csv = new CsvReader(new StringReader(text), settings);
        try
        {
            return ReadCsv(csv, quotes, rows);
        }
        catch (CsvHelperException)
        {
            return VoipbinShape.Bad("", $"The CSV cannot be read: see line {csv.Parser.RawRow}.");
        }
    }

    private static Problem? ReadCsv(CsvReader csv, ListQuotes quotes, List<ImportRow> rows)
    {
        if (!csv.Read() || ListText.IsSeparator(csv.Parser.Record) && !csv.Read() || !csv.ReadHeader())
            return VoipbinShape.Bad("", "The CSV has no line of names.");
        string[] header = csv.HeaderRecord!; // just read
        if (NumberCell.IsIn(header)) return VoipbinShape.Bad("", "The CSV has a number where the names of its columns belong: see line 1.");
        int[] refusals = ColumnNames.RefusalsIn(header, First);
        if (header.Where((name, place) => !Columns.Contains(name) && !refusals.Contains(place)).FirstOrDefault() is { } unknown)
            return VoipbinShape.Bad("", $"The CSV has a column '{unknown}'; it may have {string.Join(", ", Columns)}.");
        if (header.Distinct().Count() != header.Length) return VoipbinShape.Bad("", "The CSV has two columns of one name.");
        while (csv.Read())
        {
            quotes.NextRow();
            string[] cells = csv.Parser.Record!; // just read
            if (quotes.IsOpen) return VoipbinShape.Bad("", $"A quote of the CSV is not closed: see line {csv.Parser.RawRow}.");
            if (Array.TrueForAll(cells, static cell => cell.Length == 0)) continue;
            if (rows.Count == MostRows) return TooMany();
            rows.Add(quotes.IsBad ? new(csv.Parser.RawRow, null, "A quote stands alone in the row.")
                : cells.Skip(header.Length).Any(static cell => cell.Length > 0)
                    ? new(csv.Parser.RawRow, null, "The row has more cells than the CSV has columns.")
                : RowOf(csv.Parser.RawRow, header, cells, refusals));
        }
        return null;
    }

    /// <param name="refusals">Places of the columns that say of a row that nobody is to call it.</param>
    private static ImportRow RowOf(int line, string[] header, string[] cells, int[] refusals)
    {
        var body = new JsonObject();
        bool isRefused = Array.Exists(refusals, place => place < cells.Length && ColumnNames.IsRefusal(ListText.Plain(cells[place])));
        for (int place = 0; place < header.Length && place < cells.Length; place++)
        {
            string name = header[place], cell = ListText.Plain(cells[place]);
            if (cell.Length == 0 || refusals.Contains(place)) continue;
            if (!name.StartsWith("destination_", StringComparison.Ordinal))
            {
                body[name] = cell;
                continue;
            }
            if (AddressOf(cell, isRefused, out var address) is not { } fault) body[name] = address;
            // Of one that nobody is to call his other addresses count.
            else if (!isRefused) return new(line, null, $"{name}: {fault}.");
        }
        return new(line, body, null) { IsRefused = isRefused };
    }

    /// <summary>A number as lists have it, or a SIP address; what is neither stays as it is, and is refused as an address.</summary>
    /// <returns>What is wrong with it; null for what is one, or not judged here.</returns>
    private static string? AddressOf(string cell, bool isRefused, out JsonObject address)
    {
        bool isUri = cell.IndexOf('@', StringComparison.Ordinal) > 0;
        string number = "";
        var fault = isUri ? NumberFault.NotANumber
            : isRefused && NumberCell.TryRefused(cell, home: null, out number) ? NumberFault.None
            : NumberCell.Read(cell, home: null, out number);
        address = new() { ["type"] = isUri ? "sip" : "tel", ["target"] = number.Length > 0 ? number : cell };
        return fault is NumberFault.None or NumberFault.NotANumber ? null : NumberCell.Sentence(fault);
    }
}
