using System.CommandLine;
using System.Text.Json.Nodes;
using CsvHelper;
using Ringwright.Core;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary>
/// <c>numbers import FILE.csv</c>, <c>numbers port-out|port-back NUMBER</c>: numbers that an account owns;
/// beside it what <see cref="OwnedNumbersCommands"/> and <see cref="VerifiedNumbersCommands"/> are. <c>number</c> is the same.
/// </summary>
internal static class NumbersCommand
{
    private const int FaultsShown = 10;

    public static Command Create()
    {
        var file = new Argument<string>("file")
        {
            Description = "CSV with a head line: number or phone_number (+E.164), connection or connection_id (optional: the application "
                + "that answers), tags (optional, separated by ;)"
        };
        var tenant = new Option<string>("--tenant") { Description = "the account that owns them; the first one when not named" };
        var data = DataOption.Create();
        var import = new Command("import", "Import numbers. What somebody owns already stays as it is.") { file, tenant, data };
        import.SetAction(async (parsed, stop) =>
        {
            var numbers = Read(parsed.GetRequiredValue(file));
            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), stop);
            var answer = await Numbers.ImportAsync(node.Client, parsed.GetValue(tenant), numbers, stop);
            int known = (int)answer["known"]!, added = (int)answer["added"]!; // our own node answers so
            await Console.Out.WriteLineAsync(
                $"{added} {(added == 1 ? "number" : "numbers")} added to account "
                + $"'{answer["tenant"]}'{(known > 0 ? $", {known} were there already" : "")}");
            return 0;
        });
        var command = new Command("numbers", "Numbers that accounts own, and numbers that they may show.")
        {
            OwnedNumbersCommands.List(), OwnedNumbersCommands.Set(), import,
            Port("port-out", "Another network has the number now: calls to it leave by the routes.", isOut: true),
            Port("port-back", "The number is this node's again: calls to it stay here.", isOut: false), VerifiedNumbersCommands.Verify(),
            VerifiedNumbersCommands.Unverify(), VerifiedNumbersCommands.List()
        };
        command.Aliases.Add("number");
        return command;
    }

    private static Command Port(string name, string description, bool isOut)
    {
        var number = new Argument<string>("number") { Description = "in +E.164 form" };
        var data = DataOption.Create();
        var command = new Command(name, description) { number, data };
        command.SetAction(async (parsed, stop) =>
        {
            string text = TypedNumber.Read(parsed.GetRequiredValue(number));
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            await Numbers.PortAsync(node.Client, text, isOut, stop);
            await Console.Out.WriteLineAsync(isOut ? $"calls to {text} go by the routes" : $"calls to {text} stay here");
            return 0;
        });
        return command;
    }

    /// <exception cref="StartRefused">The file cannot be read, or lines of it are wrong; nothing is imported then.</exception>
    internal static JsonArray Read(string path)
    {
        var numbers = new JsonArray();
        var faults = new List<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            string text = TableFile.TextOf(path);
            // The API's own names for the columns are good too.
            using var csv = new CsvReader(new StringReader(text), TableFile.SettingsOf(text, static name => name switch
            {
                "phone_number" => "number",
                "connection_id" => "connection",
                _ => name,
            }));
            // ReadNames filled it
            if (!TableFile.ReadNames(csv) || !csv.HeaderRecord!.Any(head => TableFile.NameOf(head) is "number" or "phone_number"))
                throw new StartRefused($"{path}: the first line must name the columns, with one called number");
            while (TableFile.ReadRow(csv))
            {
                string cell = csv.GetField("number") ?? "";
                if (!E164.TryParse(cell, out var number)) faults.Add($"line {csv.Parser.Row}: '{cell}' is not a number in +E.164 form");
                else if (!seen.Add(number.Text)) faults.Add($"line {csv.Parser.Row}: {number.Text} was there before");
                else numbers.Add(new JsonObject
                {
                    ["number"] = number.Text,
                    ["connection"] = csv.TryGetField("connection", out string? connection) ? connection : null,
                    ["tags"] = new JsonArray([.. Tags(csv).Select(t => (JsonNode)t)]),
                });
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CsvHelperException)
        {
            throw new StartRefused($"{path} cannot be read: {unreadable.Message.Split('\n')[0].TrimEnd()}", unreadable);
        }
        if (faults.Count > 0)
            throw new StartRefused(
                $"{path}: {faults.Count} {(faults.Count == 1 ? "line is" : "lines are")} wrong, nothing was imported\n  "
                + $"{string.Join("\n  ", faults.Take(FaultsShown))}");
        if (numbers.Count > Numbers.Most) throw new StartRefused($"{path} holds more than {Numbers.Most} numbers; split it");
        return numbers;
    }

    private static string[] Tags(CsvReader csv) =>
        csv.TryGetField("tags", out string? tags)
        && tags is not null ? tags.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
}
