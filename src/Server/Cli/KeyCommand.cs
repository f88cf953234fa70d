using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>key add|list|revoke</c>: the API keys of accounts.</summary>
internal static class KeyCommand
{
    public static Command Create() => new("key", "API keys of accounts.") { Add(), List(), Revoke() };

    private static Command Add()
    {
        var tenant = new Option<string>("--tenant") { Description = "the account that it is for; the first one when not named" };
        var role = new Option<string>("--role")
        {
            Description = "owner (everything), member (everything but keys and accounts) or reader (only reading)",
            DefaultValueFactory = _ => "member"
        };
        var label = new Option<string>("--label") { Description = "what it is for" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("add", "Make a key and print it, once.") { tenant, role, label, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var made = await Keys.CreateAsync(node.Client, parsed.GetValue(tenant), parsed.GetRequiredValue(role),
                parsed.GetValue(label), stop);
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? PlainJson.Of(made)
                : $"key {made["id"]}, {made["role"]} of account {made["tenant"]}\n  API key  {made["telnyx_key"]}");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var tenant = new Option<string>("--tenant") { Description = "the keys of one account" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List keys. Their texts are kept nowhere.") { tenant, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var keys = await Keys.ListAsync(node.Client, parsed.GetValue(tenant), stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(keys));
            else
                await Table.WriteAsync(Console.Out, ["ID", "ACCOUNT", "ROLE", "CREATED", "REVOKED", "LABEL"],
                    [.. keys.Select(k => (IReadOnlyList<string>)[$"{k!["id"]}", $"{k["tenant"]}", $"{k["role"]}", Day(k["created_at"]),
                        Day(k["revoked_at"]), $"{k["label"]}"])]);
            return 0;
        });
        return command;
    }

    private static Command Revoke()
    {
        var id = new Argument<string>("id") { Description = "as key list shows it" };
        var data = DataOption.Create();
        var command = new Command("revoke", "End a key. It stops working at once.") { id, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var gone = await Keys.RevokeAsync(node.Client, parsed.GetRequiredValue(id), stop);
            await Console.Out.WriteLineAsync($"key {gone["id"]} of account {gone["tenant"]} is revoked");
            return 0;
        });
        return command;
    }

    private static string Day(JsonNode? at) => at is null ? "-" : ((string)at!)[..16].Replace('T', ' ');
}
