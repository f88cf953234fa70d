using System.Globalization;
using System.Text.Json.Nodes;
using Ringwright.Server.Nodes;
using Ringwright.Server.Operating;

namespace Ringwright.Server.Demo;

/// <summary>A client of the agency: whom its campaign calls, and from which number.</summary>
internal sealed record DemoClient(string Name, string Id, bool IsOfService, string Agent, string Campaign, string From);

/// <summary>
/// An agency with three clients, and what a month of working days brings them: each day at the same hour each client's batch calls eight
/// people of the lab, and somebody of the agency says of each call that was answered what it came to.
/// </summary>
internal sealed class AgencyMonth(AdminClient desk, ReminderApi api, ulong seed)
{
    public const string Root = "api/agency/v1/";

    private const string Clock = "operator/v1/clock", Voicemail = "001", Agrees = "0071", Declines = "0072", Stops = "0079";
    private const int PeopleOfBatch = 8, Hour = 15, MostLooks = 120;

    /// <summary>Milliseconds of the node's clock between two looks.</summary>
    private const int Look = 5_000;

    /// <summary>What the numbers of people begin with behind +1555; a batch of each client calls eight of them in turn.</summary>
    private static readonly string[] People =
        ["000", Voicemail, Agrees, "002", Declines, "003", "000", Stops, Agrees, "004", Declines, "005"];

    private static readonly (string Name, bool IsOfService)[] Names =
        [("Northside Dental", false), ("Harbor Solar", false), ("Lakeview Support", true)];

    private int _called;

    public List<DemoClient> Clients { get; } = [];

    /// <summary>Three clients with a plan, a number, an agent and a campaign each.</summary>
    /// <param name="account">The agency's, as the operator was shown it.</param>
    public async Task FoundAsync(JsonNode account, CancellationToken stop)
    {
        string plan = await CreateAsync("rate-plans", new()
        {
            ["name"] = "Standard", ["price_per_minute"] = "0.12", ["number_fee"] = "2.00", ["included_minutes"] = 10,
        }, stop);
        foreach (var (i, (name, isOfService)) in Names.Index())
        {
            string from = $"+1555010100{i + 1}";
            await desk.DataAsync(HttpMethod.Post, AccountsClient.PathOf(account, "numbers"),
                new JsonObject { ["phone_number"] = from }, stop);
            string client = await CreateAsync("clients", new() { ["name"] = name, ["rate_plan_id"] = plan }, stop);
            string agent = await CreateAsync("agents", new()
            {
                ["name"] = $"Voice of {name}", ["client_id"] = client, ["max_duration_seconds"] = 60,
                ["first_speaker_text"] = "Hello {{first_name}}, this is " + name + ". Thank you for your time.",
            }, stop);
            string campaign = await CreateAsync("campaigns", new()
            {
                ["client_id"] = client, ["name"] = $"{name}, this month", ["type"] = isOfService ? "cs" : "sdr", ["max_attempts"] = 1,
                ["consent_required"] = "none",
            }, stop);
            Clients.Add(new(name, client, isOfService, agent, campaign, from));
        }
        // Those of the agency's account; each is for one client's calls from now on.
        foreach (var number in (await api.GetAsync(Root + "numbers", stop))["numbers"]!.AsArray())       // the contract says so
            if (Clients.FirstOrDefault(one => one.From == (string?)number!["phone_number"]) is { } client)
                await api.PatchAsync($"{Root}numbers/{number!["id"]}", new() { ["client_id"] = client.Id }, stop);
    }

    public async Task<DateTimeOffset> NowAsync(CancellationToken stop) => TimeOf(await desk.DataAsync(HttpMethod.Get, Clock, null, stop));

    /// <summary>A batch of each client, to its last call.</summary>
    /// <returns>Calls, and those that were answered.</returns>
    /// <exception cref="DemoException">A batch does not come to its end.</exception>
    public async Task<(int Calls, int Answered)> CallAsync(DateTimeOffset day, CancellationToken stop)
    {
        var batches = new List<(DemoClient Client, string Id)>();
        foreach (var client in Clients)
        {
            var made = await api.PostAsync(Root + "batches", new()
            {
                ["agent_mapping_id"] = client.Agent, ["from_number"] = client.From, ["campaign_id"] = client.Campaign,
                ["name"] = string.Create(CultureInfo.InvariantCulture, $"{day:yyyy-MM-dd}"), ["calls_per_minute"] = 60,
                ["max_concurrent"] = PeopleOfBatch,
                ["contacts"] = new JsonArray([.. Enumerable.Range(0, PeopleOfBatch).Select(_ => (JsonNode)Contact())]),
            }, stop);
            batches.Add((client, (string)made["batch"]!["id"]!));       // the contract says so
        }
        var (calls, answered) = (0, 0);
        foreach (var (client, batch) in batches)
        {
            await EndAsync(batch, stop);
            foreach (var contact in (await api.GetAsync($"{Root}batches/{batch}/contacts?limit=200", stop))["contacts"]!.AsArray())
            {
                if ((string?)contact!["call_id"] is not { } call) continue;
                calls++;
                if ((string?)contact["outcome"] is not "answered") continue;
                answered++;
                await api.PatchAsync($"{Root}calls/{call}",
                    new() { ["disposition"] = CameTo((string)contact["phone_number"]!, client.IsOfService) }, stop);
            }
        }
        return (calls, answered);
    }

    /// <summary>The same hour of the next day: nothing is on the line, so the night is one step.</summary>
    /// <exception cref="DemoException">Something does not end.</exception>
    public async Task SleepAsync(CancellationToken stop)
    {
        for (int looks = 0; looks < MostLooks; looks++)
        {
            var now = await NowAsync(stop);
            var next = new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddDays(1).AddHours(Hour);
            try
            {
                await desk.DataAsync(HttpMethod.Post, Clock, new JsonObject { ["skip_ms"] = (long)(next - now).TotalMilliseconds }, stop);
                return;
            }
            catch (StartRefused)
            {
                // Somebody is on the line yet.
                await AdvanceAsync(stop);
            }
        }
        throw new DemoException("the calls of a day do not end");
    }

    private async Task EndAsync(string batch, CancellationToken stop)
    {
        for (int looks = 0; looks < MostLooks; looks++)
        {
            string? status = (string?)(await api.GetAsync($"{Root}batches/{batch}", stop))["status"];
            if (status is "completed") return;
            if (status is "failed") throw new DemoException($"the batch {batch} failed");
            await AdvanceAsync(stop);
        }
        throw new DemoException($"the batch {batch} does not come to its end");
    }

    private async Task AdvanceAsync(CancellationToken stop) =>
        await desk.DataAsync(HttpMethod.Post, Clock, new JsonObject { ["advance_ms"] = Look }, stop);

    /// <summary>Somebody who was not called yet.</summary>
    private JsonObject Contact()
    {
        string kind = People[(int)(((ulong)_called + seed) % (ulong)People.Length)];
        int nth = _called++;
        string digits = kind.Length == Voicemail.Length ? $"{nth % 10_000:0000}" : $"{nth % 1_000:000}";
        return new() { ["phone_number"] = $"+1555{kind}{digits}", ["first_name"] = $"Person {nth + 1}" };
    }

    /// <summary>What whoever listens to the call would say of it: the number says who has answered.</summary>
    private static string CameTo(string number, bool isOfService)
    {
        bool Is(string kind) => number.StartsWith("+1555" + kind, StringComparison.Ordinal);
        return Is(Voicemail) ? "voicemail" : Is(Stops) ? "dnc_requested"
            : Is(Agrees) ? isOfService ? "resolved" : "appointment_booked"
            : Is(Declines) ? isOfService ? "escalated" : "not_interested"
            : isOfService ? "unresolved" : "conversation";
    }

    private async Task<string> CreateAsync(string path, JsonObject body, CancellationToken stop) =>
        (string)(await api.PostAsync(Root + path, body, stop))["id"]!;      // the contract says so

    private static DateTimeOffset TimeOf(JsonNode clock) => DateTimeOffset.Parse((string)clock["now"]!, CultureInfo.InvariantCulture);
}
