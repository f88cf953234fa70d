using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Chakra;

/// <summary>Calls that are written down, read, listed, linked and deleted, and who sees them.</summary>
public sealed class ChakraLogTests
{
    private const string User = "6b1f3c1e-0000-4000-8000-000000000001", Unknown = "11111111-2222-4333-8444-555555555555";

    /// <summary>PostgreSQL is deep, as for calls of other faces.</summary>
    public static TheoryData<bool> OnPostgres => Depth.Rows([false], [true]);

    [Theory, MemberData(nameof(OnPostgres))]
    public async Task Calls_are_logged_read_listed_linked_and_deleted(bool isPostgres)
    {
        await using var host = await ChakraHost.StartAsync(isPostgres);
        await ByHandAsync(host);
        await WordsAsync(host);
        await ImportedAsync(host);
        await PayloadsAsync(host);
        await ListedAsync(host);
        await LinkedAndDeletedAsync(host);
        await ForeignAsync(host);
        await NothingAsync(host);
        await LooseAsync(host);
        await TypedAsync(host);
    }

    /// <summary>People type numbers in many ways, some without their country; what is none is shown by an alias.</summary>
    private static async Task TypedAsync(ChakraHost host)
    {
        foreach (var (said, shown) in new[]
            {
                ("+1 (555) 017-7009", "+15550177009"), ("0044 20 7946 0009", "+442079460009"), ("9876543210", "9876543210"),
                ("(555) 017-7008", "(555) 017-7008"),
            })
        {
            string json = $$"""
                {"to":"{{said}}","from":"+15550100000","type":"OUTBOUND","provider":"ameyo","providerCallId":"typed {{said}}"}
                """;
            var made = await host.DoneAsync("POST", "/call/log", json);
            Assert.Equal(shown, (string?)made["to"]);
            Assert.Equal(made.ToJsonString(), (await host.DoneAsync("POST", "/call/log", json)).ToJsonString());
            foreach (string asked in new[] { said, shown })
                Assert.Equal((string?)made["id"],
                    (string?)Assert.Single((await host.ListAsync($$"""{"filter":{"to":"{{asked}}"} }""")).Calls)["id"]);
        }
        foreach (string nobody in new[] { "Bob", "+", "12", "sip:ann@example.org" })
            Assert.StartsWith("+999", (string?)(await host.DoneAsync("POST", "/call/log",
                $$"""{"to":"{{nobody}}","from":"+15550100000","type":"OUTBOUND"}"""))["to"], StringComparison.Ordinal);
    }

    /// <summary>As PHP, Zapier and n8n write it: numbers as texts, texts as numbers, and an object without members as a list.</summary>
    private static async Task LooseAsync(ChakraHost host)
    {
        var made = await host.DoneAsync("POST", "/call/log", """
            {"to":"+15550177001","from":"+15550100000","type":"OUTBOUND","forProcess":4711,"callStart":"1760000000000","callDuration":"90"}
            """);
        Assert.Equal(("4711", 1760000000000, 90L),
            ((string?)made["forProcess"], (long)made["callStart"]!, (long)made["callDuration"]!));
        Assert.Equal((string?)made["id"],
            (string?)Assert.Single((await host.ListAsync("""{"filter":{"forProcess":4711},"limit":"5"}""")).Calls)["id"]);
        Assert.Single((await host.ListAsync("""{"filter":[],"limit":"1"}""")).Calls);
        // What nobody has set they send empty.
        var bare = await host.DoneAsync("POST", "/call/log", """
            {"to":"+15550177001","from":"+15550100000","type":"OUTBOUND","team":"","user":"","provider":"","providerCallId":"",
             "recordingUrl":"","forTask":"","callInitiateLocation":"","providerPayload":""}
            """);
        Assert.Equal((host.Team, "ringwright", ""),
            ((string?)bare["team"], (string?)bare["provider"], (string?)bare["providerPayload"]));
        foreach (string name in new[] { "user", "providerCallId", "recordingUrl", "forTask", "callInitiateLocation" })
            Assert.Null(bare[name]);
        await host.RefusesAsync(400, "to", "POST", "/call/log", """{"to":"","from":"+15550100000","type":"OUTBOUND"}""");
        Assert.NotEmpty((await host.ListAsync("[]")).Calls);
        foreach (string wrong in new[] { "[1]", "\"none\"" })
            await host.RefusesAsync(400, "filter", "POST", "/call/list", $$"""{"filter":{{wrong}}}""");
    }

    /// <summary>CH16.</summary>
    private static async Task ByHandAsync(ChakraHost host)
    {
        string said = $$"""
            {"team":"{{host.Team}}","user":"{{User}}","to":"+15550177001","from":"+15550100000","type":"OUTBOUND","callStatus":"LOGGED",
             "callStart":1760000000000,"callDuration":90}
            """;
        var (status, body) = await host.AskAsync("POST", "/call/log", said);
        Assert.Equal(201, status);
        var made = body["_data"]!;
        Assert.Equal(("LOGGED", User, host.Team, 1760000000000, 90L, "+15550177001"), ((string?)made["callStatus"], (string?)made["user"],
            (string?)made["team"], (long)made["callStart"]!, (long)made["callDuration"]!, (string?)made["to"]));
        Assert.Null(made["providerCallId"]);
        Assert.NotEqual((string?)made["id"], (string?)(await host.DoneAsync("POST", "/call/log", said))["id"]);
        Assert.Equal(made.ToJsonString(), (await host.CallAsync((string)made["id"]!)).ToJsonString());
        // As another node has shown somebody without a number.
        var alias = await host.DoneAsync("POST", "/call/log", """{"to":"+15550177001","from":"+99900000000","type":"INBOUND"}""");
        Assert.Equal((string?)alias["id"],
            (string?)Assert.Single((await host.ListAsync("""{"filter":{"from":"+99900000000"}}""")).Calls)["id"]);
        await host.RefusesAsync(409, null, "POST", $"/call/{made["id"]}/hangup");
        await host.RefusesAsync(409, null, "POST", $"/call/{made["id"]}/hold");
        await host.RefusesAsync(409, null, "POST", $"/call/{made["id"]}/transfer", """{"to":"+15550177001"}""");
        Assert.Empty(host.Far.Calls);
    }

    /// <summary>CH17, with what the rulings changed: an import may carry any word.</summary>
    private static async Task WordsAsync(ChakraHost host)
    {
        foreach (string word in new[] { "COMPLETED", "ANSWERED", "BUSY", "FAILED", "UNANSWERED", "REJECTED", "MISSED" })
        {
            string type = word is "MISSED" ? "INBOUND" : "OUTBOUND";
            Assert.Equal(word, (string?)(await LogAsync(host, $""","callStatus":"{word}" """, type))["callStatus"]);
        }
        Assert.Equal("UNKNOWN", (string?)(await LogAsync(host, ""))["callStatus"]);
        foreach (string wrong in new[] { "\"completed\"", "\"CANCELLED\"", "\"NO_ANSWER\"", "7" })
            await host.RefusesAsync(400, "callStatus", "POST", "/call/log", Json($""","callStatus":{wrong}"""));
        foreach (var (field, json) in new[]
            {
                // Seconds, ISO, a wrong order, and what nobody knows.
                ("callStart", ""","callStart":1760000000"""), ("callStart", ""","callStart":"2026-01-01T00:00:00Z" """),
                ("callEnd", ""","callStart":1760000000000,"callEnd":1759999999999"""), ("colour", ""","colour":"red" """),
                ("user", ""","user":"me" """), ("recordingUrl", ""","recordingUrl":"file:///etc/passwd" """),
            })
            await host.RefusesAsync(400, field, "POST", "/call/log", Json(json));
        await host.RefusesAsync(404, "team", "POST", "/call/log", Json($""","team":"{Unknown}" """));
        var spans = await LogAsync(host,
            ""","callStart":1760000000000,"connectionStart":1760000002000,"connectionEnd":1760000004001,"callEnd":1760000004001""");
        Assert.Equal((5, 3), ((long)spans["callDuration"]!, (long)spans["connectionDuration"]!));
    }

    /// <summary>CH18.</summary>
    private static async Task ImportedAsync(ChakraHost host)
    {
        string same = Json(""","provider":"twilio","providerCallId":"CA1","callStatus":"COMPLETED" """);
        var three = await Task.WhenAll(host.DoneAsync("POST", "/call/log", same), host.DoneAsync("POST", "/call/log", same),
            host.DoneAsync("POST", "/call/log", same));
        string id = Assert.Single(three.Select(made => (string)made["id"]!).Distinct());
        Assert.Single(three.Select(made => (long)made["updatedAt"]!).Distinct());
        var (status, more) = await host.AskAsync("POST", "/call/log",
            Json(""","provider":"twilio","providerCallId":"CA1","recordingUrl":"https://example.com/1.mp3" """));
        Assert.Equal((200, id, "https://example.com/1.mp3", "COMPLETED"), (status, (string?)more["_data"]!["id"],
            (string?)more["_data"]!["recordingUrl"], (string?)more["_data"]!["callStatus"]));
        Assert.Equal((long)three[0]["createdAt"]!, (long)more["_data"]!["createdAt"]!);
        Assert.True((long)more["_data"]!["updatedAt"]! > (long)three[0]["updatedAt"]!);
        Assert.NotEqual(id, (string?)(await LogAsync(host, ""","provider":"ameyo","providerCallId":"CA1" """))["id"]);
        var others = await host.DoneAsync("POST", "/call/log", same, host.Other);
        Assert.NotEqual(id, (string?)others["id"]);
        Assert.Null(others["recordingUrl"]);
    }

    /// <summary>CH20.</summary>
    private static async Task PayloadsAsync(ChakraHost host)
    {
        foreach (string payload in new[]
            {
                """{"CallSid":"CA1","n":9007199254740993,"x":null,"ü":[1,{"y":"…"}]}""", "\"text\"", "1.50",
            })
        {
            var made = await LogAsync(host, $""","providerPayload":{payload}""");
            var read = (await host.CallAsync((string)made["id"]!))["providerPayload"]!;
            Assert.Equal(JsonNode.Parse(payload)!.ToJsonString(), read.ToJsonString());
            var listed = (await host.ListAsync()).Calls.Single(call => (string?)call["id"] == (string?)made["id"]);
            Assert.Equal(read.ToJsonString(), listed["providerPayload"]!.ToJsonString());
        }
        var (status, _) = await host.AskAsync("POST", "/call/log", Json($""","providerPayload":"{new string('x', 1 << 20)}" """));
        Assert.Contains(status, new[] { 400, 413 });
    }

    /// <summary>CH25.</summary>
    private static async Task ListedAsync(ChakraHost host)
    {
        var all = (await host.ListAsync("""{"limit":200}""")).Calls;
        Assert.Equal(all.OrderByDescending(call => (long)call["createdAt"]!).Select(call => (long)call["createdAt"]!),
            all.Select(call => (long)call["createdAt"]!));
        long first = (long)all[^1]["createdAt"]!, last = (long)all[0]["createdAt"]!;
        var (page, meta) = await host.ListAsync($$$"""
            {"filter":{"callStatus":["BUSY","UNANSWERED"],"type":"OUTBOUND","createdAt":{"gte":{{{first}}},"lte":{{{last}}}}},
             "page":1,"limit":1}
            """);
        Assert.Equal((1, 2, 1, 1, true),
            (page.Count, (int)meta["total"]!, (int)meta["page"]!, (int)meta["limit"]!, (bool)meta["hasMore"]!));
        var (next, rest) = await host.ListAsync("""{"filter":{"callStatus":["BUSY","UNANSWERED"]},"page":2,"limit":1}""");
        Assert.NotEqual((string?)page[0]["id"], (string?)next[0]["id"]);
        Assert.False((bool)rest["hasMore"]!);
        foreach (string edge in new[] { $$"""{"gte":{{last}}}""", $$"""{"lte":{{first}}}""" })
            Assert.NotEmpty((await host.ListAsync($$$"""{"filter":{"createdAt":{{{edge}}}}}""")).Calls);
        foreach (string user in new[] { User, User.ToUpperInvariant() })
        {
            Assert.Equal(all.Count(call => (string?)call["user"] == User),
                (await host.ListAsync($$$"""{"filter":{"user":"{{{user}}}"}}""")).Calls.Count);
        }
        Assert.Equal(all.Count, (int)(await host.ListAsync($$$"""{"filter":{"team":"{{{host.Team}}}"}}""")).Meta["total"]!);
        Assert.Empty((await host.ListAsync($$$"""{"filter":{"team":"{{{Unknown}}}"}}""")).Calls);
        Assert.Empty((await host.ListAsync("""{"filter":{"from":"+15550000009"}}""")).Calls);
        foreach (string wrong in new[]
            {
                """{"limit":201}""", """{"limit":0}""", """{"limit":-1}""", """{"filter":{"callStatus":["GONE"]}}""",
                """{"filter":{"createdAt":{"gte":"2026-01-01"}}}""", """{"filter":{"createdAt":{"from":1}}}""",
                """{"filter":{"mood":"good"}}""", """{"order":"up"}""",
            })
            await host.RefusesAsync(400, null, "POST", "/call/list", wrong);
    }

    /// <summary>CH26 and CH28.</summary>
    private static async Task LinkedAndDeletedAsync(ChakraHost host)
    {
        string live = await host.DialAsync("now-7");
        var talks = await host.BecomesAsync(live, "IN_PROGRESS");
        const string links = """
            "forTask":"t1","forRecord":"r/ü 2","forProcess":"p1","forUser":"u1","forStateTask":"s1","forEntity":"e1","forProcedure":"q1"
            """;
        var linked = await host.DoneAsync("PUT", "/call/" + live, "{" + links + "}");
        foreach (var (name, value) in JsonNode.Parse("{" + links + "}")!.AsObject()) Assert.Equal((string?)value, (string?)linked[name]);
        Assert.True((long)linked["updatedAt"]! > (long)talks["updatedAt"]!);
        Assert.Equal((long)talks["createdAt"]!, (long)linked["createdAt"]!);
        Assert.Equal(live, (string?)Assert.Single((await host.ListAsync("""{"filter":{"forProcess":"p1"}}""")).Calls)["id"]);
        // Null takes a link away, and changes nothing where there is none.
        const string nothing = """{"forTask":null,"forEntity":null,"recordingUrl":null}""";
        var unlinked = await host.DoneAsync("PUT", "/call/" + live, nothing);
        Assert.Equal((null, null, "r/ü 2", "p1"), (unlinked["forTask"], unlinked["forEntity"], (string?)unlinked["forRecord"],
            (string?)unlinked["forProcess"]));
        Assert.True((long)unlinked["updatedAt"]! > (long)linked["updatedAt"]!);
        var again = await host.DoneAsync("PUT", "/call/" + live, nothing);
        Assert.Equal((long)unlinked["updatedAt"]!, (long)again["updatedAt"]!);
        foreach (string fixedField in new[] { "id", "createdAt", "callStart", "callStatus", "team" })
            await host.RefusesAsync(400, fixedField, "PUT", "/call/" + live, $$"""{"{{fixedField}}":"x"}""");

        int before = (int)(await host.ListAsync()).Meta["total"]!;
        Assert.True((bool)(await host.DoneAsync("DELETE", "/call/" + live))["isDeleted"]!);
        var gone = await host.CallAsync(live);
        Assert.Equal((true, "IN_PROGRESS", "p1"), ((bool)gone["isDeleted"]!, (string?)gone["callStatus"], (string?)gone["forProcess"]));
        Assert.Equal((long)gone["updatedAt"]!, (long)(await host.DoneAsync("DELETE", "/call/" + live))["updatedAt"]!);
        var (left, meta) = await host.ListAsync();
        Assert.Equal(before - 1, (int)meta["total"]!);
        Assert.DoesNotContain(left, call => (string?)call["id"] == live);
        await host.RefusesAsync(409, null, "PUT", "/call/" + live, """{"forTask":"t2"}""");
        Assert.False((await host.Far.CalledAsync("now-7")).IsOver, "they go on talking");
        Assert.Equal("progressing", (string?)(await host.OtherApiAsync(HttpMethod.Get, "/v1.0/calls/" + live))["status"]);
        (await host.Far.CalledAsync("now-7")).Hangup();
    }

    /// <summary>CH24.</summary>
    private static async Task ForeignAsync(ChakraHost host)
    {
        string ours = (string)(await LogAsync(host, ""))["id"]!;
        foreach (string id in new[] { ours, Unknown, "no-id" })
        {
            await host.RefusesAsync(404, null, "GET", "/call/" + id, token: host.Other);
            await host.RefusesAsync(404, null, "PUT", "/call/" + id, """{"forTask":"t"}""", host.Other);
            await host.RefusesAsync(404, null, "POST", $"/call/{id}/hangup", token: host.Other);
            await host.RefusesAsync(404, null, "POST", $"/call/{id}/dispose", """{"disposition":"paid"}""", host.Other);
            await host.RefusesAsync(404, null, "GET", $"/call/{id}/recording", token: host.Other);
            await host.RefusesAsync(404, null, "DELETE", "/call/" + id, token: host.Other);
        }
        Assert.Equal(1, (int)(await host.ListAsync(token: host.Other)).Meta["total"]!);
        await host.RefusesAsync(401, null, "GET", "/call/" + ours, token: "KEY-of-nobody");
        Assert.False((bool)(await host.CallAsync(ours))["isDeleted"]!);
    }

    private static async Task NothingAsync(ChakraHost host)
    {
        await host.RefusesAsync(404, null, "GET", "/nothing");
    }

    private static async Task<JsonNode> LogAsync(ChakraHost host, string more, string type = "OUTBOUND") =>
        await host.DoneAsync("POST", "/call/log", Json(more, type));

    private static string Json(string more, string type = "OUTBOUND") =>
        $$"""{"to":"+15550177001","from":"+15550100000","type":"{{type}}"{{more}}}""";
}
