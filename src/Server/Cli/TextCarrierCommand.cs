using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>text-carrier add|add-http|list|switch|remove|trace</c>: by whom texts reach other networks.</summary>
internal static class TextCarrierCommand
{
    internal const string Path = "operator/v1/text_carriers";
    internal const string PasswordVariable = "RINGWRIGHT_TEXT_CARRIER_PASSWORD";

    public static Command Create() => new("text-carrier", "By whom texts reach other networks, and come from there: SMPP 3.4 or HTTP.")
    {
        Add(), AddHttp(), List(), Switch(), Remove(), TextTraceCommand.Create(),
    };

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "how you call it" };
        var host = new Argument<string>("host") { Description = "host name or address of its centre, with :PORT when it is not 2775" };
        var user = new Option<string>("--system-id") { Description = "the name that it knows you by", Required = true };
        var file = new Option<string>("--password-file")
        {
            Description = $"a file whose first line is its password; without it {PasswordVariable} has it", HelpName = "FILE",
        };
        var type = new Option<string>("--system-type") { Description = "where it asks for one" };
        var prefixes = new Option<string[]>("--prefix")
        {
            Description = "numbers that it takes texts to: +49, +1…; + (as it is without this) for all; code:123 for short codes; "
                + "may be given again",
        };
        var receive = new Option<int?>("--receive-port")
        {
            Description = "it wants two binds: texts come in at this port, which may be that of its centre", HelpName = "PORT",
        };
        var tls = new Option<bool>("--tls") { Description = "by TLS, with a certificate that this machine trusts" };
        var priority = new Option<int?>("--priority") { Description = "lower is tried first among equal prefixes (100)" };
        var rate = new Option<int?>("--rate") { Description = "parts of texts in a second (10)" };
        var window = new Option<int?>("--window") { Description = "parts without an answer at one time (10)" };
        var alphabet = new Option<string>("--alphabet")
        {
            Description = "what it takes plain texts in: gsm7 (as it is without this), latin1",
        };
        alphabet.AcceptOnlyFromAmong("gsm7", "latin1");
        var joining = new Option<string>("--joining")
        {
            Description = "how parts of long texts are told apart: header (as it is without this), parameters, whole (it cuts them)",
        };
        joining.AcceptOnlyFromAmong("header", "parameters", "whole");
        var unknown = new Option<string>("--on-unknown")
        {
            Description = "what becomes of a part whose answer was lost: wait (never sent again, as it is without this), "
                + "resend (it may come twice)",
        };
        unknown.AcceptOnlyFromAmong("wait", "resend");
        var silent = new Option<bool>("--no-receipts") { Description = "it never says what became of a text" };
        var data = DataOption.Create();
        var command = new Command("add", "Send texts by a carrier, and take them from it.")
        {
            name, host, user, file, type, prefixes, receive, tls, priority, rate, window, alphabet, joining, unknown, silent, data,
        };
        command.SetAction(async (parsed, stop) =>
        {
            string where = parsed.GetRequiredValue(host);
            var body = new JsonObject
            {
                ["name"] = parsed.GetRequiredValue(name), ["system_id"] = parsed.GetRequiredValue(user),
                ["password"] = await PasswordAsync(parsed.GetValue(file), stop),
            };
            // An IPv6 address has a port behind its brackets only.
            int colon = where.StartsWith('[') || where.IndexOf(':') == where.LastIndexOf(':') ? where.LastIndexOf(':') : -1;
            if (colon > 0 && int.TryParse(where[(colon + 1)..], out int port)) (where, body["port"]) = (where[..colon], port);
            body["host"] = where;
            string[] numbers = parsed.GetValue(prefixes) is { Length: > 0 } said ? said : ["+"];
            body["prefixes"] = new JsonArray([.. numbers.Select(prefix => (JsonNode)prefix)]);
            if (parsed.GetValue(type) is { } kind) body["system_type"] = kind;
            if (parsed.GetValue(receive) is { } second) body["receive_port"] = second;
            if (parsed.GetValue(tls)) body["tls"] = true;
            if (parsed.GetValue(silent)) body["receipts"] = false;
            if (parsed.GetValue(priority) is { } order) body["priority"] = order;
            if (parsed.GetValue(rate) is { } fast) body["rate"] = fast;
            if (parsed.GetValue(window) is { } wide) body["window"] = wide;
            if (parsed.GetValue(alphabet) is { } letters) body["alphabet"] = letters;
            if (parsed.GetValue(joining) is { } joined) body["joining"] = joined;
            if (parsed.GetValue(unknown) is { } doubt) body["on_unknown"] = doubt;
            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), stop);
            var made = (await node.Client.SendAsync(HttpMethod.Post, Path, body, stop))["data"]!; // the operator's API answers so
            await Console.Out.WriteLineAsync($"text carrier {made["id"]} {made["name"]} -> {made["host"]}:{made["port"]}");
            return 0;
        });
        return command;
    }

    private static Command AddHttp()
    {
        var name = new Argument<string>("name") { Description = "how you call it" };
        var way = new Argument<string>("way") { Description = "a file with JSON: what it is asked, and where its answers stand" };
        var file = new Option<string>("--password-file")
        {
            Description = $"a file whose first line is what {{password}} stands for; without it {PasswordVariable} has it, if anything",
            HelpName = "FILE",
        };
        var prefixes = new Option<string[]>("--prefix") { Description = "numbers that it takes: +49, +1… (+); may be given again" };
        var priority = new Option<int?>("--priority") { Description = "lower is tried first among equal prefixes (100)" };
        var rate = new Option<int?>("--rate") { Description = "texts in a second (10)" };
        var window = new Option<int?>("--window") { Description = "requests under way at one time (10)" };
        var unknown = new Option<string>("--on-unknown")
        {
            Description = "what becomes of a text whose answer was lost: wait (never sent again, as it is without this), "
                + "resend (for a carrier that knows an Idempotency-Key)",
        };
        unknown.AcceptOnlyFromAmong("wait", "resend");
        var data = DataOption.Create();
        var command = new Command("add-http", "Send texts by a carrier that is asked by HTTP.")
        {
            name, way, file, prefixes, priority, rate, window, unknown, data,
        };
        command.SetAction(async (parsed, stop) =>
        {
            var body = new JsonObject
            {
                ["name"] = parsed.GetRequiredValue(name), ["http"] = await WayAsync(parsed.GetRequiredValue(way), stop),
            };
            string? said = parsed.GetValue(file);
            if (said is not null || Environment.GetEnvironmentVariable(PasswordVariable) is not null)
                body["password"] = await PasswordAsync(said, stop);
            string[] numbers = parsed.GetValue(prefixes) is { Length: > 0 } some ? some : ["+"];
            body["prefixes"] = new JsonArray([.. numbers.Select(prefix => (JsonNode)prefix)]);
            if (parsed.GetValue(priority) is { } order) body["priority"] = order;
            if (parsed.GetValue(rate) is { } fast) body["rate"] = fast;
            if (parsed.GetValue(window) is { } wide) body["window"] = wide;
            if (parsed.GetValue(unknown) is { } doubt) body["on_unknown"] = doubt;
            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), stop);
            var made = (await node.Client.SendAsync(HttpMethod.Post, Path, body, stop))["data"]!; // the operator's API answers so
            await Console.Out.WriteLineAsync($"text carrier {made["id"]} {made["name"]} -> {made["http"]!["url"]}");
            await Console.Out.WriteLineAsync($"it tells what became of texts at {made["inbound_path"]} (shown only now)");
            return 0;
        });
        return command;
    }

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List carriers of texts, and how their binds stand.") { json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            if (parsed.GetValue(json))
            {
                await Console.Out.WriteLineAsync(PlainJson.Of(await node.Client.ListAsync(Path, stop)));
                return 0;
            }
            await Table.WriteAsync(Console.Out, ["ID", "NAME", "CENTRE", "PREFIXES", "RATE", "WINDOW", "STATE", "BIND"],
            [
                .. (await TrunkCommand.AllAsync(node.Client, Path, stop)).Select(carrier => (IReadOnlyList<string>)
                [
                    $"{carrier["id"]}", $"{carrier["name"]}", $"{carrier["host"]}:{carrier["port"]}{((bool)carrier["tls"]! ? "/tls" : "")}",
                    string.Join(' ', carrier["prefixes"]!.AsArray().Select(prefix => (string)prefix!)), $"{carrier["rate"]}",
                    $"{carrier["window"]}", (bool)carrier["enabled"]! ? "on" : "off", Bind(carrier["bind"]),
                ]),
            ]);
            return 0;
        });
        return command;
    }

    private static Command Switch()
    {
        var (which, data) = (Which(), DataOption.Create());
        var state = new Argument<string>("state") { Description = "on or off" };
        state.AcceptOnlyFromAmong("on", "off");
        var command = new Command("switch", "Bind with a carrier, or unbind.") { which, state, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var carrier = await FindAsync(node.Client, parsed.GetRequiredValue(which), stop);
            string said = parsed.GetRequiredValue(state);
            await node.Client.SendAsync(HttpMethod.Patch, $"{Path}/{carrier["id"]}", new JsonObject { ["enabled"] = said == "on" }, stop);
            await Console.Out.WriteLineAsync($"text carrier {carrier["name"]} is {said}");
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var (which, data) = (Which(), DataOption.Create());
        var command = new Command("remove", "Remove a carrier by which no text is on its way.") { which, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            var carrier = await FindAsync(node.Client, parsed.GetRequiredValue(which), stop);
            await node.Client.SendAsync(HttpMethod.Delete, $"{Path}/{carrier["id"]}", null, stop);
            await Console.Out.WriteLineAsync($"text carrier {carrier["name"]} is gone");
            return 0;
        });
        return command;
    }

    /// <exception cref="StartRefused">There is none.</exception>
    private static async Task<string> PasswordAsync(string? file, CancellationToken stop)
    {
        if (file is null)
            return Environment.GetEnvironmentVariable(PasswordVariable)
                ?? throw new StartRefused($"say the password by --password-file or {PasswordVariable}");
        try
        {
            return (await File.ReadAllLinesAsync(file, stop)).FirstOrDefault()?.Trim() is { Length: > 0 } password ? password
                : throw new StartRefused($"the first line of {file} is empty, where the password should be");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartRefused($"--password-file {file}: {failed.Message}", failed);
        }
    }

    /// <exception cref="StartRefused">It cannot be read, or is no JSON object.</exception>
    private static async Task<JsonNode> WayAsync(string file, CancellationToken stop)
    {
        try
        {
            return JsonNode.Parse(await File.ReadAllTextAsync(file, stop)) as JsonObject
                ?? throw new StartRefused($"{file} holds no JSON object");
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new StartRefused($"{file}: {failed.Message}", failed);
        }
    }

    internal static string Bind(JsonNode? bind) => bind is null ? "-"
        : $"{bind["state"]}{(bind["trouble"] is { } trouble ? $": {trouble}" : "")}";

    private static Argument<string> Which() => new("carrier") { Description = "its name or id" };

    /// <exception cref="StartRefused">No carrier has this name or id.</exception>
    private static async Task<JsonNode> FindAsync(AdminClient client, string which, CancellationToken stop) =>
        (await TrunkCommand.AllAsync(client, Path, stop)).FirstOrDefault(c => (string?)c["name"] == which || (string?)c["id"] == which)
        ?? throw new StartRefused($"there is no text carrier '{which}' (ringwright text-carrier list shows them)");
}
