using System.CommandLine;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ringwright.Server.Cli;

/// <summary><c>call trace ID [--pcap FILE]</c>: what happened in a call, as a ladder, and as a capture.</summary>
internal static class CallTraceCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create()
    {
        var id = new Argument<string>("id") { Description = "the call control id, or the UUID of a leg or session" };
        var pcap =
            new Option<string>("--pcap") { Description = "also write the SIP messages as a capture for Wireshark", HelpName = "FILE" };
        var json = new Option<bool>("--json") { Description = "as the operator's API answers" };
        var data = DataOption.Create();
        var command =
            new Command("trace", "Say what happened in a call: messages, commands, events, webhooks, verdict.") { id, pcap, json, data };
        command.SetAction(async (parsed, stop) =>
        {
            await using var node = await NodeAccess.OpenExistingAsync(parsed.Folder(data), stop);
            // the operator's API answers so
            var trace = (await node.Client.SendAsync(HttpMethod.Get,
                $"operator/v1/calls/{Uri.EscapeDataString(parsed.GetRequiredValue(id))}/trace", null, stop))["data"]!;
            if (parsed.GetValue(json)) await Console.Out.WriteLineAsync(trace.ToJsonString(Indented));
            else await WriteAsync(Console.Out, trace);
            if (parsed.GetValue(pcap) is { } file) await CaptureAsync(trace, file, stop);
            return 0;
        });
        return command;
    }

    internal static async Task WriteAsync(TextWriter into, JsonNode trace)
    {
        // the contract says so, here and below
        await into.WriteLineAsync($"session {trace["session_id"]}, account {trace["account"]!["name"]}");
        foreach (var leg in trace["legs"]!.AsArray())
        {
            await into.WriteLineAsync();
            await into.WriteLineAsync($"leg {leg!["id"]} {leg["direction"]}: {leg["from"]} -> {leg["to"]}, {leg["state"]}");
            foreach (var entry in leg["entries"]!.AsArray()) await into.WriteLineAsync($"  {Time(entry!)}  {Line(entry!)}");
            await into.WriteLineAsync($"  verdict: {(leg["verdict"] is { } verdict ? Verdict(verdict) : "the call is still up")}");
        }
    }

    /// <summary>
    /// The messages of all legs in the order of their times. What went by TLS is written in clear, as datagrams:
    /// behind TLS's port a reader of captures expects TLS and shows nothing else.
    /// </summary>
    internal static byte[] Capture(JsonNode trace)
    {
        var packets = new List<CapturedPacket>();
        foreach (var entry in trace["legs"]!.AsArray().SelectMany(leg => leg!["entries"]!.AsArray()))
        {
            if ((string?)entry!["kind"] != "sip" || !IPEndPoint.TryParse((string?)entry["local"] ?? "", out var local)
                || !IPEndPoint.TryParse((string?)entry["remote"] ?? "", out var remote)) continue;
            bool isOutgoing = (bool)entry["outgoing"]!;
            packets.Add(new(At(entry), isOutgoing ? local : remote, isOutgoing ? remote : local,
                Encoding.UTF8.GetBytes((string?)entry["message"] ?? ""), IsTcp: (string?)entry["transport"] == "tcp"));
        }
        return PcapFile.Write(packets.OrderBy(p => p.At));
    }

    private static async Task CaptureAsync(JsonNode trace, string file, CancellationToken stop)
    {
        try
        {
            await File.WriteAllBytesAsync(file, Capture(trace), stop);
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new StartRefused($"--pcap {file}: {failed.Message}", failed);
        }
        await Console.Out.WriteLineAsync($"\nthe capture is in {file}");
    }

    private static DateTimeOffset At(JsonNode entry) =>
        DateTimeOffset.Parse((string)entry["at"]!, System.Globalization.CultureInfo.InvariantCulture);

    private static string Time(JsonNode entry) => At(entry).ToString("HH:mm:ss.ffffff", System.Globalization.CultureInfo.InvariantCulture);

    private static string Line(JsonNode entry) => (string?)entry["kind"] switch
    {
        "sip" => $"{((bool)entry["outgoing"]! ? "--->" : "<---")} {Way(entry),-21}  {entry["name"]}",
        "command" => $"  ## command {entry["name"]}{(entry["command_id"] is { } id ? $" ({id})" : "")}: {entry["outcome"]}",
        "event" => $"  ** {entry["name"]}{(entry["detail"] is { } detail ? $": {detail}" : "")}",
        "webhook" => $"  => webhook {entry["name"]}{Attempt(entry)}: {entry["outcome"]}",
        _ => $"  !! {entry["name"]}",
    };

    /// <summary>UDP goes without saying.</summary>
    private static string Way(JsonNode entry) => (string?)entry["transport"] is { } transport and not "udp"
        ? $"{transport.ToUpperInvariant()} {entry["remote"]}"
        : $"{entry["remote"]}";

    private static string Attempt(JsonNode entry)
    {
        if (entry["attempt"] is not { } number) return "";
        string answer = entry["status"] is { } status ? $"{status}" : "no answer";
        string codes = entry["errors"] is JsonArray { Count: > 0 } errors ? $", errors {string.Join(' ', errors)}" : "";
        return $" attempt {number} to {entry["url"]} ({answer} after {entry["milliseconds"]} ms{codes})";
    }

    private static string Verdict(JsonNode verdict)
    {
        var text = new StringBuilder($"{verdict["cause"]}, ended by {verdict["ended_by"]}");
        if (verdict["sip_status"] is { } status) text.Append($", SIP {status}");
        if (verdict["sip_reason"] is { } reason) text.Append($", Reason {reason}");
        if (verdict["timer"] is { } timer) text.Append($", timer {timer}");
        if (verdict["command_id"] is { } command) text.Append($", command {command}");
        if (verdict["evidence"] is { } evidence) text.Append($". {evidence}");
        if (verdict["rtp"] is { } rtp)
            text.Append($" RTP: {rtp["packets_received"]} received, {rtp["packets_lost"]} lost, {rtp["packets_sent"]} sent, jitter at most "
                + $"{rtp["jitter_max_ms"]} ms, MOS {rtp["mos"]}.");
        return text.ToString();
    }
}
