using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>tenant create|list|limit|webhooks|token|administrator</c>: accounts, which see nothing of each other.</summary>
internal static class TenantCommand
{
    public static Command Create() => new("tenant", "Accounts.")
    {
        Make(), List(), Limit(), Webhooks(), Token(), AdministratorCommand.Create(),
    };

    private static Command Make()
    {
        var name = new Argument<string>("name") { Description = "of the new account; no other has it" };
        var parent = new Option<string>("--parent") { Description = "the account that it is below; its limits hold for both together" };
        var limits = new LimitOptions();
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command =
            new Command("create", "Make an account with careful limits and print its secrets, once.") { name, parent, json, data };
        limits.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var body = new JsonObject { ["name"] = parsed.GetRequiredValue(name) };
            if (parsed.GetValue(parent) is { } above) body["parent"] = above;
            limits.Read(parsed, body);
            bool isJson = parsed.GetValue(json);
            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), isJson ? Console.Error : Console.Out, stop);
            var made = await AccountsClient.CreateAsync(node.Client, body, stop);
            await Console.Out.WriteLineAsync(isJson ? PlainJson.Of(made)
                : $"account {made["name"]} ({made["id"]}){(made["parent"] is { } of ? $" below {of}" : "")}\n  API key         "
                    + $"{made["telnyx_key"]}\n  accesskey       {made["voipbin_accesskey"]}\n"
                    + $"  X-API-Key       {made["telefonie_key"]}\n  bearer token    {made["chakra_token"]}\n"
                    + $"  webhook secret  {made["webhook_secret"]}\n  account SID     {made["account_sid"]}\n"
                    + $"  auth token      {made["auth_token"]}\n  limits          {LimitOptions.Words(made)}\n"
                    + $"  calls           {Prices(made)}\n  texts           {TextPrices(made)}"
                    + (made["agency_owner"] is not { } owner ? ""
                        : $"\n  agency owner    {owner["email"]}\n  first password  {owner["password"]}"));
            return 0;
        });
        return command;
    }

    /// <summary>What the new account may do about numbers that nobody has priced.</summary>
    private static string Prices(JsonNode made) =>
        (bool)made["needs_prices"]! // our own node answers so
            ? made["rate_deck"] is { } deck ? $"to numbers that the deck {deck} prices; others are refused (no_price)"
                : "to no number before there are prices (ringwright rates import), for its money is limited"
            : "to every number that its profile allows, also without a price and then free, until it has a deck with prices "
                + "(ringwright rates import), a balance or a cap of its own";

    private static string TextPrices(JsonNode made) =>
        !(bool)made["needs_text_prices"]! // our own node answers so
            ? "to every number, also without a price and then free, until it has a deck with prices of texts (sms:) or a balance of its own"
            : made["rate_deck"] is { } deck ? $"to numbers whose texts the deck {deck} prices (sms:); others are refused (no_price)"
            : "to no number of others before there are prices of texts (sms:, ringwright rates import), for its money is limited";

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List accounts, oldest first.") { json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var tenants = await AccountsClient.ListAsync(node.Client, stop);
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(tenants));
            else
                await Table.WriteAsync(Console.Out, ["ID", "NAME", "PARENT", "CHANNELS", "REQUESTS/S", "DAILY SPEND", "MEDIA BYTES",
                    "LIVE AUDIO"],
                [
                    .. tenants.Select(t => (IReadOnlyList<string>)
                        [$"{t!["id"]}", $"{t["name"]}", $"{t["parent"] ?? "-"}", $"{t["channels"] ?? "-"}", $"{t["request_rate"] ?? "-"}",
                            LimitOptions.Money(t["daily_spend_micros"]), $"{t["media_bytes"] ?? "-"}",
                            $"{t["live_audio"] ?? "-"}"]),
                ]);
            return 0;
        });
        return command;
    }

    private static Command Webhooks()
    {
        var name = new Argument<string>("name") { Description = "the account's name" };
        var retries = new Option<string>("--retries")
        {
            Description = "short: three attempts at each URL within seconds; long: for a day, as the server asks by Retry-After",
            HelpName = "SCHEDULE", Required = true
        };
        var data = DataOption.Create();
        var command = new Command("webhooks",
            "Say how an account's webhooks are tried again, where its applications say nothing. It holds for events from then on.")
        {
            name, retries, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            string wanted = parsed.GetRequiredValue(retries);
            if (wanted is not ("short" or "long")) throw new StartRefused($"--retries {wanted}: short or long");
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var now = await AccountsClient.ChangeAsync(node.Client, parsed.GetRequiredValue(name),
                new() { ["webhook_retry_schedule"] = wanted }, stop);
            await Console.Out.WriteLineAsync(
                $"account {now["name"]}: webhooks are tried again by the {now["webhook_retry_schedule"]} schedule");
            return 0;
        });
        return command;
    }

    private static Command Token()
    {
        var name = new Argument<string>("name") { Description = "the account's name" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("token",
            "Make a new auth token for an account and print it, once. The one before opens and signs nothing from then on.")
        {
            name, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var made = await AccountsClient.ReplaceTokenAsync(node.Client, parsed.GetRequiredValue(name), stop);
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? PlainJson.Of(made)
                : $"account {made["account"]}\n  account SID     {made["account_sid"]}\n  auth token      {made["auth_token"]}");
            return 0;
        });
        return command;
    }

    private static Command Limit()
    {
        var name = new Argument<string>("name") { Description = "the account's name" };
        var limits = new LimitOptions();
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command =
            new Command("limit", "Change what an account may use; what is not named stays. It holds at once.") { name, json, data };
        limits.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var changes = new JsonObject();
            limits.Read(parsed, changes);
            if (changes.Count == 0)
                throw new StartRefused("name a limit: --channels, --rate, --daily-spend, --media-bytes or --live-audio");
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var now = await AccountsClient.ChangeAsync(node.Client, parsed.GetRequiredValue(name), changes, stop);
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? PlainJson.Of(now)
                : $"account {now["name"]}: {LimitOptions.Words(now)}");
            return 0;
        });
        return command;
    }
}
