using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Ringwright.Testing;

namespace Ringwright.Interop.Cases;

/// <summary>Keys, unknown paths and the request limit. Cases 1 and 65.</summary>
public sealed class IngressFilterTests(RunningNode node)
{
    [Theory] // case 1
    [InlineData(null)]
    [InlineData("Bearer")]
    [InlineData("Bearer ")]
    [InlineData("Bearer KEYwrong")]
    [InlineData("Bearer KEY\u00e4")]
    [InlineData("Basic S0VZOg==")]
    [InlineData("KEY")]
    public async Task A_wrong_key_or_none_is_refused(string? authorization)
    {
        using var http = new HttpClient { BaseAddress = node.Api };
        foreach (string path in new[] { "call_control_applications", "phone_numbers", "calls/x", "conferences" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (authorization is not null)
                request.Headers.TryAddWithoutValidation("Authorization",
                    authorization.All(char.IsAscii) ? authorization : Uri.EscapeDataString(authorization));
            using var reply = await http.SendAsync(request, TestContext.Current.CancellationToken);
            var answer = new Answer((int)reply.StatusCode, reply.Headers,
                await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            answer.Refuses(401, "10009");
            Assert.Equal("application/json", reply.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact] // case 1
    public async Task The_right_key_opens()
    {
        using var http = new HttpClient
        {
            BaseAddress = node.Api, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", node.Key) }
        };
        using var reply = await http.GetAsync("call_control_applications", TestContext.Current.CancellationToken);
        Assert.True(reply.IsSuccessStatusCode);
        Assert.True(JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["data"] is JsonArray);
    }

    [Fact, Depth("PipelineTests in Contract refuse them; IsolationTests read the headers of a node")] // case 65
    public async Task Too_many_requests_are_refused_with_the_three_headers()
    {
        await using var slow = new RunningNode("--api-rate", "5");
        await slow.InitializeAsync();
        using var http = new HttpClient
        {
            BaseAddress = slow.Api, DefaultRequestHeaders = { Authorization = new AuthenticationHeaderValue("Bearer", slow.Key) }
        };
        var answers = new List<Answer>();
        for (int i = 0; i < 200 && answers.All(a => a.Status != 429); i++)
        {
            var replies = await Task.WhenAll(Enumerable.Range(0, 8)
                .Select(_ => http.GetAsync("phone_numbers", TestContext.Current.CancellationToken)));
            foreach (var reply in replies)
            {
                answers.Add(new((int)reply.StatusCode, reply.Headers,
                    await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
                reply.Dispose();
            }
        }

        var refused = answers.First(a => a.Status == 429);
        refused.Refuses(429, "10011");
        Assert.Equal(("5", "0"), (refused.Header("x-ratelimit-limit"), refused.Header("x-ratelimit-remaining")));
        Assert.InRange(Number(refused, "x-ratelimit-reset"), 0, 60);
        var passed = answers.First(a => a.Status == 200);
        Assert.Equal("5", passed.Header("x-ratelimit-limit"));
        Assert.InRange(Number(passed, "x-ratelimit-remaining"), 0, 4);
        Assert.InRange(Number(passed, "x-ratelimit-reset"), 0, 60);
    }

    private static int Number(Answer answer, string header) => int.Parse(answer.Header(header) ?? "-1", CultureInfo.InvariantCulture);
}
