using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

/// <summary>One script, asked of a node on each database: what a customer is told does not depend on where it is kept.</summary>
[Depth("the gate runs no test on both databases at once")]
public sealed partial class AgencySameAnswerTests
{
    private const int Rounds = 10;

    /// <summary>Lists of what the script makes, with what they are asked by, and figures of an agency that has called nobody.</summary>
    private static readonly string[] Lists =
    [
        "/me", "/agency", "/users", "/users?role=client_viewer&limit=3&offset=2", "/clients", "/clients?limit=2", "/agents",
        "/agents?search=AGENT%203", "/agents?search=%C3%9C", "/campaigns", "/campaigns?type=cs", "/campaigns?status=paused", "/batches",
        "/batches?status=running", "/calls", "/calls?search=089%20123", "/calls?outcome=busy&from=2026-01-01", "/numbers",
        "/numbers?limit=201", "/dnc?limit=5", "/dnc?scope=agency", "/consent", "/consent?limit=3", "/alerts", "/api-keys", "/tools",
        "/rate-plans", "/sync-jobs", "/outbound-webhooks",
        "/integrations", "/dashboard/overview?period=90d", "/dashboard/timeseries", "/dashboard/funnel",
        "/dashboard/heatmap", "/dashboard/quality", "/dashboard/objections", "/dashboard/campaigns", "/dashboard/agents",
        "/dashboard/numbers", "/dashboard/live", "/nothing", "/users?role=owner", "/clients?limit=x",
    ];

    [Fact]
    public async Task Two_hundred_requests_are_answered_alike_on_both_databases()
    {
        // Case E05.
        var onSqlite = await AnswersAsync(Product.Sqlite);
        var onPostgres = await AnswersAsync(Product.Postgres);
        Assert.True(onSqlite.Count >= 200, $"{onSqlite.Count} requests");
        int done = onSqlite.Count(answer => answer.Split(' ')[2].StartsWith('2'));
        Assert.True(done >= 150, $"{done} of {onSqlite.Count} were done");
        Assert.Equal(onSqlite.Count, onPostgres.Count);
        foreach (var (one, other) in onSqlite.Zip(onPostgres)) Assert.Equal(one, other);
    }

    private static async Task<List<string>> AnswersAsync(Product product)
    {
        await using var host = await AgencyHost.StartAsync(product);
        var answers = new List<string>();
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        async Task<JsonNode?> AskAsync(string method, string path, JsonObject? body = null)
        {
            var (status, answer) = await host.AskAsync(host.OwnerA, method, path, body?.ToJsonString());
            answers.Add(Plain($"{method} {path} {status} {answer?.ToJsonString()}", known));
            return answer;
        }

        for (int i = 0; i < Rounds; i++) await RoundAsync(AskAsync, i);
        foreach (string list in Lists) await AskAsync("GET", list);
        return answers;
    }

    /// <summary>A client with all that it has, and what is asked wrongly beside.</summary>
    private static async Task RoundAsync(Func<string, string, JsonObject?, Task<JsonNode?>> ask, int nth)
    {
        string number = string.Create(CultureInfo.InvariantCulture, $"+1555030{nth:0000}");
        string client = IdOf(await ask("POST", "/clients", new() { ["name"] = $"Client {nth}" }));
        await ask("GET", "/clients/" + client, null);
        await ask("PATCH", "/clients/" + client, new() { ["name"] = $"Müller & Söhne {nth}", ["timezone"] = "Europe/Berlin" });
        var invited = await ask("POST", "/users/invite", new()
        {
            ["email"] = $"Viewer{nth}@example.com", ["role"] = "client_viewer", ["client_id"] = client,
        });
        string user = IdOf(invited?["user"]);
        await ask("PATCH", "/users/" + user, new() { ["full_name"] = "Zoë", ["role"] = "client_admin" });
        await ask("POST", "/users/invite", new() { ["email"] = $"viewer{nth}@EXAMPLE.com", ["role"] = "agency_member" });
        string agent = IdOf(await ask("POST", "/agents", new() { ["name"] = $"Agent {nth} Übersee", ["client_id"] = client }));
        await ask("PATCH", "/agents/" + agent, new()
        {
            ["first_speaker_text"] = "Grüß Gott, \"{{first_name}}\"", ["temperature"] = 0.25,
        });
        string campaign = IdOf(await ask("POST", "/campaigns", new()
        {
            ["client_id"] = client, ["name"] = $"Campaign {nth}", ["type"] = nth % 2 == 0 ? "sdr" : "cs", ["max_attempts"] = 2,
        }));
        await ask("POST", "/campaigns", new() { ["client_id"] = client, ["name"] = $"CAMPAIGN {nth}", ["type"] = "sdr" });
        await ask("PATCH", "/campaigns/" + campaign, new() { ["description"] = "Ça va?" });
        await ask("POST", $"/campaigns/{campaign}/contacts", new()
        {
            ["contacts"] = new JsonArray(
                new JsonObject
                {
                    ["phone_number"] = number, ["first_name"] = "Łukasz", ["custom_data"] = new JsonObject { ["b"] = 1, ["a"] = "x" },
                },
                new JsonObject { ["phone_number"] = number }, new JsonObject { ["phone_number"] = "none" }),
        });
        await ask("GET", $"/campaigns/{campaign}/contacts?search=%C5%82UKASZ", null);
        await ask("POST", "/dnc", new() { ["phone_number"] = number, ["client_id"] = client, ["evidence"] = "said \"no\"" });
        await ask("GET", "/dnc?phone_number=" + Uri.EscapeDataString(number), null);
        await ask("POST", "/consent", new()
        {
            ["phone_number"] = number, ["client_id"] = client, ["kind"] = "written", ["source"] = "form", ["channel"] = "voice",
        });
        await ask("GET", $"/campaigns/{campaign}/progress", null);
        await ask("GET", "/campaigns/" + user, null);
        await ask("POST", "/clients", new() { ["name"] = "" });
        await ask("POST", "/clients", new() { ["name"] = "x", ["agency_id"] = client });
    }

    private static string IdOf(JsonNode? made) => (string?)made?["id"] ?? "none";

    /// <summary>Each id by its first place in the script; what is drawn by lot and what a clock has said are left out.</summary>
    private static string Plain(string answer, Dictionary<string, string> known)
    {
        answer = Drawn().Replace(answer, "\"${field}\":\"*\"");
        answer = Id().Replace(answer, match =>
        {
            if (!known.TryGetValue(match.Value, out string? name)) known[match.Value] = name = $"id-{known.Count}";
            return name;
        });
        return Clock().Replace(SlugEnd().Replace(Secret().Replace(Home().Replace(answer, "http://node"), "*"), "-*\""), "*");
    }

    /// <summary>Where the node is asked, which is not where the other is.</summary>
    [GeneratedRegex(@"http://127\.0\.0\.1:[0-9]+")]
    private static partial Regex Home();

    [GeneratedRegex("\"(?<field>request_id|invite_token|key|prefix|secret|next_cursor|webhook_url)\":\"[^\"]*\"")]
    private static partial Regex Drawn();

    /// <summary>Behind whom a webhook is for.</summary>
    [GeneratedRegex("(?<=/webhooks/[a-z_]+/[^/\"]+/)[0-9a-f]+")]
    private static partial Regex Secret();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")]
    private static partial Regex Id();

    /// <summary>A slug ends with a part of an id.</summary>
    [GeneratedRegex("-[0-9a-f]{8}\"")]
    private static partial Regex SlugEnd();

    /// <summary>A version is the time of the last change.</summary>
    [GeneratedRegex(@"\d{4}-\d\d-\d\d(?:T[\d:.]+Z)?|(?<=""version"":)\d+")]
    private static partial Regex Clock();
}
