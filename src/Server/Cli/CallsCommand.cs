using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary>
/// <c>calls [list|show|trace|end]</c>, and the same as <c>call …</c>: the calls that are up, that have ended lately, or that were
/// refused, in or out; one call; its end.
/// </summary>
internal static class CallsCommand
{
    /// <summary>Of calls that have ended, what the operator's API shows in one page.</summary>
    private const int MostRecent = 250;

    /// <summary>Without a word behind it, it is the list.</summary>
    public static Command Create()
    {
        var command = List("calls");
        command.Description = "List calls that are up, ended lately, or were refused; show or end one.";
        foreach (var sub in (Command[])[List(), CallShowCommand.Create(), CallTraceCommand.Create(), End()]) command.Subcommands.Add(sub);
        return command;
    }

    public static Command End()
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

    public static Command List(string name = "list")
    {
        var refused = new Option<bool>("--refused")
        {
            Description = "those that came in and were refused, of which no account has a record: the last twenty of an address"
        };
        var dials = new Option<bool>("--refused-dials")
        {
            Description = "calls out that an API, a campaign or a program asked for and that were refused: the last twenty of an account"
        };
        var source = new Option<string>("--source") { Description = "refused ones from this address only", HelpName = "ADDRESS" };
        var reason = new Option<string>("--reason") { Description = "those refused for this reason only, as listed", HelpName = "NAME" };
        var messages = new Option<bool>("--messages") { Description = "with the INVITE of the first from an address for a reason" };
        var tenant = new Option<string>("--tenant") { Description = "those of this account only" };
        var recent = new Option<bool>("--recent") { Description = "those that have ended, the newest first, and why each has" };
        var limit = new Option<int>("--limit")
        {
            Description = $"of --recent at most so many, up to {MostRecent}", DefaultValueFactory = _ => 20, HelpName = "N"
        };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var watch = Watching.Create();
        var data = DataOption.Create();
        var command = new Command(name, "The calls that are up, a line for each leg, the newest first.")
        {
            tenant, recent, limit, refused, dials, source, reason, messages, json, watch, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            bool isRefused = parsed.GetValue(refused), isDial = parsed.GetValue(dials), isRecent = parsed.GetValue(recent);
            bool isJson = parsed.GetValue(json);
            if (isRefused && isRecent) throw new StartRefused("--recent and --refused are two lists");
            if (isDial && (isRefused || isRecent)) throw new StartRefused("--refused-dials is a list of its own");
            if (!isRefused && (parsed.GetValue(source) is not null || parsed.GetValue(messages)))
                throw new StartRefused("--source and --messages choose among the calls of --refused");
            if (!isRefused && !isDial && parsed.GetValue(reason) is not null)
                throw new StartRefused("--reason chooses among the calls of --refused or --refused-dials");
            if (isRefused && parsed.GetValue(tenant) is not null) throw new StartRefused("a call that was refused belongs to no --tenant");
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string? account = parsed.GetValue(tenant) is { } name ? await LiveClient.OfAsync(node.Client, name, stop) : null;
            return await Watching.RunAsync(parsed.GetValue(watch), async into =>
            {
                var calls = isRefused ? await RefusedAsync(node.Client, parsed.GetValue(source), parsed.GetValue(reason), stop)
                    : isDial ? await RefusedDialList.ReadAsync(node.Client, account, parsed.GetValue(reason), stop)
                    : isRecent ? await RecentAsync(node.Client, account, parsed.GetValue(limit), stop)
                    : await node.Client.ListAsync("operator/v1/calls" + (account is null ? "" : "?" + account), stop);
                if (isJson) await into.WriteLineAsync(PlainJson.Of(calls));
                else if (isRefused) await WriteAsync(into, calls, parsed.GetValue(messages));
                else if (isDial) await RefusedDialList.WriteAsync(into, calls);
                else if (isRecent) await WriteRecentAsync(into, calls);
                else await WriteLiveAsync(into, calls);
            }, stop);
        });
        return command;
    }

    private static Task<JsonArray> RefusedAsync(AdminClient client, string? source, string? reason, CancellationToken stop)
    {
        string query = string.Join('&', new[] { ("source", source), ("reason", reason) }
            .Where(pair => pair.Item2 is not null).Select(pair => $"{pair.Item1}={Uri.EscapeDataString(pair.Item2!)}"));
        return client.ListAsync("operator/v1/calls/refused" + (query.Length > 0 ? "?" + query : ""), stop);
    }

    /// <param name="account">Of the query; null for those of all.</param>
    private static async Task<JsonArray> RecentAsync(AdminClient client, string? account, int limit, CancellationToken stop) =>
        (await client.DataAsync(HttpMethod.Get, $"operator/v1/calls/recent?page[size]={Math.Clamp(limit, 1, MostRecent)}"
            + (account is null ? "" : "&" + account), null, stop)).AsArray();

    private static Task WriteLiveAsync(TextWriter into, JsonArray calls) =>
        Table.WriteAsync(into, ["ACCOUNT", "DIRECTION", "FROM", "TO", "STATE", "SINCE", "SECONDS", "LEG", "SESSION"],
        [
            .. calls.Select(call => (IReadOnlyList<string>)
            [
                $"{call!["account"]}", $"{call["direction"]}", $"{call["from"]}", $"{call["to"]}", $"{call["state"]}",
                LiveText.Moment(call["started_at"]), $"{call["seconds"]}", $"{call["leg_id"]}", $"{call["session_id"]}",
            ]),
        ]);

    private static Task WriteRecentAsync(TextWriter into, JsonArray calls) =>
        Table.WriteAsync(into, ["ENDED", "ACCOUNT", "DIRECTION", "FROM", "TO", "SECONDS", "WHY", "LEG"],
        [
            .. calls.Select(call => (IReadOnlyList<string>)
            [
                LiveText.Moment(call!["ended_at"]), $"{call["account"]}", $"{call["direction"]}", $"{call["from"]}", $"{call["to"]}",
                call["answered_at"] is null ? "-" : $"{call["seconds"]}", $"{call["says"]}", $"{call["leg_id"]}",
            ]),
        ]);

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
