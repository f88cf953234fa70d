using System.CommandLine;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>route add|list|remove|explain</c>: which numbers go to which trunk.</summary>
internal static class RouteCommand
{
    public const string Path = "operator/v1/routes";

    public static Command Create() => new("route", "Which numbers go to which trunk.")
    {
        Add(), List(), Remove(), RouteExplainCommand.Create(),
    };

    private static Command Add()
    {
        var prefix = new Argument<string>("prefix") { Description = "+49, +1555…; + alone matches every number; the longest prefix wins" };
        var trunk = new Argument<string>("trunk") { Description = "its name or id" };
        var priority = new Option<int?>("--priority") { Description = "lower is tried first among equal prefixes (100)" };
        var weight = new Option<int?>("--weight") { Description = "higher is tried first among equal priorities (1)" };
        var callerId = new Option<string>("--caller-id") { Description = "replaces the caller id" };
        var data = DataOption.Create();
        var command = new Command("add", "Send numbers with a prefix to a trunk.") { prefix, trunk, priority, weight, callerId, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), stop);
            var target = await TrunkCommand.FindAsync(node.Client, parsed.GetRequiredValue(trunk), stop);
            var body = new JsonObject { ["prefix"] = parsed.GetRequiredValue(prefix), ["trunk_id"] = (string?)target["id"] };
            if (parsed.GetValue(priority) is { } order) body["priority"] = order;
            if (parsed.GetValue(weight) is { } share) body["weight"] = share;
            if (parsed.GetValue(callerId) is { } number) body["caller_id"] = number;
            var made = (await node.Client.SendAsync(HttpMethod.Post, Path, body, stop))["data"]!; // the operator's API answers so
            await Console.Out.WriteLineAsync($"route {made["id"]} {made["prefix"]} -> {target["name"]}");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List routes, in the order in which they are tried.") { json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var names = (await TrunkCommand.AllAsync(node.Client, "operator/v1/trunks", stop))
                .ToDictionary(t => (string)t["id"]!, t => (string)t["name"]!, StringComparer.Ordinal);
            var routes = (await TrunkCommand.AllAsync(node.Client, Path, stop))
                .OrderByDescending(r => ((string)r["prefix"]!).Length).ThenBy(r => (int)r["priority"]!)
                .ThenByDescending(r => (int)r["weight"]!);
            if (parsed.GetValue(json))
            {
                await Console.Out.WriteLineAsync(PlainJson.Of(new JsonArray([.. routes.Select(route => route.DeepClone())])));
                return 0;
            }
            await Table.WriteAsync(Console.Out, ["ID", "PREFIX", "TRUNK", "PRIORITY", "WEIGHT", "STATE", "CALLER ID"],
            [
                .. routes.Select(r => (IReadOnlyList<string>)
                [
                    $"{r["id"]}", $"{r["prefix"]}", names.GetValueOrDefault((string)r["trunk_id"]!, "?"), $"{r["priority"]}",
                    $"{r["weight"]}", (bool)r["enabled"]! ? "on" : "off", $"{r["caller_id"] ?? "-"}",
                ]),
            ]);
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var id = new Argument<string>("id") { Description = "as route list shows it" };
        var data = DataOption.Create();
        var command = new Command("remove", "Remove a route.") { id, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            await node.Client.SendAsync(HttpMethod.Delete, $"{Path}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}", null, stop);
            await Console.Out.WriteLineAsync("the route is gone");
            return 0;
        });
        return command;
    }
}
