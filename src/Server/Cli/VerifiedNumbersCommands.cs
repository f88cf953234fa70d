using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary>
/// <c>numbers verify|unverify|verified</c>: which numbers that are not on this node an account may show,
/// by the operator's word in place of a call.
/// </summary>
internal static class VerifiedNumbersCommands
{
    private const string Path = "operator/v1/verified_numbers";

    public static Command Verify()
    {
        var (number, tenant, data) = (Number(), Tenant(), DataOption.Create());
        var command = new Command("verify", "Let an account show a number that it has elsewhere. You answer for it: no call is made.")
        {
            number, tenant, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var body = new JsonObject
            {
                ["account"] = await NameAsync(node, parsed.GetValue(tenant), stop), ["phone_number"] = Read(parsed.GetRequiredValue(number))
            };
            var made = (await node.Client.SendAsync(HttpMethod.Post, Path, body, stop))["data"]!; // the operator's API answers so
            await Console.Out.WriteLineAsync($"account '{made["account"]}' may show {made["phone_number"]}");
            return 0;
        });
        return command;
    }

    public static Command Unverify()
    {
        var (number, tenant, data) = (Number(), Tenant(), DataOption.Create());
        var command = new Command("unverify", "Take a verified number away from an account, at once.") { number, tenant, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string name = await NameAsync(node, parsed.GetValue(tenant), stop), text = Read(parsed.GetRequiredValue(number));
            var known = (await TrunkCommand.AllAsync(node.Client, Path, stop))
                .FirstOrDefault(n => (string?)n["account"] == name && (string?)n["phone_number"] == text)
                ?? throw new StartRefused($"account '{name}' has not verified {text} (ringwright numbers verified shows what is)");
            await node.Client.SendAsync(HttpMethod.Delete, $"{Path}/{known["account_id"]}/{Uri.EscapeDataString(text)}", null, stop);
            await Console.Out.WriteLineAsync($"account '{name}' may not show {text} any more");
            return 0;
        });
        return command;
    }

    public static Command List()
    {
        var tenant = new Option<string>("--tenant") { Description = "of this account only" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("verified", "List verified numbers, oldest first.") { tenant, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string? name = parsed.GetValue(tenant);
            var rows = (await TrunkCommand.AllAsync(node.Client, Path, stop))
                .Where(n => name is null || (string?)n["account"] == name).ToList();
            if (parsed.GetValue(json))
                await Console.Out.WriteLineAsync(PlainJson.Of(new JsonArray([.. rows.Select(row => row.DeepClone())])));
            else await Table.WriteAsync(Console.Out, ["NUMBER", "ACCOUNT", "BY", "SINCE"], [.. rows.Select(n =>
                (IReadOnlyList<string>)[$"{n["phone_number"]}", $"{n["account"]}", $"{n["verified_by"]}", $"{n["verified_at"]}"])]);
            return 0;
        });
        return command;
    }

    private static Argument<string> Number() => new("number") { Description = "in +E.164 form" };

    private static Option<string> Tenant() => new("--tenant") { Description = "the account; the first one when not named" };

    private static string Read(string text) => TypedNumber.Read(text);

    private static async Task<string> NameAsync(NodeAccess node, string? named, CancellationToken stop) =>
        named ?? (string)(await AccountsClient.FindAsync(node.Client, null, stop))["name"]!; // an account has one
}
