using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Bench.Nodes;

namespace Ringwright.Bench.Api;

/// <summary>
/// Webhooks of an agency's provider at an even rate, each signed and of a call of its own: how long an answer takes, what one costs until
/// its call is there, and that none is lost. On SQLite.
/// </summary>
internal static class WebhooksCost
{
    private const int GoalMs = 50, GoalDrainSeconds = 60;
    private const string Root = "/api/agency/v1/", Secret = "a secret of the bench";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200), Longest = TimeSpan.FromMinutes(10);

    public static async Task<JsonObject> MeasureAsync(int rate, int seconds, Action<string> say, CancellationToken stop)
    {
        string key = $"opk_{Guid.NewGuid():N}";
        await using var node = await NodeProcess.StartAsync(new() { Flags = ["--operator-key", key] }, stop);
        using var desk = new CustomerApi(node.Operator, key);
        var account = await desk.SendAsync(HttpMethod.Post, "accounts", new() { ["name"] = "webhooks", ["request_rate"] = 1_000 }, stop);
        string token = await OverviewCost.SignInAsync(node, account["agency_owner"]!, stop);      // the account was made a moment ago
        using var api = new CustomerApi(new(node.Api, Root), token);
        await AskAsync(api, HttpMethod.Put, "integrations/ultravox", new() { ["webhook_signing_secrets"] = new JsonArray(Secret) }, stop);
        var told = await AskAsync(api, HttpMethod.Get, "integrations", null, stop);
        var address = new Uri(node.Api, (string)told["webhook_url"]!);      // each agency has one
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 64 });
        // What the runtime compiles for the first ones is none of their cost.
        await SendAllAsync(http, address, rate, 0, rate, stop);
        await AreCallsAsync(api, rate, stop);

        int all = rate * seconds;
        say($"{all} webhooks at {rate} a second");
        var (watch, cpu) = (Stopwatch.StartNew(), node.Tree.ReadCpu());
        double[] answers = await SendAllAsync(http, address, rate, rate, all, stop);
        double sent = watch.Elapsed.TotalSeconds;
        await AreCallsAsync(api, rate + all, stop);
        double whole = watch.Elapsed.TotalSeconds, used = node.Tree.ReadCpu().MillisecondsSince(cpu);
        Array.Sort(answers);
        return new()
        {
            ["webhooks"] = all, ["rate"] = rate, ["sent_seconds"] = Math.Round(sent, 2),
            ["answer_p50_ms"] = Math.Round(answers[all / 2], 2), ["answer_p99_ms"] = Math.Round(answers[(int)((all - 1) * 0.99)], 2),
            ["goal_p99_ms"] = GoalMs, ["drained_after_seconds"] = Math.Round(whole - sent, 2), ["goal_drained_seconds"] = GoalDrainSeconds,
            ["cpu_ms_per_webhook"] = Math.Round(used / all, 3), ["lost"] = 0,
        };
    }

    /// <param name="from">The number of the first one.</param>
    /// <returns>How long each answer took, in milliseconds.</returns>
    private static async Task<double[]> SendAllAsync(HttpClient http, Uri address, int rate, int from, int count, CancellationToken stop)
    {
        var sent = new List<Task<double>>(count);
        var watch = Stopwatch.StartNew();
        for (int n = 0; n < count; n++)
        {
            var early = TimeSpan.FromSeconds((double)n / rate) - watch.Elapsed;
            if (early > TimeSpan.Zero) await Task.Delay(early, stop);
            sent.Add(SendAsync(http, address, from + n, stop));
        }
        return await Task.WhenAll(sent);
    }

    private static async Task<double> SendAsync(HttpClient http, Uri address, int n, CancellationToken stop)
    {
        var now = TimeProvider.System.GetUtcNow().UtcDateTime;
        string stamp = Text(now), body = new JsonObject
        {
            // Of a call that nobody has joined there is nothing to fetch.
            ["event"] = "call.ended",
            ["call"] = new JsonObject
            {
                ["callId"] = $"bench-{n}", ["created"] = Text(now.AddSeconds(-30)), ["joined"] = null, ["ended"] = stamp,
                ["endReason"] = "unjoined",
            },
        }.ToJsonString();
        byte[] digest = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes(body + stamp));
        using var request = new HttpRequestMessage(HttpMethod.Post, address);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Add("X-Ultravox-Webhook-Timestamp", stamp);
        request.Headers.Add("X-Ultravox-Webhook-Signature", Convert.ToHexStringLower(digest));
        long begun = Stopwatch.GetTimestamp();
        using var answer = await http.SendAsync(request, stop);
        double took = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
        return answer.StatusCode is HttpStatusCode.NoContent ? took
            : throw new BenchFailure($"A webhook was answered {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync(stop)}");
    }

    /// <summary>Until each webhook is done with, and a call.</summary>
    private static async Task AreCallsAsync(CustomerApi api, int count, CancellationToken stop)
    {
        var watch = Stopwatch.StartNew();
        while (await TotalAsync(api, "queues/webhook?status=completed&limit=1", stop) < count)
        {
            if (watch.Elapsed > Longest) throw new BenchFailure("the queue of webhooks does not empty");
            await Task.Delay(BetweenLooks, stop);
        }
        long calls = await TotalAsync(api, "calls?limit=1", stop);
        if (calls != count) throw new BenchFailure($"{calls} calls are there, not {count}");
    }

    private static async Task<long> TotalAsync(CustomerApi api, string path, CancellationToken stop) =>
        (long)(await AskAsync(api, HttpMethod.Get, path, null, stop))["pagination"]!["total"]!;     // each list has it

    private static async Task<JsonNode> AskAsync(CustomerApi api, HttpMethod method, string path, JsonObject? body, CancellationToken stop)
    {
        var (status, text) = await api.TrySendAsync(method, path, body?.ToJsonString(), stop);
        return status == 200 ? JsonNode.Parse(text)! : throw new BenchFailure($"{method} {path} answered {status} {text}");
    }

    private static string Text(DateTime at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
