using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>numbers list</c>, <c>numbers set NUMBER</c>: what an account has, and what its calls go to.</summary>
internal static class OwnedNumbersCommands
{
    /// <summary>Typed where nothing is to stand.</summary>
    private const string None = "none";

    public static Command List()
    {
        var (tenant, data) = (Tenant(), DataOption.Create());
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("list", "List the numbers that an account owns.") { tenant, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var account = await AccountsClient.FindAsync(node.Client, parsed.GetValue(tenant), stop);
            var numbers = await node.Client.ListAsync(AccountsClient.PathOf(account, "numbers"), stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(numbers));
            else
                await Table.WriteAsync(Console.Out, ["NUMBER", "CONNECTION", "COUNTRY", "TAGS", "STATE"],
                [
                    .. numbers.Select(number => (IReadOnlyList<string>)
                    [
                        $"{number!["phone_number"]}", $"{number["connection_id"] ?? "-"}", $"{number["country"] ?? "-"}",
                        string.Join(';', number["tags"]!.AsArray()),       // its schema says so
                        (bool)number["ported_out"]! ? "ported out" : "here",
                    ]),
                ]);
            return 0;
        });
        return command;
    }

    public static Command Set()
    {
        var number = new Argument<string>("number") { Description = "in +E.164 form" };
        var connection = new Option<string>("--connection")
        {
            Description = $"the application or connection that answers, by its id; {None} for nobody", HelpName = "ID"
        };
        var tags = new Option<string>("--tags") { Description = $"separated by ;, in place of those that are there; {None} for none" };
        var country = new Option<string>("--country") { Description = $"DE, US…; {None} for what the number itself says" };
        var (tenant, data) = (Tenant(), DataOption.Create());
        var command = new Command("set", "Change what is typed of a number; all else stays.")
        {
            number, connection, tags, country, tenant, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            string text = TypedNumber.Read(parsed.GetRequiredValue(number));
            var body = new JsonObject();
            if (parsed.GetValue(connection) is { } id) body["connection_id"] = id == None ? null : id;
            if (parsed.GetValue(tags) is { } list) body["tags"] = new JsonArray([.. Split(list).Select(tag => (JsonNode)tag)]);
            if (parsed.GetValue(country) is { } where) body["country"] = where == None ? null : where;
            if (body.Count == 0) throw new StartRefused("nothing was said that is to change: --connection, --tags or --country");
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var account = await AccountsClient.FindAsync(node.Client, parsed.GetValue(tenant), stop);
            string path = AccountsClient.PathOf(account, "numbers");
            var known = (await node.Client.ListAsync(path, stop)).FirstOrDefault(one => (string?)one!["phone_number"] == text)
                ?? throw new StartRefused($"account '{account["name"]}' has no number {text} (ringwright numbers list shows them)");
            var now = await node.Client.DataAsync(HttpMethod.Patch, $"{path}/{known["id"]}", body, stop);
            await Console.Out.WriteLineAsync($"{now["phone_number"]} goes to {now["connection_id"] ?? "nobody"}");
            return 0;
        });
        return command;
    }

    private static string[] Split(string tags) =>
        tags == None ? [] : tags.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Option<string> Tenant() => new("--tenant") { Description = "the account; the first one when not named" };
}
