using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>Both databases give the same answers, to the letter: case E05.</summary>
[Depth("starts a node on each database; the gate asks the same of SQLite alone, class by class")]
public sealed partial class AgencySameAnswersTests
{
    private const int Rounds = 10, Least = 200;

    [Fact]
    public async Task The_same_two_hundred_requests_have_the_same_answers_on_both_databases()
    {
        var (first, second) = (await AnswersAsync(Product.Sqlite), await AnswersAsync(Product.Postgres));
        Assert.True(first.Count >= Least, $"{first.Count} requests");
        Assert.True(first.Count(line => line.StartsWith("20", StringComparison.Ordinal)) > Least / 2, "most are taken");
        Assert.Equal(first, second);
    }

    /// <summary>Status, request and body of each, in order, without what is another one each time.</summary>
    private static async Task<List<string>> AnswersAsync(Product product)
    {
        await using var host = await AgencyHost.StartAsync(product);
        var said = new List<string>();
        for (int round = 0; round < Rounds; round++) await AskAsync(host, said, round);
        return Plain(said);
    }

    private static async Task AskAsync(AgencyHost host, List<string> said, int round)
    {
        async Task<JsonNode?> SayAsync(string method, string path, string? json = null)
        {
            var (status, body) = await host.AskAsync(host.OwnerA, method, path, json);
            said.Add($"{status} {method} {path} {body?.ToJsonString()}");
            return body;
        }
        string number = $"+1555042{round:D4}";
        var made = await SayAsync("POST", "/clients", $$"""{"name":"Client {{round}} – ü","timezone":"Europe/Berlin"}""");
        string client = (string)made!["id"]!;
        await SayAsync("PATCH", "/clients/" + client, """{"contact_email":"a@example.com"}""");
        await SayAsync("PATCH", "/clients/" + client, """{"nobody_reads_this":1}""");
        await SayAsync("GET", "/clients/" + client);
        await SayAsync("GET", $"/clients?limit=2&offset={round}");

        made = await SayAsync("POST", "/agents",
            $$$"""{"name":"Agent {{{round}}}","system_prompt":"Be kind.","temperature":0.25,"first_speaker_text":"Hello {{name}}."}""");
        string agent = (string)made!["id"]!;
        await SayAsync("PATCH", "/agents/" + agent, """{"temperature":0.5,"voicemail_policy":"hangup"}""");
        await SayAsync("POST", "/agents/assign", $$"""{"agent_id":"{{agent}}","client_id":"{{client}}","default_direction":"outbound"}""");
        await SayAsync("GET", "/agents/" + agent);
        await SayAsync("GET", $"/agents?search=AGENT&limit=1&offset={round}");
        await SayAsync("POST", "/agents", """{"name":7}""");

        string type = round % 2 == 0 ? "sdr" : "cs";
        made = await SayAsync("POST", "/campaigns", $$"""
            {"client_id":"{{client}}","name":"Campaign {{round}}","type":"{{type}}","retry_policy":{"busy_seconds":60},
             "analysis_profile":{"fields":[{"name":"size","type":"number"}]} }
            """);
        string campaign = (string)made!["id"]!;
        await SayAsync("PATCH", "/campaigns/" + campaign, """{"max_attempts":5,"description":"O'Hara; -- \"quoted\""}""");
        await SayAsync("POST", $"/campaigns/{campaign}/contacts",
            $$"""{"contacts":[{"phone_number":"{{number}}","first_name":"Zoë","custom_data":{"b":1,"a":[true,null,"x"]} }]}""");
        await SayAsync("GET", $"/campaigns/{campaign}/contacts");
        await SayAsync("GET", $"/campaigns/{campaign}/progress");
        await SayAsync("GET", "/campaigns/" + campaign);

        await SayAsync("POST", "/dnc", $$"""{"phone_number":"{{number}}","reason":"other","evidence":"said so"}""");
        await SayAsync("GET", $"/dnc?limit=3&offset={round}");
        await SayAsync("POST", "/consent",
            $$"""{"client_id":"{{client}}","phone_number":"{{number}}","kind":"written","source":"form"}""");
        await SayAsync("GET", "/consent?client_id=" + client);
        await SayAsync("POST", "/rate-plans", $$"""{"name":"Plan {{round}}","price_per_minute":"0.1{{round}}"}""");
        await SayAsync("GET", "/rate-plans");
        await SayAsync("GET", "/batches?status=running");
        await SayAsync("GET", "/dashboard/overview?period=7d&client_id=" + client);
        await SayAsync("GET", "/calls?limit=1000");
        await SayAsync("GET", "/nothing");
    }

    private static List<string> Plain(List<string> said)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in said)
            foreach (Match id in Ids().Matches(line))
                names.TryAdd(id.Value, $"#{names.Count}");
        // A slug ends with the last letters of an id.
        return
        [
            .. said.Select(line => Versions().Replace(Times().Replace(
                names.Aggregate(line, (text, id) => text.Replace(id.Key, id.Value, StringComparison.Ordinal)
                    .Replace("-" + id.Key[^8..], "-" + id.Value, StringComparison.Ordinal)), "T"), "\"version\":V")),
        ];
    }

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Ids();

    [GeneratedRegex(@"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")]
    private static partial Regex Times();

    [GeneratedRegex("\"version\":\"?\\d{12,}\"?")]
    private static partial Regex Versions();
}
