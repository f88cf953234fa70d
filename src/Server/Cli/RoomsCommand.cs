using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>rooms [NAME]</c>: the conferences that go on, and who takes part in one.</summary>
internal static class RoomsCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("name") { Description = "one of them, or its id", Arity = ArgumentArity.ZeroOrOne };
        var tenant = new Option<string>("--tenant") { Description = "of this account only" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var watch = Watching.Create();
        var data = DataOption.Create();
        var command = new Command("rooms", "List the conferences that go on, the oldest first; with a name, who takes part in that one.")
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
                    var all = await LiveClient.Conferences.ListAsync(node.Client, parsed.GetValue(tenant), stop);
                    if (parsed.GetValue(json)) await into.WriteLineAsync(PlainJson.Of(all));
                    else await WriteAsync(into, all);
                    return;
                }
                var one = await LiveClient.Conferences.GetAsync(node.Client, named, parsed.GetValue(tenant), stop);
                if (parsed.GetValue(json)) await into.WriteLineAsync(PlainJson.Of(one));
                else await WriteAsync(into, one);
            }, stop);
        });
        return command;
    }

    private static Task WriteAsync(TextWriter into, JsonArray all) =>
        Table.WriteAsync(into, ["ACCOUNT", "NAME", "STATUS", "SINCE", "PARTICIPANTS", "MUTED", "ON HOLD", "SUPERVISORS", "ID"],
        [
            .. all.Select(c => (IReadOnlyList<string>)
            [
                $"{c!["account"]}", $"{c["name"]}", Status(c), LiveText.Moment(c["created_at"]), $"{c["size"]}", $"{c["muted"]}",
                $"{c["on_hold"]}", $"{c["supervisors"]}", $"{c["id"]}",
            ]),
        ]);

    private static async Task WriteAsync(TextWriter into, JsonObject one)
    {
        await into.WriteLineAsync(Table.Printable($"conference '{one["name"]}' of account '{one["account"]}': {Status(one)} since "
            + $"{LiveText.Moment(one["created_at"])}, until {LiveText.Moment(one["expires_at"])} at the latest"));
        await into.WriteLineAsync($"id {one["id"]}, {one["size"]} take part\n");
        var participants = one["participants"]!.AsArray();      // the client put it there
        // One that moved from page to page between two questions is there twice.
        var numbers = participants.DistinctBy(p => $"{p!["leg_id"]}").ToDictionary(p => $"{p!["leg_id"]}", p => LiveText.Number(p!));
        await Table.WriteAsync(into, ["NUMBER", "SINCE", "STATE", "SUPERVISOR", "LEG"],
        [
            .. participants.Select(p => (IReadOnlyList<string>)
            [
                LiveText.Number(p!), LiveText.Moment(p!["joined_at"])[11..], State(p), Role(p, numbers), $"{p["leg_id"]}",
            ]),
        ]);
    }

    private static string Status(JsonNode conference) => (string?)conference["status"] is "init" ? "waits to start" : "in progress";

    private static string State(JsonNode participant)
    {
        string[] words =
        [
            .. Said("muted", "muted"), .. Said("on_hold", "on hold"), .. Said("ends_conference", "leaving ends it"),
        ];
        return words.Length == 0 ? "-" : string.Join(", ", words);

        string[] Said(string field, string word) => (bool?)participant[field] is true ? [word] : [];
    }

    private static string Role(JsonNode participant, Dictionary<string, string> numbers)
    {
        string role = $"{participant["supervisor_role"]}";
        if (role == "none") return "-";
        if (role != "whisper") return role;
        var legs = participant["whispers_to"]!.AsArray();       // its schema says so
        var heardBy = legs.Select(leg => numbers.GetValueOrDefault($"{leg}", $"{leg}")).ToList();
        return heardBy.Count == 0 ? "whisper, to nobody" : $"whisper to {string.Join(", ", heardBy)}";
    }
}
