using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;
using Spectre.Console;

namespace Ringwright.Server.Demo;

/// <summary>What the command line asks of the agency's demo.</summary>
internal sealed record AgencyDemoOptions(ulong Seed, int Days, bool Keep);

/// <summary>
/// <c>ringwright demo --agency</c>: an agency with three clients and a month of calls, by a clock that jumps; then its figures, and where
/// to look.
/// </summary>
internal static class AgencyDemo
{
    /// <summary>Of the overview: those that calls alone give, so that each has something to show.</summary>
    private static readonly string[] Figures =
    [
        "total_calls", "attempts", "answered_calls", "answer_rate", "completed_calls", "unanswered_calls", "connected_calls",
        "contact_rate", "machine_calls", "conversations_had", "meetings_booked", "resolved_issues", "escalations", "total_duration_seconds",
        "avg_duration_seconds", "minutes_billed",
    ];

    /// <returns>The exit code: 0 when the figures agree with the calls, 1 otherwise, 2 when the demo could not run.</returns>
    public static async Task<int> RunAsync(AgencyDemoOptions options, CancellationToken stop)
    {
        var console = DemoRun.OpenConsole();
        try
        {
            console.WriteLine("Starting a node with the lab, by a clock that jumps ...");
            await using var node = await DemoNode.StartAsync(options.Seed, stop, "--clock", "virtual");
            console.WriteLine($"  API {node.Http}  data {node.Data}");
            using var desk = new AdminClient(node.Data);
            var account = await AccountsClient.CreateAsync(desk, new()
            {
                ["name"] = "Lighthouse Agency", ["channels"] = 100, ["request_rate"] = 1_000,
            }, stop);
            using var api = new ReminderApi(node.Http, (string)account["telnyx_key"]!);        // the operator's API says so
            bool isRight = await FillAsync(console, options, new(desk, api, options.Seed), api, account, stop);
            if (!isRight) console.Profile.Out.Writer.WriteLine($"The node's last lines:\n{node.LastLines()}\n");
            await WhereAsync(console, options, node, api, account, stop);
            if (options.Keep)
            {
                console.WriteLine("The node runs until you press Ctrl-C.");
                await Task.WhenAny(node.Exited, Task.Delay(Timeout.Infinite, stop));
            }
            return isRight ? 0 : 1;
        }
        catch (Exception e) when (e is DemoException or ReminderApiException)
        {
            await Console.Error.WriteLineAsync($"ringwright demo: {e.Message}");
            return 2;
        }
    }

    private static async Task<bool> FillAsync(IAnsiConsole console, AgencyDemoOptions options, AgencyMonth month, ReminderApi api,
        JsonNode account, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        await month.FoundAsync(account, stop);
        var first = await month.NowAsync(stop);
        int calls = 0;
        console.WriteLine($"{options.Days} days of {string.Join(", ", month.Clients.Select(client => client.Name))}");
        console.WriteLine();
        for (int day = 0; day < options.Days; day++)
        {
            var now = await month.NowAsync(stop);
            if (now.DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))
            {
                var (placed, answered) = await month.CallAsync(now, stop);
                calls += placed;
                string date = string.Create(CultureInfo.InvariantCulture, $"{now:ddd dd MMM yyyy}");
                console.WriteLine($"  {date}  {placed} calls, {answered} answered");
            }
            if (day + 1 < options.Days) await month.SleepAsync(stop);
        }
        console.WriteLine();
        var last = await month.NowAsync(stop);
        string days = string.Create(CultureInfo.InvariantCulture,
            $"period=custom&start_date={first:yyyy-MM-dd}&end_date={last:yyyy-MM-dd}");
        var summary = (await api.GetAsync($"{AgencyMonth.Root}dashboard/overview?{days}&timezone=UTC", stop))["summary"]!.AsObject();
        foreach (string figure in Figures) console.WriteLine($"  {figure,-24}{summary[figure]}");
        console.WriteLine();
        foreach (var client in month.Clients)
        {
            var invoices = (await api.GetAsync($"{AgencyMonth.Root}clients/{client.Id}/invoices", stop))["invoices"]!.AsArray();
            foreach (var invoice in invoices)
                console.WriteLine($"  {client.Name,-20}{invoice!["month"]}  {invoice["minutes_billed"]} minutes, "
                    + $"{invoice["client_price"]} {invoice["currency"]}");
            if (invoices.Count == 0) console.WriteLine($"  {client.Name,-20}was charged nothing");
        }
        console.WriteLine();
        string[] none = [.. Figures.Where(figure => (decimal?)summary[figure] is null or 0m)];
        int told = (int)summary["total_calls"]!;        // the contract says so
        if (none.Length > 0) console.WriteLine($"Nothing is told of {string.Join(", ", none)}.");
        console.WriteLine(told == calls ? $"All {calls} calls are in the figures; they took {clock.Elapsed.TotalSeconds:0} s."
            : $"The figures tell of {told} calls, and there were {calls}.");
        console.WriteLine();
        return told == calls && none.Length == 0;
    }

    /// <summary>Signs in as whoever looks would, and says how.</summary>
    private static async Task WhereAsync(IAnsiConsole console, AgencyDemoOptions options, DemoNode node, ReminderApi api, JsonNode account,
        CancellationToken stop)
    {
        var (owner, root) = (account["agency_owner"]!, new Uri(node.Http, AgencyMonth.Root));       // the operator's API says so
        var body = new JsonObject { ["email"] = (string?)owner["email"], ["password"] = (string?)owner["password"] };
        await api.PostAsync(AgencyMonth.Root + "auth/login", body, stop);
        console.WriteLine(options.Keep ? "Where to look:" : "With --keep the node stays up, and this is where to look:");
        console.Profile.Out.Writer.WriteLine($$"""
              pages    {{new Uri(node.Http, "agency")}}
              API      {{root}}
              sign in  {{owner["email"]}}  {{owner["password"]}}
              TOKEN=$(curl -s {{root}}auth/login -H 'Content-Type: application/json' \
                   -d '{{body.ToJsonString()}}' | grep -o '"access_token":"[^"]*"' | cut -d '"' -f 4)
              curl -s -H "Authorization: Bearer $TOKEN" '{{root}}dashboard/overview?period=30d'
            """);
    }
}
