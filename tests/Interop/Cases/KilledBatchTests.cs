using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

public sealed class AnAgencysBatchesKilledOnSqlite : KilledBatchTests
{
    private protected override Task<RunningNode> NodeAsync() => Task.FromResult(new RunningNode(Flags));
}

public sealed class AnAgencysBatchesKilledOnPostgres : KilledBatchTests
{
    private protected override async Task<RunningNode> NodeAsync() =>
        new([.. Flags, "--database", await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()]);
}

/// <summary>
/// kill -9 again and again while an agency's batches call and its agent talks. The far end counts INVITEs: never two to a number. Every
/// contact comes to its end, what waits to be written down and judged is done, and the figures are those of the calls.
/// </summary>
public abstract class KilledBatchTests
{
    private const string From = "+15550101001", Root = "/api/agency/v1/";
    private const int CallsAMinute = 60, PageSize = 200, Batches = 10, OfBatch = 50;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    // The agent has a script, and the node no model. Whoever answers says nothing, so that the recogniser has to be there and is never
    // asked: the one that is built in has twenty processes say its words at each start.
    private protected static readonly string[] Flags = ["--api-rate", "100000", "--recogniser-url", "http://127.0.0.1:9/v1"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected abstract Task<RunningNode> NodeAsync();

    [Depth("the gate kills a campaign of the same dialler, gives back in Edge what nobody dialled, and has a batch to its end")]
    [Failure("process-killed")]
    [Fact]
    public async Task Nobody_is_called_twice_and_no_row_of_a_queue_is_lost_or_stuck()
    {
        Tool.Require("espeak-ng");
        await using var node = await NodeAsync();
        await node.InitializeAsync();
        using var carrier = new Phone(node, System.Net.IPAddress.Parse("127.0.0.3"));
        var far = new FarEnd(carrier);
        string trunk = (string)(await node.Operator.SendAsync(HttpMethod.Post, "trunks", new()
        {
            ["name"] = "carrier", ["host"] = "127.0.0.3", ["port"] = carrier.Port, ["caller_id"] = "any",
        }))["id"]!;
        await node.Operator.SendAsync(HttpMethod.Post, "routes", new() { ["trunk_id"] = trunk, ["prefix"] = "+1212" });
        var account = await node.NewTenantAsync("agency");
        await node.ImportNumbersAsync([From], "agency");
        using var agency = new Agency(node, (string)account["telnyx_key"]!);
        var batches = await BeginAsync(agency);

        var dice = new Random(30);
        for (int kill = 0; kill < LongRun.Times(5, 30); kill++)
        {
            // the moment of the kill is the test's dice
            await Task.Delay(TimeSpan.FromSeconds(2 + 4 * dice.NextDouble()), Stop);
            await node.CrashAsync();
        }
        foreach (string batch in batches)
            await agency.UntilAsync($"batches/{batch}", async one =>
            {
                // A batch whose calls fail one after the other stands still: what kills them here is known.
                if ((string?)one["failure_code"] is "circuit_open" && (string?)one["status"] is "paused")
                    await agency.SendAsync(HttpMethod.Post, $"batches/{batch}/resume");
                return (string?)one["status"] is "completed";
            });
        // Each of these is a page, and says how many there are.
        foreach (string status in new[] { "pending", "processing", "failed" })
            await agency.UntilAsync($"queues/enrichment?status={status}", page => Task.FromResult(TotalOf(page) == 0));

        int tried = 0;
        foreach (string batch in batches)
        {
            var contacts = (await agency.GetAsync($"batches/{batch}/contacts?limit={PageSize}"))["contacts"]!.AsArray();
            Assert.Equal(OfBatch, contacts.Count);
            Assert.All(contacts, contact => Assert.True((string?)contact!["status"] is "completed" or "failed", $"{contact}"));
            tried += contacts.Count(contact => (string?)contact!["call_id"] is not null);
        }
        var calls = await agency.CallsAsync();
        Assert.All(calls, call => Assert.Equal("ended", (string?)call["state"]));
        Assert.All(calls.GroupBy(call => (string?)call["to_number"]), one => Assert.Single(one));
        Assert.All(far.Invites, one => Assert.True(one.Value == 1, $"{one.Key} was called {one.Value} times"));
        // Whoever was rung has a call, and whoever has one may have died before the ring.
        Assert.Subset(calls.Select(call => (string)call["to_number"]!).ToHashSet(), far.Invites.Keys.ToHashSet());
        Assert.InRange(tried, 1, calls.Count);

        var summary = (await agency.GetAsync("dashboard/overview?period=7d"))["summary"]!;
        Assert.Equal(calls.Count, (int)summary["total_calls"]!);
        // The agent has talked, and what it said is there.
        Assert.Contains(calls, call => (string?)call["transcript_status"] is "completed");
        Assert.Contains(calls, call => (string?)call["analysis_status"] is "completed");
        // What its script says that calls came to is counted as the calls have it.
        int unresolved = calls.Count(call => (string?)call["disposition"] is "unresolved");
        Assert.InRange(unresolved, 1, calls.Count);
        await agency.UntilAsync("dashboard/overview?period=7d",
            page => Task.FromResult((int?)page["disposition_breakdown"]!["unresolved"] == unresolved));
        TestContext.Current.TestOutputHelper?.WriteLine($"{far.Invites.Count} of {Batches * OfBatch} were rung");
    }

    /// <returns>The ids of batches that call.</returns>
    private static async Task<List<string>> BeginAsync(Agency agency)
    {
        string client = (string)(await agency.SendAsync(HttpMethod.Post, "clients", new() { ["name"] = "Client" }))["id"]!;
        // Calls are short here.
        await agency.SendAsync(HttpMethod.Patch, "agency", new()
        {
            ["settings"] = new JsonObject { ["recording_disclosure"] = new JsonObject { ["mode"] = "never" } },
        });
        string agent = (string)(await agency.SendAsync(HttpMethod.Post, "agents", new()
        {
            ["name"] = "Anna", ["first_speaker_text"] = "Good day.", ["max_duration_seconds"] = 5, ["voicemail_policy"] = "continue",
            ["script"] = JsonNode.Parse("""
                {"start":"end","steps":{"end":{"say":"Goodbye.","outcome":"unresolved","hangup":true} } }
                """),
        }))["id"]!;
        string campaign = (string)(await agency.SendAsync(HttpMethod.Post, "campaigns", new()
        {
            ["client_id"] = client, ["name"] = "Killed", ["type"] = "sdr", ["max_attempts"] = 1, ["consent_required"] = "none",
            ["daily_attempt_cap_per_contact"] = null,
        }))["id"]!;
        // Tests run at any hour.
        await agency.SendAsync(HttpMethod.Put, $"campaigns/{campaign}/legal-override", new() { ["because"] = "tests run at any hour" });
        await agency.SendAsync(HttpMethod.Patch, "campaigns/" + campaign, new()
        {
            ["calling_windows"] = new JsonArray(new JsonObject
            {
                ["days"] = new JsonArray("mon", "tue", "wed", "thu", "fri", "sat", "sun"), ["start"] = "00:00", ["end"] = "24:00",
            }),
        });
        var batches = new List<string>();
        for (int nth = 0; nth < Batches; nth++)
        {
            var made = await agency.SendAsync(HttpMethod.Post, "batches", new()
            {
                ["agent_mapping_id"] = agent, ["from_number"] = From, ["campaign_id"] = campaign, ["calls_per_minute"] = CallsAMinute,
                ["max_concurrent"] = OfBatch,
                ["contacts"] = new JsonArray([.. Enumerable.Range(nth * OfBatch, OfBatch)
                    .Select(i => (JsonNode)new JsonObject { ["phone_number"] = $"+1212{5_550_000 + i}" })]),
            });
            batches.Add((string)made["batch"]!["id"]!);
        }
        return batches;
    }

    private static int TotalOf(JsonNode page) => (int)page["pagination"]!["total"]!;

    /// <summary>Whoever can be called: every third one is busy, all others answer and hang up if nobody else does.</summary>
    private sealed class FarEnd
    {
        public FarEnd(Phone carrier) => _ = TakeAsync(carrier);

        /// <summary>By number.</summary>
        public ConcurrentDictionary<string, int> Invites { get; } = new(StringComparer.Ordinal);

        private async Task TakeAsync(Phone carrier)
        {
            var known = new HashSet<string>(StringComparer.Ordinal);
            while (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                foreach (var call in carrier.Calls)
                    if (known.Add(call.CallId)) _ = LiveAsync(call);
                await Task.Delay(10);
            }
        }

        private async Task LiveAsync(PhoneCall call)
        {
            string number = Uri.UnescapeDataString(SipText.UserOf(call.Offer.RequestUri)).Split(';')[0];
            Invites.AddOrUpdate(number, 1, (_, count) => count + 1);
            if ((number[^1] - '0') % 3 == 0)
            {
                try
                {
                    await call.RefuseAsync(486);
                }
                catch (Xunit.Sdk.FailException)
                {
                    // The node may be dead, and acknowledges nothing: it is counted all the same.
                }
                return;
            }
            call.Ring();
            await Task.Delay(300);
            if (call.Received("CANCEL").Count > 0) return;
            call.Accept();
            await Task.Delay(8_000);
            if (call.Received("BYE").Count == 0) call.Bye();
        }
    }

    /// <summary>The agency's API, by a key of its account. The node dies and comes back in the same place.</summary>
    private sealed class Agency(RunningNode node, string key) : IDisposable
    {
        private readonly HttpClient _http = new()
        {
            BaseAddress = new Uri(node.Api, Root), DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", key) },
        };

        public Task<JsonNode> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

        public async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body = null)
        {
            using var request = new HttpRequestMessage(method, path);
            if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
            using var answer = await _http.SendAsync(request, Stop);
            string text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
            return JsonNode.Parse(text)!;
        }

        public async Task UntilAsync(string path, Func<JsonNode, Task<bool>> holds)
        {
            var begun = Stopwatch.StartNew();
            for (var now = await GetAsync(path); !await holds(now); now = await GetAsync(path))
            {
                Assert.True(begun.Elapsed < Patience, $"{path} goes on: {now}\n{node.Output}");
                await Task.Delay(200, Stop);
            }
        }

        /// <summary>All of the agency's and its clients'.</summary>
        public async Task<List<JsonNode>> CallsAsync()
        {
            var all = new List<JsonNode>();
            while (true)
            {
                var page = await GetAsync($"calls?limit={PageSize}&offset={all.Count}");
                var rows = page["calls"]!.AsArray();
                all.AddRange(rows.Select(row => row!));
                if (rows.Count < PageSize) return all;
            }
        }

        public void Dispose() => _http.Dispose();
    }
}
