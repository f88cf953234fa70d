using System.Text.Json.Nodes;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Server;
using Ringwright.Testing;

namespace Ringwright.Edge.Chakra;

/// <summary>Calls that ring an agent first and a customer when he has answered (CH1, CH2, CH5, CH6, CH10, CH14).</summary>
public sealed class ChakraClickTests
{
    private const string First = "6b1f3c1e-0000-4000-8000-000000000001", Second = "6b1f3c1e-0000-4000-8000-000000000002",
        Unknown = "6b1f3c1e-0000-4000-8000-000000000009", CallerId = "+15559876543";

    /// <summary>PostgreSQL is deep, as for calls of other faces.</summary>
    public static TheoryData<bool> OnPostgres => Depth.Rows([false], [true]);

    [Depth("the gate has calls of agents at their devices, and twenty calls of all ends by all faces")]
    [Theory, MemberData(nameof(OnPostgres))]
    public async Task An_agent_is_called_first_and_the_customer_when_he_has_answered(bool isPostgres)
    {
        await using var host = await ChakraHost.StartAsync(isPostgres);
        await using var hook = await Sink.StartAsync();
        await host.DoneAsync("POST", "/webhook",
            $$"""{"url":"{{hook.Url}}","events":["call.created","call.updated","call.disposed"]}""");
        var config = await host.DoneAsync("PUT", "/config", $$"""
            {"dispositions":["paid"],"callerId":"{{CallerId}}","users":[
                {"id":"{{First}}","name":"Ann","device":"{{Sip(host, "ok-51")}}"},
                {"id":"{{Second}}","device":"{{Sip(host, "decline-52")}}"}]}
            """);
        Assert.Equal(("Ann", CallerId, 2),
            ((string?)config["users"]![0]!["name"], (string?)config["callerId"], config["users"]!.AsArray().Count));
        await RefusedAsync(host);
        await AnsweredAsync(host, hook);
        await DisposedFirstAsync(host);
        await NotReachedAsync(host);
        // What is not said of the config stays.
        Assert.Equal(2, (await host.DoneAsync("PUT", "/config", """{"dispositions":[]}"""))["users"]!.AsArray().Count);
    }

    [Fact, Depth("WaitingCallTests hold calls in the switch, and SharedLimitsTests refuse what does not wait")]
    public async Task An_agent_is_called_once_his_team_has_room_and_not_at_all_when_the_call_is_ended_before()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        await host.DoneAsync("PUT", "/config", $$"""
            {"dispositions":[],"callerId":"{{CallerId}}","users":[{"id":"{{First}}","device":"{{Sip(host, "now-61")}}"}]}
            """);
        var operating = new OperatorClient(host.Node);
        await operating.DataAsync("PATCH", $"/accounts/{host.Team}", """{"channels":1}""");
        await host.BecomesAsync(await host.DialAsync("now-60"), "IN_PROGRESS");
        string ended = await StartAsync(host, "now-62", First), waits = await StartAsync(host, "now-63", First);
        // Longer than it takes to ask for room.
        await Task.Delay(1_500, TestContext.Current.CancellationToken);
        Assert.Equal(("QUEUED", "QUEUED"),
            ((string?)(await host.CallAsync(ended))["callStatus"], (string?)(await host.CallAsync(waits))["callStatus"]));
        await host.DoneAsync("POST", $"/call/{ended}/hangup");
        await host.BecomesAsync(ended, "FAILED");
        Assert.Empty(host.Far.To("now-61"));

        await operating.DataAsync("PATCH", $"/accounts/{host.Team}", """{"channels":3}""");
        await host.BecomesAsync(waits, "IN_PROGRESS");
        Assert.Single(host.Far.To("now-61"));
        Assert.Single(host.Far.To("now-63"));
        Assert.Empty(host.Far.To("now-62"));
    }

    /// <summary>Its last steps are written while nobody looks any more.</summary>
    [Fact, Depth("the gate has calls of agents at their devices, and twenty calls of all ends by all faces")]
    public async Task A_call_that_ends_with_its_node_is_over_for_the_next_one()
    {
        using var folder = new TempFolder();
        string id;
        await using (var host = await ChakraHost.StartAsync(isPostgres: false, folder.Path))
        {
            await host.DoneAsync("PUT", "/config", $$"""
                {"dispositions":[],"callerId":"{{CallerId}}","users":[{"id":"{{First}}","device":"{{Sip(host, "now-71")}}"}]}
                """);
            id = await StartAsync(host, "now-72", First);
            await host.BecomesAsync(id, "IN_PROGRESS");
        }
        await using var next = await ChakraHost.StartAsync(isPostgres: false, folder.Path, isAgain: true);
        var over = await Eventually.SomeAsync(async () =>
            await next.DoneAsync("GET", "/call/" + id) is var call && call["callEnd"] is not null ? call : null, "its end is seen");
        Assert.Contains((string)over["callStatus"]!, (string[])["FAILED", "COMPLETED"]);
        await next.RefusesAsync(409, null, "POST", $"/call/{id}/hangup");
    }

    [Fact]
    public async Task A_call_that_is_asked_for_twice_by_one_key_is_one_call_by_the_ids_of_its_legs_too()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        await host.DoneAsync("PUT", "/config", $$"""
            {"dispositions":[],"callerId":"{{CallerId}}","users":[{"id":"{{First}}","device":"{{Sip(host, "now-81")}}"}]}
            """);
        string json = $$"""{"to":"{{Sip(host, "now-82")}}","user":"{{First}}"}""";
        // One that is refused has rung nobody, and gives its key back.
        Assert.Equal(400, (await host.AskAsync("POST", "/call", $$"""{"to":"Bob","user":"{{First}}"}""", key: "k-1")).Status);
        var (status, body) = await host.AskAsync("POST", "/call", json, key: "k-1");
        var (repeated, same) = await host.AskAsync("POST", "/call", json, key: "k-1");
        Assert.Equal((201, 201, body["_data"]!.ToJsonString()), (status, repeated, same["_data"]!.ToJsonString()));
        string another = $$"""{"to":"{{Sip(host, "now-83")}}","user":"{{First}}"}""";
        var (other, refused) = await host.AskAsync("POST", "/call", another, key: "k-1");
        Assert.Equal((409, "Idempotency-Key"), (other, (string?)refused["_errors"]![0]!["field"]));
        Assert.Equal(400, (await host.AskAsync("POST", "/call", json, key: new string('k', 256))).Status);

        string id = (string)body["_data"]!["id"]!, agent = (string)body["_data"]!["providerCallId"]!;
        var talks = await host.BecomesAsync(id, "IN_PROGRESS");
        foreach (string called in new[] { "now-81", "now-82" }) Assert.Single(host.Far.To(called));
        string customer = (string)talks["providerPayload"]!["customerLeg"]!;
        foreach (string leg in new[] { agent, customer }) Assert.Equal(id, (string?)(await host.CallAsync(leg))["id"]);
        await host.DoneAsync("PUT", "/call/" + customer, """{"forProcess":"p-9"}""");
        Assert.Equal(id, (string?)Assert.Single((await host.ListAsync("""{"filter":{"forProcess":"p-9"}}""")).Calls)["id"]);
        await host.RefusesAsync(409, null, "POST", "/call/log", $$"""
            {"to":"+15550177009","from":"+15550177008","type":"OUTBOUND","provider":"ringwright","providerCallId":"{{customer}}"}
            """);
        Assert.Equal(1, (int)(await host.ListAsync()).Meta["total"]!);
        await host.DoneAsync("POST", $"/call/{agent}/hangup");
        await host.BecomesAsync(id, "COMPLETED");
    }

    /// <summary>A CRM has it as somebody has typed it.</summary>
    [Fact]
    public async Task A_number_to_call_may_be_written_as_people_write_it()
    {
        await using var host = await ChakraHost.StartAsync(isPostgres: false);
        var config = await host.DoneAsync("PUT", "/config", $$"""
            {"dispositions":[],"callerId":"+1 (555) 987-6543","users":[
                {"id":"{{First}}","device":"{{Sip(host, "decline-91")}}"},{"id":"{{Second}}","device":"0044 20 7946 0009"}]}
            """);
        Assert.Equal((CallerId, "+442079460009"), ((string?)config["callerId"], (string?)config["users"]![1]!["device"]));
        var made = await host.DoneAsync("POST", "/call", $$"""{"to":"+1 (555) 017-7001","user":"{{First}}"}""");
        Assert.Equal(("+15550177001", CallerId), ((string?)made["to"], (string?)made["from"]));
        await host.BecomesAsync((string)made["id"]!, "FAILED");
    }

    private static async Task RefusedAsync(ChakraHost host)
    {
        foreach (var (status, field, json) in new[]
            {
                (400, "user", $$"""{"to":"+15550177001","user":"{{Unknown}}"}"""), (400, "user", """{"to":"+15550177001"}"""),
                (400, "to", $$"""{"to":"+99912345678901","user":"{{First}}"}"""), (400, "to", $$"""{"to":"Bob","user":"{{First}}"}"""),
                (400, "from", $$"""{"to":"+15550177001","from":"+99900000000","user":"{{First}}"}"""),
                (404, "team", $$"""{"to":"+15550177001","user":"{{First}}","team":"{{Unknown}}"}"""),
                (400, "mood", $$"""{"to":"+15550177001","user":"{{First}}","mood":"good"}"""),
            })
            await host.RefusesAsync(status, field, "POST", "/call", json);
        await host.RefusesAsync(400, "user", "POST", "/call", $$"""{"to":"+15550177001","user":"{{First}}"}""", host.Other);
        foreach (string wrong in new[]
            {
                $$"""[{"id":"{{First}}","device":"Bob"}]""", $$"""[{"id":"{{First}}"}]""", """[{"id":"me","device":"+15550177001"}]""",
                $$"""[{"id":"{{First}}","device":"+15550177001"},{"id":"{{First}}","device":"+15550177002"}]""",
            })
            await host.RefusesAsync(400, "users", "PUT", "/config", $$"""{"dispositions":[],"users":{{wrong}}}""");
        Assert.Empty(host.Far.Calls);
    }

    /// <summary>CH1, CH2 and CH5, with its events.</summary>
    private static async Task AnsweredAsync(ChakraHost host, Sink hook)
    {
        string to = Sip(host, "ok-53");
        var (status, body) = await host.AskAsync("POST", "/call", $$"""
            {"to":"{{to}}","user":"{{First}}","team":"{{host.Team}}","forProcess":"p-1","forRecord":"r/ü 2",
             "callInitiateLocation":"console"}
            """);
        Assert.True(status == 201, body.ToJsonString());
        var made = body["_data"]!.AsObject();
        ChakraRules.Hold(made);
        Assert.Equal(("QUEUED", "OUTBOUND", First, host.Team, "ringwright", "console", "p-1", "r/ü 2", CallerId),
            ((string?)made["callStatus"], (string?)made["type"], (string?)made["user"], (string?)made["team"], (string?)made["provider"],
            (string?)made["callInitiateLocation"], (string?)made["forProcess"], (string?)made["forRecord"], (string?)made["from"]));
        Assert.StartsWith("+999", (string?)made["to"], StringComparison.Ordinal);
        Assert.NotEmpty((string)made["providerCallId"]!);
        Assert.Equal((long)made["createdAt"]!, (long)made["updatedAt"]!);
        foreach (string later in new[] { "connectionStart", "callEnd", "disposedAt", "recordingUrl" }) Assert.Null(made[later]);
        string id = (string)made["id"]!;
        await host.RefusesAsync(409, null, "POST", "/call/log", $$"""
            {"to":"+15550177009","from":"+15550177008","type":"INBOUND","callStatus":"COMPLETED","provider":"ringwright",
             "providerCallId":"{{(string)made["providerCallId"]!}}"}
            """);

        var agent = await host.Far.CalledAsync("ok-51");
        await host.RefusesAsync(409, null, "POST", $"/call/{id}/dispose", """{"disposition":"paid"}""");
        var customer = await host.Far.CalledAsync("ok-53");
        Assert.True(agent.IsUp, "he has answered before");
        var talks = await host.BecomesAsync(id, "IN_PROGRESS");
        Assert.True((long)talks["connectionStart"]! - (long)talks["callStart"]! >= 1_900, "each has rung for a second");
        var (all, meta) = await host.ListAsync($$$"""{"filter":{"to":"{{{made["to"]}}}"}}""");
        Assert.Equal((id, 1), ((string?)Assert.Single(all)["id"], (int)meta["total"]!));
        Assert.Equal(1, (int)(await host.ListAsync()).Meta["total"]!);     // its legs are no calls of their own

        customer.Hangup();
        var left = await host.BecomesAsync(id, "DISCONNECTED_NOT_DISPOSED");
        await Eventually.TrueAsync(() => agent.IsOver, "the agent is let go");
        Assert.Equal((long)talks["connectionStart"]!, (long)left["connectionStart"]!);
        var done = await host.DoneAsync("POST", $"/call/{id}/dispose", """{"disposition":"paid"}""");
        Assert.Equal("COMPLETED", (string?)done["callStatus"]);
        await Eventually.TrueAsync(() => hook.All.Count >= 5, "all is told");
        var told = hook.All.Select(received => JsonNode.Parse(received.Text)!).ToList();
        Assert.Equal(["call.created QUEUED", "call.updated RINGING", "call.updated IN_PROGRESS", "call.updated DISCONNECTED_NOT_DISPOSED",
            "call.disposed COMPLETED"], told.Select(e => $"{e["event"]} {e["after"]!["callStatus"]}"));
        Assert.All(told, e => Assert.Equal(id, (string?)e["after"]!["id"]));
    }

    /// <summary>CH6.</summary>
    private static async Task DisposedFirstAsync(ChakraHost host)
    {
        string id = await StartAsync(host, "now-54", First);
        var customer = await host.Far.CalledAsync("now-54");
        await host.BecomesAsync(id, "IN_PROGRESS");
        var disposed = await host.DoneAsync("POST", $"/call/{id}/dispose", """{"disposition":"paid"}""");
        Assert.Equal("DISPOSED_NOT_DISCONNECTED", (string?)disposed["callStatus"]);
        Assert.False(customer.IsOver, "it goes on");
        await host.DoneAsync("POST", $"/call/{id}/hangup");
        var over = await host.BecomesAsync(id, "COMPLETED");
        Assert.True((long)over["disposedAt"]! <= (long)over["connectionEnd"]!);
        await Eventually.TrueAsync(() => customer.IsOver, "he is hung up");
        await host.RefusesAsync(409, null, "POST", $"/call/{id}/hangup");
    }

    /// <summary>CH10, and an agent who does not answer.</summary>
    private static async Task NotReachedAsync(ChakraHost host)
    {
        string busy = await StartAsync(host, "busy-55", First);
        var call = await host.BecomesAsync(busy, "BUSY");
        Assert.Equal((null, 0), (call["connectionStart"], (int)call["connectionDuration"]!));
        await Eventually.TrueAsync(() => host.Far.To("ok-51").All(agent => agent.IsOver), "no agent is left alone on the line");
        await host.RefusesAsync(409, null, "POST", $"/call/{busy}/dispose", """{"disposition":"paid"}""");

        string declined = await StartAsync(host, "now-56", Second);
        await host.BecomesAsync(declined, "FAILED");
        Assert.Empty(host.Far.To("now-56"));
    }

    private static async Task<string> StartAsync(ChakraHost host, string to, string user) =>
        (string)(await host.DoneAsync("POST", "/call", $$"""{"to":"{{Sip(host, to)}}","user":"{{user}}"}"""))["id"]!;

    private static string Sip(ChakraHost host, string user) => $"sip:{user}@127.0.0.1:{host.Far.Port}";
}
