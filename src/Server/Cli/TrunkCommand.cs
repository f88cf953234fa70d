using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>trunk add|set|list|test|remove</c>: the carriers and PBXs that we reach.</summary>
internal static class TrunkCommand
{
    /// <summary>Of an OPTIONS: whoever refuses that will refuse calls.</summary>
    private const int Forbidden = 403;

    internal const string Path = "operator/v1/trunks";

    public static Command Create() => new("trunk", "Carriers and PBXs: where calls go and where they come from.")
    {
        Add(), Set(), List("list"), Test(), Remove(),
    };

    /// <summary><c>trunks</c>: the list, as it is typed by who has just typed <c>calls</c>.</summary>
    public static Command CreatePlural()
    {
        var command = List("trunks");
        command.Hidden = true;
        return command;
    }

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "how you call it" };
        var host = new Argument<string>("host")
        {
            Description = "host name or address, with :PORT when it is not 5060 (5061 by TLS); a name without one is looked up by SRV"
        };
        var options = new TrunkOptions();
        var prefix = new Option<string>("--prefix") { Description = "also make a route for numbers with this prefix (+ for all)" };
        var data = DataOption.Create();
        var command = new Command("add", "Add a trunk by its address.") { name, host, prefix, data };
        options.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var body = new JsonObject { ["name"] = parsed.GetRequiredValue(name) };
            TrunkOptions.FillPlace(parsed.GetRequiredValue(host), body);
            await options.FillAsync(parsed, body, stop);
            if (body["auth_username"] is not null && body["auth_password"] is null)
                throw new StartRefused("--user needs --password, or RINGWRIGHT_TRUNK_PASSWORD in the environment, which sudo hands on with "
                    + "--preserve-env=RINGWRIGHT_TRUNK_PASSWORD");

            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), stop);
            var made = (await node.Client.SendAsync(HttpMethod.Post, Path, body, stop))["data"]!; // the operator's API answers so
            await Console.Out.WriteLineAsync($"trunk {made["id"]} {made["name"]} -> {Place(made)}");
            await WarnAsync(made);
            if (parsed.GetValue(prefix) is not { } numbers) return 0;
            var route = (await node.Client.SendAsync(HttpMethod.Post, RouteCommand.Path,
                new JsonObject { ["trunk_id"] = (string)made["id"]!, ["prefix"] = numbers }, stop))["data"]!;
            await Console.Out.WriteLineAsync($"route {route["id"]} {route["prefix"]} -> {made["name"]}");
            return 0;
        });
        return command;
    }

    /// <summary>What is wrong with where it leads, and who loses an address to it.</summary>
    private static async Task WarnAsync(JsonNode trunk)
    {
        if (trunk["host_trouble"] is { } trouble)
            await Console.Error.WriteLineAsync(
                $"warning: {trouble} Calls fail until that is put right (ringwright trunk test {trunk["name"]})");
        foreach (var listed in trunk["customer_addresses"]!.AsArray())       // our own node answers so
            await Console.Error.WriteLineAsync(
                $"warning: {listed!["address"]} is the trunk's from now on; {AddressCommand.Names(listed)} listed it before and needs "
                + "a user name and password, or a token, there");
    }

    private static Command Set()
    {
        var which = Which();
        var name = new Option<string>("--name") { Description = "call it otherwise from now on" };
        var host = new Option<string>("--host") { Description = "where it is now, with :PORT as in trunk add" };
        var enabled = new Option<string>("--enabled") { Description = "on, or off: no call goes there or comes from there" };
        enabled.AcceptOnlyFromAmong("on", "off");
        var options = new TrunkOptions();
        var data = DataOption.Create();
        var command = new Command("set", "Change what is typed of a trunk; all else stays.") { which, name, host, enabled, data };
        options.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var body = new JsonObject();
            if (parsed.GetValue(name) is { } called) body["name"] = called;
            if (parsed.GetValue(host) is { } where)
            {
                body["port"] = null;        // the old place's port is not the new one's
                TrunkOptions.FillPlace(where, body);
            }
            if (parsed.GetValue(enabled) is { } state) body["enabled"] = state == "on";
            await options.FillAsync(parsed, body, stop);
            if (body.Count == 0) throw new StartRefused("nothing was said that is to change; ringwright trunk set --help lists what can");
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var trunk = await FindAsync(node.Client, parsed.GetRequiredValue(which), stop);
            var now = await node.Client.DataAsync(HttpMethod.Patch, $"{Path}/{trunk["id"]}", body, stop);
            await Console.Out.WriteLineAsync($"trunk {now["name"]} -> {Place(now)}");
            await WarnAsync(now);
            return 0;
        });
        return command;
    }

    /// <summary>-, or what the last REGISTER came to.</summary>
    internal static string Registered(JsonNode trunk) => !(bool)trunk["register"]! ? "-"
        : trunk["registration"] is not { } status ? "not running"
        : $"{status["state"]}{(status["sip_status"] is { } code && (int)code >= 300 ? $" ({code})" : "")}"
            + $"{(status["trouble"] is { } trouble ? $": {trouble}" : "")}";

    /// <summary>How each address stands, and why; - where nothing was sent to the trunk yet.</summary>
    internal static string Targets(JsonNode trunk)
    {
        var targets = trunk["targets"]!.AsArray(); // our own node answers so
        return targets.Count == 0 ? "-" : string.Join("; ", targets.Select(Describe));

        static string Describe(JsonNode? target)
        {
            string where = (string?)target!["address"] ?? "its name";
            string silence = target["probe_trouble"] is { } trouble ? $" (OPTIONS: {trouble})" : "";
            return (string?)target["state"] switch
            {
                "passed_over" => $"{where} passed over until {target["until"]}: {target["because"]}{silence}",
                "on_trial" => $"{where} tried by the next call, failed since {target["since"]}: {target["because"]}{silence}",
                var state => $"{where} {state}{silence}",
            };
        }
    }

    private static Command List(string name)
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var watch = Watching.Create();
        var data = DataOption.Create();
        var command = new Command(name, "List trunks, and how each stands.") { json, watch, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            return await Watching.RunAsync(parsed.GetValue(watch), async into =>
            {
                var trunks = await node.Client.ListAsync(Path, stop);
                if (parsed.GetValue(json)) await into.WriteLineAsync(PlainJson.Of(trunks));
                else await WriteAsync(into, trunks);
            }, stop);
        });
        return command;
    }

    private static Task WriteAsync(TextWriter into, JsonArray trunks) =>
        Table.WriteAsync(into, ["ID", "NAME", "HOST", "STATE", "LOGIN", "REGISTERED", "CALLER ID", "CHANNELS", "TARGETS"],
        [
            .. trunks.Select(t => (IReadOnlyList<string>)
            [
                $"{t!["id"]}", $"{t["name"]}", Place(t), (bool)t["enabled"]! ? "on" : "off", $"{t["auth_username"] ?? "-"}",
                Registered(t), $"{t["caller_id"]}", $"{t["channel_limit"] ?? "-"}", Targets(t),
            ]),
        ]);

    private static Command Test()
    {
        var which = Which();
        var data = DataOption.Create();
        var command = new Command("test",
            "Send one SIP OPTIONS to each place that its calls would try, and say what came back or why nothing did.")
        {
            which, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenWithEngineAsync(parsed.Folder(data), isLocal: false, mayBeNew: false, stop);
            var trunk = await FindAsync(node.Client, parsed.GetRequiredValue(which), stop);
            var answer = await TestCallsClient.TestTrunkAsync(node.Client, (string)trunk["id"]!, stop);
            var attempts = answer["attempts"]!.AsArray(); // our own node answers so, here and below
            await Console.Out.WriteLineAsync($"{trunk["name"]} ({Place(trunk)})");
            foreach (var attempt in attempts) await Console.Out.WriteLineAsync($"  {Outcome(attempt!, (bool)answer["has_login"]!)}");
            return attempts.Any(attempt => attempt!["status"] is { } status && (int)status is not Forbidden) ? 0 : 1;
        });
        return command;
    }

    /// <summary>One place, and why it did not answer or what its answer means.</summary>
    internal static string Outcome(JsonNode attempt, bool hasLogin)
    {
        string where = attempt["address"] is { } address ? $"{attempt["transport"]} {address}: " : "";
        return where + ((int?)attempt["status"] switch
        {
            null => $"{attempt["trouble"]}",
            401 or 407 => $"answered {attempt["status"]}: it is there, and wants a user name and password "
                + $"{(hasLogin ? "(calls show those of the trunk)" : "(give the trunk --user and --password)")}",
            Forbidden => "answered 403: it is there, and refuses us; it may know neither this address nor this user",
            >= 500 => $"answered {attempt["status"]}: it is there, and calls go on to the next place",
            var status => $"answered {status}: it is there",
        });
    }

    private static Command Remove()
    {
        var which = Which();
        var data = DataOption.Create();
        var command = new Command("remove", "Remove a trunk that no route leads to.") { which, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var trunk = await FindAsync(node.Client, parsed.GetRequiredValue(which), stop);
            await node.Client.SendAsync(HttpMethod.Delete, $"{Path}/{trunk["id"]}", null, stop);
            await Console.Out.WriteLineAsync($"trunk {trunk["name"]} is gone");
            return 0;
        });
        return command;
    }

    private static Argument<string> Which() => new("trunk") { Description = "its name or id" };

    /// <exception cref="StartRefused">No trunk has this name or id.</exception>
    public static async Task<JsonNode> FindAsync(AdminClient client, string which, CancellationToken stop) =>
        (await AllAsync(client, Path, stop)).FirstOrDefault(t => (string?)t["name"] == which || (string?)t["id"] == which)
        ?? throw new StartRefused($"there is no trunk '{which}' (ringwright trunk list shows them)");

    /// <summary>All rows of a list of the operator's API.</summary>
    public static async Task<IReadOnlyList<JsonNode>> AllAsync(AdminClient client, string path, CancellationToken stop) =>
        [.. (await client.ListAsync(path, stop)).Select(row => row!)];

    /// <summary>host:port/tls, as far as they are said.</summary>
    internal static string Place(JsonNode trunk) =>
        $"{trunk["host"]}{(trunk["port"] is { } port ? $":{port}" : "")}{(trunk["transport"] is { } transport ? $"/{transport}" : "")}";
}
