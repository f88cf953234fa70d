using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>dnc add|remove|show|list|import</c>: who must not be called.</summary>
internal static class DoNotCallCommand
{
    internal const string Path = "operator/v1/do_not_call";

    public static Command Create() =>
        new("dnc", "Who must not be called: an account's do-not-call list, or the platform's.")
        {
            Add(), Remove(), Show(), List(), Import()
        };

    private static Command Add()
    {
        var (number, tenant, data) = (Number(), Tenant(), DataOption.Create());
        var (reason, evidence) = (Reason(), new Option<string>("--evidence") { Description = "how it came about, for whoever asks later" });
        var until = new Option<string>("--until") { Description = "its last day: 2026-01-31; for good when not given" };
        var command = new Command("add", "Nobody is called at this number any more. It holds for the next call.")
        {
            number, tenant, reason, evidence, until, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var body = new JsonObject { ["phone_number"] = Read(parsed.GetRequiredValue(number)) };
            if (await IdAsync(node, parsed.GetValue(tenant), stop) is { } account) body["account_id"] = account;
            if (parsed.GetValue(reason) is { } why) body["reason"] = why;
            if (parsed.GetValue(evidence) is { } how) body["evidence"] = how;
            if (parsed.GetValue(until) is { } end) body["expires_at"] = end;
            var made = await node.Client.DataAsync(HttpMethod.Post, Path, body, stop);
            await Console.Out.WriteLineAsync($"{made["phone_number"]} is on {ListOf(made)} ({made["reason"]})");
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var (number, tenant, data) = (Number(), Tenant(), DataOption.Create());
        var because = new Option<string>("--because") { Description = "why, for the account's trail", Required = true };
        var command = new Command("remove", "Take a number off a list.") { number, tenant, because, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string path = await PathAsync(node, Read(parsed.GetRequiredValue(number)), parsed.GetValue(tenant), stop);
            path += path.Contains('?', StringComparison.Ordinal) ? "&because=" : "?because=";
            path += Uri.EscapeDataString(parsed.GetRequiredValue(because));
            var gone = await node.Client.DataAsync(HttpMethod.Delete, path, null, stop);
            await Console.Out.WriteLineAsync($"{gone["phone_number"]} is no longer on {ListOf(gone)}");
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var (number, tenant, data) = (Number(), Tenant(), DataOption.Create());
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("show", "Say whether a number may be called, and if not, why.") { number, tenant, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string path = await PathAsync(node, Read(parsed.GetRequiredValue(number)), parsed.GetValue(tenant), stop);
            var found = await node.Client.DataAsync(HttpMethod.Get, path, null, stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(found));
            else await Console.Out.WriteLineAsync($"{found["phone_number"]} {Says(found)}");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var (tenant, data) = (Tenant(), DataOption.Create());
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var page = new Option<int>("--page") { Description = "which 250 of them", DefaultValueFactory = _ => 1 };
        var command = new Command("list", "List what is on a list, by number.") { tenant, page, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string query = await IdAsync(node, parsed.GetValue(tenant), stop) is { } account ? $"account_id={account}&" : "";
            string path = $"{Path}?{query}page[number]={parsed.GetValue(page)}&page[size]=250";
            var rows = (await node.Client.DataAsync(HttpMethod.Get, path, null, stop)).AsArray();
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(rows));
            else await Table.WriteAsync(Console.Out, ["NUMBER", "REASON", "SOURCE", "ADDED BY", "SINCE", "UNTIL"], [.. rows.Select(e =>
                (IReadOnlyList<string>)[$"{e!["phone_number"]}", $"{e["reason"]}", $"{e["source"]}", $"{e["added_by"]}", $"{e["added_at"]}",
                    $"{e["expires_at"] ?? "-"}"])]);
            return 0;
        });
        return command;
    }

    private static Command Import()
    {
        var file = new Argument<string>("file")
        {
            Description = "a number a line, or CSV with a head line: number or phone_number (+E.164), and optionally reason, evidence, "
                + "expires_at"
        };
        var report = new Option<string>("--report") { Description = "a CSV to be made: what became of each line" };
        var country = new Option<string>("--country") { Description = "of numbers that have no +, for example US", HelpName = "CC" };
        var (tenant, reason, data) = (Tenant(), Reason(), DataOption.Create());
        var command = new Command("import", "Import a list. Wrong lines are skipped and told, and it exits with 1; it may be run again.")
        {
            file, tenant, reason, country, report, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            var home = TargetFileOptions.HomeOf(parsed.GetValue(country));
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string? account = await IdAsync(node, parsed.GetValue(tenant), stop);
            var done = await new DoNotCallFile(home).ImportAsync(node.Client, parsed.GetRequiredValue(file), account,
                parsed.GetValue(reason), parsed.GetValue(report), stop);
            await Console.Out.WriteLineAsync($"{done.Added} added{(done.Known > 0 ? $", {done.Known} were there already" : "")}"
                + $"{(done.Skipped > 0 ? $", {done.Skipped} skipped:" : "")}");
            foreach (string fault in done.Faults) await Console.Out.WriteLineAsync($"  {fault}");
            return done.ExitCode;
        });
        return command;
    }

    private static string Says(JsonNode found) =>
        !(bool)found["held"]! ? "may be called" // it is always there
            : found["entry"] is not { } entry ? "must not be called: an account that has gone had it on its list"
            : $"must not be called: it is on {ListOf(entry)} ({entry["reason"]}, {entry["source"]}, added by {entry["added_by"]} at "
                + $"{entry["added_at"]}{End(entry)})";

    private static string ListOf(JsonNode entry) =>
        entry["account"] is { } account ? $"the do-not-call list of account '{account}'" : "the platform's do-not-call list";

    private static string End(JsonNode entry) => entry["expires_at"] is { } end ? $", until {end}" : "";

    private static async Task<string> PathAsync(NodeAccess node, string number, string? tenant, CancellationToken stop) =>
        $"{Path}/{Uri.EscapeDataString(number)}{(await IdAsync(node, tenant, stop) is { } account ? $"?account_id={account}" : "")}";

    /// <returns>Null for the platform's list.</returns>
    private static async Task<string?> IdAsync(NodeAccess node, string? tenant, CancellationToken stop) =>
        tenant is null ? null : (string?)(await AccountsClient.FindAsync(node.Client, tenant, stop))["id"];

    private static Argument<string> Number() => new("number") { Description = "in +E.164 form" };

    private static Option<string> Tenant() => new("--tenant")
    {
        Description = "the account whose list it is, which holds for those below it too; the platform's list when not named"
    };

    private static Option<string> Reason() => new("--reason")
    {
        Description = "caller_request (when not given), national, litigator, reassigned or other"
    };

    private static string Read(string text) => TypedNumber.Read(text);
}
