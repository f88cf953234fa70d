using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Admission.Numbering;
using Ringwright.Campaigns.Lists;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>registry load|list|remove</c>: national do-not-call registries.</summary>
internal static class RegistryCommand
{
    public static Command Create() =>
        new("registry", "National do-not-call registries, which campaigns that sell ask before each call.") { Load(), List(), Remove() };

    private static Command Load()
    {
        var file = new Argument<string>("file")
        {
            Description = "a number a line, or CSV: +E.164; with --country also as the country writes them"
        };
        var (name, data) = (Name(), DataOption.Create());
        var prefix = new Option<string>("--prefix") { Description = "how all numbers begin that it speaks for: +1", Required = true };
        var taken = new Option<string>("--taken-at") { Description = "when it was true: 2026-01-31", Required = true };
        var country = new Option<string>("--country") { Description = "of numbers that have no +, for example US" };
        var warn = new Option<bool>("--warn-when-stale")
        {
            Description = "once it is older than 31 days calls are placed all the same, and each attempt says so"
        };
        var command = new Command("load", "Bring in a registry; it takes the whole place of what there was of this name.")
        {
            name, file, prefix, taken, country, warn, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            NationalNumbers? home = null;
            if (parsed.GetValue(country) is { } letters && !NationalNumbers.TryOf(NumberingPlans.Load(), letters, out home))
                throw new StartRefused($"--country: there is no country '{letters}'; it is two letters, for example DE or US");
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string below = parsed.GetRequiredValue(prefix);
            var load = new RegistryFile(node.Client, below, home);
            await load.ReadAsync(parsed.GetRequiredValue(file), stop);
            var made = await node.Client.DataAsync(HttpMethod.Put, PathOf(parsed.GetRequiredValue(name)), new JsonObject
            {
                ["load_id"] = load.Load.ToString(), ["prefix"] = below, ["taken_at"] = parsed.GetRequiredValue(taken),
                ["when_stale"] = parsed.GetValue(warn) ? "warn" : "block",
            }, stop);
            await Console.Out.WriteLineAsync($"registry {made["id"]}: {made["phone_numbers"]} numbers below {made["prefix"]}"
                + $"{(load.Skipped > 0 ? $", {load.Skipped} skipped:" : "")}");
            foreach (string fault in load.Faults) await Console.Out.WriteLineAsync($"  {fault}");
            return load.Skipped > 0 ? ImportedRows.SomeAreMissing : 0;
        });
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List registries, by name.") { json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var rows = await node.Client.ListAsync(RegistryFile.Path, stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(rows));
            else await Table.WriteAsync(Console.Out, ["NAME", "PREFIX", "NUMBERS", "TAKEN", "STALE"], [.. rows.Select(row =>
                (IReadOnlyList<string>)[$"{row!["id"]}", $"{row["prefix"]}", $"{row["phone_numbers"]}", $"{row["taken_at"]}",
                    (bool)row["stale"]! ? $"yes ({row["when_stale"]})" : "-"])]);
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var (name, data) = (Name(), DataOption.Create());
        var command = new Command("remove", "Remove a registry: nobody is asked by it any more.") { name, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var gone = await node.Client.DataAsync(HttpMethod.Delete, PathOf(parsed.GetRequiredValue(name)), null, stop);
            await Console.Out.WriteLineAsync($"registry {gone["id"]} is gone");
            return 0;
        });
        return command;
    }

    private static string PathOf(string name) => $"{RegistryFile.Path}/{Uri.EscapeDataString(name)}";

    private static Argument<string> Name() => new("name") { Description = "your own name for it, such as us" };
}
