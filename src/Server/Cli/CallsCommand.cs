using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>calls list|show|end</c>: the calls that are up, or those that came in and were refused; one call; its end.</summary>
internal static class CallsCommand
{
    public static Command Create() => new("calls", "List calls that are up, or were refused; show or end one.")
    {
        List(), CallShowCommand.Create(), End(),
    };

    private static Command End()
    {
        var id = new Argument<string>("id") { Description = "what any of the APIs calls the call, or the UUID of a leg or session" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("end", "End a call; by the UUID of a session all of its legs.") { id, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var ended = await TestCallsClient.HangUpAsync(node.Client, parsed.GetRequiredValue(id), stop);
            bool wasLive = (bool)ended["live"]!;     // its schema says so
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? PlainJson.Of(ended)
                : wasLive ? "the call is being ended" : "the call had ended already");
            return wasLive ? 0 : 1;
        });
        return command;
    }

    private static Command List()
    {
        var refused = new Option<bool>("--refused")
        {
            Description = "those that came in and were refused, of which no account has a record: the last twenty of an address"
        };
        var source = new Option<string>("--source") { Description = "refused ones from this address only", HelpName = "ADDRESS" };
        var reason = new Option<string>("--reason") { Description = "refused ones for this reason only, as listed", HelpName = "NAME" };
        var messages = new Option<bool>("--messages") { Description = "with the INVITE of the first from an address for a reason" };
        var tenant = new Option<string>("--tenant") { Description = "those of this account only that are up" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "The calls that are up, a line for each leg, the newest first.")
        {
            tenant, refused, source, reason, messages, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            if (!parsed.GetValue(refused))
            {
                if (parsed.GetValue(source) is not null || parsed.GetValue(reason) is not null || parsed.GetValue(messages))
                    throw new StartRefused("--source, --reason and --messages choose among the calls of --refused");
                await ListLiveAsync(parsed.Folder(data), parsed.GetValue(tenant), parsed.GetValue(json), stop);
                return 0;
            }
            if (parsed.GetValue(tenant) is not null) throw new StartRefused("a call that was refused belongs to no --tenant");
            string query = string.Join('&', new[] { ("source", parsed.GetValue(source)), ("reason", parsed.GetValue(reason)) }
                .Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}"));
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var calls = await node.Client.ListAsync("operator/v1/calls/refused" + (query.Length > 0 ? "?" + query : ""), stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(calls));
            else await WriteAsync(Console.Out, calls, parsed.GetValue(messages));
            return 0;
        });
        return command;
    }

    private static async Task ListLiveAsync(string data, string? tenant, bool isJson, CancellationToken stop)
    {
        await using var node = await NodeAccess.OpenExistingAsync(data, stop);
        string query = tenant is null ? "" : $"?account_id={(await AccountsClient.FindAsync(node.Client, tenant, stop))["id"]}";
        var calls = await node.Client.ListAsync("operator/v1/calls" + query, stop);
        if (isJson) await Console.Out.WriteLineAsync(PlainJson.Of(calls));
        else
            await Table.WriteAsync(Console.Out, ["ACCOUNT", "DIRECTION", "FROM", "TO", "STATE", "SINCE", "SECONDS", "LEG", "SESSION"],
            [
                .. calls.Select(call => (IReadOnlyList<string>)
                [
                    $"{call!["account"]}", $"{call["direction"]}", $"{call["from"]}", $"{call["to"]}", $"{call["state"]}",
                    LiveText.Moment(call["started_at"]), $"{call["seconds"]}", $"{call["leg_id"]}", $"{call["session_id"]}",
                ]),
            ]);
    }

    private static async Task WriteAsync(TextWriter into, JsonArray calls, bool hasMessages)
    {
        await Table.WriteAsync(into, ["AT", "SOURCE", "BY", "FROM", "TO", "STATUS", "REASON", "TIMES"],
        [
            .. calls.Select(call => (IReadOnlyList<string>)
            [
                LiveText.Moment(call!["at"]), $"{call["source"]}", $"{call["transport"]}", $"{call["from"]}", $"{call["to"]}",
                $"{call["sip_status"] ?? "-"}", $"{call["reason"]}", $"{call["times"]}",
            ]),
        ]);
        if (!hasMessages) return;
        foreach (var call in calls.Where(call => call!["message"] is not null))
        {
            await into.WriteLineAsync($"\n{call!["reason"]}, from {call["source"]}:");
            foreach (string line in ((string)call["message"]!).ReplaceLineEndings("\n").Split('\n'))        // chosen above
                await into.WriteLineAsync("  " + Table.Printable(line));
        }
    }
}
