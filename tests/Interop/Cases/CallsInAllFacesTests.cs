using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

[Depth("FaceScenarios hold together what random calls are projected to, and CallFacesTests in Edge what twenty calls are answered as")]
public sealed class CallsInAllFacesOnSqlite : CallsInAllFacesTests
{
    private protected override Task<RunningNode> NodeAsync() => Task.FromResult(new RunningNode());
}

[Depth("the same calls on PostgreSQL; CallOracleTests and CallFacesTests in Edge say what SQLite has of each end")]
public sealed class CallsInAllFacesOnPostgres : CallsInAllFacesTests
{
    private protected override async Task<RunningNode> NodeAsync() =>
        new("--api-rate", "100000", "--database", await (await PostgresServer.SharedAsync()).CreateDatabaseAsync());
}

/// <summary>
/// Two hundred calls to people of the lab, placed by four APIs, some of them up when the node is killed: each API is asked by HTTP for each
/// call, and all say the same of its parties, its times, its length, its price and its recording.
/// </summary>
public abstract class CallsInAllFacesTests
{
    private const int Calls = 188, UpAtKill = 12, AtOnce = 16, Placing = 4;
    private const string Telefonie = "telefonie/v1/", Rfc2822 = "ddd, dd MMM yyyy HH:mm:ss '+0000'";

    /// <summary>Of a minute, and nobody talks longer.</summary>
    private const decimal Price = 0.0085m;

    /// <summary>How long a node that is killed may have been without a sign of life.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(12);

    private static readonly string[] Live = ["queued", "ringing", "in-progress"];

    /// <summary>What people do, and what is said of it behind the end: by hand, of the customers' documents.</summary>
    private static readonly Way[] Ways =
    [
        new("+1555000", "in-progress", new("completed", "completed", "normal", "COMPLETED", "answered")),
        new("+1555001", "in-progress", new("completed", "completed", "normal", "COMPLETED", "answered")),
        new("+1555002", null, new("busy", "busy", "busy", "BUSY", "busy")),
        new("+1555003", "ringing", new("canceled", "canceled", "cancel", "FAILED", "no_answer")),
        new("+1555004", null, new("failed", "failed", "noanswer", "REJECTED", "declined")),
        new("+1555005", null, new("failed", "failed", "failed", "FAILED", null)),
        // Talks for two seconds and hangs up.
        new("+15550090002", null, new("completed", "completed", "normal", "COMPLETED", "answered")),
    ];

    private static readonly Words Killed = new("completed", "failed", "failed", "FAILED", "answered");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private protected abstract Task<RunningNode> NodeAsync();

    [Fact]
    [Failure("process-killed")]
    public async Task Two_hundred_calls_are_the_same_in_every_API()
    {
        await using var node = await NodeAsync();
        await node.InitializeAsync();
        string rates = node.PathOf("rates.csv");
        await File.WriteAllTextAsync(rates, "prefix,price,initial,increment\n+1555,0.0085,60,60\n", Stop);
        await node.RunAsync("rates", "import", rates);
        await using var customer = await Customer.CreateAsync(node, node.NextNumber());
        using var http = new HttpClient { BaseAddress = new(node.Api, "/") };
        string account = await node.Operator.FindAccountAsync(null);
        var asker = new Asker(node, customer, http, account);

        var dice = new Random(44);
        using var places = new SemaphoreSlim(AtOnce);
        var over = await Task.WhenAll(Enumerable.Range(0, Calls).Select(n => (Way: Ways[dice.Next(Ways.Length)], Api: n % Placing, Nth: n))
            .ToList().Select(async one =>
            {
                await places.WaitAsync(Stop);
                try
                {
                    var call = await asker.PlaceAsync(one.Api, one.Way, NumberOf(one.Way, one.Nth), isRecorded: one.Nth % 3 == 0);
                    await asker.EndAsync(call);
                    return call;
                }
                finally
                {
                    places.Release();
                }
            }));

        var up = new List<Call>();
        for (int n = 0; n < UpAtKill; n++)
        {
            var call = await asker.PlaceAsync(n % Placing, Ways[0], NumberOf(Ways[0], Calls + n), isRecorded: n % 2 == 0);
            up.Add(call with { Words = Killed });
        }
        foreach (var call in up) await asker.ShownAsync(call, "in-progress");
        await Task.Delay(Silence, Stop);
        await node.CrashAsync();
        using var next = new HttpClient { BaseAddress = new(node.Api, "/") };
        asker = asker with { Http = next };
        foreach (var call in up) await asker.EndedAsync(call);

        foreach (var call in over.Concat(up)) await JudgeAsync(asker, call);
        Assert.Equal(Calls + UpAtKill, over.Concat(up).Select(call => call.Id).Distinct().Count());
    }

    /// <summary>Each has a person of its own but for those whose number says what they do.</summary>
    private static string NumberOf(Way way, int nth) => way.Prefix.Length > "+1555000".Length ? way.Prefix : $"{way.Prefix}{nth:0000}";

    private static async Task JudgeAsync(Asker asker, Call call)
    {
        var faces = (await asker.Node.Operator.SendAsync(HttpMethod.Get, $"calls/{call.Id}/faces"))["legs"]!.AsArray().Single()!["faces"]!
            .AsArray().ToDictionary(face => (string)face!["face"]!, face => face!["document"]!);
        var telefonie = await asker.TelefonieAsync($"voice/calls/{call.Id}");
        var chakra = (await asker.BearAsync($"chakra/v1/ext/call/{call.Id}"))["_data"]!;
        var voipbin = await asker.BearAsync($"v1.0/calls/{call.Id}?accesskey={asker.Node.Key}");
        var texml = await asker.BearAsync(
            $"v2/texml/Accounts/{faces["texml"]["account_sid"]}/Calls/{Uri.EscapeDataString((string)faces["texml"]["sid"]!)}");
        var twiml = await asker.TwimlAsync($"Calls/{faces["twiml"]["sid"]}.json");
        var telnyx = (await asker.BearAsync(
            $"v2/calls/{Uri.EscapeDataString((string)faces["telnyx"]["data"]!["call_control_id"]!)}"))["data"]!;
        // People read it with a session; as their API answers its own account it is among the faces.
        var agency = faces["agency"];
        string what = string.Join('\n',
            new[] { telefonie, chakra, voipbin, texml, twiml, telnyx, agency }.Select(one => one.ToJsonString()));

        Same(what, call.Words, new Words((string)telefonie["status"]!, (string)texml["status"]!, (string)voipbin["hangup_reason"]!,
            (string)chakra["callStatus"]!, (string?)agency["outcome"]));
        Assert.Equal((string)texml["status"]!, (string?)twiml["status"]);
        Same(what, (call.From, call.To), ((string?)telefonie["from"], (string?)telefonie["to"]),
            ((string?)chakra["from"], (string?)chakra["to"]), ((string?)texml["from"], (string?)texml["to"]),
            ((string?)twiml["from"], (string?)twiml["to"]),
            ((string?)voipbin["source"]!["target"], (string?)voipbin["destination"]!["target"]),
            ((string?)agency["from_number"], (string?)agency["to_number"]));

        bool isAnswered = telefonie["start_time"] is not null;
        Same(what, Millis(voipbin["tm_create"]), (long?)chakra["callStart"], Millis(telnyx["start_time"]), Millis(agency["created_at"]));
        Same(what, Millis(telefonie["start_time"]), (long?)chakra["connectionStart"], Millis(voipbin["tm_progressing"]),
            Millis(agency["joined_at"]));
        Same(what, Millis(telefonie["end_time"]), (long?)chakra["callEnd"], Millis(voipbin["tm_hangup"]), Millis(telnyx["end_time"]),
            Millis(agency["ended_at"]));
        Same(what, Seconds(telefonie["end_time"]), SecondsOf(twiml["end_time"]), SecondsOf(texml["end_time"]));
        if (isAnswered) Same(what, Seconds(telefonie["start_time"]), SecondsOf(twiml["start_time"]));
        int talked = (int)telefonie["duration"]!;
        Same(what, talked, (int)chakra["connectionDuration"]!, Number(texml["duration"]), Number(twiml["duration"]),
            (int)agency["duration_seconds"]!);
        Assert.True(isAnswered == (talked > 0), what);

        // Below nothing in two of them.
        Same(what, isAnswered ? -Price : 0m, Amount(telefonie["price"]), Amount(twiml["price"]), -Amount(texml["price"]));
        Same(what, isAnswered ? "USD" : null, (string?)telefonie["price_unit"]);

        Same(what, call.IsRecorded && isAnswered, telefonie["recording_url"] is not null, chakra["recordingUrl"] is not null,
            voipbin["recording_ids"]!.AsArray().Count == 1, (bool)agency["has_recording"]!);
        if (telefonie["recording_url"] is null) return;
        byte[] one = await asker.SoundAsync((string)telefonie["recording_url"]!, "X-API-Key", asker.Node.Key);
        byte[] other = await asker.SoundAsync((string)chakra["recordingUrl"]!, "Authorization", "Bearer " + asker.Node.Key);
        Assert.True(one.AsSpan().StartsWith("RIFF"u8) && one.AsSpan().SequenceEqual(other), what);
    }

    private static void Same<T>(string what, T expected, params ReadOnlySpan<T> said)
    {
        foreach (var one in said) Assert.True(EqualityComparer<T>.Default.Equals(expected, one), $"{expected} is not {one} in\n{what}");
    }

    private static DateTimeOffset? Moment(JsonNode? text) => text is null ? null
        : DateTimeOffset.Parse((string)text!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static long? Millis(JsonNode? text) => Moment(text)?.ToUnixTimeMilliseconds();

    private static long? Seconds(JsonNode? text) => Moment(text)?.ToUnixTimeSeconds();

    private static long? SecondsOf(JsonNode? text) => DateTimeOffset.ParseExact((string)text!, Rfc2822, CultureInfo.InvariantCulture,
        DateTimeStyles.AssumeUniversal).ToUnixTimeSeconds();

    private static int Number(JsonNode? text) => int.Parse((string)text!, CultureInfo.InvariantCulture);

    private static decimal Amount(JsonNode? text) => text is null ? 0 : decimal.Parse((string)text!, CultureInfo.InvariantCulture);

    /// <param name="Until">The status in which somebody hangs up on them; null of those who end their calls by themselves.</param>
    private sealed record Way(string Prefix, string? Until, Words Words);

    /// <param name="Agency">Null of a call that ended by a fault of the line.</param>
    private sealed record Words(string Telefonie, string Documents, string Voipbin, string Chakra, string? Agency);

    private sealed record Call(string Id, string From, string To, bool IsRecorded, Way Way, Words Words);

    /// <summary>Asks each API in its way, with the one key of the first account.</summary>
    private sealed record Asker(RunningNode Node, Customer Customer, HttpClient Http, string Account)
    {
        private string TwimlRoot => $"2010-04-01/Accounts/AC{Guid.Parse(Account):N}/";

        private string Basic =>
            "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"AC{Guid.Parse(Account):N}:{Node.Key}"));

        public async Task<Call> PlaceAsync(int api, Way way, string to, bool isRecorded)
        {
            string from = api is 2 ? Customer.Number : Node.NextNumber();
            string first = isRecorded ? "{\"type\":\"recording_start\",\"option\":{\"format\":\"wav\"} }," : "";
            string id = api switch
            {
                0 => (string)(await SendAsync(HttpMethod.Post, Telefonie + "voice/calls", "X-API-Key", Node.Key,
                    Json($$"""{"to":"{{to}}","from":"{{from}}","record":{{(isRecorded ? "true" : "false")}}}""")))["id"]!,
                1 => (string)(await SendAsync(HttpMethod.Post, $"v1.0/calls?accesskey={Node.Key}", "Accept", "*/*", Json($$"""
                    {"source":{"type":"tel","target":"{{from}}"},"destinations":[{"type":"tel","target":"{{to}}"}],
                     "actions":[{{first}}{"type":"sleep","option":{"duration":60000} }]}
                    """)))["id"]!,
                2 => (string)(await Customer.DialAsync(to,
                    isRecorded ? new() { ["record"] = "record-from-answer", ["record_format"] = "wav" } : null))["call_leg_id"]!,
                _ => await PlaceByTwimlAsync(to, from),
            };
            return new(id, from, to, isRecorded && api is not 3, way, way.Words);
        }

        private async Task<string> PlaceByTwimlAsync(string to, string from)
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["To"] = to, ["From"] = from, ["Twiml"] = "<Response><Pause length=\"60\"/></Response>",
            });
            string sid = (string)(await SendAsync(HttpMethod.Post, TwimlRoot + "Calls.json", "Authorization", Basic, form))["sid"]!;
            // The operator finds it by the name that it has there, once the ledger has it.
            return await Eventually.SomeAsync(async () =>
                (string?)(await Node.Operator.FindAsync($"calls/{sid}/faces"))?["legs"]?[0]?["id"], $"{sid} is found");
        }

        /// <summary>By Telefonie, whichever API placed it.</summary>
        public async Task EndAsync(Call call)
        {
            if (call.Way.Until is { } until)
            {
                await ShownAsync(call, until);
                if (until is "in-progress") await Task.Delay(1_200, Stop);
                using var request = Request(HttpMethod.Delete, $"{Telefonie}voice/calls/{call.Id}", "X-API-Key", Node.Key);
                using var answer = await Http.SendAsync(request, Stop);
                Assert.Equal(204, (int)answer.StatusCode);
            }
            await EndedAsync(call);
        }

        /// <summary>It is over, and what was recorded is saved.</summary>
        public Task<JsonObject> EndedAsync(Call call) => Eventually.SomeAsync(async () =>
            await FindAsync(call) is { } shown && !Live.Contains((string?)shown["status"])
                && (!call.IsRecorded || shown["start_time"] is null || shown["recording_url"] is not null) ? shown : null,
            $"{call} is over");

        public Task<JsonObject> ShownAsync(Call call, string status) => Eventually.SomeAsync(async () =>
            await FindAsync(call) is { } shown && (string?)shown["status"] == status ? shown : null, $"{call} is {status}");

        /// <summary>Null as long as the ledger has not what another API has answered.</summary>
        private async Task<JsonObject?> FindAsync(Call call)
        {
            using var request = Request(HttpMethod.Get, $"{Telefonie}voice/calls/{call.Id}", "X-API-Key", Node.Key);
            using var answer = await Http.SendAsync(request, Stop);
            if (!answer.IsSuccessStatusCode) return null;
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!.AsObject();
        }

        public Task<JsonObject> TelefonieAsync(string path) => SendAsync(HttpMethod.Get, Telefonie + path, "X-API-Key", Node.Key);

        public Task<JsonObject> BearAsync(string path) => SendAsync(HttpMethod.Get, path, "Authorization", "Bearer " + Node.Key);

        public Task<JsonObject> TwimlAsync(string path) => SendAsync(HttpMethod.Get, TwimlRoot + path, "Authorization", Basic);

        public async Task<byte[]> SoundAsync(string link, string header, string credential)
        {
            using var request = Request(HttpMethod.Get, link, header, credential);
            using var answer = await Http.SendAsync(request, Stop);
            Assert.True(answer.IsSuccessStatusCode, $"{link}: {(int)answer.StatusCode}");
            return await answer.Content.ReadAsByteArrayAsync(Stop);
        }

        private async Task<JsonObject> SendAsync(HttpMethod method, string path, string header, string credential,
            HttpContent? content = null)
        {
            using var request = Request(method, path, header, credential);
            request.Content = content;
            using var answer = await Http.SendAsync(request, Stop);
            string text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.IsSuccessStatusCode, $"{method} {path}: {(int)answer.StatusCode} {text}");
            return JsonNode.Parse(text)!.AsObject();
        }

        private static HttpRequestMessage Request(HttpMethod method, string path, string header, string credential)
        {
            var request = new HttpRequestMessage(method, path);
            request.Headers.TryAddWithoutValidation(header, credential);
            return request;
        }

        private static StringContent Json(string text) => new(text, Encoding.UTF8, "application/json");
    }
}
