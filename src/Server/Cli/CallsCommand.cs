using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>calls list --refused</c>: the calls that came in and were refused, of which no account has a record.</summary>
internal static class CallsCommand
{
    public static Command Create() => new("calls", "List calls that came in and were refused.") { Subcommands = { List() } };

    private static Command List()
    {
        var refused = new Option<bool>("--refused") { Description = "those that were refused", Required = true };
        var source = new Option<string>("--source") { Description = "from this address only", HelpName = "ADDRESS" };
        var reason = new Option<string>("--reason") { Description = "for this reason only, as the list names it", HelpName = "NAME" };
        var messages = new Option<bool>("--messages") { Description = "with the INVITE of the first from an address for a reason" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "The newest first, as far as the running node remembers them: twenty of an address.")
        {
            refused, source, reason, messages, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
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
