using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Calls;
using Ringwright.Calls.Texts.Smpp;
using Ringwright.Edge.Campaigns.Carriers;
using Ringwright.Edge.Egress;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A whole node with a carrier of texts: made by the operator, used by an account.</summary>
public sealed class TextCarrierNodeTests
{
    private const string Number = "+15550170001", Person = "+4915112345678";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_leaves_the_node_and_its_answer_comes_back()
    {
        await using var centre = new Centre();
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        string account = (string)(await client.DataAsync("GET", "/accounts"))[0]!["id"]!;
        await client.DataAsync("POST", $"/accounts/{account}/numbers", $$"""{"phone_number":"{{Number}}"}""");
        var profile = await ApiAsync(node, HttpMethod.Post, "messaging_profiles", """{"name":"Texts","whitelisted_destinations":["*"]}""");
        await ApiAsync(node, HttpMethod.Patch, $"phone_numbers/{Number}/messaging", $$"""{"messaging_profile_id":"{{profile["id"]}}"}""");
        string path = "/text_carriers/" + (await client.DataAsync("POST", "/text_carriers", $$"""
            {"name":"north","host":"127.0.0.1","port":{{centre.Port}},"system_id":"acme","password":"secret","prefixes":["+49"]}
            """))["id"];
        await Eventually.SomeAsync(async () => (await client.DataAsync("GET", path))["bind"] is { } bind
            && (string?)bind["state"] == "bound" ? bind : null, "it is bound");

        var message = await ApiAsync(node, HttpMethod.Post, "messages",
            $$"""{"from":"{{Number}}","to":"{{Person}}","text":"Are you there?"}""");
        await StatusAsync(node, message, "sent");
        var sent = Assert.Single(centre.Submitted);
        Assert.Equal((Number, Person, "Are you there?"), (sent.From.Party, sent.To.Party, Encoding.ASCII.GetString(sent.Text.Span)));
        await centre.BringAsync(Centre.ReceiptOf(sent, "1"));
        await StatusAsync(node, message, "delivered");
        Assert.Equal(SmppStatus.Ok, await centre.BringAsync(CarrierRig.Words("Yes", Person, Number)));
        var come = Assert.Single((await node.Node.Database.Texts.ListAsync(new(new Guid(account)), new() { Direction = Direction.Inbound },
            Stop)).Rows);
        Assert.Equal("Yes", come.Words);
        using var asking = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        asking.Headers.Authorization = new("Bearer", OperatorClient.Key);
        using var answer = await node.Admin.SendAsync(asking, Stop);
        string metrics = await answer.Content.ReadAsStringAsync(Stop);
        Assert.Matches("""ringwright_texts_bound\{[^}]*carrier="north"[^}]*\} 1""", metrics);
        Assert.Matches("""ringwright_texts_answers_total\{[^}]*carrier="north"[^}]*\} 1""", metrics);
        Assert.Matches("""ringwright_texts_receipts_total\{[^}]*carrier="north"[^}]*\} 1""", metrics);
        // A number that nobody's prefix takes stays where it is.
        var nowhere = await ApiAsync(node, HttpMethod.Post, "messages", $$"""{"from":"{{Number}}","to":"+12125550123","text":"Hello"}""");
        Assert.Equal("40001", (string?)(await StatusAsync(node, nowhere, "sending_failed"))["errors"]![0]!["code"]);

        string carried = await TraceAsync(node, $"{message["id"]}"), stayed = await TraceAsync(node, $"{nowhere["id"]}");
        Assert.Contains(", delivered\n", carried, StringComparison.Ordinal);
        Assert.Contains("north", carried, StringComparison.Ordinal);
        Assert.Contains(", sending_failed: no_route, ", stayed, StringComparison.Ordinal);
        Assert.DoesNotContain(Person, carried, StringComparison.Ordinal);
        Assert.DoesNotContain("Are you there?", carried, StringComparison.Ordinal);
        CommandRun.Refuses("no account has a text", await CommandRun.RunAsync("text-carrier", "trace", $"{Guid.NewGuid()}", "--data",
            node.Node.Settings.Data));
    }

    [Fact]
    public async Task One_without_a_price_is_refused_by_the_accounts_api_where_money_is_limited()
    {
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        string account = (string)(await client.DataAsync("GET", "/accounts"))[0]!["id"]!;
        await client.DataAsync("POST", $"/accounts/{account}/numbers", $$"""{"phone_number":"{{Number}}"}""");
        var profile = await ApiAsync(node, HttpMethod.Post, "messaging_profiles", """{"name":"Texts","whitelisted_destinations":["*"]}""");
        await ApiAsync(node, HttpMethod.Patch, $"phone_numbers/{Number}/messaging", $$"""{"messaging_profile_id":"{{profile["id"]}}"}""");
        string json = $$"""{"from":"{{Number}}","to":"{{Person}}","text":"Are you there?"}""";
        await client.DataAsync("PATCH", $"/accounts/{account}/balance", """{"credit_limit":"10","currency":"USD"}""");

        using var request = new HttpRequestMessage(HttpMethod.Post, "/v2/messages")
        {
            Content = new StringContent(json, null, "application/json"),
        };
        using var refused = await node.Api.SendAsync(request, Stop);
        var error = JsonNode.Parse(await refused.Content.ReadAsStringAsync(Stop))!["errors"]![0]!;
        Assert.Equal((HttpStatusCode.Forbidden, "10010"), (refused.StatusCode, (string?)error["code"]));
        Assert.StartsWith("no_price: ", (string?)error["detail"], StringComparison.Ordinal);
        Assert.Contains("needs one for sms:+49,", (string?)error["detail"], StringComparison.Ordinal);
        Assert.Empty((await node.Node.Database.Texts.ListAsync(new(new Guid(account)), new(), Stop)).Rows);
        await client.DataAsync("PATCH", $"/accounts/{account}/balance", """{"credit_limit":null}""");
        await ApiAsync(node, HttpMethod.Post, "messages", json);
    }

    [Fact]
    public async Task A_message_leaves_by_http_and_its_receipt_comes_to_the_secret_path()
    {
        await using var sink = await Sink.StartAsync(async (_, http) =>
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync("""{"id":"x-1"}""");
        });
        await using var node = await OperatorClient.StartAsync();
        var client = new OperatorClient(node);
        string account = (string)(await client.DataAsync("GET", "/accounts"))[0]!["id"]!;
        await client.DataAsync("POST", $"/accounts/{account}/numbers", $$"""{"phone_number":"{{Number}}"}""");
        var profile = await ApiAsync(node, HttpMethod.Post, "messaging_profiles", """{"name":"Texts","whitelisted_destinations":["*"]}""");
        await ApiAsync(node, HttpMethod.Patch, $"phone_numbers/{Number}/messaging", $$"""{"messaging_profile_id":"{{profile["id"]}}"}""");
        var carrier = new JsonObject
        {
            ["name"] = "web", ["prefixes"] = new JsonArray("+49"), ["password"] = "key",
            ["http"] = new JsonObject
            {
                ["url"] = sink.Url + "/send", ["content_type"] = "form", ["body"] = "from={from}&to={to}&text={text}",
                ["headers"] = new JsonObject { ["X-Key"] = "{password}" }, ["id_at"] = "/id", ["receipt_id_at"] = "/MessageSid",
                ["receipt_state_at"] = "/MessageStatus",
            },
        };
        var made = await client.DataAsync("POST", "/text_carriers", carrier.ToJsonString());
        string inbound = (string)made["inbound_path"]!;
        await Eventually.SomeAsync(async () => (await client.DataAsync("GET", $"/text_carriers/{made["id"]}"))["bind"] is { } bind
            && (string?)bind["state"] == "bound" ? bind : null, "texts can go");
        var message = await ApiAsync(node, HttpMethod.Post, "messages",
            $$"""{"from":"{{Number}}","to":"{{Person}}","text":"Are you there?"}""");
        await StatusAsync(node, message, "sent");
        var sent = Assert.Single(sink.All);
        Assert.Equal($"from=%2B{Number[1..]}&to=%2B{Person[1..]}&text=Are%20you%20there%3F", sent.Text);
        Assert.Equal("key", sent["x-key"]);
        Assert.Equal(HttpStatusCode.NotFound, await TellAsync(node, inbound + "0"));
        Assert.Equal(HttpStatusCode.OK, await TellAsync(node, inbound));
        await StatusAsync(node, message, "delivered");
    }

    private static async Task<string> TraceAsync(RunningNode node, string id)
    {
        var (exit, output, errors) = await CommandRun.RunAsync("text-carrier", "trace", id, "--data", node.Node.Settings.Data);
        Assert.True(exit == 0, errors);
        return output;
    }

    private static async Task<HttpStatusCode> TellAsync(RunningNode node, string path)
    {
        using var form = new FormUrlEncodedContent([new("MessageSid", "x-1"), new("MessageStatus", "delivered")]);
        using var response = await node.Api.PostAsync(path, form, Stop);
        return response.StatusCode;
    }

    private static Task<JsonNode> StatusAsync(RunningNode node, JsonNode message, string status) => Eventually.SomeAsync(async () =>
        await ApiAsync(node, HttpMethod.Get, $"messages/{message["id"]}", null) is var now
            && (string?)now["to"]![0]!["status"] == status ? now : null, $"the message is {status}");

    private static async Task<JsonNode> ApiAsync(RunningNode node, HttpMethod method, string path, string? json)
    {
        using var request = new HttpRequestMessage(method, "/v2/" + path);
        if (json is not null) request.Content = new StringContent(json, null, "application/json");
        using var response = await node.Api.SendAsync(request, Stop);
        string text = await response.Content.ReadAsStringAsync(Stop);
        Assert.True(response.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["data"]!;
    }
}
