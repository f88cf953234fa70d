using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Calls;
using Ringwright.Calls.Pricing;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>rates import|list|show|assign|remove</c>: what calls cost.</summary>
internal static class RatesCommand
{
    private const string Path = "operator/v1/rate_decks", FirstDeck = "default";

    public static Command Create() =>
        new("rates", "What calls cost: decks of prices by prefix.") { Import(), List(), Show(), Assign(), Remove() };

    private static Command Import()
    {
        var file = new Argument<string>("file")
        {
            Description = "CSV with a head line: prefix, price (a minute), initial and increment (seconds), and optionally fee, currency, "
                + "direction and effective_from; without a head line the first four"
        };
        var deck = Deck("the deck; made when there is none of that name; the default one when not named");
        var from = new Option<string>("--effective-from")
        {
            Description =
                "when prices that have no date of their own take over: 2026-01-31, or 2026-01-31T12:00:00Z; at once when not given"
        };
        var currency = new Option<string>("--currency") { Description = "of prices that do not name theirs (USD)" };
        var inbound = new Option<bool>("--inbound")
        {
            Description = "prices that do not name their direction are for calls to the accounts' own numbers"
        };
        var replace = new Option<bool>("--replace") { Description = "the file takes the place of all that the deck has" };
        var data = DataOption.Create();
        var command = new Command("import", "Import prices, all of a file or none.") { file, deck, from, currency, inbound, replace, data };
        command.SetAction(async (parsed, stop) =>
        {
            string path = parsed.GetRequiredValue(file);
            // Faults are found before anything is made; the node reads it again with its own clock.
            var defaults = new SheetDefaults
            {
                EffectiveFrom = DateTimeOffset.UnixEpoch, Direction = parsed.GetValue(inbound) ? Direction.Inbound : Direction.Outbound
            };
            if (RateFile.Read(path, defaults).Rates.Count == 0) throw new StartRefused($"{path} has no prices");
            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), stop);
            var target = await FindAsync(node, parsed.GetValue(deck), mayMake: true, stop);
            var query = new List<string>();
            if (parsed.GetValue(from) is { } date) query.Add($"effective_from={Uri.EscapeDataString(date)}");
            if (parsed.GetValue(currency) is { } money) query.Add($"currency={Uri.EscapeDataString(money)}");
            if (parsed.GetValue(inbound)) query.Add("direction=inbound");
            if (parsed.GetValue(replace)) query.Add("replace=true");
            var content = new StringContent(await File.ReadAllTextAsync(path, stop), Encoding.UTF8, "text/csv");
            var done = (await node.Client.SendContentAsync(HttpMethod.Post, $"{Path}/{target["id"]}/rates?{string.Join('&', query)}",
                content, stop))["data"]!; // the operator's API answers so
            await Console.Out.WriteLineAsync(
                $"deck {target["name"]}: {done["written"]} prices "
                + $"imported{((int)done["unchanged"]! > 0 ? $", {done["unchanged"]} were the same already" : "")}");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List decks, oldest first.") { json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var decks = await TrunkCommand.AllAsync(node.Client, Path, stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(new JsonArray([.. decks.Select(d => d.DeepClone())])));
            else
                await Table.WriteAsync(Console.Out, ["ID", "NAME", "PRICES", "DEFAULT", "CHANGED"],
                    [.. decks.Select(d => (IReadOnlyList<string>)[$"{d["id"]}", $"{d["name"]}", $"{d["rates"]}",
                        (bool)d["default"]! ? "yes" : "-", $"{d["updated_at"]}"])]);
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var number = new Argument<string>("number") { Description = "in +E.164 form" };
        var deck = Deck("the deck; the default one when not named");
        var at = new Option<string>("--at") { Description = "at this date or moment; now when not given" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("show", "Show what calls and texts to and from a number cost.") { number, deck, at, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var target = await FindAsync(node, parsed.GetValue(deck), mayMake: false, stop);
            string query = $"number={Uri.EscapeDataString(TypedNumber.Of(parsed.GetRequiredValue(number)))}"
                + $"{(parsed.GetValue(at) is { } date ? $"&at={Uri.EscapeDataString(date)}" : "")}";
            // the operator's API answers so
            var found = (await node.Client.SendAsync(HttpMethod.Get, $"{Path}/{target["id"]}/rates?{query}", null, stop))["data"]!;
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(found));
            else await Console.Out.WriteLineAsync(
                $"deck {target["name"]}, {found["number"]}\n  calls to it    {Words(found["outbound"])}\n  calls that come to it as an own "
                + $"number  {Words(found["inbound"])}\n  texts to it    {TextWords(found["outbound_texts"])}\n"
                + $"  texts that come to it as an own number  {TextWords(found["inbound_texts"])}");
            return 0;
        });
        return command;
    }

    private static Command Assign()
    {
        var tenant = new Argument<string>("tenant") { Description = "the account's name" };
        var deck = new Argument<string>("deck")
        {
            Description = "the deck's name; default takes the one of the account above, or the default one"
        };
        var data = DataOption.Create();
        var command = new Command("assign", "Price an account's calls, and those of the accounts below it, by a deck of its own.")
        {
            tenant, deck, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string named = parsed.GetRequiredValue(deck);
            bool isOwn = named != FirstDeck || (await TrunkCommand.AllAsync(node.Client, Path, stop)).Any(d => (string?)d["name"] == named);
            var account = await BalancesClient.AssignAsync(node.Client, parsed.GetRequiredValue(tenant), isOwn ? named : null, stop);
            await Console.Out.WriteLineAsync($"account {account["name"]}: calls cost what deck {account["deck"] ?? "-"} says");
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var deck = new Argument<string>("deck") { Description = "its name" };
        var data = DataOption.Create();
        var command = new Command("remove", "Remove a deck that no account is priced by; what was charged stays charged.") { deck, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var target = await FindAsync(node, parsed.GetRequiredValue(deck), mayMake: false, stop);
            await node.Client.SendAsync(HttpMethod.Delete, $"{Path}/{target["id"]}", null, stop);
            await Console.Out.WriteLineAsync("the deck is gone");
            return 0;
        });
        return command;
    }

    private static async Task<JsonNode> FindAsync(NodeAccess node, string? name, bool mayMake, CancellationToken stop)
    {
        var decks = await TrunkCommand.AllAsync(node.Client, Path, stop);
        if (decks.FirstOrDefault(d => name is null ? (bool)d["default"]! : (string?)d["name"] == name) is { } found) return found;
        if (!mayMake)
            throw new StartRefused(name is null ? "there is no default rate deck (ringwright rates list shows those that there are)"
                : $"there is no rate deck '{name}' (ringwright rates list shows them)");
        return (await node.Client.SendAsync(HttpMethod.Post, Path,
            new JsonObject { ["name"] = name ?? FirstDeck, ["default"] = name is null }, stop))["data"]!; // the operator's API answers so
    }

    private static string Words(JsonNode? rate) => rate is null ? "no price"
        : $"{rate["price"]} {rate["currency"]} a minute by prefix {rate["prefix"]}, {rate["initial_seconds"]} s at least, then by "
            + $"{rate["increment_seconds"]} s{((string?)rate["fee"] is "0.00" ? "" : $", and {rate["fee"]} a call")} (since "
            + $"{rate["effective_from"]})";

    /// <summary>Of a text its parts are paid, and none by how long it takes.</summary>
    private static string TextWords(JsonNode? rate) => rate is null ? "no price"
        : $"{rate["price"]} {rate["currency"]} a part by prefix {rate["prefix"]}"
            + $"{((string?)rate["fee"] is "0.00" ? "" : $", and {rate["fee"]} of fee")} (since {rate["effective_from"]})";

    private static Option<string> Deck(string description) => new("--deck") { Description = description, HelpName = "NAME" };
}
