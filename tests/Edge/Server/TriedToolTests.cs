using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Delivery;
using Ringwright.Edge.Speech;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>A tool of an assistant is tried: its server is really asked, and nobody is shown a secret. No model is there.</summary>
public sealed class TriedToolTests
{
    private const string Assistants = "/v2/ai/assistants", Secret = "token-of-the-shop-5678";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Case_13_the_server_is_asked_by_signed_requests_as_the_assistant_would_and_no_secret_is_shown()
    {
        string key = "", signed = "", signature = "";
        int status = 200;
        await using var shop = await TestServer.StartAsync(async c =>
        {
            key = c.Request.Headers["x-key"].ToString();
            using var reader = new StreamReader(c.Request.Body);
            (c.Response.StatusCode, c.Response.ContentType) = (status, "text/plain");
            string body = await reader.ReadToEndAsync(Stop);
            signed = $"{c.Request.Headers["telnyx-timestamp"]}|{body}";
            signature = c.Request.Headers["telnyx-signature-ed25519"].ToString();
            string asked = $"{c.Request.Method} {c.Request.Path}{c.Request.QueryString} {body} {key}";
            await c.Response.WriteAsync(asked, Stop);
        });
        await using var node = await RunningNode.StartAsync();
        await SendAsync(node, HttpMethod.Post, "/v2/integration_secrets",
            new() { ["identifier"] = "shop", ["type"] = "bearer", ["token"] = Secret });
        var assistant = await SendAsync(node, HttpMethod.Post, Assistants, JsonNode.Parse($$$"""
            {"name": "a", "model": "some/model", "instructions": "x", "dynamic_variables": {"shop": "Uno", "town": "Rome"},
             "tools": [
               {"type": "webhook", "webhook": {"name": "price", "description": "Prices", "url": "{{{shop.Url}}}/{size}?shop={{shop}}&at={{town}}",
                 "headers": [{"name": "x-key", "value": "Bearer {{#integration_secret}}shop{{/integration_secret}} {{shop}}"}],
                 "path_parameters": {"type": "object", "properties": {"size": {"type": "string"}}, "required": ["size"]},
                 "body_parameters": {"type": "object", "properties": {"count": {"type": "integer"} } } } },
               {"type": "hangup", "hangup": {}}]}
            """)!.AsObject());
        string[] tools = [.. assistant["tools"]!.AsArray().Select(tool => (string)tool!["id"]!)];
        string path = $"{Assistants}/{assistant["id"]}/tools/{tools[0]}/test";
        var arguments = new JsonObject
        {
            ["arguments"] = new JsonObject { ["size"] = "very large", ["count"] = 2 },
            ["dynamic_variables"] = new JsonObject { ["shop"] = "Due" },
        };
        var tried = (await SendAsync(node, HttpMethod.Post, path, arguments))["data"]!;
        Assert.Equal($"Bearer {Secret} Due", key);
        using (var answer = await node.Api.GetAsync("/v2/public_key", Stop))
        {
            string own = (string)JsonNode.Parse(await answer.Content.ReadAsStringAsync(Stop))!["data"]!["public"]!;
            Assert.True(Signer.Verify(Convert.FromBase64String(own), Encoding.UTF8.GetBytes(signed), Convert.FromBase64String(signature)));
        }
        Assert.Equal((true, 200, "text/plain"),
            ((bool)tried["success"]!, (int)tried["status_code"]!, (string?)tried["content_type"]));
        Assert.Equal("""POST /very%20large?shop=Due&at=Rome {"count":2} Bearer *** Due""", (string?)tried["response"]);
        var request = tried["request"]!;
        Assert.Equal(("POST", $"{shop.Url}/very%20large?shop=Due&at=Rome", "Bearer *** Due", """{"count":2}"""),
            ((string?)request["method"], (string?)request["url"], (string?)request["headers"]!["x-key"], (string?)request["body"]));

        status = 500;
        tried = (await SendAsync(node, HttpMethod.Post, path, arguments))["data"]!;
        Assert.Equal((false, 500), ((bool)tried["success"]!, (int)tried["status_code"]!));
        await RefusedAsync(node, path.Replace(tools[0], "nothing", StringComparison.Ordinal), 404);
        Assert.Contains("size must be there", await RefusedAsync(node, path, 422), StringComparison.Ordinal);
        Assert.Contains("type webhook", await RefusedAsync(node, path.Replace(tools[0], tools[1], StringComparison.Ordinal), 422),
            StringComparison.Ordinal);

        string shared = (string)(await SendAsync(node, HttpMethod.Post, "/v2/ai/tools", new()
        {
            ["display_name"] = "Gone", ["type"] = "webhook",
            ["webhook"] = new JsonObject { ["name"] = "gone", ["description"] = "d", ["url"] = "http://127.0.0.1:9/" },
        }))["id"]!;
        string other = $"{Assistants}/{assistant["id"]}/tools/{shared}";
        await RefusedAsync(node, $"{other}/test", 404);
        await SendAsync(node, HttpMethod.Put, other, null);
        tried = (await SendAsync(node, HttpMethod.Post, $"{other}/test", null))["data"]!;
        Assert.Equal((false, 0, "The server cannot be asked: connect."),
            ((bool)tried["success"]!, (int)tried["status_code"]!, (string?)tried["response"]));
    }

    [Fact, Depth("the gate has the answers of models and tools in writing")]
    public async Task What_is_sent_beside_the_models_words_stands_over_them_and_is_shown_without_secrets()
    {
        string asked = "";
        await using var shop = await TestServer.StartAsync(async c =>
        {
            using var reader = new StreamReader(c.Request.Body);
            asked = $"{c.Request.Path}{c.Request.QueryString} {await reader.ReadToEndAsync(Stop)}";
            await c.Response.WriteAsync($"for {Secret}", Stop);
        });
        await using var node = await RunningNode.StartAsync();
        await SendAsync(node, HttpMethod.Post, "/v2/integration_secrets",
            new() { ["identifier"] = "shop", ["type"] = "bearer", ["token"] = Secret });
        var assistant = await SendAsync(node, HttpMethod.Post, Assistants, JsonNode.Parse($$$"""
            {"name": "a", "model": "some/model", "instructions": "x", "tools": [{"type": "webhook", "webhook": {
              "name": "order", "description": "Orders", "url": "{{{shop.Url}}}/order",
              "query_parameters": {"type": "object", "properties": {"at": {"type": "string"} } },
              "body_parameters": {"type": "object", "properties": {"count": {"type": "integer"}, "who": {"type": "string"} } },
              "preset_query_params": {"caller": "{{caller}}", "at": "desk", "n": 2},
              "preset_body_fields": {"who": "{{caller}}", "auth": {"keys": ["{{#integration_secret}}shop{{/integration_secret}}", 1]} } } }]}
            """)!.AsObject());
        string path = $"{Assistants}/{assistant["id"]}/tools/{assistant["tools"]![0]!["id"]}/test";
        var tried = (await SendAsync(node, HttpMethod.Post, path, new()
        {
            ["arguments"] = new JsonObject { ["at"] = "nowhere", ["count"] = 2, ["who"] = "the model" },
            ["dynamic_variables"] = new JsonObject { ["caller"] = "one two" },
        }))["data"]!;
        const string sent = """{"count":2,"who":"one two","auth":{"keys":["KEY",1]}}""";
        Assert.Equal($"/order?caller=one%20two&at=desk&n=2 {sent.Replace("KEY", Secret, StringComparison.Ordinal)}", asked);
        Assert.Equal((sent.Replace("KEY", "***", StringComparison.Ordinal), "for ***"),
            ((string?)tried["request"]!["body"], (string?)tried["response"]));
    }

    private static async Task<string> RefusedAsync(RunningNode node, string path, int status)
    {
        using var answer = await node.Api.PostAsync(path, new StringContent("{}", Encoding.UTF8, "application/json"), Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True((int)answer.StatusCode == status, text);
        return text;
    }

    private static async Task<JsonNode> SendAsync(RunningNode node, HttpMethod method, string path, JsonObject? body)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        using var answer = await node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created, text);
        return JsonNode.Parse(text)!;
    }
}
