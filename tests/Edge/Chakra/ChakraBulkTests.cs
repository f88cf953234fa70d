using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Edge.Chakra;

/// <summary>Many calls are changed by a job (CH30).</summary>
public sealed class ChakraBulkTests
{
    private const string Unknown = "11111111-2222-4333-8444-555555555555";
    private const int Ours = 55;

    /// <summary>PostgreSQL is deep, as for calls of other faces.</summary>
    public static TheoryData<bool> OnPostgres => Depth.Rows([false], [true]);

    [Depth("the gate has one command, one webhook and twenty calls by this face")]
    [Theory, MemberData(nameof(OnPostgres))]
    public async Task Many_calls_are_changed_and_each_has_an_entry(bool isPostgres)
    {
        await using var host = await ChakraHost.StartAsync(isPostgres);
        var ours = await Task.WhenAll(Enumerable.Range(0, Ours).Select(_ => LogAsync(host)));
        var theirs = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => LogAsync(host, host.Other)));
        string deleted = await LogAsync(host);
        await host.DoneAsync("DELETE", "/call/" + deleted);
        string[] bad = [.. theirs, Unknown, "no id", deleted];
        string said = new JsonObject
        {
            // Who is named twice is changed once.
            ["ids"] = new JsonArray([.. ours.Concat(bad).Append(ours[0]).Select(id => (JsonNode)id)]),
            ["set"] = new JsonObject { ["forTask"] = "t1", ["forProcess"] = "p1" },
        }.ToJsonString();

        string job = await StartAsync(host, said);
        var done = await EndsAsync(host, job);
        Assert.Equal((Ours + bad.Length, Ours, bad.Length), ((int)done["total"]!, (int)done["done"]!, (int)done["failed"]!));
        var (status, body) = await host.AskAsync("GET", $"/background-job/{job}/entries");
        Assert.Equal((200, Ours + bad.Length), (status, (int)body["_meta"]!["total"]!));
        var entries = body["_data"]!.AsArray();
        Assert.Equal(ours.Concat(bad), entries.Select(entry => (string)entry!["id"]!));
        Assert.All(entries.Take(Ours), entry => Assert.Equal(("DONE", null), ((string?)entry!["status"], entry["error"])));
        Assert.All(entries.Skip(Ours), entry => Assert.Equal("FAILED", (string?)entry!["status"]));
        // What is somebody else's is as what there is not.
        Assert.Single(entries.Skip(Ours).Take(4).Select(entry => entry!["error"]!.ToJsonString()).Distinct());
        Assert.Equal("CONFLICT", (string?)entries[^1]!["error"]!["code"]);

        var first = (await host.ListAsync("""{"filter":{"forProcess":"p1"},"limit":200}""")).Calls;
        Assert.Equal(ours.Order(), first.Select(call => (string)call["id"]!).Order());
        Assert.All(first, call => Assert.Equal("t1", (string?)call["forTask"]));
        Assert.Empty((await host.ListAsync("""{"filter":{"forProcess":"p1"}}""", host.Other)).Calls);

        await EndsAsync(host, await StartAsync(host, said));
        var again = (await host.ListAsync("""{"filter":{"forProcess":"p1"},"limit":200}""")).Calls;
        Assert.Equal(first.Select(call => call.ToJsonString()), again.Select(call => call.ToJsonString()));

        await RefusedAsync(host, job);
    }

    private static async Task RefusedAsync(ChakraHost host, string job)
    {
        foreach (string path in new[] { "/background-job/" + job, $"/background-job/{job}/entries" })
        {
            await host.RefusesAsync(404, null, "GET", path, token: host.Other);
            await host.RefusesAsync(404, null, "GET", path.Replace(job, Unknown, StringComparison.Ordinal));
            await host.RefusesAsync(404, null, "GET", path.Replace(job, "1", StringComparison.Ordinal));
        }
        foreach (var (field, json) in new[]
            {
                ("ids", """{"ids":[],"set":{"forTask":"t"}}"""), ("set", $$"""{"ids":["{{Unknown}}"],"set":{} }"""),
                ("set", $$"""{"ids":["{{Unknown}}"],"set":{"callStatus":"BUSY"} }"""), ("set", $$"""{"ids":["{{Unknown}}"]}"""),
                ("recordingUrl", $$"""{"ids":["{{Unknown}}"],"set":{"recordingUrl":"file:///etc/passwd"} }"""),
                ("all", $$"""{"ids":["{{Unknown}}"],"set":{"forTask":"t"},"all":true}"""),
            })
            await host.RefusesAsync(400, field, "PATCH", "/call/bulk", json);
        string many = new JsonObject
        {
            ["ids"] = new JsonArray([.. Enumerable.Range(0, 1001).Select(n => (JsonNode)$"{n}")]),
            ["set"] = new JsonObject { ["forTask"] = "t" },
        }.ToJsonString();
        await host.RefusesAsync(400, "ids", "PATCH", "/call/bulk", many);
    }

    private static async Task<string> StartAsync(ChakraHost host, string json) =>
        (string)(await host.DoneAsync("PATCH", "/call/bulk", json))["backgroundJobId"]!;

    private static Task<JsonNode> EndsAsync(ChakraHost host, string job) => Eventually.SomeAsync(async () =>
        await host.DoneAsync("GET", "/background-job/" + job) is var shown && (string?)shown["status"] is "COMPLETED" ? shown : null,
        "the job has ended");

    private static async Task<string> LogAsync(ChakraHost host, string? token = null) => (string)(await host.DoneAsync("POST", "/call/log",
        """{"to":"+15550177001","from":"+15550100000","type":"OUTBOUND"}""", token))["id"]!;
}
