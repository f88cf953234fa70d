using System.CommandLine;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>trunk add|list|test|remove</c>: the carriers and PBXs that we reach.</summary>
internal static class TrunkCommand
{
    /// <summary>Of an OPTIONS: whoever refuses that will refuse calls.</summary>
    private const int Forbidden = 403;

    internal const string Path = "operator/v1/trunks";

    public static Command Create() => new("trunk", "Carriers and PBXs: where calls go and where they come from.")
    {
        Add(), List(), Test(), Remove(),
    };

    private static Command Add()
    {
        var name = new Argument<string>("name") { Description = "how you call it" };
        var host = new Argument<string>("host")
        {
            Description = "host name or address, with :PORT when it is not 5060 (5061 by TLS); a name without one is looked up by SRV"
        };
        var user = new Option<string>("--user") { Description = "user name, when the carrier asks for digest authentication" };
        var password = new Option<string>("--password")
        {
            Description = "its password; RINGWRIGHT_TRUNK_PASSWORD keeps it out of the shell's history"
        };
        var sources = new Option<string[]>("--source")
        {
            Description = "network that its calls come from (192.0.2.0/24); its own address when HOST is one"
        };
        var limits = new TrunkLimitOptions();
        var codecs = new Option<string>("--codecs") { Description = "in order of preference, for example PCMA,PCMU" };
        var encryption = new Option<string>("--media-encryption")
        {
            Description = "SRTP on its calls: disabled (as it is without this), optional or required"
        };
        var domain = new Option<string>("--from-domain") { Description = "host that From names" };
        var callers = new Option<string>("--caller-id")
        {
            Description = "which numbers customers may show on it: owned (their own and verified ones, as it is without this) or any"
        };
        callers.AcceptOnlyFromAmong("owned", "any");
        var identity = new Option<string>("--identity")
        {
            Description = "the header that tells it who calls, beside From: none or pai (P-Asserted-Identity)"
        };
        identity.AcceptOnlyFromAmong("none", "pai");
        var forwardedBy = new Option<string>("--forwarded-by")
        {
            Description = "the header that tells it who sent a call on: diversion (as it is without this), history-info, both or none"
        };
        forwardedBy.AcceptOnlyFromAmong("diversion", "history-info", "both", "none");
        var transport = new Option<string>("--transport") { Description = "udp, tcp or tls; without it the name's records say, else udp" };
        transport.AcceptOnlyFromAmong("udp", "tcp", "tls");
        var nat = new Option<string>("--nat")
        {
            Description =
                "which of its addresses are believed: auto, trust-contact (all, private ones too), source (only where it comes from)"
        };
        nat.AcceptOnlyFromAmong("auto", "trust-contact", "source");
        var adjusts = new Option<string>("--rtp-auto-adjust")
        {
            Description =
                "on (the default) or off: whether its sound may come from elsewhere than its SDP says, when nothing comes from there"
        };
        adjusts.AcceptOnlyFromAmong("on", "off");
        var refers = new Option<bool>("--may-refer")
        {
            Description = "whoever is behind it may transfer by REFER, at the expense of the account whose call it is: for a PBX of yours"
        };
        var tls = new TrunkTlsOptions();
        var register = new Option<bool>("--register") { Description = "register with it under --user, so that it brings calls here" };
        var registrar = new Option<string>("--registrar")
        {
            Description = "HOST or HOST:PORT that takes the registration, when it is not the trunk itself"
        };
        var silence = new Option<int?>("--rtp-timeout")
        {
            Description = "its calls end after so many seconds without any RTP; 0 is no limit, without it the connection says (60)"
        };
        var heldSilence = new Option<int?>("--held-rtp-timeout") { Description = "the same while it holds the call" };
        var prefix = new Option<string>("--prefix") { Description = "also make a route for numbers with this prefix (+ for all)" };
        var data = DataOption.Create();
        var command = new Command("add", "Add a trunk by its address.")
        {
            name, host, user, password, sources, codecs, encryption, domain, callers, identity, forwardedBy, transport, nat, adjusts,
            refers, register, registrar, silence, heldSilence, prefix, data
        };
        limits.AddTo(command);
        tls.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var body = new JsonObject { ["name"] = parsed.GetRequiredValue(name) };
            string where = parsed.GetRequiredValue(host);
            // An IPv6 address has a port behind its brackets only.
            int colon = where.StartsWith('[') || where.IndexOf(':') == where.LastIndexOf(':') ? where.LastIndexOf(':') : -1;
            if (colon > 0 && int.TryParse(where[(colon + 1)..], out int port)) (where, body["port"]) = (where[..colon], port);
            body["host"] = where;
            if (parsed.GetValue(user) is { } login)
            {
                body["auth_username"] = login;
                body["auth_password"] = parsed.GetValue(password) ?? Environment.GetEnvironmentVariable("RINGWRIGHT_TRUNK_PASSWORD");
            }
            if (parsed.GetValue(sources) is { Length: > 0 } networks) body["sources"] = Words(networks);
            limits.Fill(parsed, body);
            if (parsed.GetValue(codecs) is { } list) body["codecs"] = Words(list.Split(',', StringSplitOptions.TrimEntries));
            if (parsed.GetValue(encryption) is { } srtp) body["media_encryption"] = srtp;
            if (parsed.GetValue(domain) is { } from) body["from_domain"] = from;
            if (parsed.GetValue(callers) is { } choice) body["caller_id"] = choice;
            if (parsed.GetValue(identity) is { } header) body["identity"] = header;
            if (parsed.GetValue(forwardedBy) is { } told) body["forwarded_by"] = told;
            if (parsed.GetValue(transport) is { } way) body["transport"] = way;
            if (parsed.GetValue(nat) is { } policy) body["nat"] = policy;
            if (parsed.GetValue(adjusts) is { } may) body["rtp_auto_adjust"] = may == "on";
            if (parsed.GetValue(refers)) body["may_refer"] = true;
            if (parsed.GetValue(register)) body["register"] = true;
            if (parsed.GetValue(silence) is { } seconds) body["rtp_timeout_secs"] = seconds;
            if (parsed.GetValue(heldSilence) is { } heldSeconds) body["held_rtp_timeout_secs"] = heldSeconds;
            if (parsed.GetValue(registrar) is { } takes) body["registrar"] = takes;
            await tls.FillAsync(parsed, body, stop);

            await using var node = await NodeAccess.OpenAsync(parsed.Folder(data), stop);
            var made = (await node.Client.SendAsync(HttpMethod.Post, Path, body, stop))["data"]!; // the operator's API answers so
            await Console.Out.WriteLineAsync($"trunk {made["id"]} {made["name"]} -> {Place(made)}");
            if (made["host_trouble"] is { } trouble)
                await Console.Error.WriteLineAsync(
                    $"warning: {trouble} Calls fail until that is put right (ringwright trunk test {made["name"]})");
            foreach (var listed in made["customer_addresses"]!.AsArray()) // as for data
                await Console.Error.WriteLineAsync(
                    $"warning: {listed!["address"]} is the trunk's from now on; {AddressCommand.Names(listed)} listed it before and needs "
                    + "a user name and password, or a token, there");
            if (parsed.GetValue(prefix) is not { } numbers) return 0;
            var route = (await node.Client.SendAsync(HttpMethod.Post, RouteCommand.Path,
                new JsonObject { ["trunk_id"] = (string)made["id"]!, ["prefix"] = numbers }, stop))["data"]!;
            await Console.Out.WriteLineAsync($"route {route["id"]} {route["prefix"]} -> {made["name"]}");
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

    private static Command List()
    {
        var json = new Option<bool>("--json") { Description = "print JSON" };
        var data = DataOption.Create();
        var command = new Command("list", "List trunks.") { json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            if (parsed.GetValue(json))
            {
                await Console.Out.WriteLineAsync(PlainJson.Of(await node.Client.ListAsync(Path, stop)));
                return 0;
            }
            var trunks = await AllAsync(node.Client, Path, stop);
            await Table.WriteAsync(Console.Out, ["ID", "NAME", "HOST", "STATE", "LOGIN", "REGISTERED", "CALLER ID", "CHANNELS", "TARGETS"],
            [
                .. trunks.Select(t => (IReadOnlyList<string>)
                [
                    $"{t["id"]}", $"{t["name"]}", Place(t), (bool)t["enabled"]! ? "on" : "off", $"{t["auth_username"] ?? "-"}",
                    Registered(t), $"{t["caller_id"]}", $"{t["channel_limit"] ?? "-"}", Targets(t),
                ]),
            ]);
            return 0;
        });
        return command;
    }

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

    private static JsonArray Words(IEnumerable<string> words) => new([.. words.Select(w => (JsonNode)w)]);
}
