using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Cli;

/// <summary><c>campaign run --contacts FILE --message "…" --from +…</c>: a campaign from a file to its last call.</summary>
internal static class CampaignRunCommand
{
    private const int RestsPerLook = 9;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500), Longest = TimeSpan.FromSeconds(30);

    public static Command Create()
    {
        var contacts = new Option<string>("--contacts")
        {
            Description = "CSV with a head line: phone (+E.164, or as --country writes it), and optionally name and more, for the message",
            Required = true
        };
        var message = new Option<string>("--message")
        {
            Description = "what is said to whoever answers; {name} and {column} stand for what the row has", Required = true
        };
        var from = new Option<string[]>("--from")
        {
            Description = "the caller id, +E.164; several are used in turn", HelpName = "+…", Required = true,
            AllowMultipleArgumentsPerToken = true
        };
        from.Validators.Add(given =>
        {
            foreach (var token in given.Tokens.Where(token => !TypedNumber.TryRead(token.Value, out _, out _)))
                given.AddError($"--from must be a number in +E.164 form, for example +15550100000, not '{token.Value}'");
        });
        var tries = Whole("--tries", 1, 1, 100, "how often a number is called that is busy or not answered");
        var retry = Whole("--retry-seconds", 600, 0, 2_592_000, "from the end of a call to the next one to the same number");
        var ring = Whole("--ring-seconds", 30, 1, 600, "how long it may ring");
        var atOnce = Whole("--at-once", 0, 0, 100_000, "calls that are up at once, at most; 0 for as many as there are");
        var perSecond = new Option<double>("--per-second")
        {
            Description = "calls that begin in a second", HelpName = "N", DefaultValueFactory = _ => 2
        };
        var name = new Option<string>("--name") { Description = "what the campaign is called; the file's name when not given" };
        var trunk = new Option<string>("--trunk")
        {
            Description = "where calls leave, of a node that has one account and no route yet: it is added, with a route for every number",
            HelpName = "HOST[:PORT]"
        };
        var (tenant, data) = (CampaignCommand.Tenant(), DataOption.Create());
        var (reads, rules) = (new TargetFileOptions(), new CampaignRuleOptions());
        var command = new Command("run", "Call a list through the running node or, when none runs, a temporary one, to its end.")
        {
            contacts, message, from, tries, retry, ring, perSecond, atOnce, name, trunk, tenant, data
        };
        rules.AddTo(command);
        reads.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            string file = parsed.GetRequiredValue(contacts);
            var body = new JsonObject
            {
                ["name"] = parsed.GetValue(name) ?? Path.GetFileNameWithoutExtension(file),
                ["message"] = parsed.GetRequiredValue(message),
                ["from"] = new JsonArray([.. parsed.GetRequiredValue(from).Select(one => (JsonNode)TypedNumber.Of(one))]),
                ["tries"] = parsed.GetValue(tries), ["retry_seconds"] = parsed.GetValue(retry), ["ring_seconds"] = parsed.GetValue(ring),
                ["calls_per_second"] = parsed.GetValue(perSecond),
            };
            if (parsed.GetValue(atOnce) is > 0 and var most) body["concurrent_calls"] = most;
            rules.Fill(parsed, body);
            return await RunAsync(parsed.Folder(data), parsed.GetValue(tenant), parsed.GetValue(trunk), file, reads.Read(parsed), body,
                stop);
        });
        return command;
    }

    /// <returns>0 when the list was called to its end.</returns>
    private static async Task<int> RunAsync(string data, string? tenant, string? trunk, string file, TargetReading reading,
        JsonObject body, CancellationToken stop)
    {
        using var list = KeptList.Of(file);
        long rows = list.Check(reading);
        await using var node = await NodeAccess.OpenWithEngineAsync(data, isLocal: false, mayBeNew: true, stop);
        if (trunk is not null && await CampaignTrunk.UseAsync(node.Client, trunk, stop) is { } added)
            await Console.Out.WriteLineAsync(added);
        string campaigns = await CampaignCommand.PathAsync(node, tenant, stop);
        var campaign = await node.Client.DataInTurnAsync(HttpMethod.Post, campaigns, body, stop);
        string path = $"{campaigns}/{campaign["id"]}";
        var sent = await CampaignCommand.ImportAsync(node, path, $"campaign {campaign["id"]}", list.Place, reading, rows,
            stop);
        // The calls may take days.
        list.Dispose();
        if (sent.Added == 0) return 1;

        var state = await node.Client.DataInTurnAsync(HttpMethod.Post, path + "/actions/start", null, stop);
        var board = new CampaignBoard(Console.Out, isTerminal: !Console.IsOutputRedirected);
        var rest = Look;
        while (true)
        {
            await board.ShowAsync(state, DateTimeOffset.UtcNow);
            if ((string?)state["state"] is "stop") break;
            // Whoever asks it to stop does not wait for the next look.
            bool wasAsked = stop.IsCancellationRequested;
            await Task.Delay(wasAsked && (string?)state["state"] is "run" ? Look : rest, wasAsked ? CancellationToken.None : stop)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            bool isAskedToStop = stop.IsCancellationRequested && (string?)state["state"] is "run";
            long asked = Stopwatch.GetTimestamp();
            state = isAskedToStop ? await node.Client.DataInTurnAsync(HttpMethod.Post, path + "/actions/stop", null, CancellationToken.None)
                : await node.Client.DataInTurnAsync(HttpMethod.Get, path, null, CancellationToken.None);
            rest = RestAfter(Stopwatch.GetElapsedTime(asked));
        }
        await board.EndAsync(state);
        bool isDone = (string?)state["stop_reason"] is "exhausted";
        await Console.Out.WriteLineAsync(isDone ? "The list was called to its end." : $"It stopped: {state["stop_reason"]}.");
        return isDone ? 0 : 1;
    }

    /// <summary>
    /// Until the next look. Each counts the whole list: so it takes a tenth of the time, unless whoever reads along would wait too long.
    /// </summary>
    /// <param name="look">How long the last one took.</param>
    internal static TimeSpan RestAfter(TimeSpan look) =>
        TimeSpan.FromTicks(Math.Clamp(RestsPerLook * look.Ticks, Look.Ticks, Longest.Ticks));

    private static Option<int> Whole(string name, int usual, int least, int most, string says)
    {
        var option = new Option<int>(name) { Description = says, HelpName = "N", DefaultValueFactory = _ => usual };
        option.Validators.Add(given =>
        {
            if (given.Tokens is [var token]
                    && !(int.TryParse(token.Value, CultureInfo.InvariantCulture, out int number) && number >= least && number <= most))
                given.AddError($"{name} must be a whole number from {least} to {most}, not '{token.Value}'");
        });
        return option;
    }
}
