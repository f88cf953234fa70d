using System.CommandLine;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>campaign run|import|list|show|start|stop|results</c>: call a list, for whoever wants no API at all.</summary>
internal static class CampaignCommand
{
    public static Command Create() => new("campaign", "Call everybody on a list with a message, and see what came of it.")
    {
        CampaignRunCommand.Create(), Import(), List(), Show(), Switch("start", "Go on with a campaign."),
        Switch("stop", "Begin no more calls; those that are up go on."), Results(),
    };

    /// <summary>Sends a file that was checked, with a bar on a terminal, and says what came of it.</summary>
    internal static async Task<ImportedRows> ImportAsync(NodeAccess node, string path, string what, string file, TargetReading reading,
        long rows, CancellationToken stop)
    {
        var bar = new ProgressBar(Console.Error, rows, isShown: !Console.IsErrorRedirected);
        ImportedRows sent;
        try
        {
            sent = await TargetFile.SendAsync(node.Client, file, reading, path, bar.Show, stop);
        }
        finally
        {
            bar.Clear();
        }
        await Console.Out.WriteLineAsync($"{what}: {sent.Added} of {rows} rows"
            + $"{(sent.Known > 0 ? $", {sent.Known} were there already" : "")}"
            + $"{(sent.TakenOut > 0 ? $", {sent.TakenOut} of the list called no more" : "")}"
            + $"{(sent.Skipped > 0 ? $", {sent.Skipped} skipped:" : "")}");
        if (sent.IsLatin) await Console.Out.WriteLineAsync("  the file is not UTF-8, and was read as Windows-1252");
        foreach (string fault in sent.Faults) await Console.Out.WriteLineAsync($"  {fault}");
        return sent;
    }

    private static Command Import()
    {
        var (id, tenant, data, reads) = (Id(), Tenant(), DataOption.Create(), new TargetFileOptions());
        var contacts = new Argument<string>("file") { Description = "CSV as for campaign run --contacts" };
        var command = new Command("import", "Add a file to a campaign's list, also while it runs; who is on it stays as he is.")
        {
            id, contacts, tenant, data
        };
        reads.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var reading = reads.Read(parsed);
            using var list = KeptList.Of(parsed.GetRequiredValue(contacts));
            long rows = list.Check(reading);
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string campaigns = await PathAsync(node, parsed.GetValue(tenant), stop), campaign = parsed.GetRequiredValue(id);
            var sent = await ImportAsync(node, $"{campaigns}/{Uri.EscapeDataString(campaign)}", $"campaign {campaign}", list.Place,
                reading, rows, stop);
            return sent.ExitCode;
        });
        return command;
    }

    internal static Option<string> Tenant() => new("--tenant") { Description = "the account; the first one when not named" };

    internal static async Task<string> PathAsync(NodeAccess node, string? tenant, CancellationToken stop) =>
        AccountsClient.PathOf(await AccountsClient.FindAsync(node.Client, tenant, stop), "campaigns");

    private static Argument<string> Id() => new("id") { Description = "as `campaign list` shows it" };

    private static Command List()
    {
        var (tenant, data, json) = (Tenant(), DataOption.Create(), new Option<bool>("--json") { Description = "print JSON" });
        var command = new Command("list", "List an account's campaigns, the newest first.") { tenant, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var rows = await node.Client.ListAsync(await PathAsync(node, parsed.GetValue(tenant), stop), stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(rows));
            else await Table.WriteAsync(Console.Out, ["ID", "NAME", "STATE", "WHY", "CREATED"], [.. rows.Select(row =>
                (IReadOnlyList<string>)[$"{row!["id"]}", Table.Printable($"{row["name"]}"), $"{row["state"]}",
                    $"{row["stop_reason"] ?? "-"}", $"{row["created_at"]}"])]);
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var (id, tenant, data) = (Id(), Tenant(), DataOption.Create());
        var command = new Command("show", "Show one with its targets by state and its attempts by what became of them, as JSON.")
        {
            id, tenant, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string path = await PathAsync(node, parsed.GetValue(tenant), stop);
            await Console.Out.WriteLineAsync(PlainJson.Of(
                await node.Client.DataAsync(HttpMethod.Get, $"{path}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}", null, stop)));
            return 0;
        });
        return command;
    }

    private static Command Switch(string name, string says)
    {
        var (id, tenant, data) = (Id(), Tenant(), DataOption.Create());
        var command = new Command(name, says) { id, tenant, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string path = await PathAsync(node, parsed.GetValue(tenant), stop);
            var now = await node.Client.DataAsync(HttpMethod.Post,
                $"{path}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/actions/{name}", null, stop);
            await Console.Out.WriteLineAsync($"{Table.Printable($"{now["name"]}")}: {now["state"]}");
            return 0;
        });
        return command;
    }

    private static Command Results()
    {
        var (id, tenant, data) = (Id(), Tenant(), DataOption.Create());
        var command = new Command("results", "Write every attempt as CSV to the standard output.") { id, tenant, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string campaigns = await PathAsync(node, parsed.GetValue(tenant), stop);
            string path = $"{campaigns}/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/attempts";
            await Console.Out.WriteAsync(AttemptFile.Head);
            await node.Client.WalkAsync(path, rows => Console.Out.WriteAsync(AttemptFile.Lines(rows)), stop);
            return 0;
        });
        return command;
    }
}
