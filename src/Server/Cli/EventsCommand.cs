using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Events;
using Ringwright.Server.Settings;

namespace Ringwright.Server.Cli;

/// <summary><c>events listen|list|replay</c>: an account's webhooks, for who develops against them.</summary>
internal static class EventsCommand
{
    public static Command Create() => new("events", "An account's webhooks: follow, list and send again.") { Listen(), List(), Replay() };

    private static Command Listen()
    {
        var to = new Option<string>("--forward-to")
        {
            Description = "the local address that gets each event as its webhook", HelpName = "URL", Required = true
        };
        var types =
            new Option<string>("--type") { Description = "only events of these names, separated by commas; call.* is all that begin so" };
        var where = new Where();
        var command = new Command("listen",
            "Give each event to a local address as it happens, signed as a webhook is; no webhook URL is needed.")
        {
            to, types
        };
        where.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var address = new SettingText("--forward-to", parsed.GetRequiredValue(to)).LocalUrl();
            using var endpoint = where.Open(parsed);
            using var listener = new EventListener(endpoint, parsed.GetValue(types), address, Console.Out);
            await listener.RunAsync(stop);
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var limit = new Option<int>("--limit") { Description = "how many, at most 250", DefaultValueFactory = _ => 20 };
        var failed = new Option<bool>("--failed") { Description = "those alone that were given up" };
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var where = new Where();
        var command = new Command("list", "The newest finished webhooks, and why one was not delivered.") { limit, failed, json };
        where.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            using var endpoint = where.Open(parsed);
            var rows = await endpoint.ListAsync(Math.Clamp(parsed.GetValue(limit), 1, 250), parsed.GetValue(failed), stop);
            if (parsed.GetValue(json))
            {
                await Console.Out.WriteLineAsync(PlainJson.Of(rows));
                return 0;
            }
            await Table.WriteAsync(Console.Out, ["FINISHED", "STATUS", "ATTEMPTS", "WHY", "EVENT", "ID", "URL"],
                [.. rows.Select(r => Row(r!))]);
            return 0;
        });
        return command;
    }

    private static Command Replay()
    {
        var id = new Argument<string?>("id")
        {
            Description = "as events list and events listen show it, or the id of a delivery", Arity = ArgumentArity.ZeroOrOne
        };
        var which = new Which();
        var where = new Where();
        var command =
            new Command("replay", "Send finished webhooks once more, one or all that match: the same events with the same ids.") { id };
        which.AddTo(command);
        where.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var filter = which.Read(parsed);
            string? one = parsed.GetValue(id);
            if ((one is null) == (filter is null))
                throw new StartRefused($"name one webhook by its id, or say which are meant: {Which.Names}");
            using var endpoint = where.Open(parsed);
            if (filter is not null) return await ReplayManyAsync(endpoint, filter, stop);
            var delivery = await endpoint.ReplayAsync(one!, stop); // there is no filter, so there is one
            await Console.Out.WriteLineAsync($"{delivery["webhook"]?["event_type"]} {delivery["webhook"]?["id"]} goes out again");
            return 0;
        });
        return command;
    }

    /// <summary>Follows the replay to its end. Who interrupts this does not end the replay.</summary>
    private static async Task<int> ReplayManyAsync(EventsEndpoint endpoint, JsonObject filter, CancellationToken stop)
    {
        var replay = await endpoint.ReplayManyAsync(filter, stop);
        string id = (string)replay["id"]!, told = ""; // a node answers so
        await Console.Out.WriteLineAsync($"# replay {id}");
        while ((string?)replay["status"] is "pending" or "running")
        {
            string now = replay["total"] is { } total ? $"{replay["done"]} of {total}" : "";
            if (now != told && now.Length > 0) await Console.Out.WriteLineAsync(now);
            told = now;
            await Task.Delay(TimeSpan.FromSeconds(1), stop);
            replay = await endpoint.ProgressAsync(id, stop);
        }
        if ((string?)replay["status"] is not "complete")
            throw new StartRefused(
                $"the replay is {replay["status"]} after {replay["done"]} of "
                + $"{replay["total"]}{(replay["failure"] is { } why ? $": {why}" : "")}");
        await Console.Out.WriteLineAsync(
            $"{replay["replayed"]} webhooks go out "
            + $"again{((long?)replay["skipped"] is > 0 and var skipped ? $", {skipped} are under way already or too old" : "")}");
        return 0;
    }

    private static IReadOnlyList<string> Row(JsonNode delivery)
    {
        var attempts = delivery["attempts"]!.AsArray(); // a node answers so
        string finished = (string?)delivery["finished_at"] ?? "";
        return
        [
            finished.Length >= 19 ? finished[..19].Replace('T', ' ') : finished, $"{delivery["status"]}", $"{attempts.Count}",
            DeliveryWords.Why(attempts.FirstOrDefault()), $"{delivery["webhook"]?["event_type"]}",
            $"{delivery["webhook"]?["id"]}", $"{attempts.FirstOrDefault()?["http"]?["request"]?["url"]}",
        ];
    }

    /// <summary>Which finished webhooks: conditions that all must hold.</summary>
    private sealed class Which
    {
        public const string Names = "--status, --type, --url, --from, --to, or --all";

        private readonly Option<string> _status = new("--status") { Description = "delivered or failed" };
        private readonly Option<string> _type = new("--type") { Description = "events of this name; call.* is all that begin so" };
        private readonly Option<string> _url =
            new("--url") { Description = "webhooks that were tried at this URL; a * at the end stands for anything", HelpName = "URL" };
        private readonly Option<string> _from =
            new("--from") { Description = "finished at this time or later, such as 2026-11-21T06:00:00Z", HelpName = "TIME" };
        private readonly Option<string> _to = new("--to") { Description = "finished at this time or earlier", HelpName = "TIME" };
        private readonly Option<bool> _all = new("--all") { Description = "every finished webhook that is kept" };

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[_status, _type, _url, _from, _to, _all]) command.Options.Add(option);
        }

        /// <summary>Null when nothing is said.</summary>
        public JsonObject? Read(ParseResult parsed)
        {
            var filter = new JsonObject();
            if (parsed.GetValue(_status) is { } status) filter["status"] = status;
            if (parsed.GetValue(_type) is { } type) filter["event_type"] = type;
            if (parsed.GetValue(_url) is { } url) filter["url"] = url;
            var finished = new JsonObject();
            if (parsed.GetValue(_from) is { } from) finished["gte"] = from;
            if (parsed.GetValue(_to) is { } to) finished["lte"] = to;
            if (finished.Count > 0) filter["finished_at"] = finished;
            return filter.Count > 0 || parsed.GetValue(_all) ? filter : null;
        }
    }

    /// <summary>Which node and which account: a data folder on this machine, or an API key and an address.</summary>
    private sealed class Where
    {
        private readonly Option<string> _key =
            new("--key") { Description = $"an account's API key, for a node that is elsewhere; {AccountApi.KeyVariable} with --api" };
        private readonly Option<string> _api = new("--api")
        {
            Description = $"the node's public address, with --key; {AccountApi.AddressVariable}, or http://127.0.0.1:8080 when not set",
            HelpName = "URL"
        };
        private readonly Option<string> _tenant =
            new("--tenant") { Description = "the account on this machine's node; the first one when not named" };
        private readonly Option<string> _data = DataOption.Create();

        public void AddTo(Command command)
        {
            foreach (var option in (Option[])[_key, _api, _tenant, _data]) command.Options.Add(option);
        }

        public EventsEndpoint Open(ParseResult parsed)
        {
            string? api = AccountApi.Address(parsed.GetValue(_api)), key = parsed.GetValue(_key);
            if (api is not null)
                key = AccountApi.Key(key)
                    ?? throw new StartRefused($"--api needs --key (or {AccountApi.KeyVariable}): the account's API key");
            if (key is null) return EventsEndpoint.Local(parsed.Folder(_data), parsed.GetValue(_tenant));
            if (parsed.GetValue(_tenant) is not null)
                throw new StartRefused("--tenant and --key do not go together: a key is one account's");
            return EventsEndpoint.Remote(AccountApi.RootOf(api ?? "http://127.0.0.1:8080"), key);
        }
    }
}
