using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>address list|share|unshare</c>: whose the addresses are that customers' equipment calls from.</summary>
internal static class AddressCommand
{
    private const string Path = "operator/v1/addresses";

    public static Command Create() => new("address", "Addresses that customers' equipment calls from.")
    {
        List(),
        Change("share", "Let several accounts list an address: their calls are told apart by tech prefix, token or password, "
            + "and what has none of these is the first one's.",
            "share", "shared"),
        Change("unshare", "Give an address back to the account that listed it first.", "unshare", "no longer shared"),
    };

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List the addresses with the accounts that list them, the first to do so first.") { json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var all = await TrunkCommand.AllAsync(node.Client, Path, stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(new JsonArray([.. all.Select(a => a.DeepClone())])));
            else
                await Table.WriteAsync(Console.Out, ["ADDRESS", "STATE", "TRUNK", "ACCOUNTS"],
                    [.. all.Select(a =>
                        (IReadOnlyList<string>)[$"{a["address"]}", $"{a["state"]}", $"{a["trunk"]?["name"] ?? "-"}", Names(a)])]);
            return 0;
        });
        return command;
    }

    private static Command Change(string name, string says, string action, string became)
    {
        var address = new Argument<string>("address") { Description = "an IP address" };
        var data = DataOption.Create();
        var command = new Command(name, says) { address, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var now = (await node.Client.SendAsync(HttpMethod.Post, $"{Path}/{action}",
                new JsonObject { ["address"] = parsed.GetRequiredValue(address) }, stop))["data"]!; // the operator's API answers so
            await Console.Out.WriteLineAsync($"{now["address"]} is {became}; listed by: {Names(now)}");
            return 0;
        });
        return command;
    }

    // the contract says so
    internal static string Names(JsonNode address) =>
        address["accounts"]!.AsArray() is { Count: > 0 } accounts ? string.Join(", ", accounts.Select(a => $"{a!["name"]}")) : "nobody";
}
