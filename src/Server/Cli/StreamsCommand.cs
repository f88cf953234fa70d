using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>streams</c>: audio of calls that is carried elsewhere while they run.</summary>
internal static class StreamsCommand
{
    public static Command Create()
    {
        var tenant = new Option<string>("--tenant") { Description = "of this account only" };
        var recent = new Option<bool>("--recent") { Description = "the last hundred that have ended, and what went wrong" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var watch = Watching.Create();
        var data = DataOption.Create();
        var command = new Command("streams", "List the media streams, forks, recording servers and transcriptions of calls that are up.")
        {
            tenant, recent, json, watch, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string path = $"operator/v1/streams?state={(parsed.GetValue(recent) ? "ended" : "live")}";
            if (parsed.GetValue(tenant) is { } name) path += $"&{await LiveClient.OfAsync(node.Client, name, stop)}";
            return await Watching.RunAsync(parsed.GetValue(watch), async into =>
            {
                var all = await node.Client.ListAsync(path, stop);
                if (parsed.GetValue(json)) await into.WriteLineAsync(PlainJson.Of(all));
                else await WriteAsync(into, all, parsed.GetValue(recent));
            }, stop);
        });
        return command;
    }

    private static Task WriteAsync(TextWriter into, JsonArray all, bool haveEnded) =>
        Table.WriteAsync(into, ["ACCOUNT", "KIND", "TO", haveEnded ? "ENDED" : "SINCE", haveEnded ? "WHY" : "STATE", "NUMBER", "LEG"],
        [
            .. all.Select(one => (IReadOnlyList<string>)
            [
                $"{one!["account"]}", $"{one["kind"]}", $"{one["carried_to"]}",
                LiveText.Moment(one[haveEnded ? "ended_at" : "started_at"]),
                haveEnded ? $"{one["failure"] ?? "-"}" : $"{one["state"]}", LiveText.Number(one), $"{one["leg_id"]}",
            ]),
        ]);
}
