using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>route explain --from … --to … [--source …]</c> or <c>--phone … --to …</c>: what would become of a call, and why.</summary>
internal static class RouteExplainCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var from = new Option<string?>("--from") { Description = "the caller; for --phone what the phone says of itself" };
        var to = new Option<string>("--to") { Description = "the number or sip: URI that is called", Required = true };
        var source =
            new Option<string>("--source") { Description = "the address that the INVITE comes from; without it the call goes out" };
        var phone = new Option<string?>("--phone") { Description = "the SIP user whose phone dials it, also an emergency number" };
        var json = new Option<bool>("--json") { Description = "as the operator's API answers" };
        var data = DataOption.Create();
        var command = new Command("explain", "Say where a call would go and why, without placing it.")
        {
            from, to, source, phone, json, data
        };
        command.SetAction(async (parsed, stop) =>
        {
            var (caller, user) = (parsed.GetValue(from), parsed.GetValue(phone));
            if (caller is null && user is null) throw new StartRefused("name the caller with --from, or the SIP user with --phone");
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            string query = $"to={Uri.EscapeDataString(parsed.GetRequiredValue(to))}";
            if (caller is not null) query += $"&from={Uri.EscapeDataString(caller)}";
            if (user is not null) query += $"&phone={Uri.EscapeDataString(user)}";
            if (parsed.GetValue(source) is { } address) query += $"&source={Uri.EscapeDataString(address)}";
            // the operator's API answers so
            var explained = (await node.Client.SendAsync(HttpMethod.Get, $"{RouteCommand.Path}/explain?{query}", null, stop))["data"]!;
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(explained.ToJsonString(Indented));
            else await WriteAsync(Console.Out, explained);
            return 0;
        });
        return command;
    }

    internal static async Task WriteAsync(TextWriter into, JsonNode explained)
    {
        if (explained["outbound"] is { } outbound) await WriteOutboundAsync(into, explained, outbound);
        if (explained["outbound"] is not null && explained["inbound"] is not null) await into.WriteLineAsync();
        if (explained["inbound"] is { } inbound) await WriteInboundAsync(into, explained, inbound);
        var connections = explained["connections"]!.AsArray(); // the contract says so
        if (connections.Count == 0) return;
        await into.WriteLineAsync();
        await Table.WriteAsync(into, ["  CONNECTION", "KIND", "OUTCOME", "WHY"],
            [.. connections.Select(c => (IReadOnlyList<string>)[$"  {c!["name"]}", $"{c["kind"]}", $"{c["outcome"]}", $"{c["reason"]}"])]);
    }

    private static async Task WriteOutboundAsync(TextWriter into, JsonNode explained, JsonNode call)
    {
        await into.WriteLineAsync($"OUT  {explained["from"]} -> {explained["to"]}: {call["verdict"]}");
        await into.WriteLineAsync($"  {call["reason"]}");
        // the contract says so
        if (Understood(call["destination"]!, (string)explained["to"]!) is { } understood) await into.WriteLineAsync($"  {understood}");
        string caller = explained["phone"] is { } phone
            ? $"phone {phone} of account {Name(call["account"])}, connection {Name(call["application"])}"
            : call["account"] is { } account ? $"a number of account {Name(account)}, application {Name(call["application"])}"
            : "no account's number";
        await into.WriteLineAsync($"  caller id: {caller}");
        await into.WriteLineAsync($"  gate: {Gate(call["gate"])}");
        int order = 0;
        foreach (var target in call["targets"]!.AsArray()) // the contract says so, here and below
            await into.WriteLineAsync($"  {++order}. {Place(target!)} as {target!["user"]}, caller id {target["caller_id"]}");
        var routes = call["routes"]!.AsArray();
        if (routes.Count == 0) return;
        await into.WriteLineAsync();
        await Table.WriteAsync(into, ["  PREFIX", "PRIORITY", "WEIGHT", "TRUNK", "OUTCOME", "WHY"],
            [.. routes.Select(r => (IReadOnlyList<string>)[$"  {r!["prefix"]}", $"{r["priority"]}", $"{r["weight"]}", Name(r["trunk"]),
                $"{r["outcome"]}", $"{r["reason"]}"])]);
    }

    private static async Task WriteInboundAsync(TextWriter into, JsonNode explained, JsonNode call)
    {
        await into.WriteLineAsync(
            $"IN   {explained["from"]} -> {explained["to"]}{(explained["source"] is { } source ? $" from {source}" : "")}: "
            + $"{call["verdict"]} ({call["status"]})");
        await into.WriteLineAsync($"  {call["reason"]}");
        await into.WriteLineAsync($"  source: {(string?)call["known_by"] switch
        {
            "trunk" => $"trunk {Name(call["trunk"])}",
            "connection" => "a customer's own equipment",
            "loopback" => "this machine; the node listens on loopback only",
            "not_asked" => "none given; taken for a trunk's",
            _ => "a stranger",
        }}");
        if (call["number"] is { } number)
            await into.WriteLineAsync(
                $"  number {number} -> account {Name(call["account"])} -> application {Name(call["application"])}; it sees caller "
                + $"{call["caller_id"]}");
        int order = 0;
        foreach (var target in call["targets"]!.AsArray())
            await into.WriteLineAsync($"  {++order}. {Place(target!)} as {target!["user"]}");
        if (call["gate"] is { } gate) await into.WriteLineAsync($"  gate: {Gate(gate)}");
        var trunks = call["trunks"]!.AsArray();
        if (trunks.Count == 0) return;
        await into.WriteLineAsync();
        await Table.WriteAsync(into, ["  TRUNK", "NETWORK", "OUTCOME", "WHY"],
            [.. trunks.Select(t =>
                (IReadOnlyList<string>)[$"  {t!["name"]}", $"{t["network"] ?? "-"}", $"{t["outcome"]}", $"{t["reason"]}"])]);
    }

    /// <summary>Null for a number that was written as one.</summary>
    private static string? Understood(JsonNode destination, string to) => ((string?)destination["kind"], (string?)destination["to"]) switch
    {
        ("number", { } number) when number != to =>
            $"a call to the number {number}: the host is one of this node's trunks, or the node itself",
        ("nowhere", _) => "the host is one of this node's trunks, and what stands before it is no number",
        ("here", _) => "a SIP user or subdomain of this node",
        ("elsewhere", _) => "another host; it is looked up, and compared with the trunks, when the call is made",
        _ => null,
    };

    private static string Place(JsonNode target) => target["registered_user"] is { } user ? $"{user}, where it is registered"
        : (bool?)target["is_here"] is true ? "this node" : $"{Name(target["trunk"])} at {TrunkCommand.Place(target)}";

    private static string Gate(JsonNode? gate) => (bool?)gate?["open"] is true ? "open" : $"{gate?["rule"]}: {gate?["detail"]}";

    private static string Name(JsonNode? party) => (string?)party?["name"] ?? "-";
}
