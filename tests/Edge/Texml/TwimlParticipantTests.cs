using System.Diagnostics;
using System.Text.Json.Nodes;
using Ringwright.Edge.Telefonie;
using Ringwright.Testing;

namespace Ringwright.Edge.Texml;

/// <summary>Whoever is dialled into a conference by TwiML's API.</summary>
public sealed class TwimlParticipantTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whoever_is_dialled_is_found_at_every_moment_until_he_takes_part()
    {
        const int rooms = 5;
        await using var host = await TelefonieHost.StartAsync(null);
        for (int i = 0; i < rooms; i++)
        {
            string people = $"Conferences/board-{i}/Participants";
            var made = await AskAsync(host, HttpMethod.Post, $"{people}.json", 201, new()
            {
                ["To"] = TelefonieHost.Number("wait"), ["From"] = TelefonieHost.FirstNumber,
            });
            string his = $"{people}/{made["call_sid"]}.json";
            long begun = Stopwatch.GetTimestamp();
            // As often as an account may ask: he answers, and gets in a moment later.
            while ((string?)(await AskAsync(host, HttpMethod.Get, his, 200))["status"] is not "connected")
            {
                Assert.True(Stopwatch.GetElapsedTime(begun) < Eventually.Deadline, "he takes part");
                await Task.Delay(2, Stop);
            }
            await AskAsync(host, HttpMethod.Delete, his, 204);
        }
    }

    private static async Task<JsonObject> AskAsync(TelefonieHost host, HttpMethod method, string path, int expected,
        Dictionary<string, string>? form = null)
    {
        var (status, body) = await host.AskTwimlAsync(method, path, form);
        Assert.True(status == expected, $"{method} {path}: {status} {body.ToJsonString()}");
        return body;
    }
}
