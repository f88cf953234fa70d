using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using CsvHelper;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary>
/// <c>stock import FILE.csv</c>, <c>stock list</c>, <c>stock withdraw|offer NUMBER</c>: numbers that accounts may find and order.
/// </summary>
internal static class StockCommand
{
    /// <summary>Columns whose text is not the field's.</summary>
    private const string Features = "features", BlockSize = "block_size";
    private static readonly string[] Truths = ["reservable", "quickship", "on_request"];
    private static readonly string[] Texts =
    [
        "phone_number", "first", "last", "country", "type", "national_destination_code", "locality", "administrative_area", "rate_center",
        "upfront_cost", "monthly_cost", "currency",
    ];

    public static Command Create() => new("stock", "Numbers that accounts may find and order.")
    {
        Import(), List(), Switch("withdraw", "Take a number out of what accounts find.", isOffered: false),
        Switch("offer", "Put a number back that was withdrawn.", isOffered: true),
    };

    private static Command Import()
    {
        var file = new Argument<string>("file")
        {
            Description = "CSV with a head line: phone_number, or first and last of a range; and if you like country, type, "
                + "national_destination_code, locality, administrative_area, rate_center, features (separated by ;), upfront_cost, "
                + "monthly_cost, currency, reservable, quickship, on_request, block_size",
        };
        var data = DataOption.Create();
        var command = new Command("import", "Import numbers, all of a file or none. What is known already stays as it is.") { file, data };
        command.SetAction(async (parsed, stop) =>
        {
            var lines = Read(parsed.GetRequiredValue(file));
            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), stop);
            var answer = await Stock.ImportAsync(node.Client, lines, stop);
            int known = (int)answer["known"]!, added = (int)answer["added"]!; // our own node answers so
            await Console.Out.WriteLineAsync($"{added} {(added == 1 ? "number" : "numbers")} added to the stock"
                + (known > 0 ? $", {known} were there already" : ""));
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var state = new Option<string?>("--state") { Description = "available, held, assigned, quarantined or withheld" };
        state.AcceptOnlyFromAmong("available", "held", "assigned", "quarantined", "withheld");
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List the numbers of the stock.") { state, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var numbers = await Stock.ListAsync(node.Client, parsed.GetValue(state), stop);
            if (parsed.GetValue(json))
            {
                await Console.Out.WriteLineAsync(PlainJson.Of(numbers));
                return 0;
            }
            foreach (var number in numbers)
                await Console.Out.WriteLineAsync($"{number!["phone_number"],-17}{number["state"],-13}{number["type"],-12}"
                    + $"{number["country"]} {number["locality"]} {number["monthly_cost"]} {number["currency"]}");
            return 0;
        });
        return command;
    }

    private static Command Switch(string name, string description, bool isOffered)
    {
        var number = new Argument<string>("number") { Description = "in +E.164 form" };
        var data = DataOption.Create();
        var command = new Command(name, description) { number, data };
        command.SetAction(async (parsed, stop) =>
        {
            string text = TypedNumber.Read(parsed.GetRequiredValue(number));
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var now = await Stock.SwitchAsync(node.Client, text, isOffered, stop);
            await Console.Out.WriteLineAsync($"{text} is {now["state"]}");
            return 0;
        });
        return command;
    }

    /// <exception cref="StartRefused">The file cannot be read, or says something that no number of the stock has.</exception>
    internal static JsonArray Read(string path)
    {
        var lines = new JsonArray();
        try
        {
            string all = TableFile.TextOf(path);
            using var csv = new CsvReader(new StringReader(all), TableFile.SettingsOf(all, static name => name));
            if (!TableFile.ReadNames(csv)) throw new StartRefused($"{path}: the first line must name the columns");
            string[] columns = [.. csv.HeaderRecord!.Select(TableFile.NameOf)];      // ReadNames filled it
            if (columns.FirstOrDefault(c => !Texts.Contains(c) && !Truths.Contains(c) && c is not ("" or Features or BlockSize)) is { } odd)
                throw new StartRefused($"{path}: '{odd}' is no column of the stock");
            while (TableFile.ReadRow(csv))
            {
                var line = new JsonObject();
                foreach (var (i, column) in columns.Index())
                    if (column.Length > 0 && csv.GetField(i) is { Length: > 0 } text)
                        line[column] = Value(path, csv.Parser.Row, column, text);
                lines.Add((JsonNode)line);
            }
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or CsvHelperException)
        {
            throw new StartRefused($"{path} cannot be read: {unreadable.Message.Split('\n')[0].TrimEnd()}", unreadable);
        }
        if (lines.Count > Stock.MostLines) throw new StartRefused($"{path} has more than {Stock.MostLines} lines; use ranges, or split it");
        return lines;
    }

    private static JsonNode Value(string path, int row, string column, string text)
    {
        if (column is Features)
            return new JsonArray([.. text.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(feature => (JsonNode)feature.ToLowerInvariant())]);
        if (column is BlockSize)
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int size) ? size
                : throw new StartRefused($"{path}: line {row}: block_size must be a number, not '{text}'");
        if (!Truths.Contains(column)) return text;
        return bool.TryParse(text, out bool isSo) ? isSo
            : throw new StartRefused($"{path}: line {row}: {column} is true or false, not '{text}'");
    }
}
