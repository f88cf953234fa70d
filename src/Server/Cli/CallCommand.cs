using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>call sip:…|+… --say "…"</c>: one call, told as it goes.</summary>
internal static class CallCommand
{
    private const int MostRingSeconds = 600;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    public static Command Create()
    {
        var to = new Argument<string>("to") { Description = "+15550001000, or sip:user@host[:port]" };
        var say = new Option<string>("--say")
        {
            Description = "what to say when somebody answers; without it the call ends as soon as it is answered"
        };
        var from = new Option<string>("--from") { Description = "the caller id, +E.164", HelpName = "+…" };
        var ring =
            new Option<int>("--ring-seconds") { Description = "how long it may ring", HelpName = "N", DefaultValueFactory = _ => 30 };
        ring.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && !(int.TryParse(token.Value, out int seconds) && seconds is >= 1 and <= MostRingSeconds))
                given.AddError($"--ring-seconds must be a whole number from 1 to {MostRingSeconds}, not '{token.Value}'");
        });
        from.Validators.Add(given =>
        {
            if (given.Tokens is [var token] && !TypedNumber.TryRead(token.Value, out _, out _))
                given.AddError($"--from must be a number in +E.164 form, for example +15550100000, not '{token.Value}'");
        });
        var data = DataOption.Create();
        var command = new Command("call", "Place one call, through the running node or, when none runs, a temporary one.")
        {
            to, say, from, ring, data
        };
        // As people type it: `calls` has the same.
        command.Subcommands.Add(CallsCommand.List());
        command.Subcommands.Add(CallShowCommand.Create());
        command.Subcommands.Add(CallTraceCommand.Create());
        command.Subcommands.Add(CallsCommand.End());
        command.SetAction((parsed, stop) =>
        {
            var body = new JsonObject { ["to"] = TypedNumber.Of(parsed.GetRequiredValue(to)), ["ring_seconds"] = parsed.GetValue(ring) };
            if (parsed.GetValue(say) is { Length: > 0 } text) body["say"] = text;
            if (parsed.GetValue(from) is { } caller) body["from"] = TypedNumber.Of(caller);
            return RunAsync(parsed.Folder(data), body, stop);
        });
        return command;
    }

    /// <returns>0 when the call was answered.</returns>
    private static async Task<int> RunAsync(string data, JsonObject body, CancellationToken stop)
    {
        string to = (string)body["to"]!; // just written
        await using var node = await NodeAccess.OpenWithEngineAsync(data, IsLocal(to), mayBeNew: true, stop);
        var call = await TestCallsClient.PlaceAsync(node.Client, body, stop);
        string leg = (string)call["leg"]!; // our own node answers so
        bool isAnswered = false, isEnded = false, isHungUp = false;
        for (int shown = 0; !isEnded;)
        {
            if (stop.IsCancellationRequested && !isHungUp) isHungUp = await HangUpAsync(node.Client, leg);
            var events = await TestCallsClient.ListEventsAsync(node.Client, leg, CancellationToken.None);
            for (; shown < events.Count; shown++)
            {
                string type = (string)events[shown]!["type"]!;
                await Console.Out.WriteLineAsync(
                    $"{DateTimeOffset.Parse((string)events[shown]!["at"]!, null):HH:mm:ss.fff}  "
                    + $"{(type == "leg_initiated" ? $"calling {to}" : (string)events[shown]!["says"]!)}");
                isAnswered |= type == "leg_answered";
                isEnded |= type == "leg_ended";
                bool isDone = type is "playback_ended" or "speak_ended" || (type == "leg_answered" && body["say"] is null);
                if (isDone && !isHungUp) isHungUp = await HangUpAsync(node.Client, leg);
            }
            if (!isEnded) await Task.Delay(Look, CancellationToken.None);
        }
        return isAnswered ? 0 : 1;
    }

    private static async Task<bool> HangUpAsync(AdminClient client, string leg)
    {
        await TestCallsClient.HangUpAsync(client, leg, CancellationToken.None);
        return true;
    }

    /// <summary>A target on this machine needs no line to the outside.</summary>
    private static bool IsLocal(string to)
    {
        if (!to.StartsWith("sip:", StringComparison.OrdinalIgnoreCase)) return false;
        string host = to[(to.LastIndexOf('@') + 1)..].Replace("sip:", "", StringComparison.OrdinalIgnoreCase).Split(':', ';', '?')[0];
        return host == "localhost" || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
    }
}
