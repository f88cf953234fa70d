using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Ringwright.Edge.Speech;
using Ringwright.Testing;

namespace Ringwright.Edge.Server;

/// <summary>OpenAI's chat completions through the node: what the model's server is sent, and what the client gets.</summary>
public sealed class ModelGatewayTests
{
    private const string Path = "/v2/ai/chat/completions";

    private static readonly string[] Frames =
    [
        ": begin\n\n", "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Gr\\u00fc\"}}]}\n\nda", "ta: {\"choices\": [ ]}\r\n\r\n",
        "data: [DONE]\n\n",
    ];

    /// <summary>As clients of OpenAI's write it.</summary>
    private const string Asked = """
        {"model": "some/model", "stream": true, "stream_options": {"include_usage": true}, "max_completion_tokens": 9,
         "tool_choice": {"type": "function", "function": {"name": "a"}}, "response_format": {"type": "json_schema", "json_schema": {"name": "x"}},
         "messages": [
           {"role": "developer", "content": "Be brief."},
           {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}]},
           {"role": "assistant", "content": null, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "a", "arguments": "{}"}}]},
           {"role": "tool", "tool_call_id": "c", "content": "ok"}]}
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Events_come_back_byte_by_byte_and_no_key_goes_astray()
    {
        string sent = "";
        await using var server = await TestServer.StartAsync(async c =>
        {
            using var reader = new StreamReader(c.Request.Body);
            sent = $"{c.Request.Path} {c.Request.Headers.Authorization} {await reader.ReadToEndAsync(Stop)} "
                + string.Join(' ', c.Request.Headers.Select(header => header.Key));
            c.Response.ContentType = "text/event-stream";
            foreach (string frame in Frames)
            {
                await c.Response.WriteAsync(frame, Stop);
                await c.Response.Body.FlushAsync(Stop);
            }
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        foreach (string path in new[] { Path, "/v2/ai/openai/chat/completions" })
        {
            using var answer = await rig.Api.PostAsync(path, Json(Asked), Stop);
            Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
            Assert.Equal(string.Concat(Frames), await answer.Content.ReadAsStringAsync(Stop));
            Assert.StartsWith($"/v1/chat/completions Bearer {ModelRig.Key} {{", sent, StringComparison.Ordinal);
            foreach (string kept in new[] { "\"max_completion_tokens\":9", "\"content\":null", "\"image_url\":{\"url\":",
                "\"include_usage\":true", "\"temperature\":0.1", "\"model\":\"some/model\"", "\"json_schema\":{\"name\":\"x\"}" })
                Assert.Contains(kept, sent, StringComparison.Ordinal);
            Assert.DoesNotContain(RunningNode.Key, sent, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_only_this_API_knows_is_put_into_words_of_OpenAI_or_refused_by_name()
    {
        JsonNode sent = new JsonObject();
        string authorization = "";
        await using var server = await TestServer.StartAsync(async c =>
        {
            using var reader = new StreamReader(c.Request.Body);
            sent = JsonNode.Parse(await reader.ReadToEndAsync(Stop))!;
            authorization = c.Request.Headers.Authorization.ToString();
            await c.Response.WriteAsync("""{"id": "1", "choices": [{"index": 0, "message": {"content": "{\"choice\": \"red\"}"}}]}""", Stop);
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1", name: "the-one");
        async Task<JsonNode> AskAsync(string more) => await rig.SendAsync(HttpMethod.Post, Path,
            JsonNode.Parse($$"""{"messages": [{"role": "user", "content": "Hi"}], {{more}}}""")!.AsObject());

        var chosen = await AskAsync("\"guided_choice\": [\"red\", \"blue\"], \"early_stopping\": false, \"temperature\": 1");
        Assert.Equal("red", (string?)chosen["choices"]![0]!["message"]!["content"]);
        Assert.Equal("""["red","blue"]""",
            sent["response_format"]!["json_schema"]!["schema"]!["properties"]!["choice"]!["enum"]!.ToJsonString());
        Assert.Equal(("the-one", 1), ((string?)sent["model"], (int)sent["temperature"]!));
        Assert.Null(sent["early_stopping"]);

        var plain = await AskAsync("\"guided_json\": {\"type\": \"object\", \"title\": \"T\"}");
        Assert.Equal("""{"type":"json_schema","json_schema":{"name":"answer","schema":{"type":"object","title":"T"}}}""",
            sent["response_format"]!.ToJsonString());
        Assert.Equal("""{"choice": "red"}""", (string?)plain["choices"]![0]!["message"]!["content"]);
        Assert.Equal($"Bearer {ModelRig.Key}", authorization);

        await rig.SendAsync(HttpMethod.Post, "/v2/integration_secrets",
            new() { ["identifier"] = "own", ["type"] = "bearer", ["token"] = "sk-of-the-account" });
        await AskAsync("\"api_key_ref\": \"own\"");
        Assert.Equal("Bearer sk-of-the-account", authorization);
        Assert.DoesNotContain("api_key_ref", sent.ToJsonString(), StringComparison.Ordinal);

        foreach (var (more, says) in new[]
        {
            ("\"guided_regex\": \"a+\"", "10041: guided_regex"), ("\"best_of\": 2", "10041: best_of"),
            ("\"guided_choice\": [\"a\"], \"stream\": true", "10041: guided_choice"), ("\"api_key_ref\": \"nobody\"", "/api_key_ref"),
            ("\"tools\": [{\"type\": \"retrieval\", \"retrieval\": {\"bucket_ids\": [\"b\"]}}]", "10041: tools"),
            ("\"guided_choice\": [\"a\"], \"guided_json\": {\"type\": \"object\"}", "/response_format"),
        })
        {
            foreach (string path in new[] { Path, "/v2/ai/openai/chat/completions" })
            {
                var (status, text) = await rig.PostAsync(path,
                    JsonNode.Parse($$"""{"messages": [{"role": "user", "content": "Hi"}], {{more}}}""")!.AsObject());
                Assert.True(status is HttpStatusCode.UnprocessableEntity, text);
                Assert.Contains(says, text, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task What_the_server_says_of_the_request_is_told_and_what_it_says_of_the_node_is_not()
    {
        int status = 0;
        await using var server = await TestServer.StartAsync(async c =>
        {
            (c.Response.StatusCode, c.Response.Headers.RetryAfter) = (status, "7");
            await c.Response.WriteAsync($$$"""{"error": {"message": "what was wrong, {{{ModelRig.Key}}}"}}""", Stop);
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        foreach (var (answered, told, isSaid) in new[]
        {
            (429, 429, true), (400, 400, true), (404, 404, true), (401, 502, false), (403, 502, false), (500, 502, false),
            (302, 502, false),
        })
            foreach (string stream in new[] { "false", "true" })
            {
                status = answered;
                using var answer = await rig.Api.PostAsync(Path,
                    Json($$"""{"messages": [{"role": "user", "content": "Hi"}], "stream": {{stream}}}"""), Stop);
                string text = await answer.Content.ReadAsStringAsync(Stop);
                Assert.True((int)answer.StatusCode == told, text);
                Assert.Equal(isSaid, text.Contains("what was wrong", StringComparison.Ordinal));
                Assert.DoesNotContain(ModelRig.Key, text, StringComparison.Ordinal);
                if (answered is 429 or 500) Assert.Equal(TimeSpan.FromSeconds(7), answer.Headers.RetryAfter!.Delta);
            }
    }

    [Depth("the gate has what fails at the server, events byte by byte, and that no key goes astray")]
    [Theory, InlineData("false", null, 200), InlineData("true", null, 200), InlineData("false", "0.5", 400)]
    public async Task A_model_that_knows_no_temperature_is_asked_without_ours_and_not_without_the_clients(string stream, string? said,
        int told)
    {
        await using var server = await TestServer.StartAsync(async c =>
        {
            var asked = await JsonNode.ParseAsync(c.Request.Body);
            if (asked!["temperature"] is not null) c.Response.StatusCode = 400;
            await c.Response.WriteAsync(asked["temperature"] is null ? """{"choices": []}"""
                : """{"error": {"message": "Unsupported value", "param": "temperature", "code": "unsupported_value"}}""", Stop);
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        string temperature = said is null ? "" : $", \"temperature\": {said}";
        using var answer = await rig.Api.PostAsync(Path,
            Json($$"""{"messages": [{"role": "user", "content": "Hi"}], "stream": {{stream}}{{temperature}}}"""), Stop);
        Assert.Equal(told, (int)answer.StatusCode);
        Assert.Equal(told == 200 ? 2 : 1, server.Requests);
    }

    public static TheoryData<string, string> Errors()
    {
        var rows = new TheoryData<string, string>
        {
            { """[{"error": {"code": 400, "message": "no such tool"}}]""", "no such tool" },
            { "<html>", "server answered 400" },
        };
        if (!Depth.IsAll) return rows;
        rows.Add("""{"error": "model x not found, try pulling it first"}""", "model x not found");
        rows.Add("""{"detail": "context is full"}""", "context is full");
        rows.Add("""{"detail": [{"loc": ["body", "n"], "msg": "n must be 1", "type": "value_error"}]}""", "n must be 1");
        rows.Add("""{"object": "error", "message": "too long", "code": 400}""", "too long");
        return rows;
    }

    [Theory, MemberData(nameof(Errors))]
    public async Task What_is_wrong_is_told_in_whichever_form_the_server_says_it(string error, string told)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = 400;
            return c.Response.WriteAsync(error, Stop);
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        var (status, text) = await rig.PostAsync(Path, new() { ["messages"] = new JsonArray() });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(told, text, StringComparison.Ordinal);
    }

    [Depth("the gate has what fails at the server, events byte by byte, and that no key goes astray")]
    [Theory]
    [InlineData("""{"id": null, "choices": null, "error": {"message": "Provider returned error", "code": 429}}""", 429, "Provider")]
    [InlineData("""{"error": {"message": "This content was flagged", "code": 502}}""", 502, "told of an error")]
    [InlineData("""{"error": {"message": "no such model", "code": "404"}, "choices": []}""", 404, "no such model")]
    [InlineData("""{"id": "1", "id": "2", "choices": [{"index": 0, "message": {"content": "cut \ud83d"}}]}""", 200, "cut")]
    public async Task An_error_behind_a_200_is_one_and_an_answer_is_given_on_as_it_is(string sent, int told, string says)
    {
        await using var server = await TestServer.StartAsync(c => c.Response.WriteAsync(sent, Stop));
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        foreach (string stream in new[] { "false", "true" })
        {
            using var answer = await rig.Api.PostAsync(Path,
                Json($$"""{"messages": [{"role": "user", "content": "Hi"}], "stream": {{stream}}}"""), Stop);
            string text = await answer.Content.ReadAsStringAsync(Stop);
            Assert.True((int)answer.StatusCode == told, text);
            Assert.Contains(says, text, StringComparison.Ordinal);
            if (told == 200) Assert.Equal(sent, text);
        }
    }

    [Depth("the gate has what fails at the server, events byte by byte, and that no key goes astray")]
    [Theory, InlineData("/v2/ai/"), InlineData("/v2/ai/openai/")]
    public async Task Clients_of_OpenAI_find_what_is_wrong_where_they_look_for_it(string root)
    {
        await using var server = await TestServer.StartAsync(c =>
        {
            c.Response.StatusCode = 429;
            return c.Response.WriteAsync("""{"error": {"message": "too many tokens"}}""", Stop);
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        var asked = new JsonObject { ["messages"] = new JsonArray() };
        var (_, text) = await rig.PostAsync(root + "chat/completions", asked);
        var told = JsonNode.Parse(text)!;
        var error = told["error"]!;
        Assert.Equal(("too many tokens", "rate_limit_error", null),
            ((string?)error["message"], (string?)error["type"], (string?)error["param"]));
        Assert.Equal((string?)told["errors"]![0]!["code"], (string?)error["code"]);
        Assert.Equal("too many tokens", (string?)told["detail"]![0]!["msg"]);

        asked["best_of"] = 2;
        (_, text) = await rig.PostAsync(root + "chat/completions", asked);
        Assert.Equal("best_of", (string?)JsonNode.Parse(text)!["error"]!["param"]);
        (_, text) = await rig.AskAsync(HttpMethod.Get, root + "models");
        Assert.Equal("too many tokens", (string?)JsonNode.Parse(text)!["error"]!["message"]);
    }

    [Fact, Depth("the gate has what fails at the server, events byte by byte, and that no key goes astray")]
    public async Task A_list_of_models_without_anything_around_it_is_one()
    {
        await using var server = await TestServer.StartAsync(c =>
            c.Response.WriteAsync("""[{"id": "a", "object": "model", "created": 5}, 7, {"id": "b"}]""", Stop));
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        Assert.Equal(["a", "b"], (await rig.SendAsync(HttpMethod.Get, "/v2/ai/models"))["data"]!.AsArray()
            .Select(model => (string?)model!["id"]));
    }

    [Depth("the gate has what fails at the server, events byte by byte, and that no key goes astray")]
    [Theory, InlineData(true), InlineData(false)]
    public async Task Who_leaves_ends_his_question_at_the_models_server(bool isStream)
    {
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var server = await TestServer.StartAsync(async c =>
        {
            c.RequestAborted.Register(() => ended.TrySetResult());
            if (isStream)
            {
                await c.Response.WriteAsync("data: {}\n\n", Stop);
                await c.Response.Body.FlushAsync(Stop);
            }
            begun.TrySetResult();
            await ended.Task.WaitAsync(Stop);
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        using var left = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        using var request = new HttpRequestMessage(HttpMethod.Post, Path)
        {
            Content = Json($$"""{"messages": [{"role": "user", "content": "Hi"}], "stream": {{(isStream ? "true" : "false")}}}"""),
        };
        var asking = rig.Api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, left.Token);
        await begun.Task.WaitAsync(Stop);
        if (isStream) (await asking).Dispose();
        await left.CancelAsync();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        await Task.WhenAny(asking);
    }

    [Fact, Depth("the gate has what fails at the server, events byte by byte, and that no key goes astray")]
    public async Task An_answer_that_breaks_off_ends_with_an_error_event_and_what_is_no_answer_is_none()
    {
        string answer = "data: {\"choices\": []}\n\n";
        bool breaks = true;
        var seen = new TaskCompletionSource();
        await using var server = await TestServer.StartAsync(async c =>
        {
            await c.Response.WriteAsync(answer, Stop);
            await c.Response.Body.FlushAsync(Stop);
            if (!breaks) return;
            await seen.Task.WaitAsync(Stop);
            c.Abort();
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1");
        var streamed = new JsonObject { ["messages"] = new JsonArray(), ["stream"] = true };
        using (var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = Json(streamed.ToJsonString()) })
        {
            using var response = await rig.Api.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
            using var text = new StreamReader(await response.Content.ReadAsStreamAsync(Stop));
            Assert.Equal("data: {\"choices\": []}", await text.ReadLineAsync(Stop));
            seen.SetResult();
            Assert.Contains("data: {\"error\":", await text.ReadToEndAsync(Stop), StringComparison.Ordinal);
        }

        // A server that streams nothing answers at once.
        (answer, breaks) = ("{\"choices\": []}", false);
        Assert.Equal((HttpStatusCode.OK, answer), await rig.PostAsync(Path, streamed));
        answer = "<html>";
        Assert.Equal(HttpStatusCode.BadGateway, (await rig.PostAsync(Path, new() { ["messages"] = new JsonArray() })).Status);
    }

    [Fact, Depth("the gate has what fails at the server, events byte by byte, and that no key goes astray")]
    public async Task Models_are_those_of_the_server_or_the_one_that_is_asked_for_anyway()
    {
        await using var server = await TestServer.StartAsync(c =>
            c.Response.WriteAsync("""{"data": [{"id": "a", "created": 5, "owned_by": "them", "secret": 1}, {"id": "b"}, {}]}""", Stop));
        await using (var rig = await ModelRig.AtAsync($"{server.Url}/v1"))
        {
            foreach (string path in new[] { "/v2/ai/models", "/v2/ai/openai/models" })
                Assert.Equal(
                    """
                    {"object":"list","data":[{"id":"a","object":"model","created":5,"owned_by":"them"},
                    {"id":"b","object":"model","created":0,"owned_by":""}]}
                    """.ReplaceLineEndings(""), (await rig.SendAsync(HttpMethod.Get, path)).ToJsonString());
            Assert.Equal(1, server.Requests);       // for a minute
        }
        await using (var named = await ModelRig.AtAsync($"{server.Url}/v1", name: "the-one"))
            Assert.Equal("the-one", (string?)(await named.SendAsync(HttpMethod.Get, "/v2/ai/models"))["data"]![0]!["id"]);
        await using var aliased = await ModelRig.AtAsync($"{server.Url}/v1", aliases: [("openai/gpt-4o", "a"), ("b", "b"), ("*", "b")]);
        Assert.Equal(["a", "b", "openai/gpt-4o"], (await aliased.SendAsync(HttpMethod.Get, "/v2/ai/models"))["data"]!.AsArray()
            .Select(model => (string?)model!["id"]));
        foreach (string known in new[] { "a", "openai/gpt-4o" })
            Assert.Equal(known, (string?)(await aliased.SendAsync(HttpMethod.Get,
                $"/v2/ai/openai/models/{Uri.EscapeDataString(known)}"))["id"]);
        var (status, text) = await aliased.AskAsync(HttpMethod.Get, "/v2/ai/openai/models/gone");
        Assert.True(status is HttpStatusCode.NotFound, text);
    }

    [Fact, Depth("the gate has what fails at the server, events byte by byte, and that no key goes astray")]
    public async Task An_assistant_is_saved_with_a_model_that_the_server_has_or_that_it_cannot_be_asked_for()
    {
        bool isDown = false;
        await using var server = await TestServer.StartAsync(c =>
        {
            bool isList = c.Request.Path.Value is "/v1/models";
            if (isDown || !isList && c.Request.Path.Value is not "/v1/models/later") c.Response.StatusCode = 404;
            return c.Response.WriteAsync(isList ? """{"data": [{"id": "a"}]}""" : """{"id": "later"}""", Stop);
        });
        await using (var rig = await ModelRig.AtAsync($"{server.Url}/v1", aliases: [("openai/gpt-4o", "a")]))
        {
            foreach (string known in new[] { "a", "openai/gpt-4o", "later" }) await SavedAsync(rig, known);
            string assistant = await SavedAsync(rig, "a");
            await RefusedAsync(rig, "/v2/ai/assistants", Fields("gone/model"), "/model");
            var standIn = Fields("a");
            standIn["fallback_config"] = new JsonObject { ["model"] = "gone/model" };
            await RefusedAsync(rig, "/v2/ai/assistants", standIn, "/fallback_config/model");
            await RefusedAsync(rig, $"/v2/ai/assistants/{assistant}", new() { ["model"] = "../a" }, "/model");
            // What it has is no matter of a change of something else.
            await rig.SendAsync(HttpMethod.Post, $"/v2/ai/assistants/{assistant}", new() { ["name"] = "b" });
        }
        isDown = true;
        await using (var rig = await ModelRig.AtAsync($"{server.Url}/v1")) await SavedAsync(rig, "gone/model");
        await using var named = await ModelRig.AtAsync($"{server.Url}/v1", name: "the-one");
        await SavedAsync(named, "gone/model");

        static JsonObject Fields(string model) => new() { ["name"] = "a", ["model"] = model, ["instructions"] = "x" };

        static Task<string> SavedAsync(ModelRig rig, string model) => rig.MakeAsync("/v2/ai/assistants", Fields(model));

        static async Task RefusedAsync(ModelRig rig, string path, JsonObject fields, string pointer)
        {
            var (status, text) = await rig.PostAsync(path, fields);
            Assert.Equal(HttpStatusCode.UnprocessableEntity, status);
            Assert.Contains($"\"{pointer}\"", text, StringComparison.Ordinal);
            Assert.Contains("does not list", text, StringComparison.Ordinal);
        }
    }

    [Fact, Depth("the gate has what fails at the server, events byte by byte, and that no key goes astray")]
    public async Task Names_of_models_stand_for_those_that_the_server_has()
    {
        var asked = new ConcurrentQueue<string>();
        await using var server = await TestServer.StartAsync(async c =>
        {
            asked.Enqueue((string)(await JsonNode.ParseAsync(c.Request.Body))!["model"]!);
            await c.Response.WriteAsync("""{"id": "1", "choices": [{"index": 0, "message": {"content": "Well."} }]}""", Stop);
        });
        await using var rig = await ModelRig.AtAsync($"{server.Url}/v1", aliases: [("openai/gpt-4o", "big"), ("*", "small")]);
        foreach (string model in new[] { "openai/gpt-4o", "big", "small", "meta-llama/Meta-Llama-3.1-70B-Instruct" })
            await rig.SendAsync(HttpMethod.Post, Path, JsonNode.Parse($$"""
                {"model": "{{model}}", "messages": [{"role": "user", "content": "Hello."}]}
                """)!.AsObject());
        Assert.Equal(["big", "big", "small", "small"], asked);
    }

    private static StringContent Json(string text) => new(text, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
}
