using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>balance show|add|credit-limit|requests|approve|reject</c>: what accounts have, and may owe.</summary>
internal static class BalanceCommand
{
    public static Command Create() => new("balance", "What accounts have, and may owe.")
    {
        Show(), Add(), CreditLimit(), List(), Decide("approve", "The money is there: add it to the account's balance."),
        Decide("reject", "The money did not come."),
    };

    private static Command Show()
    {
        var tenant = new Argument<string?>("tenant") { Description = "all accounts when not named", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("show", "Show balances.") { tenant, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var accounts = await BalancesClient.ShowAsync(node.Client, parsed.GetValue(tenant), stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(accounts));
            else await WriteAsync(accounts);
            return 0;
        });
        return command;
    }

    private static Command Add()
    {
        var (tenant, amount, currency, data) = (Tenant(),
            new Argument<string>("amount") { Description = "such as 25.00; a negative one takes away" }, Currency(), DataOption.Create());
        var note = new Option<string>("--note") { Description = "why, for the account's ledger" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command = new Command("add",
            "Add a payment. The first one makes an account pay in advance: calls that it does not cover are refused.")
        {
            tenant, amount, currency, note, json, data
        };
        command.SetAction((parsed, stop) => ChangeAsync(parsed.Folder(data), client => BalancesClient.AddAsync(
            client, parsed.GetRequiredValue(tenant), parsed.GetRequiredValue(amount), parsed.GetRequiredValue(currency),
            parsed.GetValue(note), stop),
            parsed.GetValue(json), stop));
        return command;
    }

    private static Command CreditLimit()
    {
        var (tenant, amount, data) = (Tenant(), new Argument<string>("amount")
        {
            Description = "how far below zero the balance may go; none is no limit"
        }, DataOption.Create());
        var currency = new Argument<string?>("currency")
        {
            Description = "three capital letters such as USD: what the account counts in", Arity = ArgumentArity.ZeroOrOne
        };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var command =
            new Command("credit-limit", "Say how much an account may owe. It holds at once.") { tenant, amount, currency, json, data };
        command.SetAction((parsed, stop) =>
        {
            bool isNone = parsed.GetRequiredValue(amount) == "none";
            return ChangeAsync(parsed.Folder(data), client => BalancesClient.LimitCreditAsync(
                client, parsed.GetRequiredValue(tenant), isNone ? null : parsed.GetRequiredValue(amount),
                parsed.GetValue(currency) ?? "USD", stop),
                parsed.GetValue(json), stop);
        });
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("requests", "List the payments that accounts have asked for, newest first.") { json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var requests = await BalancesClient.ListRequestsAsync(node.Client, stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(requests));
            else
                await Table.WriteAsync(Console.Out, ["ID", "ACCOUNT", "AMOUNT", "BY", "STATE", "MADE"],
                    [.. requests.Select(r => (IReadOnlyList<string>)[$"{r!["id"]}", $"{r["tenant"]}", $"{r["amount"]} {r["currency"]}",
                        $"{r["preference"]}", $"{r["state"]}", $"{r["made_at"]}"])]);
            return 0;
        });
        return command;
    }

    private static Command Decide(string decision, string description)
    {
        var id = new Argument<string>("id") { Description = "as balance requests shows it" };
        var data = DataOption.Create();
        var command = new Command(decision, description) { id, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var request = await BalancesClient.DecideAsync(node.Client, parsed.GetRequiredValue(id), decision, stop);
            await Console.Out.WriteLineAsync(
                $"payment request of account {request["tenant"]} over {request["amount"]} {request["currency"]}: {request["state"]}");
            return 0;
        });
        return command;
    }

    private static async Task<int> ChangeAsync(string folder, Func<AdminClient, Task<JsonNode>> change, bool isJson, CancellationToken stop)
    {
        await using var node = await NodeAccess.OpenExistingAsync(folder, stop);
        var account = await change(node.Client);
        if (isJson) await Console.Out.WriteLineAsync(PlainJson.Of(account));
        else await WriteAsync([account.DeepClone()]);
        return 0;
    }

    private static Task WriteAsync(JsonArray accounts) =>
        Table.WriteAsync(Console.Out, ["ACCOUNT", "BALANCE", "HELD", "CREDIT LIMIT", "RATES"],
        [
            .. from account in accounts
               from balance in account["balances"]!.AsArray()      // our own node answers so
               select (IReadOnlyList<string>)[$"{account["name"]}", $"{balance!["balance"]} {balance["currency"]}", $"{balance["held"]}",
                   $"{account["credit_limit"] ?? "none"}", $"{account["deck"] ?? "-"}"],
        ]);

    private static Argument<string> Tenant() => new("tenant") { Description = "the account's name" };

    private static Argument<string> Currency() =>
        new("currency") { Description = "three capital letters such as USD", DefaultValueFactory = _ => "USD" };
}
