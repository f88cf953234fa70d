using System.Net;
using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Server;
using Ringwright.Server.Cli;
using Ringwright.Telnyx;
using Ringwright.Testing;

namespace Ringwright.Edge.Chakra;

/// <summary>Twenty calls of all ends: what holds of each at every moment, and what the APIs say of them side by side.</summary>
public sealed class CallFacesTests
{
    private static readonly string[] Ends = ["busy", "noans", "decline", "err", "nf", "ring", "now", "ok"];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Twenty_calls_of_all_ends_keep_the_rules_and_all_faces_agree()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        await host.DoneAsync("PUT", "/config", """{"dispositions":["paid"]}""");
        var users = new Dictionary<string, string>();
        for (int i = 0; i < 20; i++)
        {
            string user = $"{Ends[i % Ends.Length]}-{400 + i}";
            users[await host.DialAsync(user)] = user;
        }
        var updated = new Dictionary<string, long>();
        await Eventually.SomeAsync<object>(async () =>
        {
            var calls = (await host.ListAsync("""{"limit":200}""")).Calls;
            foreach (var call in calls)
            {
                string id = (string)call["id"]!, status = (string)call["callStatus"]!;
                Assert.True((long)call["updatedAt"]! >= updated.GetValueOrDefault(id), "updatedAt never falls");
                updated[id] = (long)call["updatedAt"]!;
                if (status is "IN_PROGRESS" && users[id][^1] is '6' or '5')
                    await host.AskAsync("POST", $"/call/{id}/dispose", """{"disposition":"paid"}""");
                if (status is "IN_PROGRESS" or "DISPOSED_NOT_DISCONNECTED") (await host.Far.CalledAsync(users[id])).Hangup();
                if (status is "RINGING" && users[id][0] is 'r') await host.AskAsync("POST", $"/call/{id}/hangup");
            }
            await Task.Delay(100, Stop);
            return calls.Count == 20 && calls.All(call => call["callEnd"] is not null) ? calls : null;
        }, "all have ended");

        foreach (var (id, user) in users)
        {
            var chakra = await host.CallAsync(id);
            var shown = await FacesAsync(host, id);
            Assert.Equal(["agency", "chakra", "telefonie", "telnyx", "texml", "twiml", "voipbin"], shown.Keys.Where(IsHere).Order());
            Assert.Equal(chakra.ToJsonString(), shown["chakra"]["_data"]!.ToJsonString());
            Assert.Equal(WordsOf(user), ((string?)shown["twiml"]["status"], (string?)shown["voipbin"]["hangup_reason"]));
            Assert.Equal(EndOf(user, chakra), (string?)chakra["callStatus"]);
            bool isAnswered = chakra["connectionStart"] is not null;
            Assert.Equal(isAnswered, shown["voipbin"]["tm_progressing"] is not null);
            Assert.Equal($"{chakra["connectionDuration"]}", (string?)shown["twiml"]["duration"]);
            Assert.Equal((int)chakra["connectionDuration"]!, (int)shown["agency"]["duration_seconds"]!);
            Assert.Equal((int)chakra["connectionDuration"]!, (int)shown["telefonie"]["duration"]!);
            Assert.Equal(isAnswered, shown["telefonie"]["start_time"] is not null);
            Assert.Equal(OutcomeOf(user), (string?)shown["agency"]["outcome"]);
            Assert.Equal("+15559876543", (string?)chakra["from"]);
            Assert.Equal("+15559876543", (string?)shown["twiml"]["from"]);
            Assert.Equal("+15559876543", (string?)shown["voipbin"]["source"]!["target"]);
            Assert.False((bool)shown["telnyx"]["data"]!["is_alive"]!);
        }
    }

    [Fact]
    public async Task A_recording_is_behind_a_link_that_takes_a_token_of_the_team()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        string id = await host.DialAsync("now-440",
            """{"type":"recording_start","option":{"format":"wav"}},{"type":"sleep","option":{"duration":60000}}""");
        Assert.Null((await host.BecomesAsync(id, "IN_PROGRESS"))["recordingUrl"]);
        await host.Node.RecordsAsync();
        (await host.Far.CalledAsync("now-440")).Hangup();
        await host.BecomesAsync(id, "COMPLETED");
        string url = await Eventually.SomeAsync(async () => (string?)(await host.CallAsync(id))["recordingUrl"], "the recording is saved");
        string path = url.StartsWith('/') ? url : new Uri(url).PathAndQuery;
        Assert.Equal($"/chakra/v1/ext/call/{id}/recording", path);
        Assert.Equal("RIFF"u8.ToArray(), (await host.Node.Api.GetByteArrayAsync(path, Stop))[..4]);
        using var nobody = new HttpClient { BaseAddress = host.Node.Api.BaseAddress };
        using var refused = await nobody.GetAsync(path, Stop);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        await host.RefusesAsync(404, null, "GET", $"/call/{id}/recording", token: host.Other);
    }

    public static TheoryData<string> Legs => Depth.Rows(gate: ["agentLeg"], deep: ["customerLeg"]);

    [Theory, MemberData(nameof(Legs))]
    public async Task A_recording_of_either_leg_is_one_of_the_call_that_rings_an_agent_first(string leg)
    {
        const string agent = "6b1f3c1e-0000-4000-8000-000000000001";
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        await using var hook = await Sink.StartAsync();
        await host.DoneAsync("POST", "/webhook", $$"""{"url":"{{hook.Url}}","events":["call.updated"]}""");
        await host.DoneAsync("PUT", "/config", $$"""
            {"dispositions":[],"callerId":"+15559876543","users":[{"id":"{{agent}}","device":"sip:now-450@127.0.0.1:{{host.Far.Port}}"}]}
            """);
        string id = (string)(await host.DoneAsync("POST", "/call",
            $$"""{"to":"sip:now-451@127.0.0.1:{{host.Far.Port}}","user":"{{agent}}"}"""))["id"]!;
        var talks = await host.BecomesAsync(id, "IN_PROGRESS");
        Assert.Null(talks["recordingUrl"]);
        await RecordAsync(host, talks, leg);
        (await host.Far.CalledAsync("now-451")).Hangup();
        string url = await Eventually.SomeAsync(async () => (string?)(await host.CallAsync(id))["recordingUrl"], "the recording is saved");
        string path = url.StartsWith('/') ? url : new Uri(url).PathAndQuery;
        Assert.Equal($"/chakra/v1/ext/call/{id}/recording", path);
        Assert.Equal("RIFF"u8.ToArray(), (await host.Node.Api.GetByteArrayAsync(path, Stop))[..4]);
        Assert.Equal(url, (string?)Assert.Single((await host.ListAsync()).Calls)["recordingUrl"]);
        var told = await Eventually.SomeAsync(() => ValueTask.FromResult<JsonNode?>(hook.All
            .Select(received => JsonNode.Parse(received.Text)!)
            .FirstOrDefault(one => one["changed"]!.AsArray().Any(name => (string?)name == "recordingUrl"))), "the recording is told");
        Assert.Equal((id, null), ((string?)told["after"]!["id"], (string?)told["before"]!["recordingUrl"]));
        Assert.EndsWith(path, (string)told["after"]!["recordingUrl"]!, StringComparison.Ordinal);
        await host.RefusesAsync(404, null, "GET", $"/call/{id}/recording", token: host.Other);
    }

    /// <summary>By another API: this one has no word for it.</summary>
    /// <param name="leg">Which of the call's, by its member of <c>providerPayload</c>.</param>
    private static async Task RecordAsync(ChakraHost host, JsonObject talks, string leg)
    {
        var database = host.Node.Node.Database;
        var row = await database.Legs.FindByUuidAsync(new TenantId(Guid.Parse(host.Team)),
            Guid.Parse((string)talks["providerPayload"]![leg]!), Stop);
        Assert.NotNull(row);
        await host.ActAsync(new Ids(database.Node).CallControl(row.Tenant, row.Id), "record_start",
            """{"format":"wav","channels":"single"}""");
        await host.Node.RecordsAsync();
    }

    [Fact, Depth("the gate has calls of agents at their devices, and twenty calls of all ends by all faces")]
    public async Task Each_of_the_29_fields_is_filled_by_what_happens_to_one_call()
    {
        const string agent = "6b1f3c1e-0000-4000-8000-000000000001";
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        await host.DoneAsync("PUT", "/config", $$"""
            {"dispositions":["paid"],"callerId":"+15559876543",
             "users":[{"id":"{{agent}}","device":"sip:now-452@127.0.0.1:{{host.Far.Port}}"}]}
            """);
        string id = (string)(await host.DoneAsync("POST", "/call", $$"""
            {"to":"sip:now-453@127.0.0.1:{{host.Far.Port}}","user":"{{agent}}","team":"{{host.Team}}","callInitiateLocation":"console",
             "forTask":"t1","forRecord":"r1","forProcess":"p1","forUser":"u1","forStateTask":"s1","forEntity":"e1","forProcedure":"q1"}
            """))["id"]!;
        await RecordAsync(host, await host.BecomesAsync(id, "IN_PROGRESS"), "customerLeg");
        (await host.Far.CalledAsync("now-453")).Hangup();
        await host.BecomesAsync(id, "DISCONNECTED_NOT_DISPOSED");
        await host.DoneAsync("POST", $"/call/{id}/dispose", """{"disposition":"paid"}""");
        await Eventually.SomeAsync(async () => (string?)(await host.CallAsync(id))["recordingUrl"], "the recording is saved");
        var whole = await host.CallAsync(id);
        Assert.Equal(ChakraRules.Fields.Order(StringComparer.Ordinal), whole.Select(field => field.Key).Order(StringComparer.Ordinal));
        Assert.All(whole, field => Assert.NotNull(field.Value));
        Assert.False((bool)whole["isDeleted"]!);
        await host.DoneAsync("DELETE", $"/call/{id}");
        Assert.True((bool)(await host.CallAsync(id))["isDeleted"]!);
    }

    [Fact]
    public async Task The_command_prints_all_faces_side_by_side()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        string id = await host.DialAsync("busy-1");
        await host.BecomesAsync(id, "BUSY");
        var shown = await new OperatorClient(host.Node).DataAsync("GET", $"/calls/{id}/faces");
        var words = new StringWriter();
        await CallShowCommand.WriteAsync(words, shown);
        string[] lines = words.ToString().Split('\n');
        string heads = Assert.Single(lines, line => line.StartsWith("telnyx ", StringComparison.Ordinal));
        foreach (string face in new[] { "texml", "twiml", "voipbin", "telefonie", "chakra", "agency" })
            Assert.Contains(face, heads, StringComparison.Ordinal);
        Assert.Contains("_data.callStatus BUSY", words.ToString(), StringComparison.Ordinal);
        Assert.Contains("hangup_reason busy", words.ToString(), StringComparison.Ordinal);
        await new OperatorClient(host.Node).RefusesAsync(HttpStatusCode.NotFound, "id", "GET", "/calls/nobody/faces");
    }

    private static async Task<Dictionary<string, JsonNode>> FacesAsync(ChakraHost host, string id)
    {
        var shown = await new OperatorClient(host.Node).DataAsync("GET", $"/calls/{id}/faces");
        Assert.Equal(id, (string?)Assert.Single(shown["legs"]!.AsArray())!["id"]);
        return shown["legs"]![0]!["faces"]!.AsArray().ToDictionary(face => (string)face!["face"]!, face => face!["document"]!);
    }

    /// <summary>Other APIs may be added, and say theirs too.</summary>
    private static bool IsHere(string face) =>
        face is "agency" or "chakra" or "telefonie" or "telnyx" or "texml" or "twiml" or "voipbin";

    /// <summary>Of the rows of faces.tsv that these ends lead to.</summary>
    private static (string, string) WordsOf(string user) => user.Split('-')[0] switch
    {
        "busy" => ("busy", "busy"),
        "noans" => ("no-answer", "noanswer"),
        "decline" => ("failed", "noanswer"),
        "err" or "nf" => ("failed", "failed"),
        "ring" => ("canceled", "cancel"),
        _ => ("completed", "normal"),
    };

    private static string? OutcomeOf(string user) => user.Split('-')[0] switch
    {
        "busy" => "busy",
        "noans" or "ring" => "no_answer",
        "decline" => "declined",
        "err" or "nf" => null,
        _ => "answered",
    };

    private static string EndOf(string user, JsonObject call) => user.Split('-')[0] switch
    {
        "busy" => "BUSY",
        "noans" => "UNANSWERED",
        "decline" => "REJECTED",
        "err" or "nf" or "ring" => "FAILED",
        _ => call["disposedAt"] is null ? "DISCONNECTED_NOT_DISPOSED" : "COMPLETED",
    };
}
