using System.Text.Json.Nodes;
using Ringwright.Campaigns.Lists;
using Ringwright.Core;
using Ringwright.Http;
using Ringwright.Server.Cli;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>A list of numbers, alone or as CSV, read and sent in pieces: however long it is, a piece of it is in memory.</summary>
/// <param name="home">Reads numbers that have no '+' of rows that say no country; null where each must have one.</param>
internal sealed class DoNotCallFile(NationalNumbers? home)
{
    private const int PieceRows = 500, MostCharacters = 2_000, MostAddedBy = 200, MostColumns = 200;
    private const string Number = "number";
    private static readonly HashSet<string> Reasons = ["caller_request", "national", "litigator", "reassigned", "other"];

    private readonly RowCountries _countries = new(home);
    private readonly List<(int Line, JsonObject Row)> _piece = [];
    private readonly HashSet<string> _inPiece = new(StringComparer.Ordinal);

    /// <param name="account">Null for the platform's list.</param>
    /// <exception cref="StartRefused">The file cannot be read, or the node takes nothing. What was sent before stays.</exception>
    public async Task<ImportedRows> ImportAsync(AdminClient client, string path, string? account, string? reason, string? report,
        CancellationToken stop)
    {
        if (reason is not null && !Reasons.Contains(reason))
            throw new StartRefused($"there is no reason '{reason}': it is {string.Join(", ", Reasons)}");
        string by = $"import of {Path.GetFileName(path)}";
        var head = new JsonObject { ["source"] = "import", ["added_by"] = by.Length > MostAddedBy ? by[..MostAddedBy] : by };
        if (account is not null) head["account_id"] = account;
        if (reason is not null) head["reason"] = reason;
        long added = 0;
        try
        {
            using var file = ListFile.Open(path, static name => name is "phone_number" ? Number : name, Number, MostColumns,
                mayLackNames: true);
            // While the list is open: its report does not take its place.
            await using var rows = report is null ? null : new ImportReport(report, Number);
            file.Told = (line, text, result, why) =>
            {
                added = file.Added;
                rows?.Tell(line, text, result, why);
            };
            await ReadAsync(file, client, head, stop);
            return file.Done;
        }
        catch (Exception unreadable) when (ListFile.IsUnreadable(unreadable))
        {
            throw new StartRefused($"{path} cannot be imported: {unreadable.Message.Split('\n')[0].TrimEnd()}; what was sent before stays "
                + $"({added} added)", unreadable);
        }
    }

    private async Task ReadAsync(ListFile file, AdminClient client, JsonObject head, CancellationToken stop)
    {
        while (file.Read())
        {
            stop.ThrowIfCancellationRequested();
            string text = file.Get(Number);
            var row = new JsonObject();
            string? fault = Fault(file, text, row);
            // Of two that end at other times the node keeps the one that holds longer.
            if (fault is null && _inPiece.Add($"{row["phone_number"]} {row["expires_at"]}")) _piece.Add((file.Line, row));
            else file.Skip(file.Line, text, fault ?? "the number was there before", isWrong: fault is not null);
            if (_piece.Count == PieceRows) await SendAsync(file, client, head, stop);
        }
        if (_piece.Count > 0) await SendAsync(file, client, head, stop);
    }

    /// <returns>What is wrong with the row; null when it is in <paramref name="row"/>.</returns>
    private string? Fault(ListFile file, string text, JsonObject row)
    {
        if (file.IsBadlyQuoted) return "a quote stands alone in the row";
        if (file.HasMoreCells) return ListFile.MoreCells;
        if (file.IsAllowed) return "the row says that it may be called";
        var at = _countries.Of(file.Country);
        if (!NumberCell.TryRefused(text, at, out string number))
            return RowCountries.Sentence(NumberCell.Read(text, at, out _), at, file.Country);
        row["phone_number"] = number;
        var (reason, evidence) = (file.Get("reason"), file.Get("evidence"));
        if (reason.Length > 0)
        {
            string word = ColumnNames.KeyOf(reason);
            bool isKnown = Reasons.Contains(word);
            row["reason"] = isKnown ? word : "other";
            // A list that says why in words of its own means it all the same.
            if (!isKnown && evidence.Length == 0) evidence = Clipped.Of(reason, MostCharacters - 1);
        }
        if (evidence.Length > 0)
        {
            if (evidence.Length >= MostCharacters) return $"the evidence is longer than {MostCharacters} characters";
            if (evidence.Contains('\uFFFD', StringComparison.Ordinal)) return "the evidence is not UTF-8";
            row["evidence"] = CsvText.Plain(evidence);
        }
        if (file.Get("expires_at") is { Length: > 0 } expires)
        {
            if (expires.Length > 64) return "expires_at is no date or moment";
            row["expires_at"] = expires;
        }
        return null;
    }

    private async Task SendAsync(ListFile file, AdminClient client, JsonObject head, CancellationToken stop)
    {
        var body = head.DeepClone().AsObject();
        body["entries"] = new JsonArray([.. _piece.Select(one => (JsonNode)one.Row)]);
        var answer = await client.DataInTurnAsync(HttpMethod.Post, DoNotCallCommand.Path + "/actions/import", body, stop);
        file.Take([.. _piece.Select(one => one.Line)], answer["rows"]!.AsArray()); // one for each that was sent
        _piece.Clear();
        _inPiece.Clear();
    }
}
