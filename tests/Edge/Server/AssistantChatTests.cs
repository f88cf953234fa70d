using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Speech;

namespace Ringwright.Edge.Server;

/// <summary>An assistant answers in writing. The model is the lab's, which answers by rules; tools are asked over HTTP.</summary>
public sealed class AssistantChatTests
{
    private const string Secret = "token-of-the-shop-5678", Conversations = "/v2/ai/conversations", Assistants = "/v2/ai/assistants";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_answers_with_its_tools_and_variables_and_what_was_written_is_kept()
    {
        string asked = "";
        await using var shop = await TestServer.StartAsync(async c =>
        {
            using var reader = new StreamReader(c.Request.Body);
            asked = $"{c.Request.Path} {await reader.ReadToEndAsync(Stop)} {c.Request.Headers["x-key"]}"
                + $"{c.Request.Headers["x-telnyx-call-control-id"]}";
            await c.Response.WriteAsync("ten euros");
        });
        await using var rig = await ModelRig.ByRulesAsync("""
            WHEN price SAY Let me see.
            WHEN price CALL price_of {"size": "large"}
            WHEN euros SAY It is {{said}}.
            WHEN bye CALL hangup
            WHEN available SAY Bye then.
            """);
        await rig.SendAsync(HttpMethod.Post, "/v2/integration_secrets",
            new() { ["identifier"] = "shop", ["type"] = "bearer", ["token"] = Secret });
        string assistant = await rig.MakeAsync(Assistants, JsonNode.Parse($$$"""
            {"name": "orders", "model": "some/model", "instructions": "You work for {{shop}} on {{telnyx_conversation_channel}}.",
             "greeting": "Hello", "dynamic_variables": {"shop": "Uno"},
             "tools": [
               {"type": "webhook", "webhook": {"name": "price_of", "description": "Prices", "url": "{{{shop.Url}}}/{size}",
                 "headers": [{"name": "x-key", "value": "{{#integration_secret}}shop{{/integration_secret}}"}],
                 "path_parameters": {"type": "object", "properties": {"size": {"type": "string"}}, "required": ["size"]} } },
               {"type": "hangup", "hangup": {}}]}
            """)!.AsObject());
        string talk = await rig.MakeAsync(Conversations, new()
        {
            ["metadata"] = new JsonObject { ["telnyx_conversation_channel"] = "sms_chat" },
        });
        await rig.SendAsync(HttpMethod.Post, $"{Conversations}/{talk}/messages",
            new() { ["role"] = "system", ["content"] = "The caller is known.", ["sent_at"] = "2020-01-01T00:00:00Z" });

        Assert.Equal("Let me see.\nIt is ten euros.", await ChatAsync(rig, assistant, talk, "What is the price?", "Anna B."));
        Assert.Equal($"/large {{}} {Secret}", asked);
        Assert.Equal("Bye then.", await ChatAsync(rig, assistant, talk, "bye"));

        var messages = await MessagesAsync(rig, talk);
        Assert.Equal(
            [
                "user: What is the price?", "assistant: Let me see.", "tool: ten euros", "assistant: It is ten euros.", "user: bye",
                "assistant: ", "tool: Not done: it is not available here.", "assistant: Bye then.",
            ], messages.Select(message => $"{message!["role"]}: {message["text"]}"));
        string[] calls = [.. messages.Select(message => (string?)message!["tool_calls"]?[0]?["id"]).OfType<string>()];
        Assert.Equal(2, calls.Distinct().Count());
        // The model is told all of it, each time.
        Assert.Equal("You work for Uno on sms_chat.", (string?)rig.Asked[0]["messages"]![0]!["content"]);
        Assert.Equal(["system", "system: The caller is known.", "user: What is the price? (Anna_B_)"], Told(rig.Asked[0]));
        Assert.Equal(
            [
                "system", "system: The caller is known.", "user: What is the price? (Anna_B_)", "assistant: Let me see.", "tool: ten euros",
                "assistant: It is ten euros.", "user: bye",
            ], Told(rig.Asked[2]));
        var kept = (await rig.SendAsync(HttpMethod.Get, $"{Conversations}/{talk}"))["data"]!["metadata"]!;
        Assert.Equal((assistant, "sms_chat"), ((string?)kept["assistant_id"], (string?)kept["telnyx_conversation_channel"]));
        string trail = (await rig.SendAsync(HttpMethod.Get, "/v2/audit_events?page[size]=100")).ToJsonString();
        Assert.DoesNotContain("euros", trail + kept.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, trail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_assistant_with_a_key_of_its_accounts_asks_the_model_with_that()
    {
        var keys = new ConcurrentQueue<string>();
        await using var server = await TestServer.StartAsync(async c =>
        {
            keys.Enqueue(c.Request.Headers.Authorization.ToString());
            c.Response.ContentType = "text/event-stream";
            await c.Response.WriteAsync(
                "data: {\"choices\":[{\"delta\":{\"content\":\"Well.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", Stop);
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        await rig.SendAsync(HttpMethod.Post, "/v2/integration_secrets",
            new() { ["identifier"] = "mine", ["type"] = "bearer", ["token"] = Secret });
        await rig.SendAsync(HttpMethod.Post, "/v2/integration_secrets",
            new() { ["identifier"] = "user", ["type"] = "basic", ["username"] = "u", ["password"] = "p" });
        string talk = await rig.MakeAsync(Conversations, []);
        string assistant = await rig.MakeAsync(Assistants, new()
        {
            ["name"] = "a", ["model"] = "some/model", ["instructions"] = "x", ["llm_api_key_ref"] = "mine",
        });
        Assert.Equal("Well.", await ChatAsync(rig, assistant, talk, "Hello."));
        await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}", new() { ["llm_api_key_ref"] = null });
        Assert.Equal("Well.", await ChatAsync(rig, assistant, await rig.MakeAsync(Conversations, []), "Hello."));
        Assert.Equal([$"Bearer {Secret}", $"Bearer {ModelRig.Key}"], keys);
        // A user's name and password are no key.
        await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}", new() { ["llm_api_key_ref"] = "user" });
        var (status, text) = await rig.PostAsync($"{Assistants}/{assistant}/chat",
            new() { ["content"] = "Hello.", ["conversation_id"] = await rig.MakeAsync(Conversations, []) });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
        Assert.Contains("no bearer", text, StringComparison.Ordinal);
        Assert.Equal(2, keys.Count);
    }

    [Fact]
    public async Task Case_37_where_its_model_has_failed_twice_another_one_answers_with_a_key_of_its_own()
    {
        var asked = new ConcurrentQueue<string>();
        await using var server = await TestServer.StartAsync(async c =>
        {
            // It lists none.
            if (c.Request.Method is "GET")
            {
                c.Response.StatusCode = 404;
                return;
            }
            string model = (string)(await JsonNode.ParseAsync(c.Request.Body))!["model"]!;
            asked.Enqueue($"{model} {c.Request.Headers.Authorization}");
            if (model is "big")
            {
                c.Response.StatusCode = 500;
                return;
            }
            c.Response.ContentType = "text/event-stream";
            await c.Response.WriteAsync(
                "data: {\"choices\":[{\"delta\":{\"content\":\"Well.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", Stop);
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        await rig.SendAsync(HttpMethod.Post, "/v2/integration_secrets",
            new() { ["identifier"] = "mine", ["type"] = "bearer", ["token"] = Secret });
        string assistant = await rig.MakeAsync(Assistants, new()
        {
            ["name"] = "a", ["model"] = "big", ["instructions"] = "x",
            ["fallback_config"] = new JsonObject { ["model"] = "small", ["llm_api_key_ref"] = "mine" },
        });
        Assert.Equal("Well.", await ChatAsync(rig, assistant, await rig.MakeAsync(Conversations, []), "Hello."));
        Assert.Equal([$"big Bearer {ModelRig.Key}", $"big Bearer {ModelRig.Key}", $"small Bearer {Secret}"], asked);
        await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}", new() { ["fallback_config"] = null });
        var (status, _) = await rig.PostAsync($"{Assistants}/{assistant}/chat",
            new() { ["content"] = "Hello.", ["conversation_id"] = await rig.MakeAsync(Conversations, []) });
        Assert.Equal(HttpStatusCode.BadGateway, status);
        Assert.DoesNotContain("small", asked.Skip(3).Select(one => one.Split(' ')[0]));
    }

    [Fact]
    public async Task A_server_of_the_accounts_own_is_asked_in_place_of_the_nodes_and_stands_in_for_it()
    {
        var asked = new ConcurrentQueue<string>();
        bool isDown = false;
        await using var own = await TestServer.StartAsync(async c =>
        {
            var body = (await JsonNode.ParseAsync(c.Request.Body))!;
            asked.Enqueue($"{c.Request.Path} {body["model"]} {c.Request.Headers.Authorization} {body["extra_metadata"]?["shop"]}");
            c.Response.StatusCode = isDown ? 500 : 200;
            c.Response.ContentType = "text/event-stream";
            await c.Response.WriteAsync(
                "data: {\"choices\":[{\"delta\":{\"content\":\"Well.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n", Stop);
        });
        await using var rig = await ModelRig.ByRulesAsync("WHEN broken DO 500\nELSE SAY Of the node.");
        await rig.SendAsync(HttpMethod.Post, "/v2/integration_secrets",
            new() { ["identifier"] = "mine", ["type"] = "bearer", ["token"] = Secret });
        string assistant = await rig.MakeAsync(Assistants, new()
        {
            ["name"] = "a", ["model"] = "some/model", ["instructions"] = "x", ["dynamic_variables"] = new JsonObject { ["shop"] = "Uno" },
            ["external_llm"] = new JsonObject
            {
                ["base_url"] = $"{own.Url}/v1/", ["model"] = "own/model", ["llm_api_key_ref"] = "mine", ["forward_metadata"] = true,
            },
        });
        Assert.Equal("Well.", await ChatAsync(rig, assistant, await rig.MakeAsync(Conversations, []), "Hello."));
        Assert.Equal([$"/v1/chat/completions own/model Bearer {Secret} Uno"], asked);
        Assert.Empty(rig.Asked);

        // Another model of the node's stands in for it, and it for the node's.
        isDown = true;
        await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}",
            new() { ["fallback_config"] = new JsonObject { ["model"] = "some/other" } });
        Assert.Equal("Of the node.", await ChatAsync(rig, assistant, await rig.MakeAsync(Conversations, []), "Hello."));
        Assert.Equal(("some/other", 3), ((string?)Assert.Single(rig.Asked)["model"], asked.Count));
        isDown = false;
        await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}", new()
        {
            ["external_llm"] = null,
            ["fallback_config"] = new JsonObject
            {
                ["external_llm"] = new JsonObject { ["base_url"] = $"{own.Url}/v2", ["model"] = "own/small" },
            },
        });
        Assert.Equal("Well.", await ChatAsync(rig, assistant, await rig.MakeAsync(Conversations, []), "It is broken."));
        Assert.Equal("/v2/chat/completions own/small  ", asked.Last());
    }

    [Fact]
    public async Task A_conversation_keeps_its_version_and_messages_at_once_are_answered_one_after_the_other()
    {
        await using var rig = await ModelRig.ByRulesAsync("PACE 5\nELSE SAY Well, well.");
        string assistant = await rig.MakeAsync(Assistants, new()
        {
            ["name"] = "a", ["model"] = "some/model", ["instructions"] = "The first.",
        });
        string talk = await rig.MakeAsync(Conversations, []);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(i => ChatAsync(rig, assistant, talk, $"{i}")));
        Assert.Equal(string.Concat(Enumerable.Repeat("user assistant ", 4)),
            string.Concat((await MessagesAsync(rig, talk)).Select(message => $"{message!["role"]} ")));
        Assert.Equal([2, 4, 6, 8], rig.Asked.Select(asked => asked["messages"]!.AsArray().Count));

        await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}", new() { ["instructions"] = "The second." });
        await ChatAsync(rig, assistant, talk, "again");
        await ChatAsync(rig, assistant, await rig.MakeAsync(Conversations, []), "a new one");
        Assert.Equal(["The first.", "The second."],
            rig.Asked.TakeLast(2).Select(asked => (string?)asked["messages"]![0]!["content"]));
    }

    [Fact]
    public async Task What_cannot_be_answered_is_refused_and_leaves_no_message()
    {
        await using var rig = await ModelRig.ByRulesAsync("WHEN broken DO 500\nWHEN loop CALL nothing\nELSE SAY Good.");
        var fields = new JsonObject { ["name"] = "a", ["model"] = "some/model", ["instructions"] = "x" };
        string assistant = await rig.MakeAsync(Assistants, fields), talk = await rig.MakeAsync(Conversations, []);
        await RefusedAsync(rig, assistant, talk, "it is broken", 502, "its server answered 500");
        await RefusedAsync(rig, assistant, Guid.NewGuid().ToString(), "Hello", 404, "/conversation_id");
        await RefusedAsync(rig, "assistant-0", talk, "Hello", 404, "10005");
        await RefusedAsync(rig, assistant, talk, " ", 422, "/content");
        Assert.Empty(await MessagesAsync(rig, talk));
        Assert.Equal("Good.", await ChatAsync(rig, assistant, talk, "Hello"));

        fields["tools"] = JsonNode.Parse("""
            [{"type": "transfer", "transfer": {"from": "+15550100000", "targets": [{"to": "+15550100002"}],
              "custom_headers": [{"name": "X-A", "value": "b"}]}}]
            """);
        string other = await rig.MakeAsync(Assistants, fields);
        await RefusedAsync(rig, other, talk, "Hello", 422, "another assistant's");
        await RefusedAsync(rig, other, await rig.MakeAsync(Conversations, []), "Hello", 422, "10041: transfers with headers");
        await rig.SendAsync(HttpMethod.Put, $"{Conversations}/{talk}",
            new() { ["metadata"] = new JsonObject { ["ai_disabled"] = "true" } });
        await RefusedAsync(rig, assistant, talk, "Hello", 400, "ai_disabled");
        Assert.Equal(2, (await MessagesAsync(rig, talk)).Count);
    }

    [Fact]
    public async Task An_answer_is_told_while_it_is_written_and_kept_when_it_is_whole()
    {
        await using var rig = await ModelRig.ByRulesAsync("WHEN broken DO 500\nELSE SAY One two three.");
        string assistant = await rig.MakeAsync(Assistants,
            new() { ["name"] = "a", ["model"] = "some/model", ["instructions"] = "x" });
        string talk = await rig.MakeAsync(Conversations, []);
        var events = await StreamAsync("Hello");
        Assert.Equal("done", events[^1].Name);
        Assert.True(events.Count > 2, $"{events.Count} events");
        Assert.All(events.SkipLast(1), one => Assert.Equal("delta", one.Name));
        Assert.Equal("One two three.", string.Concat(events.SkipLast(1).Select(one => (string?)one.Data["content"])).Trim());
        Assert.Equal("One two three.", (string?)events[^1].Data["content"]);
        Assert.Equal(2, (await MessagesAsync(rig, talk)).Count);
        // The conversation is free again, and of what fails nothing is kept.
        events = await StreamAsync("it is broken");
        Assert.Equal("error", Assert.Single(events).Name);
        Assert.Contains("its server answered 500", events[0].Data.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(2, (await MessagesAsync(rig, talk)).Count);
        Assert.Equal("One two three.", await ChatAsync(rig, assistant, talk, "Again"));

        async Task<List<(string Name, JsonNode Data)>> StreamAsync(string text)
        {
            var (status, body) = await rig.PostAsync($"{Assistants}/{assistant}/chat",
                new() { ["content"] = text, ["conversation_id"] = talk, ["stream"] = true });
            Assert.True(status is HttpStatusCode.OK, body);
            return [.. body.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('\n'))
                .Select(lines => (lines[0]["event: ".Length..], JsonNode.Parse(lines[1]["data: ".Length..])!))];
        }
    }

    [Fact]
    public async Task A_node_without_a_model_says_that_it_will_not_help_to_ask_again()
    {
        await using var node = await RunningNode.StartAsync();
        foreach (var (path, body) in new (string, string?)[]
        {
            ("ai/assistants/assistant-0/chat", """{"content": "Hello", "conversation_id": "x"}"""),
            ("ai/chat/completions", """{"messages": []}"""), ("ai/models", null), ("ai/openai/models", null),
        })
        {
            using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, $"/v2/{path}");
            if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await node.Api.SendAsync(request, Stop);
            string text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True(answer.StatusCode is HttpStatusCode.NotImplemented, text);
            Assert.Equal(["false"], answer.Headers.GetValues("x-should-retry"));
            Assert.Contains("10041", text, StringComparison.Ordinal);
            Assert.Contains("--llm-url", text, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData("POST", "ai/openai/embeddings", "embeddings")]
    [InlineData("POST", "calls/v3:a/actions/ai_assistant_join", "talk of an assistant")]
    public async Task What_newer_clients_ask_for_and_is_not_built_says_so(string method, string path, string what)
    {
        await using var node = await RunningNode.StartAsync();
        using var request = new HttpRequestMessage(new(method), $"/v2/{path}");
        if (method is "POST") request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var answer = await node.Api.SendAsync(request, Stop);
        string text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode is HttpStatusCode.NotImplemented, text);
        Assert.Contains(what, text, StringComparison.Ordinal);
        Assert.Equal(["false"], answer.Headers.GetValues("x-should-retry"));
    }

    private static async Task<string> ChatAsync(ModelRig rig, string assistant, string conversation, string text, string? name = null)
    {
        var body = new JsonObject { ["content"] = text, ["conversation_id"] = conversation };
        if (name is not null) body["name"] = name;
        return (string)(await rig.SendAsync(HttpMethod.Post, $"{Assistants}/{assistant}/chat", body))["content"]!;
    }

    private static async Task RefusedAsync(ModelRig rig, string assistant, string conversation, string text, int status, string says)
    {
        var (answered, what) = await rig.PostAsync($"{Assistants}/{assistant}/chat",
            new() { ["content"] = text, ["conversation_id"] = conversation });
        Assert.True((int)answered == status, what);
        Assert.Contains(says, what, StringComparison.Ordinal);
    }

    private static async Task<JsonArray> MessagesAsync(ModelRig rig, string conversation) =>
        (await rig.SendAsync(HttpMethod.Get, $"{Conversations}/{conversation}/messages"))["data"]!.AsArray();

    /// <summary>Roles and texts; of the instructions the role alone.</summary>
    private static IEnumerable<string> Told(JsonObject asked) => asked["messages"]!.AsArray().Select((message, i) =>
        i == 0 ? (string)message!["role"]!
            : $"{message!["role"]}: {message["content"]}{(message["name"] is { } name ? $" ({name})" : "")}");
}
