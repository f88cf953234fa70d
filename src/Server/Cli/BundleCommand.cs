using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>bundle add|list|retire</c>: what accounts may take for a price a month.</summary>
internal static class BundleCommand
{
    private const string Path = "operator/v1/bundles";

    public static Command Create() => new("bundle", "What accounts may take for a price a month.") { Add(), List(), Retire() };

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "as customers see it" };
        var price = new Argument<string>("price") { Description = "of a month: 2.50" };
        var costCode = new Option<string>("--cost-code") { Description = "names it in your books (the name in capitals)" };
        var currency = new Option<string>("--currency") { Description = "three capital letters (USD)" };
        var specs = new Option<string[]>("--spec") { Description = "one thing that is in it, for people; may be given again" };
        var country = new Option<string[]>("--country") { Description = "DE, US…: where its numbers are; may be given again" };
        var accounts = new Option<string[]>("--for") { Description = "offer it to this account only (its id); may be given again" };
        var data = DataOption.Create();
        var command = new Command("add", "Offer a bundle.") { name, price, costCode, currency, specs, country, accounts, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), stop);
            string called = parsed.GetRequiredValue(name);
            var body = new JsonObject
            {
                ["name"] = called,
                ["price"] = parsed.GetRequiredValue(price),
                ["cost_code"] = parsed.GetValue(costCode) ?? called.ToUpperInvariant().Replace(' ', '-'),
                ["specs"] = Texts(parsed.GetValue(specs)),
                ["accounts"] = Texts(parsed.GetValue(accounts)),
                ["limits"] = new JsonArray([.. (parsed.GetValue(country) ?? []).Select(iso =>
                    (JsonNode)new JsonObject { ["service"] = "number", ["metric"] = "count", ["limit"] = 1, ["country_iso"] = iso })]),
            };
            if (parsed.GetValue(currency) is { } unit) body["currency"] = unit;
            var made = (await node.Client.SendAsync(HttpMethod.Post, Path, body, stop))["data"]!; // the operator's API answers so
            await Console.Out.WriteLineAsync($"bundle {made["id"]} {made["name"]}: {made["price"]} {made["currency"]} a month");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List bundles, oldest first.") { json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            if (parsed.GetValue(json))
            {
                await Console.Out.WriteLineAsync(PlainJson.Of(await node.Client.ListAsync(Path, stop)));
                return 0;
            }
            await Table.WriteAsync(Console.Out, ["ID", "NAME", "COST CODE", "A MONTH", "STATE", "FOR"],
            [
                .. (await TrunkCommand.AllAsync(node.Client, Path, stop)).Select(b => (IReadOnlyList<string>)
                [
                    $"{b["id"]}", $"{b["name"]}", $"{b["cost_code"]}", $"{b["price"]} {b["currency"]}",
                    (bool)b["active"]! ? "offered" : "retired", (bool)b["public"]! ? "everybody" : "some",
                ]),
            ]);
            return 0;
        });
        return command;
    }

    private static Command Retire()
    {
        var id = new Argument<string>("id") { Description = "as bundle list shows it" };
        var data = DataOption.Create();
        var command = new Command("retire", "Offer a bundle no longer; those who have it keep it.") { id, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            await node.Client.SendAsync(HttpMethod.Patch, $"{Path}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}",
                new JsonObject { ["active"] = false }, stop);
            await Console.Out.WriteLineAsync("nobody can take the bundle any more");
            return 0;
        });
        return command;
    }

    private static JsonArray Texts(string[]? items) => [.. (items ?? []).Select(item => (JsonNode)item)];
}
