using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Server.Modules;
using Spectre.Console;

namespace Ringwright.Server.Demo;

/// <summary>What the command line asks of the demo.</summary>
/// <param name="Documents">Those that command the calls; null commands them otherwise.</param>
/// <param name="Campaigns">The API of the campaign that places them; null where none does.</param>
/// <param name="Calls">The API by which calls of documents are placed, where it is not that of the documents; null where it is.</param>
internal sealed record DemoOptions(string Contacts, ulong Seed, int AtATime, bool Keep, ScriptLanguage? Documents = null,
    CampaignApi? Campaigns = null, CallApi? Calls = null);

/// <summary><c>ringwright demo</c>: starts a node with the lab and runs an appointment-reminder call-out against its public API.</summary>
internal static class DemoRun
{
    private const int PipeWidth = 160;

    /// <summary>How long the last webhooks may take to arrive after the last call.</summary>
    private static readonly TimeSpan DeliveryGrace = TimeSpan.FromSeconds(5);

    /// <returns>The exit code: 0 when each outcome is as expected, 1 otherwise, 2 when the demo could not run.</returns>
    public static async Task<int> RunAsync(DemoOptions options, CancellationToken stop)
    {
        var console = OpenConsole();
        try
        {
            var contacts = Contact.Read(options.Contacts);
            if (options.Campaigns is not null) CampaignCallOut.Check(contacts);
            console.WriteLine("Starting a node with the lab ...");
            await using var node = await DemoNode.StartAsync(options.Seed, stop);
            console.WriteLine($"  API {node.Http}  SIP {node.Sip}  data {node.Data}");
            return await CallOutAsync(console, options, node, contacts, stop);
        }
        catch (DemoException e)
        {
            await Console.Error.WriteLineAsync($"ringwright demo: {e.Message}");
            return 2;
        }
    }

    internal static IAnsiConsole OpenConsole()
    {
        var console =
            AnsiConsole.Create(new AnsiConsoleSettings { Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect });
        // A pipe has no width: lines stay whole for whoever reads them.
        if (Console.IsOutputRedirected) console.Profile.Width = PipeWidth;
        return console;
    }

    private static async Task<int> CallOutAsync(IAnsiConsole console, DemoOptions options, DemoNode node, IReadOnlyList<Contact> contacts,
        CancellationToken stop)
    {
        using var api = new ReminderApi(node.Http, node.Key, options.Calls?.KeyHeader);
        var reminders = contacts.Select((contact, i) => new Reminder(i + 1, contact)).ToList();
        var table = new LiveTable(console, reminders);

        CallOut? callOut = null;
        // The customer of the demo speaks the first dialect that sends webhooks, or that of the documents or of the campaign.
        await using var sink = await WebhookSink.StartAsync(
            options.Documents?.Callbacks ?? options.Campaigns?.Events ?? options.Calls?.Callbacks ?? NodeModules.WebhookFormats[0],
            (body, of) => callOut?.HandleAsync(body, of) ?? Task.CompletedTask, (name, form) => callOut?.Answer(name, form) ?? "", stop);
        sink.Trust((string)(await api.GetAsync("v2/public_key", stop))["public"]!);
        string from = (string)(await api.GetAsync("v2/phone_numbers?page[size]=1", stop))[0]!["phone_number"]!;
        string profile = (string)(await api.GetAsync("v2/outbound_voice_profiles?page[size]=1", stop))[0]!["id"]!;
        string connection = options.Campaigns is not null || options.Calls is not null ? ""
            : options.Documents is { } kind ? await DocumentCallOut.ApplyAsync(api, kind, sink, profile, stop)
            : (string)(await api.PostAsync("v2/call_control_applications", new JsonObject
            {
                ["application_name"] = "Appointment reminders",
                ["webhook_event_url"] = sink.Url,
                ["outbound"] = new JsonObject { ["outbound_voice_profile_id"] = profile },
            }, stop))["id"]!;
        string way = connection.Length > 0 ? $"application {connection}" : options.Calls is not null ? "calls" : "a campaign";
        console.WriteLine($"  {way} with webhooks to {sink.Url}");
        console.WriteLine($"Calling {reminders.Count} contacts, {options.AtATime} at a time, from {from}");
        console.WriteLine();

        string recordings = Directory.CreateTempSubdirectory("ringwright-recordings-").FullName;
        var clock = Stopwatch.StartNew();
        var plan = new CallOutPlan(api, connection, from, recordings, reminders, options.AtATime, table.Note);
        callOut = options.Campaigns is { } campaigns ? new CampaignCallOut(plan, campaigns, sink)
            : options.Documents is { } documents ? new DocumentCallOut(plan, documents, sink, await AccountAsync(api, stop))
            : options.Calls is { } calls ? new PlainCallOut(plan, calls, sink)
            : new WebhookCallOut(plan);
        await table.WatchAsync(callOut.RunAsync(stop));
        var took = clock.Elapsed;

        await RecordingsAsync(reminders, stop);
        var (delivered, failed) = await CountDeliveriesAsync(api, sink, stop);
        var summary = new Summary(console, reminders);
        summary.Write(took, delivered, failed, sink, recordings);
        console.WriteLine();
        bool isRight = summary.Mismatches.Count == 0 && summary.HasAllRecordings && failed == 0 && sink.Refused == 0;
        if (!isRight) console.Profile.Out.Writer.WriteLine($"The node's last lines:\n{node.LastLines()}\n");
        if (options is { Documents: null, Campaigns: null, Calls: null }) NextCall(console, options, node, connection, from);
        if (options.Keep)
        {
            console.WriteLine("The node runs until you press Ctrl-C.");
            await Task.WhenAny(node.Exited, Task.Delay(Timeout.Infinite, stop));
        }
        return isRight ? 0 : 1;
    }

    private static void NextCall(IAnsiConsole console, DemoOptions options, DemoNode node, string connection, string from)
    {
        console.WriteLine(options.Keep ? "The next call:" : "With --keep the node stays up, and this places the next call:");
        console.Profile.Out.Writer.WriteLine($$"""
              curl -s {{node.Http}}v2/calls -H 'Authorization: Bearer {{node.Key}}' -H 'Content-Type: application/json' \
                   -d '{"connection_id":"{{connection}}","to":"+15550000001","from":"{{from}}"}'
            """);
    }

    /// <summary>The trail of what one has changed says in whose account.</summary>
    private static async Task<string> AccountAsync(ReminderApi api, CancellationToken stop) =>
        (string)(await api.GetAsync("v2/audit_events?page[size]=1", stop))[0]!["organization_id"]!;

    /// <summary>A recording is announced shortly after its call has ended.</summary>
    private static async Task RecordingsAsync(IReadOnlyList<Reminder> reminders, CancellationToken stop)
    {
        var deadline = DateTimeOffset.UtcNow + DeliveryGrace;
        while (reminders.Any(r => r is { AnsweredAt: not null, Recording: null }) && DateTimeOffset.UtcNow < deadline)
            await Task.Delay(100, stop);
    }

    /// <summary>Waits until the delivery log agrees with what the sink has seen, then counts it.</summary>
    private static async Task<(int Delivered, int Failed)> CountDeliveriesAsync(ReminderApi api, WebhookSink sink, CancellationToken stop)
    {
        var deadline = DateTimeOffset.UtcNow + DeliveryGrace;
        while (true)
        {
            int delivered = await CountAsync(api, "delivered", stop), failed = await CountAsync(api, "failed", stop);
            if (delivered == sink.Verified || DateTimeOffset.UtcNow > deadline) return (delivered, failed);
            await Task.Delay(200, stop);
        }
    }

    private static async Task<int> CountAsync(ReminderApi api, string status, CancellationToken stop)
    {
        int count = 0;
        for (int page = 1; ; page++)
        {
            var rows = (JsonArray)await api.GetAsync(
                $"v2/webhook_deliveries?filter[status][eq]={status}&page[number]={page}&page[size]=250", stop);
            count += rows.Count;
            if (rows.Count < 250) return count;
        }
    }
}
