using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>queues [NAME]</c>: the queues in which calls wait, and which calls wait in one.</summary>
internal static class QueuesCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "one of them, or its id", Arity = ArgumentArity.ZeroOrOne };
        var tenant = new Option<string>("--tenant") { Description = "of this account only" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var watch = Watching.Create();
        var data = DataOption.Create();
        var command = new Command("queues", "List the queues in which calls wait, the oldest first; with a name, who waits in that one.")
        {
            name, tenant, json, watch, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            return await Watching.RunAsync(parsed.GetValue(watch), async into =>
            {
                if (parsed.GetValue(name) is not { } named)
                {
                    var all = await LiveClient.Queues.ListAsync(node.Client, parsed.GetValue(tenant), stop);
                    if (parsed.GetValue(json)) await into.WriteLineAsync(PlainJson.Of(all));
                    else await WriteAsync(into, all);
                    return;
                }
                var one = await LiveClient.Queues.GetAsync(node.Client, named, parsed.GetValue(tenant), stop);
                if (parsed.GetValue(json)) await into.WriteLineAsync(PlainJson.Of(one));
                else await WriteAsync(into, one);
            }, stop);
        });
        return command;
    }

    private static Task WriteAsync(TextWriter into, JsonArray all) =>
        Table.WriteAsync(into, ["ACCOUNT", "NAME", "WAITING", "ROOM FOR", "AVERAGE WAIT", "LONGEST WAIT", "SINCE", "ID"],
        [
            .. all.Select(q => (IReadOnlyList<string>)
            [
                $"{q!["account"]}", $"{q["name"]}", $"{q["size"]}", $"{q["max_size"]}", $"{q["average_wait_seconds"]} s",
                $"{q["longest_wait_seconds"]} s", LiveText.Moment(q["created_at"]), $"{q["id"]}",
            ]),
        ]);

    private static async Task WriteAsync(TextWriter into, JsonObject one)
    {
        await into.WriteLineAsync(Table.Printable($"queue '{one["name"]}' of account '{one["account"]}': {one["size"]} wait and "
            + $"{one["max_size"]} may, {one["average_wait_seconds"]} s on average, {one["longest_wait_seconds"]} s the longest"));
        await into.WriteLineAsync($"id {one["id"]}, since {LiveText.Moment(one["created_at"])}\n");
        await Table.WriteAsync(into, ["PLACE", "NUMBER", "WAITS", "LEG"],
        [
            .. one["calls"]!.AsArray().Select(c => (IReadOnlyList<string>)      // the client put it there
            [
                $"{c!["position"]}", LiveText.Number(c), $"{c["wait_seconds"]} s", $"{c["leg_id"]}",
            ]),
        ]);
    }
}
