using System.Text.Json.Nodes;
using Ringwright.Core;
using Ringwright.Edge.Egress;
using Ringwright.Server.Events;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>Who operates a node is told why a customer's webhook did not arrive.</summary>
public sealed class FailedWebhookTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_that_was_refused_is_listed_with_the_answer()
    {
        await using var sink = await Sink.StartAsync(404);
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        string account = (string)(await client.DataAsync("GET", "/accounts"))[0]!["id"]!;
        await node.Node.Database.Outbox.AddAsync(
        [
            new()
            {
                Id = Guid.NewGuid(), Tenant = new TenantId(Guid.Parse(account)), OrderKey = "refused", Format = "telnyx",
                EventType = "call.hangup", Url = sink.Url, OccurredAt = DateTimeOffset.UtcNow, Body = "{}",
            },
        ], Stop);

        string path = $"/accounts/{account}/webhook_deliveries";
        var delivery = await Eventually.SomeAsync(async () =>
            (await client.DataAsync("GET", $"{path}?status=failed")).AsArray().FirstOrDefault(), "a webhook that was given up");
        var attempt = Assert.Single(delivery["attempts"]!.AsArray())!;
        Assert.Equal(("failed", 404, "[75404]"), ((string?)attempt["status"], (int)attempt["http"]!["response"]!["status"]!,
            attempt["errors"]!.ToJsonString()));
        Assert.Empty((await client.DataAsync("GET", $"{path}?status=delivered")).AsArray());

        var (exit, output, errors) = await CommandRun.RunAsync("events", "list", "--failed", "--data", node.Node.Settings.Data);
        Assert.True(exit == 0, errors);
        Assert.Contains("HTTP 404", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"status":"delivered","errors":[],"http":{"response":{"status":200}}}""", "-")]
    [InlineData("""{"status":"failed","errors":[75500],"http":{"response":{"status":503}}}""", "HTTP 503")]
    [InlineData("""{"status":"failed","errors":[75001],"http":{"response":null}}""", "no address")]
    [InlineData("""{"status":"failed","errors":[75002],"http":{"response":null}}""", "no answer")]
    [InlineData("""{"status":"failed","errors":[75003],"http":{"response":null}}""", "TLS")]
    [InlineData("""{"status":"failed","errors":[75000],"http":{"response":null}}""", "not allowed, or not understood")]
    [InlineData("""{"http":{"request":{"url":"http://127.0.0.1/"}}}""", "-")]
    [InlineData("null", "-")]
    public void An_attempt_is_said_in_a_few_words(string attempt, string why) =>
        Assert.Equal(why, DeliveryWords.Why(JsonNode.Parse(attempt)));
}
