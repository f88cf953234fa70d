using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

[Depth("the gate kills one on PostgreSQL")]
public sealed class ACampaignKilledOnSqlite : KilledCampaignTests
{
    private protected override Task<RunningNode> NodeAsync() => Task.FromResult(new RunningNode(Flags));
}

public sealed class ACampaignKilledOnPostgres : KilledCampaignTests
{
    private protected override async Task<RunningNode> NodeAsync() =>
        new([.. Flags, "--database", await (await PostgresServer.SharedAsync()).CreateDatabaseAsync()]);
}

/// <summary>
/// kill -9 again and again in the middle of one campaign. The far end, a telephone of the tests' own, counts INVITEs: never two to a
/// number within the interval, never one after a 200 OK, never more than the tries.
/// </summary>
public abstract class KilledCampaignTests
{
    private const int Tries = 3, RetrySeconds = 5, RingSeconds = 2;

    /// <summary>So many that the first kill, within four seconds, meets a campaign that has not called all of them once.</summary>
    private static readonly int Targets = Depth.Times(gate: 150, all: 300);

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3), Slack = TimeSpan.FromMilliseconds(50);

    private const string OperatorKey = "opk_campaigns_that_are_killed_0123456789";
    private protected static readonly string[] Flags = ["--api-rate", "100000", "--operator-key", OperatorKey];

    private protected abstract Task<RunningNode> NodeAsync();

    [Failure("process-killed")]
    [Fact]
    public async Task All_targets_are_called_to_their_end_and_nobody_once_too_often()
    {
        await using var node = await NodeAsync();
        await node.InitializeAsync();
        using var carrier = new Phone(node, System.Net.IPAddress.Parse("127.0.0.3"));
        var far = new FarNumbers(carrier);
        using var operating = new Operating(node);
        string trunk = (string)(await operating.PostAsync("trunks", new()
        {
            ["name"] = "carrier", ["host"] = "127.0.0.3", ["port"] = carrier.Port, ["caller_id"] = "any",
        }))["id"]!;
        await operating.PostAsync("routes", new() { ["trunk_id"] = trunk, ["prefix"] = "+1212" });
        string account = (string)(await operating.ListAsync("accounts"))[0]!["id"]!;
        var campaign = await operating.PostAsync($"accounts/{account}/campaigns", new()
        {
            ["name"] = "killed", ["from"] = new JsonArray("+15550100000"), ["message"] = "Good morning.", ["tries"] = Tries,
            ["retry_seconds"] = RetrySeconds, ["ring_seconds"] = RingSeconds, ["calls_per_second"] = 30,
        });
        string path = $"accounts/{account}/campaigns/{campaign["id"]}";
        var rows = new JsonArray([.. Enumerable.Range(0, Targets)
            .Select(i => (JsonNode)new JsonObject { ["phone_number"] = NumberOf(i) })]);
        Assert.Equal(Targets, (int)(await operating.PostAsync($"{path}/targets", new() { ["targets"] = rows }))["added"]!);
        await operating.PostAsync($"{path}/actions/start", []);

        var dice = new Random(20);
        for (int kill = 0; kill < LongRun.Times(Depth.Times(1, 5), 50); kill++)
        {
            // the moment of the kill is the test's dice
            await Task.Delay(TimeSpan.FromSeconds(1 + 3 * dice.NextDouble()), TestContext.Current.CancellationToken);
            await node.CrashAsync();
        }
        var begun = Stopwatch.StartNew();
        JsonNode now;
        do
        {
            await Task.Delay(200, TestContext.Current.CancellationToken);
            now = await operating.GetAsync(path);
            Assert.True(begun.Elapsed < Patience, $"it goes on: {now}\n{node.Output}");
        }
        while ((string?)now["state"] is not "stop");

        Assert.Equal("exhausted", (string?)now["stop_reason"]);
        Assert.Equal((0, 0, Targets), ((int)now["targets"]!["idle"]!, (int)now["targets"]!["progressing"]!, (int)now["targets"]!["done"]!));
        for (int i = 0; i < Targets; i++) far.Check(NumberOf(i));
        // Both who answer and who do not were met, or nothing was shown.
        Assert.True(far.Answered > Targets / 4, $"{far.Answered} have answered");
        Assert.True(far.Invites > Targets, $"{far.Invites} INVITEs");
        TestContext.Current.TestOutputHelper?.WriteLine($"{far.Invites} INVITEs to {Targets} numbers, {far.Answered} of them answered");
    }

    private static string NumberOf(int index) => $"+1212{index:D7}";

    /// <summary>Whoever can be called: by the last digit of the number it is busy, rings for ever, or answers and talks a moment.</summary>
    private sealed class FarNumbers
    {
        private readonly ConcurrentDictionary<string, ConcurrentQueue<(long At, PhoneCall Call)>> _invites = new(StringComparer.Ordinal);
        private readonly ConcurrentDictionary<string, long> _answers = new(StringComparer.Ordinal);

        public FarNumbers(Phone carrier) => _ = TakeAsync(carrier);

        public int Invites => _invites.Values.Sum(calls => calls.Count);
        public int Answered => _answers.Count;

        public void Check(string number)
        {
            var calls = _invites.TryGetValue(number, out var all) ? all.Select(call => call.At).Order().ToList() : [];
            // All that were sent may have been to a node that died before it wrote, but none is skipped.
            Assert.InRange(calls.Count, 1, Tries);
            for (int i = 1; i < calls.Count; i++)
                Assert.True(Stopwatch.GetElapsedTime(calls[i - 1], calls[i]) > TimeSpan.FromSeconds(RetrySeconds) - Slack,
                    $"{number} was called again after {Stopwatch.GetElapsedTime(calls[i - 1], calls[i]).TotalSeconds:0.00} s");
            if (_answers.TryGetValue(number, out long answered))
                Assert.True(calls.All(call => call <= answered), $"{number} was called again after it had answered");
        }

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
            _invites.GetOrAdd(number, _ => new()).Enqueue((Stopwatch.GetTimestamp(), call));
            switch (number[^1])
            {
                case '0' or '1' or '2':
                    await TryAsync(call.RefuseAsync(486));
                    break;
                case '3' or '4':
                    call.Ring();
                    break;
                default:
                    call.Ring();
                    await Task.Delay(300);
                    if (call.Received("CANCEL").Count > 0) break;
                    call.Accept();
                    _answers[number] = Stopwatch.GetTimestamp();
                    await Task.Delay(1_500);
                    if (call.Received("BYE").Count == 0) call.Bye();
                    break;
            }
        }

        /// <summary>The node may be dead, and acknowledges nothing.</summary>
        private static async Task TryAsync(Task answered)
        {
            try
            {
                await answered;
            }
            catch (Xunit.Sdk.FailException)
            {
                // It is counted all the same.
            }
        }
    }

    private sealed class Operating(RunningNode node) : IDisposable
    {
        private readonly HttpClient _http = new()
        {
            BaseAddress = node.Admin, DefaultRequestHeaders = { Authorization = new("Bearer", OperatorKey) },
        };

        public Task<JsonNode> GetAsync(string path) =>
            ReadAsync(_http.GetAsync("operator/v1/" + path, TestContext.Current.CancellationToken));

        public async Task<JsonArray> ListAsync(string path) => (await GetAsync(path)).AsArray();

        public Task<JsonNode> PostAsync(string path, JsonObject body) => ReadAsync(_http.PostAsync("operator/v1/" + path,
            new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken));

        public void Dispose() => _http.Dispose();

        private static async Task<JsonNode> ReadAsync(Task<HttpResponseMessage> asked)
        {
            using var answer = await asked;
            string text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            Assert.True(answer.IsSuccessStatusCode, $"{(int)answer.StatusCode} {text}");
            return JsonNode.Parse(text)!["data"]!;
        }
    }
}
