using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>text-carrier trace ID</c>: where one text is, and why it went no further.</summary>
internal static class TextTraceCommand
{
    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = "the id of a message, as an account's API shows it" };
        var tenant = new Option<string>("--tenant") { Description = "whose it is; all accounts are looked through when not named" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("trace", "Where a text is, why it went no further, and what was tried with each of its parts.")
        {
            id, tenant, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var (account, text) = await FindAsync(node.Client, parsed.GetRequiredValue(id), parsed.GetValue(tenant), stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(text));
            else await WriteAsync(Console.Out, $"{account["name"]}", text);
            return 0;
        });
        return command;
    }

    /// <exception cref="StartRefused">No account has it.</exception>
    private static async Task<(JsonNode Account, JsonNode Text)> FindAsync(AdminClient client, string id, string? tenant,
        CancellationToken stop)
    {
        var accounts = tenant is null ? await AccountsClient.ListAsync(client, stop)
            : (IEnumerable<JsonNode?>)[await AccountsClient.FindAsync(client, tenant, stop)];
        foreach (var account in accounts)
        {
            try
            {
                // a list has no holes
                return (account!, await client.DataInTurnAsync(HttpMethod.Get,
                    AccountsClient.PathOf(account!, $"texts/{Uri.EscapeDataString(id)}"), null, stop));
            }
            catch (StartRefused refused) when (refused.Status == StatusCodes.Status404NotFound)
            {
                // It may be the next one's.
            }
        }
        throw new StartRefused(tenant is null ? $"no account has a text '{id}'" : $"account '{tenant}' has no text '{id}'");
    }

    private static async Task WriteAsync(TextWriter into, string account, JsonNode text)
    {
        await into.WriteLineAsync($"text {text["id"]}, account {account}");
        await into.WriteLineAsync($"{text["direction"]}: {text["from"]} -> {text["to"]}, {text["state"]}"
            + (text["fault"] is { } fault ? $": {fault}, {Why($"{fault}")}" : ""));
        foreach (var (word, field) in new[]
            {
                ("taken", "received_at"), ("due", "due_at"), ("valid until", "valid_until"), ("sent", "sent_at"), ("over", "completed_at"),
            })
            if (text[field] is { } at) await into.WriteLineAsync($"  {word,-12} {LiveText.Moment(at)}");
        var carried = text["carried"]!.AsArray();       // the contract says so
        if (carried.Count == 0) return;
        await into.WriteLineAsync();
        await Table.WriteAsync(into, ["PART", "CARRIER", "STATE", "SENT", "TRIES", "ITS ID", "OUTCOME", "ERROR"],
        [
            .. carried.Select(part => (IReadOnlyList<string>)
            [
                $"{part!["number"]} of {text["parts"]}", $"{part["carrier"] ?? part["carrier_id"]}", $"{part["state"]}",
                $"{part["attempts"]}", $"{part["tries"]}", $"{part["centre_id"] ?? "-"}", $"{part["outcome"] ?? "-"}",
                $"{part["error"] ?? "-"}",
            ]),
        ]);
    }

    /// <param name="fault">As the operator's API has it.</param>
    private static string Why(string fault) => fault switch
    {
        "no_route" => "no phone, number of this node or carrier of texts takes it: see text-carrier list",
        "expired" => "it waited for longer than it is valid: see text-carrier list --json, bind",
        "blocked" => "who gets it has written STOP",
        "profile_disabled" => "its messaging profile is switched off, or gone",
        "account_disabled" => "its account is switched off",
        "sender_gone" => "its number is on no messaging profile any more",
        "loop" => "too many went between these two numbers",
        "not_allowed" => "a rule of the node did not let it out: see route explain, dnc list and rates",
        "unconfirmed" => "it left, and nobody said what became of it",
        "expired_away" => "the carrier kept it for as long as it does",
        "bad_body" => "the far end does not take what it says, or a part is missing",
        "bad_recipient" => "the far end knows no such number",
        "bad_sender" => "the far end takes nothing from this number",
        _ => "the far end does not take it",
    };
}
