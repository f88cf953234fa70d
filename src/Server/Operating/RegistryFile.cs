using System.Text.Json.Nodes;
using Ringwright.Campaigns.Lists;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Operating;

/// <summary>
/// A registry's file as it is downloaded: a number a line, or CSV whose first columns are one, such as an area code and seven digits. It is
/// read and sent in pieces: however long it is, a piece of it is in memory.
/// </summary>
internal sealed class RegistryFile(AdminClient client, string prefix, NationalNumbers? home)
{
    public const string Path = "operator/v1/registries";
    private const int PieceRows = 5_000, FaultsShown = 20, TextShown = 64;

    private readonly List<string> _piece = [];

    public Guid Load { get; } = Guid.NewGuid();
    public long Added { get; private set; }
    public long Skipped { get; private set; }
    /// <summary>The first few, with their lines.</summary>
    public List<string> Faults { get; } = [];

    /// <summary>Nobody is asked by what was sent, until the registry takes it.</summary>
    /// <exception cref="StartRefused">The file cannot be read, or is a list of changes, or the node takes nothing.</exception>
    public async Task ReadAsync(string path, CancellationToken stop)
    {
        try
        {
            using var file = File.OpenRead(path);
            if (file.CanSeek) ListFile.CheckText(file, path);
            using var lines = new StreamReader(file, ListText.Strict);
            for (int line = 1; await lines.ReadLineAsync(stop) is { } text; line++)
            {
                if (text.AsSpan().Trim().IsEmpty) continue;
                string[] cells = [.. text.Split(ListText.Separators).Select(cell => cell.Trim().Trim('"'))];
                string? number = NumberIn(cells);
                // Whoever were not among the changes would be called.
                if (number is not null && cells.Skip(1).Any(static cell => cell is "A" or "D"))
                    throw new StartRefused($"{path}: line {line} says that a number was added or deleted (A or D): it is a list of "
                        + "changes, and would take the place of all numbers; load the full list. The registry is what it was before");
                if (number is not null && number.StartsWith(prefix, StringComparison.Ordinal)) _piece.Add(number);
                // The first line may name the columns.
                else if (line > 1 || text.AsSpan().ContainsAnyInRange('0', '9')) Skip(line, text, number);
                if (_piece.Count == PieceRows) await SendAsync(stop);
            }
            if (_piece.Count > 0) await SendAsync(stop);
        }
        catch (Exception unreadable) when (ListFile.IsUnreadable(unreadable))
        {
            throw new StartRefused(
                $"{path} cannot be read: {unreadable.Message.Split('\n')[0].TrimEnd()}; the registry is what it was before", unreadable);
        }
    }

    /// <returns>Null where it is none.</returns>
    private string? NumberIn(string[] cells)
    {
        if (NumberCell.Read(cells[0], home, out string number) is NumberFault.None) return number;
        return cells.Length > 1 && NumberCell.Read($"{cells[0]} {cells[1]}", home, out number) is NumberFault.None ? number : null;
    }

    private void Skip(int line, string text, string? number)
    {
        Skipped++;
        if (Faults.Count == FaultsShown) return;
        string shown = text.Length > TextShown ? text[..TextShown] + "…" : text;
        Faults.Add($"line {line}: '{shown}': {(number is null ? "it is no number" : $"the number does not begin with {prefix}")}");
    }

    private async Task SendAsync(CancellationToken stop)
    {
        var body = new JsonObject
        {
            ["load_id"] = Load.ToString(), ["prefix"] = prefix, ["phone_numbers"] = new JsonArray([.. _piece.Select(one => (JsonNode)one)]),
        };
        var answer = await client.DataInTurnAsync(HttpMethod.Post, Path + "/actions/add_numbers", body, stop);
        Added += (long)answer["added"]!;       // our own node answers so
        Skipped += (long)answer["skipped"]!;
        _piece.Clear();
    }
}
