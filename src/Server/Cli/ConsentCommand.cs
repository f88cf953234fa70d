using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>consent add|revoke|list</c>: who has agreed to be reached by an account.</summary>
internal static class ConsentCommand
{
    public static Command Create() =>
        new("consent", "Who has agreed to be reached by an account. It is kept as evidence.") { Add(), Revoke(), List() };

    private static Command Add()
    {
        var (number, tenant, channel, data) = (Number(), Tenant(), Channel(), DataOption.Create());
        var kind = new Option<string>("--kind") { Description = "express or written", DefaultValueFactory = _ => "express" };
        var source = new Option<string>("--source") { Description = "where it came from: \"web form\"", Required = true };
        var text = new Option<string>("--text-version") { Description = "which text was agreed to" };
        var evidence = new Option<string>("--evidence") { Description = "how it came about, for whoever asks later" };
        var given = new Option<string>("--given-at") { Description = "2026-01-31, or 2026-01-31T12:00:00Z; now when not given" };
        var command = new Command("add", "Note that somebody has agreed.")
        {
            number, tenant, kind, channel, source, text, evidence, given, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var body = new JsonObject
            {
                ["phone_number"] = TypedNumber.Read(parsed.GetRequiredValue(number)), ["kind"] = parsed.GetValue(kind),
                ["channel"] = parsed.GetValue(channel), ["source"] = parsed.GetRequiredValue(source),
            };
            foreach (var (name, option) in new[] { ("text_version", text), ("evidence", evidence), ("given_at", given) })
                if (parsed.GetValue(option) is { } value) body[name] = value;
            var made = await node.Client.DataAsync(HttpMethod.Post, await PathAsync(node, parsed.GetValue(tenant), stop), body, stop);
            await Console.Out.WriteLineAsync($"account '{made["account"]}' has the {made["kind"]} consent of {made["phone_number"]}");
            return 0;
        });
        return command;
    }

    private static Command Revoke()
    {
        var (number, tenant, channel, data) = (Number(), Tenant(), Channel(), DataOption.Create());
        var by = new Option<string>("--by") { Description = "who says so", DefaultValueFactory = _ => "operator" };
        var command = new Command("revoke", "Somebody agrees no longer. What was is kept.") { number, tenant, channel, by, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string path = await PathAsync(node, parsed.GetValue(tenant), stop) + "/actions/revoke";
            var done = await node.Client.DataAsync(HttpMethod.Post, path, new JsonObject
            {
                ["phone_number"] = TypedNumber.Read(parsed.GetRequiredValue(number)), ["channel"] = parsed.GetValue(channel),
                ["revoked_by"] = parsed.GetValue(by),
            }, stop);
            await Console.Out.WriteLineAsync($"{done["revoked"]} revoked");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var (tenant, data) = (Tenant(), DataOption.Create());
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("list", "List consents, by number.") { tenant, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var rows = await node.Client.ListAsync(await PathAsync(node, parsed.GetValue(tenant), stop), stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(rows));
            else await Table.WriteAsync(Console.Out, ["NUMBER", "KIND", "CHANNEL", "SOURCE", "GIVEN", "REVOKED"], [.. rows.Select(c =>
                (IReadOnlyList<string>)[$"{c!["phone_number"]}", $"{c["kind"]}", $"{c["channel"]}", $"{c["source"]}", $"{c["given_at"]}",
                    $"{c["revoked_at"] ?? "-"}"])]);
            return 0;
        });
        return command;
    }

    private static async Task<string> PathAsync(NodeAccess node, string? tenant, CancellationToken stop) =>
        AccountsClient.PathOf(await AccountsClient.FindAsync(node.Client, tenant, stop), "consents");

    private static Argument<string> Number() => new("number") { Description = "in +E.164 form" };

    private static Option<string> Tenant() => new("--tenant") { Description = "the account; the first one when not named" };

    private static Option<string> Channel() => new("--channel") { Description = "voice or message", DefaultValueFactory = _ => "voice" };
}
