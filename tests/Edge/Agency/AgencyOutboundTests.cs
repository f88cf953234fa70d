using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Ringwright.Agency.Telling;
using Ringwright.Edge.Egress;
using Ringwright.Edge.Store;
using Ringwright.Testing;

namespace Ringwright.Edge.Agency;

public sealed class AgencyOutboundOnSqliteTests() : AgencyOutboundTests(Product.Sqlite);

[Depth("the gate runs these on SQLite; ledger, money, routing, delivery and campaigns run on PostgreSQL there")]
public sealed class AgencyOutboundOnPostgresTests() : AgencyOutboundTests(Product.Postgres);

/// <summary>Webhooks of an agency: who is told what, signed by what, tried how, listed and sent once more.</summary>
public abstract class AgencyOutboundTests(Product product) : IAsyncLifetime
{
    private const string All = """
        ["call.started","call.ended","batch.completed","batch.paused","contact.completed","dnc.added","number.status_changed"]
        """;
    private const string Secret = "a secret of this agency";

    private AgencyLab _lab = null!;       // set before each test

    private AgencyHost Host => _lab.Host;

    public async ValueTask InitializeAsync() => _lab = await AgencyLab.StartAsync(product);

    public ValueTask DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task What_happens_is_told_once_signed_and_to_nobody_whom_it_does_not_concern()
    {
        await using var sink = await Sink.StartAsync();
        await using var neighbour = await Sink.StartAsync();
        await using var silent = await Sink.StartAsync();
        var made = await MakeAsync(sink, All, $$""" "secret":"{{Secret}}" """);
        Assert.Equal(Secret, (string?)made["secret"]);
        await MakeAsync(neighbour, All, $$""" "client_id":"{{_lab.OtherClient}}" """);
        string off = (string)(await MakeAsync(silent, All, """ "is_active":false """))["id"]!;
        var listed = await Host.DoneAsync(200, Host.OwnerA, "GET", "/outbound-webhooks");
        Assert.Equal(3, listed["webhooks"]!.AsArray().Count);
        Assert.DoesNotContain("secret", listed.ToJsonString(), StringComparison.Ordinal);

        string batch = (string)(await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")]))["id"]!;
        await _lab.BecomesAsync(batch, "completed");
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc", $$"""{"phone_number":"+15550300077","client_id":"{{_lab.Client}}"}""");
        // Case B16: once.
        string[] types = ["batch.completed", "call.ended", "call.started", "contact.completed", "dnc.added"];
        await Eventually.TrueAsync(() => Told(sink).Select(Type).Distinct().Count() == types.Length, "all is told");
        var held = await _lab.BatchAsync(await _lab.CampaignAsync(), [AgencyLab.Number("busy")], """{"hold":true}""");
        await Eventually.TrueAsync(() => Told(sink).Any(one => Type(one) is "batch.paused"), "a batch that is held is told");
        var told = Told(sink);
        Assert.Equal([.. types, "batch.paused"], told.Select(Type).Order(StringComparer.Ordinal).OrderBy(type => type is "batch.paused"));
        Assert.Equal(told.Count, told.Select(one => (string)one["id"]!).Distinct().Count());
        Assert.All(told, one => Assert.Equal((_lab.Client, (string?)Host.AccountA["id"]),
            ((string?)one["client_id"], (string?)one["agency_id"])));

        var ended = told.Single(one => Type(one) is "call.ended")["data"]!;
        Assert.Equal(("busy", batch), ((string?)ended["outcome"], (string?)ended["batch_id"]));
        Assert.Equal((string?)ended["id"], (string?)told.Single(one => Type(one) is "call.started")["data"]!["id"]);
        Assert.Equal((string?)ended["contact_id"], (string?)told.Single(one => Type(one) is "contact.completed")["data"]!["id"]);
        Assert.Equal(batch, (string?)told.Single(one => Type(one) is "batch.completed")["data"]!["id"]);
        Assert.Equal((string?)held["id"], (string?)told.Single(one => Type(one) is "batch.paused")["data"]!["id"]);
        Assert.Equal("+15550300077", (string?)told.Single(one => Type(one) is "dnc.added")["data"]!["phone_number"]);
        Assert.All(sink.All, IsSigned);

        Assert.Empty(neighbour.All);
        Assert.Empty(silent.All);
        // What happened while nobody listened is not told later.
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/outbound-webhooks/" + off, """{"is_active":true,"events":["dnc.added"]}""");
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc", """{"phone_number":"+15550300078"}""");
        await Eventually.TrueAsync(() => silent.All.Count > 0, "what happens now is told");
        Assert.Equal("+15550300078", (string?)Assert.Single(Told(silent))["data"]!["phone_number"]);
        Assert.Null((string?)Told(silent)[0]["client_id"]);
        Assert.Empty(neighbour.All);
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task What_did_not_arrive_is_tried_again_half_a_minute_later_and_so_on_for_an_hour()
    {
        await using var sink = await Sink.StartAsync(503);
        await MakeAsync(sink, """["dnc.added"]""");
        var before = DateTimeOffset.UtcNow;
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc", """{"phone_number":"+15550300077"}""");
        var waiting = await Eventually.SomeAsync(async () => (await Host.Node.Node.Database.Outbox.ListPendingAsync(0, 100,
            TestContext.Current.CancellationToken)).FirstOrDefault(entry => entry.Url == $"{sink.Url}/hook" && entry.Attempts == 1),
            "the first try is written down");
        Assert.InRange(waiting.NextAt!.Value - before, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
        Assert.Equal([30, 60, 120, 240, 480, 960, 1_920], OutboundText.Waits.Select(wait => wait.TotalSeconds));
    }

    [Fact]
    public async Task What_was_not_taken_is_listed_and_sent_once_more_the_same()
    {
        int tries = 0;
        await using var sink = await Sink.StartAsync(_ => Interlocked.Increment(ref tries) == 1 ? 400 : 200);
        string id = (string)(await MakeAsync(sink, """["dnc.added"]"""))["id"]!;
        string other = (string)(await MakeAsync(sink, """["batch.paused"]"""))["id"]!;
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc", """{"phone_number":"+15550300077"}""");
        JsonObject? delivery = null;
        await Eventually.SomeAsync(async () =>
        {
            delivery = (await Host.DoneAsync(200, Host.OwnerA, "GET", $"/outbound-webhooks/{id}/deliveries?status=failed"))
                ["deliveries"]!.AsArray().FirstOrDefault()?.AsObject();
            if (delivery is null) await Task.Delay(100, TestContext.Current.CancellationToken);
            return delivery;
        }, "it is given up");
        Assert.Equal([400], delivery!["attempts"]!.AsArray().Select(one => (int)one!["response_status"]!));
        Assert.Single(sink.All);
        Assert.Equal((string?)delivery["event_id"], sink.All[0]["x-agency-event-id"]);
        Assert.Equal("+15550300077", (string?)delivery["body"]!["data"]!["phone_number"]);

        string path = $"/deliveries/{delivery["id"]}/resend";
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "POST", $"/outbound-webhooks/{other}{path}");
        await Host.RefusedAsync(404, "not_found", Host.OwnerB, "POST", $"/outbound-webhooks/{id}{path}");
        await Host.DoneAsync(200, Host.OwnerA, "POST", $"/outbound-webhooks/{id}{path}");
        await Eventually.TrueAsync(() => sink.All.Count == 2, "it is sent once more");
        Assert.Equal(sink.All[0].Text, sink.All[1].Text);
        Assert.Equal(sink.All[0]["x-agency-event-id"], sink.All[1]["x-agency-event-id"]);
        Assert.Empty((await Host.DoneAsync(200, Host.OwnerA, "GET", $"/outbound-webhooks/{other}/deliveries"))["deliveries"]!.AsArray());
    }

    [Fact, Depth("the gate has calls, batches and lists of an agency to their end; the dialler's own tests have these rules")]
    public async Task A_number_that_is_disabled_and_enabled_again_is_told_twice()
    {
        await using var sink = await Sink.StartAsync();
        await MakeAsync(sink, """["number.status_changed"]""");
        string id = (string)(await Host.DoneAsync(200, Host.OwnerA, "GET", "/numbers"))["numbers"]![0]!["id"]!;
        foreach (var (i, status) in new[] { "inactive", "active" }.Index())
        {
            await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + id, $$"""{"status":"{{status}}"}""");
            await Eventually.TrueAsync(() => sink.All.Count == i + 1, $"that it is {status} is told");
            Assert.Equal((id, status), ((string?)Told(sink)[i]["data"]!["id"], (string?)Told(sink)[i]["data"]!["status"]));
        }
        // What does not change its status is no news.
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + id, """{"status":"active","friendly_name":"Front desk"}""");
        await Host.DoneAsync(200, Host.OwnerA, "PATCH", "/numbers/" + id, """{"status":"inactive"}""");
        await Eventually.TrueAsync(() => sink.All.Count == 3, "that it is inactive again is told");
    }

    [Fact]
    public async Task A_webhook_is_the_agencys_and_bad_ones_are_refused_by_what_is_wrong()
    {
        await using var sink = await Sink.StartAsync();
        string id = (string)(await MakeAsync(sink, All))["id"]!;
        foreach (string method in new[] { "GET", "DELETE" })
            await Host.RefusedAsync(404, "not_found", Host.OwnerB, method, "/outbound-webhooks/" + id);
        await Host.RefusedAsync(403, "forbidden", _lab.Viewer, "GET", "/outbound-webhooks");
        foreach (var (status, json) in new[]
            {
                (400, $$"""{"url":"{{sink.Url}}","events":[]}"""), (400, $$"""{"url":"{{sink.Url}}","events":["call.lost"]}"""),
                (400, """{"url":"http://169.254.169.254/x","events":["call.ended"]}"""),
                (400, """{"url":"ftp://a.example","events":["call.ended"]}"""), (400, """{"events":["call.ended"]}"""),
                (400, $$"""{"url":"{{sink.Url}}","events":["call.ended"],"secret":"short"}"""),
                (400, $$"""{"url":"{{sink.Url}}","events":["call.ended"],"colour":"red"}"""),
                (404, $$"""{"url":"{{sink.Url}}","events":["call.ended"],"client_id":"{{Guid.NewGuid()}}"}"""),
            })
            Assert.Equal(status, (await Host.AskAsync(Host.OwnerA, "POST", "/outbound-webhooks", json)).Status);
        await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/outbound-webhooks/" + id);
        await Host.RefusedAsync(404, "not_found", Host.OwnerA, "GET", "/outbound-webhooks/" + id);
        await Host.DoneAsync(201, Host.OwnerA, "POST", "/dnc", """{"phone_number":"+15550300077"}""");
        string last = "", more = $$"""{"url":"{{sink.Url}}","events":["batch.paused"]}""";
        for (int i = 0; i < 19; i++) last = (string)(await MakeAsync(sink, """["batch.paused"]"""))["id"]!;
        // Of some who come at once one has the last place, also where another one was given back.
        for (int round = 0; round < 2; round++)
        {
            var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(
                _ => Host.AskAsync(Host.OwnerA, "POST", "/outbound-webhooks", more)));
            Assert.Equal([201, 403, 403, 403], asked.Select(one => one.Status).Order());
            await Host.RefusedAsync(403, "plan_limit", Host.OwnerA, "POST", "/outbound-webhooks", more);
            if (round == 0) await Host.DoneAsync(204, Host.OwnerA, "DELETE", "/outbound-webhooks/" + last);
        }
        Assert.Empty(sink.All);
    }

    private async Task<JsonObject> MakeAsync(Sink sink, string events, string more = "")
    {
        var made = await Host.DoneAsync(201, Host.OwnerA, "POST", "/outbound-webhooks",
            $$"""{"url":"{{sink.Url}}/hook","events":{{events}}{{(more.Length == 0 ? "" : "," + more)}}}""");
        Assert.True(((string)made["secret"]!).Length >= 16);
        return made;
    }

    private static void IsSigned(Received received)
    {
        string expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret),
            Encoding.UTF8.GetBytes($"{received["x-agency-timestamp"]}.{received.Text}")));
        Assert.Equal("v1=" + expected, received["x-agency-signature"]);
        Assert.Equal((string?)JsonNode.Parse(received.Text)!["id"], received["x-agency-event-id"]);
        Assert.StartsWith("v1,", received["webhook-signature"], StringComparison.Ordinal);
        Assert.NotEmpty(received["x-agency-ed25519-signature"]);
    }

    private static List<JsonNode> Told(Sink sink) => [.. sink.All.Select(received => JsonNode.Parse(received.Text)!)];

    private static string Type(JsonNode told) => (string)told["type"]!;
}

/// <summary>Where webhooks of an agency may go, on a node that the world reaches.</summary>
public sealed class AgencyOutboundTargetTests
{
    [Fact]
    public async Task An_inner_address_is_refused_unless_the_operator_has_opened_it()
    {
        // Case L04.
        await using var host = await AgencyHost.StartAsync(Product.Sqlite, settings => settings with
        {
            // Nobody asks there: a client of http://0.0.0.0 is refused by the runtime.
            Storage = new(IPAddress.Any, 0),
            AllowTargets = [IPNetwork.Parse("10.1.0.0/16")],
        });
        foreach (string to in new[] { "127.0.0.1", "localhost", "10.0.0.5", "192.168.0.5", "[::1]" })
        {
            string body = BodyOf($"http://{to}/");
            var refused = await host.RefusedAsync(400, "validation_error", host.OwnerA, "POST", "/outbound-webhooks", body);
            Assert.NotNull(refused["details"]!["url"]);
        }
        var made = await host.DoneAsync(201, host.OwnerA, "POST", "/outbound-webhooks", BodyOf("http://10.1.0.5/"));
        await host.RefusedAsync(400, "validation_error", host.OwnerA, "PATCH", "/outbound-webhooks/" + made["id"],
            """{"url":"http://127.0.0.1/"}""");
    }

    private static string BodyOf(string url) => $$"""{"url":"{{url}}","events":["batch.paused"],"is_active":false}""";
}
