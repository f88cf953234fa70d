using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>tenant create|list|limit</c>: accounts, which see nothing of each other.</summary>
internal static class TenantCommand
{
    private const string Path = "node/tenants";

    public static Command Create() => new("tenant", "Accounts.") { Make(), List(), Limit() };

    private static Command Make()
    {
        var name = new Argument<string>("name");
        var parent = new Option<string>("--parent") { Description = "the account that it is below; its limits hold for both together" };
        var channels = new Option<int?>("--channels") { Description = "calls at a time" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("create", "Make an account and print its secrets, once.") { name, parent, channels, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            var body = new JsonObject { ["name"] = parsed.GetRequiredValue(name) };
            if (parsed.GetValue(parent) is { } above) body["parent"] = above;
            if (parsed.GetValue(channels) is { } most) body["channels"] = most >= 0 ? most : throw new StartRefused($"--channels {most} is no number of calls");
            bool isJson = parsed.GetValue(json);
            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), isJson ? Console.Error : Console.Out, stop);
            var made = await node.Client.SendAsync(HttpMethod.Post, Path, body, stop);
            await Console.Out.WriteLineAsync(isJson ? PlainJson.Of(made)
                : $"account {made["name"]} ({made["id"]}){(made["parent"] is { } of ? $" below {of}" : "")}\n  API key         {made["telnyx_key"]}\n  webhook secret  {made["webhook_secret"]}");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List accounts, oldest first.") { json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var tenants = (await node.Client.SendAsync(HttpMethod.Get, Path, null, stop)).AsArray();
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(PlainJson.Of(tenants));
            else
                await Table.WriteAsync(Console.Out, ["ID", "NAME", "PARENT", "CHANNELS", "REQUESTS/S", "DAILY SPEND", "MEDIA BYTES"],
                [
                    .. tenants.Select(t => (IReadOnlyList<string>)
                        [$"{t!["id"]}", $"{t["name"]}", $"{t["parent"] ?? "-"}", $"{t["channels"] ?? "-"}", $"{t["request_rate"] ?? "-"}", Money(t["daily_spend_micros"]), $"{t["media_bytes"] ?? "-"}"]),
                ]);
            return 0;
        });
        return command;
    }

    private static Command Limit()
    {
        var name = new Argument<string>("name");
        var channels = new Option<string>("--channels") { Description = "calls at a time, or none", HelpName = "N" };
        var rate = new Option<string>("--rate") { Description = "API requests a second of each key; none takes the node's --api-rate", HelpName = "N" };
        var spend = new Option<string>("--daily-spend") { Description = "what calls may cost a day (UTC) in US dollars, or none", HelpName = "USD" };
        var media = new Option<string>("--media-bytes") { Description = "bytes of kept media files, or none", HelpName = "N" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("limit", "Change what an account may use; what is not named stays. It holds at once.") { name, channels, rate, spend, media, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            var body = new JsonObject { ["name"] = parsed.GetRequiredValue(name) };
            if (parsed.GetValue(channels) is { } calls) body["channels"] = Count("--channels", calls, 0, int.MaxValue);
            if (parsed.GetValue(rate) is { } requests) body["request_rate"] = Count("--rate", requests, 1, 100_000);
            if (parsed.GetValue(spend) is { } dollars) body["daily_spend_micros"] = Micros(dollars);
            if (parsed.GetValue(media) is { } bytes) body["media_bytes"] = Count("--media-bytes", bytes, 0, long.MaxValue);
            if (body.Count == 1) throw new StartRefused("name a limit: --channels, --rate, --daily-spend or --media-bytes");
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var now = await node.Client.SendAsync(HttpMethod.Post, $"{Path}/limits", body, stop);
            await Console.Out.WriteLineAsync(parsed.GetValue(json) ? PlainJson.Of(now)
                : $"account {now["name"]}: channels {now["channels"] ?? "-"}, requests a second {now["request_rate"] ?? "-"}, daily spend {Money(now["daily_spend_micros"])}, media bytes {now["media_bytes"] ?? "-"}");
            return 0;
        });
        return command;
    }

    /// <summary>Null for the word none.</summary>
    private static JsonNode? Count(string option, string text, long least, long most) => text == "none" ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count >= least && count <= most ? count
        : throw new StartRefused($"{option} {text}: a whole number from {least}, or none");

    private static JsonNode? Micros(string text) => text == "none" ? null
        : decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal dollars) && dollars <= 1_000_000_000 ? (long)(dollars * 1_000_000)
        : throw new StartRefused($"--daily-spend {text}: an amount such as 25.00, or none");

    private static string Money(JsonNode? micros) => micros is null ? "-" : ((long)micros / 1_000_000m).ToString("0.00####", CultureInfo.InvariantCulture);
}
