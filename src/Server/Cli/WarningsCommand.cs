using System.CommandLine;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>warnings</c>: what documents, webhooks and commands of an account asked for and did not get.</summary>
internal static class WarningsCommand
{
    public static Command Create()
    {
        var limit = new Option<int>("--limit") { Description = "how many of the newest, at most 250", DefaultValueFactory = _ => 20 };
        var follow = new Option<bool>("--follow") { Description = "go on with each that comes, until it is interrupted" };
        var tenant = new Option<string>("--tenant") { Description = "the account; the first one when not named" };
        var json = new Option<bool>("--json") { Description = "print JSON; with --follow an object on each line" };
        var data = DataOption.Create();
        var command = new Command("warnings",
            "What an account's documents, webhooks and commands asked for and did not get: call, URL, line and cause, the newest first.")
        {
            limit, follow, tenant, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            string folder = parsed.Folder(data);
            int count = Math.Clamp(parsed.GetValue(limit), 1, WarningReader.Most);
            if (parsed.GetValue(follow))
            {
                // Only a node that runs has more to come; one of our own would keep the folder from it.
                using var client = new AdminClient(folder);
                if (await client.FindNodeAsync(stop) is null) throw new StartRefused($"no node runs on {folder}: start it with serve");
                var followed = await WarningReader.OpenAsync(client, parsed.GetValue(tenant), stop);
                await followed.FollowAsync(Console.Out, count, parsed.GetValue(json), stop);
                return 0;
            }
            await using var node = await NodeAccess.OpenExistingAsync(folder, stop);
            var reader = await WarningReader.OpenAsync(node.Client, parsed.GetValue(tenant), stop);
            var rows = await reader.ListAsync(count, stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(rows));
            else
                await Table.WriteAsync(Console.Out, ["AT", "SOURCE", "LEG", "WHERE", "CAUSE"],
                    [.. rows.Select(row => WarningReader.Cells(row!))]);
            return 0;
        });
        return command;
    }
}
